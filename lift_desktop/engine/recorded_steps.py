"""Writing on a GPU: the step that reads a token or a few is recorded once for a text, and then replayed.

For so small a step a GPU waits for the program that starts its some five hundred kernels one by one. A recorded step (a
CUDA graph) is started as one. It must always find its numbers in the same places, so that keys and values lie in
buffers of a fixed length (a static cache), of which a mask hides what is not yet written. What cannot be recorded is
computed step by step, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from .lean_decoder import LeanDecoder
from .quick_weights import FEW_ROWS

RECORDED_ROWS = (1, FEW_ROWS)
"""A step is recorded for so many tokens; fewer are filled up. More, as where a text turns back, are not recorded."""
ROOM = 256
"""Buffers have this much room beyond what is known when they are made, and grow by as much."""
TOLERANCE = 0.05
"""A recorded step is used when its first result is as near to the plain one, as a share of the largest logit."""


class Fixed:
    """The keys and values of one layer: buffers [1, heads, length, size] whose places never move."""

    positions: torch.Tensor
    """Where the next ones are written, [M]: given by each step, which fills them in."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, length: int) -> None:
        """keys, values: [1, heads, known, size], what is known."""
        room = (0, 0, 0, length - keys.shape[2])
        self.both = torch.nn.functional.pad(keys, room), torch.nn.functional.pad(values, room)

    def update(self, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Writes keys and values [1, heads, M, size]; returns the whole buffers."""
        for buffer, new in zip(self.both, (keys, values), strict=True):
            buffer.index_copy_(2, self.positions, new)
        return self.both


class RecordedSteps:
    """The steps of one text after its beginning has been read. `logits` may be asked for any place that follows what
    was read: what had been written behind it is forgotten."""

    def __init__(self, decoder: LeanDecoder, known: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> None:
        """`known`: the keys and values of each layer for what was read, [1, heads, tokens, size]."""
        self._decoder = decoder
        self._make_room(known, known[0][0].shape[2], 0)

    def logits(self, ids: torch.Tensor, position: int) -> torch.Tensor:
        """The float32 logits after each of the tokens `ids` ([M]) that stand from `position` on, [M, vocabulary]."""
        rows = next((rows for rows in RECORDED_ROWS if len(ids) <= rows), len(ids))
        if position + rows > self._length:
            self._make_room([layer.both for layer in self._layers], position, rows)
        step = self._steps.get(rows)
        if step is None:
            step = self._steps[rows] = _Step(self._decoder, self._layers, self._length, rows)
        return step(ids, position)

    def _make_room(self, known: Sequence[tuple[torch.Tensor, torch.Tensor]], tokens: int, rows: int) -> None:
        """New buffers with the first `tokens` of what is `known`, and room for `rows` more at least."""
        self._length = -(-(tokens + max(ROOM, rows)) // ROOM) * ROOM
        parts = [[part[:, :, :tokens] for part in layer] for layer in known]
        self._layers = [Fixed(keys, values, self._length) for keys, values in parts]
        self._steps: dict[int, _Step] = {}


class _Step:
    """The reading of `rows` tokens anywhere in the text."""

    def __init__(self, decoder: LeanDecoder, layers: Sequence[Fixed], length: int, rows: int) -> None:
        self._decoder, self._layers = decoder, layers
        device = layers[0].both[0].device
        self._ids = torch.zeros(rows, dtype=torch.long, device=device)
        self._positions = torch.zeros(rows, dtype=torch.long, device=device)
        self._offsets = torch.arange(rows, device=device)
        self._places = torch.arange(length, device=device)
        self._replay: Callable[[], torch.Tensor] | None = None
        self._is_plain = rows not in RECORDED_ROWS

    def __call__(self, ids: torch.Tensor, position: int) -> torch.Tensor:
        self._ids[: len(ids)] = ids
        self._ids[len(ids) :] = ids[-1]  # their results are not looked at, and their places written anew
        torch.add(self._offsets, position, out=self._positions)
        if self._replay is None:
            logits = self._compute()
            self._replay = self._compute if self._is_plain else record(self._compute, logits)
            return logits[: len(ids)]
        return self._replay()[: len(ids)].clone()

    def _compute(self) -> torch.Tensor:
        for layer in self._layers:
            layer.positions = self._positions
        may_look = self._places <= self._positions[:, None]
        return self._decoder.read(self._ids, self._positions, self._layers, may_look)


def record(compute: Callable[[], torch.Tensor], expected: torch.Tensor) -> Callable[[], torch.Tensor]:
    """`compute` as a CUDA graph, where there is CUDA, it can be recorded, and its result is near `expected`; else
    `compute` itself. A replay returns the same tensor each time."""
    if expected.device.type != "cuda":
        return compute
    try:
        graph, out = _recorded(compute)
        graph.replay()
        error = (out - expected).abs().max() / expected.abs().max()
        if bool(error < TOLERANCE):
            return lambda: _replayed(graph, out)
    except (RuntimeError, AssertionError):
        pass  # a layer waits for the GPU, or makes memory of its own: it says so in many ways
    return compute


def _recorded(compute: Callable[[], torch.Tensor]) -> tuple[Any, torch.Tensor]:
    stream: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        compute()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        out = compute()
    return graph, out


def _replayed(graph: Any, out: torch.Tensor) -> torch.Tensor:
    graph.replay()
    return out
