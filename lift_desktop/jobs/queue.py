"""The jobs that the user asked for: learned one after the other in one thread, each in steps that survive a crash.

Owns the order of waiting jobs and what pause, resume, cancel and retry mean. Knows no window.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..domain.cancelling import StopFlag, cancelled_by, check_cancelled
from ..domain.errors import LibraryError, LiftError
from ..domain.messages import Progress
from ..domain.models import MemoryState
from ..domain.states import FINISHED, RUNNING, Event
from ..domain.steps import follow
from ..engine.contract import Engine
from ..library import Library
from ..logs import log_error, log_event
from ..models import ModelStore
from .fetch import model_reference
from .job import ACTIVE, ENDED, JobState, JobView, keep_unfinished, new_job, unfinished_jobs
from .learn import PAUSED, LearnSettings, ending, learn_document

__all__ = ["JobQueue", "JobState", "JobView"]

CLOSE_SECONDS = 8.0
KILL_SECONDS = 5.0

_SHOWN_FIRST = (*ACTIVE, JobState.PAUSED, *ENDED)
_STATE_AFTER = {
    Event.PAUSE: JobState.PAUSED,
    Event.PROGRAM_DIED: JobState.PAUSED,
    Event.CANCEL: JobState.CANCELLED,
    Event.FAIL: JobState.FAILED,
}


class JobQueue:
    """Jobs of one data folder. A new queue holds what an earlier one left unfinished, as paused jobs: the library's
    interrupted memories, and the jobs that waited. Nothing of it starts by itself.

    `changed` is called, in any thread, after a job changed its state or its progress; `on_bug` with an error that
    nobody expected, in the queue's thread. Both may be set later. All methods may be called in any thread. Methods
    that name a job do nothing when there is none with this id, or when its state does not allow it.
    """

    def __init__(
        self,
        library: Library,
        engine: Engine,
        models: ModelStore,
        changed: Callable[[], None] = lambda: None,
        on_bug: Callable[[BaseException], None] = lambda error: None,
    ) -> None:
        self._library, self._engine, self._models = library, engine, models
        self.changed, self.on_bug = changed, on_bug
        self._lock = threading.RLock()  # held while the list changes; reading it needs no lock
        self._thread: threading.Thread | None = None
        self._is_working = self._is_closed = False
        self._flag = StopFlag()  # of the running job
        self._jobs: tuple[JobView, ...] = tuple(unfinished_jobs(library))

    # Looking ---------------------------------------------------------------------------------------------------------
    def jobs(self) -> list[JobView]:
        """The running one, the waiting ones in their order, then the paused, failed, done and cancelled ones."""
        return sorted(self._jobs, key=lambda job: _SHOWN_FIRST.index(job.state))

    def job(self, job_id: str) -> JobView | None:
        """The job with this id, None when there is none (any more)."""
        return next((job for job in self.jobs() if job.id == job_id), None)

    def job_of(self, document_id: str) -> JobView | None:
        """The first one of `jobs` that is about this document."""
        return next((job for job in self.jobs() if job.document_id == document_id), None)

    @property
    def running(self) -> JobView | None:
        return next((job for job in self.jobs() if job.state is JobState.RUNNING), None)

    @property
    def is_idle(self) -> bool:
        """Whether no job runs or waits."""
        return not any(job.state in ACTIVE for job in self.jobs())

    # What the user does ----------------------------------------------------------------------------------------------
    def add(self, document_id: str, model: str, settings: LearnSettings) -> JobView:
        """A waiting job at the end of the queue; `model` is a name or folder for `ModelStore.resolve`.

        A document's waiting or running job is returned instead, and a paused one for the same memory is resumed.
        Ended jobs of the document leave the list. Raises UnknownDocument.
        """
        document = self._library.document(document_id)
        with self._lock:
            own = [job for job in self.jobs() if job.document_id == document_id]
            if own and own[0].state in ACTIVE:
                return own[0]
            same = [
                job for job in own if job.state is JobState.PAUSED and (job.model, job.settings) == (model, settings)
            ]
            new = _waiting(same[0]) if same else new_job(document_id, document.title, model, settings)
            ended = [job for job in own if job.state in ENDED]
            self._jobs = (*(job for job in self._jobs if job not in ended and job.id != new.id), new)
            self._save()
            self._work_if_needed()
        self.changed()
        return new

    def pause(self, job_id: str) -> None:
        """Stops a running job after the step it is in, and holds a waiting one back, until it is resumed."""
        with self._lock:
            job = self._get(job_id)
            if job is not None and job.state is JobState.RUNNING:
                self._flag.pause()
                self._set(job_id, is_stopping=True)
            elif job is not None and job.state is JobState.WAITING:
                self._set(job_id, state=JobState.PAUSED, message=PAUSED)
        self.changed()

    def resume(self, job_id: str) -> None:
        """Puts a paused, failed or cancelled job at the end of the queue; it goes on where it ended."""
        with self._lock:
            job = self._get(job_id)
            if job is not None and job.state in (JobState.PAUSED, JobState.FAILED, JobState.CANCELLED):
                self._jobs = (*(other for other in self._jobs if other.id != job_id), _waiting(job))
                self._save()
                self._work_if_needed()
        self.changed()

    retry = resume

    def cancel(self, job_id: str) -> None:
        """Ends a running or paused job; what it did is kept, to be resumed or erased. A waiting one is removed, unless
        it has begun before."""
        with self._lock:
            job = self._get(job_id)
            if job is not None and job.state is JobState.RUNNING:
                self._flag.cancel()
                self._set(job_id, is_stopping=True)
            elif job is not None and job.state in (JobState.WAITING, JobState.PAUSED):
                if self._cancel_memory(job):
                    self._set(job_id, state=JobState.CANCELLED, message="Cancelled.", hint="")
                else:
                    self._drop(job)
        self.changed()

    def move(self, job_id: str, places: int) -> None:
        """Moves a waiting job so many places up (negative) or down among the waiting ones, to the end at most."""
        with self._lock:
            waiting = [job for job in self._jobs if job.state is JobState.WAITING]
            job = self._get(job_id)
            if job is not None and job in waiting:
                place = max(0, min(len(waiting) - 1, waiting.index(job) + places))
                waiting.remove(job)
                waiting.insert(place, job)
                self._jobs = (*(other for other in self._jobs if other.state is not JobState.WAITING), *waiting)
                self._save()
        self.changed()

    def remove(self, job_id: str) -> None:
        """Takes a job that neither runs nor waits out of the list; a paused one is cancelled first."""
        with self._lock:
            job = self._get(job_id)
            if job is not None and job.state in (JobState.PAUSED, *ENDED):
                if job.state is JobState.PAUSED:
                    self._cancel_memory(job)
                self._drop(job)
        self.changed()

    def refresh(self) -> None:
        """Reads titles again, and takes jobs out whose document was erased, or whose unfinished memory was."""
        if not self._jobs:  # reading thousands of documents takes a tenth of a second
            return
        with self._lock:
            titles = {document.id: document.title for document in self._library.documents()}
            states = {memory.id: memory.state for memory in self._library.memories()}
            before = self._jobs
            self._jobs = tuple(
                replace(job, title=titles.get(job.document_id, job.title))
                for job in before
                if job.state is JobState.RUNNING or (job.document_id in titles and _is_current(job, states))
            )
            is_same = self._jobs == before
            if not is_same:
                self._save()
        if not is_same:
            self.changed()

    def close(self, wait_seconds: float = CLOSE_SECONDS) -> None:
        """Pauses the running job, starts no other, and waits for the queue's thread. All is resumable the next time.

        When the running job has not ended in `wait_seconds`, the engine is closed: the last seconds of work are lost.
        """
        with self._lock:
            self._is_closed = True
            self._flag.pause()
            thread = self._thread
        if thread is not None:
            thread.join(wait_seconds)
            if thread.is_alive():
                self._engine.close()
                thread.join(KILL_SECONDS)

    # The thread ------------------------------------------------------------------------------------------------------
    def _work_if_needed(self) -> None:
        if not self._is_working and not self._is_closed:
            self._is_working = True
            self._thread = threading.Thread(target=self._work, name="job queue", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (job := self._begin()) is not None:
            self.changed()
            self._run(job)
            with contextlib.suppress(LibraryError):
                self.refresh()  # its document may have been erased while it ran
            self.changed()

    def _begin(self) -> JobView | None:
        """Makes the next waiting job the running one; None, and the end of the thread, when there is none."""
        with self._lock:
            job = next((job for job in self._jobs if job.state is JobState.WAITING), None)
            if job is None or self._is_closed:
                self._is_working = False
                return None
            self._flag = StopFlag()
            return self._set(job.id, state=JobState.RUNNING, progress=Progress("loading", 0, 1, 0.0))

    def _run(self, job: JobView) -> None:
        """Learns it, and notes how that ended."""
        try:
            with cancelled_by(self._flag):
                self._learn(job)
        except LiftError as error:
            self._end(job.id, error)
        except Exception as error:  # the border of the job: the next one is not held up
            log_error(error)
            self._end(job.id, error)
            self.on_bug(error)
        else:
            self._set(job.id, state=JobState.DONE, progress=None, is_stopping=False)

    def _end(self, job_id: str, error: Exception) -> None:
        event, message = ending(error)
        hint = error.hint if isinstance(error, LiftError) else ""
        self._set(job_id, state=_STATE_AFTER[event], message=message, hint=hint, progress=None, is_stopping=False)

    def _learn(self, job: JobView) -> None:
        document = self._library.document(job.document_id)
        model = model_reference(self._models.resolve(job.model), self._models, self._library)
        check_cancelled()
        self._set(job.id, title=document.title, model=model.name)
        log_event("learning", document=document.id, passages=document.passage_count, depth=job.depth.value)
        memory_id = ""

        def look(step: Progress) -> None:
            nonlocal memory_id
            memory_id = memory_id or self._note_memory(job.id, RUNNING)
            self._replace(job.id, progress=step)
            self.changed()

        try:
            result = follow(learn_document(self._library, self._engine, document, model, job.settings), look)
        finally:
            self._note_memory(job.id, frozenset(MemoryState))
        memory = result.memory
        log_event("learned", memory=memory.id, state=memory.state.value, seconds=round(memory.seconds))

    def _note_memory(self, job_id: str, states: frozenset[MemoryState]) -> str:
        """Finds the job's memory, the last changed one of its kind in one of `states`, and notes its id. Other jobs
        that were to go on with this memory are done for."""
        with self._lock:
            job = self._get(job_id)
            memories = [] if job is None else self._library.memories(job.document_id)
            found = next((each for each in memories if job and job.makes(each) and each.state in states), None)
            if found is None:
                return ""
            self._jobs = tuple(job for job in self._jobs if job.id == job_id or job.memory_id != found.id)
            self._set(job_id, memory_id=found.id)
            return found.id

    # The list --------------------------------------------------------------------------------------------------------
    def _get(self, job_id: str) -> JobView | None:
        return next((job for job in self._jobs if job.id == job_id), None)

    def _replace(self, job_id: str, **changes: Any) -> JobView | None:
        with self._lock:
            self._jobs = tuple(replace(job, **changes) if job.id == job_id else job for job in self._jobs)
            return self._get(job_id)

    def _set(self, job_id: str, **changes: Any) -> JobView | None:
        """As `_replace`, for what is to be known at the next start too."""
        with self._lock:
            job = self._replace(job_id, **changes)
            self._save()
            return job

    def _drop(self, job: JobView) -> None:
        self._jobs = tuple(other for other in self._jobs if other.id != job.id)
        self._save()

    def _cancel_memory(self, job: JobView) -> bool:
        """Whether the job has begun: then its memory waits no longer to be resumed at the next start. Where that cannot
        be written down, it does."""
        memory = next((memory for memory in self._library.memories() if memory.id == job.memory_id), None)
        if memory is not None and memory.state is MemoryState.INTERRUPTED:
            with contextlib.suppress(LibraryError):
                self._library.change_state(memory.id, Event.CANCEL, "Cancelled.")
        return memory is not None

    def _save(self) -> None:
        """Keeps what is unfinished for the next start; where that fails, the list that was kept last stays."""
        with contextlib.suppress(LibraryError):
            keep_unfinished(self._library, self._jobs)


def _waiting(job: JobView) -> JobView:
    return replace(job, state=JobState.WAITING, message="", hint="", progress=None)


def _is_current(job: JobView, states: Mapping[str, MemoryState]) -> bool:
    """Whether what the job says of its memory still holds; `states` are those of all memories, by id."""
    if job.memory_id == "" or job.state is JobState.WAITING:
        return True
    state = states.get(job.memory_id)
    return state is not None and (job.state is JobState.DONE or state not in FINISHED)
