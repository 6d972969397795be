"""Preparing a model: the skills adapter with which learning then starts, trained once, on other documents.

Owns the folder in which it is made: `request.json`, `plan.json` (how many steps; what the model could do before), the
checkpoint, and at last the adapter with `preparing.json`; a folder with that file is finished. Must not know where the
result is kept.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import torch

from ..domain.errors import BadSettings, ModelMismatch, NoMemory
from ..domain.messages import Progress
from .adapters import WEIGHTS_FILE, Adapters
from .base_model import BaseModel
from .batches import Group, answer_logits, pack, split_groups
from .contract import PROMPTS_VERSION, PreparedKind, PrepareRequest, PrepareResult
from .distillation import answer_loss
from .lessons import KINDS, STEP_TOKENS, Lessons, Record
from .training import CHECKPOINT_FILE, Trainer, TrainingSettings

PREPARING, TRIAL, START = "preparing", "trial", "start"  # adapters: while trained; to be measured with; to begin with
REQUEST_FILE, PLAN_FILE, RESULT_FILE = "request.json", "plan.json", "preparing.json"
RANK = 16
LEARNING_RATE, LEARNING_RATE_AFTER_START = 1e-3, 6e-4
HELD_OUT_EVERY, HELD_OUT_MOST, HELD_OUT_FEWEST = 12, 12, 2
MEASURED_STEPS = 3  # the first of them does not count: it warms up
MOST_PASSES = 20
TRAINING_SHARE = 0.96  # of the whole; the rest is the check before and after


class Preparing:
    """One run; `steps` does the work, and goes on where an earlier run in the same folder ended."""

    def __init__(self, base: BaseModel, adapters: Adapters, request: PrepareRequest, records: Sequence[Record]) -> None:
        self._base, self._adapters, self._request = base, adapters, request
        self._records = list(records)
        self._folder = Path(request.folder)

    def steps(self) -> Generator[Progress, None, PrepareResult]:
        """Yields Progress (stages "measuring", "practising", "checking"); returns what it gave, which also stands in
        `preparing.json`."""
        self._open_folder()
        if (self._folder / RESULT_FILE).exists():
            self._clear_away()
            return self._read_result()
        learned, held_out = self._held_out()
        check = Lessons(self._base.tokenizer, held_out, self._request.seed).groups(0)
        lessons = Lessons(self._base.tokenizer, learned, self._request.seed)
        self._make_adapter(PREPARING)
        plan = yield from self._plan(lessons, check)
        yield from self._practise(lessons, plan["steps"])
        after = yield from self._losses(check, TRAINING_SHARE)
        return self._finish(plan, after)

    # What is trained --------------------------------------------------------------------------------------------------
    def _held_out(self) -> tuple[list[Record], list[Record]]:
        """The records to learn from, and some passages kept apart to check what was learned."""
        different = list(dict.fromkeys(self._records))
        number = min(HELD_OUT_MOST, max(HELD_OUT_FEWEST, len(different) // HELD_OUT_EVERY))
        held_out = set(random.Random(self._request.seed).sample(different, number))
        return [record for record in self._records if record not in held_out], [
            record for record in different if record in held_out
        ]

    def _make_adapter(self, name: str) -> None:
        torch.manual_seed(self._request.seed)
        self._adapters.make(name, RANK)
        if self._request.start_folder:
            try:
                self._adapters.load(START, Path(self._request.start_folder))
                self._adapters.set_weights(name, self._adapters.weights(START))
            except (NoMemory, ModelMismatch) as error:
                raise BadSettings(
                    f"{self._request.start_folder} holds no skills for the model {self._base.reference.name}.",
                    f"It must be a folder that this command made, with an adapter of rank {RANK}.",
                ) from error
            finally:
                self._adapters.remove(START)

    def _trainer(self, name: str, steps: Sequence[Sequence[Group]], folder: Path) -> Trainer:
        rate = LEARNING_RATE_AFTER_START if self._request.start_folder else LEARNING_RATE
        settings = TrainingSettings(learning_rate=rate, max_tokens=STEP_TOKENS)
        return Trainer(self._base, self._adapters, name, steps, answer_loss, settings, folder)

    def _practise(self, lessons: Lessons, steps: int) -> Generator[Progress, None, None]:
        """Trains so many steps, of as many passes over the data as it takes."""
        made: list[list[Group]] = []
        for number in count():
            if len(made) >= steps:
                break
            made += lessons.steps(number)
        started, first = time.monotonic(), -1
        for step in self._trainer(PREPARING, made[:steps], self._folder).run():
            first = step.done if first < 0 else first
            pace = (time.monotonic() - started) / (step.done - first) if step.done > first else None
            left = None if pace is None else pace * (step.total - step.done)
            note = f"loss {step.loss:.2f}" if step.loss else ""
            yield Progress("practising", step.done, step.total, TRAINING_SHARE * step.done / step.total, left, note)

    # The plan ---------------------------------------------------------------------------------------------------------
    def _plan(self, lessons: Lessons, check: Sequence[Group]) -> Generator[Progress, None, dict[str, Any]]:
        """How many steps, and the losses before them. Decided once: a resumed run keeps to it, as the course of the
        learning rate depends on it."""
        path = self._folder / PLAN_FILE
        if not path.exists():
            before = yield from self._losses(check, 0.0)
            one_pass = lessons.steps(0)
            steps = len(one_pass)
            if self._request.minutes:
                seconds = yield from self._seconds_a_step(one_pass)
                steps = max(1, min(MOST_PASSES * steps, math.floor(60 * self._request.minutes / seconds)))
            _write(path, {"steps": steps, "before": before})
        plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return plan

    def _seconds_a_step(self, steps: Sequence[Sequence[Group]]) -> Generator[Progress, None, float]:
        """Measured with an adapter that is thrown away."""
        self._make_adapter(TRIAL)
        times = []
        try:
            with tempfile.TemporaryDirectory(prefix="lift-measure-") as folder:
                for step in self._trainer(TRIAL, steps[:MEASURED_STEPS], Path(folder)).run():
                    times.append(time.monotonic())
                    yield Progress("measuring", step.done, step.total, 0.0)
        finally:
            self._adapters.remove(TRIAL)
        warm = times[1:] if len(times) > 2 else times
        return (warm[-1] - warm[0]) / (len(warm) - 1)

    def _losses(self, check: Sequence[Group], fraction: float) -> Generator[Progress, None, dict[str, list[float]]]:
        """For each kind of lesson the mean loss (nats an answer token) of what was held out, and how many tokens."""
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        batches = list(split_groups(check, STEP_TOKENS))
        for number, batch in enumerate(batches):
            yield Progress("checking", number, len(batches), fraction)
            with self._adapters.using(PREPARING) as model:
                packed = pack(batch).to(self._base.device)
                with torch.inference_mode(), self._base.computing():
                    losses = answer_loss(packed, answer_logits(model, packed))
            for index, item in enumerate(packed.items):
                mine = losses[packed.owners == index]
                total = sums[KINDS[item.key]]
                total[0] += float(mine.sum())
                total[1] += len(mine)
        return {kind: [loss / tokens, tokens] for kind, (loss, tokens) in sums.items()}

    # The folder -------------------------------------------------------------------------------------------------------
    def _open_folder(self) -> None:
        """Makes the folder; what lies there from another request is removed. Raises BadSettings when the folder holds
        something else."""
        path, request = self._folder / REQUEST_FILE, self._request
        wanted = {
            "model": request.model.name,
            "model_sha256": request.model.sha256,
            "quantisation": self._base.hardware.quantisation.value,
            "data": [{"file": Path(file).name, "sha256": _sha256(Path(file))} for file in request.data],
            "start": _sha256(Path(request.start_folder) / WEIGHTS_FILE) if request.start_folder else "",
            "minutes": request.minutes,
            "seed": request.seed,
            "prompts_version": PROMPTS_VERSION,
        }
        if path.exists() and json.loads(path.read_text(encoding="utf-8")) == wanted:
            return
        if self._folder.is_dir() and not path.exists() and any(self._folder.iterdir()):
            raise BadSettings(f"The folder {self._folder} holds other files.", "Choose a new folder.")
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True)
        _write(path, wanted)

    def _finish(self, plan: dict[str, Any], after: dict[str, list[float]]) -> PrepareResult:
        before, passages = plan["before"], set(self._records)
        kinds = [
            PreparedKind(kind, before[kind][0], after[kind][0], round(after[kind][1]))
            for kind in KINDS
            if kind in after
        ]
        result = PrepareResult(plan["steps"], len(passages), sum(len(each.pairs) for each in passages), tuple(kinds))
        self._adapters.save(PREPARING, self._folder)
        told = json.loads((self._folder / REQUEST_FILE).read_text(encoding="utf-8"))
        told |= {"sources": sorted({record.source for record in self._records} - {""}), "rank": RANK}
        _write(self._folder / RESULT_FILE, told | {"result": asdict(result)})
        self._clear_away()
        return result

    def _clear_away(self) -> None:
        """Removes what is of no use any more beside the result."""
        for name in (CHECKPOINT_FILE, PLAN_FILE):
            (self._folder / name).unlink(missing_ok=True)

    def _read_result(self) -> PrepareResult:
        stored = json.loads((self._folder / RESULT_FILE).read_text(encoding="utf-8"))["result"]
        kinds = tuple(PreparedKind(**kind) for kind in stored.pop("kinds"))
        return PrepareResult(**stored, kinds=kinds)


def _sha256(file: Path) -> str:
    """Raises BadSettings for a file that cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}.") from error


def _write(file: Path, values: dict[str, Any]) -> None:
    unfinished = file.with_suffix(".writing")
    unfinished.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(file)
