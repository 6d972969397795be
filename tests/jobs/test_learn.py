"""Learning on the engine without a model: states, resume, recall of each page, and files that change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop.documents import DocumentReader
from lift_desktop.domain.errors import Busy, ChildDied, EngineError, OutOfMemory, RequestCancelled
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import Depth, Document, MemoryState, PageRecall, Passage
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import STAGES, ModelReference, QuestionRecall
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import (
    LearnedResult,
    LearnSettings,
    add_document,
    finished_memory,
    learn_document,
    resumable_memory,
)
from lift_desktop.jobs.learn import page_recalls
from lift_desktop.library import Library

from .. import texts

MODEL = ModelReference("tiny", "/models/tiny", "5ha")
SETTINGS = LearnSettings()


class Stop:
    """Raises an error at the second step of a stage, once."""

    def __init__(self, stage: str, error: BaseException) -> None:
        self._stage, self._error, self._left = stage, error, 2

    def __call__(self, step: Progress | AnswerText) -> None:
        if isinstance(step, Progress) and step.stage == self._stage and self._left > 0:
            self._left -= 1
            if self._left == 0:
                raise self._error


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as library:
        yield library


@pytest.fixture
def document(library: Library, tmp_path: Path) -> Document:
    return texts.add_to(library, tmp_path)


def learn(
    library: Library, engine: FakeEngine, document: Document, settings: LearnSettings = SETTINGS
) -> LearnedResult:
    result: LearnedResult = last(learn_document(library, engine, document, MODEL, settings))
    return result


def test_learning_passes_through_all_stages(library: Library, document: Document) -> None:
    states: dict[str, MemoryState] = {}
    steps = learn_document(library, FakeEngine(), document, MODEL, SETTINGS)
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            memory = stop.value.memory
            break
        states[step.stage] = library.memories()[0].state
    assert states == {
        "loading": MemoryState.WAITING,
        "studying": MemoryState.STUDYING,
        "training": MemoryState.TRAINING,
        "checking": MemoryState.CHECKING,
    }
    assert memory.state is MemoryState.READY
    assert (memory.recall_before, memory.recall_after) == (0.1, 0.9)
    assert memory.questions == len(library.questions(memory.id)) > 0
    assert memory.seconds > 0
    recalls = library.page_recalls(memory.id)
    assert recalls and all(recall.after == pytest.approx(0.9) for recall in recalls)
    assert (library.memory_folder(memory.id) / "adapter.safetensors").stat().st_size == memory.size_bytes - sum(
        file.stat().st_size for file in library.memory_folder(memory.id).iterdir() if file.name != "adapter.safetensors"
    )
    assert library.check() == []


def test_a_memory_that_learned_nothing_is_weak(library: Library, document: Document) -> None:
    assert learn(library, FakeEngine(learns=False), document).memory.state is MemoryState.WEAK


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (KeyboardInterrupt(), MemoryState.CANCELLED),
        (RequestCancelled("Cancelled."), MemoryState.CANCELLED),
        (ChildDied("The engine process ended."), MemoryState.INTERRUPTED),
        (OutOfMemory("Too big."), MemoryState.FAILED),
        (ZeroDivisionError("a bug with a secret"), MemoryState.FAILED),
    ],
)
def test_it_goes_on_where_it_was_stopped(
    library: Library, document: Document, stage: str, error: BaseException, state: MemoryState
) -> None:
    engine = FakeEngine(Stop(stage, error))
    with pytest.raises(type(error)):
        learn(library, engine, document)
    [memory] = library.memories()
    assert memory.state is state
    assert memory.message and "secret" not in memory.message
    assert library.check() == []
    assert resumable_memory(library, document.id, MODEL, SETTINGS) == memory
    result = learn(library, engine, document)
    assert result.memory.id == memory.id
    assert result.memory.state is MemoryState.READY
    assert result.memory.seconds > memory.seconds > 0
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"


def test_closing_cancels(library: Library, document: Document) -> None:
    steps = learn_document(library, FakeEngine(), document, MODEL, SETTINGS)
    next(steps)
    steps.close()
    assert library.memories()[0].state is MemoryState.CANCELLED
    with library.learning_lock():
        pass  # it is free again


def test_only_one_learns_at_a_time(library: Library, document: Document) -> None:
    steps = learn_document(library, FakeEngine(), document, MODEL, SETTINGS)
    while next(steps).stage != "studying":
        pass
    with pytest.raises(Busy):
        learn(library, FakeEngine(), document)
    assert library.memories()[0].state is MemoryState.STUDYING
    steps.close()


def test_other_settings_make_another_memory(library: Library, document: Document) -> None:
    standard = learn(library, FakeEngine(), document).memory
    assert finished_memory(library, document.id, MODEL, SETTINGS) == standard
    quick = LearnSettings(Depth.QUICK)
    assert finished_memory(library, document.id, MODEL, quick) is None
    assert learn(library, FakeEngine(), document, quick).memory.id != standard.id
    assert len(library.memories()) == 2


def test_learning_again_replaces(library: Library, document: Document) -> None:
    first = learn(library, FakeEngine(), document).memory
    second = learn(library, FakeEngine(), document).memory
    assert [memory.id for memory in library.memories()] == [second.id] != [first.id]
    assert library.check() == []


def test_recall_of_pages_is_a_mean() -> None:
    passages = [Passage(0, 0, 1, "a", 1, 1), Passage(1, 1, 2, "b", 1, 2), Passage(2, 2, 3, "c", 2, 2)]
    recalls = [QuestionRecall(0, 0.0, 1.0), QuestionRecall(1, 0.5, 0.5), QuestionRecall(2, 0.25, 0.75)]
    assert page_recalls(recalls, passages) == [PageRecall(1, 0.25, 0.75, 2), PageRecall(2, 0.25, 0.75, 1)]


def test_a_file_is_one_document_until_it_changes(library: Library, tmp_path: Path) -> None:
    path = texts.write_file(tmp_path)
    with DocumentReader() as reader:
        first: Document = last(add_document(library, reader, path))
        copy = tmp_path / "copy.txt"
        copy.write_bytes(path.read_bytes())
        assert last(add_document(library, reader, copy)) == first
        memory = learn(library, FakeEngine(), first).memory
        path.write_text(path.read_text("utf-8") + "\n\n8. The horn is green.", encoding="utf-8")
        second: Document = last(add_document(library, reader, path))
    assert second.id != first.id
    assert len(library.documents()) == 2
    assert library.memory(memory.id).state is MemoryState.STALE


def test_the_engine_s_own_errors_keep_their_hint(library: Library, document: Document) -> None:
    engine = FakeEngine(Stop("training", EngineError("No.", "Do this.")))
    with pytest.raises(EngineError) as caught:
        learn(library, engine, document)
    assert caught.value.hint == "Do this."
    assert library.memories()[0].message == "No."
