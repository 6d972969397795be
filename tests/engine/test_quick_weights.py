"""Eight-bit copies: near the weights, used for a few tokens only, never in learning."""

from __future__ import annotations

import torch

from lift_desktop.engine.quick_weights import FEW_ROWS, QuickLinear, _copy, quicken


def _layer(bias: bool = True, dtype: torch.dtype = torch.float32) -> torch.nn.Linear:
    torch.manual_seed(0)
    layer = torch.nn.Linear(256, 128, bias=bias).to(dtype)
    _copy(layer)
    assert isinstance(layer, QuickLinear)
    return layer


def test_a_few_tokens_are_near_and_many_exact() -> None:
    for dtype in (torch.float32, torch.bfloat16):
        layer = _layer(dtype=dtype)
        x = torch.randn(2, FEW_ROWS, 256, dtype=dtype)
        with torch.inference_mode():
            few, many = layer(x[:1]), layer(x)
            assert torch.equal(many, torch.nn.functional.linear(x, layer.weight, layer.bias))
            assert few.shape == (1, FEW_ROWS, 128) and few.dtype == dtype
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


def test_all_or_no_layers_get_a_copy() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(512, 2048), torch.nn.Linear(2048, 512))
    is_quicker = quicken(model)
    assert {type(layer) for layer in model} == {QuickLinear if is_quicker else torch.nn.Linear}
