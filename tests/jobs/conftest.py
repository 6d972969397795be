"""A queue of jobs on a library and a model of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lift_desktop.domain.models import Document
from lift_desktop.engine.contract import Engine
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobQueue, JobState, JobView
from lift_desktop.library import Library
from lift_desktop.models import ModelStore

from .. import texts
from ..models.making import write_model
from .gate import LIMIT_SECONDS

SETTINGS = LearnSettings()


@dataclass
class Place:
    """A data folder with a library, a model and a few documents, and the queues that are opened on it."""

    folder: Path
    library: Library
    models: ModelStore
    model: str
    opened: list[JobQueue] = field(default_factory=list)
    changes: threading.Condition = field(default_factory=threading.Condition)

    def queue(self, engine: Engine, library: Library | None = None) -> JobQueue:
        queue = JobQueue(library or self.library, engine, self.models, self._changed)
        self.opened.append(queue)
        return queue

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Returns when a change has made it so."""
        with self.changes:
            assert self.changes.wait_for(is_so, LIMIT_SECONDS)

    def wait_until(self, queue: JobQueue, job_id: str, state: JobState) -> JobView:
        self.wait_for(lambda: (job := queue.job(job_id)) is not None and job.state is state)
        job = queue.job(job_id)
        assert job is not None
        return job

    def document(self, title: str) -> Document:
        return texts.add_another(self.library, self.folder, title)

    def _changed(self) -> None:
        with self.changes:
            self.changes.notify_all()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Library(tmp_path / "data") as library:
        model = write_model(tmp_path / "tiny-model")
        place = Place(tmp_path, library, ModelStore(tmp_path / "data" / "models"), str(model))
        yield place
        for queue in place.opened:
            queue.close()
        assert "job queue" not in {thread.name for thread in threading.enumerate()}


@pytest.fixture
def document(place: Place) -> Document:
    return place.document("Lighthouse")


def states(queue: JobQueue) -> dict[str, JobState]:
    return {job.title: job.state for job in queue.jobs()}
