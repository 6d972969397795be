"""This computer in plain words: what learning and answering run on, and whether a model fits it."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ...engine.contract import HardwareReport
from ...models import AvailableModel
from ..context import Context
from ..wording import size
from .parts import tr

WORKING_BYTES = 1_500_000_000
"""What the program, its libraries and the work itself take beside a model's weights: a rough figure."""


class Computer(QObject):
    """Asks the engine what it found, once; `found` (HardwareReport) or `failed` (LiftError) follows."""

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_asking = False
        self.report: HardwareReport | None = None

    def ask(self) -> None:
        """Tells again what is known; else starts the engine process, which takes some seconds."""
        if self.report is not None:
            self.found.emit(self.report)
        elif not self._is_asking:
            self._is_asking = True
            task = self._context.tasks.run("look at the computer", self._context.services.engine.probe)
            task.done.connect(self._take)
            task.failed.connect(self.failed)
            task.ended.connect(self._end)

    @Slot(object)
    def _take(self, report: HardwareReport) -> None:
        self.report = report
        self.found.emit(report)

    @Slot()
    def _end(self) -> None:
        self._is_asking = False


def device_words(report: HardwareReport) -> str:
    """ "The processor (x86_64), 8 cores"."""
    match report.device:
        case "cuda":
            return tr("The graphics processor {0}").format(report.device_name)
        case "mps":
            return tr("The graphics processor of this Mac")
        case _:
            threads = tr("1 thread") if report.threads == 1 else tr("{0} threads").format(report.threads)
            return tr("The processor ({0}), {1}").format(report.device_name, threads)


def reason_words(report: HardwareReport) -> str:
    """Why this device is used, and what to expect of it."""
    if report.device == "cpu":
        return tr(
            "No graphics processor that LIFT Desktop can use was found, so the processor does the work. A short "
            "contract is learned in minutes; a long book takes hours, and can be paused."
        )
    return tr("It was found and tried; it is much faster than the processor.")


def memory_words(report: HardwareReport) -> str:
    return size(report.memory_bytes) if report.memory_bytes else tr("unknown")


def needed_memory_bytes(model: AvailableModel) -> int:
    """About what learning with the model takes; its weights are loaded at the size that they have on disk."""
    return model.size_bytes + WORKING_BYTES


def free_bytes(folder: Path) -> int:
    """Free space of the disk that holds `folder`, which need not exist yet; 0 where the system does not tell."""
    existing = next((each for each in (folder, *folder.parents) if each.exists()), None)
    try:
        return shutil.disk_usage(existing).free if existing is not None else 0
    except OSError:
        return 0


def fit_words(model: AvailableModel, report: HardwareReport | None, models_folder: Path) -> tuple[str, str]:
    """What the model needs against what this computer has, and the look of it ("muted", "good", "warning")."""
    needed, fits = needed_memory_bytes(model), True
    words = tr("Needs about {0} of memory").format(size(needed))
    if report is not None and report.memory_bytes:
        fits = report.memory_bytes >= needed
        words += tr(" (this computer has {0})").format(size(report.memory_bytes))
    if not model.downloaded and model.catalogue is not None:
        free = free_bytes(models_folder)
        fits = fits and free >= model.catalogue.disk_bytes
        disk = tr(" and, to get it, {0} on the disk ({1} are free)")
        words += disk.format(size(model.catalogue.disk_bytes), size(free))
    if report is None:
        return f"{words}.", "muted"
    return (f"{words}.", "good") if fits else (tr("Too large for this computer. {0}.").format(words), "warning")
