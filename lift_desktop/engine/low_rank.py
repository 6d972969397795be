"""LoRA on a linear layer, with fewer passes over memory than PEFT's own layer and the same result.

PEFT's layer casts its input to the adapter's number type, multiplies, scales and adds, and each of these reads and
writes the whole activation, forward and backward. Here the adapter's share is added in place; in learning, one function
computes the layer with its adapters, and all layers that read the same input at once, since their factors are small and
their gradients of the input are one sum. Knows nothing of what is trained.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from peft import LoraConfig
from peft.tuners.lora import Linear as LoraLinear

SAME_INPUT = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
"""Layers that read the same input, in the order in which models call them."""


def use_fused_layers(config: Any) -> None:
    """Has PEFT put `FusedLoraLinear` wherever the LoRA adapter `config` meets a linear layer, quantised or not."""
    if isinstance(config, LoraConfig):
        config._register_custom_module({torch.nn.Linear: FusedLoraLinear})


def join_layers(model: torch.nn.Module) -> None:
    """Lets those fused layers of `model` that read the same input compute it together in learning."""
    for module in model.modules():
        for names in SAME_INPUT:
            layers = [getattr(module, name, None) for name in names]
            if all(isinstance(layer, FusedLoraLinear) for layer in layers):
                layers[0].joined = tuple(layers[1:])  # type: ignore[union-attr]


class FusedLoraLinear(LoraLinear):  # type: ignore[misc]
    """PEFT's LoRA layer; variants (DoRA, ...), dropout and merged adapters PEFT computes as always.

    PEFT knows linear layers by "Linear" in their name. `joined`: other layers that read what this one reads.
    """

    joined: tuple[FusedLoraLinear, ...] = ()
    _ready: tuple[torch.Tensor, torch.Tensor] | None = None
    """What the first of joined layers has computed for this one: (input, output)."""

    def __init__(self, base_layer: torch.nn.Module, adapter_name: str, **settings: Any) -> None:
        super().__init__(base_layer, adapter_name, **settings)
        self._cast: dict[str, tuple[weakref.ref[torch.Tensor], tuple[Any, ...], torch.Tensor, torch.Tensor]] = {}

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """x: [..., in]; returns [..., out]."""
        names = self._names()
        if args or kwargs or self.merged or self.lora_variant or not all(map(self._is_simple, names)):
            return super().forward(x, *args, **kwargs)  # type: ignore[no-any-return]
        if names and torch.is_grad_enabled():
            return self._learning(x, names)
        out: torch.Tensor = self.base_layer(x)
        for name in names:
            first, second = self._turned(name, out.dtype)
            rows = x.reshape(-1, x.shape[-1]).to(out.dtype)
            out.view(-1, out.shape[-1]).addmm_(rows @ first, second, alpha=self.scaling[name])
        return out

    def _learning(self, x: torch.Tensor, names: list[str]) -> torch.Tensor:
        """The same with a gradient for the factors and for x."""
        ready, self._ready = self._ready, None
        if ready is not None and ready[0] is x:
            return ready[1]
        kind = torch.get_autocast_dtype(x.device.type) if torch.is_autocast_enabled(x.device.type) else x.dtype
        if not self._is_plain(kind, names):
            out: torch.Tensor = self.base_layer(x)
            for name in names:
                first, second = self.lora_A[name].weight, self.lora_B[name].weight
                out = _AddLowRank.apply(out, x, first, second, self.scaling[name])  # type: ignore[no-untyped-call]
            return out
        together = [self, *self.joined] if all(each._is_plain(kind, names) for each in self.joined) else [self]
        layers = [_Frozen(each.base_layer.weight, each.base_layer.bias, len(names)) for each in together]
        pairs = [(each, name) for each in together for name in names]
        outs = _Layers.apply(  # type: ignore[no-untyped-call]
            x,
            layers,
            [each.scaling[name] for each, name in pairs],
            *(each.lora_A[name].weight for each, name in pairs),
            *(each.lora_B[name].weight for each, name in pairs),
        )
        for other, out in zip(together[1:], outs[1:], strict=True):
            other._ready = (x, out)
        return outs[0]  # type: ignore[no-any-return]

    def _is_plain(self, kind: torch.dtype, names: list[str]) -> bool:
        """Whether this is a product with frozen weights of number type `kind`, with just the adapters `names`."""
        base: Any = self.base_layer
        if not isinstance(base, torch.nn.Linear) or base.weight.dtype != kind or base.weight.requires_grad:
            return False
        if self._names() != names or base._forward_hooks or base._forward_pre_hooks:
            return False
        return not self.merged and not self.lora_variant and all(map(self._is_simple, names))

    def factors(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """(A [rank, in], B [out, rank] scaled) of each adapter that is active now."""
        return [
            (self.lora_A[name].weight.detach(), self.lora_B[name].weight.detach() * self.scaling[name])
            for name in self._names()
        ]

    def _names(self) -> list[str]:
        return [] if self.disable_adapters else [name for name in self.active_adapters if name in self.lora_A]

    def _is_simple(self, name: str) -> bool:
        return isinstance(self.lora_dropout[name], torch.nn.Identity) and not self.lora_bias[name]

    def _turned(self, name: str, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
        """The two factors, transposed, as `dtype`; cast once for each change of the weights.

        Another adapter of the same name may lie at the same place in memory: the parameter itself is compared.
        """
        first, second = self.lora_A[name].weight, self.lora_B[name].weight
        version = (first._version, second._version, dtype)
        known = self._cast.get(name)
        if known is None or known[0]() is not first or known[1] != version:
            copies = (first.detach().T.to(dtype), second.detach().T.to(dtype))
            known = self._cast[name] = (weakref.ref(first), version, *copies)
        return known[2], known[3]


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A layer without its adapters, of which there are `adapters`. weight: [out, in]; bias: [out]."""

    weight: torch.Tensor
    bias: torch.Tensor | None
    adapters: int


class _Layers(torch.autograd.Function):
    """Of `layers` that read the same x, [..., in]: x W^T + bias + sum of scale * (x A^T) B^T, [..., out] each.

    `scales`, and `factors`: first each A, [rank, in], then each B, [out, rank], in the order of the layers.
    """

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, layers: Sequence[_Frozen], scales: Sequence[float], *factors: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        kind = layers[0].weight.dtype
        firsts, seconds = factors[: len(scales)], factors[len(scales) :]
        rows, first = x.reshape(-1, x.shape[-1]).to(kind), torch.cat(firsts).to(kind)
        scaled = [second.to(kind) * scale for second, scale in zip(seconds, scales, strict=True)]
        inner = rows @ first.T  # of all adapters, side by side
        shares = iter(zip(torch.split(inner, [len(each) for each in firsts], 1), scaled, strict=True))
        outs = []
        for layer in layers:
            out = torch.nn.functional.linear(rows, layer.weight, layer.bias)
            for _ in range(layer.adapters):
                share, second = next(shares)
                out.addmm_(share, second.T)
            outs.append(out.view(*x.shape[:-1], -1))
        ctx.save_for_backward(rows, inner, first, *scaled)
        ctx.layers, ctx.scales, ctx.input, ctx.kinds = layers, scales, (x.shape, x.dtype), [f.dtype for f in factors]
        return tuple(outs)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        rows, inner, first, *scaled = ctx.saved_tensors
        flat = [grad.reshape(-1, grad.shape[-1]) for grad in grads]
        owners = [grad for layer, grad in zip(ctx.layers, flat, strict=True) for _ in range(layer.adapters)]
        ranks = [second.shape[1] for second in scaled]
        through = torch.cat([grad @ second for grad, second in zip(owners, scaled, strict=True)], 1)
        to_x = None
        if ctx.needs_input_grad[0]:
            to_x = through @ first
            for layer, grad in zip(ctx.layers, flat, strict=True):
                to_x.addmm_(grad, layer.weight)
            to_x = to_x.view(ctx.input[0]).to(ctx.input[1])
        to_firsts = torch.split(through.T @ rows, ranks)
        to_seconds = [(share.T @ grad).T for share, grad in zip(torch.split(inner, ranks, 1), owners, strict=True)]
        to_factors = [part.to(kind) for part, kind in zip((*to_firsts, *to_seconds), ctx.kinds, strict=True)]
        for part, scale in zip(to_factors[len(ranks) :], ctx.scales, strict=True):
            part.mul_(scale)
        return to_x, None, None, *to_factors


class _AddLowRank(torch.autograd.Function):
    """out += scale * (x A^T) B^T, in place; x: [..., in], A: [rank, in], B: [out, rank]."""

    @staticmethod
    def forward(
        ctx: Any, out: torch.Tensor, x: torch.Tensor, first: torch.Tensor, second: torch.Tensor, scale: float
    ) -> torch.Tensor:
        rows, first_type, second_type = x.reshape(-1, x.shape[-1]).to(out.dtype), first.dtype, second.dtype
        first, second = first.to(out.dtype), second.to(out.dtype) * scale
        inner = rows @ first.T
        out.view(-1, out.shape[-1]).addmm_(inner, second.T)
        ctx.save_for_backward(rows, inner, first, second)
        ctx.scale, ctx.shape, ctx.types = scale, x.shape, (x.dtype, first_type, second_type)
        ctx.mark_dirty(out)
        return out

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        rows, inner, first, second = ctx.saved_tensors
        flat = grad.reshape(-1, grad.shape[-1])
        through = flat @ second
        to_x = (through @ first).view(ctx.shape).to(ctx.types[0]) if ctx.needs_input_grad[1] else None
        to_first = (through.T @ rows).to(ctx.types[1])
        to_second = (inner.T @ flat).T.to(ctx.types[2]).mul_(ctx.scale)
        return grad, to_x, to_first, to_second, None
