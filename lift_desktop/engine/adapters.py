"""Adapters on a base model: making, loading, saving and switching them. The base model's weights are never touched.

Several adapters may be loaded at once; one is active, or none. Switching is cheap, so a question can be answered with
one memory while another is being trained.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peft
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from ..domain.errors import ModelMismatch, NoMemory
from .base_model import BaseModel

WEIGHTS_FILE = "adapter_model.safetensors"
CONFIG_FILE = "adapter_config.json"


def lora_config(rank: int) -> peft.LoraConfig:
    """LoRA on all linear layers but the output layer, scaled by 2 (alpha = 2 rank)."""
    return peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")


class Adapters:
    """The adapters of one loaded base model, by name."""

    def __init__(self, base: BaseModel) -> None:
        self._base = base
        self._model: Any = None
        self._active: str | None = None

    @property
    def model(self) -> Any:
        """The model with whatever adapter is active."""
        return self._base.model if self._model is None else self._model

    def names(self) -> set[str]:
        """The adapters that are loaded."""
        return set() if self._model is None else set(self._model.peft_config)

    def make(self, name: str, rank: int) -> None:
        """A new adapter that changes nothing yet; replaces one of the same name."""
        self._add(name, lora_config(rank))

    def load(self, name: str, folder: Path) -> None:
        """Loads an adapter that `save` wrote. Raises NoMemory (files missing or damaged) or ModelMismatch."""
        try:
            config = peft.PeftConfig.from_pretrained(str(folder))
            weights = load_file(folder / WEIGHTS_FILE)
        except (OSError, ValueError, KeyError, json.JSONDecodeError, SafetensorError) as error:
            raise NoMemory("The memory's files are missing or damaged.", "Learn the document again.") from error
        config.inference_mode = False
        self._add(name, config)
        self.set_weights(name, weights)

    def blend(self, name: str, start: str | None, end: str, strength: float) -> None:
        """A new adapter `name` between `start` (None: the bare model) and `end`, of which it has the settings.

        With `start` all weights are interpolated; without, the second factor of each product B A is scaled.
        """
        first, last = None if start is None else self.weights(start), self.weights(end)
        if first is not None and {k: v.shape for k, v in first.items()} != {k: v.shape for k, v in last.items()}:
            first = None  # of another rank
        self._add(name, copy.deepcopy(self._model.peft_config[end]))
        mixed = {}
        for key, value in last.items():
            if first is not None:
                mixed[key] = torch.lerp(first[key], value, strength)
            else:
                mixed[key] = value * strength if "lora_B" in key else value
        self.set_weights(name, mixed)

    def save(self, name: str, folder: Path, dtype: torch.dtype = torch.float16) -> None:
        """Writes the adapter's weights (as `dtype`) and config into `folder`."""
        weights = {key: value.to(dtype) for key, value in self.weights(name).items()}
        config = self._model.peft_config[name]
        config.base_model_name_or_path = self._base.reference.name
        save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
        config.save_pretrained(str(folder))

    def remove(self, name: str) -> None:
        """Unloads an adapter; an unknown name means nothing."""
        others = self.names() - {name}
        if name not in self.names():
            return
        if not others:
            self._base_again()
            return
        active = None if self._active == name else self._active
        self._model.set_adapter(min(others))  # PEFT warns when the adapter that it deletes is its current one
        self._model.delete_adapter(name)
        self.activate(active)

    def activate(self, name: str | None) -> None:
        """Switches the adapter `name` on, all others off; None: the bare base model."""
        if self._model is not None:
            if name is None:
                self._model.base_model.disable_adapter_layers()
            else:
                self._model.base_model.enable_adapter_layers()
                self._model.set_adapter(name)
        self._active = name

    @contextlib.contextmanager
    def using(self, name: str | None) -> Iterator[Any]:
        """The model in evaluation mode with the adapter `name`, or bare; afterwards all is as before."""
        before, training = self._active, self.model.training
        self.activate(name)
        self.model.eval()
        try:
            yield self.model
        finally:
            self.activate(before if before in self.names() else None)
            self.model.train(training)

    def parameters(self, name: str) -> list[torch.nn.Parameter]:
        """The trainable parameters of `name`, which must be active."""
        return [parameter for parameter in self._model.parameters() if parameter.requires_grad]

    def weights(self, name: str) -> dict[str, torch.Tensor]:
        """The adapter's weights on the CPU, named as PEFT saves them."""
        state = peft.get_peft_model_state_dict(self._model, adapter_name=name, save_embedding_layers=False)
        return {key: value.detach().cpu().contiguous() for key, value in state.items()}

    def set_weights(self, name: str, weights: dict[str, torch.Tensor]) -> None:
        """Replaces the adapter's weights. Raises ModelMismatch when they do not fit the base model."""
        expected = self.weights(name)
        if {key: value.shape for key, value in weights.items()} != {
            key: value.shape for key, value in expected.items()
        }:
            raise ModelMismatch(f"This memory does not fit the model {self._base.reference.name}.")
        peft.set_peft_model_state_dict(
            self._model, {key: value.float() for key, value in weights.items()}, adapter_name=name
        )

    def _add(self, name: str, config: Any) -> None:
        self.remove(name)
        before = self._active
        if self._model is None:
            self._model = peft.PeftModel(self._base.model, config, adapter_name=name)
        else:
            self._model.add_adapter(name, config)
        for key, parameter in self._model.named_parameters():
            if f".{name}." in key and parameter.dtype != torch.float32:
                parameter.data = parameter.data.float()
        self.activate(before if before in self.names() else None)

    def _base_again(self) -> None:
        self._model.unload()
        if hasattr(self._base.model, "peft_config"):
            del self._base.model.peft_config  # PEFT leaves it behind, and would warn at the next adapter
        self._model = None
        self._active = None
