"""Lessons of questions, with context distillation: what `lora`, `gated-memory` and `cartridge` are trained on.

Each item is a study question with its answer. Most items stand alone ("closed book"), so that the adapter must know;
a share of them stand below passages (the right one among others that look alike), as they will when both memory and
pages are used. The teacher is the model that reads the right passage.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch

from ...domain.models import Passage, StudyQuestion
from ...domain.words import Weights, content_words
from ..batches import Group, Item, Packed
from ..distillation import Teaching, answer_loss, mixed_loss
from ..prompts import answer_prompt, answer_tokens, text_prompt
from .base import Lessons
from .settings import LoraSettings

SHOWN_PASSAGES = 3  # as many as asking retrieves


class QuestionLessons(Lessons):
    """Makes the items and the loss for one document."""

    def __init__(
        self,
        tokenizer: Any,
        title: str,
        passages: Sequence[Passage],
        questions: Sequence[StudyQuestion],
        settings: LoraSettings,
        seed: int,
    ) -> None:
        self._tokenizer, self._title, self._settings, self._seed = tokenizer, title, settings, seed
        self._passages = {passage.number: passage for passage in passages}
        self._questions = list(questions)
        self._by_passage: dict[int, list[int]] = {}
        for key, question in enumerate(self._questions):
            self._by_passage.setdefault(question.passage, []).append(key)
        self._similar = _Similar(passages)
        self._taught: dict[int, Teaching] = {}

    def teacher_groups(self) -> list[Group]:
        """What the teacher reads: each passage with all its questions below it."""
        return [self._group(keys, [self._passages[number].text]) for number, keys in self._by_passage.items()]

    def set_teaching(self, taught: dict[int, Teaching], doubtful_nll: float, *, distil: bool) -> None:
        """Takes what the teacher said; without `distil` only for choosing.

        Questions whose answer the teacher finds less likely than `doubtful_nll` (mean nats a token) with the passage
        before its eyes are badly put, and are dropped.
        """
        self._taught = taught if distil else {}
        self._by_passage = {
            number: kept
            for number, keys in self._by_passage.items()
            if (kept := [key for key in keys if taught[key].nll <= doubtful_nll])
        }

    @property
    def kept(self) -> list[int]:
        """The questions that are learned, as indices of the given ones."""
        return sorted(key for keys in self._by_passage.values() for key in keys)

    def steps(self) -> list[list[Group]]:
        """The groups of each optimizer step, over all epochs; the same for the same seed."""
        steps = []
        for epoch in range(self._settings.epochs):
            dice = random.Random(f"{self._seed} {epoch}")
            keys = self.kept
            dice.shuffle(keys)
            size = self._settings.items_per_step
            epoch_steps = [[self._group(keys[at : at + size], [])] for at in range(0, len(keys), size)]
            for number, own in self._by_passage.items():
                if dice.random() < self._settings.pages_share:
                    shown = [self._passages[number], *self._similar.to(number, SHOWN_PASSAGES - 1)]
                    dice.shuffle(shown)
                    group = self._group(own, [passage.text for passage in shown])
                    dice.choice(epoch_steps).append(group)
            if epoch < self._settings.text_epochs:
                epoch_steps += self._text_steps(dice)
                dice.shuffle(epoch_steps)
            steps += epoch_steps
        return steps

    def _text_steps(self, dice: random.Random) -> list[list[Group]]:
        """The passages themselves, so that the adapter meets every fact in the document's own words."""
        groups = []
        for passage in self._passages.values():
            prompt, text = text_prompt(self._tokenizer, self._title, passage.number), passage.text
            tokens = answer_tokens(self._tokenizer, text)
            groups.append(Group(prompt.prefix, (Item(prompt.rest + tokens, len(prompt.rest)),)))
        dice.shuffle(groups)
        size = self._settings.text_passages
        return [groups[at : at + size] for at in range(0, len(groups), size)]

    def loss(self, packed: Packed, logits: torch.Tensor) -> torch.Tensor:
        """The loss of each answer token, [A]: the answer's own and, with a teacher, the teacher's distribution's."""
        return mixed_loss(packed, logits, self._taught) if self._taught else answer_loss(packed, logits)

    def _group(self, keys: Sequence[int], passages: Sequence[str]) -> Group:
        prefix: tuple[int, ...] = ()
        items = []
        for key in keys:
            question = self._questions[key]
            prompt = answer_prompt(self._tokenizer, self._title, question.question, passages)
            prefix = prompt.prefix
            answer = answer_tokens(self._tokenizer, question.answer)
            share = 0.0 if passages else self._settings.answer_share
            items.append(Item(prompt.rest + answer, len(prompt.rest), key, share))
        return Group(prefix, tuple(items))


class _Similar:
    """Which passages look like another one, by the weighted words that they share."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = list(passages)
        self._weights = Weights.of(passage.text for passage in passages)
        self._words = {passage.number: set(content_words(passage.text)) for passage in passages}

    def to(self, number: int, count: int) -> list[Passage]:
        """The `count` passages most like passage `number`, without itself."""
        own = self._words[number]

        def likeness(passage: Passage) -> float:
            return sum(self._weights.weight(word) for word in own & self._words[passage.number])

        others = [passage for passage in self._passages if passage.number != number]
        return sorted(others, key=likeness, reverse=True)[:count]
