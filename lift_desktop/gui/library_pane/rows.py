"""The documents as rows of a list: what each row says, how rows are sorted and searched. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ...domain.errors import LibraryError, UnknownDocument
from ...domain.models import Document, Memory, MemoryState
from ...domain.states import FINISHED, RUNNING
from ...jobs.queue import JobQueue, JobState, JobView
from ...library import Library
from .. import wording
from ..wording import tr

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1
"""The role under which an index gives its Row."""

_TELLING_JOBS = (JobState.WAITING, JobState.RUNNING, JobState.PAUSED, JobState.FAILED)
"""Jobs that say more than the memory does."""


class RowAction(Enum):
    """The one thing that a row itself offers to do about its state."""

    NONE = ""
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    READ_AGAIN = "read again"


@dataclass(frozen=True, slots=True)
class Row:
    """A document with all that its row tells. `memory` is the one that matters to the user now."""

    document: Document
    memory: Memory | None = None
    finished: Memory | None = None  # the best one that can answer
    job: JobView | None = None
    tags: tuple[str, ...] = ()
    is_changed: bool = False  # its file now holds something else

    @property
    def fraction(self) -> float | None:
        """How far learning is (0 to 1), None while nothing is learned."""
        if self.job is None or self.job.state not in (JobState.RUNNING, JobState.PAUSED) or self.job.progress is None:
            return None
        return self.job.progress.fraction

    @property
    def telling_job(self) -> JobView | None:
        """The job, if it is one that the row tells of: a finished or cancelled one is told by its memory."""
        return self.job if self.job is not None and self.job.state in _TELLING_JOBS else None

    @property
    def action(self) -> RowAction:
        """What is offered in the row."""
        if self.telling_job is not None:
            return _job_action(self.telling_job)
        if self.is_changed:
            return RowAction.READ_AGAIN
        if self.memory is not None and self.memory.state in (MemoryState.INTERRUPTED, MemoryState.CANCELLED):
            return RowAction.RESUME
        is_failed = self.memory is not None and self.memory.state is MemoryState.FAILED
        return RowAction.RETRY if is_failed else RowAction.NONE

    @property
    def state(self) -> tuple[str, str]:
        """The state in words and its look, as `wording.learning_state` gives them, without the action's word."""
        if self.is_changed and self.telling_job is None:
            return tr("Memory is out of date"), "warning"
        said, look = wording.learning_state(self.memory, self.telling_job)
        return (said.rpartition(" · ")[0] or said if self.action is RowAction.RESUME else said), look

    @property
    def action_text(self) -> str:
        """The word of the action, "" for none."""
        return {
            RowAction.PAUSE: tr("Pause"),
            RowAction.RESUME: tr("Resume"),
            RowAction.RETRY: tr("Try again"),
            RowAction.READ_AGAIN: tr("Read it"),
        }.get(self.action, "")

    @property
    def byline(self) -> str:
        """Author and pages."""
        return " · ".join(filter(None, (self.document.author, wording.pages(self.document.page_count))))

    @property
    def spoken(self) -> str:
        """All of the row, for a screen reader."""
        return ", ".join(filter(None, (self.document.title, self.byline, self.state[0], *self.tags)))

    @property
    def haystack(self) -> str:
        """What a search looks at."""
        return wording.searched("\n".join((self.document.title, self.document.author, *self.tags)))


def _job_action(job: JobView) -> RowAction:
    if job.is_stopping:
        return RowAction.NONE
    return {JobState.PAUSED: RowAction.RESUME, JobState.FAILED: RowAction.RETRY}.get(job.state, RowAction.PAUSE)


SORT_KEYS: dict[str, Callable[[Row], Any]] = {
    "added": lambda row: 0,  # the order that the library gives: the newest first
    "title": lambda row: wording.sorted_by(row.document.title),
    "author": lambda row: (
        not row.document.author,
        wording.sorted_by(row.document.author),
        wording.sorted_by(row.document.title),
    ),
    "pages": lambda row: -row.document.page_count,
    "recall": lambda row: -1.0 if row.finished is None else -(row.finished.recall_after or 0.0) - 1.0,
}
"""By what rows can be sorted; of equals the newest comes first."""


def telling(memories: Iterable[Memory]) -> tuple[Memory | None, Memory | None]:
    """Of a document's memories, the last changed first: the one to tell of, and the best that can answer.

    One that is being learned, was interrupted or failed since matters more than an older one that can answer; one
    that the user cancelled does not.
    """
    known = list(memories)
    finished = [memory for memory in known if memory.state in FINISHED]
    ready = [memory for memory in finished if memory.state is MemoryState.READY]
    best = next(iter(ready or finished), None)
    matters = RUNNING | {MemoryState.INTERRUPTED, MemoryState.FAILED}
    if known and (best is None or known[0].state in matters):
        return known[0], best
    return best, best


class DocumentRows(QAbstractListModel):
    """All documents of the library in the order of `arrange`. Reads the library; changes titles only.

    It sorts by itself: a proxy that compares rows one call at a time takes a tenth of a second for a thousand of them.
    """

    renamed = Signal(str)  # document id
    failed = Signal(object)  # LiftError

    def __init__(self, library: Library, queue: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._queue = library, queue
        self._rows: list[Row] = []
        self._places: dict[str, int] = {}
        self._changed: frozenset[str] = frozenset()
        self._with_jobs: set[str] = set()
        self._key = "added"
        self.reload()

    # What a view asks ---------------------------------------------------------------------------------------
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.document.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        return wording.tool_tip(_tool_tip(row)) if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        own = Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index) | own if index.isValid() else super().flags(index)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Renames; an empty title changes nothing."""
        document, title = self._rows[index.row()].document, str(value).strip()
        if role != Qt.ItemDataRole.EditRole or title in ("", document.title):
            return False
        try:
            self._library.rename_document(document.id, title)
        except LibraryError as error:
            self.failed.emit(error)
            return False
        self.refresh(document.id)
        self.renamed.emit(document.id)
        return True

    # What the pane asks -------------------------------------------------------------------------------------
    def row(self, document_id: str) -> Row | None:
        place = self._places.get(document_id)
        return None if place is None else self._rows[place]

    def at(self, place: int) -> Row:
        """The row at a place of this model."""
        return self._rows[place]

    def index_of(self, document_id: str) -> QModelIndex:
        """Invalid when there is no such document."""
        place = self._places.get(document_id)
        return QModelIndex() if place is None else self.index(place)

    def rows(self) -> list[Row]:
        return list(self._rows)

    def arrange(self, key: str) -> None:
        """Sorts by one of SORT_KEYS; an unknown one is "added"."""
        self._key = key if key in SORT_KEYS else "added"
        self._sort()

    # Keeping up ---------------------------------------------------------------------------------------------
    def reload(self) -> None:
        """Reads everything again."""
        memories: dict[str, list[Memory]] = {}
        for memory in self._library.memories():
            memories.setdefault(memory.document_id, []).append(memory)
        tags = self._library.tags_by_document()
        jobs = self._jobs()
        self.beginResetModel()
        self._rows = [
            Row(
                document,
                *telling(memories.get(document.id, ())),
                jobs.get(document.id),
                tags.get(document.id, ()),
                document.id in self._changed,
            )
            for document in self._library.documents()
        ]
        self._with_jobs = set(jobs)
        self._rows.sort(key=SORT_KEYS[self._key])
        self._number()
        self.endResetModel()

    def refresh(self, document_id: str) -> None:
        """Reads one document again: changed, new or gone."""
        try:
            document = self._library.document(document_id)
        except UnknownDocument:
            self.remove(document_id)
            return
        row = Row(
            document,
            *telling(self._library.memories(document_id)),
            self._queue.job_of(document_id),
            self._library.tags(document_id),
            document_id in self._changed,
        )
        before, key = self.row(document_id), SORT_KEYS[self._key]
        if before is not None:
            self._replace(document_id, row)
        else:
            self.beginInsertRows(QModelIndex(), 0, 0)
            self._rows.insert(0, row)
            self._number()
            self.endInsertRows()
        if before is None or key(before) != key(row):
            self._sort()

    def remove(self, document_id: str) -> None:
        """Takes the row of a document that is gone."""
        place = self._places.get(document_id)
        if place is not None:
            self.beginRemoveRows(QModelIndex(), place, place)
            del self._rows[place]
            self._number()
            self.endRemoveRows()

    def refresh_jobs(self) -> None:
        """Looks at the queue; only rows whose job went on are painted again, and read again when its state changed."""
        jobs = self._jobs()
        for document_id in self._with_jobs | set(jobs):
            row, job = self.row(document_id), jobs.get(document_id)
            if row is None or row.job == job:
                continue
            if row.job is None or job is None or row.job.state is not job.state:
                self.refresh(document_id)
            else:
                self._replace(document_id, replace(row, job=job))
        self._with_jobs = set(jobs)

    def set_changed(self, document_ids: frozenset[str]) -> None:
        """Says whose files now hold something else."""
        differing = self._changed ^ document_ids
        self._changed = document_ids
        for document_id in differing:
            row = self.row(document_id)
            if row is not None:
                self._replace(document_id, replace(row, is_changed=document_id in document_ids))

    def _jobs(self) -> dict[str, JobView]:
        found = {job.document_id: self._queue.job_of(job.document_id) for job in self._queue.jobs()}
        return {document_id: job for document_id, job in found.items() if job is not None}

    def _replace(self, document_id: str, row: Row) -> None:
        place = self._places[document_id]
        if self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))

    def _sort(self) -> None:
        newest_first = sorted(self._rows, key=lambda row: row.document.added_at, reverse=True)
        arranged = sorted(newest_first, key=SORT_KEYS[self._key])
        if all(new is old for new, old in zip(arranged, self._rows, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].document.id for index in before]
        self._rows = arranged
        self._number()
        self.changePersistentIndexList(before, [self.index(self._places[each]) for each in ids])
        self.layoutChanged.emit()

    def _number(self) -> None:
        self._places = {row.document.id: place for place, row in enumerate(self._rows)}


def _tool_tip(row: Row) -> str:
    document = row.document
    lines = [document.title, row.byline, row.state[0], document.source_path or document.file_name]
    return "\n".join(filter(None, lines))
