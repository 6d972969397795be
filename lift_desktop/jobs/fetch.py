"""A base model for the engine: found on this computer, or fetched and converted."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from ..domain.messages import Progress
from ..engine.contract import ConvertRequest, Engine, ModelReference
from ..models import LocalModel, ModelStore


def fetch_model(models: ModelStore, engine: Engine, name: str) -> Generator[Progress, None, LocalModel]:
    """Downloads and prepares a model of the catalogue, unless it is here already. Yields and raises like
    `ModelStore.get`.
    """

    def convert(gguf: Path, target: Path) -> None:
        with closing(engine.convert(ConvertRequest(str(gguf), str(target)))) as steps:
            for _ in steps:
                pass

    return models.get(name, convert)


def model_reference(model: LocalModel) -> ModelReference:
    """The model as the engine knows it."""
    return ModelReference(model.name, str(model.folder), model.sha256, str(model.skills_folder or ""))
