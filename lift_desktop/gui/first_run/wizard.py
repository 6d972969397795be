"""The first run: what this is, this computer and its model, where the data lies. Can be left at any step."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ..context import Context
from ..settings.parts import Page, text
from .steps import ComputerStep, DataStep, WelcomeStep


class FirstRun(QDialog):
    """Three steps. At the end, or when it is left, the preference "first_run_done" is set."""

    sample_wanted = Signal()  # "Try the sample contract"
    open_wanted = Signal()  # "Open a document…"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Welcome to LIFT Desktop"))
        self._context = context
        self.steps: tuple[Page, ...] = (WelcomeStep(), ComputerStep(context), DataStep(context))
        self._stack = QStackedWidget()
        for step in self.steps:
            self._stack.addWidget(step)
        self.place = text("", "muted")
        layout = QVBoxLayout(self)
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._endings())
        layout.addLayout(self._buttons())
        letters = self.fontMetrics()
        wanted = QSize(letters.averageCharWidth() * 85, letters.lineSpacing() * 28)
        self.resize(wanted.boundedTo(self.screen().availableSize()))
        self._turn(context.preferences.get("first_run_step"))

    def _endings(self) -> QHBoxLayout:
        """What the last step offers."""
        self.sample_button = QPushButton(self.tr("&Try the sample contract"))
        self.open_button = QPushButton(self.tr("&Open a document…"))
        self.sample_button.setProperty("look", "primary")
        self.sample_button.clicked.connect(self._try_sample)
        self.open_button.clicked.connect(self._open_document)
        line = QHBoxLayout()
        line.addWidget(self.sample_button)
        line.addWidget(self.open_button)
        line.addStretch(1)
        return line

    def _buttons(self) -> QHBoxLayout:
        self.skip_button = QPushButton(self.tr("&Skip"))
        self.back_button = QPushButton(self.tr("&Back"))
        self.next_button = QPushButton(self.tr("&Next"))
        self.skip_button.setAutoDefault(False)
        self.back_button.setAutoDefault(False)
        self.next_button.setDefault(True)
        self.skip_button.clicked.connect(self.reject)
        self.back_button.clicked.connect(self._back)
        self.next_button.clicked.connect(self._next)
        line = QHBoxLayout()
        line.addWidget(self.skip_button)
        line.addWidget(self.place, 1)
        line.addWidget(self.back_button)
        line.addWidget(self.next_button)
        self.place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button in (self.skip_button, self.back_button):  # the others stay where they are
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
        return line

    @property
    def step(self) -> int:
        """The step that is shown, from 0."""
        return self._stack.currentIndex()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        if not event.spontaneous():
            self.steps[self.step].appear()

    @Slot()
    def _next(self) -> None:
        if self.step == len(self.steps) - 1:
            self.accept()
        else:
            self._turn(self.step + 1)

    @Slot()
    def _back(self) -> None:
        self._turn(self.step - 1)

    def _turn(self, step: int) -> None:
        step = min(max(step, 0), len(self.steps) - 1)
        is_last = step == len(self.steps) - 1
        self._stack.setCurrentIndex(step)
        self._context.preferences.set("first_run_step", step)
        self.place.setText(self.tr("{0} of {1}").format(step + 1, len(self.steps)))
        self.place.setAccessibleName(self.tr("Step {0} of {1}").format(step + 1, len(self.steps)))
        self.back_button.setVisible(step > 0)
        self.skip_button.setVisible(not is_last)
        self.sample_button.setVisible(is_last)
        self.open_button.setVisible(is_last)
        self.next_button.setText(self.tr("&Done") if is_last else self.tr("&Next"))
        self.next_button.setDefault(not is_last)
        self.sample_button.setDefault(is_last)
        (self.sample_button if is_last else self.next_button).setFocus()
        if self.isVisible():
            self.steps[step].appear()

    @Slot()
    def _try_sample(self) -> None:
        self.accept()
        self.sample_wanted.emit()

    @Slot()
    def _open_document(self) -> None:
        self.accept()
        self.open_wanted.emit()

    def done(self, result: int) -> None:
        """However it is closed, it does not come again by itself."""
        self._context.preferences.set("first_run_done", True)
        self._context.preferences.set("first_run_step", 0)
        super().done(result)
