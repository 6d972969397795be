"""The quick norm gives what the model's own gives, forward and backward, and replaces no other kind."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from lift_desktop.engine.norms import use_frozen_norms

from .test_attention import CONFIGS


def _model(name: str, dtype: torch.dtype = torch.float32) -> Any:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(type(CONFIGS[name]).from_dict(CONFIGS[name].to_dict())).to(dtype).eval()
    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            module.weight.data.uniform_(0.5, 1.5)
    return model.requires_grad_(False)


def _replaced(model: Any) -> int:
    return sum("forward" in vars(module) for module in model.modules())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", ["llama", "mistral with a window", "qwen3", "phi3"])
def test_output_and_gradient_are_those_of_the_models_own_norm(name: str, dtype: torch.dtype) -> None:
    own, quick = _model(name, dtype), _model(name, dtype)
    use_frozen_norms(quick)
    norms = 2 * 3 + 1 + (2 * 3 if name == "qwen3" else 0)  # in three layers and at the end
    assert _replaced(quick) == norms
    x = torch.randn(2, 7, 32, generator=torch.Generator().manual_seed(1)).to(dtype)
    results = []
    for model in (own, quick):
        given = x.clone().requires_grad_()
        normed = model.model.norm(given)
        (gradient,) = torch.autograd.grad((normed * x.cos()).sum(), given)
        results.append((normed, gradient))
    (theirs, their_gradient), (ours, our_gradient) = results
    assert torch.equal(theirs, ours)
    exact = 1e-5 if dtype is torch.float32 else 2e-2
    torch.testing.assert_close(our_gradient, their_gradient, rtol=exact, atol=exact)


def test_norms_that_are_trained_or_of_another_kind_stay() -> None:
    trained, shifted = _model("llama").requires_grad_(True), _model("gemma2")
    use_frozen_norms(trained)
    use_frozen_norms(shifted)
    assert _replaced(trained) == _replaced(shifted) == 0


def test_a_norm_that_only_looks_alike_stays() -> None:
    class Shifted(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(8), requires_grad=False)
            self.variance_epsilon = 1e-5

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (1 + self.weight) * torch.nn.functional.rms_norm(x, (8,), eps=self.variance_epsilon)

    model = Shifted()
    use_frozen_norms(model)
    assert _replaced(model) == 0
