"""Reciting: a memory writes down, from its parameters alone, the sentences that answer a question; they are then read.

A small model tells much better what it has read a moment ago than what it was once taught. So a memory that recites is
not asked for the answer: it is taught to write the document's own sentences word for word, and the model answers from
those as it answers from pages ("Recitation-Augmented Language Models", Sun et al., arXiv 2210.01296; the auxiliary
tasks of LIFT, arXiv 2412.13626, likewise have the evidence written before the answer). Of what is recited those
sentences are read after which the question is likeliest (Sachan et al., arXiv 2204.07496, rank passages so).
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Sequence
from typing import Any

import torch

from ..domain.steps import changed
from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Item, answer_logits, pack, split_groups
from .contract import Told
from .generation import SingleText, write_batch, write_on
from .guessing import InOneOf, Tokens
from .prompts import Prompt, answer_tokens, recite_prompt
from .scoring import weigh

CANDIDATES, RECITED = 8, 3
"""So many sentences are written down, and so many of them read: as many as passages are shown."""
RECITED_TOKENS = 96
"""The longest sentence that is learned and recited."""
TURNING_TOKENS = 12
"""Another sentence begins otherwise within so many tokens."""
RECITE_ROWS = 8
"""Questions that are served together: with all their sentences they hold fewer tokens than a batch of study."""
SCORED_TOKENS = 1024


def recite_best(
    base: BaseModel,
    adapters: Adapters,
    memory: str | None,
    reader: str | None,
    title: str,
    questions: Sequence[str],
    sentences: Sequence[str] = (),
) -> Generator[int, None, list[tuple[str, ...]]]:
    """For each of `questions` the `RECITED` sentences that the adapter `memory` recites to it after which the question
    is likeliest, the best first. Yields now and then how many questions have been served; `sentences`: see
    `recite`.

    A memory knows the words of its sentences far better than which of them a question calls for; the model that writes
    questions (`reader`, None: the bare model) has the sentence before its eyes.
    """
    with adapters.using(memory) as model:
        found = yield from recite(base, model, title, questions, sentences)
    told = [Told(question, text, text) for question, own in zip(questions, found, strict=True) for text in own]
    weighing = weigh(base, adapters, reader, title, told)
    weights = iter((yield from changed(weighing, lambda _: len(questions))))
    best = []
    for own in found:
        worth = {text: next(weights) for text in own}
        best.append(tuple(sorted(own, key=worth.__getitem__, reverse=True)[:RECITED]))
    return best


def recite(
    base: BaseModel, model: Any, title: str, questions: Sequence[str], sentences: Sequence[str] = ()
) -> Generator[int, None, list[tuple[str, ...]]]:
    """For each of `questions` up to `CANDIDATES` sentences, the likeliest first, as `model` remembers them.

    The first is written greedily; the others turn off from it where another token was the next likeliest, and are
    written greedily from there. Yields now and then how many questions have been served. To a single question they
    come sooner where they are among `sentences`, which change nothing else.
    """
    if len(questions) == 1:
        prompt = recite_prompt(base.tokenizer, title, questions[0])
        return [(yield from changed(_recite_one(base, model, prompt, sentences), lambda _: 0))]
    found: list[tuple[str, ...]] = []
    for start in range(0, len(questions), RECITE_ROWS):
        prompts = [recite_prompt(base.tokenizer, title, each) for each in questions[start : start + RECITE_ROWS]]
        firsts = yield from _written(base, model, prompts, [()] * len(prompts), len(found))
        begun = _other_beginnings(base, model, prompts, firsts)
        again = [prompt for prompt, own in zip(prompts, begun, strict=True) for _ in own]
        others = iter((yield from _written(base, model, again, [each for own in begun for each in own], len(found))))
        for first, own in zip(firsts, begun, strict=True):
            found.append(_distinct([first, *(next(others) for _ in own)]))
    return found


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _recite_one(
    base: BaseModel, model: Any, prompt: Prompt, sentences: Sequence[str]
) -> Generator[Sequence[int], None, tuple[str, ...]]:
    """What is recited after one prompt, which is read once. A text is guessed to go on like those before it, or like
    one of `sentences`. Yields the tokens of each text as they come."""
    asked = prompt.prefix + prompt.rest
    text = SingleText(base, model, prompt)
    texts: list[str] = []

    def written(begun: Tokens) -> Generator[Sequence[int], None, None]:
        guesses = InOneOf(base.tokenizer, [*texts, *sentences], begun)
        tokens = yield from write_on(base, [text], guesses, RECITED_TOKENS)
        texts.append(base.tokenizer.decode([*begun, *tokens], skip_special_tokens=True).strip())

    yield from written(())
    first = answer_tokens(base.tokenizer, texts[0])[:TURNING_TOKENS]
    text.turn_back(len(asked) - 1, [asked[-1], *first[:-1]])
    for begun in turnings(text.next_logits(len(first)).log_softmax(-1).cpu(), first, base.stop_tokens):
        text.turn_back(len(asked), begun)
        yield from written(begun)
    return _distinct(texts)


def _written(
    base: BaseModel, model: Any, prompts: Sequence[Prompt], begun: Sequence[Tokens], done: int
) -> Generator[int, None, list[str]]:
    """The sentences after `prompts` that begin with the tokens `begun`; yields `done` often."""
    return (yield from changed(write_batch(base, model, prompts, RECITED_TOKENS, begun=begun), lambda _: done))


def _other_beginnings(
    base: BaseModel, model: Any, prompts: Sequence[Prompt], texts: Sequence[str]
) -> list[list[Tokens]]:
    """For each text the likeliest other beginnings (the tokens up to and with the one that differs)."""
    items = [
        Group(prompt.prefix, (Item(prompt.rest + answer_tokens(base.tokenizer, text), len(prompt.rest), key),))
        for key, (prompt, text) in enumerate(zip(prompts, texts, strict=True))
    ]
    found: list[list[Tokens]] = [[] for _ in prompts]
    for batch in split_groups(items, SCORED_TOKENS):
        packed = pack(batch).to(base.device)
        with torch.inference_mode(), base.computing():
            logs = answer_logits(model, packed).float().log_softmax(dim=-1).cpu()
        for place, item in enumerate(packed.items):
            own = logs[(packed.owners == place).cpu()]
            found[item.key] = turnings(own, item.tokens[item.answer_start :], base.stop_tokens)
    return found


def turnings(logs: torch.Tensor, tokens: Tokens, stop_tokens: frozenset[int]) -> list[Tokens]:
    """The likeliest beginnings that differ from `tokens` in their last token alone. logs: [tokens, vocabulary]."""
    so_far = 0.0
    ways: list[tuple[float, Tokens]] = []
    for place, token in enumerate(tokens[:TURNING_TOKENS]):
        values, ids = logs[place].topk(CANDIDATES + len(stop_tokens))
        for value, other in zip(values.tolist(), ids.tolist(), strict=True):
            if other != token and other not in stop_tokens:
                ways.append((so_far + value, (*tokens[:place], other)))
        so_far += float(logs[place, token])
    return [way for _, way in heapq.nlargest(CANDIDATES - 1, ways)]
