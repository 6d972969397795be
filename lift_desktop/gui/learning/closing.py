"""What to do with a running job when the window is closed."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ...jobs.queue import JobState
from .. import wording
from ..context import Context
from .parts import label


class ClosingChoice(Enum):
    """What the user wants."""

    FINISH = auto()  # the window hides, and the program ends by itself when the queue is idle
    PAUSE = auto()  # close; everything is offered again at the next start
    CANCEL = auto()  # cancel the running job, then close
    KEEP_OPEN = auto()


class ClosingQuestion(QDialog):
    """Modal: `open` it. `choice` is KEEP_OPEN until a button is pressed; Escape keeps the window open."""

    chosen = Signal(object)  # ClosingChoice, once, when the dialog has closed

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = ClosingChoice.KEEP_OPEN
        self.setWindowTitle(self.tr("Close LIFT Desktop"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setSpacing(self.fontMetrics().lineSpacing() // 2)
        for words, look in self._situation(context):
            layout.addWidget(label(words, look))
        layout.addLayout(self._choices())
        layout.addStretch(1)
        buttons = QDialogButtonBox()
        self.keep_button = buttons.addButton(self.tr("&Keep open"), QDialogButtonBox.ButtonRole.RejectRole)
        self.keep_button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 54)
        self.resize(self.fontMetrics().averageCharWidth() * 72, 0)

    def _situation(self, context: Context) -> list[tuple[str, str]]:
        """What is going on, as (words, look)."""
        jobs = context.queue.jobs()
        running = next((job for job in jobs if job.state is JobState.RUNNING), None)
        waiting = sum(job.state is JobState.WAITING for job in jobs)
        said = []
        if running is not None:
            said.append((self.tr("“{0}” is still being learned").format(wording.breakable(running.title)), "title"))
            said.append((wording.learning_state(None, running)[0], "muted"))
        if waiting:
            more = self.tr("{0} waiting to be learned.").format(wording.documents(waiting))
            said.append((more, "muted" if running is not None else "title"))
        return said

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(self.fontMetrics().averageCharWidth() * 2)
        grid.setVerticalSpacing(self.fontMetrics().lineSpacing() // 2)
        finish = self.tr("The window closes; the program ends by itself when all is learned.")
        pause = self.tr("Nothing is lost: it goes on from here when you press Resume.")
        cancel = self.tr("The memory stays unfinished. It can be resumed or erased later.")
        self.finish_button = self._add(grid, self.tr("&Finish in the background"), finish, ClosingChoice.FINISH)
        self.pause_button = self._add(grid, self.tr("&Pause and resume next time"), pause, ClosingChoice.PAUSE)
        self.cancel_button = self._add(grid, self.tr("&Cancel learning"), cancel, ClosingChoice.CANCEL)
        self.pause_button.setProperty("look", "primary")
        self.pause_button.setDefault(True)
        self.pause_button.setFocus()
        return grid

    def _add(self, grid: QGridLayout, name: str, explained: str, choice: ClosingChoice) -> QPushButton:
        button, row = QPushButton(name), grid.rowCount()
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button.setAccessibleDescription(explained)
        button.setProperty("choice", choice.name)
        button.clicked.connect(self._choose)
        grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(explained, "muted"), row, 1)
        return button

    @Slot()
    def _choose(self) -> None:
        button = self.sender()
        if button is not None:
            self.choice = ClosingChoice[button.property("choice")]
            self.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Never lower than what the words need at this width."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))

    def done(self, result: int) -> None:
        """Closes, then tells the choice."""
        super().done(result)
        self.chosen.emit(self.choice)
