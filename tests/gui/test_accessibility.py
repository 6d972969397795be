"""Every window, walked: each control that can be used has a name for screen readers and is reached by Tab.

Also with doubled text: nothing that holds text is narrower than its text.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QTextEdit,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Document
from lift_desktop.gui.context import Context
from lift_desktop.gui.first_run.wizard import FirstRun
from lift_desktop.gui.learning.closing import ClosingQuestion
from lift_desktop.gui.learning.dialog import LearnDialog
from lift_desktop.gui.learning.sheet import JobsSheet
from lift_desktop.gui.library_pane.memories import MemoriesSheet
from lift_desktop.gui.settings.dialog import SettingsDialog
from lift_desktop.gui.window import MainWindow

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QTextEdit,
    QPlainTextEdit,
)

Made = Callable[[Context, Document], QWidget]
WINDOWS: dict[str, Made] = {
    "window without a document": lambda context, document: MainWindow(context),
    "window with a document": lambda context, document: _with_document(context, document),
    "learning": lambda context, document: LearnDialog(context, document),
    "closing": lambda context, document: ClosingQuestion(context),
    "jobs": lambda context, document: JobsSheet(context),
    "memories": lambda context, document: MemoriesSheet(context),
    "first run": lambda context, document: FirstRun(context),
    **{
        f"settings {page}": lambda context, document, page=page: SettingsDialog(context, page)
        for page in ("general", "models", "learning", "privacy", "about")
    },
}


def _with_document(context: Context, document: Document) -> QWidget:
    window = MainWindow(context)
    window.open_document(document.id)
    return window


def interactive(window: QWidget) -> Iterator[QWidget]:
    """What a user can act on, and is shown now."""
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, INTERACTIVE) or isinstance(widget, QScrollBar) or not widget.isVisibleTo(window):
            continue
        if isinstance(widget.parent(), QComboBox | QAbstractSpinBox | QMenuBar):
            continue  # a part of another control
        if widget.objectName().startswith("qt_") or widget.metaObject().className().startswith("QTableCorner"):
            continue  # Qt's own parts
        if isinstance(widget.parent(), QLineEdit | QHeaderView) or type(widget.parent()).__name__.startswith(
            "QComboBoxP"
        ):
            continue
        if isinstance(widget, QHeaderView):
            continue
        yield widget


def name_of(widget: QWidget) -> str:
    """What a screen reader says."""
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name).strip() if found is not None else ""


@pytest.fixture(params=list(WINDOWS), ids=str)
def shown(request: pytest.FixtureRequest, qtbot: QtBot, context: Context, document: Document) -> Iterator[QWidget]:
    window = WINDOWS[request.param](context, document)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    _dismiss(window)


def _dismiss(window: QWidget) -> None:
    """Closes it, and takes it apart unless it does so by itself."""
    if isinstance(window, MainWindow):
        window.watch.close()
    deletes_itself = window.testAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.close()
    if not deletes_itself:
        window.deleteLater()


def test_every_control_has_a_name_and_is_reached_by_tab(shown: QWidget, qtbot: QtBot) -> None:
    nameless, unreachable = [], []
    for widget in interactive(shown):
        told = f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
        if not name_of(widget):
            nameless.append(told)
        arrows_reach_it = isinstance(widget, QRadioButton) and not widget.isChecked()
        if widget.isEnabled() and not arrows_reach_it and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            unreachable.append(f"{told}: {name_of(widget)}")
    assert not nameless, nameless
    assert not unreachable, unreachable


def test_nothing_is_cut_off_when_text_is_twice_as_large(
    request: pytest.FixtureRequest, qtbot: QtBot, context: Context, document: Document
) -> None:
    font = QApplication.font()
    large = QFont(font)
    large.setPointSizeF(font.pointSizeF() * 2)
    QApplication.setFont(large)
    try:
        cut = []
        for name, make in WINDOWS.items():
            window = make(context, document)
            with qtbot.waitExposed(window):
                window.show()
            qtbot.wait(100)  # what was said meanwhile is laid out, on a busy computer later
            with contextlib.suppress(qtbot.TimeoutError):
                qtbot.waitUntil(lambda window=window: not any(_cut_off(window)))  # type: ignore[misc]
            cut += [f"{name}: {told}" for told in _cut_off(window)]
            _dismiss(window)
        assert not cut, cut
    finally:
        QApplication.setFont(font)


def _cut_off(window: QWidget) -> Iterator[str]:
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or isinstance(widget.parent(), QToolBar):
            continue
        is_line = isinstance(widget, QLabel) and not widget.wordWrap() and widget.pixmap().isNull()
        if not is_line and not isinstance(widget, QPushButton | QCheckBox | QRadioButton):
            continue
        text = widget.text()
        if "<" in text or not text or widget.property("elides"):
            continue
        metrics = QFontMetrics(widget.font())
        needed = metrics.size(Qt.TextFlag.TextShowMnemonic, text)
        if widget.width() + 1 < needed.width() or widget.height() + 1 < metrics.height():
            yield f"{type(widget).__name__} “{text}” {widget.width()}x{widget.height()}, needs {needed.width()}"
