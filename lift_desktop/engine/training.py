"""Training an adapter: steps, checkpoints, and what to do when memory runs out or the loss is no number.

Owns the checkpoint in a memory's folder. Does not know what is learned: batches and loss are handed in.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ..domain.errors import OutOfMemory, TrainingDiverged
from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Packed, answer_logits, filled, pack, split_groups
from .hardware import give_back_cache, is_out_of_memory
from .heap import kept_heap
from .optimizing import gradient_scaler, make_optimizer, remembering, restore_state, state_of

CHECKPOINT_FILE = "checkpoint.safetensors"
WARM_UP_SHARE = 0.06
LAST_RATE_SHARE = 0.05

Loss = Callable[[Packed, torch.Tensor], torch.Tensor]
"""Takes a packed batch and its answer logits [A, vocabulary]; returns the loss of each answer token, [A]."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """`learning_rate` is the peak of a cosine schedule; `max_tokens` the longest packed sequence.

    `width`: of a model that is wider than so many (its hidden size) the rate is lower (0: the same for all), as wider
    ones were found to need ("LoRA Without Regret", Schulman et al. 2025: by the power of .78). `steps`: in a training
    of more steps than so many the rate is lower, by the root (0: the same for all); else it may go wrong on the way.
    """

    learning_rate: float = 5e-4
    width: int = 0
    steps: int = 0
    max_gradient_norm: float = 1.0
    max_tokens: int = 1280
    checkpoint_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """`done` of `total` optimizer steps; `loss` is the last one's mean over answer tokens (nats)."""

    done: int
    total: int
    loss: float
    tokens: int


def for_width(settings: TrainingSettings, width: int) -> TrainingSettings:
    """`settings` with the learning rate for a model of hidden size `width`."""
    if not 0 < settings.width < width:
        return settings
    return replace(settings, learning_rate=settings.learning_rate * (settings.width / width) ** 0.78)


def for_steps(settings: TrainingSettings, steps: int) -> TrainingSettings:
    """`settings` with the learning rate for a training of so many steps."""
    if not 0 < settings.steps < steps:
        return settings
    return replace(settings, learning_rate=settings.learning_rate * math.sqrt(settings.steps / steps))


def learning_rate(settings: TrainingSettings, step: int, total: int) -> float:
    """Linear warm-up over 6 % of the steps, then a cosine down to 5 % of the peak."""
    warm_up = max(1, round(WARM_UP_SHARE * total))
    if step < warm_up:
        return settings.learning_rate * (step + 1) / warm_up
    share = (step - warm_up) / max(1, total - warm_up)
    height = LAST_RATE_SHARE + (1 - LAST_RATE_SHARE) * (1 + math.cos(math.pi * share)) / 2
    return settings.learning_rate * height


class Trainer:
    """Trains the adapter `name`; `steps[i]` holds the groups of optimizer step i, always the same for a resumed run."""

    def __init__(
        self,
        base: BaseModel,
        adapters: Adapters,
        name: str,
        steps: Sequence[Sequence[Group]],
        loss: Loss,
        settings: TrainingSettings,
        folder: Path,
    ) -> None:
        self._base, self._adapters, self._name = base, adapters, name
        self._steps, self._loss, self._settings = steps, loss, settings
        self._checkpoint = folder / CHECKPOINT_FILE
        self._max_tokens = min(settings.max_tokens, base.hardware.max_tokens)
        self._halved = False

    def run(self) -> Generator[TrainingProgress, None, None]:
        """Trains to the end, from the last checkpoint on if there is one. Yields after each step; closing it writes a
        checkpoint. Raises TrainingDiverged or OutOfMemory (the last checkpoint stays)."""
        with self._adapters.using(self._name), kept_heap():
            self._parameters = self._adapters.parameters(self._name)
            self._optimizer = make_optimizer(self._base.hardware, self._parameters, self._settings.learning_rate)
            self._scaler = gradient_scaler(self._base.hardware)
            done = self._resume()
            last_checkpoint = time.monotonic()
            yield TrainingProgress(done, len(self._steps), 0.0, 0)
            try:
                while done < len(self._steps):
                    loss, tokens = self._step(done)
                    done += 1
                    if time.monotonic() - last_checkpoint > self._settings.checkpoint_seconds:
                        self._save(done)
                        last_checkpoint = time.monotonic()
                    yield TrainingProgress(done, len(self._steps), loss, tokens)
            except GeneratorExit:
                self._save(done)
                raise
            self._save(done)

    def _step(self, number: int) -> tuple[float, int]:
        """One optimizer step; when memory runs out, once more with batches of half the length."""
        rate = learning_rate(self._settings, number, len(self._steps))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        try:
            return self._step_once(number)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            self._optimizer.zero_grad(set_to_none=True)
            if self._halved:
                raise OutOfMemory("There is not enough memory to learn with this model.") from error
            self._halved = True
            self._max_tokens //= 2
            give_back_cache()
        return self._step(number)

    def _step_once(self, number: int) -> tuple[float, int]:
        groups = self._steps[number]
        answer_count = sum(item.answer_length for group in groups for item in group.items)
        total_loss, tokens = 0.0, 0
        self._adapters.model.train()
        for batch in split_groups(groups, self._max_tokens):
            packed = pack(filled(batch)).to(self._base.device)
            with self._base.computing(), remembering(self._base.hardware):
                logits = answer_logits(self._adapters.model, packed)
            loss = self._loss(packed, logits).sum() / answer_count
            self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            total_loss += loss.item()
            tokens += sum(len(group) for group in batch)
        self._adapters.model.eval()
        self._scaler.unscale_(self._optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, self._settings.max_gradient_norm)
        is_number = bool(torch.isfinite(norm)) or self._scaler.is_enabled()  # too large a scale: the step is left out
        if not math.isfinite(total_loss) or not is_number:
            raise TrainingDiverged(f"Training failed at step {number + 1}: the loss is no longer a number.")
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._optimizer.zero_grad(set_to_none=True)
        return total_loss, tokens

    def _save(self, done: int) -> None:
        """Writes weights, optimizer and step number in one file, whole or not at all."""
        tensors = {"done": torch.tensor(done), "max_tokens": torch.tensor(self._max_tokens)}
        tensors |= {f"parameter.{index}": parameter.detach() for index, parameter in enumerate(self._parameters)}
        tensors |= state_of(self._optimizer, self._parameters)
        tensors = {key: value.cpu().contiguous() for key, value in tensors.items()}
        partial = self._checkpoint.with_suffix(".writing")
        save_file(tensors, partial)
        partial.replace(self._checkpoint)

    def _resume(self) -> int:
        """Loads the checkpoint if there is one; returns the number of steps done."""
        if not self._checkpoint.exists():
            return 0
        with safe_open(self._checkpoint, framework="pt") as file, torch.no_grad():
            saved = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a mapping
            for index, parameter in enumerate(self._parameters):
                parameter.copy_(saved[f"parameter.{index}"])
            restore_state(self._optimizer, self._parameters, saved)
            self._max_tokens = min(self._max_tokens, int(saved["max_tokens"]))
            return int(saved["done"])
