"""What can be done with an answer: its pages, copy, regenerate, edit, delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from lift_desktop.domain.errors import ChildDied
from lift_desktop.domain.models import Answer, AnswerMode, Citation, Coverage, Detail, DetailKind, Document
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.chat_pane.answer_footer import (
    CHIPS_AT_ONCE,
    AnswerFooter,
    CitationChip,
    coverage_text,
    details_text,
    made_text,
    support_text,
)
from lift_desktop.gui.chat_pane.turn_view import TurnView

from ... import texts
from ...jobs.gate import ANSWERING
from .conftest import FEE, LAW, QUESTION, Chat

QUOTE = "The fee is <b>$4,250</b>\nper month."


def citation(page: int = 4, label: str = "iv") -> Citation:
    return Citation(page, label, QUOTE, 0, len(QUOTE), 0.8)


def answer(*citations: Citation, **changes: object) -> Answer:
    values = {"text": "$4,250.", "mode": AnswerMode.BOTH, "supported": bool(citations), "citations": citations}
    return Answer(**{**values, "seconds_to_first_token": 0.84, "seconds": 2.0, **changes})  # type: ignore[arg-type]


def choose_by_mouse(chat: Chat, chip: CitationChip) -> None:
    chat.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)


def choose_by_enter(chat: Chat, chip: CitationChip) -> None:
    chip.setFocus()
    chat.qtbot.keyClick(chip, Qt.Key.Key_Return)


def press_enter(chat: Chat, view: TurnView) -> None:
    assert view.editor is not None
    chat.qtbot.keyClick(view.editor, Qt.Key.Key_Return)


@pytest.mark.parametrize("choose", [choose_by_mouse, choose_by_enter])
def test_a_chip_leads_to_its_page(chat: Chat, choose: object) -> None:
    chat.ask(QUESTION)
    [view] = chat.views
    assert view.footer is not None
    [chip] = view.footer.chips
    with chat.qtbot.waitSignal(chat.context.hub.citation_chosen) as chosen:
        choose(chat, chip)  # type: ignore[operator]
    [turn] = chat.context.library.turns(chat.pane.bar.box.currentData())
    assert chosen.args == [turn.answer.citations[0]]
    assert chip.text() == "p. 1 (i)"


def test_a_chip_says_its_quote(chat: Chat) -> None:
    chip = CitationChip(citation())
    chat.qtbot.addWidget(chip)
    assert chip.text() == "p. 4 (iv)"
    assert chip.accessibleName() == "Page 4, quote: “The fee is <b>$4,250</b> per month.”"
    assert "“The fee is &lt;b&gt;$4,250&lt;/b&gt; per month.”" in chip.toolTip()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (answer(), "From memory and pages · first words after 0.8\u00a0s"),
        (answer(seconds_to_first_token=0.05), "From memory and pages · first words after 0.1\u00a0s"),
        (answer(seconds_to_first_token=0.04), "From memory and pages"),
        (answer(seconds_to_first_token=0.04, stopped=True), "From memory and pages · Stopped"),
    ],
)
def test_how_an_answer_was_made(given: Answer, text: str) -> None:
    assert made_text(given) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (answer(), "No supporting passage found"),
        (answer(citation()), "Supported by 1 passage"),
        (answer(citation(), citation(5)), "Supported by 2 passages"),
        (
            answer(citation(), supported=False),
            "These passages are about the question, but do not confirm the answer",
        ),
        (answer(absent=True), "Not in this document"),
        (
            answer(citation(), supported=False, absent=True),
            "The model found no answer; these passages speak about it",
        ),
        (
            answer(citation(), supported=False, missing=(Detail(0, 6, DetailKind.MONEY),)),
            "These passages are about the question, but do not hold all of the answer",
        ),
    ],
)
def test_what_supports_an_answer_is_said(given: Answer, text: str) -> None:
    assert support_text(given) == text


def test_what_the_passages_do_not_hold_is_listed(chat: Chat) -> None:
    text = "Bob Miller pays $4,250."
    missing = (Detail(0, 10, DetailKind.NAME), Detail(16, 22, DetailKind.MONEY))
    footer = AnswerFooter(answer(citation(), text=text, supported=False, missing=missing))
    chat.qtbot.addWidget(footer)
    said = "2 details of this answer are not in the cited passages: “Bob Miller”, “$4,250”"
    assert footer.details.text() == said and footer.details.isVisibleTo(footer)
    one = answer(citation(), text=text, supported=False, missing=missing[:1])
    assert details_text(one) == "1 detail of this answer is not in the cited passages: “Bob Miller”"
    assert details_text(answer(citation())) == ""


@pytest.mark.parametrize(
    ("coverage", "text"),
    [
        (Coverage(48, 48, 1, 12), "Read all 48 passages, pages 1–12"),
        (Coverage(40, 212, 3, 60), "Read 40 of 212 passages, pages 3–60"),
        (Coverage(1, 1, 4, 4), "Read 1 passage, page 4"),
        (None, ""),
    ],
)
def test_how_much_was_read_is_said(coverage: Coverage | None, text: str) -> None:
    assert coverage_text(answer(citation(), coverage=coverage)) == text


def test_the_many_pages_of_a_list_are_shown_on_demand(chat: Chat) -> None:
    count = CHIPS_AT_ONCE + 3
    footer = AnswerFooter(answer(*(citation() for _ in range(count)), coverage=Coverage(9, 9, 1, 3)))
    chat.qtbot.addWidget(footer)
    shown = [chip for chip in footer.chips if chip.isVisibleTo(footer)]
    assert len(shown) == CHIPS_AT_ONCE and shown[2].text() == "[3] p. 4 (iv)"
    footer.more.click()
    assert all(chip.isVisibleTo(footer) for chip in footer.chips) and not footer.more.isVisibleTo(footer)


def test_details_that_are_not_found_are_underlined(chat: Chat) -> None:
    chat.ask(QUESTION)
    text = "**No** fee of $310, and a fee of $310 again."
    second = text.rindex("$310")
    conversation = chat.pane.bar.box.currentData()
    missing = (Detail(second, second + 4, DetailKind.MONEY),)
    chat.context.library.add_turn(conversation, "Fee?", answer(citation(), text=text, supported=False, missing=missing))
    chat.trigger("new_chat")
    chat.pane.bar.chosen.emit(conversation)
    shown = chat.views[1].answer
    chat.qtbot.waitUntil(lambda: bool(shown.extraSelections()))
    [marked] = shown.extraSelections()
    assert marked.cursor.selectedText() == "$310"
    assert marked.cursor.selectionStart() == shown.toPlainText().rindex("$310")


def test_the_whole_document_is_read_with_its_progress(chat: Chat) -> None:
    said: list[str] = []
    chat.pane.ask("List all obligations of the Keeper")
    view = chat.views[-1]
    assert view.live is not None
    view.live.changed.connect(lambda: said.append(view.status.text()))
    chat.settle()
    assert any(text.startswith("Reading passage 1 of ") for text in said)
    assert view.turn is not None and view.turn.answer.supported and view.footer is not None
    assert len(view.footer.chips) == len(view.turn.answer.text.splitlines()) > 2
    assert view.footer.coverage.text().startswith("Read all ")


def test_a_note_is_shown(chat: Chat) -> None:
    footer = AnswerFooter(answer(note="The memory is weak."))
    chat.qtbot.addWidget(footer)
    assert footer.note.text() == "The memory is weak." and footer.note.isVisibleTo(footer)
    without = AnswerFooter(answer())
    chat.qtbot.addWidget(without)
    assert not without.note.isVisibleTo(without)


def test_an_answer_is_copied_with_its_pages(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.qtbot.mouseClick(chat.views[0].copy, Qt.MouseButton.LeftButton)
    said, quote = QGuiApplication.clipboard().text().split("\n\n")
    assert said == chat.views[0].turn.answer.text  # type: ignore[union-attr]
    assert quote.startswith("“1. SERVICES 1.1 The Keeper shall polish") and quote.endswith("” (p. 1 (i))")


def test_only_the_last_answer_is_made_again(chat: Chat, engine: FakeEngine) -> None:
    chat.ask(QUESTION, FEE)
    assert [view.regenerate.isVisible() for view in chat.views] == [False, True]
    before = [view.turn for view in chat.views]
    chat.views[1].regenerate.click()
    assert chat.questions == [QUESTION, FEE] and not chat.views[0].edit.isEnabled()
    chat.settle()
    assert chat.stored == [QUESTION, FEE] and len(engine.asked) == 3
    after = [view.turn for view in chat.views]
    assert after[0] == before[0] and after[1] != before[1]
    assert [turn.question for turn in engine.asked[2].turns] == [QUESTION]


def test_an_answer_that_cannot_be_made_again_stays(chat: Chat) -> None:
    chat.ask(QUESTION)
    kept = chat.views[0].turn
    chat.gate.error = ChildDied("It died.")
    chat.trigger("regenerate")
    chat.settle()
    chat.gate.error = None
    assert [view.turn for view in chat.views] == [kept, None]
    assert chat.views[1].problem is not None
    chat.views[1].problem.retry.click()
    chat.settle()
    assert chat.questions == [QUESTION] and chat.views[0].turn != kept


def begin_again(chat: Chat) -> None:
    """Has the last question answered again, and stops that after two words."""
    chat.gate.hold(ANSWERING, 3)
    chat.trigger("regenerate")
    chat.qtbot.waitUntil(lambda: len(chat.views[-1].answer.toPlainText().split()) == 2)
    chat.trigger("stop")
    chat.settle()


def test_an_answer_stays_when_the_one_in_its_place_is_stopped(chat: Chat) -> None:
    chat.ask(QUESTION, FEE)
    kept = [view.turn for view in chat.views]
    begin_again(chat)
    assert [view.turn for view in chat.views] == [*kept, None] and chat.stored == [QUESTION, FEE]
    problem = chat.views[2].problem
    assert problem is not None and problem.message.text() == "Stopped. What was answered before stays."
    chat.gate.open()
    problem.retry.click()
    chat.settle()
    assert chat.stored == chat.questions == [QUESTION, FEE] and chat.views[1].turn != kept[1]


def test_trying_again_in_place_of_others_asks_about_those_that_came_meanwhile(chat: Chat) -> None:
    chat.ask(QUESTION)
    begin_again(chat)
    chat.ask(FEE)
    problem = next(view.problem for view in chat.views if view.problem is not None)
    problem.retry.click()
    chat.answer_dialog("Cancel")
    assert chat.stored == [QUESTION, FEE]
    problem.retry.click()
    chat.answer_dialog("Ask and remove")
    assert chat.stored == chat.questions == [QUESTION]


def test_an_edited_last_question_is_asked_at_once(chat: Chat) -> None:
    chat.ask(QUESTION, FEE)
    view = chat.views[1]
    view.edit.click()
    assert view.editor is not None and view.editor.hasFocus() and view.editor.toPlainText() == FEE
    view.editor.set_text(LAW)
    view.take_edit.click()
    chat.settle()
    assert chat.stored == [QUESTION, LAW] and chat.questions == [QUESTION, LAW]


def test_editing_an_earlier_question_removes_the_later_ones_after_a_question(chat: Chat) -> None:
    chat.ask(QUESTION, FEE, "Who supplies the oil?")
    view = chat.views[0]
    view.edit.click()
    assert view.editor is not None
    view.editor.set_text(LAW)
    chat.qtbot.keyClick(view.editor, Qt.Key.Key_Return)
    assert len(chat.stored) == 3
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox) and "2 questions after it" in box.informativeText()
    chat.answer_dialog("Cancel")
    assert len(chat.stored) == 3 and view.editor is not None
    view.take_edit.click()
    chat.answer_dialog("Ask and remove")
    assert chat.stored == [LAW] and chat.questions == [LAW]


@pytest.mark.parametrize("take", [lambda chat, view: view.take_edit.click(), press_enter])
def test_an_edited_question_waits_for_the_answer_that_comes(chat: Chat, take: Callable[[Chat, TurnView], None]) -> None:
    """It would erase that answer, of which nobody was asked."""
    chat.ask(QUESTION)
    [view] = chat.views
    view.edit.click()
    assert view.editor is not None
    view.editor.set_text(LAW)
    chat.begin(FEE)
    take(chat, view)
    chat.finish()
    assert chat.stored == [QUESTION, FEE] and view.editor is not None and not view.edit.isVisible()
    take(chat, view)
    chat.answer_dialog("Ask and remove")
    assert chat.stored == [LAW]


def test_what_was_agreed_to_for_one_chat_is_not_done_to_another(chat: Chat, document: Document, tmp_path: Path) -> None:
    other = texts.add_another(chat.context.library, tmp_path, "Another Agreement")
    chat.ask(QUESTION, FEE)
    chat.pane.show_document(other)
    chat.ask(QUESTION, FEE)
    chat.pane.show_document(document)
    chat.settle()
    view = chat.views[0]
    view.edit.click()
    assert view.editor is not None
    view.editor.set_text(LAW)
    view.take_edit.click()
    chat.pane.show_document(other)
    chat.answer_dialog("Ask and remove")
    assert chat.stored == chat.questions == [QUESTION, FEE]
    chat.pane.show_document(document)
    assert chat.stored == [QUESTION, FEE]


def test_editing_can_be_left(chat: Chat) -> None:
    chat.ask(QUESTION)
    [view] = chat.views
    view.edit.click()
    assert view.editor is not None and not view.bubble.isVisible()
    view.editor.set_text("other")
    chat.qtbot.keyClick(view.editor, Qt.Key.Key_Escape)
    assert view.editor is None and view.bubble.isVisible() and chat.questions == [QUESTION]
    assert view.edit.hasFocus()


def test_a_turn_is_deleted_after_a_question(chat: Chat) -> None:
    chat.ask(QUESTION, FEE, LAW)
    chat.views[1].delete.click()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox) and FEE in box.informativeText()
    chat.answer_dialog("Cancel")
    assert len(chat.stored) == 3
    first = chat.views[0]
    chat.views[1].delete.click()
    chat.answer_dialog("Delete")
    assert chat.stored == [QUESTION, LAW] == chat.questions
    assert chat.views[0] is first


def test_markdown_is_shown_as_such_and_leads_nowhere(chat: Chat) -> None:
    text = "**Bold** <b>raw</b>\n\n- one\n- two\n\n![x](file:///etc/hostname) [link](http://example.com)\n"
    chat.ask(QUESTION)
    conversation = chat.pane.bar.box.currentData()
    chat.context.library.add_turn(conversation, "Markdown?", answer(text=text))
    chat.trigger("new_chat")
    chat.pane.bar.chosen.emit(conversation)
    shown = chat.views[1].answer
    chat.qtbot.waitUntil(lambda: "Bold" in shown.toPlainText())
    assert shown.toPlainText().split("\n")[:3] == ["Bold <b>raw</b>", "one", "two"]
    assert shown.loadResource(2, "file:///etc/hostname") is None
    assert not shown.openLinks() and not shown.openExternalLinks()
    assert not shown.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByMouse
    assert shown.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard


def test_what_is_selected_in_a_streaming_answer_stays_selected(chat: Chat) -> None:
    view = chat.begin(QUESTION, words=4)
    cursor = view.answer.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(12, cursor.MoveMode.KeepAnchor)
    view.answer.setTextCursor(cursor)
    chat.finish()
    chat.qtbot.waitUntil(lambda: len(view.answer.toPlainText()) > 40)
    assert view.answer.textCursor().selectedText() == "The Keeper"


@pytest.mark.parametrize("width", [230, 420, 900])
def test_an_answer_is_as_high_as_its_text(chat: Chat, width: int) -> None:
    chat.pane.resize(width, 700)
    chat.ask(QUESTION)
    view = chat.views[0]
    for text in (view.question, view.answer):
        needed = text.document().size().height()
        chat.qtbot.waitUntil(lambda text=text: 0 <= text.height() - text.document().size().height() < 2)
        assert needed >= text.fontMetrics().lineSpacing()
        assert text.document().idealWidth() <= text.viewport().width() + 1
