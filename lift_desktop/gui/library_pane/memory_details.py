"""What one memory knows: the questions that it was taught, and how much of each page it recalls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ...domain.errors import NoMemory, UnknownDocument
from ...domain.models import Page, PageRecall, Passage, StudyQuestion
from ...jobs.manifests import made_with
from ...library import Library
from .. import wording
from ..bridge import Task
from ..context import Context
from .gate_plot import GatePlot
from .memory_rows import Entry
from .notices import label

MOST_QUESTIONS = 2000
"""So many are listed at most; the tab says how many there are."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the library holds of what one memory was taught and recalls, and where it stands."""

    memory_id: str
    questions: list[StudyQuestion]
    recalls: list[PageRecall]
    passages: tuple[Passage, ...]
    pages: tuple[Page, ...]
    gates: tuple[float, ...]


class MemoryDetails(QWidget):
    """Reads in a thread of its own; shows the newest that was asked for."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self._shown: Entry | None = None
        self.hint = label("", "muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = label("", "heading")
        self.questions = _table([self.tr("Page"), self.tr("Question"), self.tr("Answer")], self.tr("Questions"))
        self.pages = _table(
            [self.tr("Page"), self.tr("Questions"), self.tr("Recall before"), self.tr("Recall after")],
            self.tr("Recall by page"),
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.questions, self.tr("Questions"))
        self.tabs.addTab(self.pages, self.tr("Recall by page"))
        self.gates = GatePlot()
        known = QWidget()
        column = QVBoxLayout(known)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.tabs, 1)
        self._known = known
        self.stack = QStackedWidget()
        self.stack.addWidget(self.hint)
        self.stack.addWidget(known)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self.show_entries([])

    def show_entries(self, entries: list[Entry]) -> None:
        """Tells of one memory; of none, several or an unfinished one it says why it cannot."""
        entry = entries[0] if len(entries) == 1 else None
        if entry is None or not entry.is_finished:
            self._shown = None
            self.hint.setText(self._why_not(entries))
            self.stack.setCurrentWidget(self.hint)
        elif self._shown is None or entry.memory.id != self._shown.memory.id:
            self._shown = entry
            self._read(entry)

    def _why_not(self, entries: list[Entry]) -> str:
        if not entries:
            return self.tr("Choose a memory to see what it knows.")
        if len(entries) > 1:
            return self.tr("{0} are chosen.").format(wording.memories(len(entries)))
        return self.tr("This memory is not finished; it knows nothing yet.")

    def _read(self, entry: Entry) -> None:
        if self._task is not None:
            self._task.cancel()
        library, memory_id, document_id = self._context.library, entry.memory.id, entry.memory.document_id
        self._task = self._context.tasks.run("what it knows", lambda: _knowledge(library, memory_id, document_id))
        self._task.done.connect(self._show)
        self._task.failed.connect(self._context.hub.failed)

    def _show(self, knowledge: Knowledge | None) -> None:
        entry = self._shown
        if knowledge is None or entry is None or knowledge.memory_id != entry.memory.id:
            return
        before, after = wording.percent(entry.memory.recall_before), wording.percent(entry.memory.recall_after)
        title = self.tr("What it knows of “{0}” · recalled {1} before, {2} after")
        self.title.setText(title.format(wording.breakable(entry.title), before, after))
        questions, recalls = knowledge.questions, knowledge.recalls
        labels = {page.number: page.label for page in knowledge.pages}
        first_page = {passage.number: passage.first_page for passage in knowledge.passages}
        numbers = [first_page.get(question.passage, 1) for question in questions]
        _fill(
            self.questions,
            [
                (wording.page(number, labels.get(number, "")), question.question, question.answer)
                for number, question in zip(numbers, questions, strict=True)
            ][:MOST_QUESTIONS],
        )
        _fill(
            self.pages,
            [
                (
                    wording.page(recall.page, labels.get(recall.page, "")),
                    str(recall.questions),
                    wording.percent(recall.before),
                    wording.percent(recall.after),
                )
                for recall in recalls
            ],
        )
        self._show_gates(knowledge.gates)
        self.tabs.setTabText(0, self.tr("Questions ({0})").format(wording.number(len(questions))))
        self.stack.setCurrentWidget(self._known)

    def _show_gates(self, gates: tuple[float, ...]) -> None:
        """A tab of their own, for a memory that has gates."""
        self.gates.show_gates(gates)
        place = self.tabs.indexOf(self.gates)
        if gates and place < 0:
            self.tabs.addTab(self.gates, self.tr("Layers"))
        elif not gates and place >= 0:
            self.tabs.removeTab(place)


def _knowledge(library: Library, memory_id: str, document_id: str) -> Knowledge | None:
    """None when the memory or its document was erased meanwhile."""
    try:
        return Knowledge(
            memory_id,
            library.questions(memory_id),
            library.page_recalls(memory_id),
            library.passages(document_id),
            library.pages(document_id),
            made_with(library, memory_id).gates,
        )
    except (NoMemory, UnknownDocument):
        return None


def _table(headings: list[str], name: str) -> QTableWidget:
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(headings)
    table.setAccessibleName(name)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setFrameShape(QTableWidget.Shape.NoFrame)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table


def _fill(table: QTableWidget, rows: Sequence[tuple[str, ...]]) -> None:
    table.clearContents()
    table.setRowCount(len(rows))
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setToolTip(wording.tool_tip(text))
            table.setItem(place, column, item)
