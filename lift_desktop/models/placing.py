"""Puts a finished model in its place, whole or not at all, and takes models away.

Owns the moves of folders and the manifest. Must not know where files come from.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..domain.errors import Busy
from .checks import check_model_folder
from .download import disk_errors
from .hashes import folder_sha256, model_files

MANIFEST_NAME = "model.json"
CODE_KEYS = ("auto_map", "trust_remote_code")


@contextmanager
def staging_folder(store: Path, name: str) -> Iterator[Path]:
    """An empty folder beside the models for the time of the block; what is left in it is deleted."""
    staging = Path(tempfile.mkdtemp(prefix=f".{name}.partial-", dir=store))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def place(staging: Path, target: Path, manifest: Mapping[str, Any], known_sha256: Mapping[str, str]) -> str:
    """Checks the model in `staging` and moves it to `target`, in place of what was there; returns its checksum.

    `manifest` is written beside it, with that checksum as "files_sha256" and, when it names no other, as "sha256".
    Raises the errors of `check_model_folder`, DiskFull, and Busy (the old one is in use).
    """
    check_model_folder(staging)
    files_sha256 = folder_sha256(model_files(staging), known_sha256)
    whole = {"sha256": files_sha256, **manifest, "files_sha256": files_sha256}
    with disk_errors(target.parent):
        (staging / MANIFEST_NAME).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
        _flush(staging)
    discard(target)
    staging.replace(target)
    return files_sha256


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What was written when the model was put in place; None when no model stands there."""
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else {}


def discard(folder: Path) -> None:
    """Deletes a model's folder: gone at once under its name, whatever happens while its files are deleted.

    Of a link only the link. Raises Busy.
    """
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        trash = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
        try:
            folder.replace(trash / folder.name)
        except PermissionError:
            raise Busy(f"“{folder.name}” is in use.", "Close the programs that use it, then try again.") from None
        finally:
            shutil.rmtree(trash, ignore_errors=True)


def drop_code(folder: Path) -> set[str]:
    """Takes out of the settings what asks to run programs that come with a model; returns the names of changed files.

    Some repositories carry a program for older libraries beside weights of a built-in architecture; it is not
    fetched, and the settings need not name it. Settings that are no JSON are left for the check.
    """
    changed = set()
    for name in ("config.json", "tokenizer_config.json"):
        try:
            settings = json.loads((folder / name).read_bytes())
        except (FileNotFoundError, ValueError, RecursionError):
            continue
        if isinstance(settings, dict) and any(settings.pop(key, None) is not None for key in CODE_KEYS):
            (folder / name).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
            changed.add(name)
    return changed


def tree_bytes(path: Path) -> int:
    """The size of a file, or of all files in a folder; nothing for a link or what is not there."""
    if path.is_symlink():
        return 0
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def _flush(folder: Path) -> None:
    """Waits until all files of `folder` are on the disk itself."""
    for path in folder.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
