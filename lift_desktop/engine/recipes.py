"""How thoroughly each depth learns. The figures behind the choices stand in tests/benchmarks/RESULTS.md."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..domain.models import Depth
from .methods.lora import LoraSettings
from .training import TrainingSettings


@dataclass(frozen=True, slots=True)
class Recipe:
    """`rounds`: how often each passage is studied; `question_tokens`: what study may write about it each time."""

    rounds: int
    lora: LoraSettings
    training: TrainingSettings = field(default_factory=TrainingSettings)
    question_tokens: int = 160
    rows: int = 24  # texts that are written together
    held_out_share: float = 0.12
    held_out_most: int = 40
    doubtful_nll: float = 2.0


RECIPES = {
    Depth.QUICK: Recipe(rounds=1, lora=LoraSettings(epochs=4, text_epochs=2, pages_share=0.0)),
    Depth.STANDARD: Recipe(rounds=2, lora=LoraSettings(epochs=6, text_epochs=6, pages_share=0.2)),
    Depth.DEEP: Recipe(rounds=4, lora=LoraSettings(epochs=8, text_epochs=8, pages_share=0.2)),
}

BOTH_STRENGTH = 0.25
"""How far mode *both* goes from the prepared model (0) to the memory (1): the whole memory reads passages worse."""
