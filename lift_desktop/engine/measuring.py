"""How fast studying, training and answering are, with our engine or with the stock stack (`stock.py`), on equal work.

Both stacks get the same prompts, items, start, learning rates and order of steps; what differs is how it is computed.
Owns the work that is measured. Must not know who compares the figures.
"""

from __future__ import annotations

import random
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import psutil  # type: ignore[import-untyped]  # comes with accelerate
import torch

from ..domain.messages import Progress
from ..domain.models import Depth, Passage, StudyQuestion
from ..domain.steps import changed
from ..domain.words import Weights
from .adapters import WEIGHTS_FILE, Adapters
from .base_model import BaseModel
from .batches import Group, Item, grouped
from .contract import SpeedRequest, SpeedResult
from .distillation import answer_loss
from .generation import write_batch, write_streamed
from .hardware import wait_for
from .prompts import Prompt, answer_prompt, answer_tokens, question_prompt, recite_prompt, text_prompt
from .recipes import RECIPES
from .spans import answer_spans
from .study import MOST_QUESTION_TOKENS, check_draft
from .training import Trainer, TrainingSettings

MEASURED = "measured"  # the adapter's name
RANK = 16
ITEMS_PER_STEP, TEXTS_PER_STEP = 10, 3
ANSWER_TOKENS = 64

Answered = tuple[int, float, float]
"""Tokens of an answer, seconds until the first, seconds in all."""


class Answering(Protocol):
    """One way of computing answers."""

    @property
    def tokenizer(self) -> object: ...

    @property
    def device(self) -> torch.device: ...

    def answer(self, prompt: Prompt, folder: Path | None) -> Answered:
        """Answers with the adapter in `folder` (None: the prepared model)."""


class Stack(Answering, Protocol):
    """One way of computing all that the bench measures."""

    def write(self, prompts: Sequence[Prompt]) -> Generator[int, None, list[str]]:
        """The questions to `prompts`, greedily; yields now and then."""

    def train(self, steps: Sequence[Sequence[Group]], folder: Path) -> Iterator[float]:
        """Trains on the answers' tokens; yields each step's loss and at last leaves the adapter in `folder`."""


def measure(stack: Stack, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
    """Does the work of `request` and times it."""
    match request.task:
        case "study":
            return (yield from _study(stack, request))
        case "train":
            return (yield from _train(stack, request))
        case _:
            return (yield from measure_answers(stack, request))


def _study(stack: Stack, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
    weights = Weights.of(passage.text for passage in request.passages)
    wanted = [
        (passage, passage.text[span.start : span.end])
        for passage in request.passages
        for span in answer_spans(passage.text, weights)[: RECIPES[request.depth].answers]
    ]
    example = not request.model.skills_folder
    prompts = [
        question_prompt(stack.tokenizer, request.title, passage.text, answer, example=example)  # type: ignore[arg-type]
        for passage, answer in wanted
    ]
    start = _now(stack)
    texts = yield from changed(stack.write(prompts), lambda _: Progress("measuring", 0, 1, 0.0))
    seconds = _now(stack) - start
    drafts = [_draft(text, answer, passage) for (passage, answer), text in zip(wanted, texts, strict=True)]
    questions = tuple(draft for draft in drafts if draft is not None)
    return SpeedResult(seconds, len(prompts), _peak_bytes(stack), questions=questions, texts=tuple(texts))


def _draft(text: str, answer: str, passage: Passage) -> StudyQuestion | None:
    return check_draft(text.strip().partition("\n")[0], " ".join(answer.split()), passage)


def _train(stack: Stack, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
    steps = _steps(stack.tokenizer, request)
    losses: list[float] = []
    start = _now(stack)
    for loss in stack.train(steps, Path(request.folder)):
        losses.append(loss)
        yield Progress("measuring", len(losses), len(steps), len(losses) / len(steps))
    seconds = _now(stack) - start
    tokens = sum(len(group.prefix) + len(item.tokens) for step in steps for group in step for item in group.items)
    return SpeedResult(seconds, tokens, _peak_bytes(stack), losses=tuple(losses))


def _steps(tokenizer: object, request: SpeedRequest) -> list[list[Group]]:
    """Each epoch: the questions, each with the sentence that answers it, and the passages, in an order of its own."""
    asked = [
        _item(recite_prompt(tokenizer, request.title, question.question), tokenizer, question.evidence)  # type: ignore[arg-type]
        for question in request.questions
    ]
    texts = [
        _item(text_prompt(tokenizer, request.title, passage.number), tokenizer, passage.text)  # type: ignore[arg-type]
        for passage in request.passages
    ]
    steps = []
    for epoch in range(request.epochs):
        dice = random.Random(f"{request.seed} {epoch}")
        epoch_steps = []
        for items, size in ((asked, ITEMS_PER_STEP), (texts, TEXTS_PER_STEP)):
            shuffled = dice.sample(items, len(items))
            epoch_steps += [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
        dice.shuffle(epoch_steps)
        steps += [grouped(step) for step in epoch_steps]
    return steps


def _item(prompt: Prompt, tokenizer: object, answer: str) -> tuple[tuple[int, ...], Item]:
    tokens = prompt.rest + answer_tokens(tokenizer, answer)
    return prompt.prefix, Item(tokens, len(prompt.rest))


def measure_answers(stack: Answering, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
    """Times answers: each question with its passage shown, as pages are; or, from memory, each question and the text
    it is about."""
    shown = {passage.number: passage.text for passage in request.passages}
    folder = Path(request.folder) if request.folder else None
    tokenizer: Any = stack.tokenizer
    prompts = []
    for question in request.questions:
        passages = () if folder else (shown[question.passage],)
        prompts.append(answer_prompt(tokenizer, request.title, question.question, passages))
        if folder:
            prompts.append(text_prompt(tokenizer, request.title, question.passage))
    tokens, first, seconds = 0, 0.0, 0.0
    for number, prompt in enumerate(prompts):
        written, until_first, whole = stack.answer(prompt, folder)
        tokens, first, seconds = tokens + written - 1, first + until_first, seconds + whole - until_first
        yield Progress("measuring", number, len(prompts), number / len(prompts))
    return SpeedResult(seconds, tokens, _peak_bytes(stack), first_seconds=first / max(1, len(prompts)))


def _now(stack: Answering) -> float:
    wait_for(stack.device)
    return time.perf_counter()


def _peak_bytes(stack: Answering) -> int:
    """The most memory that this process has taken so far: the card's on CUDA, else main memory."""
    if stack.device.type == "cuda":
        return torch.cuda.max_memory_allocated()
    try:
        import resource
    except ImportError:  # Windows
        return int(psutil.Process().memory_info().peak_wset)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class OurStack:
    """The engine as learning and asking use it."""

    def __init__(self, base: BaseModel, adapters: Adapters, skills: str | None) -> None:
        self._base, self._adapters, self._skills = base, adapters, skills
        self._loaded: tuple[Path, float] | None = None

    @property
    def tokenizer(self) -> object:
        return self._base.tokenizer

    @property
    def device(self) -> torch.device:
        return self._base.device

    def write(self, prompts: Sequence[Prompt]) -> Generator[int, None, list[str]]:
        texts: list[str] = []
        size = RECIPES[Depth.QUICK].rows
        with self._adapters.using(self._skills) as model:
            for start in range(0, len(prompts), size):
                texts += yield from write_batch(self._base, model, prompts[start : start + size], MOST_QUESTION_TOKENS)
        return texts

    def train(self, steps: Sequence[Sequence[Group]], folder: Path) -> Iterator[float]:
        torch.manual_seed(0)
        self._adapters.make(MEASURED, RANK)
        if self._skills is not None:
            self._adapters.set_weights(MEASURED, self._adapters.weights(self._skills))
        settings = TrainingSettings(checkpoint_seconds=float("inf"))
        trainer = Trainer(self._base, self._adapters, MEASURED, steps, answer_loss, settings, folder)
        for progress in trainer.run():
            if progress.done:
                yield progress.loss
        self._adapters.save(MEASURED, folder)
        self._adapters.remove(MEASURED)

    def answer(self, prompt: Prompt, folder: Path | None) -> Answered:
        if folder is not None:
            version = (folder, (folder / WEIGHTS_FILE).stat().st_mtime)
            if self._loaded != version:
                self._adapters.load(MEASURED, folder)
                self._loaded = version
        first = 0.0
        tokens = 0
        start = time.perf_counter()
        with self._adapters.using(self._skills if folder is None else MEASURED) as model:
            for _, count in write_streamed(self._base, model, [prompt], ANSWER_TOKENS):
                first = first or time.perf_counter() - start
                tokens = count
        seconds = time.perf_counter() - start
        return tokens, first or seconds, seconds
