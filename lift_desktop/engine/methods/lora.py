"""The method `lora`: a low-rank adapter, taught questions by context distillation. The methods that train one too.

An adapter of the skills' own shape starts from them; any other (another rank, attention alone, PiSSA) stands on them,
which then stay active below it.

PiSSA ("Principal Singular Values and Singular Vectors Adaptation", Meng et al., arXiv 2404.02948) trains the principal
part of each weight, W = U S V: B0 A0 with A0 = sqrt(S) V, B0 = U sqrt(S), cut to the rank. The authors take that part
out of the base; here the base stays as it is, and the adapter is the difference B A - B0 A0: a LoRA of twice the rank
of which the second half is never trained, as PEFT converts PiSSA to LoRA.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from ...domain.errors import BadSettings
from ...domain.models import StudyQuestion
from .base import Lessons, Method
from .questions import QuestionLessons

POWER_ITERATIONS = 16  # of the randomised decomposition, as PEFT's "pissa_niter_16"


class LoraMethod(Method):
    """A low-rank adapter with lessons of questions."""

    def prepare(self, name: str) -> None:
        adapters, settings, skills = self._work.adapters, self._recipe.lora, self._work.skills
        is_principal = settings.init == "pissa"
        rank = 2 * settings.rank if is_principal else settings.rank
        adapters.make(name, rank, targets=settings.targets)
        self._stands = skills is not None and (is_principal or not self._fits(name, skills))
        if self._stands:
            adapters.make(name, rank, targets=settings.targets, below=skills)
        elif skills is not None:
            adapters.set_weights(name, adapters.weights(skills))
        if is_principal:
            start_at_principal_parts(self._work.base.model, name, settings.rank)

    @property
    def stands_on_skills(self) -> bool:
        return self._stands

    def _fits(self, name: str, skills: str) -> bool:
        own, theirs = (self._work.adapters.weights(each) for each in (name, skills))
        return {key: value.shape for key, value in own.items()} == {key: value.shape for key, value in theirs.items()}

    def save(self, name: str, folder: Path) -> None:
        """PiSSA is saved in full precision: it is the small difference of large numbers."""
        dtype = torch.float32 if self._recipe.lora.init == "pissa" else torch.float16
        self._work.adapters.save(name, folder, dtype)

    def lessons(self, questions: Sequence[StudyQuestion]) -> Lessons:
        return self.question_lessons(questions)

    def question_lessons(self, questions: Sequence[StudyQuestion]) -> QuestionLessons:
        """Lessons of questions with distillation."""
        work = self._work
        return QuestionLessons(work.base.tokenizer, work.title, work.passages, questions, self._recipe.lora, work.seed)


def start_at_principal_parts(model: Any, name: str, rank: int) -> None:
    """Sets the adapter `name` (of rank 2 `rank`) to PiSSA's start; see the module. Raises BadSettings for a model whose
    weights are quantised: their principal parts cannot be told."""
    layers = [module for module in model.modules() if name in getattr(module, "lora_A", {})]
    if any(not layer.get_base_layer().weight.is_floating_point() for layer in layers):
        raise BadSettings(
            "PiSSA cannot start from a model with 4-bit or 8-bit weights.", "Choose init=gaussian, or the whole model."
        )
    for layer in layers:
        reading, writing = layer.lora_A[name].weight, layer.lora_B[name].weight
        first, second = principal_parts(layer.get_base_layer().weight, rank, layer.scaling[name])
        with torch.no_grad():
            reading.copy_(torch.cat([first, first], dim=0))
            writing.copy_(torch.cat([second, -second], dim=1))
        reading.requires_grad_(True)  # hooks can be set on no others; switching adapters sets it anew
        writing.requires_grad_(True)
        reading.register_hook(lambda gradient: _first_half(gradient, 0))
        writing.register_hook(lambda gradient: _first_half(gradient, 1))


def principal_parts(weight: torch.Tensor, rank: int, scaling: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(A0 [rank, inputs], B0 [outputs, rank]) with scaling B0 A0 the principal part of `weight` [outputs, inputs];
    the rows and columns beyond the weight's own rank are zero."""
    found = min(rank, *weight.shape)
    with torch.random.fork_rng(devices=[weight.device] if weight.is_cuda else []):
        torch.manual_seed(0)
        wide = min(2 * rank, *weight.shape)  # the parts that are kept come out better when more are looked for
        left, values, right = torch.svd_lowrank(weight.detach().float(), q=wide, niter=POWER_ITERATIONS)
    left, right, root = left[:, :found], right[:, :found], (values[:found] / scaling).sqrt()
    empty = rank - found
    first = torch.nn.functional.pad(root[:, None] * right.T, (0, 0, 0, empty))
    return first, torch.nn.functional.pad(left * root, (0, empty))


def _first_half(gradient: torch.Tensor, dimension: int) -> torch.Tensor:
    """The gradient of a weight of which the second half along `dimension` stays as it is."""
    size = gradient.shape[dimension] // 2
    kept = gradient.clone()
    kept.narrow(dimension, size, size).zero_()
    return kept
