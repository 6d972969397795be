"""Copies of a model's weights in eight or four bits, for writing a few tokens at a time on a processor.

Writing one token reads every weight once, so that memory sets the pace. A copy in eight bits (one scale for each
output) is near the weights; one in four bits (a scale and a smallest value for each 32 inputs) is made only of weights
that have been rounded so before, as llama.cpp's Q4_1 files are, and then is as exact as bfloat16. What is multiplied
with them stays as it is. Reading many tokens and learning use the weights themselves. Knows nothing of what is written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

FEW_ROWS = 8
"""Up to so many tokens at once the copy is used: for more, the processor is busier than its memory."""
FEW_ROWS_BEFORE_BFLOAT16 = 4
"""PyTorch multiplies eight-bit weights by four rows at a time: five take as long as eight. That is longer than in
bfloat16, and a third of what float32 takes."""
SMALLEST = 64
WORTH_IT = 1.2
GROUP, LEVELS = 32, 16
EXACT_SHARE = 0.1
"""Weights are of four bits when none is farther from its level than this share of the way to the next."""
ROWS_AT_ONCE = 1024
"""So many outputs of a layer are looked at as floating-point numbers together: the output layer of a large vocabulary
would take more memory than the plan has for all of it."""
_TRIES = 5


class QuickLinear(torch.nn.Linear):
    """A linear layer that also has its weights in fewer bits."""

    quick_weight: torch.Tensor
    quick_scale: torch.Tensor
    most_rows = FEW_ROWS
    """For more rows the weights themselves are faster."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: [..., in]; returns [..., out]."""
        if torch.is_grad_enabled() or x.numel() > self.most_rows * x.shape[-1]:
            return super().forward(x)
        rows = x.reshape(-1, x.shape[-1]).to(torch.bfloat16)
        out = self.product(rows, self.quick_weight, self.quick_scale)
        out = out.to(self.weight.dtype).view(*x.shape[:-1], -1)
        return out if self.bias is None else out + self.bias

    @staticmethod
    def product(rows: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        """rows: [M, in], bfloat16; returns [M, out] without the bias."""
        raise NotImplementedError


class EightBitLinear(QuickLinear):
    """quick_weight: [out, in], int8; quick_scale: [out]."""

    outputs_of_scale = 0

    @staticmethod
    def product(rows: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        return torch._weight_int8pack_mm(rows, weight, scale)


class FourBitLinear(QuickLinear):
    """quick_weight: as PyTorch packs it; quick_scale: [in / GROUP, out, 2], steps and middles."""

    outputs_of_scale = 1

    @staticmethod
    def product(rows: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        return torch._weight_int4pack_mm_for_cpu(rows, weight, GROUP, scale)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The copies of layers that read the same input, multiplied with at once. For at most `most_rows` rows."""

    product: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
    weight: torch.Tensor
    scale: torch.Tensor
    most_rows: int

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """x: [M, in]; returns [M, all layers' out], bfloat16, without biases."""
        return self.product(x.to(torch.bfloat16), self.weight, self.scale)


def side_by_side(layers: Sequence[torch.nn.Module]) -> SideBySide | None:
    """One for `layers` (always the same ones together), which then share its copy; None unless their copies are of one
    kind."""
    first: Any = layers[0]
    kinds = {type(layer) for layer in layers}
    if len(kinds) > 1 or not isinstance(first, EightBitLinear | FourBitLinear):
        return None
    known: SideBySide | None = getattr(first, "quick_side_by_side", None)
    if known is not None:
        return known
    copies: list[Any] = list(layers)
    weight = torch.cat([each.quick_weight for each in copies])
    scale = torch.cat([each.quick_scale for each in copies], first.outputs_of_scale)
    for each, part in zip(copies, torch.split(weight, [len(each.quick_weight) for each in copies]), strict=True):
        each.quick_weight = part
    made = SideBySide(first.product, weight, scale, first.most_rows)
    copies[0].quick_side_by_side = made
    return made


def quicken(model: torch.nn.Module) -> bool:
    """Gives the linear layers of `model` smaller copies of their weights where that makes this processor quicker.

    Returns whether it did. Only for floating-point weights on a CPU; float64 (tests) is left alone.
    """
    layers = [layer for layer in model.modules() if type(layer) is torch.nn.Linear and _is_fit(layer)]
    if not layers or not _gains(max(layers, key=lambda layer: layer.weight.numel()), copy_eight_bits):
        return False
    four = [layer for layer in layers if _has_four_bits(layer)]
    if four and _gains(max(four, key=lambda layer: layer.weight.numel()), copy_four_bits):
        for layer in four:
            copy_four_bits(layer)
    for layer in layers:
        if not isinstance(layer, QuickLinear):
            copy_eight_bits(layer)
    return True


def copy_eight_bits(layer: torch.nn.Linear) -> None:
    """Makes `layer` an EightBitLinear."""
    quick: Any = layer
    quick.quick_weight = torch.empty(layer.weight.shape, dtype=torch.int8)
    quick.quick_scale = torch.empty(len(layer.weight), dtype=torch.bfloat16)
    for start, part in _parts(layer):
        scale = part.abs().amax(1).clamp(min=1e-8) / 127
        quick.quick_weight[start : start + len(part)] = part.div_(scale[:, None]).round_()
        quick.quick_scale[start : start + len(part)] = scale
    quick.__class__ = EightBitLinear
    if layer.weight.dtype == torch.bfloat16:
        quick.most_rows = FEW_ROWS_BEFORE_BFLOAT16


def copy_four_bits(layer: torch.nn.Linear) -> None:
    """Makes `layer` a FourBitLinear."""
    quick: Any = layer
    weights, scales = [], []
    for _, part in _parts(layer):
        levels, step, smallest = _levels(part)
        packed = levels.round_().to(torch.int32).view(part.shape)
        weights.append(torch._convert_weight_to_int4pack_for_cpu(packed, 1))
        scales.append(torch.stack([step, smallest + LEVELS / 2 * step], -1).transpose(0, 1).to(torch.bfloat16))
    quick.quick_weight, quick.quick_scale = torch.cat(weights), torch.cat(scales, FourBitLinear.outputs_of_scale)
    quick.__class__ = FourBitLinear


def _parts(layer: torch.nn.Linear) -> Iterator[tuple[int, torch.Tensor]]:
    """Where each slice of the weights begins, and a copy of it in float32, [up to ROWS_AT_ONCE, in]."""
    for start in range(0, len(layer.weight), ROWS_AT_ONCE):
        yield start, layer.weight.detach()[start : start + ROWS_AT_ONCE].to(torch.float32, copy=True)


def _levels(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(each weight's place among the LEVELS of its group, [out, groups, GROUP]; the groups' steps and smallest values,
    [out, groups])."""
    grouped = weight.view(len(weight), -1, GROUP)
    smallest, largest = grouped.aminmax(dim=-1)
    step = ((largest - smallest) / (LEVELS - 1)).clamp(min=1e-8)
    return (grouped - smallest[..., None]) / step[..., None], step, smallest


def _has_four_bits(layer: torch.nn.Linear) -> bool:
    if layer.in_features % GROUP or layer.out_features % SMALLEST:
        return False
    all_levels = (_levels(part)[0] for _, part in _parts(layer))
    return all(bool(((levels - levels.round()).abs() < EXACT_SHARE).all()) for levels in all_levels)


def _is_fit(layer: torch.nn.Linear) -> bool:
    weight = layer.weight
    kinds = (torch.float32, torch.bfloat16, torch.float16)
    return weight.device.type == "cpu" and weight.dtype in kinds and min(weight.shape) >= SMALLEST


def _gains(layer: torch.nn.Linear, copy: Any) -> bool:
    """Whether one row is multiplied clearly faster with what `copy` makes of `layer` (best of several tries)."""
    copied = torch.nn.Linear(layer.in_features, layer.out_features, bias=False, device="meta")
    copied.weight = layer.weight
    try:
        copy(copied)
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
