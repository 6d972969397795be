"""What can be done with selected words: copy, ask about, explain, summarise; the floating bar and the menu offer it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from ..hub import Hub
from .frame import WITH_SELECTION, ReaderFrame

MAX_QUOTED_WORDS = 200
IN_MENU = ("select_all_on_page", "find", "back")


class SelectionTools(QObject):
    """Questions go to whoever answers them, through the hub. Nothing happens without selected words."""

    def __init__(self, frame: ReaderFrame, actions: dict[str, QAction], hub: Hub) -> None:
        super().__init__(frame)
        self._frame, self._view, self._actions, self._hub = frame, frame.view, actions, hub
        self._view.selection_changed.connect(self._on_selection)
        self._view.selection_finished.connect(self.show_bar)
        self._view.scrolled.connect(self.move_bar)
        self._view.zoom_changed.connect(self.move_bar)
        self._view.menu_wanted.connect(self._show_menu)
        slots = {
            "copy": self._copy,
            "select_all_on_page": self._select_page,
            "ask_about": self._ask_about,
            "explain": self._explain,
            "summarise": self._summarise,
        }
        for name, slot in slots.items():
            actions[name].triggered.connect(slot)

    def text(self) -> str:
        """The selected words as they stand in the document's text."""
        opened, selection = self._view.opened, self._view.selection
        if opened is None or selection is None:
            return ""
        start, end = selection.span
        return opened.text[start:end]

    @Slot()
    def show_bar(self) -> None:
        where = self._selected_rectangle()
        if where is not None:
            self._frame.selection_bar.show_at(where)

    @Slot()
    def move_bar(self) -> None:
        """After the pages moved under it."""
        if not self._frame.selection_bar.isHidden():
            self.show_bar()

    @Slot()
    def _on_selection(self) -> None:
        if self._view.selection is None:
            self._frame.selection_bar.hide()

    @Slot()
    def _copy(self) -> None:
        if self.text():
            QGuiApplication.clipboard().setText(self.text())

    @Slot()
    def _select_page(self) -> None:
        words = self._view.words
        if words is not None:
            self._view.select(words.whole_page(self._view.current_page))
            self.show_bar()

    @Slot()
    def _ask_about(self) -> None:
        """A draft that begins with the quote; the user goes on writing."""
        if self.text():
            self._hub.question_drafted.emit(self.tr("About “{0}”: ").format(self._quote()))

    @Slot()
    def _explain(self) -> None:
        if self.text():
            self._hub.question_asked.emit(self.tr("Explain in plain words: “{0}”").format(self._quote()))

    @Slot()
    def _summarise(self) -> None:
        if self.text():
            self._hub.question_asked.emit(self.tr("Summarise: “{0}”").format(self._quote()))

    def _quote(self) -> str:
        """The words on one line; of many the first ones, and the user is told."""
        words = self.text().split()
        if len(words) <= MAX_QUOTED_WORDS:
            return " ".join(words)
        self._hub.said.emit(self.tr("Only the first {0} words were taken.").format(MAX_QUOTED_WORDS))
        return " ".join(words[:MAX_QUOTED_WORDS]) + " …"

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        if self._view.opened is None:
            return
        menu = QMenu(self._frame)
        menu.addActions([self._actions[name] for name in WITH_SELECTION])
        menu.addSeparator()
        menu.addActions([self._actions[name] for name in IN_MENU])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _selected_rectangle(self) -> QRect | None:
        """The last line of the selected words, in the viewport."""
        selection, opened = self._view.selection, self._view.opened
        if selection is None or opened is None:
            return None
        page = opened.pages_of(selection.span)[-1]
        boxes = opened.boxes(page, selection.span)
        if not boxes:
            return None
        place = self._view.layout_of_pages.to_pixels(page, boxes[-1])
        return place.translated(-self._view.shown_rectangle().topLeft()).toAlignedRect()
