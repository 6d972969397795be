"""Reading a few tokens of one text with a Llama-like model, without what general code does for every small step.

For one token, a layer of transformers and PEFT spends more time in calls than in arithmetic. Here the same modules'
weights and norms are used, layers that read the same input share the products of their low-rank adapters, and nothing
is checked again. Other architectures, adapters that act through hooks, and long inputs are left to transformers.
Knows nothing of what is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import Cache
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from .low_rank import FusedLoraLinear

LIKE_LLAMA = frozenset({"llama", "mistral", "qwen2", "qwen3"})


class LeanDecoder:
    """The decoder of `model` with the adapters that are active now."""

    def __init__(self, model: Any) -> None:
        decoder = model.get_decoder()
        self._embeddings, self._norm, self._rotary = decoder.embed_tokens, decoder.norm, decoder.rotary_emb
        self._head = model.get_output_embeddings()
        self._layers = [_Layer.of(layer) for layer in decoder.layers]

    def logits(self, ids: torch.Tensor, position: int, cache: Cache) -> torch.Tensor:
        """The float32 logits after each of the new tokens `ids` ([M], the first at `position`), [M, vocabulary]; their
        keys and values are added to `cache`."""
        hidden = self._embeddings(ids)
        positions = torch.arange(position, position + len(ids), device=ids.device)[None]
        rotation = self._rotary(hidden[None], positions)
        mask = self._mask(len(ids), cache.layers[0].get_seq_length() + len(ids), hidden) if len(ids) > 1 else None
        for layer, kept in zip(self._layers, cache.layers, strict=True):
            hidden = layer.read(hidden, rotation, kept, mask)
        logits: torch.Tensor = self._head(self._norm(hidden))
        return logits.float()

    def _mask(self, new: int, seen: int, like: torch.Tensor) -> torch.Tensor:
        """What is added to the scores of `_attend`, made once for all layers: -inf where a token may not look."""
        mask = like.new_full((new, seen), float("-inf")).triu(seen - new + 1)
        return mask.repeat(self._layers[0].attention.num_key_value_groups, 1)


def lean_decoder(model: Any) -> LeanDecoder | None:
    """A decoder for `model` as it is now; None where it would not compute the same."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    config = base.config
    is_plain = config.model_type in LIKE_LLAMA and not getattr(config, "sliding_window", None)
    if not is_plain or next(base.parameters()).device.type != "cpu":
        return None
    for module in base.modules():
        if module._forward_hooks or module._forward_pre_hooks:
            return None
        if hasattr(module, "lora_A") and not isinstance(module, FusedLoraLinear):
            return None
    return LeanDecoder(base)


@dataclass(frozen=True, slots=True)
class _Layer:
    attention: Any
    input_norm: Any
    attention_norm: Any
    activation: Any
    reading: _Linears  # queries, keys, values
    output: _Linears
    widening: _Linears  # gate, up
    narrowing: _Linears

    @classmethod
    def of(cls, layer: Any) -> _Layer:
        attention, mlp = layer.self_attn, layer.mlp
        return cls(
            attention,
            layer.input_layernorm,
            layer.post_attention_layernorm,
            mlp.act_fn,
            _Linears([attention.q_proj, attention.k_proj, attention.v_proj]),
            _Linears([attention.o_proj]),
            _Linears([mlp.gate_proj, mlp.up_proj]),
            _Linears([mlp.down_proj]),
        )

    def read(
        self, hidden: torch.Tensor, rotation: tuple[torch.Tensor, torch.Tensor], cache: Any, mask: torch.Tensor | None
    ) -> torch.Tensor:
        """hidden: [M, width], of the new tokens; the same after this layer."""
        attention = self.attention
        query, key, value = (
            part.view(len(hidden), -1, attention.head_dim) for part in self.reading(self.input_norm(hidden))
        )
        if hasattr(attention, "q_norm"):
            query, key = attention.q_norm(query), attention.k_norm(key)
        query, key, value = (part.transpose(0, 1)[None] for part in (query, key, value))
        query, key = apply_rotary_pos_emb(query, key, *rotation)
        keys, values = cache.update(key, value)
        mixed = _attend(query[0], keys[0], values[0], attention.scaling, mask)
        hidden = hidden + self.output(mixed.transpose(0, 1).flatten(1))[0]
        gate, up = self.widening(self.attention_norm(hidden))
        return hidden + self.narrowing(self.activation(gate) * up)[0]


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
    """Linear layers that read the same input, with the shares of the active low-rank adapters in two products."""

    def __init__(self, layers: list[Any]) -> None:
        self._bases = [layer.base_layer if isinstance(layer, FusedLoraLinear) else layer for layer in layers]
        self._sizes = [base.out_features for base in self._bases]
        kind = torch.promote_types(self._bases[0].weight.dtype, torch.float32)
        firsts: list[torch.Tensor] = []
        seconds: list[torch.Tensor] = []
        for place, layer in enumerate(layers):
            for first, second in layer.factors() if isinstance(layer, FusedLoraLinear) else ():
                before, after = sum(self._sizes[:place]), sum(self._sizes[place + 1 :])
                firsts.append(first.T.to(kind))
                seconds.append(torch.nn.functional.pad(second.T.to(kind), (before, after)))
        self._first = torch.cat(firsts, 1) if firsts else None  # [inputs, ranks of all]
        self._second = torch.cat(seconds) if seconds else None  # [ranks of all, outputs of all]

    def __call__(self, x: torch.Tensor) -> list[torch.Tensor]:
        """x: [M, inputs]; returns each layer's [M, outputs]."""
        outs = [base(x) for base in self._bases]
        if self._first is None or self._second is None:
            return outs
        shares = torch.split(x.to(self._first.dtype) @ self._first @ self._second, self._sizes, 1)
        return [out.add_(share) for out, share in zip(outs, shares, strict=True)]
