"""A chat pane on an engine that can be held at a word, or fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import LiftError
from lift_desktop.domain.models import Document, Memory
from lift_desktop.domain.steps import last
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.chat_pane.pane import ChatPane
from lift_desktop.gui.chat_pane.turn_view import TurnView
from lift_desktop.gui.context import Context
from lift_desktop.jobs import LearnSettings, learn_document, model_reference

from ...jobs.gate import ANSWERING, Gate

QUESTION = "How often does the Keeper polish the lens?"
ANSWER = "1 The Keeper shall polish the lens of the lighthouse twice in each week"
FEE = "What is the monthly fee?"
LAW = "Which law governs?"

Learn = Callable[[Document], Memory]


class Chat:
    """A pane and what a user does with it."""

    def __init__(self, qtbot: QtBot, context: Context, pane: ChatPane, gate: Gate) -> None:
        self.qtbot, self.context, self.pane, self.gate = qtbot, context, pane, gate

    def settle(self) -> None:
        """Waits until nothing is asked or read any more."""
        self.qtbot.waitUntil(lambda: not self.context.tasks.running)
        self.qtbot.wait(1)

    def ask(self, *questions: str) -> None:
        """Asks, and waits for the answers."""
        for question in questions:
            self.pane.ask(question)
            self.settle()

    def begin(self, question: str, words: int = 3) -> TurnView:
        """Asks, and waits until so many words of the answer are shown."""
        self.gate.hold(ANSWERING, words + 1)
        self.pane.ask(question)
        view = self.views[-1]
        self.qtbot.waitUntil(lambda: len(view.answer.toPlainText().split()) == words)
        return view

    def finish(self) -> None:
        self.gate.open()
        self.settle()

    def fail(self, question: str, error: LiftError) -> TurnView:
        self.gate.error = error
        self.ask(question)
        self.gate.error = None
        return self.views[-1]

    @property
    def views(self) -> list[TurnView]:
        return self.pane.transcript.views()

    @property
    def questions(self) -> list[str]:
        """As shown."""
        return [view.question.toPlainText() for view in self.views]

    @property
    def stored(self) -> list[str]:
        """The questions that the library has of the shown conversation."""
        conversation = self.pane.bar.box.currentData()
        return [turn.question for turn in self.context.library.turns(conversation)] if conversation else []

    def answer_dialog(self, button: str) -> QMessageBox:
        """Presses the button of the question that is shown, and returns it (gone by then)."""
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(each for each in box.buttons() if each.text().replace("&", "") == button).click()
        self.settle()
        return box

    def trigger(self, name: str) -> None:
        self.pane.actions()[name].trigger()


@pytest.fixture
def gate() -> Gate:
    return Gate(can_be_called_off=True)


@pytest.fixture
def engine(gate: Gate) -> FakeEngine:
    return FakeEngine(gate)


@pytest.fixture
def pane(qtbot: QtBot, context: Context) -> ChatPane:
    made = ChatPane(context)
    qtbot.addWidget(made)
    made.resize(420, 700)
    made.show()
    return made


@pytest.fixture
def empty(qtbot: QtBot, context: Context, pane: ChatPane, gate: Gate) -> Chat:
    """Without a document."""
    return Chat(qtbot, context, pane, gate)


@pytest.fixture
def chat(empty: Chat, document: Document) -> Chat:
    """With the agreement, which has not been learned."""
    empty.pane.show_document(document)
    empty.settle()
    return empty


@pytest.fixture
def learn(context: Context) -> Learn:
    """Learns a document and tells the panes."""

    def work(document: Document) -> Memory:
        model = model_reference(context.services.models.resolve(context.preferences.get("model")))
        memory: Memory = last(learn_document(context.library, FakeEngine(), document, model, LearnSettings())).memory
        context.hub.memories_changed.emit(document.id)
        return memory

    return work
