"""The dialog that starts learning: how thoroughly, with which model, and how long it takes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...domain.errors import LiftError, ModelTooLarge
from ...domain.messages import Progress
from ...domain.models import Depth, Document, MemoryState
from ...engine.contract import ModelReference
from ...jobs import LearnSettings, finished_memory, resumable_memory
from ...jobs.estimate import is_too_long
from ...jobs.queue import JobState
from .. import wording
from ..context import Context
from ..model_list import known_models
from .depth_cards import DepthCards
from .measuring import Found, Measuring
from .method_choice import MethodChoice
from .parts import ThinBar, label, scrolling, set_look, set_text


class LearnDialog(QDialog):
    """Asks how `document` shall be learned and puts the job into the queue. Open it with `open`."""

    def __init__(
        self, context: Context, document: Document, depth: Depth | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._document = context, document
        self._model: ModelReference | None = None
        self._error: LiftError | None = None  # of what is chosen now
        self._measuring = Measuring(context, self)
        self.setWindowTitle(self.tr("Learn"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.depths = DepthCards(depth or Depth(context.preferences.get("depth")))
        self.models = QComboBox()
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.models.setMinimumContentsLength(20)
        self.method = MethodChoice(context.preferences.get("method"))
        self.no_model = label(look="warning")
        self.models_button = QPushButton(self.tr("&Get a model…"))
        self.bar = ThinBar()
        self.bar.setAccessibleName(self.tr("Measuring"))
        self.measuring_said = label(self.tr("Measuring how long this takes on this computer…"), "muted")
        self.skip_button = QPushButton(self.tr("S&kip"))
        self.skip_button.setProperty("look", "link")
        self.needs = label(look="muted")
        self.notice = label()
        self._lay_out()
        for button in (self.skip_button, self.models_button):
            button.setAutoDefault(False)  # Return learns
        self._connect()
        self._list_models()
        self.depths.setFocus()

    # Building --------------------------------------------------------------------------------------------------------
    def _lay_out(self) -> None:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setSpacing(self.fontMetrics().lineSpacing() // 2)
        rows.addWidget(label(self.tr("Learn “{0}”").format(wording.breakable(self._document.title)), "title"))
        explained = self.tr(
            "LIFT Desktop writes questions about every page and practises them until it can answer without looking. "
            "All of it happens on this computer; you can go on reading and asking meanwhile."
        )
        rows.addWidget(label(explained, "muted"))
        for warning in self._document.warnings:
            rows.addWidget(label(warning, "warning"))
        rows.addWidget(self.depths)
        rows.addWidget(self._measuring_line())
        rows.addWidget(self._model_line())
        rows.addWidget(self.method)
        rows.addWidget(self.needs)
        rows.addStretch(1)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.learn_button = self.buttons.addButton(self.tr("&Learn"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.learn_button.setProperty("look", "primary")
        layout = QVBoxLayout(self)
        layout.addWidget(scrolling(inner), 1)
        layout.addWidget(self.notice)  # in sight, however far is scrolled
        layout.addWidget(self.buttons)
        self.learn_button.setDefault(True)
        letters = self.fontMetrics()
        sides = rows.contentsMargins()
        self.notice.setContentsMargins(sides.left(), 0, sides.right(), 0)
        width = letters.averageCharWidth() * 76
        self.resize(width, rows.heightForWidth(width) + letters.lineSpacing() * 12)

    def _measuring_line(self) -> QWidget:
        self.measuring_line = QWidget()
        line = QHBoxLayout(self.measuring_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.measuring_said, 2)
        line.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.skip_button)
        self.measuring_line.hide()
        return self.measuring_line

    def _model_line(self) -> QWidget:
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        self._model_label = QLabel(self.tr("&Model"))
        self._model_label.setBuddy(self.models)
        line.addWidget(self._model_label)
        line.addWidget(self.models, 1)
        line.addWidget(self.no_model, 1)
        line.addWidget(self.models_button)
        return whole

    def _connect(self) -> None:
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.depths.chosen.connect(self._show_choice)
        self.models.currentIndexChanged.connect(self._look)
        self.method.chosen.connect(self._look)
        self.models_button.clicked.connect(self._get_model)
        self.skip_button.clicked.connect(self._measuring.stop)
        self._measuring.found.connect(self._found)
        self._measuring.progressed.connect(self._progressed)
        self._measuring.failed.connect(self._failed)
        self._measuring.ended.connect(self._measured)
        self._context.hub.models_changed.connect(self._list_models)
        self._context.hub.memories_changed.connect(self._show_choice)

    # Models and times ------------------------------------------------------------------------------------------------
    @Slot()
    def _list_models(self) -> None:
        here = [model for model in known_models(self._context) if model.is_here]
        chosen = self.models.currentData() or self._context.preferences.get("model")
        with QSignalBlocker(self.models):
            self.models.clear()
            for model in here:
                self.models.addItem(model.title, model.name)
            self.models.setCurrentIndex(max(0, self.models.findData(chosen)) if here else -1)
        self.models.setVisible(bool(here))
        self._model_label.setVisible(bool(here))
        self.models_button.setVisible(not here)
        set_text(self.no_model, "" if here else self.tr("There is no model on this computer yet."))
        self._look()

    @Slot()
    def _look(self) -> None:
        """Finds out about the chosen model."""
        self._model = self._error = None
        self.depths.show_times(None, "")
        set_text(self.needs, "")
        self._measuring.stop()
        name = self.models.currentData()
        if name is not None:
            self._measuring.start(self._document, name, self.method.choice)
        self._show_choice()

    @Slot(object)
    def _found(self, found: Found) -> None:
        self._model = found.model
        unknown = "…" if found.is_being_measured else self.tr("not measured yet")
        self.depths.show_times(found.estimate, unknown)
        set_text(self.needs, "" if found.plan is None else wording.plan_words(found.plan))
        self.measuring_line.setVisible(found.is_being_measured)
        self.bar.set_fraction(0.0)
        self._show_choice()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        self.bar.set_fraction(progress.fraction)

    @Slot()
    def _measured(self) -> None:
        self.measuring_line.hide()
        for card in self.depths.cards.values():
            if card.time.text() == "…":
                card.show_time(self.tr("not measured"))

    @Slot(object)
    def _failed(self, error: LiftError) -> None:
        self._error = error
        self._show_choice()

    # The choice ------------------------------------------------------------------------------------------------------
    @property
    def settings(self) -> LearnSettings:
        """What is chosen now."""
        return LearnSettings(self.depths.choice, self.method.choice)

    @Slot()
    def _show_choice(self) -> None:
        """Says what pressing the button will do, given what is there already."""
        name, said, look = self.tr("&Learn"), "", "muted"
        job = self._context.queue.job_of(self._document.id)
        is_active = job is not None and job.state in (JobState.RUNNING, JobState.WAITING)
        if is_active:
            said = self.tr("This document is being learned already, or waits for its turn.")
        elif self._error is not None:
            said, look = f"{self._error.message} {wording.hint(self._error)}".strip(), "bad"
        elif self._model is not None:
            name, said, look = self._with_model(self._model)
        is_usable = self._error is None or (self._model is not None and not isinstance(self._error, ModelTooLarge))
        self.learn_button.setText(name)
        self.learn_button.setEnabled(self.models.currentIndex() >= 0 and is_usable and not is_active)
        set_text(self.notice, said)
        set_look(self.notice, look)

    def _with_model(self, model: ModelReference) -> tuple[str, str, str]:
        library, document_id = self._context.library, self._document.id
        if resumable_memory(library, document_id, model, self.settings) is not None:
            said = self.tr("This was begun before: it goes on where it ended.")
            return self.tr("&Resume"), said, "muted"
        memory = finished_memory(library, document_id, model, self.settings)
        if memory is not None:
            recalls = wording.percent(memory.recall_after)
            if memory.state is MemoryState.WEAK:
                said = self.tr("Learned already at this depth, but weakly: recalls {0}. A deeper one usually helps.")
            else:
                said = self.tr("Learned already at this depth: recalls {0}. Learning again replaces that memory.")
            return self.tr("&Learn again"), said.format(recalls), "muted"
        notes, look = [], "muted"
        if is_too_long(self._document, self.depths.choice):
            look = "warning"
            notes.append(
                self.tr(
                    "This document is long: at this depth its memory will probably be weak, and answers then come from "
                    "its pages alone. A deeper one takes longer and recalls more."
                )
            )
        if self._context.queue.running is not None:
            notes.append(self.tr("Another document is being learned; this one comes after it."))
        return self.tr("&Learn"), " ".join(notes), look

    @Slot()
    def _get_model(self) -> None:
        self._context.hub.settings_requested.emit("models")

    def accept(self) -> None:
        """Puts the job into the queue; what was measured so far is dropped."""
        if not self.learn_button.isEnabled():
            return
        self._measuring.stop()
        try:
            self._context.queue.add(self._document.id, self.models.currentData(), self.settings)
        except LiftError as error:
            self._failed(error)
            return
        super().accept()

    def done(self, result: int) -> None:
        """Ends the measurement too, however the dialog is closed."""
        self._measuring.stop()
        super().done(result)
