"""The engine itself: one base model, its adapters, and the calls of the contract. One thread touches it.

Each call is a generator that yields often; between two steps of one another may run (asking while learning).
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from . import quantising as quantising  # before all that imports PEFT

# isort: split
from ..domain.errors import FULL_DISK, DiskFull, ModelError, ModelMismatch, ModelTooLarge, NoMemory, OutOfMemory
from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode, Depth, Quantisation
from ..domain.planning import Demand, Plan
from ..domain.steps import changed
from . import asking, estimating, gathering, hardware
from .adapters import CONFIG_FILE, WEIGHTS_FILE, Adapters
from .base_model import BaseModel, convert_gguf, load
from .clock import Clock
from .contract import (
    PROMPTS_VERSION,
    AskRequest,
    AskResult,
    ConvertRequest,
    Estimate,
    EstimateRequest,
    GatherRequest,
    HardwareReport,
    LearnRequest,
    LearnResult,
    ModelReference,
    PrepareRequest,
    PrepareResult,
    ProbeRequest,
    ReciteRequest,
    Score,
    ScoreRequest,
    SpeedRequest,
    SpeedResult,
    WeighRequest,
)
from .fitting import demand_of, plan_hardware
from .learning import LEARNING, MANIFEST_FILE, Learning
from .lessons import read_records
from .measuring import OurStack, measure, measure_answers
from .preparing import PREPARING, Preparing
from .recipes import BOTH_STRENGTH, Recipe, recipe_for, recipe_of
from .reciting import recite_best
from .scoring import score, weigh

SKILLS, OTHER_SKILLS = "skills", "other_skills"
ASKED = "asked"
ASKED_WITH_PAGES = "asked_with_pages"
_FULL_ON_WINDOWS = 112  # as safetensors tells it, by the system's own number


def _skills_folder(folder: Path, quantisation: Quantisation) -> Path:
    """Where in `folder` the skills are for a model that is kept so: in a folder of that name, if there is one."""
    own = folder / quantisation.value
    return own if own.is_dir() else folder


def _load_skills(adapters: Adapters, reference: ModelReference, quantisation: Quantisation) -> None:
    """Raises ModelError when the skills of `reference` are missing, damaged or another model's."""
    try:
        adapters.load(SKILLS, _skills_folder(Path(reference.skills_folder), quantisation))
    except (NoMemory, ModelMismatch) as error:
        raise ModelError(
            f"The skills of {reference.name} are missing, damaged or another model's: {reference.skills_folder}.",
            "Prepare the model again: `lift-desktop prepare`.",
        ) from error


@contextlib.contextmanager
def _naming_a_full_disk(words: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL_DISK:
            raise DiskFull(words) from error
        raise
    except SafetensorError as error:
        if any(f"(os error {number})" in str(error) for number in (*FULL_DISK, _FULL_ON_WINDOWS)):
            raise DiskFull(words) from error
        raise


class LocalEngine:
    """Keeps the model and the last asked memory loaded, so that the next call is quick."""

    def __init__(self) -> None:
        hardware.use_threads()
        self._demand: Demand | None = None  # what the loaded model is planned to be learned by
        self.plan: Plan | None = None
        self._base: BaseModel | None = None
        self._adapters: Adapters | None = None
        self._asked: tuple[str, float] | None = None  # folder and time of the memory that is loaded
        self._speeds: estimating.Speeds | None = None
        self._rival: Any = None  # what `bench speed` compares with
        self._running = 0

    def handle(self, body: Any) -> Generator[Any, None, Any]:
        """The generator that serves a request of the contract."""
        calls: dict[type, Any] = {
            LearnRequest: self.learn,
            ReciteRequest: self.recite,
            AskRequest: self.ask,
            GatherRequest: self.gather,
            EstimateRequest: self.estimate,
            ScoreRequest: self.score,
            WeighRequest: self.weigh,
            ConvertRequest: self.convert,
            PrepareRequest: self.prepare,
            SpeedRequest: self.speed,
            ProbeRequest: self.probe,
        }
        return self._counted(calls[type(body)](body))

    def _counted(self, steps: Generator[Any, None, Any]) -> Generator[Any, None, Any]:
        self._running += 1
        try:
            return (yield from steps)
        except (MemoryError, RuntimeError) as error:
            if not hardware.is_out_of_memory(error):
                raise
            raise OutOfMemory("There is not enough memory for this with this model.") from error
        finally:
            self._running -= 1

    def learn(self, request: LearnRequest) -> Generator[Progress, None, LearnResult]:
        recipe = recipe_of(request)
        base, adapters = self._model(request.model, recipe)
        predicted = estimating.predict(self._speeds, len(request.passages), recipe) if self._speeds else None
        try:
            with _naming_a_full_disk("The disk is full; learning stopped."):
                learning = Learning(base, adapters, self._skills(adapters), request, Clock(predicted))
                return (yield from learning.steps())
        finally:
            adapters.remove(LEARNING)

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]:
        base, adapters = self._model(request.model)
        speaker = self._speaker(adapters, request)
        return (yield from asking.ask(base, adapters, speaker, request, self._recited_share(request.adapter_folder)))

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]:
        base, adapters = self._model(request.model)
        memory = self._memory(adapters, request.adapter_folder, with_pages=False)
        if not self._manifest(Path(request.adapter_folder)).get("recites"):
            return tuple(() for _ in request.questions)
        total = len(request.questions)
        skills = self._skills(adapters)
        steps = recite_best(base, adapters, memory, skills, request.title, request.questions, request.sentences)
        found = yield from changed(steps, lambda done: Progress("reciting", done, total, done / max(1, total)))
        return tuple(found)

    def gather(self, request: GatherRequest) -> Generator[Progress, None, tuple[str, ...]]:
        base, adapters = self._model(request.model)
        return (yield from gathering.gather(base, adapters, self._speaker(adapters, request), request))

    def _speaker(self, adapters: Adapters, request: AskRequest | GatherRequest) -> str | None:
        """The adapter that answers in the mode of `request`; what was recited is read as passages are. Raises NoMemory
        when it needs one and names none."""
        if request.mode is AnswerMode.PAGES:
            return self._skills(adapters)
        if request.adapter_folder is None:
            raise NoMemory("This document has no memory yet.")
        reads = request.mode is AnswerMode.BOTH or (isinstance(request, AskRequest) and bool(request.recited))
        return self._memory(adapters, request.adapter_folder, with_pages=reads)

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]:
        base, adapters = self._model(request.model)
        adapter = self._skills(adapters)
        if request.adapter_folder is not None:
            reads = any(question.passages or question.recited for question in request.questions)
            adapter = self._memory(adapters, request.adapter_folder, with_pages=reads)
        total = 2 * len(request.questions)
        share = self._recited_share(request.adapter_folder)
        steps = score(base, adapters, adapter, request.title, request.questions, request.max_new_tokens, share)
        return (yield from changed(steps, lambda done: Progress("scoring", done, total, done / max(1, total))))

    def weigh(self, request: WeighRequest) -> Generator[Progress, None, tuple[float, ...]]:
        base, adapters = self._model(request.model)
        steps, total = weigh(base, adapters, self._skills(adapters), request.title, request.told), len(request.told)
        return (yield from changed(steps, lambda done: Progress("weighing", done, total, done / max(1, total))))

    def estimate(self, request: EstimateRequest) -> Generator[Progress, None, Estimate]:
        yield Progress("loading", 0, 1, 0.0)
        recipes = {depth: recipe_for(depth, request.method, request.preset, request.options) for depth in Depth}
        base, adapters = self._model(request.model, next(iter(recipes.values())))
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
            },
            self.plan,
        )

    def convert(self, request: ConvertRequest) -> Generator[Progress, None, None]:
        for number, doing in enumerate(convert_gguf(Path(request.gguf), Path(request.target))):
            yield Progress("converting", number, 3, number / 3, None, doing)

    def prepare(self, request: PrepareRequest) -> Generator[Progress, None, PrepareResult]:
        yield Progress("reading", 0, 1, 0.0)
        records = read_records([Path(file) for file in request.data])
        yield Progress("loading", 0, 1, 0.0)
        base, adapters = self._model(replace(request.model, skills_folder=""))
        try:
            with _naming_a_full_disk("The disk is full; practising stopped."):
                return (yield from Preparing(base, adapters, request, records).steps())
        finally:
            adapters.remove(PREPARING)

    def speed(self, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
        yield Progress("measuring", 0, 1, 0.0)
        if request.stack == "stock":
            from .stock import StockStack  # a second's worth of imports that nothing else needs

            self._rival = self._rival or StockStack(request)
            return (yield from measure(self._rival, request))
        if request.stack == "llama":
            from .llama import LlamaStack

            self._rival = self._rival or LlamaStack(request)
            return (yield from measure_answers(self._rival, request))
        base, adapters = self._model(request.model)
        return (yield from measure(OurStack(base, adapters, self._skills(adapters)), request))

    def probe(self, request: ProbeRequest) -> Generator[Progress, None, HardwareReport]:
        yield Progress("probing", 0, 1, 0.0)
        found = hardware.report()
        if self.plan is None:
            return found
        held = self.plan.needs.weights  # the loaded model would make room for the next one
        used = self.plan.work.device
        offers = (
            replace(each, free_bytes=each.free_bytes + held) if each.device == used else each for each in found.offers
        )
        return replace(found, offers=tuple(offers))

    def _model(self, reference: ModelReference, recipe: Recipe | None = None) -> tuple[BaseModel, Adapters]:
        """The base model of `reference`, loaded when it is not the one that is loaded already.

        It is planned so that `recipe` (None: the usual one) can be learned by. Raises ModelTooLarge before loading; a
        model that can answer, but not be learned with, is refused for a `recipe` alone.
        """
        demand = Demand() if recipe is None else demand_of(recipe, reference)
        is_busy = self._running > 1
        if self._base is not None and self._base.reference == reference:
            assert self._adapters is not None
            if recipe is None or is_busy or demand == self._demand:
                return self._base, self._adapters
        if self._base is not None and is_busy:
            raise ModelMismatch(
                f"The model {self._base.reference.name} is at work; {reference.name} cannot answer now.",
                "Ask again when learning has ended.",
            )
        self._base = self._adapters = self._asked = self._speeds = self._demand = self.plan = None
        gc.collect()  # models refer to themselves; the planner counts what is free
        hardware.give_back_cache()
        made, self._demand = self._plan(reference, demand, must_learn=recipe is not None)
        base = load(reference, made)
        adapters = Adapters(base)
        if reference.skills_folder:
            _load_skills(adapters, reference, made.quantisation)
        self._base, self._adapters = base, adapters
        return base, adapters

    def _plan(
        self, reference: ModelReference, demand: Demand, *, must_learn: bool
    ) -> tuple[hardware.Hardware, Demand | None]:
        """How to load the model, and what it can then be learned by."""
        try:
            made, self.plan = plan_hardware(reference, demand, learns=True)
        except ModelTooLarge:
            if must_learn:
                raise
            made, self.plan = plan_hardware(reference, None, learns=False)
            return made, None
        return made, demand

    def _skills(self, adapters: Adapters) -> str | None:
        return SKILLS if SKILLS in adapters.names() else None

    def _memory(self, adapters: Adapters, folder: str, *, with_pages: bool) -> str | None:
        """The name of the adapter with the memory in `folder`, loaded when it is not loaded already.

        Beside passages it is the blend of prepared model and memory.
        """
        try:
            written = (Path(folder) / WEIGHTS_FILE).stat().st_mtime
        except OSError as error:
            raise NoMemory("The memory's files are missing.", "Learn the document again.") from error
        manifest = self._manifest(Path(folder))
        if with_pages and manifest.get("recites"):
            return self._skills(adapters)  # it was never taught to read; what it says chooses the pages
        if self._asked != (folder, written) or ASKED not in adapters.names():
            self._asked = None  # what stands under the one before may go
            adapters.load(ASKED, Path(folder), below=self._below(adapters, manifest))
            strength = manifest.get("recipe", {}).get("strength", BOTH_STRENGTH)
            adapters.blend(ASKED_WITH_PAGES, self._skills(adapters), ASKED, strength)
            self._asked = (folder, written)
        return ASKED_WITH_PAGES if with_pages else ASKED

    def _below(self, adapters: Adapters, manifest: dict[str, Any]) -> str | None:
        """The skills on which the memory stands, None for none. Raises ModelMismatch when they are others now."""
        stands_on = manifest.get("stands_on", "")
        skills = self._skills(adapters)
        if not stands_on:
            return None
        if skills is not None and adapters.fingerprint(skills) == stands_on:
            return skills
        assert self._base is not None
        root = Path(self._base.reference.skills_folder)
        for config in root.rglob(CONFIG_FILE) if skills else ():
            adapters.load(OTHER_SKILLS, config.parent)  # it was learned while the model was kept otherwise
            if adapters.fingerprint(OTHER_SKILLS) == stands_on:
                return OTHER_SKILLS
        adapters.remove(OTHER_SKILLS)
        raise ModelMismatch("The model was prepared anew since the memory was made.", "Learn the document again.")

    def _recited_share(self, folder: str | None) -> float:
        """How much of an answer beside passages the memory in `folder` decides: half of what its recall check found."""
        recall = self._manifest(Path(folder)).get("recall_after") if folder is not None else None
        return min(max(float(recall or 0.0) / 2, asking.LEAST_RECITED), asking.MOST_RECITED)

    @staticmethod
    def _manifest(folder: Path) -> dict[str, Any]:
        """The memory's manifest; it answers only to the prompts that it was trained with."""
        try:
            manifest: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
            version = manifest["prompts_version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoMemory("The memory's files are missing or damaged.", "Learn the document again.") from error
        if version != PROMPTS_VERSION:
            raise ModelMismatch("The memory was made by another version of LIFT Desktop.", "Learn the document again.")
        return manifest
