"""Closing the window during a job, and what is shown when a job is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Depth, Document
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.learning.closing import ClosingChoice, ClosingQuestion
from lift_desktop.gui.learning.result import LearnedBanner
from lift_desktop.jobs.queue import JobState, JobView

from ...jobs.gate import Gate
from .checks import assert_nothing_is_cut_off, assert_usable_without_a_mouse

Learn = Callable[..., JobView]
Reaches = Callable[[JobView, JobState], JobView]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def question(qtbot: QtBot, context: Context, document: Document, second: Document, learn: Learn, gate: Gate) -> QDialog:
    gate.hold("training")
    learn(document)
    learn(second)
    gate.wait()
    question = ClosingQuestion(context)
    qtbot.addWidget(question)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    question.open()
    return question


@pytest.mark.parametrize("choice", [ClosingChoice.FINISH, ClosingChoice.PAUSE, ClosingChoice.CANCEL])
def test_closing_asks_and_tells_the_choice(qtbot: QtBot, question: ClosingQuestion, choice: ClosingChoice) -> None:
    buttons = {
        ClosingChoice.FINISH: question.finish_button,
        ClosingChoice.PAUSE: question.pause_button,
        ClosingChoice.CANCEL: question.cancel_button,
    }
    with qtbot.waitSignal(question.chosen) as chosen:
        qtbot.mouseClick(buttons[choice], LEFT)
    assert chosen.args == [choice] and question.choice is choice
    assert not question.isVisible()


def test_escape_keeps_the_window_open(qtbot: QtBot, question: ClosingQuestion) -> None:
    assert_usable_without_a_mouse(question)
    with qtbot.waitSignal(question.chosen) as chosen:
        qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert chosen.args == [ClosingChoice.KEEP_OPEN]


def test_return_pauses(qtbot: QtBot, question: ClosingQuestion) -> None:
    with qtbot.waitSignal(question.chosen) as chosen:
        qtbot.keyClick(question, Qt.Key.Key_Return)
    assert chosen.args == [ClosingChoice.PAUSE]


@pytest.mark.parametrize("width", [100, 1200])
def test_the_question_needs_its_room(qtbot: QtBot, question: ClosingQuestion, width: int) -> None:
    question.resize(width, 10)
    QApplication.processEvents()
    assert_nothing_is_cut_off(question)
    question.reject()


@pytest.fixture
def banner(qtbot: QtBot, context: Context) -> LearnedBanner:
    banner = LearnedBanner(context)
    qtbot.addWidget(banner)
    return banner


def test_the_banner_tells_what_was_learned(
    qtbot: QtBot, context: Context, banner: LearnedBanner, document: Document, learn: Learn, reaches: Reaches
) -> None:
    assert banner.isHidden()
    job = reaches(learn(document), JobState.DONE)
    assert banner.isVisible()
    assert banner.title.text() == f"“{document.title}” is learned"
    assert "it recalls 90 % of the answers; before learning it was 10 %" in banner.detail.text()
    assert not banner.deeper_button.isVisible()
    assert banner.recall.accessibleName() == "Recall before learning 10 %, after it 90 %"
    assert_usable_without_a_mouse(banner)
    with qtbot.waitSignal(banner.details_requested) as details:
        qtbot.mouseClick(banner.details_button, LEFT)
    assert details.args == [job.memory_id]
    with qtbot.waitSignals([context.hub.open_requested, banner.ask_requested]):
        qtbot.mouseClick(banner.ask_button, LEFT)
    assert banner.isHidden()


def test_a_weak_memory_is_explained_and_deeper_learning_offered(
    qtbot: QtBot,
    context: Context,
    banner: LearnedBanner,
    document: Document,
    engine: FakeEngine,
    learn: Learn,
    reaches: Reaches,
) -> None:
    engine._learns = False
    reaches(learn(document, Depth.QUICK), JobState.DONE)
    assert banner.title.text() == f"The memory of “{document.title}” is weak"
    assert "Answers from the pages are as good as ever" in banner.detail.text()
    with qtbot.waitSignal(context.hub.learn_deeper_requested) as requested:
        qtbot.mouseClick(banner.deeper_button, LEFT)
    assert requested.args == [document.id]
    reaches(learn(document, Depth.DEEP), JobState.DONE)
    assert not banner.deeper_button.isVisible()
    banner.close()


def test_the_banner_goes_with_its_memory(
    qtbot: QtBot, context: Context, banner: LearnedBanner, document: Document, learn: Learn, reaches: Reaches
) -> None:
    job = reaches(learn(document), JobState.DONE)
    context.hub.memories_changed.emit(document.id)
    assert banner.isVisible()
    context.library.forget_memory(job.memory_id)
    context.hub.memories_changed.emit(document.id)
    assert banner.isHidden()


def test_the_banner_can_be_closed(
    qtbot: QtBot, banner: LearnedBanner, document: Document, learn: Learn, reaches: Reaches
) -> None:
    reaches(learn(document), JobState.DONE)
    assert banner.close_button.accessibleName() == "Close: Result of learning"
    qtbot.mouseClick(banner.close_button, LEFT)
    assert banner.isHidden()
