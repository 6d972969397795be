"""The optimizer of a training, its state as tensors that can be saved, and what mixed precision needs beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch

from ..domain.planning import PAGED_ADAMW
from . import quantising
from .hardware import Hardware

_FIRST_SCALE = 1024.0


def make_optimizer(
    hardware: Hardware, parameters: Sequence[torch.nn.Parameter], learning_rate: float
) -> torch.optim.Optimizer:
    """AdamW without weight decay; where the plan says so, with 8-bit moments (Dettmers et al., arXiv 2110.02861) that a
    GPU pages out to main memory."""
    optimizer: torch.optim.Optimizer
    if hardware.optimizer != PAGED_ADAMW:
        is_cpu = hardware.device.type == "cpu"  # one pass over each parameter instead of ten
        optimizer = torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=0.0, fused=is_cpu or None)
    else:
        library = quantising.bitsandbytes.optim
        kind = library.PagedAdamW8bit if hardware.device.type == "cuda" else library.AdamW8bit
        optimizer = kind(parameters, lr=learning_rate, weight_decay=0.0)
    # Fused steps do not tell PyTorch that they change the parameters, and copies of them would be taken for good.
    optimizer.register_step_post_hook(lambda *_: torch.autograd.graph.increment_version(parameters))
    return optimizer


def gradient_scaler(hardware: Hardware) -> torch.amp.GradScaler:
    """Keeps float16's small gradients from becoming zero; does nothing for other number types."""
    is_needed = hardware.dtype == torch.float16
    return torch.amp.GradScaler(hardware.device.type, init_scale=_FIRST_SCALE, enabled=is_needed)


def remembering(hardware: Hardware) -> contextlib.AbstractContextManager[Any]:
    """The context of a forward pass: what it remembers for the backward pass waits in main memory where planned."""
    if hardware.offload and hardware.device.type == "cuda":
        return torch.autograd.graph.save_on_cpu(pin_memory=True)
    return contextlib.nullcontext()


def state_of(optimizer: torch.optim.Optimizer, parameters: Iterable[torch.nn.Parameter]) -> dict[str, torch.Tensor]:
    """The optimizer's memory of each parameter, as tensors of their own, named "<what>.<index of the parameter>"."""
    return {
        f"{key}.{index}": torch.as_tensor(value).detach().clone()
        for index, parameter in enumerate(parameters)
        for key, value in optimizer.state.get(parameter, {}).items()
    }


def restore_state(
    optimizer: torch.optim.Optimizer, parameters: Iterable[torch.nn.Parameter], saved: Mapping[str, torch.Tensor]
) -> None:
    """Puts back copies of what `state_of` gave: `saved` may lie in a file, which Windows would then not let us replace.
    What another kind of optimizer saved is left out, and gathered anew."""
    is_plain = isinstance(optimizer, torch.optim.AdamW)
    moment = "exp_avg" if is_plain else "state1"
    for index, parameter in enumerate(parameters):
        if f"{moment}.{index}" not in saved:
            continue
        own = {name.rpartition(".")[0]: value for name, value in saved.items() if name.endswith(f".{index}")}
        del own["parameter"]
        optimizer.state[parameter] = {
            key: (value.clone() if is_plain else int(value)) if key == "step" else value.to(parameter.device, copy=True)
            for key, value in own.items()
        }
