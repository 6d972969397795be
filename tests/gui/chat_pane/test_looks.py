"""For everyone: names for screen readers, the order of Tab, doubled text, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QFont, QInputMethodEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QTextEdit,
    QToolButton,
    QWidget,
)

from lift_desktop.domain.errors import ChildDied
from lift_desktop.domain.models import Document
from lift_desktop.gui import theme
from lift_desktop.gui.chat_pane.pane import ChatPane
from lift_desktop.gui.context import Context

from .conftest import FEE, QUESTION, Chat, Learn

INTERACTIVE = (QAbstractButton, QComboBox, QTextEdit)


@pytest.fixture
def font(qapp: QApplication) -> Iterator[None]:
    """Text twice as large; the colours as in the program."""
    font, sheet, palette = QFont(qapp.font()), qapp.styleSheet(), qapp.palette()
    double = QFont(font)
    double.setPointSizeF(font.pointSizeF() * 2)
    qapp.setFont(double)
    theme.apply(qapp, "light")
    yield
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


@pytest.fixture
def full(chat: Chat) -> Chat:
    """Answers, an edited question and an error."""
    chat.ask(QUESTION, FEE)
    chat.fail("Who painted the Mona Lisa in the tower at night?", ChildDied("The engine process ended unexpectedly."))
    chat.views[0].begin_editing()
    chat.qtbot.wait(20)
    return chat


def controls(pane: QWidget) -> list[QWidget]:
    return [widget for widget in pane.findChildren(QWidget) if isinstance(widget, INTERACTIVE) and widget.isVisible()]


def test_every_control_has_a_name(full: Chat) -> None:
    found = controls(full.pane)
    assert len(found) > 20
    for widget in found:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name), widget


def test_tab_goes_through_everything_from_top_to_bottom(full: Chat) -> None:
    wanted = {widget for widget in controls(full.pane) if widget.isEnabled()}
    full.pane.activateWindow()
    full.pane.bar.box.setFocus()
    reached: list[QWidget] = []
    for _ in range(len(wanted) + 5):
        focused = QApplication.focusWidget()
        if focused is None or focused in reached:
            break
        reached.append(focused)
        full.qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert wanted <= set(reached)
    column = full.pane.transcript.widget()
    inside = [widget for widget in reached if column.isAncestorOf(widget)]
    places = [widget.mapTo(column, QPoint(0, widget.height() // 2)).y() for widget in inside]
    assert len(inside) > 15 and all(later > earlier - 30 for earlier, later in pairwise(places))
    first, last = reached.index(inside[0]), reached.index(inside[-1])
    assert reached[:first] == [full.pane.bar.box, full.pane.bar.new, full.pane.bar.more]
    assert last < reached.index(full.pane.input)


def test_tooltips_name_their_shortcuts(chat: Chat) -> None:
    for action in chat.pane.actions().values():
        keys = action.shortcut().toString()
        assert not keys or f"({keys})" in action.toolTip()
        assert action.text() and not action.icon().isNull()


@pytest.mark.parametrize("width", [300, 420])
def test_nothing_is_cut_off_when_text_is_doubled(
    font: None, context: Context, document: Document, empty: Chat, learn: Learn, width: int
) -> None:
    pane = ChatPane(context)
    empty.qtbot.addWidget(pane)
    pane.resize(width, 900)
    pane.show()
    pane.show_document(document)
    chat = Chat(empty.qtbot, context, pane, empty.gate)
    chat.settle()
    check_fits(pane)
    chat.ask(QUESTION, FEE)
    chat.fail(QUESTION, ChildDied("The engine process ended unexpectedly."))
    chat.views[1].begin_editing()
    chat.qtbot.wait(50)
    check_fits(pane)
    assert pane.width() <= max(width, pane.minimumSizeHint().width()) and pane.minimumSizeHint().width() < 420


def check_fits(pane: QWidget) -> None:
    """Each text has the room that it needs, inside what holds it."""
    for label in pane.findChildren(QLabel):
        if label.isVisible():
            metrics = label.fontMetrics()
            box = metrics.boundingRect(label.contentsRect(), Qt.TextFlag.TextWordWrap, label.text())
            assert box.height() <= label.height() + 1, label.text()
            longest = max(map(metrics.horizontalAdvance, label.text().split()), default=0)
            assert longest <= label.width() + 1, label.text()
    for button in pane.findChildren(QPushButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()), button.text()
            assert button.height() >= button.fontMetrics().height(), button.text()
    for tool in pane.findChildren(QToolButton):
        if tool.isVisible() and tool.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextOnly:
            assert tool.width() >= tool.fontMetrics().horizontalAdvance(tool.text()), tool.text()
    for text in pane.findChildren(QTextEdit):
        if text.isVisible() and not text.verticalScrollBar().isVisible():
            assert text.document().size().height() <= text.height() + 1, text.toPlainText()


def test_colours_change_at_run_time(chat: Chat, qapp: QApplication) -> None:
    sheet, palette = qapp.styleSheet(), qapp.palette()
    try:
        theme.apply(qapp, "light")
        chat.ask(QUESTION)
        light = brightness(chat)
        theme.apply(qapp, "dark")
        chat.qtbot.wait(50)
        assert brightness(chat) < 80 < 180 < light
    finally:
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)


def brightness(chat: Chat) -> float:
    """The mean lightness (0 to 255) of what is painted where the answer stands."""
    image = chat.views[0].answer.grab().toImage()
    points = [(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 5)]
    return sum(image.pixelColor(x, y).lightness() for x, y in points) / len(points)


def test_the_hint_gives_way_to_what_is_being_composed(chat: Chat) -> None:
    """Japanese, and accents by dead keys, are shown before they are text."""
    written = chat.pane.input
    written.setFocus()
    QApplication.sendEvent(written, QInputMethodEvent("~~~~~~~~~~", []))
    composed = written.viewport().grab().toImage()
    assert written.toPlainText() == ""
    written.set_hint("")
    assert written.viewport().grab().toImage() == composed
