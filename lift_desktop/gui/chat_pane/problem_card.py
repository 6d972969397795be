"""A question that got no answer: what happened, what to do, and the way to try again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ...domain.errors import LiftError, ModelMismatch, ModelMissing, NoMemory, UnknownModel
from .. import wording
from .flow_layout import FlowLayout


class ProblemCard(QFrame):
    """Made for one error; `error` is None for an answer that was stopped: before its first word, or, where it
    `has_begun`, before it replaced others.
    """

    retry_requested = Signal()
    dismiss_requested = Signal()
    pages_requested = Signal()  # answer without the memory
    model_requested = Signal()
    learn_requested = Signal()

    def __init__(
        self, error: LiftError | None, model_offer: str, has_begun: bool, parent: QWidget | None = None
    ) -> None:
        """`model_offer` is the text of the button that leads to a model."""
        super().__init__(parent)
        self.setProperty("look", "problem" if error is not None else "card")
        column = QVBoxLayout(self)
        too_early = self.tr("Stopped before the answer began.")
        stopped = self.tr("Stopped. What was answered before stays.") if has_begun else too_early
        self.message = QLabel(stopped if error is None else wording.breakable(error.message), self)
        self.message.setProperty("look", "bad" if error is not None else "muted")
        self.hint = QLabel("" if error is None else wording.hint(error), self)
        for label in (self.message, self.hint):
            label.setWordWrap(True)
            label.setVisible(bool(label.text()))
            column.addWidget(label)
        buttons = QWidget(self)
        row = FlowLayout(buttons)
        column.addWidget(buttons)
        if isinstance(error, ModelMissing | UnknownModel):
            self.get_model = QPushButton(model_offer, buttons)
            self.get_model.setProperty("look", "primary")
            self.get_model.clicked.connect(self.model_requested)
            row.addWidget(self.get_model)
        if isinstance(error, ModelMismatch | NoMemory):
            self.use_pages = QPushButton(self.tr("Answer from the pages"), buttons)
            self.use_pages.clicked.connect(self.pages_requested)
            row.addWidget(self.use_pages)
            self.learn = QPushButton(self.tr("Learn again…"), buttons)
            self.learn.clicked.connect(self.learn_requested)
            row.addWidget(self.learn)
        self.retry = QPushButton(self.tr("Try again"), buttons)
        self.retry.clicked.connect(self.retry_requested)
        self.dismiss = QPushButton(self.tr("Dismiss"), buttons)
        self.dismiss.setToolTip(self.tr("Forget this question"))
        self.dismiss.clicked.connect(self.dismiss_requested)
        row.addWidget(self.retry)
        row.addWidget(self.dismiss)
