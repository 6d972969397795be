"""Gets one model: asks for the network when it is off, downloads in a thread, tells how far it is.

Also keeps the network's gate in step with the user's choice.
"""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from ...domain.errors import LiftError
from ...domain.messages import Progress
from ...jobs import fetch_model
from ...models import LocalModel
from ..bridge import Task
from ..context import Context
from ..hub import Hub
from ..wording import duration, size, stage
from .parts import ask, tr


class NetworkSwitch(QObject):
    """While it lives, the gate of this process follows the preference "network_allowed"."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.hub)
        self._context = context
        context.preferences.changed.connect(self._follow)
        self._follow("network_allowed")

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key == "network_allowed":
            self._context.services.network.switch(self._context.preferences.get(key))


def model_fetch(context: Context, name: str, title: str) -> ModelFetch:
    """The way of that model here, the same one for all that show it; it lives as long as the window."""
    for fetch in context.hub.findChildren(ModelFetch):
        if fetch.name == name:
            return fetch
    return ModelFetch(context, name, title)


class ModelFetch(QObject):
    """One model of the catalogue on its way here; `model_fetch` makes it. Exactly one of `done`, `failed`,
    `cancelled` follows a start that was agreed to, and `ended` after it.
    """

    started = Signal()
    progressed = Signal(object)  # Progress
    done = Signal(object)  # LocalModel
    failed = Signal(object)  # LiftError
    cancelled = Signal()
    ended = Signal()

    def __init__(self, context: Context, name: str, title: str) -> None:
        super().__init__(context.hub)
        self.name, self.title = name, title
        self.progress: Progress | None = None  # the newest one, while it runs
        self._context = context
        self._task: Task | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def start(self, window: QWidget) -> None:
        """Begins, after asking for the network when it is needed and off."""
        if self.is_running:
            return
        is_open = self._context.services.network.is_on
        if is_open or not self._context.services.models.needs_network(self.name):
            self.begin()
            return
        ask(
            window,
            self.tr("Use the network to get {0}?").format(self.title),
            self.tr(
                "The network is switched off. It is used for this download alone, and the download is written "
                "into the list in Settings, Privacy."
            ),
            self.tr("&Download"),
            self.begin,
        )

    @Slot()
    def begin(self) -> None:
        """Begins with the network allowed for this download: the user has agreed."""
        if self.is_running:
            return
        self._task = self._context.tasks.run(f"get {self.name}", self._work, is_lasting=True)
        self._task.stepped.connect(self._step)
        self._task.done.connect(self._finish)
        self._task.failed.connect(self.failed)
        self._task.cancelled.connect(self.cancelled)
        self._task.ended.connect(self._end)
        self.started.emit()

    @Slot()
    def stop(self) -> None:
        """What came so far is kept of a model that can be paused; of another only a file that is complete."""
        if self._task is not None:
            self._task.cancel()

    def _work(self) -> Generator[Progress, None, LocalModel]:
        services = self._context.services
        with services.network.allowed(f"download of {self.title}"):
            return (yield from fetch_model(services.models, services.engine, self.name))

    @Slot(object)
    def _step(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit(progress)

    @Slot(object)
    def _finish(self, model: LocalModel) -> None:
        self.done.emit(model)
        self._context.hub.models_changed.emit()

    @Slot()
    def _end(self) -> None:
        self._task = self.progress = None
        self.ended.emit()


def tell_when_hidden(place: QWidget, hub: Hub, error: LiftError) -> None:
    """A download may take hours: it fails before the user's eyes even when `place`, which shows it, is closed."""
    if not place.isVisible():
        hub.failed.emit(error)


def progress_words(progress: Progress) -> str:
    """ "Downloading · 12 MB of 93 MB · 20 s left"."""
    parts = [stage(progress.stage)]
    if progress.stage == "downloading":
        parts.append(tr("{0} of {1}").format(size(progress.done), size(progress.total)))
    if left := duration(progress.seconds_left):
        parts.append(tr("{0} left").format(left))
    return " · ".join(parts)
