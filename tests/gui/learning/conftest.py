"""A watched queue on an engine that can be held at any step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Depth, Document
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.learning.watch import QueueWatch
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobState, JobView

from ... import texts
from ...jobs.gate import Gate

LIMIT_MILLISECONDS = 20_000


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def engine(gate: Gate) -> FakeEngine:
    return FakeEngine(gate)


@pytest.fixture(autouse=True)
def watch(context: Context, gate: Gate) -> Iterator[QueueWatch]:
    watch = QueueWatch(context)
    yield watch
    gate.open()
    watch.close()


@pytest.fixture
def second(context: Context, tmp_path: Path) -> Document:
    """Another document."""
    return texts.add_another(context.library, tmp_path, "Second agreement")


@pytest.fixture
def learn(context: Context) -> Callable[[Document], JobView]:
    """Puts a document into the queue."""

    def add(document: Document, depth: Depth = Depth.QUICK) -> JobView:
        return context.queue.add(document.id, context.preferences.get("model"), LearnSettings(depth))

    return add


@pytest.fixture
def reaches(qtbot: QtBot, context: Context, watch: QueueWatch) -> Callable[[JobView, JobState], JobView]:
    """Waits until a job has a state and the window was told all of it."""

    def wait(job: JobView, state: JobState) -> JobView:
        def was_told() -> bool:
            told = watch._seen.get(job.id)
            return told is not None and told.state is state

        qtbot.waitUntil(was_told, timeout=LIMIT_MILLISECONDS)
        now = context.queue.job(job.id)
        assert now is not None
        return now

    return wait
