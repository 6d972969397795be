"""Attention over texts that share prefixes: what transformers calls in each layer.

In learning, texts are packed (`packed_attention.py`); in writing, many rows look at a prefix whose keys and values are
kept once, and each at its own (`Rows`). `attend` is registered with transformers under the name ATTENTION; a call
without a `layout` is the usual attention. Knows nothing of prompts or of what is learned.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from .packed_attention import Layout, Scores, attend_packed

ATTENTION = "shared_prefixes"


class Rows:
    """R rows that are written, each after one of P prefixes of at most K tokens.

    keys, values: for each layer [P, key heads, K, size]; prefix_positions: [P, K], -1 where there is padding; owners:
    [R], each row's prefix; own_positions: [R, L], of the L tokens that each row has by itself, -1 for padding.
    """

    def __init__(
        self,
        keys: list[torch.Tensor],
        values: list[torch.Tensor],
        prefix_positions: torch.Tensor,
        owners: torch.Tensor,
        own_positions: torch.Tensor,
    ) -> None:
        self.keys, self.values = keys, values
        self._prefix_positions, self._owners, self.own_positions = prefix_positions, owners, own_positions
        self._hidden: dict[tuple[int, int | None, torch.dtype], torch.Tensor] = {}
        self._arrange()

    def _arrange(self) -> None:
        """`grid`: the rows of each prefix side by side, [P * most rows of one prefix] (any row where there is none);
        and the place of each row in it, [R]."""
        owners, prefixes = self._owners, len(self._prefix_positions)
        counts = torch.bincount(owners, minlength=prefixes)
        order = owners.argsort(stable=True)
        rank = torch.empty_like(order)
        rank[order] = torch.arange(len(order), device=order.device) - (counts.cumsum(0) - counts)[owners[order]]
        most = int(counts.max())
        places = owners * most + rank
        grid = torch.zeros(prefixes * most, dtype=torch.long, device=order.device)
        grid[places] = torch.arange(len(order), device=order.device)
        self.grid = grid, places

    def set_own(self, positions: torch.Tensor) -> None:
        """Takes the positions of each row's own tokens, [R, L]."""
        self.own_positions = positions
        self._hidden.clear()

    def keep(self, rows: torch.Tensor) -> None:
        """From now on there are only `rows` (indices); prefixes that none of them has are dropped."""
        left, self._owners = self._owners[rows].unique(return_inverse=True)
        if len(left) < len(self._prefix_positions):
            self.keys = [part[left] for part in self.keys]
            self.values = [part[left] for part in self.values]
            self._prefix_positions = self._prefix_positions[left]
        self.set_own(self.own_positions[rows])
        self._arrange()

    def hidden(self, tokens: int, window: int | None, dtype: torch.dtype) -> torch.Tensor:
        """What is added to the scores of each row's last `tokens` tokens, [R, tokens, K + L]: 0 where they may look.

        Padding looks everywhere, so that nothing becomes "not a number": what hides is half of the least number, for
        the score itself is added to it.
        """
        known = self._hidden.get((tokens, window, dtype))
        if known is not None:
            return known
        keys = torch.cat([self._prefix_positions[self._owners], self.own_positions], 1)[:, None]
        queries = self.own_positions[:, -tokens:, None]
        visible = (keys >= 0) & (keys <= queries)
        if window is not None:
            visible &= queries - keys < window
        hidden = torch.zeros(visible.shape, dtype=dtype, device=keys.device)
        hidden.masked_fill_(~visible, torch.finfo(dtype).min / 2)
        self._hidden[tokens, window, dtype] = hidden
        return hidden


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    layout: Layout | Rows | None = None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **settings: Any,
) -> tuple[torch.Tensor, None]:
    """What transformers calls in each layer. query: [rows, heads, T, size]; key, value: [rows, key heads, E + T, size],
    the first E of which (a trained prefix) every token sees; returns [rows, T, heads, size].

    With a `Layout` there is one row; `attention_mask` counts only where a sliding window is shorter than a text.
    """
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    if isinstance(layout, Rows):
        return _from_rows(module, query, key, value, layout, Scores(scaling, softcap), sliding_window), None
    if layout is not None and sliding_window is not None and layout.longest >= sliding_window:
        distance = layout.positions[:, None] - layout.positions[None]
        attention_mask = attention_mask & (distance < sliding_window) if attention_mask is not None else None
        layout = None
    if layout is None and softcap is not None:
        return _with_mask(query, key, value, attention_mask, Scores(scaling, softcap)), None
    if layout is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **settings)
    # Not by an index, whose gradient is written into a new tensor of zeros.
    queries, keys, values = (part.squeeze(0).transpose(0, 1) for part in (query, key, value))
    return attend_packed(queries, keys, values, layout, Scores(scaling, softcap))[None], None


def _with_mask(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None, scores: Scores
) -> torch.Tensor:
    """The usual attention, for models that bend their scores, which PyTorch's own cannot. mask: [rows, 1, T, E + T]."""
    rows, heads, length, size = query.shape
    if mask is None:
        mask = torch.ones(length, key.shape[2], dtype=torch.bool, device=query.device).tril(key.shape[2] - length)
    both = scores(query.unflatten(1, (key.shape[1], -1)).flatten(2, 3), key).unflatten(2, (-1, length))
    both = both.masked_fill(~mask.view(-1, 1, 1, *mask.shape[-2:]), torch.finfo(both.dtype).min)
    out = both.softmax(-1).flatten(2, 3) @ value
    return out.view(rows, heads, length, size).transpose(1, 2)


def _from_rows(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    rows: Rows,
    scores: Scores,
    window: int | None,
) -> torch.Tensor:
    """query: [R, heads, Q, size]; key, value: each row's own, [R, key heads, L, size]; returns [R, Q, heads, size]."""
    count, heads, tokens, size = query.shape
    key_heads = key.shape[1]
    query = query.reshape(count, key_heads, -1, size)  # [R, key heads, share * Q, size]
    grid, places = rows.grid
    prefix_key, prefix_value = rows.keys[module.layer_idx], rows.values[module.layer_idx]
    shape = (len(prefix_key), len(grid) // len(prefix_key))  # prefixes, rows of each

    def together(part: torch.Tensor) -> torch.Tensor:
        """Rows of one prefix side by side: [R, key heads, N, x] -> [P, key heads, rows * N, x]."""
        return part.index_select(0, grid).unflatten(0, shape).transpose(1, 2).flatten(2, 3)

    def apart(part: torch.Tensor) -> torch.Tensor:
        """The way back."""
        return part.unflatten(2, (shape[1], -1)).transpose(1, 2).flatten(0, 1).index_select(0, places)

    to_prefix = apart(scores(together(query), prefix_key))
    both = torch.cat([to_prefix, scores(query, key)], -1).unflatten(2, (-1, tokens))  # [R, key heads, share, Q, K + L]
    weights = (both + rows.hidden(tokens, window, both.dtype)[:, None, None]).softmax(-1).flatten(2, 3)
    from_prefix, from_own = weights.split([prefix_key.shape[2], key.shape[2]], -1)
    out = apart(together(from_prefix) @ prefix_value) + from_own @ value
    return out.view(count, heads, tokens, size).transpose(1, 2)


AttentionInterface.register(ATTENTION, attend)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
