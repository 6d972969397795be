"""The parts of the chat pane in their places, and how they show a state. Knows no library and no answer."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...domain.models import AnswerMode
from .actions import explain_modes, make_actions
from .conversation_bar import ConversationBar
from .mode_switch import ModeSwitch
from .question_input import QuestionInput
from .transcript import Transcript


class ChatView(QWidget):
    """From top to bottom: which chat, the questions and answers, the mode, the input."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = make_actions(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        names = ("rename_chat", "delete_chat", None, "export_markdown", "export_pdf")
        others = [None if name is None else self._actions[name] for name in names]
        self.bar = ConversationBar(self._actions["new_chat"], others, self)
        self.transcript = Transcript(self)
        self.modes = ModeSwitch({mode: self._actions[f"mode_{mode.value}"] for mode in AnswerMode}, self)
        self.input = QuestionInput(self.tr("Question"), self)
        self.input.textChanged.connect(self._show_send)
        self.send = QPushButton(self)
        self.send.setProperty("look", "primary")
        row = QHBoxLayout()
        row.addWidget(self.input, 1)
        row.addWidget(self.send, 0, Qt.AlignmentFlag.AlignBottom)
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 8, 14, 12)
        foot.setSpacing(8)
        foot.addWidget(self.modes)
        foot.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.transcript, 1)
        column.addWidget(_line(self))
        column.addLayout(foot)

    def actions(self) -> dict[str, QAction]:  # type: ignore[override]
        """By name; see `actions.make_actions`."""
        return self._actions

    @property
    def is_writing(self) -> bool:
        """Whether a question is begun, or one is being changed."""
        return bool(self.input.text()) or any(view.editor is not None for view in self.transcript.views())

    def _show_open(self, is_open: bool) -> None:
        """Whether there is a document to ask."""
        self.bar.setEnabled(is_open)
        self.input.setEnabled(is_open)
        missing = self.tr("Open a document first")
        self.input.set_hint(self.tr("Ask about this document") if is_open else missing)
        self._show_send()

    @Slot()
    def _show_send(self) -> None:
        """The button asks, or stops the answer that comes."""
        can_stop = self._actions["stop"].isEnabled()
        self.send.setText(self.tr("Stop") if can_stop else self.tr("Ask"))
        tip = self.tr("Stop answering (Esc)") if can_stop else self.tr("Ask (Enter); Shift+Enter begins a new line")
        self.send.setToolTip(tip)
        self.send.setEnabled(self.input.isEnabled() and (can_stop or bool(self.input.text())))

    def _show_mode(self, mode: AnswerMode, is_learned: bool, is_open: bool) -> None:
        explain_modes(self._actions, is_learned)
        self._actions[f"mode_{mode.value}"].setChecked(True)
        self.modes.show_mode(mode, is_learned or not is_open)

    @Slot()
    def _order_tabs(self) -> None:
        """From top to bottom, whenever what is shown was built."""
        order: list[QWidget] = [self.bar.box, self.bar.new, self.bar.more, self.transcript.earlier]
        for view in self.transcript.views():
            order += view.controls()
        order += [*self.modes.buttons.values(), self.modes.learn, self.input, self.send]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)


def _line(parent: QWidget) -> QWidget:
    """A thin line in the colour of borders."""
    line = QWidget(parent)
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line
