"""The queue on an engine in a process of its own, which is killed or stuck."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from lift_desktop.domain.models import Document, MemoryState
from lift_desktop.jobs.queue import JobQueue, JobState
from lift_desktop.worker.client import EngineClient

from ..worker import fake_host
from .conftest import SETTINGS, Place

needs_sigkill = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def _stage(queue: JobQueue, job_id: str) -> str:
    job = queue.job(job_id)
    return job.progress.stage if job is not None and job.progress is not None else ""


@needs_sigkill
def test_a_killed_engine_pauses_its_job_and_the_next_one_goes_on(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", "training")
    with EngineClient(fake_host.main) as engine:
        queue = place.queue(engine)
        job, other = (queue.add(each.id, place.model, SETTINGS) for each in (document, place.document("Other")))
        place.wait_for(lambda: _stage(queue, job.id) == "training")
        monkeypatch.delenv("STALL_AT")
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGKILL)
        place.wait_until(queue, other.id, JobState.DONE)
        paused = queue.job(job.id)
        assert paused is not None and paused.state is JobState.PAUSED and "ended unexpectedly" in paused.message
        assert place.library.memory(paused.memory_id).state is MemoryState.INTERRUPTED
        queue.resume(job.id)
        place.wait_until(queue, job.id, JobState.DONE)
        queue.close()


def test_closing_ends_though_the_engine_is_stuck(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", "training")
    with EngineClient(fake_host.main) as engine:
        queue = place.queue(engine)
        job = queue.add(document.id, place.model, SETTINGS)
        place.wait_for(lambda: _stage(queue, job.id) == "training")
        queue.close(wait_seconds=0.1)
        closed = queue.job(job.id)
        assert closed is not None and closed.state is JobState.PAUSED
        assert place.library.memory(closed.memory_id).state is MemoryState.INTERRUPTED
        assert engine.process_id is None
