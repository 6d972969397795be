"""What a method of memorising is: an adapter, and the lessons that it is trained on.

A method prepares the model (adds its adapter), has the document studied, makes the items of each optimizer step and
their loss, and saves what came of it. How a saved memory is loaded is told by its configuration alone
(`adapters.py`), and how strongly it speaks beside passages by its recipe.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ...domain.models import Passage, StudyQuestion
from ...domain.words import content_words
from ..adapters import Adapters
from ..base_model import BaseModel
from ..batches import Group, Packed
from ..distillation import Teaching
from ..study import Notebook, StudyProgress, hold_out, study

if TYPE_CHECKING:
    from ..recipes import Recipe


@dataclass(frozen=True, slots=True)
class Work:
    """One document to learn; `skills` is the adapter of the prepared model, None for none."""

    base: BaseModel
    adapters: Adapters
    skills: str | None
    title: str
    passages: tuple[Passage, ...]
    seed: int


class Lessons(ABC):
    """What one memory is trained on. Indices of questions are those of the given ones."""

    def teacher_groups(self) -> list[Group]:
        """What the teacher reads, by the questions' indices as keys; nothing where there is no teacher."""
        return []

    def set_teaching(self, taught: dict[int, Teaching], doubtful_nll: float, *, distil: bool) -> None:
        """Takes what the teacher said about every question of `teacher_groups`."""
        raise NotImplementedError("these lessons have no teacher")

    @property
    @abstractmethod
    def kept(self) -> list[int]:
        """The questions that are learned, as indices of the given ones."""

    @abstractmethod
    def steps(self) -> Sequence[Sequence[Group]]:
        """The groups of each optimizer step, over all epochs; the same for the same seed."""

    @abstractmethod
    def loss(self, packed: Packed, logits: torch.Tensor) -> torch.Tensor:
        """The loss of each answer token, [A]; logits: [A, vocabulary]."""


class Method(ABC):
    """One way to memorise the document of `work`."""

    def __init__(self, work: Work, recipe: Recipe) -> None:
        self._work, self._recipe = work, recipe

    # The adapter -----------------------------------------------------------------------------------------------------
    @abstractmethod
    def prepare(self, name: str) -> None:
        """Adds the adapter `name`, as it is before training. Raises BadSettings or ModelError when it cannot be."""

    @property
    def stands_on_skills(self) -> bool:
        """Whether the skills stay active below the adapter (else it starts from them, or there are none)."""
        return self._work.skills is not None

    def save(self, name: str, folder: Path) -> None:
        """Writes the trained adapter into `folder`."""
        self._work.adapters.save(name, folder)

    def findings(self, name: str, lessons: Lessons) -> dict[str, Any]:
        """What is worth telling about the trained adapter, for the memory's manifest."""
        return {}

    # Its lessons -----------------------------------------------------------------------------------------------------
    def study(self, notebook: Notebook) -> Generator[StudyProgress, None, None]:
        """Fills the notebook with questions about every passage."""
        recipe, work = self._recipe, self._work
        return study(
            work.base,
            work.adapters,
            work.skills,
            work.title,
            [passage for passage in work.passages if content_words(passage.text)],
            notebook,
            rounds=recipe.rounds,
            answers=recipe.answers,
            passages_at_once=recipe.passages_at_once(work.base.hardware.rows),
        )

    def split(self, notebook: Notebook) -> tuple[list[StudyQuestion], list[StudyQuestion]]:
        """(to learn, held out) of what was written."""
        recipe = self._recipe
        return hold_out(notebook.questions, recipe.held_out_share, recipe.held_out_most, self._work.seed)

    @abstractmethod
    def lessons(self, questions: Sequence[StudyQuestion]) -> Lessons:
        """The lessons with the questions that are to be learned."""
