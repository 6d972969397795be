"""Memory, Pages or Both: where the next answer comes from, with a line that explains the choice."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ...domain.models import AnswerMode
from ..wording import tr
from .flow_layout import FlowLabel, FlowLayout


def mode_name(mode: AnswerMode) -> str:
    """As the switch says it."""
    return {AnswerMode.MEMORY: tr("Memory"), AnswerMode.PAGES: tr("Pages"), AnswerMode.BOTH: tr("Both")}[mode]


def mode_explanation(mode: AnswerMode) -> str:
    """One line about the mode."""
    return {
        AnswerMode.MEMORY: tr("Answers from what was learned, without looking at the pages."),
        AnswerMode.PAGES: tr("Answers from the pages that fit the question."),
        AnswerMode.BOTH: tr("Answers from what was learned and from the pages that fit the question."),
    }[mode]


class ModeSwitch(QWidget):
    """Three buttons of an action each; `learn_requested` comes from the line that says that nothing was learned."""

    learn_requested = Signal()

    def __init__(self, actions: Mapping[AnswerMode, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        segments = QFrame(self)
        segments.setProperty("look", "segments")
        segments.setAccessibleName(self.tr("Answer from"))
        row = QHBoxLayout(segments)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        self.buttons = {mode: self._button(action, segments) for mode, action in actions.items()}
        for button in self.buttons.values():
            row.addWidget(button, 1)
        column.addWidget(segments)
        below = QWidget(self)
        flow = FlowLayout(below)
        self.line = FlowLabel("", "muted", below)
        flow.addWidget(self.line)
        self.learn = QPushButton(self.tr("Learn this document…"), below)
        self.learn.setProperty("look", "link")
        self.learn.clicked.connect(self.learn_requested)
        flow.addWidget(self.learn)
        column.addWidget(below)

    def _button(self, action: QAction, parent: QWidget) -> QToolButton:
        button = QToolButton(parent)
        button.setDefaultAction(action)
        button.setProperty("look", "segment")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def show_mode(self, mode: AnswerMode, is_learned: bool) -> None:
        """Explains `mode`, or what is missing for the others."""
        missing = self.tr("Answers from the pages. Memory and Both need the document to be learned first.")
        self.line.setText(mode_explanation(mode) if is_learned else missing)
        self.learn.setVisible(not is_learned)
