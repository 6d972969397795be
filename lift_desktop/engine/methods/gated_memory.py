"""The method `gated-memory`: the adapter of `engine/gated_memory.py`, with lessons of questions or of windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from ...domain.models import StudyQuestion
from ..batches import answer_logits, pack, split_groups
from ..gated_memory import GatedMemory
from .base import Lessons
from .segments import SegmentsMethod


class GatedMemoryMethod(SegmentsMethod):
    """Gated memory in every layer."""

    _memory: GatedMemory

    def prepare(self, name: str) -> None:
        work, settings = self._work, self._recipe.gated
        assert settings is not None
        self._memory = GatedMemory(work.base.model, settings.form)
        work.adapters.add(name, self._memory, below=work.skills)
        self._stands = work.skills is not None

    def lessons(self, questions: Sequence[StudyQuestion]) -> Lessons:
        if self._recipe.lessons == "segments":
            return super().lessons(questions)
        return self.question_lessons(questions)

    def findings(self, name: str, lessons: Lessons) -> dict[str, Any]:
        """`gates`: the mean gate of each layer (0 to 1) over the texts of the last training step."""
        work = self._work
        with work.adapters.using(name) as model:
            self._memory.record(True)
            for batch in split_groups(lessons.steps()[-1], self._recipe.training.max_tokens):
                with torch.inference_mode(), work.base.computing():
                    answer_logits(model, pack(batch).to(work.base.device))
            self._memory.record(False)
        return {"gates": [round(gate, 4) for gate in self._memory.mean_gates()]}
