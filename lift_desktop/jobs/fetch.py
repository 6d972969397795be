"""A base model for the engine: found on this computer, or fetched and converted."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from ..domain.messages import Progress
from ..domain.planning import Candidate
from ..engine.contract import AUTO, DEVICES, QUANTISATIONS, ConvertRequest, Engine, ModelReference
from ..library import Library
from ..models import LocalModel, ModelStore

DEVICE_SETTING, QUANTISATION_SETTING = "window.device", "window.quantisation"
"""Where the library keeps what was chosen in the window."""


def fetch_model(models: ModelStore, engine: Engine, name: str) -> Generator[Progress, None, LocalModel]:
    """Downloads and prepares a model of the catalogue, unless it is here already. Yields and raises like
    `ModelStore.get`.
    """

    def convert(gguf: Path, target: Path) -> None:
        with closing(engine.convert(ConvertRequest(str(gguf), str(target)))) as steps:
            for _ in steps:
                pass

    return models.get(name, convert)


def model_reference(
    model: LocalModel,
    models: ModelStore | None = None,
    library: Library | None = None,
    *,
    device: str | None = None,
    quantisation: str | None = None,
) -> ModelReference:
    """The model as the engine knows it, with what was chosen for it.

    `models` are named when it is too large. `device` and `quantisation` that are not given are what the user chose in
    the window, as `library` keeps it, else "auto".
    """

    def chosen(key: str, value: str | None, known: tuple[str, ...]) -> str:
        kept = library.setting(key, AUTO) if value is None and library is not None else value
        return kept if kept in known else AUTO

    return ModelReference(
        model.name,
        str(model.folder),
        model.sha256,
        str(model.skills_folder or ""),
        chosen(DEVICE_SETTING, device, DEVICES),
        chosen(QUANTISATION_SETTING, quantisation, QUANTISATIONS),
        () if models is None else candidates(models),
    )


def candidates(models: ModelStore) -> tuple[Candidate, ...]:
    """The models of the catalogue, as the planner compares them."""
    known = [each.catalogue for each in models.available()]
    return tuple(Candidate(each.title, each.shape) for each in known if each is not None)
