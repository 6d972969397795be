"""Preparing: a tiny model really reads and writes better, and a stopped run goes on to the same skills."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import BadSettings, ChildDied
from lift_desktop.domain.steps import follow, last
from lift_desktop.engine import preparing
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.contract import ModelReference, PrepareRequest, PrepareResult
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.lessons import read_records
from lift_desktop.engine.preparing import PREPARING, Preparing
from lift_desktop.worker.client import EngineClient

from .conftest import assert_same_memory
from .test_lessons import make_records, write_data


@pytest.fixture
def request_(tmp_path: Path, reference: ModelReference) -> PrepareRequest:
    return _request(reference, tmp_path)


def _request(reference: ModelReference, folder: Path) -> PrepareRequest:
    data = write_data(folder / "data.jsonl", make_records(3, 4))
    return PrepareRequest(reference, (str(data),) * 3, str(folder / "skills"))


@pytest.fixture(scope="module", autouse=True)
def fast() -> Iterator[None]:
    """A model of random weights learns at a rate that would spoil a real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparing, "LEARNING_RATE", 3e-2)
        patch.setattr(preparing, "STEP_TOKENS", 700)
        yield


@pytest.fixture(scope="module")
def whole(
    fast: None, reference: ModelReference, tmp_path_factory: pytest.TempPathFactory
) -> tuple[PrepareRequest, PrepareResult]:
    """A run without any accident."""
    request = _request(reference, tmp_path_factory.mktemp("whole"))
    base = load(reference, Hardware(torch.device("cpu"), torch.float32))
    return request, _run(base, Adapters(base), request)


def _preparing(base: BaseModel, adapters: Adapters, request: PrepareRequest) -> Preparing:
    return Preparing(base, adapters, request, read_records([Path(file) for file in request.data]))


def _run(base: BaseModel, adapters: Adapters, request: PrepareRequest) -> PrepareResult:
    try:
        return last(_preparing(base, adapters, request).steps())
    finally:
        adapters.remove(PREPARING)


def test_a_prepared_model_reads_and_writes_better(
    base: BaseModel, adapters: Adapters, whole: tuple[PrepareRequest, PrepareResult]
) -> None:
    request, result = whole
    kinds = {kind.kind: kind for kind in result.kinds}
    assert {"reading", "writing"} <= set(kinds)
    for kind in ("reading", "writing"):
        assert kinds[kind].after < 0.7 * kinds[kind].before
    assert (result.passages, result.questions) == (12, 24)
    written = json.loads((Path(request.folder) / "preparing.json").read_text("utf-8"))
    assert written["data"][0]["file"] == "data.jsonl" and written["result"]["steps"] == result.steps
    assert not (Path(request.folder) / "checkpoint.safetensors").exists()
    adapters.load("skills", Path(request.folder))
    assert any(value.abs().sum() > 0 for key, value in adapters.weights("skills").items() if "lora_B" in key)


@pytest.mark.parametrize("stage", ["checking", "practising"])
def test_a_stopped_run_resumes_to_the_same_skills(
    base: BaseModel,
    adapters: Adapters,
    request_: PrepareRequest,
    whole: tuple[PrepareRequest, PrepareResult],
    stage: str,
) -> None:
    run = _preparing(base, adapters, request_).steps()
    next(step for step in run if step.stage == stage and step.done >= (1 if stage == "practising" else 0))
    run.close()
    adapters.remove(PREPARING)
    assert _run(base, adapters, request_).steps == whole[1].steps
    assert_same_memory(Path(request_.folder), Path(whole[0].folder))


def test_a_finished_run_is_not_done_again(
    base: BaseModel, adapters: Adapters, whole: tuple[PrepareRequest, PrepareResult]
) -> None:
    left = Path(whole[0].folder) / "checkpoint.safetensors"
    left.write_bytes(b"left by a run that was killed when it had its result")
    assert list(_preparing(base, adapters, whole[0]).steps()) == []
    assert _run(base, adapters, whole[0]) == whole[1]
    assert not left.exists()


def test_a_short_time_is_measured_and_kept_to(
    base: BaseModel,
    adapters: Adapters,
    request_: PrepareRequest,
    weights_of: Callable[[BaseModel], dict[str, torch.Tensor]],
) -> None:
    short = replace(request_, minutes=1e-6)
    stages: list[str] = []
    own = weights_of(base)
    result = follow(_preparing(base, adapters, short).steps(), lambda step: stages.append(step.stage))
    adapters.remove(PREPARING)
    assert all(torch.equal(value, own[key]) for key, value in weights_of(base).items())
    assert list(dict.fromkeys(stages)) == ["checking", "measuring", "practising"]
    assert result.steps == 1


def test_it_begins_with_the_skills_of_another_run(
    base: BaseModel, adapters: Adapters, request_: PrepareRequest, whole: tuple[PrepareRequest, PrepareResult]
) -> None:
    more = replace(request_, start_folder=whole[0].folder, minutes=1e-6)
    result = _run(base, adapters, more)
    before = {kind.kind: kind.before for kind in result.kinds}
    after = {kind.kind: kind.after for kind in whole[1].kinds}
    assert before["reading"] == pytest.approx(after["reading"], rel=0.05)


def test_wrong_folders_are_named(base: BaseModel, adapters: Adapters, request_: PrepareRequest, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadSettings, match="empty"):
        _run(base, adapters, replace(request_, start_folder=str(tmp_path / "empty")))
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadSettings, match="holds other files"):
        _run(base, adapters, replace(request_, folder=str(other)))
    assert (other / "letter.txt").exists()


def test_a_killed_engine_goes_on_to_the_same_skills(reference: ModelReference, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole, killed = (
        replace(_request(reference, tmp_path / name), data=(str(tmp_path / name / "data.jsonl"),))
        for name in ("whole", "killed")
    )
    with EngineClient() as client:
        result = last(client.prepare(whole))
        with pytest.raises(ChildDied):
            for step in client.prepare(killed):
                if step.stage == "practising" and step.done and (process_id := client.process_id) is not None:
                    os.kill(process_id, signal.SIGKILL)
        assert last(client.prepare(killed)).steps == result.steps
    assert_same_memory(Path(whole.folder), Path(killed.folder))
