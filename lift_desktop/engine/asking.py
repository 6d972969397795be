"""Answering: what fits into the context window, and one streamed answer."""

from __future__ import annotations

import time
from collections.abc import Generator

from ..domain.errors import BadSettings
from ..domain.messages import AnswerText
from ..domain.models import AnswerMode
from .adapters import Adapters
from .base_model import BaseModel
from .contract import AskRequest, AskResult
from .generation import write_streamed
from .prompts import Prompt, answer_prompt


def fit_prompt(base: BaseModel, request: AskRequest) -> Prompt:
    """The prompt of `request`, within the context window: the oldest turns go first, then the last passages.

    Raises BadSettings when the question alone is too long.
    """
    room = base.context_tokens - request.max_new_tokens
    turns = list(request.turns)
    passages = list(request.recited if request.mode is AnswerMode.MEMORY else request.passages)
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
