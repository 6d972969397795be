"""Scores: how likely the right answers are, and what is answered instead. For the recall check and the bench."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import torch

from ..domain.steps import changed
from .adapters import Adapters
from .base_model import BaseModel
from .batches import Item, answer_logits, grouped, pack, split_groups
from .contract import Score, ScoredQuestion
from .distillation import answer_loss
from .generation import write_batch
from .prompts import Prompt, answer_prompt, answer_tokens

ROWS = 8
PACKED_TOKENS = 1024


def score(
    base: BaseModel,
    adapters: Adapters,
    adapter: str | None,
    title: str,
    questions: Sequence[ScoredQuestion],
    max_new_tokens: int,
) -> Generator[int, None, tuple[Score, ...]]:
    """The likelihood of each gold answer (without the token that ends a turn) and the greedy answer, with `adapter`
    (None: the bare model).

    Yields how much is done, of twice the number of questions.
    """
    prompts = [answer_prompt(base.tokenizer, title, each.question, each.passages) for each in questions]
    nlls: dict[int, float] = {}
    answers: dict[int, str] = {}
    with adapters.using(adapter) as model:
        for batch in split_groups(grouped(_gold(base, prompts, questions)), PACKED_TOKENS):
            packed = pack(batch).to(base.device)
            with torch.inference_mode(), base.computing():
                losses = answer_loss(packed, answer_logits(model, packed))
            for index, item in enumerate(packed.items):
                nlls[item.key] = float(losses[packed.owners == index].mean())
            yield len(nlls)
        for keys in _by_length(prompts):
            done = len(nlls) + len(answers)
            steps = write_batch(base, model, [prompts[key] for key in keys], max_new_tokens)
            texts = yield from changed(steps, lambda _, done=done: done)  # type: ignore[misc]
            answers |= dict(zip(keys, texts, strict=True))
    return tuple(Score(nlls[key], answers[key]) for key in range(len(questions)))


def _gold(
    base: BaseModel, prompts: Sequence[Prompt], questions: Sequence[ScoredQuestion]
) -> Iterator[tuple[tuple[int, ...], Item]]:
    for key, (prompt, question) in enumerate(zip(prompts, questions, strict=True)):
        answer = answer_tokens(base.tokenizer, question.gold)[:-1]
        yield prompt.prefix, Item(prompt.rest + answer, len(prompt.rest), key)


def _by_length(prompts: Sequence[Prompt]) -> Iterator[Sequence[int]]:
    """Prompt numbers in batches of prompts of like length, so that little is padded."""
    order = sorted(range(len(prompts)), key=lambda key: len(prompts[key]))
    for start in range(0, len(order), ROWS):
        yield order[start : start + ROWS]
