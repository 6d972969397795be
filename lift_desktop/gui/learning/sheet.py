"""The sheet with all jobs: what is learned, what waits, what ended, and the buttons for each."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ...jobs.queue import JobState
from ..context import Context
from ..model_list import KnownModel, known_models
from .job_row import JobRow
from .parts import label, scrolling

_OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobsSheet(QDialog):
    """Not modal: show it with `show`. A job keeps its row while it goes on, so that no button loses the focus."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: dict[str, JobRow] = {}
        self._models: dict[str, KnownModel] = {}
        self.setWindowTitle(self.tr("Jobs"))
        self.empty = label(
            self.tr("Nothing is being learned. Choose a document in the library and press Learn."), "muted"
        )
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.addStretch(1)
        scroll = scrolling(inner)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.clear_button = buttons.addButton(self.tr("&Remove ended"), QDialogButtonBox.ButtonRole.ActionRole)
        self.clear_button.setToolTip(self.tr("Takes ended jobs out of this list; memories stay"))
        self.clear_button.clicked.connect(self._clear)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.empty, 1)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        self._scroll, self._buttons = scroll, buttons
        letters = self.fontMetrics()
        self.setMinimumWidth(letters.averageCharWidth() * 54)
        self.resize(letters.averageCharWidth() * 80, letters.lineSpacing() * 24)
        context.hub.jobs_changed.connect(self._show_jobs)
        context.hub.models_changed.connect(self._read_models)
        self._read_models()

    def row(self, job_id: str) -> JobRow | None:
        """The row of a job, None when it is not in the list."""
        return self._rows.get(job_id)

    @Slot()
    def _read_models(self) -> None:
        self._models = {model.name: model for model in known_models(self._context)}
        self._show_jobs()

    @Slot()
    def _show_jobs(self) -> None:
        jobs = self._context.queue.jobs()
        for gone in set(self._rows) - {job.id for job in jobs}:
            self._drop(gone)
        waiting = [job.id for job in jobs if job.state is JobState.WAITING]
        for place, job in enumerate(jobs):
            row = self._rows.get(job.id)
            if row is None:
                row = self._rows[job.id] = JobRow(self._context)
            if self._list.indexOf(row) != place:
                self._list.insertWidget(place, row)
            turn = waiting.index(job.id) if job.id in waiting else None
            model = self._models.get(job.model) or KnownModel(job.model, Path(job.model).name, is_here=True)
            can_go_down = turn is not None and turn + 1 < len(waiting)
            row.show_job(job, model, can_go_up=bool(turn), can_go_down=can_go_down)
        self._order_tabs([self._rows[job.id] for job in jobs])
        self.empty.setVisible(not jobs)
        self._scroll.setVisible(bool(jobs))
        self.clear_button.setEnabled(any(job.state in _OVER for job in jobs))

    def _drop(self, job_id: str) -> None:
        row = self._rows.pop(job_id)
        had_focus = row.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        if had_focus:
            self._buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()

    def _order_tabs(self, rows: list[JobRow]) -> None:
        chain: list[QWidget] = [button for row in rows for button in row.buttons]
        chain += [self.clear_button, self._buttons.button(QDialogButtonBox.StandardButton.Close)]
        for first, second in itertools.pairwise(chain):
            self.setTabOrder(first, second)

    @Slot()
    def _clear(self) -> None:
        for job in self._context.queue.jobs():
            if job.state in _OVER:
                self._context.queue.remove(job.id)
        self._show_jobs()
