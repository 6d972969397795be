"""The library pane: all documents, and everything that is done with them. Other panes hear of it through the hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...documents import SUFFIXES
from ...domain.models import Document, Memory
from ...jobs import changed_documents
from ...paths import resources_folder
from .. import wording
from ..bridge import Task
from ..context import Context
from ..saving import documents_folder
from ..writing import is_writing
from .adding import ARCHIVE_SUFFIX, copy_files, local_files
from .commands import Commands
from .empty import EmptyLibrary, NothingFound
from .filtering import ShownRows
from .header import Header
from .intake import Intake
from .row_list import RowList
from .rows import ROW, DocumentRows, Row

NOTICES_SHARE = 0.45
"""Of the pane's height, at most."""


class LibraryPane(QWidget):
    """Shows the library, adds files to it, and opens what is chosen by `hub.open_requested`; what was read is shown by
    `hub.document_arrived`.
    """

    sample_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._look: Task | None = None
        self._was_shown = False
        self.setAcceptDrops(True)
        self.rows = DocumentRows(context.library, context.queue, self)
        self.shown = ShownRows(self.rows, self)
        self.commands = Commands(context, self, lambda: self.chosen)
        self.intake = Intake(context, self)
        self._build()
        self._connect_news()
        self._connect_parts()
        self._arrange(context.preferences.get("library_sort"))
        self._refresh_tags()
        self._show_what_there_is()

    # What the window uses -----------------------------------------------------------------------------------
    def actions(self) -> dict[str, QAction]:  # type: ignore[override]
        """By name, for the window's menus."""
        return dict(self.commands.by_name)

    def select(self, document_id: str) -> None:
        """Makes it the chosen row and brings it into view; a search that hides it is cleared."""
        index = self.rows.index_of(document_id)
        if not index.isValid():
            return
        if not self.shown.mapFromSource(index).isValid():
            self.show_all()
        shown = self.shown.mapFromSource(index)
        self.list.setCurrentIndex(shown)
        self.list.scrollTo(shown)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Adds files, what lies in folders, and exported memories."""
        self.intake.offer(paths)

    def choose_files(self) -> None:
        """Asks for files."""
        endings = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        kinds = [self.tr("Documents ({0})").format(endings), self.tr("PDF (*.pdf)"), self.tr("All files (*)")]
        self._choose(self.tr("Add files"), kinds)

    def choose_memories(self) -> None:
        """Asks for exported memories."""
        self._choose(self.tr("Import memory"), [self.tr("Memories (*{0})").format(ARCHIVE_SUFFIX)])

    def add_sample(self) -> None:
        """Adds the sample contract and opens it."""
        self.add_files([resources_folder() / "sample" / "services-agreement.pdf"])

    def focus_search(self) -> None:
        """Puts the focus into the search field."""
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    def show_all(self) -> None:
        """Ends searching and filtering."""
        self.header.search.clear()
        self._show_tag("")

    def look_for_changed_files(self) -> None:
        """Looks (in a thread of its own) whether files were changed on the disk since they were learned."""
        if self._look is None:
            library = self._context.library
            self._look = self._context.tasks.run("look for changes", lambda: changed_documents(library))
            self._look.done.connect(self.rows.set_changed)
            self._look.ended.connect(self._looked)

    # Building -----------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.header = Header(self.commands.by_name["add"])
        self.list = RowList()
        self.list.setAccessibleName(self.tr("Documents"))
        self.list.setModel(self.shown)
        self.empty, self.nothing_found = EmptyLibrary(), NothingFound()
        self.stack = QStackedWidget()
        for widget in (self.list, self.empty, self.nothing_found):
            self.stack.addWidget(widget)
        self.count = QLabel()
        self.count.setProperty("look", "muted")
        self.memories_button = QPushButton(self.tr("Memories"))
        self.memories_button.setProperty("look", "link")
        self.memories_button.setToolTip(self.tr("All memories with their size and recall"))
        self.footer = QWidget()
        line = QHBoxLayout(self.footer)
        line.setContentsMargins(8, 2, 8, 4)
        line.addWidget(self.count, 1)
        line.addWidget(self.memories_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.intake, self.stack, self.footer):
            column.addWidget(part, 1 if part is self.stack else 0)

    def _connect_news(self) -> None:
        hub = self._context.hub
        hub.files_offered.connect(self.add_files)
        hub.document_changed.connect(self._refresh)
        hub.memories_changed.connect(self._refresh)
        hub.document_removed.connect(self._removed)
        hub.document_opened.connect(self._opened)
        hub.jobs_changed.connect(self.rows.refresh_jobs)
        self.rows.renamed.connect(hub.document_changed)
        self.rows.failed.connect(self.intake.say_error)
        self.rows.dataChanged.connect(self._choice_changed)
        self.intake.arrived.connect(self._arrived)
        self.intake.memory_arrived.connect(self._memory_arrived)

    def _connect_parts(self) -> None:
        self.commands.add_wanted.connect(self.choose_files)
        self.commands.import_wanted.connect(self.choose_memories)
        self.commands.rename_wanted.connect(self._rename)
        self.commands.read_again_wanted.connect(self._read_again)
        self.commands.failed.connect(self.intake.say_error)
        self.list.open_wanted.connect(self._open)
        self.list.action_wanted.connect(self._act)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.selectionModel().selectionChanged.connect(self._choice_changed)
        self.header.search.textChanged.connect(self._search)
        self.header.search.down_wanted.connect(self._enter_list)
        self.header.sort_chosen.connect(self._choose_sort)
        self.header.tag_chosen.connect(self._show_tag)
        self.empty.add_wanted.connect(self.choose_files)
        self.empty.sample_wanted.connect(self.add_sample)
        self.empty.sample_wanted.connect(self.sample_wanted)
        self.nothing_found.clear_wanted.connect(self.show_all)
        self.memories_button.clicked.connect(self.commands.by_name["memories"].trigger)

    # The list -----------------------------------------------------------------------------------------------
    @property
    def chosen(self) -> list[Row]:
        """The selected documents in the order of the list."""
        places = sorted(self.list.selectionModel().selectedRows(), key=QModelIndex.row)
        return [index.data(ROW) for index in places]

    def _open(self, index: QModelIndex) -> None:
        row: Row = index.data(ROW)
        self._context.hub.open_requested.emit(row.document.id)

    def _act(self, index: QModelIndex) -> None:
        self.commands.act(index.data(ROW))

    def _rename(self, document_id: str) -> None:
        self.select(document_id)
        self.list.edit(self.list.currentIndex())

    def _read_again(self, document_id: str) -> None:
        row = self.rows.row(document_id)
        if row is not None:
            self.add_files([Path(row.document.source_path)])

    def _show_menu(self, place: QPoint) -> None:
        if not self.chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in (("learn", "learn_deeper", "go_on"), ("rename", "tags", "show_file"), ("export", "erase")):
            menu.addSeparator()
            for name in group:
                if name != "go_on" or self.commands.by_name[name].isEnabled():
                    menu.addAction(self.commands.by_name[name])
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _choice_changed(self) -> None:
        """Of thousands of rows, those that are chosen are looked at only when something is done with them."""
        ranges: Any = self.list.selectionModel().selection()  # a list, of which PySide's type descriptions know nothing
        count = sum(each.height() for each in ranges)
        self.commands.show_choice(count, ranges[0].topLeft().data(ROW) if count == 1 else None)

    def _enter_list(self) -> None:
        if self.shown.rowCount():
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.shown.index(0, 0))
            self.list.setFocus(Qt.FocusReason.TabFocusReason)

    # Searching and sorting ----------------------------------------------------------------------------------
    def _search(self, text: str) -> None:
        self.shown.search(text)
        self._show_what_there_is()

    def _show_tag(self, tag: str) -> None:
        self.shown.show_tag(tag)
        self._refresh_tags()
        self._show_what_there_is()

    def _choose_sort(self, key: str) -> None:
        self._context.preferences.set("library_sort", key)
        self._arrange(key)

    def _arrange(self, key: str) -> None:
        self.rows.arrange(key)
        self.header.show_sort(key)

    def _refresh_tags(self) -> None:
        tags = sorted(self._context.library.all_tags(), key=wording.sorted_by)
        if self.shown.tag not in tags:  # none is chosen, or its last document lost it
            self.shown.show_tag("")
        self.header.show_tags(tags, self.shown.tag)

    def _show_what_there_is(self) -> None:
        """The list, the invitation, or that nothing was found; and how many documents there are."""
        all_count, shown = self.rows.rowCount(), self.shown.rowCount()
        self.nothing_found.say(self.header.search.text().strip(), self.shown.tag)
        self.stack.setCurrentWidget(self.list if shown else self.nothing_found if all_count else self.empty)
        self.footer.setVisible(all_count > 0)
        said = wording.documents(all_count)
        if shown != all_count:
            said = self.tr("{0} of {1}").format(wording.number(shown), said)
        if self.shown.tag:
            said += self.tr(" · tag “{0}”").format(self.shown.tag)
        self.count.setText(said)

    # News ---------------------------------------------------------------------------------------------------
    def _refresh(self, document_id: str) -> None:
        self.rows.refresh(document_id)
        self._refresh_tags()
        self._show_what_there_is()

    def _removed(self, document_id: str) -> None:
        self.rows.remove(document_id)
        self._refresh_tags()
        self._show_what_there_is()

    def _opened(self, document: Document | None) -> None:
        self.list.show_open("" if document is None else document.id)
        if document is not None and [row.document.id for row in self.chosen] != [document.id]:
            self.select(document.id)

    def _arrived(self, document: Document, wants_to_see: bool) -> None:
        for row in self.rows.rows():
            if row.document.source_path == document.source_path and row.document.id != document.id:
                self._context.hub.memories_changed.emit(row.document.id)
                self.look_for_changed_files()
        if wants_to_see and not is_writing():
            self.select(document.id)
            self._context.hub.document_arrived.emit(document.id)

    def _memory_arrived(self, memory: Memory) -> None:
        self.select(memory.document_id)

    def _looked(self) -> None:
        self._look = None

    # Files --------------------------------------------------------------------------------------------------
    def _choose(self, title: str, kinds: Sequence[str]) -> None:
        dialog = QFileDialog(self.window(), title, documents_folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(list(kinds))
        dialog.filesSelected.connect(self._files_chosen)
        dialog.open()

    def _files_chosen(self, names: list[str]) -> None:
        self.add_files([Path(name) for name in names])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if local_files(event.mimeData()):
            copy_files(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        copy_files(event)
        self.add_files(local_files(event.mimeData()))

    # Looks --------------------------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.look_for_changed_files()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.intake.notices.set_tallest(round(self.height() * NOTICES_SHARE))
