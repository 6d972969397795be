"""Attention over packed texts that share prefixes, without the work for what no token may look at.

A dense mask makes attention compute every pair of tokens and throw most of them away. Here each group's prefix looks at
itself, and its items look at the prefix and each at itself. The products are small, so that moving things costs more
than multiplying them: all rows of a piece are gathered at once, and one function computes forward and backward. Knows
nothing of prompts or of what is learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

SHORT = 512
"""Up to so many tokens plain matrix products are faster on a CPU than PyTorch's own attention with its gradient."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How alike queries and keys are: scaled products, bent to at most `softcap` by models that do so."""

    scale: float
    softcap: float | None

    def __call__(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        """query: [..., Q, size], key: [..., K, size]; returns [..., Q, K]."""
        scores = (query * self.scale) @ key.transpose(-1, -2)
        return scores if self.softcap is None else torch.tanh(scores / self.softcap) * self.softcap


@dataclass(frozen=True, slots=True)
class Piece:
    """N texts after one prefix, which is the P tokens from `start` on. Without a prefix the first text begins there.

    tokens: [N, L], the token at each place (any one where it is padding); real: [N, L], False there.
    """

    start: int
    prefix: int
    tokens: torch.Tensor
    real: torch.Tensor

    @property
    def length(self) -> int:
        """The most tokens that one text has with its prefix."""
        return self.prefix + self.tokens.shape[1]


class Layout:
    """Which of T packed tokens may look at which. positions: [T], as the model counts them."""

    def __init__(self, pieces: tuple[Piece, ...], positions: torch.Tensor) -> None:
        self.pieces, self.positions = pieces, positions
        self._arranged: dict[tuple[int, int, int, torch.dtype], _Arranged] = {}

    @property
    def longest(self) -> int:
        """The most tokens that one text has with its prefix."""
        return max(piece.length for piece in self.pieces)

    def to(self, device: torch.device) -> Layout:
        """The same on `device`."""
        pieces = [replace(each, tokens=each.tokens.to(device), real=each.real.to(device)) for each in self.pieces]
        return Layout(tuple(pieces), self.positions.to(device))

    def arranged(self, heads: int, key_heads: int, common: int, dtype: torch.dtype) -> _Arranged:
        """What layers of such heads need; the same for all of them."""
        known = (heads, key_heads, common, dtype)
        if known not in self._arranged:
            self._arranged[known] = _Arranged(self, heads, key_heads, common, dtype)
        return self._arranged[known]


def arrange(groups: Sequence[tuple[int, Sequence[int]]]) -> Layout:
    """The layout of packed groups, each (tokens of the prefix, [tokens of each item]).

    Where a prefix has one item nothing is shared: such texts, if short, are texts of one piece without a prefix.
    """
    pieces: list[Piece] = []
    alone: list[tuple[int, int]] = []  # stretches: first token, tokens
    positions: list[int] = []
    for prefix, items in groups:
        start = len(positions)
        positions += range(prefix)
        stretches = []
        for length in items:
            stretches.append((len(positions), length))
            positions += range(prefix, prefix + length)
        if len(items) > 1:
            pieces += [_piece(start, 0, [(start, prefix)]), _piece(start, prefix, stretches)]
        else:
            alone.append((start, len(positions) - start))
    pieces += [_piece(stretch[0], 0, [stretch]) for stretch in alone if stretch[1] > SHORT]
    if short := [stretch for stretch in alone if stretch[1] <= SHORT]:
        pieces.append(_piece(short[0][0], 0, short))
    return Layout(tuple(pieces), torch.tensor(positions))


def _piece(start: int, prefix: int, stretches: Sequence[tuple[int, int]]) -> Piece:
    firsts, lengths = torch.tensor(stretches).unsqueeze(-1).unbind(1)  # [N, 1] each
    places = torch.arange(int(lengths.max()))
    real = places < lengths
    return Piece(start, prefix, torch.where(real, firsts + places, firsts), real)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What one piece takes: rows of queries [G, N, H / G, L] and of keys [G, N, E + P + L], and which are a text's own:
    `real_queries` and `real_keys` (its last L keys), False for padding."""

    queries: torch.Tensor
    keys: torch.Tensor
    real_queries: torch.Tensor
    real_keys: torch.Tensor

    @classmethod
    def of(cls, piece: Piece, heads: int, key_heads: int, common: int) -> _Gathered:
        device, (count, length) = piece.tokens.device, piece.tokens.shape
        group = torch.arange(key_heads, device=device)
        head = torch.arange(heads, device=device).view(key_heads, 1, -1, 1)
        first = common + piece.start
        seen = torch.tensor([*range(common), *range(first, first + piece.prefix)], dtype=torch.long, device=device)
        keys = torch.cat([seen.expand(count, -1), common + piece.tokens], 1)
        return cls(
            piece.tokens[:, None] * heads + head,
            keys * key_heads + group[:, None, None],
            piece.real[:, None].expand(key_heads, -1, heads // key_heads, -1),
            torch.cat([torch.zeros_like(keys[:, :-length], dtype=torch.bool), piece.real], 1).expand(key_heads, -1, -1),
        )


class _Arranged:
    """Where the rows of queries and keys go, for H heads that share G heads of keys.

    Rows are those of [T, H, size] and of [E + T, G, size], whose first E keys (`common`) all tokens see. `queries` and
    `keys`: for each piece the rows that it takes; `hidden`: what is added to its scores, [H / G * L, E + P + L];
    `real`: 0 for padding, [G * N, H / G * L, 1], None where there is none; `query_places` [T * H] and `key_places`
    [(E + T) * G]: where, in all pieces' rows together, each one's own row is (0 where there is none).
    """

    def __init__(self, layout: Layout, heads: int, key_heads: int, common: int, dtype: torch.dtype) -> None:
        device, share = layout.positions.device, heads // key_heads
        self.long = [each for each in layout.pieces if not common and _is_long(each, device)]
        self.pieces = [each for each in layout.pieces if common or not _is_long(each, device)]
        self.common = common
        gathered = [_Gathered.of(piece, heads, key_heads, common) for piece in self.pieces]
        self.queries = [each.queries.flatten() for each in gathered]
        self.keys = [each.keys.flatten() for each in gathered]
        self.hidden = [
            _hidden(piece.tokens.shape[1], each.keys.shape[-1], share, dtype, device)
            for piece, each in zip(self.pieces, gathered, strict=True)
        ]
        self.real = [
            None
            if piece.real.all()
            else each.real_queries.reshape(len(each.real_queries) * len(piece.real), -1, 1).to(dtype)
            for piece, each in zip(self.pieces, gathered, strict=True)
        ]
        tokens = len(layout.positions)
        self.query_places = _places(self.queries, [each.real_queries for each in gathered], tokens * heads)
        self.key_places = _places(self.keys, [each.real_keys for each in gathered], (common + tokens) * key_heads)


def _places(rows: Sequence[torch.Tensor], real: Sequence[torch.Tensor], count: int) -> torch.Tensor:
    """Where each of `count` rows is among the `real` ones of `rows`, 0 if it is not."""
    if not rows:
        return torch.zeros(count, dtype=torch.long)
    taken, own = torch.cat(tuple(rows)), torch.cat([each.reshape(-1) for each in real])
    places = torch.zeros(count, dtype=torch.long, device=taken.device)
    places[taken[own]] = own.nonzero().squeeze(1)
    return places


def _is_long(piece: Piece, device: torch.device) -> bool:
    """PyTorch's own attention serves one text without a prefix on a GPU, and on a CPU if it is long."""
    count, length = piece.tokens.shape
    return count == 1 and not piece.prefix and (length > SHORT or device.type != "cpu")


def _hidden(length: int, keys: int, share: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    later = torch.ones(length, keys, dtype=torch.bool, device=device).triu(keys - length + 1)
    return torch.zeros(length, keys, dtype=dtype, device=device).masked_fill(later, -torch.inf).repeat(share, 1)


def attend_packed(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, layout: Layout, scores: Scores
) -> torch.Tensor:
    """query: [T, heads, size]; key, value: [E + T, key heads, size], the first E of which every token sees; like
    `query`."""
    device = query.device.type  # in mixed precision products are computed in fewer bits, as PyTorch's own are
    kind = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else query.dtype
    query, key, value = query.to(kind), key.to(kind), value.to(kind)
    arranged = layout.arranged(query.shape[1], key.shape[1], len(key) - len(query), kind)
    with torch.autocast(device, enabled=False):
        rows: torch.Tensor = _Pieces.apply(query, key, value, arranged, scores)  # type: ignore[no-untyped-call]
        out = rows.view(query.shape)
        for piece in arranged.long:
            part = slice(piece.start, piece.start + piece.length)
            out[part] = _causal(query[part], key[part], value[part], scores)
    return out


def _causal(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scores: Scores) -> torch.Tensor:
    """One text. query: [L, heads, size]; key, value: [L, key heads, size]; like `query`."""
    query, key, value = query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1)
    if scores.softcap is None:
        out = torch.nn.functional.scaled_dot_product_attention(
            query[None], key[None], value[None], is_causal=True, scale=scores.scale, enable_gqa=True
        )
        return out[0].transpose(0, 1)
    length, share = query.shape[1], len(query) // len(key)
    grouped = query.reshape(len(key), share * length, -1)
    weights = scores(grouped, key) + _hidden(length, length, share, query.dtype, query.device)
    return (weights.softmax(-1) @ value).view(query.shape).transpose(0, 1)


class _Pieces(torch.autograd.Function):
    """The pieces of an `_Arranged`; tokens of its long ones get nothing. Takes what `attend_packed` takes and returns
    rows, [T * heads, size]."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, arranged: _Arranged, scores: Scores
    ) -> torch.Tensor:
        ctx.arranged, ctx.scores, ctx.shapes = arranged, scores, (query.shape, key.shape)
        if not arranged.pieces:
            return query.new_zeros(query.shape[0] * query.shape[1], query.shape[2])
        size = query.shape[-1]
        rows: list[torch.Tensor] = []
        kept: list[torch.Tensor | None] = []
        for place, piece in enumerate(arranged.pieces):
            count = key.shape[1] * len(piece.tokens)
            own = query.reshape(-1, size).index_select(0, arranged.queries[place]).view(count, -1, size)
            own *= scores.scale
            keys, values = (
                part.reshape(-1, size).index_select(0, arranged.keys[place]).view(count, -1, size)
                for part in (key, value)
            )
            bent = None
            if scores.softcap is None:
                raw = torch.baddbmm(arranged.hidden[place], own, keys.mT)
            else:
                bent = torch.tanh(own @ keys.mT / scores.softcap)
                raw = bent * scores.softcap + arranged.hidden[place]
            weights = raw.softmax(-1)
            rows.append((weights @ values).view(-1, size))
            kept += [own, keys, values, weights, bent]
        ctx.save_for_backward(*kept)
        return _one(rows).index_select(0, arranged.query_places)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        arranged, (query_shape, key_shape) = ctx.arranged, ctx.shapes
        if not arranged.pieces:
            return grad.new_zeros(query_shape), grad.new_zeros(key_shape), grad.new_zeros(key_shape), None, None
        saved, grad = ctx.saved_tensors, grad.contiguous()  # once: checkpointing computes them for a single asking
        kept = (saved[first : first + 5] for first in range(0, len(saved), 5))
        parts = [_gradients(arranged, ctx.scores, place, own, grad) for place, own in enumerate(kept)]
        queries, keys, values = zip(*parts, strict=True)
        to_query = _one(queries).index_select(0, arranged.query_places).view(query_shape)
        for piece in arranged.long:
            to_query[piece.start : piece.start + piece.length] = 0
        return to_query, _of_keys(keys, arranged), _of_keys(values, arranged), None, None


def _gradients(
    arranged: _Arranged, scores: Scores, place: int, kept: Sequence[Any], rows: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of one piece's queries, keys and values, each [..., size]; kept: what `forward` saved of it; rows: the result's
    gradient, [T * heads, size]."""
    own, keys, values, weights, bent = kept
    grad = rows.index_select(0, arranged.queries[place]).view(own.shape)
    real = arranged.real[place]
    if real is not None:
        grad.mul_(real)
    to_scores = torch._softmax_backward_data(grad @ values.mT, weights, -1, weights.dtype)
    if bent is not None:
        to_scores.mul_(1 - bent.square())
    to_own = (to_scores @ keys).mul_(scores.scale)
    to_keys = to_scores.mT @ own
    shape = (-1, *arranged.pieces[place].real.shape[:1], *keys.shape[1:])  # [key heads, N, keys, size]
    return to_own.view(-1, own.shape[-1]), to_keys.view(shape), (weights.mT @ grad).view(shape)


def _of_keys(parts: Sequence[torch.Tensor], arranged: _Arranged) -> torch.Tensor:
    """Sums what each piece says of its keys, [key heads, N, E + P + L, size]; returns [E + T, key heads, size]."""
    heads, size = parts[0].shape[0], parts[0].shape[-1]
    whole = _one([part.view(-1, size) for part in parts]).index_select(0, arranged.key_places).view(-1, heads, size)
    common = arranged.common
    whole[:common] = 0
    for piece in arranged.long:
        whole[piece.start : piece.start + piece.length] = 0
    for piece, part in zip(arranged.pieces, parts, strict=True):
        shared = part[:, :, : common + piece.prefix].sum(1).transpose(0, 1)
        whole[:common] += shared[:common]
        start = common + piece.start
        whole[start : start + piece.prefix] += shared[common:]
    return whole


def _one(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(tuple(parts))
