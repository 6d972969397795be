"""The fused LoRA layer computes what PEFT's own does."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig
from peft.tuners.lora import Linear as PeftLinear

from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.low_rank import FusedLoraLinear


def _layers(names: list[str]) -> list[PeftLinear]:
    """PEFT's layer and ours with the same weights in float64, and adapters that change something."""
    config = LoraConfig(r=3, lora_alpha=6)
    layers = []
    for kind in (PeftLinear, FusedLoraLinear):
        torch.manual_seed(0)
        layer = kind(torch.nn.Linear(7, 5), names[0], config=config, r=3, lora_alpha=6)
        for name in names[1:]:
            layer.update_layer(name, 3, lora_alpha=6, config=config)
        for parameter in layer.parameters():
            torch.nn.init.normal_(parameter)
        layers.append(layer.double())
        layer.set_adapter(names)
    return layers


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
def test_output_and_gradients_are_those_of_peft(names: list[str]) -> None:
    plain, fused = _layers(names)
    results = []
    for layer in (plain, fused):
        x = torch.linspace(-1, 1, 2 * 4 * 7, dtype=torch.float64).view(2, 4, 7).requires_grad_()
        out = layer(x)
        out.square().sum().backward()
        gradients = [parameter.grad for key, parameter in layer.named_parameters() if "lora" in key]
        results.append([out.detach(), x.grad, *gradients])
        with torch.no_grad():
            torch.testing.assert_close(layer(x), out.detach())
    for ours, theirs in zip(results[1], results[0], strict=True):
        torch.testing.assert_close(ours, theirs)


def test_changed_weights_are_seen_at_once() -> None:
    _, fused = _layers(["one"])
    fused.base_layer.float()
    x = torch.ones(1, 7)
    with torch.no_grad():
        before = fused(x)
        fused.lora_B["one"].weight.mul_(2)
        after = fused(x)
        fused.lora_B["one"].weight.div_(2)
        assert not torch.allclose(before, after)
        torch.testing.assert_close(fused(x), before)


def test_adapters_are_made_of_fused_layers(base: BaseModel) -> None:
    adapters = Adapters(base)
    adapters.make("one", 2)
    adapters.make("two", 2)
    kinds = {type(module) for module in adapters.model.modules() if isinstance(module, PeftLinear)}
    assert kinds == {FusedLoraLinear}
