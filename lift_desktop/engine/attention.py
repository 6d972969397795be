"""Attention over texts that share prefixes, without the work for what no token may look at.

A dense mask makes attention compute every pair of tokens and throw most of them away. Here, in learning, each group's
prefix looks at itself, and its items look at the prefix and each at itself (`Layout`); in writing, many rows look at a
prefix whose keys and values are kept once, and each at its own (`Rows`). `attend` is registered with transformers under
the name ATTENTION; a call without a `layout` is the usual attention. Knows nothing of prompts or of what is learned.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

ATTENTION = "shared_prefixes"
SHORT = 512
"""Up to so many tokens plain matrix products are faster on a CPU than PyTorch's own attention with its gradient."""


KeysAndValues = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Block:
    """A group in the arranged order: its prefix, then `items` texts of `item_length` places each (shorter ones are
    padded at their end). All counts are numbers of tokens."""

    prefix_length: int
    items: int
    item_length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How T packed tokens are arranged for attention, in S >= T places.

    order: [S], the token at each place (any token where it is padding); padding: [S], True there; places: [T], where
    each token went; positions: [T], as the model counts them.
    """

    order: torch.Tensor
    padding: torch.Tensor
    places: torch.Tensor
    positions: torch.Tensor
    blocks: tuple[Block, ...]

    @property
    def longest(self) -> int:
        """The most tokens that one text has with its prefix."""
        return max(block.prefix_length + block.item_length for block in self.blocks)

    def to(self, device: torch.device) -> Layout:
        """The same on `device`."""
        moved = {field.name: getattr(self, field.name).to(device) for field in fields(self) if field.name != "blocks"}
        return replace(self, **moved)


def arrange(groups: list[tuple[int, list[int]]]) -> Layout:
    """The layout of packed groups, each (tokens of the prefix, [tokens of each item]).

    Where a prefix has one item nothing is shared: such texts, if short, are items of one block without a prefix.
    """
    shared: list[tuple[Block, list[tuple[int, int]]]] = []  # with the stretches (first token, tokens) of each place
    alone: list[tuple[int, int]] = []
    positions: list[int] = []
    for prefix, items in groups:
        start = len(positions)
        positions += range(prefix)
        stretches = [(start, prefix)]
        for length in items:
            stretches.append((len(positions), length))
            positions += range(prefix, prefix + length)
        if len(items) > 1:
            shared.append((Block(prefix, len(items), max(items)), stretches))
        else:
            alone.append((start, len(positions) - start))
    short = [stretch for stretch in alone if stretch[1] <= SHORT]
    blocks = shared + [(Block(length, 0, 0), [(start, length)]) for start, length in alone if length > SHORT]
    if short:
        blocks.append((Block(0, len(short), max(length for _, length in short)), [(0, 0), *short]))
    order: list[int] = []
    padding: list[bool] = []
    places = [0] * len(positions)
    for block, stretches in blocks:
        for place, (start, length) in enumerate(stretches):
            width = block.item_length if place else length
            places[start : start + length] = range(len(order), len(order) + length)
            order += [*range(start, start + length), *[0] * (width - length)]
            padding += [False] * length + [True] * (width - length)
    as_tensors = torch.tensor(order), torch.tensor(padding), torch.tensor(places), torch.tensor(positions)
    return Layout(*as_tensors, tuple(block for block, _ in blocks))


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

        Padding looks everywhere, so that nothing becomes "not a number".
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
        hidden.masked_fill_(~visible, torch.finfo(dtype).min)
        self._hidden[tokens, window, dtype] = hidden
        return hidden


class _Arranged(torch.autograd.Function):
    """Tokens to places: [heads, T, size] -> [heads, S, size]. Padding passes no gradient back."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layout: Layout) -> torch.Tensor:
        ctx.layout = layout
        return x.index_select(1, layout.order)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return grad.index_select(1, ctx.layout.places), None


class _InOrder(torch.autograd.Function):
    """Places back to tokens: [heads, S, size] -> [heads, T, size]. Padding gets no gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layout: Layout) -> torch.Tensor:
        ctx.layout = layout
        return x.index_select(1, layout.places)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        arranged = grad.index_select(1, ctx.layout.order)
        return arranged.masked_fill_(ctx.layout.padding[None, :, None], 0), None


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
        return _from_rows(module, query, key, value, layout, _Scores(scaling, softcap), sliding_window), None
    if layout is not None and sliding_window is not None and layout.longest >= sliding_window:
        distance = layout.positions[:, None] - layout.positions[None]
        attention_mask = attention_mask & (distance < sliding_window) if attention_mask is not None else None
        layout = None
    if layout is None and softcap is not None:
        return _with_mask(query, key, value, attention_mask, _Scores(scaling, softcap)), None
    if layout is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **settings)
    return _from_layout(query, key, value, layout, _Scores(scaling, softcap)), None


@dataclass(frozen=True, slots=True)
class _Scores:
    """How alike queries and keys are: scaled products, bent to at most `softcap` by models that do so."""

    scale: float
    softcap: float | None

    def __call__(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        """query: [..., Q, size], key: [..., K, size]; returns [..., Q, K]."""
        scores = (query * self.scale) @ key.transpose(-1, -2)
        return scores if self.softcap is None else torch.tanh(scores / self.softcap) * self.softcap


def _with_mask(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None, scores: _Scores
) -> torch.Tensor:
    """The usual attention, for models that bend their scores, which PyTorch's own cannot. mask: [rows, 1, T, E + T]."""
    rows, heads, length, size = query.shape
    if mask is None:
        mask = torch.ones(length, key.shape[2], dtype=torch.bool, device=query.device).tril(key.shape[2] - length)
    both = scores(query.unflatten(1, (key.shape[1], -1)).flatten(2, 3), key).unflatten(2, (-1, length))
    both = both.masked_fill(~mask.view(-1, 1, 1, *mask.shape[-2:]), torch.finfo(both.dtype).min)
    out = both.softmax(-1).flatten(2, 3) @ value
    return out.view(rows, heads, length, size).transpose(1, 2)


def _from_layout(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, layout: Layout, scores: _Scores
) -> torch.Tensor:
    common = key.shape[2] - query.shape[2]
    share = query.shape[1] // key.shape[1]
    queries = _Arranged.apply(query[0], layout).unflatten(0, (-1, share))  # [key heads, share, S, size]
    keys, values = (_Arranged.apply(part[0, :, common:], layout) for part in (key, value))
    before = key[0, :, :common], value[0, :, :common]
    pieces = []
    start = 0
    for block in layout.blocks:
        end = start + block.prefix_length
        own = keys[:, start:end], values[:, start:end]
        if block.prefix_length and common:
            alone = own[0].unsqueeze(1), own[1].unsqueeze(1)
            pieces.append(_items(queries[:, :, None, start:end], before, alone, scores))
        elif block.prefix_length:
            pieces.append(_causal(queries[:, :, start:end], *own, scores))
        if block.items:
            prefix = (torch.cat([before[0], own[0]], 1), torch.cat([before[1], own[1]], 1)) if common else own
            start, end = end, end + block.items * block.item_length
            rows = (block.items, block.item_length)
            items = keys[:, start:end].unflatten(1, rows), values[:, start:end].unflatten(1, rows)
            pieces.append(_items(queries[:, :, start:end].unflatten(2, rows), prefix, items, scores))
        start = end
    out: torch.Tensor = _InOrder.apply(torch.cat(pieces, 2).flatten(0, 1), layout)  # [heads, T, size]
    return out.transpose(0, 1)[None]


def _causal(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scores: _Scores) -> torch.Tensor:
    """One text. query: [key heads, share, L, size]; key, value: [key heads, L, size]; like `query`."""
    share, length = query.shape[1:3]
    if scores.softcap is not None or (length <= SHORT and query.device.type == "cpu"):
        weights = scores(query.flatten(1, 2), key) + _hidden(length, query).repeat(share, 1)
        return (weights.softmax(-1) @ value).view(query.shape)
    out = torch.nn.functional.scaled_dot_product_attention(
        query.flatten(0, 1)[None], key[None], value[None], is_causal=True, scale=scores.scale, enable_gqa=True
    )
    return out[0].view(query.shape)


def _hidden(length: int, like: torch.Tensor) -> torch.Tensor:
    """What is added to scores so that no token sees a later one, [length, length]."""
    return torch.full((length, length), -torch.inf, dtype=like.dtype, device=like.device).triu(1)


def _items(query: torch.Tensor, prefix: KeysAndValues, own: KeysAndValues, scores: _Scores) -> torch.Tensor:
    """N texts of L places after one prefix of P. query: [key heads, share, N, L, size]; prefix: [key heads, P, size];
    own: [key heads, N, L, size]; returns [key heads, share, N * L, size]."""
    (prefix_key, prefix_value), (key, value) = prefix, own
    heads, share, count, length, size = query.shape
    query = query.transpose(1, 2).reshape(heads, count, share * length, size)
    to_prefix = scores(query.flatten(1, 2), prefix_key)
    to_own = scores(query, key) + _hidden(length, query).repeat(share, 1)
    weights = torch.cat([to_prefix.view(heads, count, share * length, -1), to_own], -1).softmax(-1)
    from_prefix, from_own = weights.split([prefix_key.shape[1], length], -1)
    out = (from_prefix.flatten(1, 2) @ prefix_value).view(query.shape) + from_own @ value
    return out.view(heads, count, share, length, size).transpose(1, 2).flatten(2, 3)


def _from_rows(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    rows: Rows,
    scores: _Scores,
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
