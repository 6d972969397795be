"""The memories sheet: all memories in one table, to compare, export and erase them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ...domain.errors import LiftError
from ...domain.models import Memory
from ...jobs.queue import JobState
from .. import wording
from ..context import Context
from ..icons import icon
from .erasing import ask_about_memories, erase_button, erase_memories
from .exporting import Exporter
from .header import SearchField
from .memory_details import MemoryDetails
from .memory_rows import DOCUMENT, ENTRY, LEARNED, Entry, FoundMemories, MemoryRows
from .notices import Notice, NoticeList

WIDEST_COLUMN_LETTERS = 26
MEASURED_ROWS = 100
"""So many rows decide how wide columns are."""


class MemoriesSheet(QDialog):
    """Reads the library whenever it is shown, and as long as it is shown whenever something changes."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(self.tr("Memories"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.rows = MemoryRows(context.library, context.queue, self)
        self.found = FoundMemories(self.rows, self)
        self.exporter = Exporter(context, self)
        self._reload_soon = QTimer(self, singleShot=True)  # once for many memories that are erased together
        self._reload_soon.timeout.connect(self._reload_if_shown)
        self._build()
        self._connect()
        letters = self.fontMetrics()
        wanted = QSize(letters.averageCharWidth() * 150, letters.lineSpacing() * 34)
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.95))

    def reload(self) -> None:
        """Reads the memories again; what was chosen stays chosen."""
        chosen = {entry.memory.id for entry in self.chosen}
        count_before = self.rows.rowCount()
        self.rows.reload()
        if chosen and not self.chosen:
            self._select(chosen)
        if self.rows.rowCount() != count_before:
            self._fit_columns()
        self._show_state()

    def choose(self, memory_ids: set[str]) -> None:
        """Selects these memories and brings them into view; a search that might hide them is cleared."""
        self.search.clear()
        self.table.clearSelection()
        self._select(memory_ids)

    @property
    def chosen(self) -> list[Entry]:
        """The selected memories in the order of the table."""
        places = sorted(self.table.selectionModel().selectedRows(), key=QModelIndex.row)
        return [index.data(ENTRY) for index in places]

    # Building -----------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.search = SearchField()
        self.search.setPlaceholderText(self.tr("Search documents, models, states"))
        self.search.setAccessibleName(self.tr("Search memories"))
        self.notices = NoticeList()
        self._build_table()
        self.details = MemoryDetails(self._context)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        self.total = QLabel()
        self.total.setProperty("look", "muted")
        self.show_document = self._action(self.tr("Open document"), "open", self._open_document)
        self.export = self._action(self.tr("Export…"), "export", self._export)
        self.erase = self._action(self.tr("Erase…"), "erase", self._ask_to_erase, "Del")
        buttons = QHBoxLayout()
        buttons.addWidget(self.total, 1)
        self.buttons = [self._button(action) for action in (self.show_document, self.export, self.erase)]
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        for button in (*self.buttons, close):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.notices)
        column.addWidget(split, 1)
        column.addLayout(buttons)

    def _build_table(self) -> None:
        table = self.table = QTableView()
        table.setAccessibleName(self.tr("Memories"))
        table.setModel(self.found)
        table.setSortingEnabled(True)
        table.sortByColumn(LEARNED, Qt.SortOrder.DescendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(DOCUMENT, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(self.fontMetrics().averageCharWidth() * 10)
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(MEASURED_ROWS)

    def _action(self, text: str, symbol: str, do: object, keys: str = "") -> QAction:
        action = QAction(icon(symbol), text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(do)
        self.table.addAction(action)
        return action

    def _button(self, action: QAction) -> QPushButton:
        button = QPushButton(action.icon(), action.text())
        button.clicked.connect(action.trigger)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if keys:
            button.setToolTip(f"{action.text().rstrip('…')} ({keys})")
        return button

    def _connect(self) -> None:
        hub = self._context.hub
        for signal in (hub.document_changed, hub.document_removed, hub.memories_changed):
            signal.connect(self._reload_soon.start)
        hub.jobs_changed.connect(self.rows.refresh_jobs)
        self.exporter.failed.connect(self._say_error)
        self.search.textChanged.connect(self._search)
        self.search.down_wanted.connect(self._enter_table)
        self.table.selectionModel().selectionChanged.connect(self._show_state)
        self.table.doubleClicked.connect(self._open_document)
        self.table.customContextMenuRequested.connect(self._show_menu)

    # Keeping up ---------------------------------------------------------------------------------------------
    def _reload_if_shown(self) -> None:
        if self.isVisible():
            self.reload()

    def _search(self, text: str) -> None:
        self.found.search(text)
        self._show_state()

    def _show_state(self) -> None:
        """What can be done with what is chosen, what it knows, and how much room all take."""
        chosen = self.chosen
        self.show_document.setEnabled(len(chosen) == 1)
        self.export.setEnabled(bool(chosen) and all(entry.is_finished for entry in chosen))
        self.erase.setEnabled(bool(chosen))
        for button, action in zip(self.buttons, (self.show_document, self.export, self.erase), strict=True):
            button.setEnabled(action.isEnabled())
        self.details.show_entries(chosen)
        entries = self.rows.entries
        said = self.tr("{0} · {1} on the disk").format(wording.memories(len(entries)), _size(entries))
        if len(chosen) > 1:
            said = self.tr("{0} chosen ({1}) · {2}").format(wording.number(len(chosen)), _size(chosen), said)
        elif not entries:
            said = self.tr("There is no memory yet. Choose a document and press Learn.")
        elif self.found.rowCount() == 0:
            said = self.tr("No memory matches “{0}”.").format(self.search.text().strip())
        self.total.setText(said)

    def _select(self, memory_ids: set[str]) -> None:
        selection = self.table.selectionModel()
        for place in range(self.found.rowCount()):
            index = self.found.index(place, 0)
            if index.data(ENTRY).memory.id in memory_ids:
                selection.select(index, selection.SelectionFlag.Select | selection.SelectionFlag.Rows)
                self.table.scrollTo(index)

    def _enter_table(self) -> None:
        if self.found.rowCount():
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
            self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def _fit_columns(self) -> None:
        header = self.table.horizontalHeader()
        for column in range(DOCUMENT + 1, self.rows.columnCount()):
            self.table.resizeColumnToContents(column)
            wanted = header.sectionSize(column) + self.fontMetrics().averageCharWidth()
            header.resizeSection(column, min(wanted, self.fontMetrics().averageCharWidth() * WIDEST_COLUMN_LETTERS))

    # What can be done ---------------------------------------------------------------------------------------
    def _open_document(self) -> None:
        if len(self.chosen) == 1:
            self._context.hub.open_requested.emit(self.chosen[0].memory.document_id)

    def _export(self) -> None:
        self.exporter.ask_where([(entry.memory, entry.title) for entry in self.chosen])

    def _ask_to_erase(self) -> None:
        chosen = self.chosen
        box = ask_about_memories([entry.memory for entry in chosen], [entry.title for entry in chosen], self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(partial(self._erase_if_agreed, box, [entry.memory for entry in chosen]))
        box.open()

    def _erase_if_agreed(self, box: QMessageBox, memories: Sequence[Memory], result: int) -> None:
        if box.clickedButton() is not erase_button(box):
            return
        context, ids = self._context, {memory.id for memory in memories}
        for job in context.queue.jobs():
            if job.memory_id in ids and job.state is JobState.RUNNING:
                context.queue.cancel(job.id)
        task = context.tasks.run("erase", lambda: erase_memories(context.library, memories), is_lasting=True)
        task.stepped.connect(self._erased)
        task.failed.connect(self._say_error)

    def _erased(self, memory: Memory) -> None:
        self._context.queue.refresh()
        self._context.hub.memories_changed.emit(memory.document_id)

    def _say_error(self, error: LiftError) -> None:
        self.notices.add(Notice(error.message, wording.hint(error), "bad"))

    def _show_menu(self, place: QPoint) -> None:
        if self.chosen:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions([self.show_document, self.export, self.erase])
            menu.popup(self.table.viewport().mapToGlobal(place))

    # Looks --------------------------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self.reload()
        self._fit_columns()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "table"):
            self.table.viewport().update()


def _size(entries: Sequence[Entry]) -> str:
    return wording.size(sum(entry.memory.size_bytes for entry in entries))
