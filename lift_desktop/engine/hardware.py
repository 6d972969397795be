"""What this computer can do: devices, number types, quantisations, memory and threads, tried rather than guessed."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from functools import cache

import torch

from ..domain.models import Quantisation
from ..domain.planning import ADAMW, DeviceOffer
from . import probing, quantising
from .contract import HardwareReport


@dataclass(frozen=True, slots=True)
class Hardware:
    """The device, the number type in which the model computes, and how its weights are kept.

    `checkpointing`: layers are computed again in the backward pass instead of being remembered; `offload`: what is
    remembered waits in main memory. `optimizer` is one of `domain.planning`'s. `max_tokens` of a packed batch and
    `rows` of texts that are written at once are limits to what recipes ask for.
    """

    device: torch.device
    dtype: torch.dtype
    notes: tuple[str, ...] = ()
    quantisation: Quantisation = Quantisation.NONE
    checkpointing: bool = False
    offload: bool = False
    optimizer: str = ADAMW
    max_tokens: int = sys.maxsize
    rows: int = sys.maxsize


def devices() -> tuple[torch.device, ...]:
    """The devices that exist, fastest first: CUDA, then MPS, then the processor."""
    found = []
    if torch.cuda.is_available():
        found.append(torch.device("cuda"))
    if torch.backends.mps.is_available():
        found.append(torch.device("mps"))
    return (*found, torch.device("cpu"))


def choose() -> Hardware:
    """The best device there is and a number type that it is fast in, without quantisation."""
    device = devices()[0]
    dtype, words = number_type(device)
    return Hardware(device, dtype, (words,))


@cache
def number_type(device: torch.device) -> tuple[torch.dtype, str]:
    """As `probing.number_type`, found out once."""
    return probing.number_type(device)


@cache
def _tried(device: torch.device) -> tuple[tuple[Quantisation, str], ...]:
    """Each real quantisation with why it does not work on `device` ("" when it does)."""
    dtype, _ = number_type(device)
    return tuple((kind, probing.why_not(kind, device, dtype)) for kind in (Quantisation.NF4, Quantisation.INT8))


def offers() -> tuple[DeviceOffer, ...]:
    """What each device offers now; the trials are made once, free memory is looked up each time."""
    return tuple(_offer(device) for device in devices())


def _offer(device: torch.device) -> DeviceOffer:
    dtype, words = number_type(device)
    free, total = memory_bytes(device)
    tried = _tried(device)
    return DeviceOffer(
        device.type,
        device_name(device),
        str(dtype).removeprefix("torch."),
        dtype.itemsize,
        free,
        total,
        (Quantisation.NONE, *(kind for kind, why in tried if not why)),
        tuple((kind, why) for kind, why in tried if why),
        (words,),
    )


def device_name(device: torch.device) -> str:
    """The GPU's name, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return platform.processor() or platform.machine()


def memory_bytes(device: torch.device) -> tuple[int, int]:
    """Free and total bytes for the work of this process on `device`; 0 where the system does not tell.

    What this process holds already counts as used; MPS may use the part of the main memory that Metal recommends.
    """
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return int(free) + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device), int(total)
    free, total = _main_memory_bytes()
    if device.type == "mps":
        recommended = int(torch.mps.recommended_max_memory())
        return min(free, recommended), min(total, recommended) if total else recommended
    return free, total


def give_back_cache() -> None:
    """Gives the memory of tensors that are gone back to the system, whose free memory `memory_bytes` tells."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` is how PyTorch or the system says that memory ran out, on a GPU or a processor."""
    text = str(error).lower()
    return (
        isinstance(error, (MemoryError, torch.OutOfMemoryError))
        or "out of memory" in text
        or "can't allocate memory" in text
        or "not enough memory" in text
    )


def wait_for(device: torch.device) -> None:
    """Returns when `device` has computed what it was asked to: GPUs are asked ahead."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _main_memory_bytes() -> tuple[int, int]:
    """Available and total main memory; 0 where the system does not tell."""
    import psutil  # type: ignore[import-untyped]  # comes with accelerate

    memory = psutil.virtual_memory()
    return int(memory.available), int(memory.total)


def total_memory_bytes() -> int:
    """The computer's main memory in bytes, 0 where the system does not tell."""
    return _main_memory_bytes()[1]


def use_threads() -> int:
    """Sets the number of threads to the cores this process may use; returns it."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        cores = os.cpu_count() or 1
    threads = max(1, cores)
    torch.set_num_threads(threads)
    return threads


def report() -> HardwareReport:
    """What `doctor` and the settings show of the engine's side."""
    import peft
    import transformers

    found = offers()
    first = found[0]
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
    if quantising.bitsandbytes is not None:
        versions["bitsandbytes"] = quantising.bitsandbytes.__version__
    return HardwareReport(
        device=first.device,
        device_name=first.name,
        dtype=first.number_type,
        threads=torch.get_num_threads(),
        memory_bytes=total_memory_bytes(),
        versions=versions,
        notes=first.notes,
        offers=found,
    )
