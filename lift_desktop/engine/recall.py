"""The recall check: held-out questions, answered closed book with the memory and without it."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from ..domain.models import StudyQuestion
from ..domain.words import recall_share
from .adapters import Adapters
from .base_model import BaseModel
from .contract import QuestionRecall
from .generation import write_batch
from .prompts import answer_prompt

MAX_ANSWER_TOKENS = 48
LEARNED_GAIN = 0.05
"""A memory must recall this much more than the model did before, else it is weak."""


def check_recall(
    base: BaseModel,
    adapters: Adapters,
    before: str | None,
    after: str,
    title: str,
    questions: Sequence[StudyQuestion],
    rows: int,
) -> Generator[int, None, tuple[QuestionRecall, ...]]:
    """Asks `questions` with the adapter `before` (None: the bare model) and with `after`, `rows` at once.

    Yields the number of answers so far (twice the number of questions at the end).
    """
    shares: list[list[float]] = []
    answered = 0
    for name in (before, after):
        mine: list[float] = []
        with adapters.using(name) as model:
            for start in range(0, len(questions), rows):
                batch = questions[start : start + rows]
                prompts = [answer_prompt(base.tokenizer, title, question.question) for question in batch]
                texts: list[str] | None = None
                steps = write_batch(base, model, prompts, MAX_ANSWER_TOKENS)
                while texts is None:
                    texts = next(steps)
                    yield answered
                mine += [recall_share(q.answer, text) for q, text in zip(batch, texts, strict=True)]
                answered += len(batch)
        shares.append(mine)
    yield answered
    return tuple(
        QuestionRecall(question.passage, low, high)
        for question, low, high in zip(questions, shares[0], shares[1], strict=True)
    )


def mean(values: Sequence[float]) -> float:
    """The mean, 0 for no values."""
    return sum(values) / len(values) if values else 0.0
