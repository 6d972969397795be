"""The peak of learning, predicted and measured; the tests ask for `predicted_by_measured`.

Run as a program: trains a model in this process and prints how many bytes the work itself took at its peak.

Takes one JSON object: {"folder", "tiny_folder", "quantisation", "dtype", "tokens", "answer_share", "checkpointing",
"optimizer"}. The libraries count for nothing: a tiny model (in "tiny_folder") is trained first. Linux only.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch

from lift_desktop.domain.models import Quantisation
from lift_desktop.domain.planning import TEXT_TOKENS, Workload, needs
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import load
from lift_desktop.engine.batches import Group, Item
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.distillation import answer_loss
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.planning import read_shape
from lift_desktop.engine.training import Trainer, TrainingSettings

STEPS = 3
TOLERANCE = 0.15


def predicted_by_measured(folder: Path, tiny_folder: Path, work: Workload) -> float:
    """Predicted divided by measured bytes of learning with the model in `folder`, libraries and the heap's waste left
    out: how much the heap holds beyond its tensors is chance, so each large tensor is mapped by itself here."""
    asked: dict[str, Any] = {
        "folder": str(folder),
        "tiny_folder": str(tiny_folder),
        "quantisation": work.quantisation.value,
        "dtype": "float32" if work.number_bytes == 4 else "bfloat16",
        "tokens": work.tokens,
        "answer_share": work.answer_share,
        "checkpointing": work.checkpointing,
        "optimizer": work.optimizer,
    }
    command = [sys.executable, "-m", "tests.engine.measured_peak", json.dumps(asked)]
    settings = os.environ | {"MALLOC_MMAP_THRESHOLD_": "1000000"}
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, env=settings)
    shape = read_shape(folder)
    assert shape is not None
    found = needs(shape, work)
    return (found.weights + found.adapter + found.training) / int(done.stdout.split()[-1])


def memory_bytes(line: str) -> int:
    """A line of this process's status, "VmRSS" or "VmHWM"."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) * 1024 for each in status if each.startswith(line))


def train(asked: dict, folder: str, tokens: int) -> None:
    """Trains the model in `folder` for some steps with batches of so many tokens."""
    hardware = Hardware(
        torch.device("cpu"),
        getattr(torch, asked["dtype"]),
        quantisation=Quantisation(asked["quantisation"]),
        checkpointing=asked["checkpointing"],
        optimizer=asked["optimizer"],
    )
    base = load(ModelReference("measured", folder, ""), hardware)
    adapters = Adapters(base)
    adapters.make("learning", 16)
    length = min(tokens, TEXT_TOKENS)
    answers = round(asked["answer_share"] * length)
    numbers = torch.randint(5, base.model.config.vocab_size, (tokens // length, length)).tolist()
    groups = [Group((first,), (Item(tuple(rest), len(rest) - answers),)) for first, *rest in numbers]
    settings = TrainingSettings(max_tokens=tokens, checkpoint_seconds=1e9)
    gc.collect()  # the file that the weights were read from
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    with tempfile.TemporaryDirectory() as checkpoints:
        trainer = Trainer(base, adapters, "learning", [groups] * STEPS, answer_loss, settings, Path(checkpoints))
        for _ in trainer.run():
            pass


def main(asked: dict) -> int:
    """The peak in bytes, beyond what the same work with a tiny model leaves behind."""
    torch.manual_seed(0)
    train(asked, asked["tiny_folder"], 64)
    gc.collect()
    before = memory_bytes("VmRSS")
    train(asked, asked["folder"], asked["tokens"])
    return memory_bytes("VmHWM") - before


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(main(json.loads(sys.argv[1])))
