"""What the mouse does on the pages: selects words and sentences, follows links. Knows the view, paints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from ...documents import Link
from ..wording import tr
from .opened import Span
from .selection import Selection

SCROLL_INTERVAL_MILLISECONDS = 30
FASTEST_SCROLL_PIXELS = 60


class Pointer:
    """Owned by a PageView, which hands its mouse events on."""

    def __init__(self, view: PageView) -> None:
        self._view = view
        self._since_double_click = QElapsedTimer()
        self._double_clicked_at = QPointF()
        self._timer = 0
        self.forget()

    def forget(self) -> None:
        """Another document."""
        self._stop_scrolling()
        self._pressed_at: QPointF | None = None
        self._last: QPointF | None = None
        self._link: Link | None = None
        self._anchor: Span | None = None
        self._by_sentence = False
        self._by_word = False

    def pressed(self, event: QMouseEvent) -> None:
        words = self._view.words
        if event.button() is not Qt.MouseButton.LeftButton or words is None:
            return
        self._pressed_at = event.position()
        if self._is_third_click(event):
            self._select_sentence(event.position())
            return
        self._link = self.link_at(event.position())
        word = words.near(*self._view.page_and_point(event.position()))
        selection = self._view.selection
        if word is not None and selection is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = selection.anchor
            self._view.select(Selection(selection.anchor, (word.start, word.end)))
            return
        self._anchor = (word.start, word.end) if word is not None else None
        self._by_sentence = self._by_word = False
        self._view.select(None)

    def moved(self, event: QMouseEvent) -> None:
        self._last = event.position()
        if not event.buttons() & Qt.MouseButton.LeftButton or self._pressed_at is None:
            self._show_cursor(event.position())
            return
        far = (event.position() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far or self._by_word or self._by_sentence or self._view.selection is not None:
            self._link = None
            self._extend(event.position())
            self._scroll_at_the_edge(event.position())

    def released(self, event: QMouseEvent) -> None:
        self._stop_scrolling()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        link, self._link, self._pressed_at = self._link, None, None
        if link is not None and self.link_at(event.position()) == link:
            self._view.link_chosen.emit(link)
        elif self._view.selection is not None:
            self._view.selection_finished.emit()

    def double_clicked(self, event: QMouseEvent) -> None:
        words = self._view.words
        if event.button() is not Qt.MouseButton.LeftButton or words is None:
            return
        word = words.at(*self._view.page_and_point(event.position()))
        self._pressed_at = event.position()
        self._since_double_click.start()
        self._double_clicked_at = event.position()
        self._by_word = word is not None
        if word is not None:
            self._anchor = (word.start, word.end)
            self._view.select(Selection(self._anchor, self._anchor))

    def left(self) -> None:
        self._last = None

    def scrolled(self) -> None:
        """The pages moved under the pointer."""
        if self._last is not None and self._pressed_at is None:
            self._show_cursor(self._last)

    def tick(self) -> None:
        """Scrolls on while the pointer is held beyond the edge."""
        if self._last is None or self._pressed_at is None:
            self._stop_scrolling()
            return
        step = self._beyond(self._last)
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + max(-FASTEST_SCROLL_PIXELS, min(FASTEST_SCROLL_PIXELS, step)))
        self._extend(self._last)

    def link_at(self, position: QPointF) -> Link | None:
        if self._view.opened is None:
            return None
        page, x, y = self._view.page_and_point(position)
        return self._view.links.at(page, x, y)

    def _is_third_click(self, event: QMouseEvent) -> bool:
        """Soon after a double click and at its place; with Shift, a click extends what the double click took."""
        timer = self._since_double_click
        soon = timer.isValid() and timer.elapsed() < QGuiApplication.styleHints().mouseDoubleClickInterval()
        timer.invalidate()
        moved = (event.position() - self._double_clicked_at).manhattanLength()
        here = moved < QApplication.startDragDistance()
        return self._by_word and soon and here and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier

    def _select_sentence(self, position: QPointF) -> None:
        words = self._view.words
        assert words is not None
        word = words.near(*self._view.page_and_point(position))
        if word is not None:
            self._by_word, self._by_sentence = False, True
            self._anchor = words.sentence(word.start)
            self._view.select(Selection(self._anchor, self._anchor))

    def _extend(self, position: QPointF) -> None:
        words = self._view.words
        if words is None or self._anchor is None:
            return
        word = words.near(*self._view.page_and_point(position))
        if word is not None:
            head = words.sentence(word.start) if self._by_sentence else (word.start, word.end)
            self._view.select(Selection(self._anchor, head))

    def _show_cursor(self, position: QPointF) -> None:
        view, words = self._view, self._view.words
        link = self.link_at(position)
        shape = Qt.CursorShape.ArrowCursor
        if link is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif words is not None and words.at(*view.page_and_point(position)) is not None:
            shape = Qt.CursorShape.IBeamCursor
        if view.viewport().cursor().shape() is not shape:
            view.viewport().setCursor(QCursor(shape))
        view.viewport().setToolTip(self._what_it_is(link))

    def _what_it_is(self, link: Link | None) -> str:
        if link is None:
            return ""
        return tr("Go to page {0}").format(link.page) if link.page else link.uri

    def _beyond(self, position: QPointF) -> int:
        """How many pixels the pointer is above (negative) or below the viewport."""
        y, height = round(position.y()), self._view.viewport().height()
        return min(0, y) + max(0, y - height)

    def _scroll_at_the_edge(self, position: QPointF) -> None:
        if self._beyond(position) and not self._timer:
            self._timer = self._view.startTimer(SCROLL_INTERVAL_MILLISECONDS)
        elif not self._beyond(position):
            self._stop_scrolling()

    def _stop_scrolling(self) -> None:
        timer, self._timer = getattr(self, "_timer", 0), 0
        if timer:
            self._view.killTimer(timer)

    def global_place(self, position: QPointF) -> QPoint:
        return self._view.viewport().mapToGlobal(position.toPoint())


if TYPE_CHECKING:
    from .view import PageView
