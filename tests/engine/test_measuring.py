"""What `bench speed` compares is equal work: the stock stack writes the same questions and has the same losses."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import BadSettings
from lift_desktop.domain.models import Passage
from lift_desktop.domain.steps import last
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.contract import ModelReference, SpeedRequest, SpeedResult
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.local import LocalEngine
from lift_desktop.engine.measuring import OurStack, measure
from lift_desktop.engine.stock import StockStack


@pytest.fixture
def writer(writer_reference: ModelReference) -> BaseModel:
    return load(writer_reference, Hardware(torch.device("cpu"), torch.float32))


@pytest.mark.filterwarnings("ignore:.*Could not find a config file")  # PEFT, of a base model without a hub's name
def test_both_stacks_do_the_same(writer: BaseModel, passages: tuple[Passage, ...], tmp_path: Path) -> None:
    request = SpeedRequest(writer.reference, "", "study", "T", passages, epochs=2)
    stacks = {"ours": OurStack(writer, Adapters(writer), None), "stock": StockStack(request)}
    studied: dict[str, SpeedResult] = {name: last(measure(stack, request)) for name, stack in stacks.items()}
    assert studied["ours"].texts == studied["stock"].texts
    assert studied["ours"].questions == studied["stock"].questions != ()

    request = replace(request, task="train", questions=studied["ours"].questions)
    trained = {}
    for name, stack in stacks.items():
        folder = tmp_path / name
        folder.mkdir()
        trained[name] = last(measure(stack, replace(request, folder=str(folder))))
    ours, stock = trained["ours"], trained["stock"]
    assert ours.amount == stock.amount > 0
    assert ours.losses[-1] < ours.losses[0]
    assert ours.losses == pytest.approx(stock.losses, abs=2e-3)

    request = replace(request, task="answer")
    for name, stack in stacks.items():
        answered = last(measure(stack, replace(request, folder=str(tmp_path / name))))
        assert answered.amount > 0
        assert answered.first_seconds > 0


def test_without_llama_cpp_the_bench_says_what_to_install(
    writer_reference: ModelReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    request = SpeedRequest(writer_reference, "llama", "answer", "T", (), gguf="model.gguf")
    with pytest.raises(BadSettings, match="not installed") as caught:
        last(LocalEngine().speed(request))
    assert "pip install llama-cpp-python" in caught.value.hint
