"""How a low-rank adapter starts: from the skills, above them, or at the principal parts of the weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from lift_desktop.domain.errors import BadSettings
from lift_desktop.domain.models import Depth
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.methods import Method, Work, make_method
from lift_desktop.engine.methods.lora import principal_parts, start_at_principal_parts
from lift_desktop.engine.recipes import recipe_for

from ..conftest import make_passages

TOKENS = torch.tensor([[5, 6, 7, 8, 9]])


def _method(base: BaseModel, adapters: Adapters, skills: str | None, *options: tuple[str, str]) -> Method:
    work = Work(base, adapters, skills, "T", make_passages(), 0)
    return make_method("lora", work, recipe_for(Depth.QUICK, "lora", "ours", options))


def _logits(adapters: Adapters, name: str | None) -> torch.Tensor:
    with adapters.using(name) as model, torch.inference_mode():
        return model(input_ids=TOKENS).logits.clone()


@pytest.fixture
def skills(adapters: Adapters) -> str:
    adapters.make("skills", 16)
    dice = torch.Generator().manual_seed(3)
    weights = adapters.weights("skills")
    adapters.set_weights(
        "skills", {key: 0.1 * torch.randn(value.shape, generator=dice) for key, value in weights.items()}
    )
    return "skills"


@pytest.mark.parametrize("options", [(), (("rank", "4"),), (("targets", "attention"),), (("init", "pissa"),)])
def test_every_start_is_the_prepared_model(
    base: BaseModel, adapters: Adapters, skills: str, options: tuple[tuple[str, str], ...]
) -> None:
    method = _method(base, adapters, skills, *options)
    method.prepare("new")
    assert method.stands_on_skills is bool(options)
    torch.testing.assert_close(_logits(adapters, "new"), _logits(adapters, skills), rtol=1e-4, atol=1e-4)
    with adapters.using("new"):
        trained = {id(parameter) for parameter in adapters.parameters("new")}
        own = {id(p) for name, p in adapters.model.named_parameters() if ".new." in name}
    assert trained == own


def test_principal_parts_are_the_best_of_their_rank() -> None:
    weight = torch.randn(24, 10, generator=torch.Generator().manual_seed(1))
    first, second = principal_parts(weight, 4, 2.0)
    left, values, right = torch.linalg.svd(weight, full_matrices=False)
    best = left[:, :4] * values[:4] @ right[:4]
    torch.testing.assert_close(2.0 * second @ first, best, rtol=1e-4, atol=1e-4)
    first, second = principal_parts(weight, 16, 2.0)  # more than the weight has
    assert first.shape == (16, 10) and second.shape == (24, 16)
    torch.testing.assert_close(2.0 * second @ first, weight, rtol=1e-4, atol=1e-4)


def test_pissa_trains_the_principal_half_and_leaves_the_base_alone(
    base: BaseModel, adapters: Adapters, weights_of: Callable[[BaseModel], dict[str, torch.Tensor]]
) -> None:
    before, bare = weights_of(base), _logits(adapters, None)
    _method(base, adapters, None, ("init", "pissa"), ("rank", "4")).prepare("new")
    start = adapters.weights("new")
    with adapters.using("new") as model:
        optimizer = torch.optim.AdamW(adapters.parameters("new"), lr=1e-2, weight_decay=0.0)
        for _ in range(3):
            model(input_ids=TOKENS).logits.square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
    end = adapters.weights("new")
    for key, value in start.items():
        dimension = 0 if "lora_A" in key else 1
        assert value.shape[dimension] == 8
        assert torch.equal(end[key].narrow(dimension, 4, 4), value.narrow(dimension, 4, 4))
        assert not torch.equal(end[key].narrow(dimension, 0, 4), value.narrow(dimension, 0, 4))
    adapters.remove("new")
    after = weights_of(base)
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert torch.equal(_logits(adapters, None), bare)


def test_pissa_on_quantised_weights_is_refused(base: BaseModel, adapters: Adapters) -> None:
    adapters.make("new", 4)
    layer = next(module for module in base.model.modules() if hasattr(module, "lora_A"))
    layer.get_base_layer().weight = torch.nn.Parameter(torch.zeros(8, 8, dtype=torch.uint8), requires_grad=False)
    with pytest.raises(BadSettings, match="4-bit"):
        start_at_principal_parts(base.model, "new", 2)
