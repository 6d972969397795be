"""The running job in the window's status bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from ...jobs.queue import JobState
from .. import wording
from ..context import Context
from ..icons import icon
from .parts import ThinBar


class JobStatus(QWidget):
    """Stage, time left and a thin bar; a click opens the jobs. Hidden while no job runs."""

    clicked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = context.queue
        self.button = QToolButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIcon(icon("jobs"))
        self.button.clicked.connect(self.clicked)
        self.bar = ThinBar()
        self.bar.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.bar)
        context.hub.jobs_changed.connect(self._show_job)
        self._show_job()

    @Slot()
    def _show_job(self) -> None:
        jobs = self._queue.jobs()
        running = next((job for job in jobs if job.state is JobState.RUNNING), None)
        self.setVisible(running is not None)
        if running is None:
            return
        said, _ = wording.learning_state(None, running)
        waiting = sum(job.state is JobState.WAITING for job in jobs)
        if waiting:
            said = self.tr("{0} · {1} waiting").format(said, waiting)
        self.button.setText(said)
        tip = self.tr("“{0}” is being learned. Show all jobs").format(running.title)
        self.button.setToolTip(wording.tool_tip(tip))
        self.button.setAccessibleDescription(tip)
        self.button.setAccessibleName(self.tr("Jobs: {0}, {1}").format(running.title, said))
        self.bar.setAccessibleName(self.tr("Learning “{0}”").format(running.title))
        self.bar.set_fraction(running.progress.fraction if running.progress is not None else 0.0)
