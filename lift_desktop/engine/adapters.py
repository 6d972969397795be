"""Adapters on a base model: making, loading, saving and switching them. The base model's weights are never touched.

Several adapters may be loaded at once; one is active, or none. Switching is cheap, so a question can be answered with
one memory while another is being trained. An adapter may stand on another one (`below`), which then is active under it
and is not trained. Low-rank adapters are PEFT's layers; other kinds are an `Attachment`.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peft
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from ..domain.errors import ModelMismatch, NoMemory
from . import gated_memory, key_value_prefix
from .attachments import Attachment
from .base_model import BaseModel
from .gated_memory import GatedMemory
from .key_value_prefix import KeyValuePrefix
from .low_rank import join_layers, use_fused_layers

WEIGHTS_FILE = "adapter_model.safetensors"
CONFIG_FILE = "adapter_config.json"


ATTENTION_LAYERS = ("q_proj", "k_proj", "v_proj", "qkv_proj", "o_proj")


def lora_config(rank: int, targets: str = "all") -> peft.LoraConfig:
    """LoRA on all linear layers but the output layer, or on those of "attention"; scaled by 2 (alpha = 2 rank)."""
    layers = "all-linear" if targets == "all" else list(ATTENTION_LAYERS)
    return peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=layers, task_type="CAUSAL_LM")


def _stored_lora_config(stored: dict[str, Any]) -> peft.LoraConfig:
    """What `lora_config` made and PEFT saved. Nothing else of the file counts: by other settings PEFT changes the base
    model itself. Raises KeyError, TypeError or ValueError."""
    if stored["peft_type"] != "LORA":
        raise ValueError("an adapter of an unknown kind")
    names = ("r", "lora_alpha", "target_modules")
    return peft.LoraConfig(task_type="CAUSAL_LM", **{name: stored[name] for name in names})


class Adapters:
    """The adapters of one loaded base model, by name."""

    def __init__(self, base: BaseModel) -> None:
        self._base = base
        self._model: Any = None
        self._active: str | None = None
        self._attachments: dict[str, Attachment] = {}
        self._below: dict[str, str | None] = {}

    @property
    def model(self) -> Any:
        """The model with whatever adapter is active."""
        return self._base.model if self._model is None else self._model

    def names(self) -> set[str]:
        """The adapters that are loaded."""
        return self._layered() | set(self._attachments)

    def _layered(self) -> set[str]:
        """Those that are made of PEFT's layers."""
        return set() if self._model is None else set(self._model.peft_config)

    def make(self, name: str, rank: int, *, targets: str = "all", below: str | None = None) -> None:
        """A new low-rank adapter that changes nothing yet; replaces one of the same name."""
        self._add(name, lora_config(rank, targets), below)

    def add(self, name: str, attachment: Attachment, *, below: str | None = None) -> None:
        """Takes in an adapter of another kind; replaces one of the same name."""
        self.remove(name)
        self._attachments[name], self._below[name] = attachment, below

    def load(self, name: str, folder: Path, *, below: str | None = None) -> None:
        """Loads an adapter that `save` wrote. Raises NoMemory (files missing or damaged) or ModelMismatch."""
        try:
            stored = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
            weights = load_file(folder / WEIGHTS_FILE)
            attachment = self._stored_attachment(stored)
            config = _stored_lora_config(stored) if attachment is None else None
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise NoMemory("The memory's files are missing or damaged.", "Learn the document again.") from error
        try:
            if attachment is not None:
                self.add(name, attachment, below=below)
            else:
                self._add(name, config, below)
            self.set_weights(name, weights)
        except (ModelMismatch, ValueError, TypeError) as error:  # PEFT finds none of the layers, say
            self.remove(name)
            raise self._mismatch() from error

    def _stored_attachment(self, config: dict[str, Any]) -> Attachment | None:
        """A new attachment of the kind that `config` tells of; None for a low-rank adapter."""
        match config["peft_type"]:
            case gated_memory.PEFT_TYPE:
                return GatedMemory(self._base.model, config["form"])
            case key_value_prefix.PEFT_TYPE:
                return KeyValuePrefix(self._base.model, config["num_virtual_tokens"])
        return None

    def blend(self, name: str, start: str | None, end: str, strength: float) -> None:
        """A new adapter `name` between `start` (None: the bare model) and `end`, of which it has the settings.

        With `start` all weights are interpolated; without, the second factor of each product B A is scaled. An adapter
        that stands on another one, or is of another kind, is scaled itself, whatever `start` is.
        """
        below = self._below.get(end)
        if end in self._attachments:
            self.add(name, self._attachments[end].scaled(strength), below=below)
            return
        start = None if below is not None else start
        first, last = None if start is None else self.weights(start), self.weights(end)
        if first is not None and {k: v.shape for k, v in first.items()} != {k: v.shape for k, v in last.items()}:
            first = None  # of another rank
        self._add(name, copy.deepcopy(self._model.peft_config[end]), below)
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
        save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
        if name in self._attachments:
            self._attachments[name].save_config(folder, self._base.reference.name)
            return
        config = self._model.peft_config[name]
        config.base_model_name_or_path = self._base.reference.name
        config.save_pretrained(str(folder))

    def remove(self, name: str) -> None:
        """Unloads an adapter; an unknown name means nothing."""
        if name not in self.names():
            return
        self._below.pop(name, None)
        if name in self._attachments:
            before = None if self._active == name else self._active
            self.activate(None)
            del self._attachments[name]
            self.activate(before)
            return
        others = self._layered() - {name}
        if not others:
            self._base_again()
            return
        active = None if self._active == name else self._active
        self._model.set_adapter(min(others))  # PEFT warns when the adapter that it deletes is its current one
        self._model.delete_adapter(name)
        self.activate(active)

    def activate(self, name: str | None) -> None:
        """Switches the adapter `name` on, all others off; None: the bare base model."""
        for attachment in self._attachments.values():
            attachment.detach()
        below = None if name is None else self._below.get(name)
        layered = [each for each in (below, name) if each is not None and each not in self._attachments]
        if self._model is not None:
            if not layered:
                self._model.base_model.disable_adapter_layers()
            else:
                self._model.base_model.enable_adapter_layers()
                self._model.set_adapter(layered[-1], inference_mode=name in self._attachments)
            if len(layered) > 1:
                self._model.base_model.set_adapter(layered)
                self._model.base_model.set_requires_grad(below, False)
        if name in self._attachments:
            self._attachments[name].attach(self._base.model)
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
        if name in self._attachments:
            return self._attachments[name].parameters()
        return [parameter for parameter in self._model.parameters() if parameter.requires_grad]

    def weights(self, name: str) -> dict[str, torch.Tensor]:
        """A copy of the adapter's weights on the CPU, named as they are saved."""
        if name in self._attachments:
            return self._attachments[name].weights()
        state = peft.get_peft_model_state_dict(self._model, adapter_name=name, save_embedding_layers=False)
        return {key: value.detach().to("cpu", copy=True).contiguous() for key, value in state.items()}

    def fingerprint(self, name: str) -> str:
        """A hash of the adapter's weights: what stands on it needs exactly these below."""
        digest = hashlib.sha256()
        for key, value in sorted(self.weights(name).items()):
            digest.update(key.encode())
            digest.update(value.half().numpy().tobytes())
        return digest.hexdigest()[:16]

    def set_weights(self, name: str, weights: dict[str, torch.Tensor]) -> None:
        """Replaces the adapter's weights. Raises ModelMismatch when they do not fit the base model."""
        expected = self.weights(name)
        if {key: value.shape for key, value in weights.items()} != {
            key: value.shape for key, value in expected.items()
        }:
            raise self._mismatch()
        if name in self._attachments:
            self._attachments[name].set_weights(weights)
            return
        peft.set_peft_model_state_dict(
            self._model, {key: value.float() for key, value in weights.items()}, adapter_name=name
        )

    def _mismatch(self) -> ModelMismatch:
        return ModelMismatch(f"This memory does not fit the model {self._base.reference.name}.")

    def _add(self, name: str, config: Any, below: str | None = None) -> None:
        self.remove(name)
        before = self._active
        use_fused_layers(config)
        if self._model is None:
            self._model = peft.PeftModel(self._base.model, config, adapter_name=name)
        else:
            self._model.add_adapter(name, config)
        join_layers(self._model)
        for key, parameter in self._model.named_parameters():
            if f".{name}." in key and parameter.dtype != torch.float32:
                parameter.data = parameter.data.float()
        self._below[name] = below
        self.activate(before if before in self.names() else None)

    def _base_again(self) -> None:
        self._model.unload()
        if hasattr(self._base.model, "peft_config"):
            del self._base.model.peft_config  # PEFT leaves it behind, and would warn at the next adapter
        self._model = None
        self.activate(self._active if self._active in self._attachments else None)
