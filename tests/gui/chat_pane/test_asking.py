"""Asking: streaming, stop, errors, several questions at once, other documents meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from lift_desktop.domain.errors import ChildDied, NoMemory, OutOfMemory
from lift_desktop.domain.models import AnswerMode, Document
from lift_desktop.engine.fake import FakeEngine

from ... import texts
from ...jobs.gate import ANSWERING
from .conftest import ANSWER, FEE, LAW, QUESTION, Chat, Learn


@pytest.fixture
def other(chat: Chat, tmp_path: Path) -> Document:
    """Another document."""
    return texts.add_another(chat.context.library, tmp_path, "Another Agreement")


def test_an_answer_streams_and_is_kept(chat: Chat) -> None:
    view = chat.begin(QUESTION, words=4)
    assert view.answer.toPlainText() == "1 The Keeper shall"
    assert view.footer is None and not view.buttons.isVisible()
    assert chat.pane.send.text() == "Stop"
    chat.finish()
    assert chat.views == [view]
    assert view.answer.toPlainText().startswith(ANSWER)
    assert view.footer is not None and view.footer.support.text() == "Supported by 1 passage"
    assert view.made.text().startswith("From the pages")
    assert chat.pane.send.text() == "Ask"
    assert chat.stored == [QUESTION]


def test_before_the_first_word_it_says_what_it_does(chat: Chat) -> None:
    chat.gate.hold(ANSWERING, 1)
    chat.pane.ask(QUESTION)
    [view] = chat.views
    chat.qtbot.waitUntil(view.status.isVisible)
    assert view.status.text() == "Getting the model ready…"
    assert not view.answer.isVisible()
    chat.finish()
    assert not view.status.isVisible() and view.answer.isVisible()
    chat.gate.hold(ANSWERING, 1)
    chat.pane.ask(FEE)
    assert chat.views[1].status.text() == "Looking through the pages…"
    chat.finish()


def test_enter_asks_and_shift_enter_begins_a_line(chat: Chat) -> None:
    write = chat.pane.input
    chat.qtbot.keyClicks(write, "Which law")
    chat.qtbot.keyClick(write, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    chat.qtbot.keyClicks(write, "governs?")
    one_line, height = write.fontMetrics().lineSpacing(), write.height()
    assert height > 2 * one_line
    chat.qtbot.keyClick(write, Qt.Key.Key_Return)
    chat.settle()
    assert chat.stored == ["Which law\ngoverns?"]
    assert write.toPlainText() == "" and write.height() < height
    chat.qtbot.keyClick(write, Qt.Key.Key_Return)  # nothing to ask
    assert chat.stored == ["Which law\ngoverns?"] and len(chat.views) == 1


def test_up_recalls_the_last_question_in_an_empty_input(chat: Chat) -> None:
    chat.ask(QUESTION, FEE)
    chat.qtbot.keyClick(chat.pane.input, Qt.Key.Key_Up)
    assert chat.pane.input.toPlainText() == FEE
    chat.pane.input.set_text("mine")
    chat.qtbot.keyClick(chat.pane.input, Qt.Key.Key_Up)
    assert chat.pane.input.toPlainText() == "mine"


def test_a_long_question_gets_a_scroll_bar_instead_of_all_the_room(chat: Chat) -> None:
    chat.pane.input.set_text("\n".join(map(str, range(7))))
    seven = chat.pane.input.height()
    chat.pane.input.set_text("\n".join(map(str, range(70))))
    assert chat.pane.input.height() == seven
    assert chat.pane.input.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_the_button_asks(chat: Chat) -> None:
    assert not chat.pane.send.isEnabled()
    chat.pane.input.set_text(f"  {FEE} ")
    chat.qtbot.mouseClick(chat.pane.send, Qt.MouseButton.LeftButton)
    chat.settle()
    assert chat.stored == [FEE]


@pytest.mark.parametrize("way", ["button", "escape", "action"])
def test_a_stopped_answer_stays(chat: Chat, way: str) -> None:
    view = chat.begin(QUESTION, words=12)
    if way == "button":
        chat.qtbot.mouseClick(chat.pane.send, Qt.MouseButton.LeftButton)
    elif way == "escape":
        chat.pane.input.setFocus()
        chat.qtbot.keyClick(chat.pane.input, Qt.Key.Key_Escape)
    else:
        chat.trigger("stop")
    assert view.status.text() == "" or view.status.text() == "Stopping…"
    chat.settle()
    assert chat.views == [view]
    assert view.answer.toPlainText() == "1 The Keeper shall polish the lens of the lighthouse twice in"
    assert view.made.text().endswith(" · Stopped")
    assert view.footer is not None and len(view.footer.chips) == 1
    assert chat.stored == [QUESTION]
    assert not chat.pane.actions()["stop"].isEnabled()


def test_stopped_before_the_first_word_the_question_is_not_lost(chat: Chat) -> None:
    chat.gate.hold(ANSWERING, 1)
    chat.pane.ask(QUESTION)
    chat.qtbot.waitUntil(lambda: bool(chat.context.tasks.running))
    chat.trigger("stop")
    chat.settle()
    [view] = chat.views
    assert view.problem is not None and view.problem.message.text() == "Stopped before the answer began."
    assert chat.stored == []
    chat.gate.open()
    chat.qtbot.mouseClick(view.problem.retry, Qt.MouseButton.LeftButton)
    chat.settle()
    assert chat.stored == [QUESTION] and chat.views == [view] and view.problem is None


def test_the_input_can_be_used_while_an_answer_comes(chat: Chat) -> None:
    chat.begin(QUESTION)
    chat.qtbot.keyClicks(chat.pane.input, FEE)
    chat.qtbot.keyClick(chat.pane.input, Qt.Key.Key_Return)
    assert chat.views[-1].status.text() == "Waits for the answer before it…"
    assert chat.questions == [QUESTION, FEE]
    chat.finish()
    assert chat.stored == [QUESTION, FEE]
    assert "4,250" in chat.views[1].answer.toPlainText()


def test_a_waiting_question_can_be_taken_back(chat: Chat) -> None:
    chat.begin(QUESTION)
    chat.pane.ask(FEE)
    chat.trigger("stop")  # the running one
    chat.trigger("stop")  # the waiting one
    chat.settle()
    chat.gate.open()
    assert chat.stored == [QUESTION]
    assert chat.views[1].problem is not None


@pytest.mark.parametrize(
    "error",
    [ChildDied("The engine process ended unexpectedly."), OutOfMemory("There is not enough memory.")],
    ids=lambda error: type(error).__name__,
)
def test_a_failing_answer_says_so_in_its_place(chat: Chat, error: ChildDied | OutOfMemory) -> None:
    view = chat.fail(QUESTION, error)
    assert chat.questions == [QUESTION]
    assert view.problem is not None
    assert view.problem.message.text() == error.message and view.problem.hint.text() == error.hint
    assert chat.stored == []
    view.problem.retry.click()
    chat.settle()
    assert chat.stored == [QUESTION] and view.problem is None


def test_an_answer_that_fails_in_the_middle_shows_what_had_come(chat: Chat) -> None:
    view = chat.begin(QUESTION, words=3)
    chat.gate.error = ChildDied("It died.")
    chat.gate.open()
    chat.ask(FEE)
    assert view.answer.toPlainText() == "1 The Keeper shall" and view.problem is not None
    chat.gate.error = None
    assert [view.problem is not None for view in chat.views] == [True, True]


def test_a_failed_question_can_be_dismissed(chat: Chat) -> None:
    view = chat.fail(QUESTION, ChildDied("It died."))
    assert view.problem is not None
    view.problem.dismiss.click()
    chat.settle()
    assert chat.views == []


def test_a_bug_ends_the_answer_and_surfaces(chat: Chat) -> None:
    chat.gate.error = ZeroDivisionError("bug")
    with chat.qtbot.captureExceptions() as exceptions:
        chat.ask(QUESTION)
    assert [error[0] for error in exceptions] == [ZeroDivisionError]
    problem = chat.views[-1].problem
    assert problem is not None and problem.message.text() == "The answer ended unexpectedly."


def test_a_missing_model_leads_to_the_settings(chat: Chat) -> None:
    chat.context.preferences.set("model", "smollm2-135m-instruct")
    chat.ask(QUESTION)
    problem = chat.views[-1].problem
    assert problem is not None and "not on this computer" in problem.message.text()
    assert problem.hint.text() == ""  # it speaks of the command line
    assert problem.get_model.text().startswith("Get the starter model (92")
    with chat.qtbot.waitSignal(chat.context.hub.settings_requested) as asked:
        problem.get_model.click()
    assert asked.args == ["models"]


def test_an_answer_goes_on_while_another_document_is_shown(chat: Chat, document: Document, other: Document) -> None:
    chat.begin(QUESTION, words=2)
    chat.pane.show_document(other)
    assert chat.views == [] and chat.pane.send.text() == "Ask"
    chat.finish()
    assert chat.views == []
    chat.pane.show_document(document)
    assert chat.questions == [QUESTION] and chat.stored == [QUESTION]
    chat.qtbot.waitUntil(lambda: chat.views[0].answer.toPlainText().startswith(ANSWER))


def test_coming_back_shows_an_answer_that_still_comes(chat: Chat, document: Document, other: Document) -> None:
    chat.begin(QUESTION, words=2)
    chat.pane.show_document(other)
    chat.pane.ask(LAW)  # waits: one answer at a time
    assert chat.views[0].status.text() == "Waits for the answer before it…"
    chat.pane.show_document(document)
    [view] = chat.views
    chat.qtbot.waitUntil(lambda: view.answer.toPlainText() == "1 The")
    chat.finish()
    assert chat.views == [view] and view.footer is not None
    chat.pane.show_document(other)
    assert chat.stored == [LAW]


def test_an_erased_document_takes_its_answer_along(chat: Chat, document: Document, other: Document) -> None:
    chat.begin(QUESTION)
    chat.context.library.forget_document(document.id)
    chat.context.hub.document_removed.emit(document.id)
    chat.settle()
    assert chat.views == [] and not chat.pane.input.isEnabled()
    chat.gate.open()
    chat.pane.show_document(other)
    chat.ask(QUESTION)
    assert chat.stored == [QUESTION]


def test_the_hub_asks_and_drafts(chat: Chat) -> None:
    chat.context.hub.question_asked.emit(FEE)
    chat.settle()
    assert chat.stored == [FEE]
    chat.context.hub.question_drafted.emit("About “oil”: ")
    assert chat.pane.input.toPlainText() == "About “oil”: " and chat.pane.input.hasFocus()


def test_nothing_is_asked_without_a_document(empty: Chat) -> None:
    empty.context.hub.question_asked.emit(FEE)
    empty.context.hub.question_drafted.emit(FEE)
    assert empty.views == [] and empty.pane.input.toPlainText() == ""


def test_the_conversation_so_far_goes_with_a_question(chat: Chat, engine: FakeEngine) -> None:
    chat.ask(QUESTION, FEE)
    assert [turn.question for turn in engine.asked[1].turns] == [QUESTION]


def test_a_finished_answer_is_announced(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[object] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(events.append))
    chat.ask(QUESTION)
    [event] = events
    said = event.message()  # type: ignore[attr-defined]
    assert said.startswith(f"Answer: {ANSWER}") and said.endswith("Supported by 1 passage")


def test_a_memory_that_is_erased_meanwhile_is_an_error_in_place(chat: Chat, document: Document, learn: Learn) -> None:
    memory = learn(document)
    chat.settle()
    chat.trigger("mode_memory")
    chat.context.library.forget_memory(memory.id)  # the pane is not told
    chat.ask(QUESTION)
    problem = chat.views[-1].problem
    assert problem is not None and "not been learned" in problem.message.text()
    assert isinstance(chat.views[-1].live.error, NoMemory)  # type: ignore[union-attr]
    with chat.qtbot.waitSignal(chat.context.hub.learn_requested) as asked:
        problem.learn.click()
    assert asked.args == [document.id]
    problem.use_pages.click()
    chat.settle()
    assert chat.stored == [QUESTION]
    assert chat.context.library.turns(chat.pane.bar.box.currentData())[0].answer.mode is AnswerMode.PAGES
