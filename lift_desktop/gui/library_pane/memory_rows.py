"""All memories as the rows of a table. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor

from ...domain.models import Memory
from ...domain.states import FINISHED
from ...jobs.queue import JobQueue, JobView
from ...library import Library
from .. import theme, wording
from ..wording import tr

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole + 1
DOCUMENT, MODEL, METHOD, DEPTH, SIZE, LEARNED, RECALL, STATE = range(8)


@dataclass(frozen=True)
class Entry:
    """A memory, the title of its document, and the job that is at work on it."""

    memory: Memory
    title: str
    job: JobView | None = None

    @property
    def is_finished(self) -> bool:
        return self.memory.state in FINISHED

    @property
    def state(self) -> tuple[str, str]:
        """In words, and its look; the action that a library's row would offer is not named here."""
        said, look = wording.learning_state(self.memory, self.job)
        parts = said.split(" · ")
        return parts[0], look

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """What stands in the columns."""
        memory = self.memory
        recall = f"{wording.percent(memory.recall_before)} → {wording.percent(memory.recall_after)}"
        return (
            self.title,
            memory.model.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1],
            wording.method(memory.method),
            wording.depth(memory.depth),
            wording.size(memory.size_bytes) if self.is_finished else "–",
            wording.date(memory.updated_at) if self.is_finished else "–",
            recall if self.is_finished else "–",
            self.state[0],
        )

    @cached_property
    def keys(self) -> tuple[Any, ...]:
        """What the columns are sorted by."""
        memory = self.memory
        texts = [wording.sorted_by(cell) for cell in self.cells]
        depth = list(type(memory.depth)).index(memory.depth)
        recall = -1.0 if memory.recall_after is None else memory.recall_after
        return (texts[0], texts[1], texts[2], depth, memory.size_bytes, memory.updated_at, recall, texts[7])


class MemoryRows(QAbstractTableModel):
    """The memories of the library, the last changed first."""

    def __init__(self, library: Library, queue: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._queue = library, queue
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries)

    def at(self, place: int) -> Entry:
        """The entry at a place of this model."""
        return self._entries[place]

    def reload(self) -> None:
        """Reads all again; when the same memories are there, only what changed is told."""
        titles = {document.id: document.title for document in self._library.documents()}
        jobs = self._jobs()
        found = [
            Entry(memory, titles[memory.document_id], None if memory.state in FINISHED else jobs.get(memory.id))
            for memory in self._library.memories()
            if memory.document_id in titles
        ]
        if _ids(found) != _ids(self._entries):
            self.beginResetModel()
            self._entries = found
            self.endResetModel()
            return
        for place, entry in enumerate(found):
            self._replace(place, entry)

    def refresh_jobs(self) -> None:
        """Looks at the queue; only memories whose job went on are told."""
        jobs = self._jobs()
        for place, entry in enumerate(self._entries):
            if not entry.is_finished:
                self._replace(place, replace(entry, job=jobs.get(entry.memory.id)))

    def _jobs(self) -> dict[str, JobView]:
        return {job.memory_id: job for job in self._queue.jobs() if job.memory_id}

    def _replace(self, place: int, entry: Entry) -> None:
        if self._entries[place] != entry:
            self._entries[place] = entry
            self.dataChanged.emit(self.index(place, 0), self.index(place, STATE))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else STATE + 1

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            tr("Document"),
            tr("Model"),
            tr("Method"),
            tr("Depth"),
            tr("Size"),
            tr("Learned on"),
            tr("Recall"),
            tr("State"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], index.column()
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.cells[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.tool_tip(entry.memory.model if column == MODEL else entry.cells[column])
        if role == Qt.ItemDataRole.ForegroundRole and column == STATE:
            return QColor(getattr(theme.colours(), entry.state[1]))
        return None


class FoundMemories(QSortFilterProxyModel):
    """Memories of which some cells hold all the words that are looked for."""

    def __init__(self, rows: MemoryRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._rows = rows
        self.setSourceModel(rows)

    def search(self, text: str) -> None:
        self._words = wording.searched(text).split()
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: N802
        if not self._words:
            return True
        cells = wording.searched("\n".join(self._rows.at(source_row).cells))
        return all(word in cells for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802
        column = left.column()
        return bool(self._rows.at(left.row()).keys[column] < self._rows.at(right.row()).keys[column])


def _ids(entries: Sequence[Entry]) -> list[str]:
    return [entry.memory.id for entry in entries]
