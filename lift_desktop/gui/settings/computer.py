"""This computer in plain words: what learning and answering run on."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ...engine.contract import HardwareReport
from ..context import Context
from ..wording import size
from .parts import tr


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


def free_bytes(folder: Path) -> int:
    """Free space of the disk that holds `folder`, which need not exist yet; 0 where the system does not tell."""
    existing = next((each for each in (folder, *folder.parents) if each.exists()), None)
    try:
        return shutil.disk_usage(existing).free if existing is not None else 0
    except OSError:
        return 0
