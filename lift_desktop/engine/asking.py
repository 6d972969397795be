"""Answering: what is read, what fits into the context window, and one streamed answer.

Passages and what a memory recited are read side by side, each after the question by itself, and the answer is what both
together make likeliest: in one prompt a small model lets the nearer text drive out the other, and where one of them
does not hold the answer, the reader is unsure of it and the other decides. What was recited has half as large a share
of the decision as the memory was seen to recall, three tenths at most.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence

from ..domain.errors import BadSettings
from ..domain.messages import AnswerText
from ..domain.models import AnswerMode
from .adapters import Adapters
from .base_model import BaseModel
from .contract import AskRequest, AskResult
from .generation import write_streamed
from .prompts import Prompt, answer_prompt

LEAST_RECITED, MOST_RECITED = 0.05, 0.3
"""The share of the decision that what was recited has beside passages."""


def read_apart(passages: Sequence[str], recited: Sequence[str]) -> list[Sequence[str]]:
    """What is read, each by itself: passages, what was recited, both, or once nothing."""
    return [texts for texts in (passages, recited) if texts] or [()]


def shares_of(prompts: Sequence[Prompt], recited_share: float) -> tuple[float, ...]:
    """How much each of `prompts` decides: the only one all, of two the second (what was recited) `recited_share`."""
    return (1.0,) if len(prompts) == 1 else (1 - recited_share, recited_share)


def fit_prompts(base: BaseModel, request: AskRequest) -> list[Prompt]:
    """The prompts of `request`, one for each text that is read by itself. Raises BadSettings when the question alone is
    too long."""
    passages = () if request.mode is AnswerMode.MEMORY else request.passages
    recited = () if request.mode is AnswerMode.PAGES else request.recited
    return [_fit_prompt(base, request, texts) for texts in read_apart(passages, recited)]


def _fit_prompt(base: BaseModel, request: AskRequest, texts: Sequence[str]) -> Prompt:
    """The prompt that shows `texts`, within the context window: the oldest turns go first, then the last texts."""
    room = base.context_tokens - request.max_new_tokens
    turns, passages = list(request.turns), list(texts)
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
    base: BaseModel, adapters: Adapters, adapter: str | None, request: AskRequest, recited_share: float = MOST_RECITED
) -> Generator[AnswerText, None, AskResult]:
    """Streams the answer to `request` with `adapter` (None: the bare model) switched on."""
    start = time.monotonic()
    first: float | None = None
    pieces: list[str] = []
    tokens = 0
    prompts = fit_prompts(base, request)
    shares = shares_of(prompts, recited_share)
    with adapters.using(adapter) as model:
        for piece, written in write_streamed(base, model, prompts, request.max_new_tokens, shares):
            first = first if first is not None else time.monotonic() - start
            tokens = written
            pieces.append(piece)
            yield AnswerText(piece)
    seconds = time.monotonic() - start
    return AskResult("".join(pieces).strip(), first if first is not None else seconds, seconds, tokens)
