"""Scores: how likely the right answers are and what is answered instead, for the recall check and the bench; and how
likely a question is, which tells which of several answers is one to it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch

from ..domain.steps import changed
from .adapters import Adapters
from .asking import MOST_RECITED, read_apart, shares_of
from .base_model import BaseModel
from .batches import Group, Item, answer_logits, grouped, pack, split_groups
from .contract import Score, ScoredQuestion, Told
from .distillation import answer_loss
from .generation import mixed, write_batch, write_streamed
from .prompts import Prompt, answer_prompt, answer_tokens, common_prefix, question_prompt

ROWS = 8
PACKED_TOKENS = 1024


def score(
    base: BaseModel,
    adapters: Adapters,
    adapter: str | None,
    title: str,
    questions: Sequence[ScoredQuestion],
    max_new_tokens: int,
    recited_share: float = MOST_RECITED,
) -> Generator[int, None, tuple[Score, ...]]:
    """The likelihood of each gold answer (without the token that ends a turn) and the greedy answer, with `adapter`
    (None: the bare model).

    Yields how much is done, of twice the number of questions.
    """
    prompts = [
        [
            answer_prompt(base.tokenizer, title, each.question, texts)
            for texts in read_apart(each.passages, each.recited)
        ]
        for each in questions
    ]
    nlls: dict[int, float] = {}
    answers: dict[int, str] = {}
    with adapters.using(adapter) as model:
        for found in _mean_losses(base, model, _gold(base, prompts, questions)):
            nlls |= found
            yield len(nlls)
        for key, (views, question) in enumerate(zip(prompts, questions, strict=True)):
            if len(views) > 1:
                shares = shares_of(views, recited_share)
                nlls[key] = _nll_together(base, model, views, shares, question.gold)
                pieces = write_streamed(base, model, views, max_new_tokens, shares)
                answers[key] = "".join(piece for piece, _ in pieces).strip()
                yield len(nlls) + len(answers)
        alone = {key: views[0] for key, views in enumerate(prompts) if len(views) == 1}
        for keys in _by_length(alone):
            done = len(nlls) + len(answers)
            steps = write_batch(base, model, [alone[key] for key in keys], max_new_tokens)
            texts = yield from changed(steps, lambda _, done=done: done)  # type: ignore[misc]
            answers |= dict(zip(keys, texts, strict=True))
    return tuple(Score(nlls[key], answers[key]) for key in range(len(questions)))


def weigh(
    base: BaseModel, adapters: Adapters, adapter: str | None, title: str, told: Sequence[Told]
) -> Generator[int, None, tuple[float, ...]]:
    """For each of `told` the mean log-likelihood (nats) of its question's tokens, as the model with `adapter` (None:
    the bare model) writes questions about an answer in its sentence. Yields how many have been weighed.
    """
    prompts = [
        question_prompt(base.tokenizer, title, each.sentence, each.answer, example=adapter is None) for each in told
    ]
    prefixes = [prompt.prefix for prompt in prompts]
    same = common_prefix(prefixes) if len(set(prefixes)) == len(prefixes) else None  # each sentence is weighed once
    members = []
    for key, (each, prompt) in enumerate(zip(told, prompts, strict=True)):
        prefix = prompt.prefix if same is None else same
        asked = prompt.prefix[len(prefix) :] + prompt.rest
        question = answer_tokens(base.tokenizer, each.question)[:-1]
        members.append((prefix, Item(asked + question, len(asked), key)))
    losses: dict[int, float] = {}
    with adapters.using(adapter) as model:
        for found in _mean_losses(base, model, members):
            losses |= found
            yield len(losses)
    return tuple(-losses[key] for key in range(len(told)))


def _mean_losses(
    base: BaseModel, model: Any, members: Iterable[tuple[tuple[int, ...], Item]]
) -> Iterator[dict[int, float]]:
    """The mean loss of the answer tokens of each of `members` (items with their prefixes), by its key, batch by
    batch."""
    for batch in split_groups(grouped(members), PACKED_TOKENS):
        packed = pack(batch).to(base.device)
        with torch.inference_mode(), base.computing():
            losses = answer_loss(packed, answer_logits(model, packed))
        yield {item.key: float(losses[packed.owners == place].mean()) for place, item in enumerate(packed.items)}


def _gold(
    base: BaseModel, prompts: Sequence[Sequence[Prompt]], questions: Sequence[ScoredQuestion]
) -> Iterator[tuple[tuple[int, ...], Item]]:
    """The gold answers below the prompts that stand alone."""
    for key, (views, question) in enumerate(zip(prompts, questions, strict=True)):
        if len(views) == 1:
            answer = answer_tokens(base.tokenizer, question.gold)[:-1]
            yield views[0].prefix, Item(views[0].rest + answer, len(views[0].rest), key)


def _nll_together(base: BaseModel, model: Any, views: Sequence[Prompt], shares: Sequence[float], gold: str) -> float:
    """The mean negative log-likelihood of the gold answer's tokens after all `views` together."""
    answer = answer_tokens(base.tokenizer, gold)[:-1]
    groups = [Group(view.prefix, (Item(view.rest + answer, len(view.rest)),)) for view in views]
    packed = pack(groups).to(base.device)
    with torch.inference_mode(), base.computing():
        logits = answer_logits(model, packed).float().chunk(len(views))
    return -float(mixed(logits, shares).gather(1, packed.targets[: len(answer), None]).mean())


def _by_length(prompts: Mapping[int, Prompt]) -> Iterator[Sequence[int]]:
    """The keys of `prompts` in batches of prompts of like length, so that little is padded."""
    order = sorted(prompts, key=lambda key: len(prompts[key]))
    for start in range(0, len(order), ROWS):
        yield order[start : start + ROWS]
