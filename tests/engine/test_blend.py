"""Beside passages a memory speaks with a part of its strength: a blend of the prepared model and the memory."""

from __future__ import annotations

import torch

from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel

TOKENS = torch.tensor([[5, 6, 7, 8, 9]])


def _logits(adapters: Adapters, name: str | None) -> torch.Tensor:
    with adapters.using(name) as model, torch.inference_mode():
        return model(input_ids=TOKENS).logits.clone()


def _disturbed(adapters: Adapters, name: str, seed: int, rank: int = 4) -> str:
    adapters.make(name, rank)
    dice = torch.Generator().manual_seed(seed)
    weights = adapters.weights(name)
    adapters.set_weights(name, {key: 0.2 * torch.randn(value.shape, generator=dice) for key, value in weights.items()})
    return name


def test_a_blend_lies_between_its_ends(base: BaseModel, adapters: Adapters) -> None:
    start, end = _disturbed(adapters, "start", 1), _disturbed(adapters, "end", 2)
    for strength, same in ((0.0, start), (1.0, end)):
        adapters.blend("mixed", start, end, strength)
        torch.testing.assert_close(_logits(adapters, "mixed"), _logits(adapters, same))
    adapters.blend("mixed", start, end, 0.25)
    distances = [(_logits(adapters, "mixed") - _logits(adapters, name)).norm() for name in (start, end)]
    assert 0 < distances[0] < distances[1]


def test_without_a_start_or_with_another_rank_the_memory_is_scaled(base: BaseModel, adapters: Adapters) -> None:
    bare, end = _logits(adapters, None), _disturbed(adapters, "end", 2)
    start = _disturbed(adapters, "start", 1, rank=8)
    for first in (None, start):
        adapters.blend("mixed", first, end, 0.0)
        torch.testing.assert_close(_logits(adapters, "mixed"), bare)
        adapters.blend("mixed", first, end, 1.0)
        torch.testing.assert_close(_logits(adapters, "mixed"), _logits(adapters, end))
