"""Adapters: identity at the start, switching, saving, and a base model that never changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import ModelMismatch, NoMemory
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.hardware import Hardware

from .conftest import make_model, make_tokenizer

TOKENS = torch.tensor([[5, 6, 7, 8, 9]])


def _logits(adapters: Adapters, name: str | None) -> torch.Tensor:
    with adapters.using(name) as model, torch.inference_mode():
        return model(input_ids=TOKENS).logits.clone()


def _disturb(adapters: Adapters, name: str) -> None:
    """Gives the adapter random weights, as training would."""
    dice = torch.Generator().manual_seed(3)
    weights = {key: torch.randn(value.shape, generator=dice) for key, value in adapters.weights(name).items()}
    adapters.set_weights(name, weights)


def test_a_new_adapter_changes_nothing(base: BaseModel, adapters: Adapters) -> None:
    before = _logits(adapters, None)
    adapters.make("new", 4)
    assert torch.equal(_logits(adapters, "new"), before)


def test_switching_and_removing_brings_the_base_model_back(
    base: BaseModel, adapters: Adapters, weights_of: Callable[[BaseModel], dict[str, torch.Tensor]]
) -> None:
    before, weights = _logits(adapters, None), weights_of(base)
    for name in ("one", "two"):
        adapters.make(name, 4)
    _disturb(adapters, "one")
    assert not torch.allclose(_logits(adapters, "one"), before)
    assert torch.equal(_logits(adapters, "two"), before)
    assert torch.equal(_logits(adapters, None), before)
    with adapters.using("one"):
        inside = _logits(adapters, None)
        assert not torch.allclose(adapters.model(input_ids=TOKENS).logits, before)
    assert torch.equal(inside, before)
    adapters.remove("one")
    adapters.remove("two")
    assert adapters.names() == set()
    assert torch.equal(_logits(adapters, None), before)
    after = weights_of(base)
    assert weights.keys() == after.keys()
    assert all(torch.equal(weights[key], after[key]) for key in weights)


def test_saved_and_loaded_adapters_answer_alike(adapters: Adapters, tmp_path: Path) -> None:
    adapters.make("one", 4)
    _disturb(adapters, "one")
    adapters.save("one", tmp_path, torch.float32)
    expected = _logits(adapters, "one")
    adapters.load("again", tmp_path)
    assert torch.equal(_logits(adapters, "again"), expected)
    assert {path.name for path in tmp_path.iterdir()} >= {"adapter_model.safetensors", "adapter_config.json"}


def test_a_damaged_or_missing_memory_is_named(adapters: Adapters, tmp_path: Path) -> None:
    with pytest.raises(NoMemory):
        adapters.load("missing", tmp_path / "nowhere")
    adapters.make("one", 4)
    adapters.save("one", tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"not safetensors")
    with pytest.raises(NoMemory):
        adapters.load("damaged", tmp_path)


@pytest.mark.parametrize("change", [{"init_lora_weights": "pissa"}, {"layer_replication": [[0, 2], [1, 2]]}])
def test_no_setting_of_a_stored_adapter_touches_the_base_model(
    base: BaseModel, adapters: Adapters, tmp_path: Path, change: dict[str, object]
) -> None:
    adapters.make("one", 4)
    _disturb(adapters, "one")
    adapters.save("one", tmp_path, torch.float32)
    before, expected = _logits(adapters, None), _logits(adapters, "one")
    _change_config(tmp_path, change)
    adapters.load("again", tmp_path)
    assert torch.equal(_logits(adapters, "again"), expected)
    assert torch.equal(_logits(adapters, None), before)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"peft_type": "IA3"}, NoMemory),
        ({"r": "many"}, ModelMismatch),
        ({"target_modules": ["layers_of_another_model"]}, ModelMismatch),
    ],
)
def test_settings_that_fit_no_layer_are_named(
    adapters: Adapters, tmp_path: Path, change: dict[str, object], error: type[Exception]
) -> None:
    adapters.make("one", 4)
    _disturb(adapters, "one")
    adapters.save("one", tmp_path)
    expected = _logits(adapters, "one")
    _change_config(tmp_path, change)
    with pytest.raises(error):
        adapters.load("again", tmp_path)
    assert adapters.names() == {"one"} and torch.equal(_logits(adapters, "one"), expected)


def _change_config(folder: Path, change: dict[str, object]) -> None:
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | change), encoding="utf-8")


def test_an_adapter_of_another_model_is_refused(adapters: Adapters, tmp_path: Path) -> None:
    other_folder = tmp_path / "other"
    tokenizer = make_tokenizer()
    make_model(len(tokenizer), hidden_size=48).save_pretrained(other_folder)
    tokenizer.save_pretrained(other_folder)
    other = Adapters(
        load(ModelReference("other", str(other_folder), "2" * 64), Hardware(torch.device("cpu"), torch.float32))
    )
    other.make("one", 4)
    other.save("one", tmp_path)
    before = _logits(adapters, None)
    with pytest.raises(ModelMismatch):
        adapters.load("one", tmp_path)
    assert torch.equal(_logits(adapters, None), before)
