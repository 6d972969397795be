"""LoRA on a linear layer, with fewer passes over memory than PEFT's own layer and the same result.

PEFT's layer casts its input to the adapter's number type, multiplies, scales and adds, and each of these reads and
writes the whole activation, forward and backward. Here the adapter's share is added in place by one function. Knows
nothing of what is trained.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from peft import LoraConfig
from peft.tuners.lora import Linear as LoraLinear


def use_fused_layers(config: Any) -> None:
    """Has PEFT put `FusedLoraLinear` wherever the LoRA adapter `config` meets a linear layer, quantised or not."""
    if isinstance(config, LoraConfig):
        config._register_custom_module({torch.nn.Linear: FusedLoraLinear})


class FusedLoraLinear(LoraLinear):  # type: ignore[misc]
    """PEFT's LoRA layer; variants (DoRA, ...), dropout and merged adapters PEFT computes as always.

    PEFT knows linear layers by "Linear" in their name.
    """

    def __init__(self, base_layer: torch.nn.Module, adapter_name: str, **settings: Any) -> None:
        super().__init__(base_layer, adapter_name, **settings)
        self._cast: dict[str, tuple[weakref.ref[torch.Tensor], tuple[Any, ...], torch.Tensor, torch.Tensor]] = {}

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """x: [..., in]; returns [..., out]."""
        names = self._names()
        if args or kwargs or self.merged or self.lora_variant or not all(map(self._is_simple, names)):
            return super().forward(x, *args, **kwargs)  # type: ignore[no-any-return]
        out: torch.Tensor = self.base_layer(x)
        for name in names:
            if torch.is_grad_enabled():
                first, second = self.lora_A[name].weight, self.lora_B[name].weight
                out = _AddLowRank.apply(out, x, first, second, self.scaling[name])  # type: ignore[no-untyped-call]
            else:
                first, second = self._turned(name, out.dtype)
                rows = x.reshape(-1, x.shape[-1]).to(out.dtype)
                out.view(-1, out.shape[-1]).addmm_(rows @ first, second, alpha=self.scaling[name])
        return out

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
