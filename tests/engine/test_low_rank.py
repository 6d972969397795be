"""The fused LoRA layer computes what PEFT's own does."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig
from peft.tuners.lora import Linear as PeftLinear

from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.low_rank import FusedLoraLinear
from lift_desktop.engine.optimizing import make_optimizer


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


def test_weights_that_changed_are_never_answered_with_as_they_were(base: BaseModel) -> None:
    """An adapter that took another's name and place in memory, and one that a fused optimizer trained."""
    base.model.double()  # another number type than the adapter's, which therefore is kept in a copy
    adapters, dice = Adapters(base), torch.Generator().manual_seed(5)
    ids = torch.tensor([[5, 6, 7, 8]])

    def answer(name: str) -> torch.Tensor:
        with adapters.using(name) as model, torch.inference_mode():
            return model(input_ids=ids).logits.clone()

    for _ in range(8):
        adapters.make("memory", 4)
        made = {key: torch.randn(value.shape, generator=dice) for key, value in adapters.weights("memory").items()}
        adapters.set_weights("memory", made)
        adapters.make("other", 4)
        adapters.set_weights("other", made)
        torch.testing.assert_close(answer("memory"), answer("other"))
        adapters.remove("other")
    with adapters.using("memory") as model:
        model.train()
        optimizer = make_optimizer(Hardware(torch.device("cpu"), torch.float32), adapters.parameters("memory"), 0.1)
        before = answer("memory")
        model(input_ids=ids).logits.square().mean().backward()
        optimizer.step()
    trained = adapters.weights("memory")
    adapters.make("fresh", 4)
    adapters.set_weights("fresh", trained)
    assert not torch.allclose(answer("memory"), before)
    torch.testing.assert_close(answer("memory"), answer("fresh"))
