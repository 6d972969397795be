"""The command `doctor`: each part is tried, and said what was found."""

from __future__ import annotations

import argparse
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

from .. import __version__
from ..domain.errors import LiftError
from ..domain.planning import DeviceOffer
from ..domain.steps import last
from ..paths import resources_folder
from ..services import Services
from .terminal import Terminal, size

LIBRARIES = ("torch", "transformers", "peft", "accelerate", "bitsandbytes", "safetensors", "pymupdf")


@dataclass(frozen=True, slots=True)
class _Finding:
    name: str
    ok: bool
    found: str


def doctor(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Tries every part; exit code 1 when one does not work."""
    checks: dict[str, Callable[[Services], str]] = {
        "program": _program,
        "data folder": _data_folder,
        "library": _library,
        "reading": _reading,
        "models": _models,
        "engine": _engine,
    }
    findings = [_try(name, check, services) for name, check in checks.items()]
    offers = services.engine.probe().offers if findings[-1].ok else ()
    findings += [_Finding(f"device {offer.device}", True, _offer(offer)) for offer in offers]
    terminal.table(
        ("Part", "", "Found"), [(each.name, "works" if each.ok else "FAILS", each.found) for each in findings]
    )
    is_well = all(each.ok for each in findings)
    values = [{"name": each.name, "ok": each.ok, "found": each.found} for each in findings]
    terminal.result({"ok": is_well, "checks": values, "devices": [asdict(offer) for offer in offers]})
    return 0 if is_well else 1


def _try(name: str, check: Callable[[Services], str], services: Services) -> _Finding:
    try:
        return _Finding(name, True, check(services))
    except LiftError as error:
        return _Finding(name, False, f"{error.message} {error.hint}".strip())


def _program(services: Services) -> str:
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return f"LIFT Desktop {__version__}, Python {platform.python_version()} on {platform.system()}, {libraries}"


def _version(library: str) -> str:
    """Its version; quantising is left out where its library cannot be installed."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "(missing)"


def _offer(offer: DeviceOffer) -> str:
    """What was tried on a device, and what failed."""
    works = ", ".join(kind.value for kind in offer.quantisations)
    fails = "".join(f" {kind.value} is not offered: {why}" for kind, why in offer.refused)
    free = f"{size(offer.free_bytes)} free of {size(offer.total_bytes)}" if offer.total_bytes else "memory unknown"
    return f"{offer.name}, {offer.number_type}, {free}; quantisation: {works}.{fails}"


def _data_folder(services: Services) -> str:
    folder = services.library.folder
    return f"{folder}, {shutil.disk_usage(folder).free / 1e9:.1f} GB free"


def _library(services: Services) -> str:
    problems = services.library.check()
    if problems:
        raise LiftError(f"{len(problems)} problems: {'; '.join(problems[:5])}.")
    documents, memories = len(services.library.documents()), len(services.library.memories())
    return f"{documents} documents, {memories} memories, no damage"


def _reading(services: Services) -> str:
    content = last(services.reader.read(resources_folder() / "sample" / "services-agreement.pdf"))
    return f"the sample document's {len(content.pages)} pages can be read"


def _models(services: Services) -> str:
    here = [f"{model.name} ({size(model.size_bytes)})" for model in services.models.available() if model.downloaded]
    return ", ".join(here) or "none yet; the first `learn` gets one"


def _engine(services: Services) -> str:
    report = services.engine.probe()
    notes = f" {' '.join(report.notes)}" if report.notes else ""
    memory = f"{report.memory_bytes / 1e9:.1f} GB memory"
    return f"{report.device_name} ({report.device}, {report.dtype}), {report.threads} threads, {memory}.{notes}"
