"""What this computer can do: device, number type and threads, tried rather than guessed."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass

import torch

from .contract import HardwareReport

_PROBE_SIZE = 768
_WORTH_IT = 1.5  # bfloat16 is used on a CPU that multiplies at least this many times faster with it


@dataclass(frozen=True, slots=True)
class Hardware:
    """The device and the number type in which the model computes."""

    device: torch.device
    dtype: torch.dtype
    notes: tuple[str, ...] = ()


def choose() -> Hardware:
    """The best device there is (CUDA, then MPS, then CPU) and a number type that it is fast in."""
    if torch.cuda.is_available():
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return Hardware(torch.device("cuda"), dtype, ("A CUDA GPU was found.",))
    if torch.backends.mps.is_available():
        return Hardware(torch.device("mps"), torch.float32, ("An Apple GPU was found.",))
    ratio = _bfloat16_gain()
    note = f"No GPU; the processor multiplies bfloat16 matrices {ratio:.1f} times as fast as float32 ones."
    return Hardware(torch.device("cpu"), torch.bfloat16 if ratio >= _WORTH_IT else torch.float32, (note,))


def _bfloat16_gain() -> float:
    """How many times faster a matrix product is in bfloat16 than in float32 on this CPU (best of several)."""
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        left = torch.ones(_PROBE_SIZE, _PROBE_SIZE, dtype=dtype)
        best = float("inf")
        for _ in range(6):
            start = time.perf_counter()
            left @ left
            best = min(best, time.perf_counter() - start)
        seconds[dtype] = best
    return seconds[torch.float32] / seconds[torch.bfloat16]


def use_threads() -> int:
    """Sets the number of threads to the cores this process may use; returns it."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        cores = os.cpu_count() or 1
    threads = max(1, cores)
    torch.set_num_threads(threads)
    return threads


def total_memory_bytes() -> int:
    """The computer's main memory in bytes, 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def report() -> HardwareReport:
    """What `doctor` shows of the engine's side."""
    import peft
    import transformers

    hardware = choose()
    name = platform.processor() or platform.machine()
    if hardware.device.type == "cuda":
        name = torch.cuda.get_device_name()
    return HardwareReport(
        device=hardware.device.type,
        device_name=name,
        dtype=str(hardware.dtype).removeprefix("torch."),
        threads=torch.get_num_threads(),
        memory_bytes=total_memory_bytes(),
        versions={
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "peft": peft.__version__,
        },
        notes=hardware.notes,
    )
