"""Learning and asking through a real engine process that gets killed in every stage."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop.chat import DocumentChat
from lift_desktop.domain.errors import ChildDied
from lift_desktop.domain.models import Document, MemoryState
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import STAGES, ModelReference
from lift_desktop.jobs import LearnSettings, learn_document
from lift_desktop.library import Library
from lift_desktop.worker.client import EngineClient

from .. import texts
from . import fake_host

MODEL = ModelReference("tiny", "/models/tiny", "5ha")
SETTINGS = LearnSettings()
QUESTION = "How often does the Keeper polish the lens?"
CANCEL_LIMIT_SECONDS = 3.0

needs_sigkill = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as library:
        yield library


@pytest.fixture
def document(library: Library, tmp_path: Path) -> Document:
    return texts.add_to(library, tmp_path)


@pytest.fixture
def engine() -> Iterator[EngineClient]:
    with EngineClient(fake_host.main) as engine:
        yield engine


@needs_sigkill
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_engine_interrupts_and_learning_goes_on(
    library: Library, document: Document, engine: EngineClient, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", stage)
    with pytest.raises(ChildDied):
        for step in learn_document(library, engine, document, MODEL, SETTINGS):
            if step.stage == stage:
                assert engine.process_id is not None
                os.kill(engine.process_id, signal.SIGKILL)
    [memory] = library.memories()
    assert memory.state is MemoryState.INTERRUPTED
    assert library.check() == []
    monkeypatch.delenv("STALL_AT")
    result = last(learn_document(library, engine, document, MODEL, SETTINGS))
    assert (result.memory.id, result.memory.state) == (memory.id, MemoryState.READY)
    assert library.check() == []


@pytest.mark.parametrize("stage", STAGES)
def test_cancel_ends_in_seconds_though_the_engine_is_busy(
    library: Library, document: Document, engine: EngineClient, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", stage)
    steps = learn_document(library, engine, document, MODEL, SETTINGS)
    while next(steps).stage != stage:
        pass
    started = time.monotonic()
    steps.close()
    assert time.monotonic() - started < CANCEL_LIMIT_SECONDS
    assert library.memories()[0].state is MemoryState.CANCELLED
    assert library.check() == []


def test_cancel_of_an_answer_ends_in_seconds(
    library: Library, document: Document, engine: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", "answering")
    conversation = library.start_conversation(document.id)
    steps = DocumentChat(library, engine, document).ask(
        QUESTION, model=MODEL, memory=None, conversation_id=conversation.id
    )
    next(steps)
    started = time.monotonic()
    steps.close()
    assert time.monotonic() - started < CANCEL_LIMIT_SECONDS
    assert library.turns(conversation.id) == []
    assert library.check() == []


def test_a_question_is_answered_while_learning_goes_on(
    library: Library, document: Document, engine: EngineClient
) -> None:
    steps = learn_document(library, engine, document, MODEL, SETTINGS)
    next(steps)
    process = engine.process_id
    answer = last(DocumentChat(library, engine, document).ask(QUESTION, model=MODEL, memory=None))
    assert "twice in each week" in answer.text
    assert last(steps).memory.state is MemoryState.READY
    assert engine.process_id == process


def test_the_engine_starts_with_the_first_call(engine: EngineClient) -> None:
    assert engine.process_id is None
    assert engine.probe().device == "cpu"
    assert engine.process_id is not None
    engine.close()
    assert engine.process_id is None
