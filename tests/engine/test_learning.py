"""Learning from the first passage to the finished memory, on a tiny model that can write questions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import BadSettings, TooFewQuestions
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import AnswerMode, Depth
from lift_desktop.domain.words import content_words
from lift_desktop.engine import reciting
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.clock import Clock
from lift_desktop.engine.contract import (
    AskRequest,
    EstimateRequest,
    LearnRequest,
    LearnResult,
    ModelReference,
    ReciteRequest,
    ScoredQuestion,
    ScoreRequest,
)
from lift_desktop.engine.learning import LEARNING, Learning
from lift_desktop.engine.local import LocalEngine

from .conftest import PAIRS, assert_same_memory, make_passages

QUESTION, ANSWER = PAIRS[2][0]


def _request(reference: ModelReference, folder: Path, depth: Depth = Depth.QUICK) -> LearnRequest:
    return LearnRequest(reference, "T", make_passages(), str(folder), depth)


def _run(base: BaseModel, request: LearnRequest, stop_at: str = "") -> tuple[list[Progress], LearnResult | None]:
    """Learns; stops (as a cancel does) at the second progress of stage `stop_at`."""
    adapters, seen = Adapters(base), []
    steps = Learning(base, adapters, None, request, Clock()).steps()
    try:
        while True:
            try:
                seen.append(next(steps))
            except StopIteration as stop:
                return seen, stop.value
            if [progress.stage for progress in seen].count(stop_at) == 2:
                steps.close()
                return seen, None
    finally:
        adapters.remove(LEARNING)


def test_learning_ends_with_a_memory_and_an_untouched_model(
    writer: BaseModel,
    writer_reference: ModelReference,
    tmp_path: Path,
    weights_of: Callable[..., dict[str, torch.Tensor]],
) -> None:
    before = weights_of(writer)
    seen, result = _run(writer, _request(writer_reference, tmp_path / "m"))
    assert result is not None
    assert [stage for stage in ("studying", "training", "checking") if any(p.stage == stage for p in seen)] == [
        "studying",
        "training",
        "checking",
    ]
    assert [p.fraction for p in seen] == sorted(p.fraction for p in seen)
    assert {(q.question, q.answer) for q in result.questions} == {pair for pairs in PAIRS for pair in pairs}
    assert sum(q.held_out for q in result.questions) == len(result.recalls) > 0
    names = {path.name for path in (tmp_path / "m").iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json", "manifest.json"} <= names
    assert not {"checkpoint.safetensors", "teaching.safetensors"} & names
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text())
    assert manifest["prompts_version"] and manifest["model_sha256"] == writer_reference.sha256
    after = weights_of(writer)
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_checkpointing_makes_the_same_memory(
    writer: BaseModel, writer_reference: ModelReference, tmp_path: Path
) -> None:
    sparing = load(writer_reference, replace(writer.hardware, checkpointing=True))
    for name, base in (("usual", writer), ("sparing", sparing)):
        _, result = _run(base, _request(writer_reference, tmp_path / name))
        assert result is not None
    assert_same_memory(tmp_path / "usual", tmp_path / "sparing")


@pytest.mark.parametrize("stage", ["studying", "training", "checking"])
def test_a_stopped_run_goes_on_to_the_same_memory(
    writer: BaseModel, writer_reference: ModelReference, tmp_path: Path, stage: str
) -> None:
    _, whole = _run(writer, _request(writer_reference, tmp_path / "whole"))
    request = _request(writer_reference, tmp_path / "parts")
    stopped, nothing = _run(writer, request, stop_at=stage)
    assert nothing is None and stopped[-1].stage == stage
    seen, result = _run(writer, request)
    assert result is not None and whole is not None and result.questions == whole.questions
    if stage == "checking":  # nothing is trained twice
        assert sum(p.stage == "training" for p in seen) == 1
    assert_same_memory(tmp_path / "whole", tmp_path / "parts")


def test_a_finished_folder_answers_at_once(writer: BaseModel, writer_reference: ModelReference, tmp_path: Path) -> None:
    _, first = _run(writer, _request(writer_reference, tmp_path / "m"))
    (tmp_path / "m" / "checkpoint.safetensors").write_bytes(b"left by a run that was killed when it had its result")
    seen, again = _run(writer, _request(writer_reference, tmp_path / "m"))
    assert again == first and seen == []
    assert not (tmp_path / "m" / "checkpoint.safetensors").exists()


def test_another_request_starts_afresh(writer: BaseModel, writer_reference: ModelReference, tmp_path: Path) -> None:
    request = _request(writer_reference, tmp_path / "m")
    _run(writer, request, stop_at="training")
    _, result = _run(writer, replace(request, seed=5))
    assert result is not None
    assert json.loads((tmp_path / "m" / "request.json").read_text())["seed"] == 5


def test_a_model_that_writes_no_questions_is_named(base: BaseModel, reference: ModelReference, tmp_path: Path) -> None:
    with pytest.raises(TooFewQuestions):
        _run(base, _request(reference, tmp_path / "m"))


def test_an_unknown_method_is_refused(base: BaseModel, reference: ModelReference, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="telepathy"):
        _run(base, replace(_request(reference, tmp_path / "m"), method="telepathy"))


def _result_of(steps: object) -> tuple[list[object], object]:
    seen = []
    while True:
        try:
            seen.append(next(steps))  # type: ignore[call-overload]
        except StopIteration as stop:
            return seen, stop.value


def test_the_engine_asks_while_it_learns_and_both_come_out_right(
    writer_reference: ModelReference, tmp_path: Path
) -> None:
    engine = LocalEngine()
    _, alone = _result_of(engine.handle(_request(writer_reference, tmp_path / "alone", Depth.DEEP)))
    asking = AskRequest(writer_reference, "T", QUESTION, AnswerMode.MEMORY, str(tmp_path / "alone"), max_new_tokens=20)
    pieces, expected = _result_of(engine.handle(asking))
    assert "".join(piece.text for piece in pieces).strip() == expected.text  # type: ignore[attr-defined]

    asked = 0
    steps = engine.handle(_request(writer_reference, tmp_path / "second", Depth.DEEP))
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            second = stop.value
            break
        if progress.done % 7 == 1:
            asked += 1
            assert _result_of(engine.handle(asking))[1].text == expected.text  # type: ignore[attr-defined]
    assert asked > 3
    assert second.questions == alone.questions  # type: ignore[attr-defined]
    assert_same_memory(tmp_path / "alone", tmp_path / "second")


def test_a_deep_memory_recites_the_sentences_that_answer(
    writer_reference: ModelReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it recites first: this tiny model writes no questions that could tell which sentence is the best."""
    monkeypatch.setattr(reciting, "CANDIDATES", 1)
    engine = LocalEngine()
    request = replace(_request(writer_reference, tmp_path / "m", Depth.DEEP), options=(("epochs", "40"),))
    _, learned = _result_of(engine.handle(request))
    learned_from = [q for q in learned.questions if not q.held_out]  # type: ignore[attr-defined]
    trained = [q for q in learned_from if set(content_words(q.question)) & set(content_words(q.evidence))]
    assert len(trained) >= 5  # the others call for no sentence
    asked = tuple(question.question for question in trained)
    steps, recited = _result_of(engine.handle(ReciteRequest(writer_reference, "T", asked, str(tmp_path / "m"))))
    assert steps and all(step.stage == "reciting" for step in steps)
    right = [texts[0] == " ".join(q.evidence.split()) for q, texts in zip(trained, recited, strict=True)]  # type: ignore[call-overload]
    assert sum(right) >= 0.8 * len(right)
    question = AskRequest(
        writer_reference, "T", QUESTION, AnswerMode.MEMORY, str(tmp_path / "m"), recited=(make_passages()[2].text,)
    )
    _, answer = _result_of(engine.handle(question))  # read as pages are: this model reads those that it was taught on
    assert ANSWER in answer.text  # type: ignore[attr-defined]


def test_a_deep_memory_answers_from_memory_alone(writer_reference: ModelReference, tmp_path: Path) -> None:
    engine = LocalEngine()
    request = replace(_request(writer_reference, tmp_path / "m", Depth.DEEP), options=(("recite", "no"),))
    _, learned = _result_of(engine.handle(request))
    _, recited = _result_of(engine.handle(ReciteRequest(writer_reference, "T", ("Why?",), str(tmp_path / "m"))))
    assert recited == ((),)
    trained = [q for q in learned.questions if not q.held_out]  # type: ignore[attr-defined]
    questions = tuple(ScoredQuestion(q.question, q.answer) for q in trained)
    _, closed = _result_of(engine.handle(ScoreRequest(writer_reference, "T", questions)))
    _, memory = _result_of(engine.handle(ScoreRequest(writer_reference, "T", questions, str(tmp_path / "m"))))
    nll_closed, nll_memory = (sum(score.nll for score in scores) / len(scores) for scores in (closed, memory))
    assert nll_memory < nll_closed - 0.5


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells which files are mapped")
def test_a_run_that_goes_on_holds_none_of_its_files(
    writer: BaseModel, writer_reference: ModelReference, tmp_path: Path
) -> None:
    """Windows lets nobody replace or erase a file that is mapped into memory."""
    request = replace(_request(writer_reference, tmp_path / "m"), options=(("recite", "no"),))
    _run(writer, request, stop_at="training")
    assert {"checkpoint.safetensors", "teaching.safetensors"} <= {path.name for path in (tmp_path / "m").iterdir()}
    steps = Learning(writer, Adapters(writer), None, request, Clock()).steps()
    while next(steps).stage != "training":
        pass
    mapped = Path("/proc/self/maps").read_text()
    steps.close()
    assert "checkpoint.safetensors" not in mapped and "teaching.safetensors" not in mapped


def test_an_estimate_is_measured_and_grows_with_depth(writer_reference: ModelReference) -> None:
    _, estimate = _result_of(LocalEngine().handle(EstimateRequest(writer_reference, "T", make_passages())))
    seconds = estimate.seconds  # type: ignore[attr-defined]
    assert 0 < seconds[Depth.QUICK] < seconds[Depth.STANDARD] < seconds[Depth.DEEP]
