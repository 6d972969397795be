"""The fused LoRA layer computes what PEFT's own does."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig
from peft.tuners.lora import Linear as PeftLinear
from torch.utils.checkpoint import checkpoint

from lift_desktop.engine import low_rank
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.low_rank import FusedLoraLinear, join_layers
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


class _SideBySide(torch.nn.Module):
    """Layers that read the same input, as a decoder has them; `later` reads what they wrote."""

    def __init__(self, kind: type[PeftLinear], names: list[str]) -> None:
        super().__init__()
        torch.manual_seed(0)
        config = LoraConfig(r=3, lora_alpha=6)
        layers = {"q_proj": (7, 6, True), "k_proj": (7, 4, False), "v_proj": (7, 4, False), "later": (6, 4, False)}
        for place, (name, (inputs, outputs, bias)) in enumerate(layers.items()):
            layer = kind(torch.nn.Linear(inputs, outputs, bias=bias), names[0], config=config, r=3, lora_alpha=6)
            for rank, other in enumerate(names[1:], 2 + place):
                layer.update_layer(other, rank, lora_alpha=6, config=config)
            setattr(self, name, layer)
            layer.set_adapter(names)
            layer.base_layer.requires_grad_(False)
        for parameter in self.parameters():
            torch.nn.init.normal_(parameter)
        self.double()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query, key, value = self.q_proj(x), self.k_proj(x), self.v_proj(x)
        return torch.tanh(self.later(query) * key) + value  # type: ignore[no-any-return]


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_joined_layers_compute_what_each_one_does(names: list[str], checkpointing: bool) -> None:
    x = torch.linspace(-1, 1, 2 * 4 * 7, dtype=torch.float64).view(2, 4, 7)
    results = []
    for kind in (PeftLinear, FusedLoraLinear):
        block = _SideBySide(kind, names)
        join_layers(block)
        for again in (1, 2):  # what one step leaves must not be taken by the next
            own = (x * again).requires_grad_()
            out = checkpoint(block, own, use_reentrant=False) if checkpointing else block(own)
            out.square().sum().backward()
            factors = {key: each.grad for key, each in block.named_parameters() if "lora" in key}
            results.append({"out": out.detach(), "x": own.grad, **factors})
    for ours, theirs in zip(results[2:], results[:2], strict=True):
        assert ours.keys() == theirs.keys() and len(ours) == 2 + 8 * len(names)
        for key in ours:
            torch.testing.assert_close(ours[key], theirs[key], msg=lambda text, key=key: f"{key}: {text}")


def test_joined_layers_are_computed_once(base: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    adapters = Adapters(base)
    adapters.make("one", 2)
    calls: list[int] = []
    function = low_rank._Layers
    apply = function.apply
    monkeypatch.setattr(
        function, "apply", lambda x, layers, *rest: calls.append(len(layers)) or apply(x, layers, *rest)
    )
    with adapters.using("one") as model:
        model(input_ids=torch.tensor([[5, 6, 7, 8]])).logits.sum().backward()
    assert calls == [3, 1, 2, 1] * base.model.config.num_hidden_layers


def test_a_layer_that_has_another_adapter_computes_alone() -> None:
    plain, fused = (_SideBySide(kind, ["one", "two"]) for kind in (PeftLinear, FusedLoraLinear))
    join_layers(fused)
    for block in (plain, fused):
        block.k_proj.set_adapter("two")
    x = torch.linspace(-1, 1, 7, dtype=torch.float64).view(1, 1, 7)
    torch.testing.assert_close(fused(x), plain(x))


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
