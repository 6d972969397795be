"""The models that the program can fetch by itself, read from `resources/models.json`.

Owns the catalogue's records. Must not know what is on the user's disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.planning import ModelShape
from ..paths import resources_folder


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A GGUF file inside a wheel of the Python package index: `member` is its name there.

    The wheel is `wheel_bytes` large and has the checksum `wheel_sha256`; likewise the GGUF file in it.
    """

    package: str
    version: str
    wheel: str
    wheel_bytes: int
    wheel_sha256: str
    member: str
    gguf_bytes: int
    gguf_sha256: str


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the Hugging Face hub at one `revision` (a commit, or a branch).

    `weight_bytes` are its safetensors files together, `other_bytes` about the tokenizer and the settings; when it
    is fetched, the hub's own list of files counts. `gated`: given only to whoever accepted its licence there.
    """

    repository: str
    revision: str
    weight_bytes: int
    other_bytes: int
    gated: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A base model that can be fetched. `installed_bytes` is about what it takes on the disk, ready to be used.

    `shape` holds what its memory needs depend on, `context_tokens` is the longest input that it was trained on.
    `skills` names the folder in the resources with the adapter that prepares the model for reading and writing
    questions ("" for none). `languages` are ISO 639 codes, the main one first; "mul" stands for many others.
    """

    name: str
    title: str
    description: str
    licence: str
    shape: ModelShape
    context_tokens: int
    installed_bytes: int
    source: WheelSource | HubSource
    skills: str = ""
    languages: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """How many weights it has."""
        return self.shape.parameters

    @property
    def gated(self) -> bool:
        """Whether an access token is needed to fetch it."""
        return isinstance(self.source, HubSource) and self.source.gated

    @property
    def repository(self) -> str:
        """Its name at the hub; "" when it comes from elsewhere."""
        return self.source.repository if isinstance(self.source, HubSource) else ""

    @property
    def can_pause(self) -> bool:
        """Whether a download that is stopped goes on where it was."""
        return isinstance(self.source, HubSource)

    @property
    def skills_folder(self) -> Path | None:
        """The folder of its skills adapter, None when it has none."""
        return resources_folder() / self.skills if self.skills else None

    @property
    def download_bytes(self) -> int:
        """What goes over the network."""
        if isinstance(self.source, HubSource):
            return self.source.weight_bytes + self.source.other_bytes
        return self.source.wheel_bytes

    @property
    def disk_bytes(self) -> int:
        """The most space that getting it takes at one time: of the hub the files themselves, else the wheel, the
        file in it and the converted weights.
        """
        if isinstance(self.source, HubSource):
            return self.download_bytes
        return self.source.wheel_bytes + self.source.gguf_bytes + self.installed_bytes


def read_catalogue(file: Path | None = None) -> tuple[CatalogueModel, ...]:
    """The models in `file` (by default the program's own catalogue), in its order; the first is the starter
    model.

    The catalogue ships with the program: a wrong one is a bug and raises KeyError, TypeError or ValueError.
    """
    file = file or resources_folder() / "models.json"
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["models"]
    models = tuple(_model(entry) for entry in entries)
    names = {model.name for model in models}
    if len(names) != len(models):
        raise ValueError(f"{file.name}: two models have the same name")
    return models


def _model(entry: dict[str, Any]) -> CatalogueModel:
    kind = HubSource if "repository" in entry["source"] else WheelSource
    parts = {
        "source": kind(**entry["source"]),
        "shape": ModelShape(**entry["shape"]),
        "languages": tuple(entry["languages"]),
    }
    return CatalogueModel(**{**entry, **parts})
