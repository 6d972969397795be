"""What the pane says about files: errors and remarks that stay until dismissed, a password that is asked for, and
the file that is read now.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .. import wording
from ..chat_pane.flow_layout import FlowLayout
from ..icons import icon
from .adding import ARCHIVE_SUFFIX, Reading


def label(text: str, look: str = "", parent: QWidget | None = None) -> QLabel:
    """Text that wraps, can be selected, and holds no markup."""
    made = QLabel(wording.breakable(text), parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setMinimumWidth(1)
    if look:
        made.setProperty("look", look)
    return made


def symbol_size(widget: QWidget) -> QSize:
    """Icons as high as the widget's text, and no smaller than usual."""
    side = max(16, widget.fontMetrics().height())
    return QSize(side, side)


class Notice(QFrame):
    """A remark with an optional hint and actions; `dismissed` when the user has seen it."""

    dismissed = Signal()

    def __init__(self, message: str, hint: str = "", look: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "banner")
        self.message = message
        self._column = QVBoxLayout()
        self._column.addWidget(label(message, look))
        if hint:
            self._column.addWidget(label(hint, "muted"))
        actions = QWidget(self)
        self._actions = FlowLayout(actions)
        self._column.addWidget(actions)
        close = QToolButton()
        close.setIcon(icon("cancel"))
        close.setAutoRaise(True)
        close.setIconSize(symbol_size(self))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss: {0}").format(message))
        close.clicked.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.addLayout(self._column, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{message} {hint}".strip())

    def add_action(self, text: str) -> QPushButton:
        """A link below the text."""
        button = QPushButton(text)
        button.setProperty("look", "link")
        self._actions.addWidget(button)
        return button


class PasswordNotice(Notice):
    """Asks for the password of one file."""

    given = Signal(str)

    def __init__(self, path: Path, wrong: bool, parent: QWidget | None = None) -> None:
        text = self._text(wrong).format(path.name)
        super().__init__(text, "", "warning" if wrong else "", parent)
        self.path = path
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("Password of {0}").format(path.name))
        self.field.setPlaceholderText(self.tr("Password"))
        self.field.returnPressed.connect(self._give)
        self._column.insertWidget(1, self.field)
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.clicked.connect(self._give)
        self.skip_button = QPushButton(self.tr("Skip this file"))
        self.skip_button.clicked.connect(self.dismissed)
        self._actions.addWidget(self.open_button)
        self._actions.addWidget(self.skip_button)

    def _text(self, wrong: bool) -> str:
        if wrong:
            return self.tr("This password does not open “{0}”. Capitals matter.")
        return self.tr("“{0}” is protected by a password.")

    def _give(self) -> None:
        if self.field.text():
            self.given.emit(self.field.text())
        else:
            self.field.setFocus()


class NoticeList(QScrollArea):
    """All notices, the newest on top; scrolls when they need more height than they are given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._tallest = 300
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._all = QPushButton(self.tr("Dismiss all"))
        self._all.setProperty("look", "link")
        self._all.clicked.connect(self.clear)
        self._column.addWidget(self._all)
        self._inner = inner
        self.setWidget(inner)
        self._fit()

    @property
    def notices(self) -> list[Notice]:
        """The newest first."""
        placed = [self._column.itemAt(place) for place in range(self._column.count())]
        widgets = [item.widget() for item in placed if item is not None]
        return [widget for widget in widgets if isinstance(widget, Notice)]

    def add(self, notice: Notice) -> None:
        """Shows it until it is dismissed."""
        notice.dismissed.connect(self._dismissed)
        self._column.insertWidget(0, notice)
        notice.show()
        self.verticalScrollBar().setValue(0)
        self._fit()

    def set_tallest(self, height: int) -> None:
        """Never takes more than `height` pixels (but a few lines in any case)."""
        if height != self._tallest:
            self._tallest = height
            self._fit()

    def clear(self) -> None:
        """Takes away all that only inform; files that wait for a password stay."""
        for notice in self.notices:
            if not isinstance(notice, PasswordNotice):
                self.remove(notice)

    def remove(self, notice: Notice) -> None:
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self._fit()

    def _dismissed(self) -> None:
        notice = self.sender()
        if isinstance(notice, Notice):
            self.remove(notice)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802
        inner = self._inner
        height = inner.heightForWidth(self.viewport().width()) if inner.hasHeightForWidth() else -1
        return QSize(super().sizeHint().width(), max(height, inner.minimumSizeHint().height()))

    def _fit(self) -> None:
        notices = self.notices
        self._all.setVisible(sum(not isinstance(notice, PasswordNotice) for notice in notices) > 1)
        self.setVisible(bool(notices))
        self._inner.updateGeometry()
        self.setFixedHeight(min(self.sizeHint().height(), max(self._tallest, self.fontMetrics().height() * 6)))


class ReadingBanner(QFrame):
    """ "Reading big.pdf, page 40 of 300", and the buttons that call it off."""

    cancel_wanted = Signal()
    skip_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "banner")
        self.text = label("")
        self.waiting = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(max(4, self.fontMetrics().height() // 3))
        self.bar.setAccessibleName(self.tr("Reading"))
        self.skip = QPushButton(self.tr("Skip"))
        self.skip.setToolTip(self.tr("Do not add this file; go on with the next one"))
        self.skip.clicked.connect(self.skip_wanted)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        buttons = QHBoxLayout()
        buttons.addWidget(self.waiting, 1)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        column.addLayout(buttons)
        self.hide()

    def show_reading(self, reading: Reading) -> None:
        """Shows how far the file is."""
        progress = reading.progress
        if progress is not None and progress.total:
            done, total = wording.number(progress.done), wording.number(progress.total)
            said = self.tr("Reading {0}, page {1} of {2}").format(reading.path.name, done, total)
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
        else:
            is_archive = reading.path.suffix.lower() == ARCHIVE_SUFFIX
            said = (self.tr("Importing {0}") if is_archive else self.tr("Opening {0}")).format(reading.path.name)
            self.bar.setRange(0, 0)
        self.text.setText(wording.breakable(said))
        more = self.tr("{0} waiting").format(wording.documents(reading.waiting))
        self.waiting.setText(more if reading.waiting else "")
        self.skip.setVisible(reading.waiting > 0)
        self.show()
