"""Where answers come from: the mode switch, what it says, and what is suggested to ask."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from lift_desktop.domain.models import AnswerMode, Document, Passage, StudyQuestion
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.chat_pane.empty_states import NoDocument, NoModel, NoQuestions
from lift_desktop.gui.chat_pane.suggestions import general_questions, suggested_questions

from .conftest import QUESTION, Chat, Learn


def shown(chat: Chat, kind: type[QWidget]) -> list[QWidget]:
    chat.qtbot.wait(1)
    return [state for state in chat.pane.findChildren(kind) if state.isVisible()]


def test_before_learning_there_are_the_pages(chat: Chat, document: Document) -> None:
    actions = chat.pane.actions()
    assert [actions[f"mode_{mode}"].isEnabled() for mode in AnswerMode] == [False, True, False]
    assert actions["mode_pages"].isChecked()
    assert "learned first" in chat.pane.modes.line.text()
    assert "has not been learned" in actions["mode_memory"].toolTip()
    assert "has not been learned" in chat.pane.modes.buttons[AnswerMode.BOTH].toolTip()
    with chat.qtbot.waitSignal(chat.context.hub.learn_requested) as asked:
        chat.pane.modes.learn.click()
    assert asked.args == [document.id]
    chat.ask(QUESTION)
    assert chat.views[0].turn is not None
    assert chat.views[0].turn.answer.mode is AnswerMode.PAGES
    assert chat.context.preferences.get("mode") == "both"  # what the user wants when it can be had


def test_after_learning_the_chosen_mode_is_used(chat: Chat, document: Document, learn: Learn) -> None:
    learn(document)
    chat.settle()
    actions = chat.pane.actions()
    assert all(actions[f"mode_{mode}"].isEnabled() for mode in AnswerMode)
    assert actions["mode_both"].isChecked() and not chat.pane.modes.learn.isVisible()
    for mode in (AnswerMode.MEMORY, AnswerMode.PAGES, AnswerMode.BOTH):
        chat.pane.modes.buttons[mode].click()
        assert chat.context.preferences.get("mode") == mode.value
        assert [each for each in AnswerMode if actions[f"mode_{each}"].isChecked()] == [mode]
        chat.ask(QUESTION)
    assert [view.turn.answer.mode for view in chat.views if view.turn] == ["memory", "pages", "both"]
    said = [view.made.text().split(" · ")[0] for view in chat.views]
    assert said == ["From memory", "From the pages", "From memory and pages"]


def test_each_mode_is_explained_in_a_line(chat: Chat, document: Document, learn: Learn) -> None:
    learn(document)
    chat.settle()
    lines = set()
    for mode in AnswerMode:
        chat.trigger(f"mode_{mode}")
        lines.add(chat.pane.modes.line.text())
    assert len(lines) == 3 and all(line.startswith("Answers from") for line in lines)


def test_the_mode_follows_the_preferences(chat: Chat, document: Document, learn: Learn) -> None:
    learn(document)
    chat.settle()
    chat.context.preferences.set("mode", "memory")
    assert chat.pane.actions()["mode_memory"].isChecked()


def test_answers_are_made_with_the_memorys_model(
    chat: Chat, document: Document, learn: Learn, engine: FakeEngine, tmp_path: object
) -> None:
    memory = learn(document)
    chat.context.preferences.set("model", "smollm2-135m-instruct")
    chat.settle()
    chat.ask(QUESTION)
    assert engine.asked[0].model.name == memory.model
    assert shown(chat, NoModel) == []


def test_without_a_document_it_says_what_to_do(empty: Chat) -> None:
    [state] = shown(empty, NoDocument)
    assert "Open a document" in state.text.text()  # type: ignore[attr-defined]
    assert not empty.pane.input.isEnabled() and not empty.pane.bar.isEnabled()


def test_without_a_model_the_starter_model_is_offered(chat: Chat) -> None:
    chat.context.preferences.set("model", "smollm2-135m-instruct")
    chat.settle()
    [state] = shown(chat, NoModel)
    with chat.qtbot.waitSignal(chat.context.hub.settings_requested) as asked:
        state.get_model.click()  # type: ignore[attr-defined]
    assert asked.args == ["models"]


def test_a_new_model_ends_the_offer(chat: Chat, tmp_path: object, model_folder: object) -> None:
    chat.context.preferences.set("model", "/nowhere")
    chat.settle()
    assert len(shown(chat, NoModel)) == 1
    chat.context.preferences.set("model", str(model_folder))
    chat.context.hub.models_changed.emit()
    chat.settle()
    assert shown(chat, NoModel) == [] and len(shown(chat, NoQuestions)) == 1


def test_an_empty_chat_suggests_questions(chat: Chat) -> None:
    [state] = shown(chat, NoQuestions)
    assert isinstance(state, NoQuestions)
    assert [button.question for button in state.buttons] == list(general_questions())
    state.buttons[2].click()
    chat.settle()
    assert chat.stored == ["List all amounts."]
    assert shown(chat, NoQuestions) == []


def test_after_learning_study_suggests(chat: Chat, document: Document, learn: Learn) -> None:
    learn(document)
    chat.settle()
    [state] = shown(chat, NoQuestions)
    assert isinstance(state, NoQuestions)
    suggested = [button.question for button in state.buttons]
    assert 3 <= len(suggested) <= 4
    assert any(question.startswith("What follows") for question in suggested)


PASSAGES = [
    Passage(number, 0, 0, f"The fee for case {number} is $40 and Hallow pays it in June.", number + 1, number + 1)
    for number in range(8)
]


def question(passage: int, text: str, answer: str = "$40") -> StudyQuestion:
    return StudyQuestion(passage, text, answer, answer)


def test_suggestions_come_from_different_pages_in_order() -> None:
    asked = [question(n, f"What is the fee for case {n}?") for n in range(8)]
    asked += [question(n, f"Who pays the fee for case {n}?", "Hallow") for n in range(8)]
    found = suggested_questions(asked, PASSAGES)
    numbers = [int(text[-2]) for text in found]
    assert len(numbers) == 4 and numbers == sorted(numbers) and len(set(numbers)) == 4
    assert numbers[0] < 2 and numbers[-1] > 5


@pytest.mark.parametrize(
    "text",
    [
        "What do you pay for the fee?",  # to whom?
        "Is the fee paid in June?",  # study answers with words of the text, not with yes
        "What is the purpose of the committee on whaling?",  # beside the passage
        "Fee?",
        "What is the fee for case 0",
        "What is the fee for case 0 when Hallow pays it in June and it is more or less what was said in the case?",
    ],
)
def test_unclear_questions_are_not_suggested(text: str) -> None:
    assert text not in suggested_questions([question(0, text)], PASSAGES)


def test_too_few_suggestions_are_filled_up() -> None:
    found = suggested_questions([question(0, "What is the fee for case 0?")], PASSAGES)
    assert found == ("What is the fee for case 0?", *general_questions())
    assert suggested_questions([], []) == general_questions()
