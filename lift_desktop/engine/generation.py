"""Writing text with a model: batches for study and the recall check, one streamed answer for asking."""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

from .attention import Rows
from .base_model import BaseModel
from .guessing import Guesses, SeenBefore, Tokens
from .lean_decoder import LeanDecoder, lean_decoder
from .prompts import Prompt
from .quick_weights import FEW_ROWS
from .recorded_steps import RecordedSteps

FIRST_GUESSED, MOST_GUESSED = 2, FEW_ROWS - 1
"""So many tokens are guessed at first, and more each time when all were right: a wrong guess has cost its time."""
RECORDED = frozenset({"cuda"})
"""Devices on which the steps of a text are recorded."""
KEPT_SHARE = 0.9
"""Ended rows are taken out of a batch when no more than this share goes on: each time moves what is kept."""


class _Roomy(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values, in a buffer with room for more, so that a new token moves no old ones."""

    ROOM = 32

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._buffers: list[torch.Tensor] = []
        self._length = 0

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        new = [key_states, value_states]
        start, end = self._length, self._length + key_states.shape[2]
        if not self._buffers or end > self._buffers[0].shape[2]:
            roomier = [part.new_empty(*part.shape[:2], end + self.ROOM, part.shape[3]) for part in new]
            for buffer, old in zip(roomier, self._buffers, strict=False):
                buffer[:, :, :start] = old[:, :, :start]
            self._buffers = roomier
        for buffer, part in zip(self._buffers, new, strict=True):
            buffer[:, :, start:end] = part
        self._length, self.is_initialized = end, True
        return tuple(buffer[:, :, :end] for buffer in self._buffers)

    def get_seq_length(self) -> int:
        return self._length

    @property
    def known(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The keys and values so far."""
        keys, values = (buffer[:, :, : self._length] for buffer in self._buffers)
        return keys, values

    def keep(self, rows: torch.Tensor) -> None:
        self._buffers = [buffer[rows] for buffer in self._buffers]

    def cut(self, length: int) -> None:
        self._length = length


def prefix_cache(base: BaseModel, model: Any, prefix: Tokens) -> Cache | None:
    """The key-value cache of `prefix` (what many prompts begin with) for one row; None for an empty prefix."""
    if not prefix:
        return None
    cache = Cache(layer_class_to_replicate=DynamicLayer)
    ids = torch.tensor([prefix], device=base.device)
    with torch.inference_mode(), base.computing():
        model(input_ids=ids, cache=cache, use_cache=True, logits_to_keep=_last(1, ids))
    return cache


def _copy(cache: Cache, rows: int) -> Cache:
    """`cache` (of one row) for `rows` rows."""
    copy = Cache(layer_class_to_replicate=DynamicLayer)
    for index, layer in enumerate(cache.layers):
        copy.update(*(part.expand(rows, -1, -1, -1).contiguous() for part in (layer.keys, layer.values)), index)
    return copy


class _Batch:
    """Rows that are written together. Each step adds one token to every row that has not ended.

    What comes before the rows' own tokens is read once for each different prefix and kept once, whatever the number of
    rows that begin with it.
    """

    def __init__(self, base: BaseModel, model: Any, prompts: Sequence[Prompt], start: Cache | None) -> None:
        self._base, self._model = base, model
        known = 0 if start is None else start.get_seq_length()
        cut = [_cut(prompt, known) for prompt in prompts]
        prefixes = list(dict.fromkeys(prefix for prefix, _ in cut))
        places = {prefix: place for place, prefix in enumerate(prefixes)}
        owners = torch.tensor([places[prefix] for prefix, _ in cut], device=base.device)
        keys, values, positions = self._read(prefixes, start, known)
        self._trained = keys[0].shape[2] - positions.shape[1]  # a prefix that an adapter puts before each text
        positions = torch.where(positions < 0, positions, positions + self._trained)
        first = torch.arange(self._trained, device=base.device).expand(len(prefixes), -1)
        positions = torch.cat([first, positions], 1)
        self._rows = Rows(keys, values, positions, owners, owners.new_zeros(len(owners), 0))
        self._lengths = (positions >= 0).sum(1)[owners]  # tokens of each row so far
        self._cache = Cache(layers=[_Roomy() for _ in keys])
        self._ids, self._new = self._padded([rest for _, rest in cut])

    def _read(
        self, prefixes: Sequence[Tokens], start: Cache | None, known: int
    ) -> tuple[list[torch.Tensor], list[torch.Tensor], torch.Tensor]:
        """The prefixes' keys and values of each layer, and the positions of their tokens (see `Rows`)."""
        if start is not None and not any(prefixes):
            keys, values = [layer.keys for layer in start.layers], [layer.values for layer in start.layers]
            return keys, values, torch.arange(known, device=self._base.device)[None]
        cache = Cache(layer_class_to_replicate=DynamicLayer) if start is None else _copy(start, len(prefixes))
        ids, is_token = self._padded(prefixes)
        mask = torch.cat([is_token.new_ones(len(prefixes), known), is_token], 1)
        positions = (mask.cumsum(1) - 1).masked_fill(~mask, -1)
        with torch.inference_mode(), self._base.computing():
            self._model(
                input_ids=ids,
                attention_mask=mask.long(),
                position_ids=positions[:, known:].clamp(min=0),
                cache=cache,
                use_cache=True,
                logits_to_keep=_last(1, ids),
            )
        return [layer.keys for layer in cache.layers], [layer.values for layer in cache.layers], positions

    def _padded(self, rows: Sequence[Tokens]) -> tuple[torch.Tensor, torch.Tensor]:
        """(ids, True where there is a token), [rows, longest]; shorter rows are padded on the left."""
        width = max(len(row) for row in rows)
        ids = torch.full((len(rows), width), self._base.tokenizer.pad_token_id or 0)
        is_token = torch.zeros(len(rows), width, dtype=torch.bool)
        for index, row in enumerate(rows):
            ids[index, width - len(row) :] = torch.tensor(row)
            is_token[index, width - len(row) :] = True
        return ids.to(self._base.device), is_token.to(self._base.device)

    def next_logits(self) -> torch.Tensor:
        """The float32 logits of each row's next token, [rows, vocabulary]."""
        positions = (self._lengths[:, None] + self._new.cumsum(1) - 1).masked_fill(~self._new, -1)
        self._rows.set_own(torch.cat([self._rows.own_positions, positions], 1))
        self._lengths = self._lengths + self._new.sum(1)
        with torch.inference_mode(), self._base.computing():
            output = self._model(
                input_ids=self._ids,
                attention_mask=self._new[:, None, None],  # not looked at; keeps transformers from making one
                position_ids=(positions - self._trained).clamp(min=0),
                cache=self._cache,
                use_cache=True,
                logits_to_keep=_last(1, self._ids),
                layout=self._rows,
            )
        logits: torch.Tensor = output.logits[:, -1].float()
        return logits

    def add(self, tokens: torch.Tensor) -> None:
        """Appends one token to each row; tokens: [rows]."""
        self._ids = tokens[:, None]
        self._new = torch.ones_like(self._ids, dtype=torch.bool)

    def keep(self, rows: torch.Tensor) -> None:
        """From now on the batch has `rows` (indices): ended ones cost nothing."""
        self._ids, self._new, self._lengths = self._ids[rows], self._new[rows], self._lengths[rows]
        self._rows.keep(rows)
        for layer in self._cache.layers:
            layer.keep(rows)


class SingleText:
    """One text that is written: its own tokens are read several at once where they were guessed."""

    def __init__(self, base: BaseModel, model: Any, prompt: Prompt) -> None:
        self._base, self._model = base, model
        self._cache = Cache(layers=[_Roomy() for _ in range(base.model.config.num_hidden_layers)])
        self._length = 0
        self._lean = lean_decoder(model)
        self._steps: RecordedSteps | None = None
        self.add(prompt.prefix + prompt.rest)

    def add(self, tokens: Sequence[int]) -> None:
        """What is read next."""
        self._ids = torch.tensor([tokens], device=self._base.device)

    def next_logits(self, tokens: int) -> torch.Tensor:
        """The float32 logits after each of the last `tokens` tokens, [tokens, vocabulary]."""
        start, end = self._length, self._length + self._ids.shape[1]
        self._length = end
        if self._lean is not None and start and self._base.device.type in RECORDED:
            with torch.inference_mode():
                return self._recorded(self._lean).logits(self._ids[0], start)[-tokens:]
        if self._lean is not None and start and end - start <= FEW_ROWS:
            with torch.inference_mode():
                return self._lean.logits(self._ids[0], start, self._cache)[-tokens:]
        with torch.inference_mode(), self._base.computing():
            output = self._model(
                input_ids=self._ids,
                position_ids=torch.arange(start, end, device=self._base.device)[None],
                cache=self._cache,
                use_cache=True,
                logits_to_keep=_last(tokens, self._ids),
            )
        logits: torch.Tensor = output.logits[0].float()
        return logits

    def _recorded(self, lean: LeanDecoder) -> RecordedSteps:
        """What reads all after the beginning; the beginning's keys and values are handed over to it."""
        if self._steps is None:
            self._steps = RecordedSteps(lean, [layer.known for layer in self._cache.layers])
            self._cache = Cache(layers=[])
        return self._steps

    def forget(self, tokens: int) -> None:
        """Takes back the last `tokens` tokens."""
        if tokens:
            self._length -= tokens
            for layer in self._cache.layers:
                layer.cut(layer.get_seq_length() - tokens)

    def turn_back(self, length: int, tokens: Sequence[int]) -> None:
        """Goes on with `tokens` after the first `length` ones, which have been read."""
        self.forget(self._length - length)
        self.add(tokens)


def _last(tokens: int, ids: torch.Tensor) -> torch.Tensor:
    """The last places of `ids`, as indices: a slice leaves PyTorch to copy the output layer for each row (bfloat16)."""
    return torch.arange(ids.shape[1] - tokens, ids.shape[1], device=ids.device)


def _cut(prompt: Prompt, known: int) -> tuple[Tokens, Tokens]:
    """(what is read once for all that begin so, the row's own tokens, at least one)."""
    whole = prompt.prefix + prompt.rest
    end = len(prompt.prefix) if prompt.rest and (prompt.prefix or known) else len(whole) - 1
    return whole[known:end], whole[end:]


def write_batch(
    base: BaseModel,
    model: Any,
    prompts: Sequence[Prompt],
    max_new_tokens: int,
    *,
    start: Cache | None = None,
    begun: Sequence[Tokens] = (),
) -> Generator[int, None, list[str]]:
    """Completes all `prompts` together, greedily; prefixes that several share are read once.

    `start`, if given, is the cache of what all their prefixes begin with; `begun`, if given, what each text already
    begins with.

    Yields after each step (a place to look at the inbox) how many tokens a row has at most; returns the texts, in the
    prompts' order.
    """
    if not prompts:
        return []
    written = [list(tokens) for tokens in begun] or [[] for _ in prompts]
    read = [Prompt(prompt.prefix, prompt.rest + tuple(own)) for prompt, own in zip(prompts, written, strict=True)]
    batch = _Batch(base, model, read, start)
    alive = list(range(len(prompts)))
    ended: set[int] = set()
    for step in range(1, max_new_tokens + 1):
        chosen = batch.next_logits().argmax(dim=-1)
        tokens = chosen.tolist()
        ended |= {alive[row] for row, token in enumerate(tokens) if token in base.stop_tokens}
        going = [row for row, number in enumerate(alive) if number not in ended]
        for row in going:
            written[alive[row]].append(tokens[row])
        if not going:
            break
        batch.add(chosen)
        if len(going) <= KEPT_SHARE * len(alive):
            batch.keep(torch.tensor(going, device=base.device))
            alive = [alive[row] for row in going]
        yield step
    return [base.tokenizer.decode(row, skip_special_tokens=True).strip() for row in written]


def write_streamed(
    base: BaseModel, model: Any, prompts: Sequence[Prompt], max_new_tokens: int, shares: Sequence[float] = (1.0,)
) -> Iterator[tuple[str, int]]:
    """The greedy answer of `write_tokens`, piece by piece: yields (new text, number of tokens so far). Pieces are cut
    where the text is certain: a character that is still incomplete waits for its other tokens."""
    shown = ""
    for tokens in write_tokens(base, model, prompts, max_new_tokens, shares):
        text = base.tokenizer.decode(tokens, skip_special_tokens=True).rstrip("\ufffd")
        if len(text) > len(shown):
            yield text[len(shown) :], len(tokens)
            shown = text


def write_tokens(
    base: BaseModel, model: Any, prompts: Sequence[Prompt], max_new_tokens: int, shares: Sequence[float] = (1.0,)
) -> Generator[Sequence[int], None, Sequence[int]]:
    """The greedy answer to `prompts`, which ask the same in different words: yields all tokens so far after each pass,
    and returns them. After several prompts each token is the one that all together find likeliest, each with its share
    of the decision (`mixed`). Where the answer repeats words of the prompt (it quotes a passage, say), what follows
    them there is guessed to come next.
    """
    singles = [SingleText(base, model, prompt) for prompt in prompts]
    seen = SeenBefore(tuple(token for prompt in prompts for token in prompt.prefix + prompt.rest))
    return (yield from write_on(base, singles, seen, max_new_tokens, shares))


def write_on(
    base: BaseModel,
    singles: Sequence[SingleText],
    guesses: Guesses,
    max_new_tokens: int,
    shares: Sequence[float] = (1.0,),
) -> Generator[Sequence[int], None, Sequence[int]]:
    """Writes on where `singles` stand, greedily; see `write_tokens`. What `guesses` tells is checked in one pass: the
    text is the same, whatever is guessed."""
    tokens: list[int] = []
    guess: Tokens = ()
    width = FIRST_GUESSED
    while len(tokens) < max_new_tokens:
        logits = [single.next_logits(1 + len(guess)) for single in singles]
        chosen = mixed(logits, shares).argmax(dim=-1).tolist()
        right = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(guess, chosen, strict=False)))
        for single in singles:
            single.forget(len(guess) - right)
        new = chosen[: right + 1][: max_new_tokens - len(tokens)]
        new = list(itertools.takewhile(lambda token: token not in base.stop_tokens, new))
        tokens += new
        yield tokens
        if len(new) <= right:
            break
        width = min(2 * width + 1, MOST_GUESSED) if guess and right == len(guess) else FIRST_GUESSED
        guesses.add(new)
        guess = guesses.next(width)
        for single in singles:
            single.add((new[-1], *guess))
    return tokens


def mixed(logits: Sequence[torch.Tensor], shares: Sequence[float]) -> torch.Tensor:
    """The log-probabilities of the next tokens, [..., vocabulary], after several prompts: the sum of the probabilities
    that each finds, times its share (a mixture of experts; shares sum to 1). Where one is unsure, the other decides.
    """
    found = [each.log_softmax(-1) + math.log(share) for each, share in zip(logits, shares, strict=True)]
    return torch.stack(found).logsumexp(0)
