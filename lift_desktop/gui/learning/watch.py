"""The queue seen from the window's thread: what changed in it is told a few times a second, what ended at once.

Knows no widget but the notifier.
"""

from __future__ import annotations

import sys
import threading
import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from ...domain.models import MemoryState
from ...jobs.estimate import forget_estimates
from ...jobs.learn import PAUSED
from ...jobs.queue import JobState, JobView
from .. import wording
from ..context import Context
from .notifier import Notifier

INTERVAL_SECONDS = 0.2
_LONGEST_TITLE = 60


class QueueWatch(QObject):
    """Made once, with the window. Emits the hub's `jobs_changed`, `memories_changed` (at each change of a job's
    state), `learned` and `said`; keeps the queue informed of what is renamed and erased.
    """

    idle = Signal()  # no job runs or waits any more
    raise_requested = Signal()  # the user clicked on a notification

    _woken = Signal()
    _bug = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._seen = {job.id: job for job in context.queue.jobs()}
        self._looked_at = 0.0
        self._is_woken = threading.Event()  # several changes wait for one look
        self._is_telling = self._is_closed = False
        self._notifier = Notifier(self)
        self._notifier.clicked.connect(self.raise_requested)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self._woken.connect(self._look_soon, Qt.ConnectionType.QueuedConnection)
        self._bug.connect(self._show_bug, Qt.ConnectionType.QueuedConnection)
        for signal in (context.hub.document_changed, context.hub.memories_changed):
            signal.connect(self._refresh)
        context.hub.document_removed.connect(self._forget)
        context.queue.changed, context.queue.on_bug = self._wake, self._bug.emit

    def close(self) -> None:
        """Tells nothing more; call it before the queue is closed."""
        self._is_closed = True
        self._context.queue.changed = lambda: None
        self._timer.stop()
        self._notifier.hide()

    def _wake(self) -> None:
        """Called in any thread."""
        if not self._is_woken.is_set():
            self._is_woken.set()
            self._woken.emit()

    @Slot()
    def _look_soon(self) -> None:
        wait = self._looked_at + INTERVAL_SECONDS - time.monotonic()
        if self._is_closed:
            return
        if wait <= 0:
            self._look()
        elif not self._timer.isActive():
            self._timer.start(round(wait * 1000) + 1)

    @Slot()
    def _look(self) -> None:
        self._is_woken.clear()
        self._looked_at = time.monotonic()
        before, self._seen = self._seen, {job.id: job for job in self._context.queue.jobs()}
        was_idle = not any(_is_active(job) for job in before.values())
        changed = [job for job in self._seen.values() if _has_turned(before.get(job.id), job)]
        gone = [job for job in before.values() if job.id not in self._seen]
        self._tell({job.document_id for job in (*changed, *gone)})
        for job in changed:
            self._announce(job)
        if not was_idle and self._context.queue.is_idle:
            self.idle.emit()

    def _tell(self, document_ids: set[str]) -> None:
        self._is_telling = True
        try:
            for document_id in sorted(document_ids):
                self._context.hub.memories_changed.emit(document_id)
            self._context.hub.jobs_changed.emit()
        finally:
            self._is_telling = False

    def _announce(self, job: JobView) -> None:
        title = wording.shortened(job.title, _LONGEST_TITLE)
        if job.state is JobState.DONE:
            self._announce_memory(job, title)
        elif job.state is JobState.FAILED:
            self._notify(self.tr("“{0}” could not be learned").format(title), job.message)
        elif job.state is JobState.PAUSED and job.memory_id and job.message != PAUSED:
            self._notify(self.tr("Learning “{0}” was interrupted").format(title), job.message)

    def _announce_memory(self, job: JobView, title: str) -> None:
        memory = next(
            (each for each in self._context.library.memories(job.document_id) if each.id == job.memory_id), None
        )
        if memory is None:  # erased already
            return
        if memory.state is MemoryState.WEAK:
            said = self.tr("The memory of “{0}” is weak").format(title)
        else:
            said = self.tr("“{0}” is learned").format(title)
        recalls = self.tr("recalls {0} (before: {1})")
        recalls = recalls.format(wording.percent(memory.recall_after), wording.percent(memory.recall_before))
        self._notify(said, recalls)
        self._context.hub.learned.emit(memory.id)

    def _notify(self, said: str, detail: str) -> None:
        self._context.hub.said.emit(f"{said}: {detail}")
        self._notifier.notify(said, detail)

    @Slot(str)
    def _refresh(self, document_id: str) -> None:
        if not self._is_telling:
            self._context.queue.refresh()

    @Slot(str)
    def _forget(self, document_id: str) -> None:
        forget_estimates(self._context.library, document_id)
        self._context.queue.refresh()

    @Slot(object)
    def _show_bug(self, error: BaseException) -> None:
        sys.excepthook(type(error), error, error.__traceback__)


def _is_active(job: JobView) -> bool:
    return job.state in (JobState.RUNNING, JobState.WAITING)


def _has_turned(before: JobView | None, job: JobView) -> bool:
    """Whether it is new, or another state or memory than before."""
    return before is None or (before.state, before.memory_id) != (job.state, job.memory_id)
