"""What an adapter must offer that is not made of PEFT's layers: weights beside the model, acting through hooks.

Owns the agreement alone; the kinds are `gated_memory.py` and `key_value_prefix.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, Self

import torch


class Attachment(Protocol):
    """Trainable weights that change what a model computes while they are attached, and never its own weights."""

    def attach(self, model: Any) -> None:
        """Hooks into `model` (a causal language model of Hugging Face), as its modules are now."""

    def detach(self) -> None:
        """Takes all hooks out again."""

    def parameters(self) -> list[torch.nn.Parameter]:
        """What is trained."""

    def weights(self) -> dict[str, torch.Tensor]:
        """All that is saved, on the CPU, by name."""

    def set_weights(self, weights: dict[str, torch.Tensor]) -> None:
        """Replaces the weights; names and shapes are those of `weights()`."""

    def save_config(self, folder: Path, model_name: str) -> None:
        """Writes `adapter_config.json`."""

    def scaled(self, strength: float) -> Self:
        """The same weights (shared), speaking with `strength` (0 to 1)."""
