"""Eight-bit copies of a model's weights, for writing a few tokens at a time on a processor.

Writing one token reads every weight once, so that memory sets the pace; a copy in eight bits (one scale for each
output; what is multiplied with them stays as it is) is a quarter of float32. Reading many tokens and learning use the
weights themselves. Knows nothing of what is written.
"""

from __future__ import annotations

import time
from typing import Any

import torch

FEW_ROWS = 8
"""Up to so many tokens at once the copy is used: for more, the processor is busier than its memory."""
SMALLEST = 64
WORTH_IT = 1.2
_TRIES = 5


class QuickLinear(torch.nn.Linear):
    """A linear layer that also has its weights in eight bits."""

    quick_weight: torch.Tensor
    quick_scale: torch.Tensor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: [..., in]; returns [..., out]."""
        if torch.is_grad_enabled() or x.numel() > FEW_ROWS * x.shape[-1]:
            return super().forward(x)
        rows = x.reshape(-1, x.shape[-1]).to(torch.bfloat16)
        out = torch._weight_int8pack_mm(rows, self.quick_weight, self.quick_scale)
        out = out.to(self.weight.dtype).view(*x.shape[:-1], -1)
        return out if self.bias is None else out + self.bias


def quicken(model: torch.nn.Module) -> bool:
    """Gives the linear layers of `model` eight-bit copies of their weights where that makes this processor quicker.

    Returns whether it did. Only for floating-point weights on a CPU; float64 (tests) is left alone.
    """
    layers = [layer for layer in model.modules() if type(layer) is torch.nn.Linear and _is_fit(layer)]
    if not layers or not _gains(max(layers, key=lambda layer: layer.weight.numel())):
        return False
    for layer in layers:
        _copy(layer)
    return True


def _is_fit(layer: torch.nn.Linear) -> bool:
    weight = layer.weight
    kinds = (torch.float32, torch.bfloat16, torch.float16)
    return weight.device.type == "cpu" and weight.dtype in kinds and min(weight.shape) >= SMALLEST


def _copy(layer: torch.nn.Linear) -> None:
    quick: Any = layer
    with torch.no_grad():
        weight = layer.weight.float()
        scale = weight.abs().amax(1).clamp(min=1e-8) / 127
        quick.quick_weight = (weight / scale[:, None]).round_().to(torch.int8)
        quick.quick_scale = scale.to(torch.bfloat16)
    quick.__class__ = QuickLinear


def _gains(layer: torch.nn.Linear) -> bool:
    """Whether one row is multiplied clearly faster with the copy (best of several tries)."""
    copied = torch.nn.Linear(layer.in_features, layer.out_features, bias=False, device="meta")
    copied.weight = layer.weight
    try:
        _copy(copied)
        row = torch.ones(1, layer.in_features, dtype=layer.weight.dtype)
        with torch.inference_mode():
            return _best_seconds(layer, row) > WORTH_IT * _best_seconds(copied, row)
    except (AttributeError, NotImplementedError, RuntimeError):
        return False  # this PyTorch or processor cannot do it


def _best_seconds(layer: torch.nn.Module, row: torch.Tensor) -> float:
    seconds = []
    for _ in range(_TRIES):
        start = time.perf_counter()
        layer(row)
        seconds.append(time.perf_counter() - start)
    return min(seconds)
