"""The recall check: held-out questions, answered without the document, from the memory and without it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

from ..domain.models import StudyQuestion
from ..domain.steps import changed
from ..domain.words import recall_share
from .adapters import Adapters
from .base_model import BaseModel
from .contract import QuestionRecall, ScoredQuestion
from .reciting import recite
from .scoring import score

MAX_ANSWER_TOKENS = 48
LEARNED_GAIN = 0.05
LEARNED_NATS = 0.1


@dataclass(frozen=True, slots=True)
class RecallCheck:
    """What the recall check found: each question's recall, and the mean negative log-likelihood (nats a token) of the
    held-out answers before and after."""

    recalls: tuple[QuestionRecall, ...]
    nll_before: float
    nll_after: float

    @property
    def learned(self) -> bool:
        """Whether the memory knows more than the model did: it recalls clearly more, or it recalls no less and finds
        the right answers clearly likelier (a few questions are a coarse measure of recall)."""
        gain = mean([recall.after - recall.before for recall in self.recalls])
        return gain >= LEARNED_GAIN or (gain >= 0 and self.nll_before - self.nll_after >= LEARNED_NATS)


def check_recall(
    base: BaseModel,
    adapters: Adapters,
    before: str | None,
    after: str,
    title: str,
    questions: Sequence[StudyQuestion],
    *,
    recites: bool,
) -> Generator[float, None, RecallCheck]:
    """Asks `questions` with the adapter `before` (None: the bare model), and then from the memory `after`: of one that
    `recites`, `before` reads what it wrote. Yields the share that is done (0 to 1).
    """
    asked = [ScoredQuestion(question.question, question.answer) for question in questions]

    def part(start: float, end: float, total: int) -> Callable[[int], float]:
        return lambda done: start + (end - start) * done / max(1, total)

    both = 2 * len(asked)  # score does each question twice
    steps = score(base, adapters, before, title, asked, MAX_ANSWER_TOKENS)
    first = yield from changed(steps, part(0.0, 0.4, both))
    if recites:
        with adapters.using(after) as model:
            reciting = recite(base, model, title, [question.question for question in questions])
            recited = yield from changed(reciting, part(0.4, 0.6, len(asked)))
        asked = [replace(question, passages=own) for question, own in zip(asked, recited, strict=True)]
    steps = score(base, adapters, before if recites else after, title, asked, MAX_ANSWER_TOKENS)
    then = yield from changed(steps, part(0.6, 1.0, both))
    recalls = tuple(
        QuestionRecall(question.passage, *(recall_share(question.answer, each.answer) for each in scores))
        for question, *scores in zip(questions, first, then, strict=True)
    )
    return RecallCheck(recalls, mean([each.nll for each in first]), mean([each.nll for each in then]))


def mean(values: Sequence[float]) -> float:
    """The mean, 0 for no values."""
    return sum(values) / len(values) if values else 0.0
