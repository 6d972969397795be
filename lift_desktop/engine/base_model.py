"""The base model: loading it safely, quantised where that is planned, and converting the starter model's GGUF file.

Only safetensors weights and architectures built into transformers are loaded: no pickle, no remote code, no network.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# oneDNN writes a program for each size of matrices, some 40 for a step, and would keep 1,024 (half a gigabyte).
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "256")

import torch
import transformers
from jinja2 import TemplateError  # comes with torch
from safetensors import SafetensorError

from ..domain.errors import ModelError, OutOfMemory
from ..domain.models import Quantisation, Turn
from . import quantising
from .attention import ATTENTION
from .contract import ModelReference
from .hardware import Hardware, is_out_of_memory
from .norms import use_frozen_norms
from .prompts import answer_prompt, end_of_turn
from .quick_weights import quicken

# peft asks for an attribute that transformers has renamed; nothing that a user could do about it.
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

PROBLEMS = (*quantising.PROBLEMS, LookupError, MemoryError, SafetensorError, TemplateError)
"""What libraries raise about a folder that holds no model that they can use."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A loaded model with its tokenizer. Its own weights are frozen and never change."""

    model: Any
    tokenizer: Any
    hardware: Hardware
    reference: ModelReference

    @property
    def device(self) -> torch.device:
        """Where the model's weights lie."""
        return self.hardware.device

    @property
    def context_tokens(self) -> int:
        """How many tokens the model was made to read at once."""
        return int(getattr(self.model.config, "max_position_embeddings", 2048))

    @property
    def stop_tokens(self) -> frozenset[int]:
        """Tokens that end an answer."""
        ids = {end_of_turn(self.tokenizer), self.tokenizer.eos_token_id}
        return frozenset(token for token in ids if token is not None)

    def computing(self) -> contextlib.AbstractContextManager[Any]:
        """The context in which the model runs: mixed precision where its number type is not float32."""
        if self.hardware.dtype == torch.float32:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, self.hardware.dtype)


def load(reference: ModelReference, hardware: Hardware) -> BaseModel:
    """Loads the model in `reference.folder`. Raises ModelError (with what is wrong with it) or OutOfMemory."""
    folder = Path(reference.folder)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = _read(folder, hardware)
    except PROBLEMS as error:
        if is_out_of_memory(error):
            raise OutOfMemory(f"The model {reference.name} does not fit into memory.") from error
        raise ModelError(
            f"The model {reference.name} cannot be loaded: {quantising.first_line(error)}",
            "Get it again, or choose another model.",
        ) from error
    _check_chat(tokenizer, reference.name)
    if hardware.quantisation is Quantisation.NONE:
        model.to(hardware.device)
    else:
        quantising.keep_trainable(model)
        _let_go_of_file(model)
    model.requires_grad_(False)
    use_frozen_norms(model)
    quicken(model)
    if hardware.checkpointing:
        compute_again(model)
    model.eval()
    return BaseModel(model, tokenizer, hardware, reference)


def _check_chat(tokenizer: Any, name: str) -> None:
    """Raises ModelError when the chat template of `tokenizer` is missing or makes no prompts of ours."""
    hint = "Choose an instruct (chat) version of it."
    if not tokenizer.chat_template:
        raise ModelError(f"The model {name} has no chat template.", hint)
    try:
        answer_prompt(tokenizer, "Title", "Why?", ["A passage."], [Turn("Who?", "Nobody.")])
    except PROBLEMS as error:
        raise ModelError(f"The chat template of {name} cannot be used: {quantising.first_line(error)}", hint) from error


def compute_again(model: Any) -> None:
    """In training the layers of `model` are computed again in the backward pass instead of being remembered."""
    newer = getattr(model, "activation_checkpointing_enable", None)  # renamed in transformers 5
    (newer or model.gradient_checkpointing_enable)({"use_reentrant": False})


def _read(folder: Path, hardware: Hardware) -> Any:
    """The model with its weights as `hardware` says, quantised ones on their device. Raises ValueError when some are
    missing or the model is none of text alone, or what the libraries raise."""
    safely: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if hardware.quantisation is not Quantisation.NONE:
        safely["quantization_config"] = quantising.config(hardware.quantisation, hardware.dtype, hardware.device)
        safely["device_map"] = {"": str(hardware.device)}
    model, found = transformers.AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=hardware.dtype,
        attn_implementation=ATTENTION,
        use_safetensors=True,
        output_loading_info=True,
        **safely,
    )
    if model.config.get_text_config() is not model.config:
        raise ValueError("it is made for pictures or sound as well as for text.")
    if missing := found["missing_keys"]:  # transformers would make them up
        raise ValueError(f"{len(missing)} of its weights are missing, such as {min(missing)}.")
    return model


def _let_go_of_file(model: torch.nn.Module) -> None:
    """Copies what was not quantised: else it would keep the whole file, read for quantising, in memory."""
    for parameter in model.parameters():
        if parameter.device.type == "cpu" and parameter.is_floating_point():
            parameter.data = parameter.data.clone()


def convert_gguf(gguf: Path, target: Path) -> Iterator[str]:
    """Writes the de-quantised weights of `gguf` to the folder `target` as float32 safetensors, config, tokenizer.

    Yields what it is doing, now and then.
    """
    yield "reading the GGUF file"
    model = transformers.AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=transformers.GgufConfig(dequantize=True),
        dtype=torch.float32,
        local_files_only=True,
    )
    yield "reading the tokenizer"
    tokenizer = transformers.AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True)
    yield "writing safetensors"
    model.config.name_or_path = ""
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
