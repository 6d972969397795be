"""A job as the queue shows it, and how the library keeps the unfinished ones from one run of the program to the next.

Knows no thread and no engine.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..domain.messages import Progress
from ..domain.models import Depth, Memory, MemoryState
from ..domain.states import FINISHED, RUNNING
from ..library import Library
from .learn import LearnSettings, begun_settings
from .manifests import as_options

SETTING = "queue"
"""Under this key the library keeps the unfinished jobs."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"  # by the user, or interrupted by a crash or by closing the program: can be resumed
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (JobState.RUNNING, JobState.WAITING)
ENDED = (JobState.FAILED, JobState.DONE, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is now. `progress` is the newest one while it runs; `message` tells why it failed or paused, `hint`
    what to do about it.

    `memory_id` is "" until the job began. `is_stopping`: it was asked to pause or to end, and does so after the step
    it is in.
    """

    id: str
    document_id: str
    title: str
    model: str
    settings: LearnSettings
    state: JobState
    progress: Progress | None = None
    message: str = ""
    memory_id: str = ""
    hint: str = ""
    is_stopping: bool = False

    @property
    def depth(self) -> Depth:
        return self.settings.depth

    def makes(self, memory: Memory) -> bool:
        """Whether `memory` is of the kind that this job makes."""
        wanted = (self.document_id, self.model, self.settings.method, self.depth)
        return (memory.document_id, memory.model, memory.method, memory.depth) == wanted


def keep_unfinished(library: Library, jobs: Iterable[JobView]) -> None:
    """Stores those of `jobs` that are not ended, for the next start. Raises LibraryError."""
    library.set_setting(SETTING, [_as_json(job) for job in jobs if job.state not in ENDED])


def unfinished_jobs(library: Library) -> list[JobView]:
    """What an earlier run left, as paused jobs: the stored ones, and one for each other interrupted memory.

    A stored job is left out when its document is gone, or when its memory is erased, is being learned by another
    process, or is finished (then the program ended just after the job).
    """
    titles = {document.id: document.title for document in library.documents()}
    memories = {memory.id: memory for memory in library.memories()}
    found = []
    for stored in library.setting(SETTING, []):
        memory = memories.get(stored["memory"])
        is_over = bool(stored["memory"]) and (memory is None or memory.state in RUNNING | FINISHED)
        if stored["document"] in titles and not is_over:
            options = as_options(stored.get("options", {}))
            preset = stored.get("preset", "ours")
            settings = LearnSettings(Depth(stored["depth"]), stored["method"], stored["distil"], preset, options)
            message = memory.message if memory is not None else "It was waiting when the program ended."
            title = titles[stored["document"]]
            found.append(_paused(stored["document"], title, stored["model"], settings, message, stored["memory"]))
    known = {job.memory_id for job in found}
    for memory in memories.values():
        if memory.state is MemoryState.INTERRUPTED and memory.id not in known:
            title, settings = titles[memory.document_id], begun_settings(library, memory)
            found.append(_paused(memory.document_id, title, memory.model, settings, memory.message, memory.id))
    return found


def new_job(document_id: str, title: str, model: str, settings: LearnSettings) -> JobView:
    """A waiting job with an id of its own."""
    return JobView(secrets.token_hex(4), document_id, title, model, settings, JobState.WAITING)


def _as_json(job: JobView) -> dict[str, Any]:
    chosen = job.settings
    settings = {"depth": job.depth.value, "method": chosen.method, "distil": chosen.distil}
    way = {"preset": chosen.preset, "options": dict(chosen.options)}
    return {"document": job.document_id, "model": job.model, "memory": job.memory_id, **settings, **way}


def _paused(document_id: str, title: str, model: str, settings: LearnSettings, message: str, memory_id: str) -> JobView:
    return JobView(secrets.token_hex(4), document_id, title, model, settings, JobState.PAUSED, None, message, memory_id)
