"""Training: it learns, it resumes to the same result, and it ends clearly when it cannot go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import OutOfMemory, TrainingDiverged
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.batches import Group, Item, Packed
from lift_desktop.engine.distillation import answer_loss
from lift_desktop.engine.training import CHECKPOINT_FILE, Trainer, TrainingSettings, for_steps, learning_rate

SETTINGS = TrainingSettings(learning_rate=2e-2, max_tokens=64, checkpoint_seconds=0.0)


def _steps(count: int = 12) -> list[list[Group]]:
    group = Group((5, 6, 7), (Item((8, 9, 20, 21, 22), 2), Item((10, 11, 30, 31, 32), 2)))
    return [[group]] * count


def _trainer(base: BaseModel, adapters: Adapters, folder: Path, loss: object = answer_loss, count: int = 12) -> Trainer:
    if "new" not in adapters.names():
        torch.manual_seed(0)
        adapters.make("new", 4)
    return Trainer(base, adapters, "new", _steps(count), loss, SETTINGS, folder)  # type: ignore[arg-type]


def test_the_loss_falls_and_the_base_model_stays(
    base: BaseModel, adapters: Adapters, tmp_path: Path, weights_of: object
) -> None:
    before = weights_of(base)  # type: ignore[operator]
    losses = [progress.loss for progress in _trainer(base, adapters, tmp_path, count=40).run()][1:]
    assert losses[-1] < 0.2 * losses[0]
    after = weights_of(base)  # type: ignore[operator]
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_a_stopped_run_resumes_to_the_same_weights(base: BaseModel, adapters: Adapters, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    list(_trainer(base, adapters, tmp_path / "whole").run())
    whole = adapters.weights("new")
    adapters.remove("new")

    (tmp_path / "parts").mkdir()
    run = _trainer(base, adapters, tmp_path / "parts").run()
    for _ in range(6):
        last = next(run)
    run.close()
    adapters.remove("new")
    resumed = _trainer(base, adapters, tmp_path / "parts").run()
    assert next(resumed).done == last.done == 5
    list(resumed)
    parts = adapters.weights("new")
    for key, value in whole.items():
        torch.testing.assert_close(parts[key], value, rtol=1e-4, atol=1e-5)


def test_a_finished_run_is_not_trained_again(base: BaseModel, adapters: Adapters, tmp_path: Path) -> None:
    list(_trainer(base, adapters, tmp_path).run())
    again = list(_trainer(base, adapters, tmp_path).run())
    assert [progress.done for progress in again] == [12]


def test_a_loss_that_is_no_number_stops_with_a_clear_error(base: BaseModel, adapters: Adapters, tmp_path: Path) -> None:
    def broken(packed: Packed, logits: torch.Tensor) -> torch.Tensor:
        return answer_loss(packed, logits) * float("nan")

    with pytest.raises(TrainingDiverged, match="step 1"):
        list(_trainer(base, adapters, tmp_path, broken).run())
    assert not (tmp_path / CHECKPOINT_FILE).exists()


def test_out_of_memory_halves_the_batch_once_and_goes_on(base: BaseModel, adapters: Adapters, tmp_path: Path) -> None:
    sizes: list[int] = []

    def hungry(packed: Packed, logits: torch.Tensor) -> torch.Tensor:
        sizes.append(len(packed.items))
        if len(packed.items) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return answer_loss(packed, logits)

    trainer = Trainer(base, _with_new(adapters), "new", _steps(3), hungry, TrainingSettings(max_tokens=16), tmp_path)
    assert [progress.done for progress in trainer.run()] == [0, 1, 2, 3]
    assert sizes[0] == 2 and max(sizes[1:]) == 1

    (tmp_path / "second").mkdir()
    tighter = Trainer(
        base, adapters, "new", _steps(3), _always_full, TrainingSettings(max_tokens=16), tmp_path / "second"
    )
    with pytest.raises(OutOfMemory):
        list(tighter.run())


def _with_new(adapters: Adapters) -> Adapters:
    adapters.make("new", 4)
    return adapters


def _always_full(packed: Packed, logits: torch.Tensor) -> torch.Tensor:
    raise MemoryError


def test_a_long_training_has_a_lower_rate() -> None:
    settings = replace(SETTINGS, steps=100)
    assert for_steps(settings, 100) == for_steps(settings, 7) == settings
    assert for_steps(settings, 400).learning_rate == pytest.approx(SETTINGS.learning_rate / 2)
    assert for_steps(replace(settings, steps=0), 400).learning_rate == SETTINGS.learning_rate


def test_learning_rate_warms_up_and_falls() -> None:
    rates = [learning_rate(SETTINGS, step, 100) for step in range(100)]
    peak = rates.index(max(rates))
    assert rates[peak] == pytest.approx(SETTINGS.learning_rate)
    assert rates[:peak] == sorted(rates[:peak]) and rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] < 0.1 * SETTINGS.learning_rate
