"""Norms by the root of the mean square with frozen weights, with a gradient that takes half the passes over memory.

Written out of small operations, such a norm's gradient is some twenty of them, and a model of thirty layers has sixty
norms. Knows nothing of what is learned.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch


def use_frozen_norms(model: torch.nn.Module) -> None:
    """Lets all modules of `model` that compute just this norm, and whose weights are frozen, compute it here."""
    for module in model.modules():
        if hasattr(module, "variance_epsilon") and not module.weight.requires_grad and _is_alike(module):
            module.forward = partial(_norm, module)


def _is_alike(module: Any) -> bool:
    """Whether it gives the same (some models' norms bend or shift their weights)."""
    weight = module.weight
    x = torch.linspace(-2, 3, 2 * len(weight), dtype=weight.dtype, device=weight.device).view(2, -1)
    return torch.equal(module(x), _norm(module, x))


def _norm(module: Any, x: torch.Tensor) -> torch.Tensor:
    normed: torch.Tensor = _FrozenNorm.apply(x, module.weight, module.variance_epsilon)  # type: ignore[no-untyped-call]
    return normed


class _FrozenNorm(torch.autograd.Function):
    """weight * x / sqrt(mean(x^2) + epsilon) over the last dimension, in float32 but for the weight, which gets no
    gradient. x: [..., size]; weight: [size]."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
        exact = x.to(torch.float32, copy=True)
        scale = torch.rsqrt(exact.square().mean(-1, keepdim=True) + epsilon)
        normed = exact.mul_(scale).to(x.dtype)
        ctx.save_for_backward(normed, scale, weight)
        return weight * normed

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        normed, scale, weight = ctx.saved_tensors
        through, exact = (grad * weight).float(), normed.float()
        along = torch.linalg.vecdot(through, exact)[..., None].div_(-through.shape[-1])
        return through.addcmul(exact, along).mul_(scale).to(normed.dtype), None, None
