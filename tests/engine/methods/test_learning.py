"""Every method learns, goes on after a stop, is asked by its manifest, and leaves the base model as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from lift_desktop.domain.methods import METHODS
from lift_desktop.domain.models import AnswerMode, Depth, StudyQuestion
from lift_desktop.engine import recipes
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.clock import Clock
from lift_desktop.engine.contract import AskRequest, LearnRequest, LearnResult, ModelReference
from lift_desktop.engine.learning import LEARNING, Learning
from lift_desktop.engine.local import LocalEngine
from lift_desktop.engine.methods.sentences import sentences_of
from lift_desktop.engine.recipes import Recipe
from lift_desktop.engine.study import Notebook

from ..conftest import PAIRS, assert_same_memory, make_passages

QUESTION, _ = PAIRS[2][0]
WRITTEN = [
    StudyQuestion(number, question, answer, answer) for number, pairs in enumerate(PAIRS) for question, answer in pairs
]
TOKENS = torch.tensor([[5, 6, 7, 8, 9]])
OPTIONS = {
    "lora": (("init", "pissa"), ("rank", "4"), ("epochs", "2")),
    "segments": (("segment_tokens", "64"), ("epochs", "2")),
    "gated-memory": (("epochs", "2"),),
    "sentences": (("questions_per_sentence", "20"), ("epochs", "2")),  # one sentence at once
    "cartridge": (("tokens", "8"), ("epochs", "2")),
}
every_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(autouse=True)
def an_easy_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model knows nothing, so that it finds every answer doubtful; here that drops none."""
    starts = {name: _trusting(start) for name, start in recipes._STARTS.items()}
    monkeypatch.setattr(recipes, "_STARTS", starts)


def _trusting(start: Callable[[Depth, bool], Recipe]) -> Callable[[Depth, bool], Recipe]:
    return lambda depth, is_paper: replace(start(depth, is_paper), doubtful_nll=1e9)


def _studied(
    reference: ModelReference, folder: Path, method: str, options: tuple[tuple[str, str], ...] | None = None
) -> LearnRequest:
    """A request whose study was done before, but for the last sentence where each one is studied by itself."""
    options = OPTIONS[method] if options is None else options
    request = LearnRequest(reference, "T", make_passages(), str(folder), Depth.QUICK, method, options=options)
    steps = LocalEngine().handle(replace(request, folder=str(folder)))
    next(steps)
    steps.close()  # has written request.json
    (folder / "questions.jsonl").unlink(missing_ok=True)
    notebook = Notebook(folder)
    sentences = sentences_of(make_passages(), 0)
    if method != "sentences":
        for passage in make_passages():
            notebook.add(0, passage.number, [each for each in WRITTEN if each.passage == passage.number])
        return request
    for place, sentence in enumerate(sentences[:-1]):
        mine = [each for each in WRITTEN if each.passage == sentence.passage and each.answer in sentence.text]
        notebook.add(0, place, [replace(each, evidence=sentence.text) for each in mine])
    return request


def _ended(steps: Any) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def _logits(base: BaseModel) -> torch.Tensor:
    with torch.inference_mode():
        return base.model(input_ids=TOKENS).logits.clone()


@every_method
def test_the_base_model_is_the_same_after_learning_asking_and_forgetting(
    reference: ModelReference,
    tmp_path: Path,
    method: str,
    weights_of: Callable[[BaseModel], dict[str, torch.Tensor]],
) -> None:
    engine = LocalEngine()
    base, adapters = engine._model(reference)
    before, logits = weights_of(base), _logits(base)
    result: LearnResult = _ended(engine.handle(_studied(reference, tmp_path, method)))
    assert len(result.recalls) == sum(question.held_out for question in result.questions) > 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["method"] == method and manifest["options"] == dict(OPTIONS[method])
    gates = manifest.get("gates", [])
    assert len(gates) == (2 if method == "gated-memory" else 0) and all(0 < gate < 1 for gate in gates)
    for mode, passages in ((AnswerMode.MEMORY, ()), (AnswerMode.BOTH, (make_passages()[2].text,))):
        request = AskRequest(reference, "T", QUESTION, mode, str(tmp_path), passages, max_new_tokens=4)
        _ended(engine.handle(request))
        assert torch.equal(_logits(base), logits)
    for name in adapters.names():
        adapters.remove(name)
    after = weights_of(base)
    assert before.keys() == after.keys() and all(torch.equal(before[key], after[key]) for key in before)
    assert torch.equal(_logits(base), logits)


@every_method
def test_a_stopped_run_goes_on_to_the_same_memory(reference: ModelReference, tmp_path: Path, method: str) -> None:
    engine = LocalEngine()
    whole: LearnResult = _ended(engine.handle(_studied(reference, tmp_path / "whole", method)))
    request = _studied(reference, tmp_path / "parts", method)
    steps = engine.handle(request)
    seen = 0
    for progress in steps:
        seen += progress.stage == "training" and 0 < progress.done < progress.total
        if seen == 2:
            break
    assert seen == 2
    steps.close()
    _, adapters = engine._model(reference)
    assert LEARNING not in adapters.names()
    parts: LearnResult = _ended(engine.handle(request))
    assert parts.questions == whole.questions
    assert_same_memory(tmp_path / "whole", tmp_path / "parts")


def test_a_run_has_the_same_steps_where_fewer_texts_are_written_together(
    base: BaseModel, reference: ModelReference, tmp_path: Path
) -> None:
    """Else a run that goes on elsewhere would end early, or begin anew."""
    totals = []
    for rows in (5, 32):
        request = _studied(reference, tmp_path / str(rows), "sentences", (("epochs", "2"),))
        slower = replace(base, hardware=replace(base.hardware, rows=rows))
        adapters = Adapters(slower)
        steps = Learning(slower, adapters, None, request, Clock()).steps()
        totals.append(next(progress.total for progress in steps if progress.stage == "training"))
        steps.close()
        adapters.remove(LEARNING)
    assert totals[0] == totals[1]


@every_method
def test_training_changes_the_adapter_and_what_the_model_says(
    reference: ModelReference, tmp_path: Path, method: str
) -> None:
    engine = LocalEngine()
    _ended(engine.handle(_studied(reference, tmp_path, method)))
    base, adapters = engine._model(reference)
    bare = _logits(base)
    adapters.load("memory", tmp_path)
    with adapters.using("memory") as model, torch.inference_mode():
        assert (model(input_ids=TOKENS).logits - bare).abs().max() > 1e-4
    assert all(
        torch.isfinite(value.float()).all() for value in load_file(tmp_path / "adapter_model.safetensors").values()
    )
