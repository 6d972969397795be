"""Several conversations about a document: kept, chosen, renamed, deleted; long ones."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import ChildDied, DiskFull, LiftError
from lift_desktop.domain.models import Answer, AnswerMode, Document
from lift_desktop.gui.chat_pane.empty_states import NoQuestions
from lift_desktop.gui.chat_pane.pane import ChatPane
from lift_desktop.gui.chat_pane.transcript import TURNS_AT_ONCE, Transcript

from ...jobs.gate import ANSWERING
from .conftest import FEE, LAW, QUESTION, Chat


def titles(chat: Chat) -> list[str]:
    return [chat.pane.bar.box.itemText(place) for place in range(chat.pane.bar.box.count())]


def choose(chat: Chat, title: str) -> None:
    """As the user does it: with the keyboard in the box."""
    box = chat.pane.bar.box
    box.setCurrentIndex(titles(chat).index(title))
    box.activated.emit(box.currentIndex())


def test_a_chat_begins_with_its_first_question(chat: Chat, document: Document) -> None:
    assert titles(chat) == ["New chat"] and chat.context.library.conversations(document.id) == []
    chat.ask(QUESTION)
    assert titles(chat) == [QUESTION] and chat.pane.bar.box.currentText() == QUESTION


def test_several_chats_are_kept_apart(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.trigger("new_chat")
    assert titles(chat) == ["New chat", QUESTION] and chat.views == [] and chat.pane.input.hasFocus()
    chat.ask(FEE)
    assert titles(chat) == [FEE, QUESTION] and chat.questions == [FEE]
    choose(chat, QUESTION)
    assert chat.questions == [QUESTION] and chat.stored == [QUESTION]


def test_the_open_chat_is_remembered(chat: Chat, document: Document) -> None:
    chat.ask(QUESTION)
    chat.trigger("new_chat")
    chat.ask(FEE)
    choose(chat, QUESTION)
    again = ChatPane(chat.context)
    chat.qtbot.addWidget(again)
    again.show_document(document)
    assert again.bar.box.currentText() == QUESTION
    chat.trigger("new_chat")
    again.show_document(None)
    again.show_document(document)
    assert again.bar.box.currentText() == "New chat"
    chat.settle()


def test_a_remembered_chat_that_is_gone_gives_way_to_the_newest(chat: Chat, document: Document) -> None:
    chat.ask(QUESTION)
    chat.context.preferences.set("conversation", {document.id: "gone"})
    chat.pane.show_document(document)
    assert chat.questions == [QUESTION]
    chat.settle()


def test_a_chat_is_renamed(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.trigger("rename_chat")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QInputDialog) and dialog.textValue() == QUESTION
    dialog.setTextValue("  The   lens ")
    dialog.accept()
    chat.settle()
    assert titles(chat) == ["The lens"]
    chat.trigger("rename_chat")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("  ")
    dialog.accept()
    assert titles(chat) == ["The lens"]


def test_on_a_full_disk_the_question_stays_written_and_a_chat_keeps_its_name(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*anything: object) -> None:
        raise DiskFull("There is no space left.")

    told: list[LiftError] = []
    chat.context.hub.failed.connect(told.append)
    monkeypatch.setattr(chat.context.library, "start_conversation", refuse)
    chat.pane.input.set_text(QUESTION)
    chat.pane.send.click()
    assert chat.pane.input.text() == QUESTION and chat.views == []
    monkeypatch.undo()
    chat.pane.send.click()
    chat.settle()
    assert chat.pane.input.text() == "" and chat.questions == [QUESTION]
    monkeypatch.setattr(chat.context.library, "rename_conversation", refuse)
    chat.trigger("rename_chat")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("The lens")
    dialog.accept()
    chat.settle()
    assert titles(chat) == [QUESTION]
    assert [error.message for error in told] == ["There is no space left."] * 2


def test_a_chat_is_deleted_after_a_question(chat: Chat, document: Document) -> None:
    chat.ask(QUESTION)
    chat.trigger("new_chat")
    chat.ask(FEE, LAW)
    chat.trigger("delete_chat")
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox) and f"“{FEE}” with 2 questions and answers" in box.informativeText()
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    chat.answer_dialog("Cancel")
    assert len(chat.context.library.conversations(document.id)) == 2
    chat.trigger("delete_chat")
    chat.answer_dialog("Delete")
    assert titles(chat) == [QUESTION] and chat.questions == [QUESTION]
    chat.trigger("delete_chat")
    chat.answer_dialog("Delete")
    assert titles(chat) == ["New chat"] and chat.views == []
    assert chat.context.library.conversations(document.id) == []


def test_a_chat_can_be_deleted_while_an_answer_comes(chat: Chat, document: Document) -> None:
    chat.begin(QUESTION)
    chat.trigger("delete_chat")
    chat.answer_dialog("Delete")
    chat.gate.open()
    assert chat.views == [] and chat.context.library.conversations(document.id) == []
    chat.ask(FEE)
    assert chat.stored == [FEE]


def test_what_cannot_be_deleted_is_told(chat: Chat, document: Document) -> None:
    chat.ask(QUESTION)
    chat.views[0].delete.click()
    [turn] = chat.context.library.turns(chat.pane.bar.box.currentData())
    chat.context.library.delete_turn(chat.pane.bar.box.currentData(), turn.id)  # by another program
    with chat.qtbot.waitSignal(chat.context.hub.failed) as failed:
        chat.answer_dialog("Delete")
    assert "not in the chat any more" in failed.args[0].message
    assert chat.views == []


def test_actions_are_enabled_when_they_can_do_something(empty: Chat, document: Document) -> None:
    chat = empty

    def enabled() -> set[str]:
        return {name for name, action in chat.pane.actions().items() if action.isEnabled()}

    assert enabled() == {"mode_pages"}
    chat.pane.show_document(document)
    assert enabled() == {"mode_pages", "new_chat", "focus_question"}
    begun = chat.begin(QUESTION)
    assert enabled() == {"mode_pages", "new_chat", "focus_question", "stop", "rename_chat", "delete_chat"}
    chat.finish()
    kept = {"regenerate", "rename_chat", "delete_chat", "export_markdown", "export_pdf"}
    assert enabled() == {"mode_pages", "new_chat", "focus_question"} | kept
    assert begun.turn is not None
    chat.fail(FEE, ChildDied("It died."))
    assert enabled() == {"mode_pages", "new_chat", "focus_question"} | kept


def test_a_renamed_document_is_asked_under_its_new_name(chat: Chat, document: Document) -> None:
    chat.context.library.rename_document(document.id, "The tower")
    chat.context.hub.document_changed.emit(document.id)
    chat.trigger("new_chat")
    chat.qtbot.waitUntil(lambda: headings(chat) == ["Ask about “The tower”"])


def headings(chat: Chat) -> list[str]:
    return [state.heading.text() for state in chat.pane.findChildren(NoQuestions) if state.isVisible()]


def fill(chat: Chat, document: Document, count: int) -> None:
    """Opens a chat of so many turns."""
    library = chat.context.library
    conversation = library.start_conversation(document.id, "Long")
    made = Answer("The answer to it.\n\n" * 3, AnswerMode.PAGES, False, (), 0.5, 1.0)
    for number in range(count):
        library.add_turn(conversation.id, f"Question {number}?", made)
    chat.pane.bar.chosen.emit(conversation.id)
    chat.settle()


def test_of_a_long_chat_the_newest_turns_are_built(chat: Chat, document: Document) -> None:
    fill(chat, document, 200)
    assert chat.questions == [f"Question {number}?" for number in range(200 - TURNS_AT_ONCE, 200)]
    bar = chat.pane.transcript.verticalScrollBar()
    chat.qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    assert chat.pane.transcript.earlier.text() == f"Show earlier ({200 - TURNS_AT_ONCE})"

    def is_laid_out() -> bool:
        before = bar.maximum()
        chat.qtbot.wait(50)
        return bar.maximum() == before

    chat.qtbot.waitUntil(is_laid_out)
    bar.setValue(0)
    first = chat.views[0]
    chat.qtbot.mouseClick(chat.pane.transcript.earlier, Qt.MouseButton.LeftButton)
    assert len(chat.views) == 2 * TURNS_AT_ONCE and chat.questions[-1] == "Question 199?"

    def is_where_it_was() -> bool:
        return bar.value() > 0 and abs(first.mapTo(chat.pane.transcript, first.rect().topLeft()).y()) < 80

    chat.qtbot.waitUntil(is_where_it_was)
    chat.qtbot.wait(20)
    assert is_where_it_was()  # and stays there


def test_earlier_turns_are_offered_above_the_others(qtbot: QtBot, chat: Chat, document: Document) -> None:
    fill(chat, document, TURNS_AT_ONCE + 1)
    turns = chat.context.library.turns(chat.context.library.conversations(document.id)[0].id)
    transcript = Transcript()
    qtbot.addWidget(transcript)
    transcript.set_empty(QLabel("Nothing was asked yet."))
    transcript.set_empty(None)  # is deleted later
    transcript.show_turns(turns, ())
    transcript.show()
    qtbot.waitUntil(lambda: 0 < transcript.earlier.y() + transcript.earlier.height() < transcript.views()[0].y())


def test_a_short_chat_shows_all(chat: Chat, document: Document) -> None:
    fill(chat, document, TURNS_AT_ONCE)
    assert len(chat.views) == TURNS_AT_ONCE and not chat.pane.transcript.earlier.isVisible()


def test_the_end_stays_in_view_unless_the_user_reads_above(chat: Chat, document: Document) -> None:
    fill(chat, document, 10)
    bar = chat.pane.transcript.verticalScrollBar()
    chat.ask(QUESTION)
    chat.qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    chat.gate.hold(ANSWERING, 2)
    chat.pane.ask(FEE)
    chat.qtbot.waitUntil(lambda: chat.views[-1].answer.toPlainText() != "")
    bar.setValue(bar.maximum() // 3)
    place = bar.value()
    chat.finish()
    chat.qtbot.wait(20)
    assert bar.value() == place
