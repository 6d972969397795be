"""Files written whole or not at all, and what can go wrong with a disk. Knows folders, not what they mean."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..domain.errors import FULL_DISK, Busy, DiskFull, DocumentError, LibraryError, MissingFile, NotReadable

CHUNK_BYTES = 1 << 20
SPARE_BYTES = 16 << 20
"""What must stay free beyond the bytes that are about to be written."""


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns the OSErrors of a disk into DiskFull, Busy or LibraryError. `folder` is named to the user."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL_DISK:
            raise DiskFull(f"There is no space left for {folder}.") from error
        if isinstance(error, PermissionError) and os.name == "nt":
            raise Busy(f"Another program uses a file in {folder}.", "Close it there and try again.") from error
        raise LibraryError(
            f"A file in {folder} could not be read or written: {error.strerror or error}.",
            "Check that the folder exists and that you may write to it.",
        ) from error


def require_space(folder: Path, size_bytes: int) -> None:
    """Raises DiskFull unless `size_bytes` (and a little more) fit on the disk that holds `folder`."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < size_bytes + SPARE_BYTES:
        needed_mb, free_mb = (size_bytes + SPARE_BYTES) / 1e6, free_bytes / 1e6
        raise DiskFull(f"{needed_mb:,.0f} MB are needed in {folder}, but only {free_mb:,.0f} MB are free.")


def fsync_file(path: Path) -> None:
    """Waits until the file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Waits until the folder's entries are on the disk. Windows has no such call and needs none."""
    if os.name != "nt":
        fsync_file(folder)


def fsync_tree(folder: Path) -> None:
    """Waits until everything below `folder` is on the disk."""
    for path in folder.rglob("*"):
        if path.is_dir():
            fsync_folder(path)
        else:
            fsync_file(path)
    fsync_folder(folder)


@contextlib.contextmanager
def atomic_target(path: Path) -> Iterator[Path]:
    """Gives a new path beside `path` to write to; when the block ends well, it takes `path`'s place.

    Raises DiskFull, Busy or LibraryError; then nothing is left behind and an older `path` is untouched.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    with disk_errors(path.parent):
        try:
            yield temporary
            fsync_file(temporary)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        fsync_folder(path.parent)


def write_atomic(path: Path, content: bytes | str) -> None:
    """Writes `content` (text as UTF-8) to `path`, whole or not at all. Raises like `atomic_target`."""
    with atomic_target(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def copy_document(source: Path, target: Path, sha256: str) -> int:
    """Copies `source` to `target`, whole or not at all, and returns its size in bytes.

    Raises MissingFile, NotReadable, DocumentError (its content is not `sha256` any more), DiskFull,
    LibraryError.
    """
    try:
        reader = source.open("rb")
    except FileNotFoundError:
        raise MissingFile(f"There is no file {source}.") from None
    except OSError as error:
        raise NotReadable(f"{source} cannot be opened: {error.strerror}.") from error
    digest, size_bytes = hashlib.sha256(), 0
    with reader, atomic_target(target) as temporary, temporary.open("wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            writer.write(chunk)
        if digest.hexdigest() != sha256:
            raise DocumentError(f"{source.name} changed while it was read.", "Try again when it is saved.")
    return size_bytes


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def safe_suffix(path: Path) -> str:
    """The file's ending in small letters (".pdf"), "" when it is not a plain one."""
    ending = path.suffix.lower()[1:]
    return f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""


def inside(folder: Path, relative: str) -> Path:
    """The absolute path of `relative` (with "/") below `folder`. Raises LibraryError when it would lead out
    of it.
    """
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or "\\" in relative or ":" in relative or ".." in parts:
        raise LibraryError(f"The path {relative!r} does not lie in the data folder.")
    return folder.joinpath(*parts)


def remove(path: Path) -> None:
    """Deletes a file or a folder with all it holds; nothing there is fine. Raises Busy or LibraryError."""
    with disk_errors(path.parent):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def tree_size_bytes(folder: Path) -> int:
    """The sizes of all files below `folder`, added up."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
