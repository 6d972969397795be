"""How thoroughly each depth learns, by each method. What the choices rest on stands in tests/benchmarks/RESULTS.md.

The preset `ours` is scaled to small models on small computers; `paper` has the figures of each method's authors
(arXiv 2412.13626 and 2502.14644 for LIFT's, 2506.06266 for the cartridge). What these leave open is ours: the prompts,
how many questions are studied at each depth, a cartridge's epochs, and the course of the learning rate
(`training.learning_rate`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..domain.errors import BadSettings
from ..domain.methods import (
    CARTRIDGE,
    GATED_MEMORY,
    LORA,
    OPTIONS,
    SEGMENTS,
    SENTENCES,
    WINDOW_OPTIONS,
    Value,
    check_options,
)
from ..domain.models import Depth
from .contract import LearnRequest
from .methods.settings import CartridgeSettings, GatedSettings, LoraSettings, SegmentSettings, SentenceSettings
from .training import TrainingSettings

BOTH_STRENGTH = 0.25
"""How far mode *both* goes from the prepared model (0) to the memory (1): the whole memory reads passages worse."""
SENTENCES_PER_PASSAGE = 7


@dataclass(frozen=True, slots=True)
class Recipe:
    """`rounds`: how often each passage is studied; `answers`: for how many answers each time a question is written.

    `lora` also holds how questions are learned, whatever adapter learns them; of the other parts those are None that a
    method does not use. `lessons`: questions, segments or sentences. `strength`: how strongly the memory speaks beside
    passages (0 to 1).
    """

    rounds: int
    lora: LoraSettings
    training: TrainingSettings = field(default_factory=TrainingSettings)
    answers: int = 8
    rows: int = 32  # texts that are written together
    held_out_share: float = 0.12
    held_out_most: int = 40
    doubtful_nll: float = 4.0
    distil: bool = True
    strength: float = BOTH_STRENGTH
    lessons: str = "questions"
    segments: SegmentSettings | None = None
    sentences: SentenceSettings | None = None
    gated: GatedSettings | None = None
    cartridge: CartridgeSettings | None = None

    @property
    def recites(self) -> bool:
        """Whether the memory writes down sentences that are then read, instead of answering itself."""
        return self.lessons == "questions" and self.lora.recites

    def passages_at_once(self, rows: int) -> int:
        """How many passages are studied together where no more than `rows` texts can be written at once."""
        return max(1, min(self.rows, rows) // self.answers)


_RECITING = TrainingSettings(learning_rate=6e-3, width=576, steps=165)
RECIPES = {
    Depth.QUICK: Recipe(
        1, LoraSettings(epochs=3, items_per_step=8, text_epochs=1, calls=4), _RECITING, held_out_most=30
    ),
    Depth.STANDARD: Recipe(3, LoraSettings(epochs=4), _RECITING),
    Depth.DEEP: Recipe(4, LoraSettings(epochs=8), _RECITING),
}
"""Of the method `lora`, preset `ours`."""
ANSWERING = {
    Depth.QUICK: Recipe(1, LoraSettings(epochs=4, items_per_step=10, text_epochs=2, recites=False)),
    Depth.STANDARD: Recipe(3, LoraSettings(epochs=6, items_per_step=10, pages_share=0.2, text_epochs=6, recites=False)),
    Depth.DEEP: Recipe(4, LoraSettings(epochs=8, items_per_step=10, pages_share=0.2, text_epochs=8, recites=False)),
}
"""Where questions are learned with their answers, not with sentences."""

_PAPER_RANK = 128
_PAPER_SEGMENTS = SegmentSettings(
    tokens=2048,
    epochs=3,
    question_epochs=5,
    questions=30,
    context_share=1.0,
    context_tokens=4096,
    windows_per_step=0,
    items_per_step=0,
)
_PAPER_TRAINING = TrainingSettings(learning_rate=1e-3, max_tokens=6144)


def _lora(depth: Depth, is_paper: bool) -> Recipe:
    if not is_paper:
        return RECIPES[depth]
    ours = ANSWERING[depth]
    lora = LoraSettings(rank=_PAPER_RANK, epochs=5, items_per_step=8, text_epochs=3, recites=False)
    return replace(ours, lora=lora, distil=False, strength=1.0, training=_PAPER_TRAINING)


def _segments(depth: Depth, is_paper: bool) -> Recipe:
    ours = ANSWERING[depth]
    if is_paper:
        lora = LoraSettings(rank=_PAPER_RANK, init="pissa")
        parts = replace(ours, lora=lora, segments=_PAPER_SEGMENTS, strength=1.0, training=_PAPER_TRAINING)
    else:
        segments = SegmentSettings(epochs=ours.lora.text_epochs // 2, question_epochs=ours.lora.epochs)
        parts = replace(ours, segments=segments)
    return _counted(replace(parts, lessons="segments", distil=False))


def _gated(depth: Depth, is_paper: bool) -> Recipe:
    segments = _segments(depth, is_paper)
    if is_paper:  # its questions, where there are no windows, are learned as the authors' LoRA learns them
        return replace(segments, lora=_lora(depth, is_paper).lora, gated=GatedSettings("paper"))
    training = TrainingSettings(learning_rate=2e-3)
    return replace(ANSWERING[depth], training=training, segments=segments.segments, gated=GatedSettings())


def _sentences(depth: Depth, is_paper: bool) -> Recipe:
    ours = ANSWERING[depth]
    if not is_paper:
        recipe = replace(ours, sentences=SentenceSettings(epochs=ours.lora.epochs))
    else:
        is_fast = depth is Depth.QUICK
        sentences = SentenceSettings(context_characters=2048, epochs=1 if is_fast else 5)
        training = TrainingSettings(learning_rate=3e-4 if is_fast else 5e-5)
        lora = LoraSettings(rank=_PAPER_RANK, items_per_step=8)
        recipe = replace(ours, lora=lora, sentences=sentences, training=training, strength=1.0)
    return _counted(replace(recipe, lessons="sentences", distil=False))


def _cartridge(depth: Depth, is_paper: bool) -> Recipe:
    tokens, rate = (2048, 2e-2) if is_paper else (128, 1e-2)
    training, lora = TrainingSettings(learning_rate=rate), ANSWERING[depth].lora
    if is_paper:  # the teacher alone teaches, nothing but questions
        lora = replace(lora, answer_share=0.0, pages_share=0.0, text_epochs=0)
    return replace(ANSWERING[depth], lora=lora, training=training, cartridge=CartridgeSettings(tokens), strength=1.0)


_STARTS: Mapping[str, Callable[[Depth, bool], Recipe]] = {
    LORA: _lora,
    SEGMENTS: _segments,
    GATED_MEMORY: _gated,
    SENTENCES: _sentences,
    CARTRIDGE: _cartridge,
}

_PARTS = {
    "rank": "lora",
    "targets": "lora",
    "init": "lora",
    "pages_share": "lora",
    "form": "gated",
    "tokens": "cartridge",
    "context_characters": "sentences",
    "questions": "segments",
    "gamma": "segments",
    "context_share": "segments",
    "context_tokens": "segments",
}
"""The part of a recipe in which an option of the same name stands; the others are treated one by one."""


_WINDOW_NAMES = frozenset(option.name for option in WINDOW_OPTIONS)


def recipe_for(
    depth: Depth, method: str = LORA, preset: str = "ours", options: Iterable[tuple[str, str]] = ()
) -> Recipe:
    """The recipe of a method with its preset's figures, changed by `options`. Raises BadSettings."""
    values = check_options(method, preset, options)
    recipe = _STARTS[method](depth, preset == "paper")
    if "lessons" in values:
        recipe = replace(recipe, lessons=str(values["lessons"]), distil=values["lessons"] == "questions")
    if "recite" in values or "distil" in values:  # what is distilled are answers
        recipe = _reciting(recipe, depth, method, recites=values.get("recite") == "yes")
    for name, value in values.items():
        _check_takes_part(recipe, method, name)
        recipe = _with(recipe, name, value)
    return _counted(recipe)


def recipe_of(request: LearnRequest) -> Recipe:
    """The recipe that `request` asks for. Raises BadSettings."""
    options = dict(request.options)
    if not request.distil and any(option.name == "distil" for option in OPTIONS.get(request.method, ())):
        options["distil"] = "no"
    return recipe_for(request.depth, request.method, request.preset, options.items())


def _reciting(recipe: Recipe, depth: Depth, method: str, *, recites: bool) -> Recipe:
    """`recipe` with the other kind of question lessons, whose figures are those of the preset `ours`."""
    if recites == recipe.lora.recites:
        return recipe
    other, own = (RECIPES if recites else ANSWERING)[depth], recipe.lora
    lora = replace(other.lora, rank=own.rank, targets=own.targets, init=own.init)
    return replace(recipe, lora=lora, training=other.training if method == LORA else recipe.training)


def _check_takes_part(recipe: Recipe, method: str, name: str) -> None:
    """Raises BadSettings for an option of the lessons that were not chosen."""
    needed = "segments" if name in _WINDOW_NAMES else "questions" if name in ("distil", "pages_share", "recite") else ""
    if method == GATED_MEMORY and needed not in ("", recipe.lessons):
        raise BadSettings(f"The option {name} needs lessons={needed}.", f"Here lessons={recipe.lessons}.")
    if name == "distil" and recipe.recites:
        raise BadSettings("The option distil needs recite=no.", "What is distilled are answers.")


def _with(recipe: Recipe, name: str, value: Value) -> Recipe:
    """`recipe` with one option."""
    match name:
        case "lessons" | "recite":
            return recipe
        case "distil":
            return replace(recipe, distil=value == "yes")
        case "learning_rate":
            return _changed(recipe, "training", learning_rate=value, width=0, steps=0)
        case "segment_tokens":
            return _changed(recipe, "segments", tokens=value)
        case "segment_epochs":
            return _changed(recipe, "segments", epochs=value)
        case "questions_per_sentence":
            return _changed(recipe, "sentences", questions=value)
        case "epochs" if recipe.lessons == "segments":
            return _changed(recipe, "segments", question_epochs=value)
        case "epochs":
            return _changed(recipe, "sentences" if recipe.lessons == "sentences" else "lora", epochs=value)
    return _changed(recipe, _PARTS[name], **{name: value})


def _changed(recipe: Recipe, part: str, **values: Any) -> Recipe:
    changes: dict[str, Any] = {part: replace(getattr(recipe, part), **values)}
    return replace(recipe, **changes)


def _counted(recipe: Recipe) -> Recipe:
    """The same, with `lora` and `rounds` saying about how much is written and trained, where that stands elsewhere:
    how long learning takes is predicted from them."""
    segments, sentences = recipe.segments, recipe.sentences
    if recipe.lessons == "segments" and segments is not None:
        reading = (segments.epochs + segments.question_epochs) * 8 / 3  # each token stands in so many windows
        share = segments.context_share
        lora = replace(recipe.lora, epochs=segments.question_epochs, text_epochs=math.ceil(reading), pages_share=share)
        return replace(recipe, lora=lora)
    if recipe.lessons == "sentences" and sentences is not None:
        rounds = math.ceil(SENTENCES_PER_PASSAGE * sentences.questions / recipe.answers)
        lora = replace(recipe.lora, epochs=sentences.epochs, text_epochs=0, pages_share=0.0)
        return replace(recipe, rounds=rounds, lora=lora)
    return recipe
