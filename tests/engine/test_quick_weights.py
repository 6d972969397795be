"""Smaller copies: near the weights, used for a few tokens only, never in learning."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from lift_desktop.engine.quick_weights import (
    FEW_ROWS,
    FEW_ROWS_BEFORE_BFLOAT16,
    EightBitLinear,
    FourBitLinear,
    QuickLinear,
    _has_four_bits,
    copy_eight_bits,
    copy_four_bits,
    quicken,
    side_by_side,
)


def _layer(bias: bool = True, dtype: torch.dtype = torch.float32) -> torch.nn.Linear:
    torch.manual_seed(0)
    layer = torch.nn.Linear(256, 128, bias=bias).to(dtype)
    copy_eight_bits(layer)
    assert isinstance(layer, EightBitLinear)
    return layer


def _four_bit_layer(bias: bool = True) -> torch.nn.Linear:
    """A layer whose weights were rounded to sixteen levels in each group of 32, as in llama.cpp's Q4_1."""
    torch.manual_seed(0)
    layer = torch.nn.Linear(256, 128, bias=bias)
    levels = torch.randint(0, 16, (128, 8, 32)).float()
    levels[..., 0], levels[..., 1] = 0, 15
    step = torch.rand(128, 8, 1) / 100 + 0.001
    smallest = -step * (6 + 3 * torch.rand(128, 8, 1))
    layer.weight.data = (smallest + step * levels).view(128, 256)
    return layer


def test_weights_of_four_bits_are_copied_exactly() -> None:
    layer = _four_bit_layer()
    layer.weight.data = layer.weight.to(torch.bfloat16).float()  # as a file keeps them
    assert _has_four_bits(layer)
    x = torch.randn(FEW_ROWS, 256)
    wanted = torch.nn.functional.linear(x, layer.weight, layer.bias).detach()
    with torch.inference_mode():
        plain = torch.nn.functional.linear(x.bfloat16(), layer.weight.bfloat16(), layer.bias.bfloat16()).float()
        errors = {}
        for copy in (copy_four_bits, copy_eight_bits):
            layer.__class__ = torch.nn.Linear
            copy(layer)
            errors[copy] = float((layer(x) - wanted).norm() / wanted.norm())
    rounding = float((plain - wanted).norm() / wanted.norm())
    assert 0 < errors[copy_four_bits] < max(2.5 * rounding, 0.005)
    assert errors[copy_four_bits] < errors[copy_eight_bits] < 0.02


def test_other_weights_are_not_taken_for_four_bits() -> None:
    layer = _four_bit_layer()
    weight = layer.weight.data
    weight[5, 77] += 0.3 * (weight[5, 65] - weight[5, 64]) / 15
    assert not _has_four_bits(layer)
    assert not _has_four_bits(torch.nn.Linear(256, 128)) and not _has_four_bits(torch.nn.Linear(100, 128))


def test_a_few_tokens_are_near_and_many_exact() -> None:
    for dtype, rows in ((torch.float32, FEW_ROWS), (torch.bfloat16, FEW_ROWS_BEFORE_BFLOAT16)):
        layer = _layer(dtype=dtype)
        x = torch.randn(2, rows, 256, dtype=dtype)
        with torch.inference_mode():
            few, many = layer(x[:1]), layer(x)
            assert torch.equal(many, torch.nn.functional.linear(x, layer.weight, layer.bias))
            assert few.shape == (1, rows, 128) and few.dtype == dtype
            error = (few - many[:1]).float().norm() / many[:1].float().norm()
            assert 0 < error < 0.02


def test_learning_goes_through_the_weights_themselves() -> None:
    layer = _layer(bias=False)
    x = torch.randn(1, 256, requires_grad=True)
    out = layer(x)
    assert torch.equal(out, torch.nn.functional.linear(x, layer.weight))
    out.sum().backward()
    assert x.grad is not None
    assert set(layer.state_dict()) == {"weight"}


def test_small_and_double_layers_are_left_alone() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(256, 8), torch.nn.Linear(256, 256).double())
    assert not quicken(model)
    assert {type(layer) for layer in model} == {torch.nn.Linear}


@pytest.mark.parametrize("copy", [copy_four_bits, copy_eight_bits])
def test_layers_side_by_side_give_what_each_gives(copy: Callable[[torch.nn.Linear], None]) -> None:
    layers = [_four_bit_layer(bias=False) for _ in range(3)]
    layers[1].weight.data = layers[1].weight[:64].flip(0).contiguous()
    layers[1].out_features = 64
    for layer in layers:
        copy(layer)
    x = torch.randn(FEW_ROWS, 256)
    with torch.inference_mode():
        wanted = torch.cat([layer(x) for layer in layers], 1)
        together = side_by_side(layers)
        assert together is not None and together is side_by_side(layers)
        torch.testing.assert_close(together(x).float(), wanted, rtol=0, atol=0)
        assert torch.equal(torch.cat([layer(x) for layer in layers], 1), wanted)  # as before they shared it
    held = {layer.quick_weight.untyped_storage().data_ptr() for layer in layers}  # type: ignore[union-attr, operator]
    assert held == {together.weight.untyped_storage().data_ptr()}


def test_copies_of_two_kinds_are_not_put_side_by_side() -> None:
    mixed = [_four_bit_layer(bias=False), _four_bit_layer(bias=False)]
    copy_four_bits(mixed[0])
    copy_eight_bits(mixed[1])
    assert side_by_side(mixed) is None
    assert side_by_side([_four_bit_layer()]) is None


@pytest.mark.parametrize("four_bits", [False, True])
def test_all_or_no_layers_get_a_copy(four_bits: bool) -> None:
    layers = [_four_bit_layer() if four_bits else torch.nn.Linear(512, 2048), torch.nn.Linear(2048, 512)]
    model = torch.nn.Sequential(*layers)
    is_quicker = quicken(model)
    assert {isinstance(layer, QuickLinear) for layer in model} == {is_quicker}
    assert type(layers[1]) is (EightBitLinear if is_quicker else torch.nn.Linear)
    assert not isinstance(layers[0], FourBitLinear) or four_bits
