"""One job in the sheet."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...domain.errors import LiftError
from ...jobs.learn import PAUSED
from ...jobs.queue import JobState, JobView
from .. import wording
from ..context import Context
from ..icons import icon
from ..model_list import KnownModel
from .parts import ThinBar, label, name_button, set_look, set_text, tool_button

_GOES_ON = {JobState.PAUSED, JobState.FAILED, JobState.CANCELLED}


class JobRow(QFrame):
    """What it is, how far it is, and what can be done with it. The first button pauses, resumes or tries again, as the
    state has it: it keeps its place and the focus."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[JobView, KnownModel] | None = None
        self.setProperty("look", "card")
        self.title, self.about = label(look="heading"), label(look="muted")
        self.state, self.detail = label(), label(look="muted")
        self.bar = ThinBar()
        self.go_button, self.cancel_button, self.remove_button = (
            tool_button("pause"),
            tool_button("stop"),
            tool_button("cancel"),
        )
        self.up_button, self.down_button = tool_button("up"), tool_button("down")
        self.models_button = QPushButton(self.tr("Get a model…"))
        self.buttons: list[QToolButton | QPushButton] = [
            self.models_button,
            self.up_button,
            self.down_button,
            self.go_button,
            self.cancel_button,
            self.remove_button,
        ]
        self._lay_out()
        self.go_button.clicked.connect(self._go)
        self.cancel_button.clicked.connect(self._cancel)
        self.remove_button.clicked.connect(self._remove)
        self.up_button.clicked.connect(self._move_up)
        self.down_button.clicked.connect(self._move_down)
        self.models_button.clicked.connect(self._show_models)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(self.fontMetrics().descent())
        for widget in (self.title, self.about, self.bar, self.state, self.detail):
            words.addWidget(widget)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for button in self.buttons[1:]:
            tools.addWidget(button)
        right = QVBoxLayout()
        right.addLayout(tools)
        right.addWidget(self.models_button)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.addLayout(words, 1)
        layout.addLayout(right)

    def show_job(self, job: JobView, model: KnownModel, *, can_go_up: bool, can_go_down: bool) -> None:
        """Shows the job, which is learned with `model`, as it is now."""
        self._show_moves(job, can_go_up=can_go_up, can_go_down=can_go_down)
        if (job, model) == self._shown:
            return
        self._shown = (job, model)
        is_running = job.state is JobState.RUNNING
        self.title.setText(wording.breakable(job.title))
        self.about.setText(f"{wording.depth(job.depth)} · {model.title}")
        said, look = self._said(job)
        self.state.setText(said)
        set_look(self.state, "" if look == "accent" else look)
        set_text(self.detail, self._detail(job))
        self.bar.setVisible(is_running)
        self.bar.setAccessibleName(self.tr("Learning “{0}”").format(job.title))
        self.bar.set_fraction(job.progress.fraction if job.progress is not None else 0.0)
        self.models_button.setVisible(job.state is JobState.FAILED and not model.is_here)
        self._show_buttons(job)

    def _show_moves(self, job: JobView, *, can_go_up: bool, can_go_down: bool) -> None:
        for button, is_possible in ((self.up_button, can_go_up), (self.down_button, can_go_down)):
            button.setVisible(job.state is JobState.WAITING)
            button.setEnabled(is_possible)

    def _show_buttons(self, job: JobView) -> None:
        resume = (self.tr("Resume"), "resume")
        going_on = {
            JobState.FAILED: (self.tr("Try again"), "again"),
            JobState.PAUSED: resume,
            JobState.CANCELLED: resume,
        }
        name, symbol = going_on.get(job.state, (self.tr("Pause"), "pause"))
        name_button(self.go_button, name, job.title)
        self.go_button.setIcon(icon(symbol))
        name_button(self.cancel_button, self.tr("Cancel"), job.title)
        is_paused = job.state is JobState.PAUSED
        remove = self.tr("Cancel, and remove from this list") if is_paused else self.tr("Remove from this list")
        name_button(self.remove_button, remove, job.title)
        name_button(self.up_button, self.tr("Learn earlier"), job.title)
        name_button(self.down_button, self.tr("Learn later"), job.title)
        is_running = job.state is JobState.RUNNING
        self.go_button.setVisible(job.state is not JobState.DONE)
        self.go_button.setEnabled(not job.is_stopping)
        self.cancel_button.setVisible(is_running)
        self.remove_button.setVisible(not is_running)

    def _said(self, job: JobView) -> tuple[str, str]:
        if job.state is JobState.CANCELLED:
            return self.tr("Cancelled. What was done is kept: it can be resumed or erased."), "muted"
        if job.state is JobState.PAUSED:
            return self.tr("Paused"), "warning"
        if job.state is JobState.DONE:
            memories = self._context.library.memories(job.document_id)
            memory = next((each for each in memories if each.id == job.memory_id), None)
            return wording.learning_state(memory, None) if memory is not None else (self.tr("Done"), "good")
        return wording.learning_state(None, job)

    def _detail(self, job: JobView) -> str:
        hint = wording.hint(LiftError(job.message, job.hint))
        if job.state is JobState.PAUSED:
            return "" if job.message in ("", PAUSED) else f"{job.message} {hint}".strip()
        return hint if job.state is JobState.FAILED else ""

    # The buttons -----------------------------------------------------------------------------------------------------
    @property
    def _job(self) -> JobView:
        assert self._shown is not None
        return self._shown[0]

    @Slot()
    def _go(self) -> None:
        if self._job.state in _GOES_ON:
            self._context.queue.resume(self._job.id)
        else:
            self._context.queue.pause(self._job.id)

    @Slot()
    def _cancel(self) -> None:
        self._context.queue.cancel(self._job.id)

    @Slot()
    def _remove(self) -> None:
        if self._job.state is JobState.WAITING:
            self._context.queue.cancel(self._job.id)
        else:
            self._context.queue.remove(self._job.id)

    @Slot()
    def _move_up(self) -> None:
        self._context.queue.move(self._job.id, -1)

    @Slot()
    def _move_down(self) -> None:
        self._context.queue.move(self._job.id, 1)

    @Slot()
    def _show_models(self) -> None:
        self._context.hub.settings_requested.emit("models")
