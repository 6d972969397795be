"""The recall check: held-out questions, answered closed book with the memory and without it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ..domain.models import StudyQuestion
from ..domain.words import recall_share
from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Item, answer_logits, pack, split_groups
from .contract import QuestionRecall
from .distillation import answer_loss
from .generation import write_batch
from .prompts import answer_prompt, answer_tokens

CHECK_TOKENS = 512
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
    rows: int,
) -> Generator[int, None, RecallCheck]:
    """Asks `questions` with the adapter `before` (None: the bare model) and with `after`, `rows` at once.

    Yields the number of answers so far (twice the number of questions at the end).
    """
    shares: list[list[float]] = []
    nlls: list[float] = []
    answered = 0
    for name in (before, after):
        mine: list[float] = []
        with adapters.using(name) as model:
            nlls.append(_answer_nll(base, model, title, questions))
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
    recalls = tuple(
        QuestionRecall(question.passage, low, high)
        for question, low, high in zip(questions, shares[0], shares[1], strict=True)
    )
    return RecallCheck(recalls, *nlls)


def _answer_nll(base: BaseModel, model: Any, title: str, questions: Sequence[StudyQuestion]) -> float:
    """The mean, over closed-book questions, of the mean negative log-likelihood of the answer's tokens; 0 for none."""
    items: list[Item] = []
    prefix: tuple[int, ...] = ()
    for question in questions:
        prompt = answer_prompt(base.tokenizer, title, question.question)
        prefix = prompt.prefix
        answer = answer_tokens(base.tokenizer, question.answer)
        items.append(Item(prompt.rest + answer, len(prompt.rest)))
    found: list[float] = []
    for batch in split_groups([Group(prefix, tuple(items))], CHECK_TOKENS):
        packed = pack(batch).to(base.device)
        with torch.inference_mode(), base.computing():
            losses = answer_loss(packed, answer_logits(model, packed))
        found += [float(losses[packed.owners == index].mean()) for index in range(len(packed.items))]
    return mean(found)


def mean(values: Sequence[float]) -> float:
    """The mean, 0 for no values."""
    return sum(values) / len(values) if values else 0.0
