"""Reading a few tokens of one text with a Llama-like model, without what general code does for every small step.

For one token, a layer of transformers and PEFT spends more time in calls than in arithmetic. Here the same modules'
weights and norms are used, layers that read the same input are multiplied with at once, and nothing is checked again.
Between the products numbers are float32 (float64 in a model of these), so that few have to be converted. Other
architectures, adapters that act through hooks, and long inputs are left to transformers.
Knows nothing of what is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import Cache

from .low_rank import FusedLoraLinear
from .quick_weights import side_by_side

LIKE_LLAMA = frozenset({"llama", "mistral", "qwen2", "qwen3"})
DEVICES = frozenset({"cpu", "cuda"})


class LeanDecoder:
    """The decoder of `model` with the adapters that are active now."""

    def __init__(self, model: Any) -> None:
        decoder = model.get_decoder()
        self._embeddings, self._rotary = decoder.embed_tokens, decoder.rotary_emb
        self._stored = self._embeddings.weight.dtype
        self._computed = torch.promote_types(self._stored, torch.float32)
        self._norm = _Norm.of(decoder.norm, self._computed)
        self._head = model.get_output_embeddings()
        self._layers = [_Layer.of(layer, self._stored, self._computed) for layer in decoder.layers]

    def logits(self, ids: torch.Tensor, position: int, cache: Cache) -> torch.Tensor:
        """The float32 logits after each of the new tokens `ids` ([M], the first at `position`), [M, vocabulary]; their
        keys and values are added to `cache`."""
        positions = torch.arange(position, position + len(ids), device=ids.device)
        seen = cache.layers[0].get_seq_length() + len(ids)
        may_look = None
        if len(ids) > 1:
            may_look = torch.ones(len(ids), seen, dtype=torch.bool, device=ids.device).tril(seen - len(ids))
        return self.read(ids, positions, cache.layers, may_look)

    def read(
        self, ids: torch.Tensor, positions: torch.Tensor, kept: Sequence[Any], may_look: torch.Tensor | None
    ) -> torch.Tensor:
        """As `logits`, with nothing but tensors: ids, positions: [M]; `kept`: for each layer what keeps the keys and
        values, and gives all S that are to be looked at; may_look: [M, S], None where all may see all."""
        hidden = self._embeddings(ids).to(self._computed)
        rotation = _Rotation.of(*self._rotary(hidden[None], positions[None]))
        mask = None if may_look is None else self._mask(may_look)
        for layer, own in zip(self._layers, kept, strict=True):
            hidden = layer.read(hidden, rotation, own, mask)
        logits: torch.Tensor = self._head(self._norm(hidden).to(self._stored))
        return logits.float()

    def _mask(self, may_look: torch.Tensor) -> torch.Tensor:
        """What is added to the scores of `_attend`, made once for all layers: -inf where a token may not look."""
        mask = torch.zeros(may_look.shape, dtype=self._stored, device=may_look.device)
        asking, asked = self._layers[0].heads
        return mask.masked_fill_(~may_look, float("-inf")).repeat(asking // asked, 1)


def lean_decoder(model: Any) -> LeanDecoder | None:
    """A decoder for `model` as it is now; None where it would not compute the same."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    config = base.config
    is_plain = config.model_type in LIKE_LLAMA and not getattr(config, "sliding_window", None)
    if not is_plain or next(base.parameters()).device.type not in DEVICES:
        return None
    for module in base.modules():
        if module._forward_hooks or module._forward_pre_hooks:
            return None
        if hasattr(module, "lora_A") and not isinstance(module, FusedLoraLinear):
            return None
    return LeanDecoder(base)


@dataclass(frozen=True, slots=True)
class _Norm:
    """A norm by the root of the mean square, over the last dimension, in fewer steps than PyTorch takes."""

    weight: torch.Tensor
    epsilon: torch.Tensor

    @classmethod
    def of(cls, norm: Any, dtype: torch.dtype) -> _Norm:
        weight = norm.weight.detach().to(dtype)
        return cls(weight, weight.new_full((), norm.variance_epsilon))

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        scale = torch.addcmul(self.epsilon, length, length, value=1 / x.shape[-1]).rsqrt_()
        return (x * scale).mul_(self.weight)


@dataclass(frozen=True, slots=True)
class _Rotation:
    """Rotary positions of M tokens, for all heads at once. cosines, sines: [M, 1, size], the first half of the sines
    negated: what they are multiplied with is only rolled."""

    cosines: torch.Tensor
    sines: torch.Tensor

    @classmethod
    def of(cls, cosines: torch.Tensor, sines: torch.Tensor) -> _Rotation:
        """cosines, sines: [1, M, size], as transformers gives them."""
        half = sines.shape[-1] // 2
        sines = torch.cat([-sines[0, :, :half], sines[0, :, half:]], -1)
        return cls(cosines[0, :, None], sines[:, None])

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """x: [M, heads, size]."""
        return x * self.cosines + x.roll(x.shape[-1] // 2, -1) * self.sines


@dataclass(frozen=True, slots=True)
class _Layer:
    stored: torch.dtype
    scaling: float
    heads: tuple[int, int]  # that ask, that are asked
    input_norm: _Norm
    attention_norm: _Norm
    head_norms: tuple[_Norm, _Norm] | None  # of queries and of keys, in models that have them
    activation: Any
    reading: _Linears  # queries, keys, values
    output: _Linears
    widening: _Linears  # gate, up
    narrowing: _Linears

    @classmethod
    def of(cls, layer: Any, stored: torch.dtype, computed: torch.dtype) -> _Layer:
        attention, mlp = layer.self_attn, layer.mlp
        size = attention.head_dim
        has_norms = hasattr(attention, "q_norm")
        return cls(
            stored,
            attention.scaling,
            (attention.q_proj.out_features // size, attention.k_proj.out_features // size),
            _Norm.of(layer.input_layernorm, computed),
            _Norm.of(layer.post_attention_layernorm, computed),
            (_Norm.of(attention.q_norm, computed), _Norm.of(attention.k_norm, computed)) if has_norms else None,
            mlp.act_fn,
            _Linears([attention.q_proj, attention.k_proj, attention.v_proj], stored, computed),
            _Linears([attention.o_proj], stored, computed),
            _Linears([mlp.gate_proj, mlp.up_proj], stored, computed),
            _Linears([mlp.down_proj], stored, computed),
        )

    def read(self, hidden: torch.Tensor, rotation: _Rotation, cache: Any, mask: torch.Tensor | None) -> torch.Tensor:
        """hidden: [M, width], of the new tokens; the same after this layer."""
        asking, asked = self.heads
        heads = self.reading(self.input_norm(hidden)).view(len(hidden), asking + 2 * asked, -1)
        turned, value = torch.split(heads, [asking + asked, asked], 1)
        if self.head_norms is not None:
            parts = zip(self.head_norms, torch.split(turned, [asking, asked], 1), strict=True)
            turned = torch.cat([norm(part) for norm, part in parts], 1)
        turned = rotation(turned).to(self.stored)  # as the model itself keeps keys and values
        query, key = torch.split(turned.transpose(0, 1)[None], [asking, asked], 1)
        keys, values = cache.update(key, value.to(self.stored).transpose(0, 1)[None])
        mixed = _attend(query[0], keys[0], values[0], self.scaling, mask)
        hidden = hidden + self.output(mixed.transpose(0, 1).flatten(1))
        gate, up = self.widening(self.attention_norm(hidden)).chunk(2, 1)
        return hidden + self.narrowing(self.activation(gate) * up)


def _attend(
    query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, scale: float, mask: torch.Tensor | None
) -> torch.Tensor:
    """Attention of M new tokens to the L so far; query: [heads, M, size], keys and values: [groups, L, size], mask:
    [heads / groups * M, L], added to the scores; returns [heads, M, size].

    Heads that share keys are rows of one matrix here: PyTorch's kernel reads the keys anew for each head, and for few
    tokens that is all its work.
    """
    heads, new, size = query.shape
    groups = len(keys)
    rows = query.reshape(1, groups, -1, size)
    mixed = torch.nn.functional.scaled_dot_product_attention(
        rows, keys[None], values[None], attn_mask=mask, scale=scale
    )
    return mixed.reshape(heads, new, size)


class _Linears:
    """Linear layers that read the same input, with the shares of the active low-rank adapters in two products.

    `stored` is the number type that the layers take, `computed` the one of what they are given and return.
    """

    def __init__(self, layers: list[Any], stored: torch.dtype, computed: torch.dtype) -> None:
        self._bases = [layer.base_layer if isinstance(layer, FusedLoraLinear) else layer for layer in layers]
        self._stored, self._computed = stored, computed
        self._quick = side_by_side(self._bases) if all(base.bias is None for base in self._bases) else None
        sizes = [base.out_features for base in self._bases]
        firsts: list[torch.Tensor] = []
        seconds: list[torch.Tensor] = []
        for place, layer in enumerate(layers):
            for first, second in layer.factors() if isinstance(layer, FusedLoraLinear) else ():
                before, after = sum(sizes[:place]), sum(sizes[place + 1 :])
                firsts.append(first.T.to(computed))
                seconds.append(torch.nn.functional.pad(second.T.to(computed), (before, after)))
        self._first = torch.cat(firsts, 1) if firsts else None  # [inputs, ranks of all]
        self._second = torch.cat(seconds) if seconds else None  # [ranks of all, outputs of all]

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """x: [M, inputs]; returns the layers' outputs side by side, [M, outputs of all]."""
        out = self._product(x)
        if self._first is None or self._second is None:
            return out.to(self._computed)
        return (x.to(self._computed) @ self._first @ self._second).add_(out)

    def _product(self, x: torch.Tensor) -> torch.Tensor:
        if self._quick is not None and len(x) <= self._quick.most_rows:
            return self._quick(x)
        x = x.to(self._stored)
        outs = [base(x) for base in self._bases]
        return torch.cat(outs, 1) if len(outs) > 1 else outs[0]
