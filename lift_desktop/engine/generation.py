"""Writing text with a model: batches for study and the recall check, one streamed answer for asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from transformers import DynamicCache

from .base_model import BaseModel
from .prompts import Prompt

Tokens = tuple[int, ...]


def prefix_cache(base: BaseModel, model: Any, prefix: Tokens) -> DynamicCache | None:
    """The key-value cache of `prefix` (what many prompts begin with) for one row; None for an empty prefix."""
    if not prefix:
        return None
    cache = DynamicCache(config=base.model.config)
    ids = torch.tensor([prefix], device=base.device)
    with torch.inference_mode(), base.computing():
        model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


def _copy(base: BaseModel, cache: DynamicCache, rows: int) -> DynamicCache:
    """`cache` (of one row) for `rows` rows."""
    copy = DynamicCache(config=base.model.config)
    for index, layer in enumerate(cache.layers):
        copy.update(
            layer.keys.expand(rows, -1, -1, -1).contiguous(),
            layer.values.expand(rows, -1, -1, -1).contiguous(),
            index,
        )
    return copy


class _Batch:
    """Rows that are written together. Each step adds one token to every row that has not ended."""

    def __init__(self, base: BaseModel, model: Any, prompts: Sequence[Prompt], start: DynamicCache | None) -> None:
        self._base, self._model = base, model
        known = 0 if start is None else start.get_seq_length()
        prefixes = list(dict.fromkeys(prompt.prefix[known:] for prompt in prompts))
        shared = len(prefixes) < len(prompts) and any(prefixes)
        count = len(prefixes) if shared else len(prompts)
        self._mask = torch.ones(count, known, dtype=torch.long, device=base.device)
        self._cache = DynamicCache(config=base.model.config) if start is None else _copy(base, start, count)
        if shared:  # each prefix is read once, whatever the number of prompts that begin with it
            self._put(prefixes)
            self.next_logits()
            owners = [prefixes.index(prompt.prefix[known:]) for prompt in prompts]
            self.keep(torch.tensor(owners, device=base.device))
        self._put([prompt.rest if shared else prompt.prefix[known:] + prompt.rest for prompt in prompts])

    def _put(self, rows: Sequence[Tokens]) -> None:
        """The tokens that are read next; shorter rows are padded on the left."""
        width = max(len(row) for row in rows)
        ids = torch.full((len(rows), width), self._base.tokenizer.pad_token_id or 0)
        mask = torch.zeros(len(rows), width, dtype=torch.long)
        for index, row in enumerate(rows):
            ids[index, width - len(row) :] = torch.tensor(row)
            mask[index, width - len(row) :] = 1
        self._ids = ids.to(self._base.device)
        self._mask = torch.cat([self._mask, mask.to(self._base.device)], dim=1)
        self._positions = (self._mask.cumsum(1) - 1).clamp(min=0)[:, -width:]

    def next_logits(self) -> torch.Tensor:
        """The float32 logits of each row's next token, [rows, vocabulary]."""
        with torch.inference_mode(), self._base.computing():
            output = self._model(
                input_ids=self._ids,
                attention_mask=self._mask,
                position_ids=self._positions,
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=1,
            )
        logits: torch.Tensor = output.logits[:, -1].float()
        return logits

    def add(self, tokens: torch.Tensor) -> None:
        """Appends one token to each row; tokens: [rows]."""
        self._ids = tokens[:, None]
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=1)
        self._positions = self._positions[:, -1:] + 1

    def keep(self, rows: torch.Tensor) -> None:
        """From now on the batch has `rows` (indices): ended ones cost nothing, a repeated one is a row of its own."""
        self._ids, self._mask, self._positions = self._ids[rows], self._mask[rows], self._positions[rows]
        self._cache.batch_select_indices(rows)


def write_batch(
    base: BaseModel,
    model: Any,
    prompts: Sequence[Prompt],
    max_new_tokens: int,
    *,
    start: DynamicCache | None = None,
) -> Iterator[list[str] | None]:
    """Completes all `prompts` together, greedily; prefixes that several share are read once.

    `start`, if given, is the cache of what all their prefixes begin with.

    Yields None after each step (a place to look at the inbox) and at last the texts, in the prompts' order.
    """
    batch = _Batch(base, model, prompts, start)
    written: list[list[int]] = [[] for _ in prompts]
    alive = list(range(len(prompts)))
    for _ in range(max_new_tokens):
        chosen = batch.next_logits().argmax(dim=-1)
        tokens = chosen.tolist()
        going = [row for row, token in enumerate(tokens) if token not in base.stop_tokens]
        for row in going:
            written[alive[row]].append(tokens[row])
        if not going:
            break
        batch.add(chosen)
        if len(going) < len(alive):
            batch.keep(torch.tensor(going, device=base.device))
            alive = [alive[row] for row in going]
        yield None
    yield [base.tokenizer.decode(row, skip_special_tokens=True).strip() for row in written]


def write_streamed(base: BaseModel, model: Any, prompt: Prompt, max_new_tokens: int) -> Iterator[tuple[str, int]]:
    """Greedy answer to `prompt`, piece by piece: yields (new text, number of tokens so far).

    Pieces are cut where the text is certain: a character that is still incomplete waits for its other tokens.
    """
    batch = _Batch(base, model, [prompt], None)
    tokens: list[int] = []
    shown = ""
    for _ in range(max_new_tokens):
        chosen = batch.next_logits().argmax(dim=-1)
        token = int(chosen)
        if token in base.stop_tokens:
            break
        tokens.append(token)
        text = base.tokenizer.decode(tokens, skip_special_tokens=True)
        if not text.endswith("\ufffd") and len(text) > len(shown):
            yield text[len(shown) :], len(tokens)
            shown = text
        batch.add(chosen)
