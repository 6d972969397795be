"""What a device can do, tried: number types, and a small quantised forward and backward pass for each quantisation.

A quantisation is offered when its output and its gradients agree with those of the same weights unquantised, after the
layer was read with first, as study does before training. Knows no model.
"""

from __future__ import annotations

import time

import torch

from ..domain.models import Quantisation
from . import quantising
from .quantising import PROBLEMS, first_line

_INPUTS, _OUTPUTS, _ROWS = 128, 192, 32
_LEAST_LIKENESS = 0.97
"""Cosine between the quantised and the exact gradient: NF4 gives 0.996, int8 0.99998, a broken backward pass 0."""
_GAIN_SIZE = 768
WORTH_IT = 1.5
"""bfloat16 is used on a processor that multiplies at least this many times as fast with it."""


def bfloat16_gain() -> float:
    """How many times faster a matrix product is in bfloat16 than in float32 on this processor (best of several)."""
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        left = torch.ones(_GAIN_SIZE, _GAIN_SIZE, dtype=dtype)
        best = float("inf")
        for _ in range(6):
            start = time.perf_counter()
            left @ left
            best = min(best, time.perf_counter() - start)
        seconds[dtype] = best
    return seconds[torch.float32] / seconds[torch.bfloat16]


def number_type(device: torch.device) -> tuple[torch.dtype, str]:
    """The number type to compute in on `device`, and why in words."""
    if device.type == "cpu":
        gain = bfloat16_gain()
        words = f"The processor multiplies bfloat16 matrices {gain:.1f} times as fast as float32 ones."
        return (torch.bfloat16 if gain >= WORTH_IT else torch.float32), words
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16, "The GPU computes in bfloat16."
    if device.type == "cuda":
        return torch.float16, "The GPU has no bfloat16; float16 is used, with scaled gradients."
    why = why_not_bfloat16(device)
    if not why:
        return torch.bfloat16, "The GPU computes in bfloat16."
    return torch.float32, f"The GPU computes in float32: bfloat16 fails ({why})."


def why_not_bfloat16(device: torch.device) -> str:
    """Why a forward and backward pass in mixed precision fails on `device`; "" when it works."""
    try:
        weights = torch.ones(_OUTPUTS, _INPUTS, device=device, requires_grad=True)
        with torch.autocast(device.type, torch.bfloat16):
            output = torch.nn.functional.linear(torch.ones(_ROWS, _INPUTS, device=device), weights)
        output.float().mean().backward()  # type: ignore[no-untyped-call]
        assert weights.grad is not None
        return "" if bool(torch.isfinite(weights.grad).all()) else "its results are no numbers"
    except PROBLEMS as error:
        return first_line(error)


def why_not(quantisation: Quantisation, device: torch.device, dtype: torch.dtype) -> str:
    """Why `quantisation` cannot be used on `device`, in words; "" when it works."""
    if quantising.bitsandbytes is None:
        return f"bitsandbytes cannot be used: {quantising.WHY_MISSING}."
    if device.type == "cpu" and torch.backends.cpu.get_cpu_capability() == "DEFAULT":
        return "The processor has no AVX2 instructions."
    try:
        likeness = _likeness(quantisation, device, dtype)
    except PROBLEMS as error:
        return f"It fails on this device: {first_line(error)}."
    if not likeness >= _LEAST_LIKENESS:
        return f"Its gradients are wrong on this device (likeness {likeness:.2f})."
    return ""


def _likeness(quantisation: Quantisation, device: torch.device, dtype: torch.dtype) -> float:
    """The smaller cosine of outputs and of gradients between a quantised layer and its exact weights; 1 is the same."""
    generator = torch.Generator().manual_seed(0)
    weights = (torch.randn(_OUTPUTS, _INPUTS, generator=generator) / 8).to(device, dtype)
    inputs = torch.randn(_ROWS, _INPUTS, generator=generator).to(device)
    layer = quantising.linear(quantisation, weights, dtype)
    with torch.inference_mode():
        layer.eval()(inputs.to(dtype))
    outputs, gradients = [], []
    for linear in (layer.train(), lambda given: torch.nn.functional.linear(given, weights)):
        adapter = torch.zeros(_INPUTS, _INPUTS, device=device, requires_grad=True)
        output = linear((inputs + inputs @ adapter).to(dtype)).float()
        output.pow(2).mean().backward()
        assert adapter.grad is not None, "no gradient"
        outputs.append(output.detach().flatten())
        gradients.append(adapter.grad.flatten())
    pairs = ((outputs[0], outputs[1]), (gradients[0], gradients[1]))
    return min(torch.nn.functional.cosine_similarity(one, other, dim=0).item() for one, other in pairs)
