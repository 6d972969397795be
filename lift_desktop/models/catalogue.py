"""The models that the program can fetch by itself, read from `resources/models.json`.

Owns the catalogue's records. Must not know what is on the user's disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
class CatalogueModel:
    """A base model that can be fetched. `installed_bytes` is about what it takes once it is converted.

    `parameters` counts weights, `context_tokens` is the longest input that it was trained on. `skills` names the
    folder in the resources with the adapter that prepares the model for reading and writing questions ("" for none).
    """

    name: str
    title: str
    description: str
    licence: str
    parameters: int
    context_tokens: int
    installed_bytes: int
    source: WheelSource
    skills: str = ""

    @property
    def skills_folder(self) -> Path | None:
        """The folder of its skills adapter, None when it has none."""
        return resources_folder() / self.skills if self.skills else None

    @property
    def download_bytes(self) -> int:
        """What goes over the network."""
        return self.source.wheel_bytes

    @property
    def disk_bytes(self) -> int:
        """The most space that getting it takes at one time: the wheel, the file in it, the converted
        weights.
        """
        return self.source.wheel_bytes + self.source.gguf_bytes + self.installed_bytes


def read_catalogue(file: Path | None = None) -> tuple[CatalogueModel, ...]:
    """The models in `file` (by default the program's own catalogue), in its order; the first is the starter
    model.

    The catalogue ships with the program: a wrong one is a bug and raises KeyError, TypeError or ValueError.
    """
    file = file or resources_folder() / "models.json"
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["models"]
    models = tuple(CatalogueModel(**{**entry, "source": WheelSource(**entry["source"])}) for entry in entries)
    names = {model.name for model in models}
    if len(names) != len(models):
        raise ValueError(f"{file.name}: two models have the same name")
    return models
