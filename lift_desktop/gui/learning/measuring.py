"""Which model a document would be learned with, and how long that takes: found out in a thread."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from ...domain.errors import LiftError
from ...domain.messages import Progress
from ...domain.models import Document
from ...domain.planning import Plan
from ...engine.contract import ModelReference
from ...engine.planning import plan_for
from ...jobs import model_reference
from ...jobs.estimate import KnownEstimate, known_estimate, measure_estimate
from ..bridge import Task
from ..context import Context


@dataclass(frozen=True, slots=True)
class Found:
    """A model that can be used, and the times that are known; None while they are not. `plan` says what memory learning
    takes, None while that is not known."""

    model: ModelReference
    estimate: KnownEstimate | None
    is_being_measured: bool = False
    plan: Plan | None = None


class Measuring(QObject):
    """One measurement at a time. The signals speak of the newest `start` alone."""

    found = Signal(object)  # Found; twice when it is measured after all
    progressed = Signal(object)  # Progress of the measurement
    failed = Signal(object)  # LiftError
    ended = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def start(self, document: Document, model: str, method: str) -> None:
        """Finds the model, then its times, and measures them unless a job is at work: it has the engine then."""
        self.stop()
        context, may_measure = self._context, self._context.queue.is_idle

        def work() -> Generator[Found | Progress, None, None]:
            models = context.services.models
            reference = model_reference(models.resolve(model), models, context.library)
            known = known_estimate(context.library, document, reference.sha256, method)
            measures = may_measure and (known is None or not known.is_measured)
            yield Found(reference, known, measures)
            if not may_measure:
                return
            engine = context.services.engine
            plan = plan_for(reference, engine.probe().offers)
            yield Found(reference, known, measures, plan)
            if measures:
                measured = yield from measure_estimate(context.library, engine, document, reference, method)
                yield Found(reference, measured, plan=plan)

        task = self._task = context.tasks.run("estimate", work)
        task.stepped.connect(self._stepped)
        task.failed.connect(self._failed)
        task.ended.connect(self._ended)

    @Slot()
    def stop(self) -> None:
        """Ends the measurement, without a word more of it but `ended`."""
        task, self._task = self._task, None
        if task is not None:
            for signal, slot in (
                (task.stepped, self._stepped),
                (task.failed, self._failed),
                (task.ended, self._ended),
            ):
                signal.disconnect(slot)
            task.cancel()
            self.ended.emit()

    @Slot(object)
    def _stepped(self, step: Found | Progress) -> None:
        (self.found if isinstance(step, Found) else self.progressed).emit(step)

    @Slot(object)
    def _failed(self, error: LiftError) -> None:
        self.failed.emit(error)

    @Slot()
    def _ended(self) -> None:
        self._task = None
        self.ended.emit()
