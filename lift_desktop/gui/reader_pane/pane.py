"""The reader pane: puts the pages, the bars, the strip and the contents together, and tells them of each other.

Knows the library and the viewing service; the other panes only through the hub.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...documents import Heading, Link, ViewFacts
from ...domain.errors import LiftError, MissingFile
from ...domain.models import Citation, Document
from ..context import Context
from .actions import make_actions
from .drawing import PageDrawer
from .frame import WITH_SELECTION, ReaderFrame
from .links import LeaveQuestion, LinkFinder
from .notices import EmptyNotice, ErrorNotice, PasswordNotice
from .opened import OpenDocument
from .opening import Opening
from .selection_tools import SelectionTools
from .view import FIT_PAGE, FIT_WIDTH, ZOOM_STEP

PLACES_KEPT = 50
FIND_WORDS = 8  # a longer selection is not what the user looks for

WITH_DOCUMENT = (
    *("find", "zoom_in", "zoom_out", "actual_size", "fit_width", "fit_page", "contents"),
    *("previous_page", "next_page", "select_all_on_page"),
)


class ReaderPane(QWidget):
    """Shows one document. `open_wanted` and `sample_wanted` come from the buttons of the empty pane."""

    open_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        viewer, tasks = context.services.viewer, context.tasks
        self._opened: OpenDocument | None = None
        self._places: list[tuple[int, float]] = []  # to go back to
        self._actions = make_actions(self)
        self._drawer, self._links = PageDrawer(viewer, tasks, self), LinkFinder(viewer, tasks, self)
        self._opening = Opening(viewer, tasks, self)
        self._stack = QStackedWidget(self)
        self._frame = ReaderFrame(self._actions, self._drawer, self._links, tasks, self)
        self._view = self._frame.view
        self._selecting = SelectionTools(self._frame, self._actions, context.hub)
        self.empty, self.locked, self.broken = EmptyNotice(self), PasswordNotice(self), ErrorNotice(self)
        for page in (self.empty, self._frame, self.locked, self.broken):
            self._stack.addWidget(page)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._stack)
        self._connect()
        self._connect_actions()
        self.setAccessibleName(self.tr("Reader"))
        self.show_document(None)

    # For the window ---------------------------------------------------------------------------------------------------
    def actions(self) -> dict[str, QAction]:  # type: ignore[override]
        """By name, for the menus."""
        return self._actions

    def show_document(self, document: Document | None) -> None:
        """Opens it at its first page; None shows what to do instead. A document that is open already stays."""
        if document is not None and self._opened is not None and self._opened.document.id == document.id:
            return
        self._forget()
        try:
            self._opened = OpenDocument(self._context.library, document) if document is not None else None
        except LiftError as error:
            self.broken.show_error(error)
            self._show(self.broken)
            return
        self._view.show_document(self._opened)
        self._frame.find_bar.show_document(self._opened)
        self._show_recalls()
        self._update_actions()
        if self._opened is None:
            self._show(self.empty)
        else:
            self._show(self._frame)
            self._opening.open(self._opened.document.id, self._opened.path)

    @Slot(object)
    def show_citation(self, citation: Citation) -> None:
        """Jumps to the quote and marks exactly its words."""
        if self._opened is None:
            return
        self._remember_place()
        span = (citation.start, citation.end)
        self._view.marks.cited = span
        self._view.repaint_marks()
        if any(self._opened.boxes(page, span) for page in self._opened.pages_of(span)):
            self._view.reveal_span(span)
        else:  # words that nobody knows the place of
            self._view.go_to(citation.page)

    @Slot(int)
    def go_to_page(self, number: int) -> None:
        """Counted from 1; beyond the end is the last page."""
        self._remember_place()
        self._view.go_to(number)

    def state(self) -> dict[str, Any]:
        """Where the reader stands, in JSON's types: page, offset (a share of the page's height) and zoom."""
        if self._opened is None:
            return {}
        page, offset = self._view.place()
        return {"page": page, "offset": round(offset, 4), "zoom": self._view.zoom}

    def restore(self, state: dict[str, Any]) -> None:
        """Back to what `state` gave; anything else in it is passed over."""
        zoom, page, offset = state.get("zoom"), state.get("page"), state.get("offset", 0.0)
        if zoom in (FIT_WIDTH, FIT_PAGE) or (isinstance(zoom, int | float) and zoom > 0):
            self._zoom_to(zoom)
        if isinstance(page, int) and isinstance(offset, int | float):
            self._view.go_to_place(page, float(offset))

    # Opening ----------------------------------------------------------------------------------------------------------
    def _forget(self) -> None:
        """Everything that belongs to the document that was open."""
        self._opened = None
        self._places.clear()
        self._opening.close()
        self._drawer.show_file(None)
        self._links.show_file(None)
        self._frame.selection_bar.hide()
        self._frame.contents.show_message("")

    @Slot(object)
    def _on_opened(self, facts: ViewFacts) -> None:
        assert self._opened is not None
        self._drawer.show_file(self._opened.path, self._opening.password)
        self._links.show_file(self._opened.path, self._opening.password)
        had_focus = self.locked.input.hasFocus() or self.locked.button.hasFocus()
        self._show(self._frame)
        if had_focus:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._opened.use_sizes(facts.sizes):
            self._view.lay_out_again()
        self._view.viewport().update()
        self._read_contents()

    @Slot(object)
    def _on_locked(self, error: LiftError) -> None:
        self.locked.ask(error)
        self._show(self.locked)
        self.locked.input.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _on_broken(self, error: LiftError) -> None:
        assert self._opened is not None
        own, known = self._opened.path.name, self._opened.document.file_name
        if error.message.startswith(own):  # the library's copy has a name that the user never saw
            error = type(error)(known + error.message.removeprefix(own), error.hint)
        elif isinstance(error, MissingFile):  # nor has the user ever named its path
            hint = self.tr("Add the file to the library once more, then try again. Memories and chats are still there.")
            error = MissingFile(self.tr("{0} is gone from the data folder.").format(known), hint)
        self.broken.show_error(error)
        self._show(self.broken)

    @Slot()
    def _read_contents(self) -> None:
        """Only when they are shown: a long book's take their time."""
        contents = self._frame.contents
        if self._actions["contents"].isChecked() and contents.is_empty and self._opening.read_contents():
            contents.show_message(self.tr("Reading…"))

    @Slot(object)
    def _on_contents(self, headings: tuple[Heading, ...]) -> None:
        self._frame.contents.show_headings(headings)
        self._frame.contents.show_current(self._view.current_page)

    @Slot(object)
    def _on_no_contents(self, error: LiftError) -> None:
        self._frame.contents.show_message(error.message)

    @Slot(bool)
    def _toggle_contents(self, shown: bool) -> None:
        self._frame.contents.setVisible(shown)
        if shown:
            self._read_contents()
            self._frame.contents.focus()

    # Places -----------------------------------------------------------------------------------------------------------
    def _remember_place(self) -> None:
        if self._opened is not None:
            place = self._view.place()
            if not self._places or self._places[-1] != place:
                self._places = [*self._places, place][-PLACES_KEPT:]
            self._update_actions()

    @Slot()
    def _go_back(self) -> None:
        if self._places:
            self._view.go_to_place(*self._places.pop())
            self._update_actions()

    @Slot(str)
    def _go_to_named(self, name: str) -> None:
        page = self._opened.page_named(name) if self._opened is not None else None
        if page is None:
            self._context.hub.said.emit(self.tr("There is no page “{0}”.").format(name.strip()))
            self._frame.bar.box.selectAll()
        else:
            self.go_to_page(page)
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _follow(self, link: Link) -> None:
        if link.page:
            self._remember_place()
            self._view.go_to(link.page, link.top)
        else:
            LeaveQuestion(link.uri, self).open()

    @Slot(int)
    def _on_page(self, page: int) -> None:
        opened = self._opened
        self._frame.bar.show_page(
            page, opened.label(page) if opened and page else "", opened.page_count if opened else 0
        )
        self._frame.strip.show_current(page)
        if not self._frame.contents.isHidden():
            self._frame.contents.show_current(page)
        self._update_actions()

    # Find and selection -----------------------------------------------------------------------------------------------
    @Slot()
    def _find(self) -> None:
        if self._opened is None:
            return
        words = self._selecting.text().split()
        text = " ".join(words) if len(words) <= FIND_WORDS else ""
        self._frame.find_bar.start(text, self._shown_from())
        self._update_actions()

    def _shown_from(self) -> int:
        """The first character of the current page."""
        return self._opened.pages[self._view.current_page - 1].start if self._opened is not None else 0

    @Slot()
    def _show_found(self) -> None:
        self._view.marks.show_found(self._frame.find_bar.hits, self._frame.find_bar.current)
        self._view.repaint_marks()
        self._update_actions()

    @Slot(int)
    def _show_hit(self, place: int) -> None:
        self._show_found()
        self._view.reveal_span(self._frame.find_bar.hits[place])

    @Slot()
    def _on_find_closed(self) -> None:
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._update_actions()

    @Slot()
    def _on_selection(self) -> None:
        self._update_actions()

    # Zoom -------------------------------------------------------------------------------------------------------------
    def _zoom_to(self, zoom: str | float) -> None:
        self._view.set_zoom(zoom)

    @Slot()
    def _on_zoom(self) -> None:
        self._frame.bar.show_zoom(self._view.zoom_factor)
        self._actions["fit_width"].setChecked(self._view.zoom == FIT_WIDTH)
        self._actions["fit_page"].setChecked(self._view.zoom == FIT_PAGE)

    # Recall -----------------------------------------------------------------------------------------------------------
    @Slot(str)
    def _on_memories(self, document_id: str) -> None:
        if self._opened is not None and self._opened.document.id == document_id:
            self._show_recalls()

    @Slot(str)
    def _on_removed(self, document_id: str) -> None:
        self._opening.forget_password(document_id)
        if self._opened is not None and self._opened.document.id == document_id:
            self.show_document(None)

    def _show_recalls(self) -> None:
        opened, library = self._opened, self._context.library
        memory = library.best_memory(opened.document.id) if opened is not None else None
        recalls = {found.page: found for found in library.page_recalls(memory.id)} if memory is not None else {}
        self._frame.strip.show_recalls(opened.page_count if opened is not None else 0, recalls)
        self._frame.show_recalls_of(bool(recalls))

    # Putting together -------------------------------------------------------------------------------------------------
    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self._update_actions()

    def _connect(self) -> None:
        view, hub, opening = self._view, self._context.hub, self._opening
        opening.opened.connect(self._on_opened)
        opening.locked.connect(self._on_locked)
        opening.failed.connect(self._on_broken)
        opening.contents_read.connect(self._on_contents)
        opening.contents_failed.connect(self._on_no_contents)
        view.page_changed.connect(self._on_page)
        view.zoom_changed.connect(self._on_zoom)
        view.selection_changed.connect(self._on_selection)
        view.link_chosen.connect(self._follow)
        self._frame.bar.page_named.connect(self._go_to_named)
        self._frame.bar.zoom_wanted.connect(self._zoom_to)
        self._frame.find_bar.shown_from = self._shown_from
        self._frame.find_bar.found.connect(self._show_found)
        self._frame.find_bar.chosen.connect(self._show_hit)
        self._frame.find_bar.closed.connect(self._on_find_closed)
        self._frame.contents.page_chosen.connect(self.go_to_page)
        self._frame.strip.page_chosen.connect(self.go_to_page)
        self.empty.open_button.clicked.connect(self.open_wanted)
        self.empty.sample_button.clicked.connect(self.sample_wanted)
        self.locked.given.connect(self._opening.unlock)
        self.broken.button.clicked.connect(self._opening.try_again)
        self._drawer.restarted.connect(self._say_restarted)
        hub.citation_chosen.connect(self.show_citation)
        hub.memories_changed.connect(self._on_memories)
        hub.document_removed.connect(self._on_removed)

    @Slot()
    def _say_restarted(self) -> None:
        self._context.hub.said.emit(self.tr("The process that draws the pages has ended; it was started again."))

    def _connect_actions(self) -> None:
        view, find_bar = self._view, self._frame.find_bar
        slots: dict[str, Callable[[], object]] = {
            "find": self._find,
            "find_next": lambda: find_bar.step(1),
            "find_previous": lambda: find_bar.step(-1),
            "zoom_in": lambda: view.zoom_by(ZOOM_STEP),
            "zoom_out": lambda: view.zoom_by(1 / ZOOM_STEP),
            "actual_size": lambda: view.set_zoom(1.0),
            "fit_width": lambda: view.set_zoom(FIT_WIDTH),
            "fit_page": lambda: view.set_zoom(FIT_PAGE),
            "previous_page": lambda: view.go_to(view.current_page - 1),
            "next_page": lambda: view.go_to(view.current_page + 1),
            "back": self._go_back,
        }
        for name, slot in slots.items():
            self._actions[name].triggered.connect(slot)
        self._actions["contents"].toggled.connect(self._toggle_contents)

    def _update_actions(self) -> None:
        readable = self._opened is not None and self._stack.currentWidget() is self._frame
        for name in WITH_DOCUMENT:
            self._actions[name].setEnabled(readable)
        page, count = self._view.current_page, self._opened.page_count if self._opened is not None else 0
        self._actions["previous_page"].setEnabled(readable and page > 1)
        self._actions["next_page"].setEnabled(readable and page < count)
        self._actions["back"].setEnabled(readable and bool(self._places))
        for name in WITH_SELECTION:
            self._actions[name].setEnabled(readable and self._view.selection is not None)
        for name in ("find_next", "find_previous"):
            self._actions[name].setEnabled(readable and bool(self._frame.find_bar.query.strip()))
        self._frame.bar.set_enabled(readable)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape: first the find bar goes, then the citation's mark."""
        if event.key() == Qt.Key.Key_Escape and not self._frame.find_bar.isHidden():
            self._frame.find_bar.close_bar()
        elif event.key() == Qt.Key.Key_Escape and self._view.marks.cited is not None:
            self._view.marks.cited = None
            self._view.repaint_marks()
        else:
            super().keyPressEvent(event)
