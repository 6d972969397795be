"""The method `segments`: overlapping windows of the text, and questions about it, with a joint loss.

Source: "LIFT" (Mao et al., arXiv 2412.13626 and 2502.14644, versions 1 to 3). The document's tokens are cut into
windows of l tokens, a new one every 3 l / 8, each below the title; the model learns them word by word. Questions with
verbatim evidence join them, a share of them below head and tail of the document ("contextualised"), so that the adapter
complements what is in the prompt. The loss of an optimizer step is the mean over its items, each item's being the mean
over its own tokens, a question's multiplied by gamma.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch

from ...domain.models import Passage, StudyQuestion
from ..batches import Group, Item, Packed
from ..distillation import answer_loss
from ..prompts import answer_prompt, answer_tokens, plain, segment_prompt
from .base import Lessons
from .lora import LoraMethod
from .settings import SegmentSettings

STRIDE = 3 / 8  # of a window's length
ROOM_FOR_QUESTION = 128  # tokens that stay free below head and tail


def windows(count: int, length: int) -> list[tuple[int, int]]:
    """(start, end) of the windows over `count` tokens: each begins 3/8 of `length` after the one before, and the last
    one ends with the text. Every token stands in one at least."""
    stride = max(1, int(length * STRIDE))
    found = [(0, min(length, count))]
    while found[-1][1] < count:
        start = found[-1][0] + stride
        found.append((start, min(start + length, count)))
    return found


def head_and_tail(tokenizer: Any, tokens: Sequence[int], most: int) -> str:
    """The text of `tokens`, or its head and its tail with "..." between, of `most` tokens together."""
    if len(tokens) <= most:
        return str(tokenizer.decode(list(tokens)))
    half = most // 2
    return f"{tokenizer.decode(list(tokens[:half]))}\n...\n{tokenizer.decode(list(tokens[-half:]))}"


class SegmentLessons(Lessons):
    """Windows and questions of one document. `context_tokens` is what the model can read at once."""

    def __init__(
        self,
        tokenizer: Any,
        title: str,
        passages: Sequence[Passage],
        questions: Sequence[StudyQuestion],
        settings: SegmentSettings,
        seed: int,
        context_tokens: int,
    ) -> None:
        self._tokenizer, self._title, self._settings, self._seed = tokenizer, title, settings, seed
        self._questions = list(questions)
        text = "\n\n".join(passage.text for passage in passages)
        self._tokens: list[int] = tokenizer.encode(plain(tokenizer, text), add_special_tokens=False)
        self._prompt = segment_prompt(tokenizer, title)
        length = min(settings.tokens, context_tokens - len(self._prompt))
        self._windows = windows(len(self._tokens), length)
        most = min(settings.context_tokens, context_tokens - ROOM_FOR_QUESTION - 2 * len(self._prompt))
        self._context = head_and_tail(tokenizer, self._tokens, most)
        self._weights: list[float] = []  # by item's key: how much each of its tokens counts
        chosen = list(range(len(self._questions)))
        if 0 < settings.questions < len(chosen):
            chosen = sorted(random.Random(seed).sample(chosen, settings.questions))
        self._chosen = chosen

    @property
    def kept(self) -> list[int]:
        return self._chosen

    def steps(self) -> list[list[Group]]:
        self._weights = []
        settings, steps = self._settings, []
        for epoch in range(settings.epochs + settings.question_epochs):
            dice = random.Random(f"{self._seed} {epoch}")
            numbers = list(range(len(self._windows)))
            dice.shuffle(numbers)
            parts = [
                [self._window_group(number) for number in part] for part in _cut(numbers, settings.windows_per_step)
            ]
            if epoch >= settings.epochs:
                questions = self._question_parts(dice)
                if settings.items_per_step == 0:
                    parts = [[*windows, *asked] for windows, asked in zip(parts, questions, strict=True)]
                else:
                    parts += questions
                    dice.shuffle(parts)
            steps += [self._weighed(part) for part in parts]
        return steps

    def loss(self, packed: Packed, logits: torch.Tensor) -> torch.Tensor:
        weights = torch.tensor([self._weights[item.key] for item in packed.items], device=logits.device)
        return weights[packed.owners] * answer_loss(packed, logits)

    def _window_group(self, number: int) -> Group:
        start, end = self._windows[number]
        return Group(self._prompt, (Item(tuple(self._tokens[start:end]), 0),))

    def _question_parts(self, dice: random.Random) -> list[list[Group]]:
        """The questions of each step of an epoch, as groups with the same prefix."""
        keys = list(self._chosen)
        dice.shuffle(keys)
        parts = []
        for part in _cut(keys, self._settings.items_per_step):
            below = [key for key in part if dice.random() < self._settings.context_share]
            alone = [key for key in part if key not in below]
            pairs: tuple[tuple[list[int], list[str]], ...] = ((below, [self._context]), (alone, []))
            parts.append([self._question_group(own, shown) for own, shown in pairs if own])
        return parts

    def _question_group(self, keys: Sequence[int], shown: Sequence[str]) -> Group:
        items: list[Item] = []
        prefix: tuple[int, ...] = ()
        for key in keys:
            question = self._questions[key]
            prompt = answer_prompt(self._tokenizer, self._title, question.question, shown)
            prefix = prompt.prefix
            answer = answer_tokens(self._tokenizer, question.answer)
            items.append(Item(prompt.rest + answer, len(prompt.rest), key))
        return Group(prefix, tuple(items))

    def _weighed(self, groups: Sequence[Group]) -> list[Group]:
        """The same step, its items' keys naming their weights: training takes the mean over all answer tokens, from
        which this makes the mean over items."""
        all_items = [item for group in groups for item in group.items]
        tokens = sum(item.answer_length for item in all_items)
        weighed = []
        for group in groups:
            items = []
            for item in group.items:
                weight = 1.0 if item.key < 0 else self._settings.gamma
                items.append(Item(item.tokens, item.answer_start, len(self._weights)))
                self._weights.append(weight * tokens / (len(all_items) * item.answer_length))
            weighed.append(Group(group.prefix, tuple(items)))
        return weighed


def _cut(keys: Sequence[int], size: int) -> list[Sequence[int]]:
    """`keys` in parts of `size`; all together for 0."""
    size = size or max(1, len(keys))
    return [keys[at : at + size] for at in range(0, len(keys), size)] or [keys]


class SegmentsMethod(LoraMethod):
    """A low-rank adapter with lessons of windows and questions."""

    def lessons(self, questions: Sequence[StudyQuestion]) -> Lessons:
        work, settings = self._work, self._recipe.segments
        assert settings is not None
        return SegmentLessons(
            work.base.tokenizer,
            work.title,
            work.passages,
            questions,
            settings,
            work.seed,
            work.base.context_tokens,
        )
