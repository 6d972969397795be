"""Answering: which adapter speaks, what fits into the context window, and the scores that the bench asks for."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence

import torch

from ..domain.errors import BadSettings
from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode
from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Item, answer_logits, pack, split_groups
from .contract import AskRequest, AskResult, Score, ScoredQuestion, ScoreRequest
from .distillation import answer_loss
from .generation import write_batch, write_streamed
from .prompts import Prompt, answer_prompt, answer_tokens

SCORE_ROWS = 8
SCORE_TOKENS = 1024


def fit_prompt(base: BaseModel, request: AskRequest) -> Prompt:
    """The prompt of `request`, within the context window: the oldest turns go first, then the last passages.

    Raises BadSettings when the question alone is too long.
    """
    room = base.context_tokens - request.max_new_tokens
    turns = list(request.turns)
    passages = list(request.passages) if request.mode is not AnswerMode.MEMORY else []
    while True:
        prompt = answer_prompt(base.tokenizer, request.title, request.question, passages, turns)
        if len(prompt) <= room:
            return prompt
        if turns:
            turns.pop(0)
        elif passages:
            passages.pop()
        else:
            raise BadSettings(
                f"The question is too long: {len(prompt)} tokens, and the model has room for {max(0, room)}.",
                "Ask a shorter question.",
            )


def ask(
    base: BaseModel, adapters: Adapters, adapter: str | None, request: AskRequest
) -> Generator[AnswerText, None, AskResult]:
    """Streams the answer to `request` with `adapter` (None: the bare model) switched on."""
    start = time.monotonic()
    first: float | None = None
    pieces: list[str] = []
    tokens = 0
    prompt = fit_prompt(base, request)
    with adapters.using(adapter) as model:
        for piece, written in write_streamed(base, model, prompt, request.max_new_tokens):
            first = first if first is not None else time.monotonic() - start
            tokens = written
            pieces.append(piece)
            yield AnswerText(piece)
    seconds = time.monotonic() - start
    return AskResult("".join(pieces).strip(), first if first is not None else seconds, seconds, tokens)


def score(
    base: BaseModel, adapters: Adapters, adapter: str | None, request: ScoreRequest
) -> Generator[Progress, None, tuple[Score, ...]]:
    """The likelihood of each gold answer and the greedy answer, with `adapter` (None: the bare model)."""
    total = 2 * len(request.questions)
    nlls: dict[int, float] = {}
    answers: dict[int, str] = {}
    with adapters.using(adapter) as model:
        for batch in split_groups(_score_groups(base, request), SCORE_TOKENS):
            packed = pack(batch).to(base.device)
            with torch.inference_mode(), base.computing():
                losses = answer_loss(packed, answer_logits(model, packed))
            for index, item in enumerate(packed.items):
                nlls[item.key] = float(losses[packed.owners == index].mean())
            yield Progress("scoring", len(nlls), total, len(nlls) / total)
        for keys in _by_length(base, request):
            prompts = [_score_prompt(base, request, request.questions[key]) for key in keys]
            texts: list[str] | None = None
            steps = write_batch(base, model, prompts, request.max_new_tokens)
            while texts is None:
                texts = next(steps)
                done = len(nlls) + len(answers)
                yield Progress("scoring", done, total, done / total)
            answers |= dict(zip(keys, texts, strict=True))
    return tuple(Score(nlls[key], answers[key]) for key in range(len(request.questions)))


def _score_prompt(base: BaseModel, request: ScoreRequest, question: ScoredQuestion) -> Prompt:
    return answer_prompt(base.tokenizer, request.title, question.question, question.passages)


def _score_groups(base: BaseModel, request: ScoreRequest) -> list[Group]:
    """The questions with their gold answers (without the token that ends a turn), grouped by what they show."""
    items: dict[tuple[int, ...], list[Item]] = {}
    for key, question in enumerate(request.questions):
        prompt = _score_prompt(base, request, question)
        answer = answer_tokens(base.tokenizer, question.gold)[:-1]
        item = Item(prompt.rest + answer, len(prompt.rest), key)
        items.setdefault(prompt.prefix, []).append(item)
    return [Group(prefix, tuple(members)) for prefix, members in items.items()]


def _by_length(base: BaseModel, request: ScoreRequest) -> Iterator[Sequence[int]]:
    """Question numbers in batches of prompts of like length, so that little is padded."""
    lengths = [len(_score_prompt(base, request, question)) for question in request.questions]
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for start in range(0, len(order), SCORE_ROWS):
        yield order[start : start + SCORE_ROWS]
