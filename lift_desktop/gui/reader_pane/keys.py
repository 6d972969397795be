"""What the keyboard does on the pages: Shift and arrows select, the others scroll. Knows the view, paints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from .selection import Selection

FIRST_LINE_PIXELS = 48  # so far below the viewport's upper edge a selection begins

if TYPE_CHECKING:
    from .view import PageView


def press(view: PageView, event: QKeyEvent) -> bool:
    """Whether the key meant something here."""
    return view.opened is not None and (_selects(view, event) or _scrolls(view, event))


def _selects(view: PageView, event: QKeyEvent) -> bool:
    if event.key() == Qt.Key.Key_Escape and view.selection is not None:
        view.select(None)
        return True
    words, keys = view.words, Qt.Key
    if words is None or not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return False
    steps = {
        keys.Key_Left: (words.beside, -1),
        keys.Key_Right: (words.beside, 1),
        keys.Key_Up: (words.on_line, -1),
        keys.Key_Down: (words.on_line, 1),
        keys.Key_Home: (words.line_end, -1),
        keys.Key_End: (words.line_end, 1),
    }
    found = steps.get(keys(event.key()))
    if found is None:
        return False
    move, step = found
    before = view.selection
    if before is not None:
        view.select(Selection(before.anchor, move(before.head, step)))
    else:
        first = words.near(*view.page_and_point(QPointF(0, FIRST_LINE_PIXELS)))
        if first is None:
            return True
        view.select(Selection((first.start, first.end), (first.start, first.end)))
    assert view.selection is not None
    view.reveal_span(view.selection.head)
    view.selection_finished.emit()
    return True


def _scrolls(view: PageView, event: QKeyEvent) -> bool:
    vertical, horizontal, keys = view.verticalScrollBar(), view.horizontalScrollBar(), Qt.Key
    back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    steps = {
        keys.Key_Down: (vertical, vertical.singleStep()),
        keys.Key_Up: (vertical, -vertical.singleStep()),
        keys.Key_PageDown: (vertical, vertical.pageStep()),
        keys.Key_PageUp: (vertical, -vertical.pageStep()),
        keys.Key_Space: (vertical, -vertical.pageStep() if back else vertical.pageStep()),
        keys.Key_Home: (vertical, -vertical.maximum()),
        keys.Key_End: (vertical, vertical.maximum()),
        keys.Key_Right: (horizontal, horizontal.singleStep()),
        keys.Key_Left: (horizontal, -horizontal.singleStep()),
    }
    found = steps.get(keys(event.key()))
    if found is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return False
    bar, step = found
    bar.setValue(bar.value() + step)
    return True
