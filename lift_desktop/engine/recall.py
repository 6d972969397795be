"""The recall check: held-out questions, answered without the document, from the memory and without it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

from ..domain.models import Passage, StudyQuestion
from ..domain.steps import changed
from ..domain.words import content_words, recall_share
from .adapters import Adapters
from .base_model import BaseModel
from .contract import QuestionRecall, Score, ScoredQuestion, says_absent
from .reciting import recite_best
from .scoring import score

MAX_ANSWER_TOKENS = 48
LEARNED_GAIN = 0.05
LEARNED_NATS = 1.0
"""Three of four memories that recalled hardly anything gained .6 to .8 (the fourth 1.2), good ones .5 to 3, most of
them more than 1."""
STANDING = 0.5
"""An answer stands in a passage that has such a share of its content words."""
FEWEST = 4

_Scoring = Generator[float, None, tuple[Score, ...]]


@dataclass(frozen=True, slots=True)
class RecallCheck:
    """What the recall check found: each question's recall, and the mean negative log-likelihood (nats a token) of the
    held-out answers before and after."""

    recalls: tuple[QuestionRecall, ...]
    nll_before: float
    nll_after: float

    @property
    def learned(self) -> bool:
        """Whether the memory knows more than the model did: it recalls clearly more, or it loses one question at most
        and finds the right answers much likelier (a few questions are a coarse measure of recall)."""
        gains = [recall.after - recall.before for recall in self.recalls]
        is_likelier = self.nll_before - self.nll_after >= LEARNED_NATS
        return mean(gains) >= LEARNED_GAIN or (sum(gains) >= -1 and is_likelier)


def check_recall(
    base: BaseModel,
    adapters: Adapters,
    before: str | None,
    after: str,
    title: str,
    questions: Sequence[StudyQuestion],
    passages: Sequence[Passage],
    *,
    recites: bool,
) -> Generator[float, None, RecallCheck]:
    """Asks `questions` with the adapter `before` (None: the bare model), and then from the memory `after`: of one that
    `recites`, `before` reads what it wrote. Yields the share that is done (0 to 1).

    The right answer is the one that `before` reads from the passage: study chose the answers before the questions, and
    some do not fit. Questions to which it finds none there count only where the others are too few.
    """

    def ask(adapter: str | None, asked: Sequence[ScoredQuestion], start: float, end: float) -> _Scoring:
        steps = score(base, adapters, adapter, title, asked, MAX_ANSWER_TOKENS)
        return changed(steps, _between(start, end, 2 * len(asked)))

    texts = {passage.number: passage.text for passage in passages}
    shown = [ScoredQuestion(each.question, each.answer, (texts[each.passage],)) for each in questions]
    read = yield from ask(before, shown, 0.0, 0.4)
    found = [
        replace(question, answer=each.answer)
        for question, each in zip(questions, read, strict=True)
        if _stands_in(each.answer, texts[question.passage])
    ]
    questions = found if len(found) >= FEWEST else questions
    asked = [ScoredQuestion(each.question, each.answer) for each in questions]
    first = yield from ask(before, asked, 0.4, 0.6)
    if recites:
        reciting = recite_best(base, adapters, after, before, title, [each.question for each in questions])
        recited = yield from changed(reciting, _between(0.6, 0.8, len(asked)))
        asked = [replace(each, recited=own) for each, own in zip(asked, recited, strict=True)]
    then = yield from ask(before if recites else after, asked, 0.8, 1.0)
    recalls = tuple(
        QuestionRecall(question.passage, *(recall_share(question.answer, each.answer) for each in scores))
        for question, *scores in zip(questions, first, then, strict=True)
    )
    return RecallCheck(recalls, mean([each.nll for each in first]), mean([each.nll for each in then]))


def _stands_in(answer: str, text: str) -> bool:
    """Whether an answer says something that `text` says."""
    return bool(content_words(answer)) and not says_absent(answer) and recall_share(answer, text) >= STANDING


def _between(start: float, end: float, total: int) -> Callable[[int], float]:
    """The share of the whole, of a part of it of which so many of `total` are done."""
    return lambda done: start + (end - start) * done / max(1, total)


def mean(values: Sequence[float]) -> float:
    """The mean, 0 for no values."""
    return sum(values) / len(values) if values else 0.0
