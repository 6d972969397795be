"""Copies a whole data folder, checks the copy, and leaves the original untouched.

While it runs nothing is learned and no file of the library changes. What is written into the original
afterwards is not in the copy: whoever goes on with the copy starts it again from there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ..domain.errors import Busy, LibraryDamaged, LibraryError
from ..domain.messages import Progress
from .files import CHUNK_BYTES, disk_errors, file_sha256, fsync_tree, remove, require_space
from .library import Library
from .store import DATABASE_NAME

OLD_FOLDER_NOTE = "moved-from.txt"
"""In the copy: the path of the original, until somebody decided what becomes of it."""
_UNFINISHED_NOTE = f"{OLD_FOLDER_NOTE}.partial"
"""The same in a copy that is not whole: what a killed run left, which the next copy takes the place of."""
_ROOMS_BY_ID = ("documents", "memories")
_BY_ID = re.compile(r"[0-9a-f]{8,64}(?:\.partial)?")
_OWN_FOLDERS = (*_ROOMS_BY_ID, "models", "logs")


def copy_target(source: Path, chosen: Path) -> Path:
    """Where a copy of `source` goes when the user chose the folder `chosen`: there, or, when other things are
    in it, a folder of the program's own inside. Raises LibraryError when it can go to neither.
    """
    with disk_errors(chosen):
        target = chosen.expanduser().resolve()
        if not _is_free(target):
            target = target / "LIFT Desktop"
        if not _is_free(target):
            raise LibraryError(f"{target} is not empty.", "Choose an empty folder.")
        own = source.resolve()
        if target == own or own in target.parents or target in own.parents:
            raise LibraryError("The new folder must not lie inside the old one.", "Choose another folder.")
        existing = next(folder for folder in (target, *target.parents) if folder.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK):
            raise LibraryError(f"{existing} cannot be written.", "Choose another folder.")
    return target


def data_size_bytes(folder: Path) -> int:
    """The bytes that a copy of the data folder takes, roughly (the database is copied without its log)."""
    return sum(path.stat().st_size for path in [*_files(folder), folder / DATABASE_NAME] if path.is_file())


def copy_library(library: Library, target: Path) -> Generator[Progress, None, None]:
    """Copies the data folder to `target`, an empty or missing folder, and compares every byte.

    Stages "copying" and "checking", in bytes. Closing the generator stops it. Raises Busy (something is being
    learned), DiskFull, LibraryDamaged (the copy differs) or LibraryError; then `target` is as it was.
    """
    with disk_errors(target):
        if not _is_free(target):
            raise LibraryError(f"{target} is not empty.", "Choose an empty folder.")
    with library.learning_lock(), library._changing_files(), _undone(target):
        with disk_errors(target):
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            note = target / _UNFINISHED_NOTE
            for path in sorted(target.iterdir(), key=lambda path: path == note):
                remove(path)
            note.write_text(f"{library.folder}\n", encoding="utf-8")
        yield from _copy(library, target)


@contextlib.contextmanager
def _undone(target: Path) -> Iterator[None]:
    """Removes all from `target` unless the block ends well."""
    was_there = target.is_dir()
    try:
        yield
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        if was_there:
            with contextlib.suppress(OSError):
                target.mkdir(exist_ok=True)
        raise


def _copy(library: Library, target: Path) -> Generator[Progress, None, None]:
    source = library.folder
    with disk_errors(source):
        files = [(path.relative_to(source), path.stat().st_size) for path in _files(source)]
        total = sum(size_bytes for _, size_bytes in files)
        require_space(target, data_size_bytes(source))
        _copy_links(source, target)
    done, hashes = 0, {}
    for relative, size_bytes in files:
        with disk_errors(target):
            (target / relative).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            digest = hashlib.sha256()
            with (source / relative).open("rb") as reader, (target / relative).open("xb") as writer:
                while chunk := reader.read(CHUNK_BYTES):
                    digest.update(chunk)
                    writer.write(chunk)
                    done += len(chunk)
                    yield _progress("copying", done, total)
            shutil.copystat(source / relative, target / relative)
        hashes[relative] = digest.hexdigest(), size_bytes
    library._database.copy_to(target / DATABASE_NAME)
    with disk_errors(target):
        for room in _ROOMS_BY_ID:
            (target / room).mkdir(exist_ok=True)
        fsync_tree(target)
    done = 0
    for relative, (sha256, size_bytes) in hashes.items():
        yield _progress("checking", done, total)
        with disk_errors(target):
            if file_sha256(target / relative) != sha256:
                raise LibraryDamaged(f"The copy in {target} is not the same as the original.", "Try another disk.")
        done += size_bytes
    _compare(library, target)
    with disk_errors(target):
        (target / _UNFINISHED_NOTE).replace(target / OLD_FOLDER_NOTE)
    yield _progress("checking", total, total)


def _copy_links(source: Path, target: Path) -> None:
    """A model's folder may be a link to where it really lies."""
    for path in (source / "models").glob("*"):
        if path.is_symlink():
            (target / "models").mkdir(exist_ok=True)
            (target / "models" / path.name).symlink_to(path.resolve(), target_is_directory=path.is_dir())


def _compare(library: Library, target: Path) -> None:
    """Opens the copy. Raises LibraryDamaged when it has a problem that the original has not."""
    with Library(target) as copy:
        new = set(copy.check()) - set(library.check())
        if new or copy.documents() != library.documents():
            raise LibraryDamaged(f"The copy in {target} is damaged: {', '.join(sorted(new))}.", "Try another disk.")


def _files(folder: Path) -> Iterator[Path]:
    """What is worth a copy: no locks, no work in progress, not the database, which is copied by itself."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_own = parts[0].startswith((DATABASE_NAME, "incoming.")) or path.name in (OLD_FOLDER_NOTE, _UNFINISHED_NOTE)
        is_passing = path.suffix == ".lock" or (parts[0] == "models" and any(".partial-" in part for part in parts))
        if path.is_file() and not path.is_symlink() and not is_own and not is_passing:
            yield path


def _progress(stage: str, done: int, total: int) -> Progress:
    """Copying is two thirds of the work: writing is slower than reading."""
    share = done / max(total, 1)
    return Progress(stage, done, total, share * 2 / 3 if stage == "copying" else 2 / 3 + share / 3)


# The old folder
# ----------------------------------------------------------------------------------------------------------
def old_folder(folder: Path) -> Path | None:
    """The data folder that `folder` was copied from, while nobody has decided what becomes of it; else
    None.
    """
    try:
        old = Path((folder / OLD_FOLDER_NOTE).read_text("utf-8").strip())
        is_another = old.is_absolute() and old.resolve() != folder.resolve()
    except (OSError, ValueError):  # no note, or one that holds no path
        return None
    return old if is_another and (old / DATABASE_NAME).is_file() else None


def keep_old_folder(folder: Path) -> None:
    """The user decided to leave the old folder alone. Raises LibraryError."""
    with disk_errors(folder):
        (folder / OLD_FOLDER_NOTE).unlink(missing_ok=True)


def erase_old_folder(folder: Path) -> int:
    """Deletes what the copied data folder holds of this program, and itself when nothing else is in it.

    Returns the bytes that this frees. Raises Busy (another run uses it), or LibraryError.
    """
    old = old_folder(folder)
    if old is None:
        return 0
    freed_bytes = data_size_bytes(old)
    with disk_errors(old):
        with contextlib.ExitStack() as locks:
            for file in old.glob("*.lock"):
                try:
                    locks.enter_context(FileLock(file, timeout=0))
                except Timeout:
                    raise Busy(f"Another run uses {old}.") from None
            for path in list(_own_parts(old, folder)):
                remove(path)
            for name in _OWN_FOLDERS:
                with contextlib.suppress(OSError):  # something else lies there
                    (old / name).rmdir()
            for path in old.glob(f"{DATABASE_NAME}*"):
                path.unlink(missing_ok=True)
        for path in [*old.glob("*.lock"), *old.glob(OLD_FOLDER_NOTE)]:
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else lies there
            old.rmdir()
    keep_old_folder(folder)
    return freed_bytes


def _own_parts(old: Path, new: Path) -> Iterator[Path]:
    """What of this program lies in the old rooms: the user may keep other things in a folder "documents"."""
    for room in _OWN_FOLDERS:
        for path in (old / room).glob("*"):
            is_copied = os.path.lexists(new / room / path.name) or path.name.startswith(".")
            if _BY_ID.fullmatch(path.name) if room in _ROOMS_BY_ID else is_copied:
                yield path


def _is_free(folder: Path) -> bool:
    """Whether nothing is there that a copy could mix with, but for what one that was killed left."""
    if not folder.is_dir():
        return not folder.exists()
    names = {path.name for path in folder.iterdir()}
    is_unfinished = _UNFINISHED_NOTE in names and all(map(_is_own, names))
    return is_unfinished or not names


def _is_own(name: str) -> bool:
    """Whether something of this name in a data folder is this program's."""
    is_note = name in (OLD_FOLDER_NOTE, _UNFINISHED_NOTE)
    return is_note or name in _OWN_FOLDERS or name.startswith(DATABASE_NAME) or name.endswith(".lock")
