"""The jobs that the user asked for: learned one after the other in one thread, each in steps that survive a crash.

Owns the order of waiting jobs and what pause, resume, cancel and retry mean. Knows no window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ..domain.messages import Progress
from ..domain.models import Depth
from ..engine.contract import Engine
from ..library import Library
from ..models import ModelStore
from .learn import LearnSettings


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"  # by the user, or interrupted by a crash or by closing the program: can be resumed
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is now. `progress` is the newest one while it runs; `message` tells why it failed or paused.

    `memory_id` is "" until the job began.
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

    @property
    def depth(self) -> Depth:
        return self.settings.depth


class JobQueue:
    """`changed` is called, in any thread, after a job changed its state or its progress."""

    def __init__(
        self, library: Library, engine: Engine, models: ModelStore, changed: Callable[[], None] = lambda: None
    ) -> None: ...

    def add(self, document_id: str, model: str, settings: LearnSettings) -> JobView:
        raise NotImplementedError

    def jobs(self) -> list[JobView]:
        return []

    def job_of(self, document_id: str) -> JobView | None:
        return None

    def pause(self, job_id: str) -> None: ...

    def resume(self, job_id: str) -> None: ...

    def cancel(self, job_id: str) -> None: ...

    def move(self, job_id: str, places: int) -> None: ...

    def remove(self, job_id: str) -> None: ...

    def close(self) -> None: ...
