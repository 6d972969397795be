"""What a finished memory's folder tells of how it was made. Knows the names in its manifest, no weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..domain.errors import LiftError
from ..library import Library

MANIFEST_FILE = "manifest.json"
REQUEST_FILE = "request.json"  # what an unfinished memory was begun with, in the same words


@dataclass(frozen=True, slots=True)
class MadeWith:
    """`gates`: the mean gate of each layer (0 to 1) of a gated memory, empty for other methods."""

    preset: str = "ours"
    options: tuple[tuple[str, str], ...] = ()
    distil: bool = True
    gates: tuple[float, ...] = ()


def made_with(library: Library, memory_id: str) -> MadeWith:
    """Read from the memory's folder; what is missing or damaged there is as it is by default. Raises NoMemory."""
    return _read(library.memory_folder(memory_id) / MANIFEST_FILE)


def begun_with(library: Library, memory_id: str) -> MadeWith:
    """The same of an unfinished memory. Raises NoMemory."""
    return _read(library.partial_folder(memory_id) / REQUEST_FILE)


def _read(path: Path) -> MadeWith:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return MadeWith(
            str(stored.get("preset", "ours")),
            as_options(stored.get("options", {})),
            bool(stored.get("distil", True)),
            tuple(float(gate) for gate in stored.get("gates", ())),
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return MadeWith()


def as_options(stored: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """A method's options from JSON, in order of their names."""
    return tuple(sorted((str(name), str(value)) for name, value in stored.items()))


def is_same_way(library: Library, memory_id: str, wanted: MadeWith) -> bool:
    """Whether a finished memory was made with the same settings. False when it is gone."""
    try:
        found = made_with(library, memory_id)
    except LiftError:
        return False
    same = (found.preset, found.options, found.distil)
    return same == (wanted.preset, tuple(sorted(wanted.options)), wanted.distil)
