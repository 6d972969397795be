"""One checksum for all that makes a model, and a small file that remembers it.

Owns which files count. Must not know where a model came from or whether it is sound.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COUNTED = frozenset(
    {
        "config.json",
        "generation_config.json",
        "model.safetensors.index.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "tokenizer.model",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.json",
        "merges.txt",
        "chat_template.jinja",
    }
)


def file_sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def model_files(folder: Path) -> list[Path]:
    """The weights, settings and tokenizer files of a model, sorted by name; other files do not change what it
    says.
    """
    return sorted(path for path in folder.iterdir() if path.suffix == ".safetensors" or path.name in COUNTED)


def model_size_bytes(folder: Path) -> int:
    """The size of the model's files together."""
    return sum(path.stat().st_size for path in model_files(folder))


def folder_sha256(files: Sequence[Path], known: Mapping[str, str] | None = None) -> str:
    """The SHA-256 over the lines `<SHA-256 of the file>  <name>` of `files`: what `sha256sum` prints, hashed
    again. `known` are checksums that were computed just now, by the files' names.
    """
    known = known or {}
    lines = "".join(f"{known.get(path.name) or file_sha256(path)}  {path.name}\n" for path in files)
    return hashlib.sha256(lines.encode()).hexdigest()


class HashMemo:
    """Remembers the checksums of folders whose files kept their names, sizes and times; `file` is where."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def sha256(self, folder: Path) -> str:
        """The folder's checksum: remembered, or computed (a second or two for each gigabyte) and
        remembered.
        """
        entry = self._read().get(str(folder.resolve()))
        if isinstance(entry, dict) and entry.get("files") == _marks(folder) and isinstance(entry.get("sha256"), str):
            return str(entry["sha256"])
        sha256 = folder_sha256(model_files(folder))
        self.remember(folder, sha256)
        return sha256

    def remember(self, folder: Path, sha256: str) -> None:
        """Notes a checksum and forgets folders that are gone, if the file can be written; else (on a full disk, or one
        that is only read) it is computed again the next time.
        """
        known = {path: entry for path, entry in self._read().items() if Path(path).is_dir()}
        known[str(folder.resolve())] = {"files": _marks(folder), "sha256": sha256}
        new = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(known, indent=1), encoding="utf-8")
            new.replace(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _marks(folder: Path) -> list[list[str | int]]:
    """What tells that files have not changed: names, sizes in bytes, times of change in nanoseconds."""
    stats = [(path.name, path.stat()) for path in model_files(folder)]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats]
