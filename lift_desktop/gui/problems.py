"""What the user sees when something went wrong: an expected error in words, a bug with a report to copy.

Owns the exception hooks while the window is open. A report holds no text of a document.
"""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Callable
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .. import __version__
from ..domain.errors import LiftError
from ..logs import describe_error, log_error
from .icons import icon
from .wording import breakable, hint

MAX_REPORTS = 20
"""So many errors are listed in one dialog; of more, only the number."""


def install_exception_hook(
    parent: QWidget | None = None, quit_program: Callable[[], None] = QApplication.quit
) -> Callable[[], None]:
    """From now on an unhandled error, in any thread, is logged and shown in one dialog. Returns what ends that."""
    hook = _Hook(parent, quit_program)
    before = sys.excepthook, threading.excepthook

    def main_hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        hook.take(error)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            hook.take(arguments.exc_value)

    sys.excepthook, threading.excepthook = main_hook, thread_hook

    def uninstall() -> None:
        sys.excepthook, threading.excepthook = before
        hook.close()

    return uninstall


class _Hook(QObject):
    """Brings errors from any thread to the one dialog."""

    _came = Signal(str)

    def __init__(self, parent: QWidget | None, quit_program: Callable[[], None]) -> None:
        super().__init__()
        self._parent, self._quit = parent, quit_program
        self._dialog: ProblemDialog | None = None
        self._came.connect(self._show, Qt.ConnectionType.AutoConnection)

    def take(self, error: BaseException) -> None:
        """Called in the thread of the error."""
        if isinstance(error, KeyboardInterrupt):
            self._quit()
            return
        log_error(error)
        sys.__excepthook__(type(error), error, error.__traceback__)
        self._came.emit(describe_error(error))

    def close(self) -> None:
        if self._dialog is not None:
            self._dialog.close()

    @Slot(str)
    def _show(self, description: str) -> None:
        if self._dialog is not None:
            self._dialog.add(description)
            return
        self._dialog = ProblemDialog(description, self._parent)
        self._dialog.finished.connect(self._forget)
        self._dialog.quit_wanted.connect(self._quit)
        self._dialog.open()

    @Slot()
    def _forget(self) -> None:
        self._dialog = None


class ProblemDialog(QDialog):
    """A bug: what is safe, and a report that the user may copy."""

    quit_wanted = Signal()

    def __init__(self, description: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._descriptions: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Something went wrong"))
        self._said = _text(self.tr("Something in LIFT Desktop did not work as it should."))
        large = self._said.font()
        large.setPointSizeF(large.pointSizeF() * 1.3)
        large.setBold(True)
        self._said.setFont(large)
        safe = _text(
            self.tr(
                "Your documents and finished memories are safe on the disk. What you just did may not have "
                "been done; you can go on, or quit and start again."
            )
        )
        hint = _text(
            self.tr(
                "The report below helps to find the mistake. It holds no text of your documents, questions or "
                "answers, and it is not sent anywhere unless you send it."
            ),
            "muted",
        )
        self.report = QPlainTextEdit(readOnly=True)
        self.report.setAccessibleName(self.tr("Report"))
        self.report.setFont(fixed_font(self.font()))
        self.report.setTabChangesFocus(True)
        layout = QVBoxLayout(self)
        for widget in (self._said, safe, hint, self.report, self._buttons()):
            layout.addWidget(widget)
        letters = self.fontMetrics()
        self.resize(letters.averageCharWidth() * 75, letters.lineSpacing() * 26)
        self.add(description)

    def add(self, description: str) -> None:
        """Another error happened; it goes into the same report."""
        self._descriptions.append(description)
        shown = self._descriptions[:MAX_REPORTS]
        more = len(self._descriptions) - len(shown)
        if more:
            shown = [*shown, f"and {more} more"]
        self.report.setPlainText("\n\n".join([versions(), *shown]))
        if len(self._descriptions) > 1:
            said = self.tr("{0} things in LIFT Desktop did not work as they should.")
            self._said.setText(said.format(len(self._descriptions)))

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        copy = buttons.addButton(self.tr("&Copy report"), QDialogButtonBox.ButtonRole.ActionRole)
        leave = buttons.addButton(self.tr("&Quit"), QDialogButtonBox.ButtonRole.DestructiveRole)
        go_on = buttons.addButton(self.tr("C&ontinue"), QDialogButtonBox.ButtonRole.AcceptRole)
        go_on.setDefault(True)
        go_on.setFocus()
        copy.clicked.connect(self._copy)
        leave.clicked.connect(self._leave)
        buttons.accepted.connect(self.accept)
        return buttons

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())

    @Slot()
    def _leave(self) -> None:
        self.quit_wanted.emit()
        self.accept()


def fixed_font(font: QFont) -> QFont:
    """Letters of one width, as large as `font`."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    fixed.setPointSizeF(font.pointSizeF())
    return fixed


def versions() -> str:
    """The program and what it runs on, in one line."""
    return (
        f"LIFT Desktop {__version__}, Python {platform.python_version()}, PySide {PySide6.__version__}, "
        f"{platform.platform()}"
    )


def show_error(error: LiftError, parent: QWidget | None = None) -> QMessageBox:
    """Shows an expected error with its hint and returns at once; the box is deleted when it is closed."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, QApplication.applicationDisplayName(), breakable(error.message), parent=parent
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(hint(error))
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.open()
    return box


class ErrorBar(QFrame):
    """An expected error above the place where it happened, until it is closed. Hidden without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "banner")
        self.message = _text("", "bad")
        self.hint = _text("", "muted")
        close = QToolButton()
        close.setIcon(icon("cancel"))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss this message"))
        close.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.addWidget(self.message)
        words.addWidget(self.hint)
        layout = QHBoxLayout(self)
        layout.addLayout(words, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @Slot(object)
    def show_error(self, error: LiftError) -> None:
        """Takes the place of an older one."""
        self.message.setText(breakable(error.message))
        self.hint.setText(hint(error))
        self.hint.setVisible(bool(hint(error)))
        self.setAccessibleName(error.message)
        self.show()

    @Slot()
    def clear(self) -> None:
        self.hide()


def _text(text: str, look: str = "") -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    return label
