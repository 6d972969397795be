"""Facts about this installation for a bug report: versions, sizes, counts and states, never a word of a document.

Knows no window; its functions take some time and are called in a thread.
"""

from __future__ import annotations

import re
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from ...engine.contract import HardwareReport
from ...library.files import tree_size_bytes
from ...logs import FILE_NAME
from ...services import Services
from ..problems import versions

LOG_LINES = 40
LOG_TAIL_BYTES = 20_000
ROOT_PACKAGE = "lift-desktop"
MAX_LICENCE_LETTERS = 100

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r";.*\bextra\s*==")


class LibraryLicence(NamedTuple):
    """A library that the program uses, as its own package describes it."""

    name: str
    version: str
    licence: str


def used_libraries() -> list[LibraryLicence]:
    """The libraries that the program needs, and those that they need, as far as they are installed; by name."""
    found: dict[str, LibraryLicence] = {}
    waiting = [ROOT_PACKAGE]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system or Python
            continue
        found[key] = LibraryLicence(package.metadata["Name"], package.version, _licence(package.metadata))
        waiting += [_needed(line) for line in package.requires or () if not _EXTRA.search(line)]
    found.pop(ROOT_PACKAGE, None)
    return sorted(found.values(), key=lambda library: library.name.lower())


def _needed(requirement: str) -> str:
    name = _NAME.match(requirement)
    return name.group() if name else ""


def _licence(described: metadata.PackageMetadata) -> str:
    """The licence in a few words; some packages put the whole text there, of which the first line is taken."""
    fields = described.json
    if fields.get("license_expression"):
        return str(fields["license_expression"])
    stated = str(fields.get("license", "")).strip().splitlines()
    if stated and stated[0] and len(stated[0]) <= MAX_LICENCE_LETTERS:
        return stated[0]
    classified = [line.split(" :: ")[-1] for line in fields.get("classifier", ()) if line.startswith("License ::")]
    return ", ".join(classified) or "see its own files"


def diagnostics(services: Services, report: HardwareReport | None) -> str:
    """The report as plain text. The user's name in paths is left out."""
    parts = [versions(), *_libraries(), "", *_computer(report), "", *_folders(services), "", *_contents(services)]
    parts += ["", f"Last lines of {FILE_NAME}:", *_log_lines(services.data_folder / "logs" / FILE_NAME)]
    return "\n".join(parts) + "\n"


def _libraries() -> list[str]:
    return [", ".join(f"{library.name} {library.version}" for library in used_libraries())]


def _computer(report: HardwareReport | None) -> list[str]:
    if report is None:
        return ["Computer: not looked at yet"]
    memory = f"{report.memory_bytes / 1e9:.1f} GB memory"
    first = f"Computer: {report.device} ({report.device_name}), {report.dtype}, {report.threads} threads, {memory}"
    return [first, *report.notes]


def _folders(services: Services) -> list[str]:
    folder = services.data_folder
    rooms = ("documents", "memories", "models", "logs")
    sizes = [f"  {name}: {_size_bytes(folder / name) / 1e6:.1f} MB" for name in rooms]
    return [f"Data folder: {_without_home(folder)}", *sizes]


def _size_bytes(folder: Path) -> int:
    try:
        return tree_size_bytes(folder)
    except OSError:  # something vanished while it was counted
        return 0


def _contents(services: Services) -> list[str]:
    documents, memories = services.library.documents(), services.library.memories()
    states = Counter(memory.state.value for memory in memories)
    counted = ", ".join(f"{state} {count}" for state, count in sorted(states.items())) or "none"
    attempts = services.network.attempts()
    refused = sum(not attempt.allowed for attempt in attempts)
    return [
        f"Documents: {len(documents)}, pages {sum(document.page_count for document in documents)}",
        f"Memories: {counted}",
        f"Models here: {', '.join(each.name for each in services.models.available() if each.downloaded) or 'none'}",
        f"Attempts to use the network: {len(attempts)}, refused {refused}",
    ]


def _log_lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - LOG_TAIL_BYTES))
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ["(there is no log)"]
    return lines[-LOG_LINES:]


def _without_home(path: Path) -> str:
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
