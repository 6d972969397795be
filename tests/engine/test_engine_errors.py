"""What runs out while the engine works is named, and the engine goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import DiskFull, ModelError, OutOfMemory
from lift_desktop.domain.models import AnswerMode, Depth
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import AskRequest, LearnRequest, ModelReference
from lift_desktop.engine.local import LocalEngine

from .conftest import make_passages

ALLOWED_BYTES = 20_000  # of a file: more than the questions take, less than the adapter


@contextlib.contextmanager
def _small_files() -> Iterator[None]:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ALLOWED_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_takes_no_more_of_an_adapter_is_called_full(
    writer_reference: ModelReference, tmp_path: Path
) -> None:
    request = LearnRequest(writer_reference, "T", make_passages(), str(tmp_path / "m"), Depth.QUICK)
    engine = LocalEngine()
    with pytest.raises(DiskFull, match="learning stopped"), _small_files():
        last(engine.handle(request))
    assert last(engine.handle(request)).questions


def test_skills_that_cannot_be_read_are_no_memory_s_fault(reference: ModelReference, tmp_path: Path) -> None:
    prepared = replace(reference, skills_folder=str(tmp_path))
    with pytest.raises(ModelError, match="skills of tiny") as found:
        last(LocalEngine().handle(AskRequest(prepared, "T", "Why?", AnswerMode.PAGES)))
    assert "prepare" in found.value.hint


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory."), MemoryError()])
def test_memory_that_runs_out_while_answering_is_named(reference: ModelReference, error: Exception) -> None:
    engine = LocalEngine()
    request = AskRequest(reference, "T", "Why?", AnswerMode.PAGES, max_new_tokens=4)
    expected = last(engine.handle(request)).text

    def fail(*_: object) -> None:
        raise error

    hook = engine._model(reference)[0].model.register_forward_hook(fail)
    with pytest.raises(OutOfMemory):
        last(engine.handle(request))
    hook.remove()
    assert last(engine.handle(request)).text == expected
