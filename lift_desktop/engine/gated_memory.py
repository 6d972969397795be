"""Gated memory: beside the attention of each layer, a small network of its own for every query head.

Source: "LIFT" (Mao et al., arXiv 2502.14644, versions 1 to 3). For each query head of size d, with its query q = W_q h
as the projection gives it (before any norm of the query and before the rotary embedding, so that a memory does not
depend on where a token stands):

    m   = W2 SiLU(W1 q)                     d -> 2d -> d
    g   = sigmoid(3 (w . SiLU(U q) - 1))    d -> floor(sqrt(d)) -> 1, about 0.047 at the start
    out = (1 - g) attention + g m           form "paper"
    out = attention + g m                   form "identity"

The second form is the first one with m + attention in the place of m: the memory is a correction to what attention
found. With W2 = 0, its start, it changes nothing at all, where the first one weakens attention by g. The result goes
into the output projection as attention's own would. Works through hooks on the projections, hence for every decoder
that has them, whatever its cache, masks and padding. Knows no document.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch.nn.functional import silu

from ..domain.errors import ModelError

PEFT_TYPE = "GATED_MEMORY"
FORMS = ("identity", "paper")
STEEPNESS, THRESHOLD = 3.0, 1.0  # of the gate


def attention_modules(model: torch.nn.Module) -> Iterator[torch.nn.Module]:
    """The self-attention of each layer, in order: what has an output projection and a query's, alone or fused."""
    for module in model.modules():
        if hasattr(module, "o_proj") and (hasattr(module, "q_proj") or hasattr(module, "qkv_proj")):
            yield module


@dataclass(frozen=True, slots=True)
class Shape:
    """One layer's query heads and their size."""

    heads: int
    head_size: int

    @classmethod
    def of(cls, attention: Any) -> Shape:
        """Read from the projections. Raises ModelError for an attention that is built in another way."""
        size = int(getattr(attention, "head_dim", 0))
        width = int(attention.o_proj.in_features)
        queries = attention.q_proj.out_features if hasattr(attention, "q_proj") else width
        if not size or width % size or queries != width:
            raise ModelError("This model's attention is of a kind that gated memory cannot be added to.")
        return cls(width // size, size)


class GatedLayer:
    """The weights of one layer, for H query heads of size d, and the hooks on its projections.

    `memory_in` (W1): [H, 2d, d]; `memory_out` (W2): [H, d, 2d]; `gate_in` (U): [H, s, d]; `gate_out` (w): [H, s], with
    s = floor(sqrt(d)).
    """

    NAMES = ("memory_in", "memory_out", "gate_in", "gate_out")

    def __init__(self, shape: Shape, form: str, device: torch.device) -> None:
        heads, size, narrow = shape.heads, shape.head_size, math.isqrt(shape.head_size)
        self.shape, self.form, self.strength = shape, form, 1.0
        self.memory_in = _uniform((heads, 2 * size, size), size, device)
        self.memory_out = _uniform((heads, size, 2 * size), 2 * size, device)
        if form == "identity":
            torch.nn.init.zeros_(self.memory_out)
        self.gate_in = _uniform((heads, narrow, size), size, device)
        self.gate_out = _uniform((heads, narrow), narrow, device)
        self.gate_sum, self.gates_seen, self.is_recording = 0.0, 0, False
        self._query: torch.Tensor | None = None
        self._hooks: list[Any] = []

    def gate(self, query: torch.Tensor) -> torch.Tensor:
        """g for queries [..., H, d], as [..., H, 1]."""
        inner = silu(torch.einsum("...hd,hsd->...hs", query, self.gate_in))
        score = (inner * self.gate_out).sum(-1, keepdim=True)
        return torch.sigmoid(STEEPNESS * (score - THRESHOLD))

    def memory(self, query: torch.Tensor) -> torch.Tensor:
        """m for queries [..., H, d], of the same shape."""
        inner = silu(torch.einsum("...hd,hed->...he", query, self.memory_in))
        return torch.einsum("...he,hde->...hd", inner, self.memory_out)

    def mixed(self, attended: torch.Tensor, query: torch.Tensor) -> torch.Tensor:
        """What goes into the output projection; both arguments and the result are [..., H, d]."""
        query = query.to(self.memory_in.dtype)
        gate, memory = self.gate(query), self.memory(query)
        if self.is_recording:
            self.gate_sum += float(gate.sum())
            self.gates_seen += gate.numel()
        change = memory if self.form == "identity" else memory - attended
        return attended + (self.strength * gate * change).to(attended.dtype)

    def attach(self, attention: Any) -> None:
        queries = attention.q_proj if hasattr(attention, "q_proj") else attention.qkv_proj
        self._hooks = [
            queries.register_forward_hook(self._keep_query),
            attention.o_proj.register_forward_pre_hook(self._mix),
        ]

    def detach(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks, self._query = [], None

    def _keep_query(self, module: Any, inputs: Any, output: torch.Tensor) -> None:
        self._query = output[..., : self.shape.heads * self.shape.head_size]  # of a fused projection the first part

    def _mix(self, module: Any, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        query, self._query = self._query, None
        assert query is not None, "the query's projection runs before the output's"
        by_head = (*query.shape[:-1], self.shape.heads, self.shape.head_size)
        attended = inputs[0]
        mixed = self.mixed(attended.reshape(by_head), query.reshape(by_head))
        return (mixed.reshape(attended.shape), *inputs[1:])


class GatedMemory:
    """Gated memory in every layer of a model: an `Attachment`. Raises ModelError for a model without such layers."""

    def __init__(self, model: Any, form: str = "identity") -> None:
        shapes = [Shape.of(attention) for attention in attention_modules(model)]
        if not shapes:
            raise ModelError("This model has no attention that gated memory can be added to.")
        self.form = form
        self.layers = [GatedLayer(shape, form, model.device) for shape in shapes]

    def attach(self, model: Any) -> None:
        for layer, attention in zip(self.layers, attention_modules(model), strict=True):
            layer.attach(attention)

    def detach(self) -> None:
        for layer in self.layers:
            layer.detach()

    def named_parameters(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        for number, layer in enumerate(self.layers):
            for name in GatedLayer.NAMES:
                yield f"layers.{number}.{name}", getattr(layer, name)

    def parameters(self) -> list[torch.nn.Parameter]:
        return [parameter for _, parameter in self.named_parameters()]

    def weights(self) -> dict[str, torch.Tensor]:
        return {name: parameter.detach().cpu().contiguous() for name, parameter in self.named_parameters()}

    def set_weights(self, weights: dict[str, torch.Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                parameter.copy_(weights[name])

    def save_config(self, folder: Path, model_name: str) -> None:
        values = {"peft_type": PEFT_TYPE, "base_model_name_or_path": model_name, "form": self.form}
        (folder / "adapter_config.json").write_text(json.dumps(values, indent=1), encoding="utf-8")

    def scaled(self, strength: float) -> Self:
        """The gates are multiplied by `strength`."""
        copy = type(self).__new__(type(self))
        copy.form, copy.layers = self.form, []
        for layer in self.layers:
            twin = GatedLayer.__new__(GatedLayer)
            twin.__dict__ |= layer.__dict__ | {
                "strength": strength,
                "is_recording": False,
                "_hooks": [],
                "_query": None,
            }
            copy.layers.append(twin)
        return copy

    def record(self, is_on: bool) -> None:
        """Begins (from zero) or ends taking down the gates."""
        for layer in self.layers:
            layer.is_recording = is_on
            if is_on:
                layer.gate_sum, layer.gates_seen = 0.0, 0

    def mean_gates(self) -> list[float]:
        """The mean gate (0 to 1) of each layer over heads and tokens since `record(True)`; 0 where none was seen."""
        return [layer.gate_sum / max(1, layer.gates_seen) for layer in self.layers]


def _uniform(shape: tuple[int, ...], inputs: int, device: torch.device) -> torch.nn.Parameter:
    """Kaiming-uniform as torch's linear layers start: within 1 / sqrt(inputs)."""
    bound = 1 / math.sqrt(inputs)
    return torch.nn.Parameter(torch.empty(shape, device=device).uniform_(-bound, bound))
