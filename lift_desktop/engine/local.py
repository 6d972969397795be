"""The engine itself: one base model, its adapters, and the calls of the contract. One thread touches it.

Each call is a generator that yields often; between two steps of one another may run (asking while learning).
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import torch

from ..domain.errors import DiskFull, ModelMismatch, NoMemory
from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode
from . import asking, estimating, hardware
from .adapters import WEIGHTS_FILE, Adapters
from .base_model import BaseModel, convert_gguf, load
from .clock import Clock
from .contract import (
    PROMPTS_VERSION,
    AskRequest,
    AskResult,
    ConvertRequest,
    Estimate,
    EstimateRequest,
    HardwareReport,
    LearnRequest,
    LearnResult,
    ModelReference,
    ProbeRequest,
    Score,
    ScoreRequest,
)
from .learning import LEARNING, MANIFEST_FILE, Learning
from .recipes import BOTH_STRENGTH, RECIPES

SKILLS = "skills"
ASKED = "asked"
ASKED_WITH_PAGES = "asked_with_pages"


class LocalEngine:
    """Keeps the model and the last asked memory loaded, so that the next call is quick."""

    def __init__(self) -> None:
        hardware.use_threads()
        self._hardware: hardware.Hardware | None = None
        self._base: BaseModel | None = None
        self._adapters: Adapters | None = None
        self._asked: tuple[str, float] | None = None  # folder and time of the memory that is loaded
        self._speeds: estimating.Speeds | None = None
        self._running = 0

    def handle(self, body: Any) -> Generator[Any, None, Any]:
        """The generator that serves a request of the contract."""
        calls: dict[type, Any] = {
            LearnRequest: self.learn,
            AskRequest: self.ask,
            EstimateRequest: self.estimate,
            ScoreRequest: self.score,
            ConvertRequest: self.convert,
            ProbeRequest: self.probe,
        }
        return self._counted(calls[type(body)](body))

    def _counted(self, steps: Generator[Any, None, Any]) -> Generator[Any, None, Any]:
        self._running += 1
        try:
            return (yield from steps)
        finally:
            self._running -= 1

    def learn(self, request: LearnRequest) -> Generator[Progress, None, LearnResult]:
        base, adapters = self._model(request.model)
        recipe = RECIPES[request.depth]
        predicted = estimating.predict(self._speeds, len(request.passages), recipe) if self._speeds else None
        try:
            learning = Learning(base, adapters, self._skills(adapters), request, Clock(predicted))
            return (yield from learning.steps())
        except OSError as error:
            if error.errno == 28:
                raise DiskFull("The disk is full; learning stopped.") from error
            raise
        finally:
            adapters.remove(LEARNING)

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]:
        base, adapters = self._model(request.model)
        adapter = self._skills(adapters)
        if request.mode is not AnswerMode.PAGES:
            if request.adapter_folder is None:
                raise NoMemory("This document has no memory yet.")
            adapter = self._memory(adapters, request.adapter_folder, with_pages=request.mode is AnswerMode.BOTH)
        return (yield from asking.ask(base, adapters, adapter, request))

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]:
        base, adapters = self._model(request.model)
        adapter = self._skills(adapters)
        if request.adapter_folder is not None:
            with_pages = any(question.passages for question in request.questions)
            adapter = self._memory(adapters, request.adapter_folder, with_pages=with_pages)
        return (yield from asking.score(base, adapters, adapter, request))

    def estimate(self, request: EstimateRequest) -> Generator[Progress, None, Estimate]:
        yield Progress("loading", 0, 1, 0.0)
        base, adapters = self._model(request.model)
        recipes = RECIPES
        self._speeds = yield from estimating.measure(
            base,
            adapters,
            self._skills(adapters),
            request.title,
            request.passages,
            next(iter(recipes.values())),
        )
        return Estimate(
            {
                depth: sum(estimating.predict(self._speeds, len(request.passages), recipe).values())
                for depth, recipe in recipes.items()
            }
        )

    def convert(self, request: ConvertRequest) -> Generator[Progress, None, None]:
        for number, doing in enumerate(convert_gguf(Path(request.gguf), Path(request.target))):
            yield Progress("converting", number, 3, number / 3, None, doing)

    def probe(self, request: ProbeRequest) -> Generator[Progress, None, HardwareReport]:
        yield Progress("probing", 0, 1, 0.0)
        return hardware.report()

    def _model(self, reference: ModelReference) -> tuple[BaseModel, Adapters]:
        """The base model of `reference`, loaded when it is not the one that is loaded already."""
        if self._base is not None and self._base.reference == reference:
            assert self._adapters is not None
            return self._base, self._adapters
        if self._base is not None and self._running > 1:
            raise ModelMismatch(
                f"The model {self._base.reference.name} is at work; {reference.name} cannot answer now.",
                "Ask again when learning has ended.",
            )
        self._base = self._adapters = self._asked = self._speeds = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._hardware = self._hardware or hardware.choose()
        base = load(reference, self._hardware)
        adapters = Adapters(base)
        if reference.skills_folder:
            adapters.load(SKILLS, Path(reference.skills_folder))
        self._base, self._adapters = base, adapters
        return base, adapters

    def _skills(self, adapters: Adapters) -> str | None:
        return SKILLS if SKILLS in adapters.names() else None

    def _memory(self, adapters: Adapters, folder: str, *, with_pages: bool) -> str:
        """The name of the adapter with the memory in `folder`, loaded when it is not loaded already.

        Beside passages it is the blend of prepared model and memory.
        """
        try:
            written = (Path(folder) / WEIGHTS_FILE).stat().st_mtime
        except OSError as error:
            raise NoMemory("The memory's files are missing.", "Learn the document again.") from error
        self._check_prompts(Path(folder))
        if self._asked != (folder, written) or ASKED not in adapters.names():
            adapters.load(ASKED, Path(folder))
            adapters.blend(ASKED_WITH_PAGES, self._skills(adapters), ASKED, BOTH_STRENGTH)
            self._asked = (folder, written)
        return ASKED_WITH_PAGES if with_pages else ASKED

    @staticmethod
    def _check_prompts(folder: Path) -> None:
        """A memory answers only to the prompts that it was trained with."""
        try:
            version = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))["prompts_version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoMemory("The memory's files are missing or damaged.", "Learn the document again.") from error
        if version != PROMPTS_VERSION:
            raise ModelMismatch("The memory was made by another version of LIFT Desktop.", "Learn the document again.")
