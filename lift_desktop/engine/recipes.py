"""How thoroughly each depth learns. The figures behind the choices stand in tests/benchmarks/RESULTS.md."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..domain.models import Depth
from .methods.lora import LoraSettings
from .training import TrainingSettings


@dataclass(frozen=True, slots=True)
class Recipe:
    """`rounds`: how often each passage is studied; `answers`: for how many answers each time a question is written."""

    rounds: int
    lora: LoraSettings
    training: TrainingSettings = field(default_factory=TrainingSettings)
    answers: int = 8
    rows: int = 32  # texts that are written together
    held_out_share: float = 0.12
    held_out_most: int = 40
    doubtful_nll: float = 4.0

    @property
    def passages_at_once(self) -> int:
        """How many passages are studied together."""
        return max(1, self.rows // self.answers)


RECIPES = {
    Depth.QUICK: Recipe(rounds=1, lora=LoraSettings(epochs=4, text_epochs=2, pages_share=0.0)),
    Depth.STANDARD: Recipe(rounds=3, lora=LoraSettings(epochs=6, text_epochs=6, pages_share=0.2)),
    Depth.DEEP: Recipe(rounds=4, lora=LoraSettings(epochs=8, text_epochs=8, pages_share=0.2)),
}

BOTH_STRENGTH = 0.25
"""How far mode *both* goes from the prepared model (0) to the memory (1): the whole memory reads passages worse."""
