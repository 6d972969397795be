"""One question to many passages, each by itself: short prompts, written together in batches."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from ..domain.messages import Progress
from ..domain.steps import changed
from .adapters import Adapters
from .asking import fit_prompts
from .base_model import BaseModel
from .contract import AskRequest, GatherRequest
from .generation import write_batch

GATHER_ROWS = 8


def gather(
    base: BaseModel, adapters: Adapters, adapter: str | None, request: GatherRequest
) -> Generator[Progress, None, tuple[str, ...]]:
    """What the model with `adapter` (None: the bare model) answers to the question from each passage alone.

    `done` of the progress counts passages that have been answered. Raises BadSettings for too long a question.
    """
    asked = [
        AskRequest(
            request.model,
            request.title,
            request.question,
            request.mode,
            request.adapter_folder,
            (passage,),
            max_new_tokens=request.max_new_tokens,
        )
        for passage in request.passages
    ]
    prompts = [prompt for each in asked for prompt in fit_prompts(base, each)]
    order = sorted(range(len(prompts)), key=lambda place: len(prompts[place]))  # of like length: little is padded
    written: dict[int, str] = {}
    with adapters.using(adapter) as model:
        for start in range(0, len(order), GATHER_ROWS):
            places = order[start : start + GATHER_ROWS]
            progress = Progress("gathering", len(written), len(order), start / len(order))
            steps = write_batch(base, model, [prompts[place] for place in places], request.max_new_tokens)
            texts = yield from changed(steps, partial(_instead, progress))
            written |= dict(zip(places, texts, strict=True))
    return tuple(written[place] for place in range(len(prompts)))


def _instead(progress: Progress, tokens: int) -> Progress:
    return progress
