"""Questions that go on from the one before are looked for with it; others are not."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from lift_desktop.chat import DocumentChat
from lift_desktop.chat.following import context_of
from lift_desktop.chat.retrieval import retrieve
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import AnswerMode, Turn
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import ModelReference, ReciteRequest
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import LearnSettings, learn_document
from lift_desktop.library import Library

from .. import texts
from .conftest import World

MODEL = ModelReference("tiny", "/models/tiny", "5ha")
MAINTENANCE = Turn("When may maintenance take place?", "On Sundays.")


@pytest.mark.parametrize(
    "question",
    [
        "How long may it last in a month?",
        "How early must it be announced?",
        "And for the Hosting?",
        "What about winter?",
        "Who pays for that?",
        "Is there another one?",
        "Why?",
        "Within what time?",
    ],
)
def test_a_question_that_says_too_little_goes_on_from_the_one_before(question: str) -> None:
    assert context_of(question, (Turn("Who are the parties?", "A and B"), MAINTENANCE)) == MAINTENANCE.question
    assert context_of(question, ()) == ""


@pytest.mark.parametrize(
    "question",
    [
        "How much is the monthly fee?",
        "What law governs this agreement?",
        "What is the amount that the Owner pays each month?",
        "Who keeps the ledger of the tower?",
        "When does the agreement expire?",
        "Governing law?",
    ],
)
def test_a_question_that_says_all_stands_alone(question: str) -> None:
    assert context_of(question, (MAINTENANCE,)) == ""


def test_a_chain_goes_back_to_the_question_that_stands_alone() -> None:
    chain = (Turn("Who is the Keeper?", "Gull"), MAINTENANCE, Turn("How long may it last?", "8 hours"))
    assert context_of("And in winter?", chain) == f"{MAINTENANCE.question} {chain[2].question}"


def test_what_is_gone_on_from_is_looked_for_too(world: World) -> None:
    question = "How often is that done?"
    found = retrieve(question, *world, 1, "Who polishes the lens?")
    assert "polish" in found[0].text and found[:1] != retrieve(question, *world, 1)


class Reciting(FakeEngine):
    """Notes to what a memory recites."""

    def __init__(self) -> None:
        super().__init__()
        self.recited: list[str] = []

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]:
        self.recited += request.questions
        return (yield from super().recite(request))


def test_in_a_conversation_pages_and_memory_are_asked_with_what_the_question_goes_on_from(tmp_path: Path) -> None:
    with Library(tmp_path / "data") as library:
        document = texts.add_to(library, tmp_path)
        memory = last(learn_document(library, FakeEngine(), document, MODEL, LearnSettings())).memory
        engine, conversation = Reciting(), library.start_conversation(document.id)
        chat = DocumentChat(library, engine, document)
        first = "How often does the Keeper polish the lens?"
        for question in (first, "Why is that?"):
            last(chat.ask(question, model=MODEL, memory=memory, conversation_id=conversation.id))
        read = [request for request in engine.asked if request.question == "Why is that?"]
        assert read[0].mode is AnswerMode.BOTH and any("polish the lens" in text for text in read[0].passages)
        assert engine.recited == [first, f"{first} Why is that?"]
