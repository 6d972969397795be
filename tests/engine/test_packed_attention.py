"""Attention of packed texts is that of a dense mask, forward and backward, whatever the pieces are."""

from __future__ import annotations

import pytest
import torch

from lift_desktop.engine import packed_attention
from lift_desktop.engine.packed_attention import Layout, Scores, arrange, attend_packed

HEADS, KEY_HEADS, SIZE = 6, 2, 4
GROUPS = {
    "one shared prefix": [(5, [3, 7, 2])],
    "items of one length": [(4, [3, 3])],
    "texts alone": [(3, [4]), (6, [1]), (1, [9])],
    "a prefix without items": [(2, [3, 1]), (8, [])],
    "a long text and short ones": [(3, [20]), (2, [5, 6]), (4, [2]), (1, [19])],
    "nothing but a long text": [(3, [20])],
    "a long prefix": [(17, [2, 3])],
}


def _visible(groups: list[tuple[int, list[int]]], common: int) -> torch.Tensor:
    """[T, E + T]: True where a token may look."""
    total = sum(prefix + sum(items) for prefix, items in groups)
    seen = torch.zeros(total, total, dtype=torch.bool)
    start = 0
    for prefix, items in groups:
        seen[start : start + prefix, start : start + prefix] = torch.ones(prefix, prefix).tril() > 0
        at = start + prefix
        for length in items:
            seen[at : at + length, start : start + prefix] = True
            seen[at : at + length, at : at + length] = torch.ones(length, length).tril() > 0
            at += length
        start = at
    return torch.cat([torch.ones(total, common, dtype=torch.bool), seen], 1)


def _dense(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, seen: torch.Tensor, scores: Scores
) -> torch.Tensor:
    share = HEADS // KEY_HEADS
    keys, values = (part.repeat_interleave(share, 1).transpose(0, 1) for part in (key, value))
    raw = scores(query.transpose(0, 1), keys).masked_fill(~seen, -torch.inf)
    return (raw.softmax(-1) @ values).transpose(0, 1)


def _layout(groups: list[tuple[int, list[int]]], monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setattr(packed_attention, "SHORT", 16)
    return arrange(groups)


@pytest.mark.parametrize("softcap", [None, 1.5])
@pytest.mark.parametrize("common", [0, 3])
@pytest.mark.parametrize("name", GROUPS)
def test_result_and_gradients_are_those_of_a_dense_mask(
    name: str, common: int, softcap: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = _layout(GROUPS[name], monkeypatch)
    total = len(layout.positions)
    dice = torch.Generator().manual_seed(total)
    shapes = [(total, HEADS, SIZE), (common + total, KEY_HEADS, SIZE), (common + total, KEY_HEADS, SIZE)]
    given = [torch.randn(shape, generator=dice, dtype=torch.float64).requires_grad_() for shape in shapes]
    weights = torch.randn(shapes[0], generator=dice, dtype=torch.float64)
    scores = Scores(0.7, softcap)
    ours = attend_packed(*given, layout, scores)
    plain = _dense(*given, _visible(GROUPS[name], common), scores)
    torch.testing.assert_close(ours, plain)
    for one, other in zip(*(torch.autograd.grad((out * weights).sum(), given) for out in (ours, plain)), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("softcap", [None, 1.5])
def test_mixed_precision_computes_in_fewer_bits_and_gives_gradients_as_they_came(
    softcap: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = _layout(GROUPS["a long text and short ones"], monkeypatch)
    total = len(layout.positions)
    dice = torch.Generator().manual_seed(1)
    given = [
        torch.randn(total, heads, SIZE, generator=dice).requires_grad_() for heads in (HEADS, KEY_HEADS, KEY_HEADS)
    ]
    results = []
    for fewer_bits in (False, True):
        with torch.autocast("cpu", torch.bfloat16, enabled=fewer_bits):
            out = attend_packed(*given, layout, Scores(0.7, softcap))
        assert out.dtype == (torch.bfloat16 if fewer_bits else torch.float32)
        results.append((out, *torch.autograd.grad(out.float().square().sum(), given)))
    for exact, rounded in zip(*results, strict=True):
        torch.testing.assert_close(rounded.float(), exact, rtol=0.1, atol=0.1)


def test_positions_restart_after_each_prefix() -> None:
    layout = arrange([(2, [3, 1]), (1, [2])])
    assert layout.positions.tolist() == [0, 1, 2, 3, 4, 2, 0, 1, 2]
    assert layout.longest == 5
