"""Lessons of questions: what `lora`, `gated-memory` and `cartridge` are trained on.

Each item is a study question. Most items stand alone ("closed book"), so that the adapter must know: either the
sentence that answers (`engine/reciting.py`), or the answer itself, by context distillation. A share of them stand below
passages (the right one among others that look alike), as they will when both memory and pages are used. The teacher is
the model that reads the right passage.
"""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch

from ...domain.models import Passage, StudyQuestion
from ...domain.words import Weights, content_words, sentence_texts
from ..batches import Group, Item, Packed, grouped
from ..distillation import Teaching, answer_loss, mixed_loss
from ..prompts import answer_prompt, answer_tokens, recite_prompt, text_prompt
from ..reciting import RECITED_TOKENS
from .base import Lessons
from .settings import LoraSettings

SHOWN_PASSAGES = 3  # as many as asking retrieves
FEWEST_WORDS = 3
"""A sentence with fewer content words says nothing that one could ask for."""
CUE_SHARE = (0.2, 0.6)
"""How many of a sentence's content words a cue has."""
MOST_NEARER = 4
"""So many other sentences may be nearer to a question that still calls for its own."""
BEGINNING_TOKENS = 10
"""So many tokens tell a sentence from others."""
_WORD = re.compile(r"[\w'’-]+")

_Member = tuple[tuple[int, ...], Item]
"""An item with the prefix that it stands below."""


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
        texts = [text for passage in passages for text in sentence_texts(passage.text)]
        self._sentences = [text for text in texts if len(set(content_words(text))) >= FEWEST_WORDS]
        callers = _Callers(self._sentences)
        self._calling = {
            key
            for key, question in enumerate(self._questions)
            if settings.recites and callers.may_call(question.question, _evidence(question))
        }
        self._taught: dict[int, Teaching] = {}

    def teacher_groups(self) -> list[Group]:
        """What the teacher reads: each passage with all its questions below it."""
        return [
            group
            for number, keys in self._by_passage.items()
            for group in grouped(self._asked(keys, [self._passages[number].text]))
        ]

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
            alone = self._recited(dice) if self._settings.recites else self._asked(self.kept, [])
            dice.shuffle(alone)
            size = self._settings.items_per_step
            epoch_steps = [grouped(alone[at : at + size]) for at in range(0, len(alone), size)]
            for number, own in self._by_passage.items():
                if dice.random() < self._settings.pages_share:
                    shown = [self._passages[number], *self._similar.to(number, SHOWN_PASSAGES - 1)]
                    dice.shuffle(shown)
                    dice.choice(epoch_steps).extend(grouped(self._asked(own, [passage.text for passage in shown])))
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

    def _asked(self, keys: Sequence[int], passages: Sequence[str]) -> list[_Member]:
        """The questions `keys` with their answers, below `passages`."""
        share = 0.0 if passages else self._settings.answer_share
        members = []
        for key in keys:
            question = self._questions[key]
            prompt = answer_prompt(self._tokenizer, self._title, question.question, passages)
            answer = answer_tokens(self._tokenizer, question.answer)
            members.append((prompt.prefix, Item(prompt.rest + answer, len(prompt.rest), key, share)))
        return members

    def _recited(self, dice: random.Random) -> list[_Member]:
        """Each sentence, below questions that it answers and below cues: of all sentences equally many, so that none is
        likelier than another before something is asked."""
        asked: dict[str, list[str]] = {text: [] for text in self._sentences}
        for key in self.kept:
            own = asked.setdefault(_evidence(self._questions[key]), [])
            if key in self._calling:
                own.append(self._questions[key].question)
        members = []
        for sentence, questions in asked.items():
            calls = dice.sample(questions, min(len(questions), self._settings.calls - 1))
            calls += [_cue(sentence, dice) for _ in range(self._settings.calls - len(calls))]
            tokens = answer_tokens(self._tokenizer, sentence)[:RECITED_TOKENS]
            for place, call in enumerate(calls):
                prompt = recite_prompt(self._tokenizer, self._title, call)
                learned = tokens if place < self._settings.whole_calls else tokens[:BEGINNING_TOKENS]
                members.append((prompt.prefix, Item(prompt.rest + learned, len(prompt.rest))))
        return members


def _evidence(question: StudyQuestion) -> str:
    """The sentence that answers, as sentences are kept here."""
    return " ".join(question.evidence.split())


def _cue(sentence: str, dice: random.Random) -> str:
    """Some of the words that a question about `sentence` may hold, in any order."""
    words = list(dict.fromkeys(word for word in _WORD.findall(sentence) if content_words(word)))
    wanted = max(FEWEST_WORDS - 1, round(len(words) * dice.uniform(*CUE_SHARE)))
    return " ".join(dice.sample(words, min(len(words), wanted)))


class _Callers:
    """Which questions may call for a sentence: those whose words tell it from nearly all others.

    Small models write many about contracts that would fit any clause: they teach to take one sentence for another.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        self._weights = Weights.of(sentences)
        self._lengths: list[float] = []
        self._with: dict[str, list[int]] = {}
        for number, sentence in enumerate(sentences):
            words = set(content_words(sentence))
            self._lengths.append(math.sqrt(len(words)))
            for word in words:
                self._with.setdefault(word, []).append(number)

    def may_call(self, question: str, sentence: str) -> bool:
        """Whether at most MOST_NEARER sentences have more of the question's words, by their weight and the sentences'
        length."""
        asked, words = set(content_words(question)), set(content_words(sentence))
        shared = sum(self._weights.weight(word) for word in asked & words)
        if not shared:
            return False
        others: dict[int, float] = defaultdict(float)
        for word in asked & self._with.keys():
            for number in self._with[word]:
                others[number] += self._weights.weight(word)
        own = shared / math.sqrt(len(words)) * (1 + 1e-9)  # the sentence is among the others
        return sum(value > own * self._lengths[number] for number, value in others.items()) <= MOST_NEARER


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
