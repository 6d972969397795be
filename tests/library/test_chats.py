"""Conversations: turns added, replaced, deleted; titles."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from lift_desktop.domain.errors import LibraryError
from lift_desktop.domain.models import Conversation, Coverage, Detail, DetailKind
from lift_desktop.library import Library

from .making import Made, add, answer


@pytest.fixture
def chat(library: Library, lease: Made) -> Conversation:
    """A conversation of three turns."""
    conversation = library.start_conversation(add(library, lease))
    for question in ("How much?", "And xylophones?", "When?"):
        library.add_turn(conversation.id, question, answer(f"Answer to {question}"))
    return library.conversation(conversation.id)


def questions(library: Library, chat: Conversation) -> list[str]:
    return [turn.question for turn in library.turns(chat.id)]


def test_a_title_is_changed(library: Library, chat: Conversation) -> None:
    assert chat.title == "How much?"
    renamed = library.rename_conversation(chat.id, "  About \n rent ")
    assert renamed == library.conversation(chat.id) == replace(chat, title="About rent")
    library.add_turn(chat.id, "Why?", answer())
    assert library.conversation(chat.id).title == "About rent"
    with pytest.raises(LibraryError, match="needs a title"):
        library.rename_conversation(chat.id, " \n")
    with pytest.raises(LibraryError, match="not in the library"):
        library.rename_conversation("gone", "Title")


def test_a_turn_replaces_those_from_an_earlier_one_on(library: Library, chat: Conversation) -> None:
    other = library.start_conversation(chat.document_id)
    library.add_turn(other.id, "Elsewhere?", answer())
    second = library.turns(chat.id)[1]
    turn = library.add_turn(chat.id, "And pianos?", answer("No."), replaces_from=second.id)
    assert questions(library, chat) == ["How much?", "And pianos?"]
    assert library.turns(chat.id)[1] == turn
    assert questions(library, other) == ["Elsewhere?"]


def test_replacing_in_a_conversation_that_is_gone_changes_nothing(library: Library, chat: Conversation) -> None:
    with pytest.raises(LibraryError):
        library.add_turn("gone", "?", answer(), replaces_from=1)
    assert len(library.turns(chat.id)) == 3


def test_a_turn_is_erased_without_trace(library: Library, chat: Conversation) -> None:
    second = library.turns(chat.id)[1]
    library.delete_turn(chat.id, second.id)
    assert questions(library, chat) == ["How much?", "When?"]
    files = [path for path in library.folder.rglob("*") if path.is_file()]
    assert not any(b"xylophones" in path.read_bytes() for path in files)
    with pytest.raises(LibraryError, match="not in the chat"):
        library.delete_turn(chat.id, second.id)


def test_a_turn_of_another_conversation_is_not_erased(library: Library, chat: Conversation) -> None:
    other = library.start_conversation(chat.document_id)
    with pytest.raises(LibraryError):
        library.delete_turn(other.id, library.turns(chat.id)[0].id)
    assert len(library.turns(chat.id)) == 3


def test_a_stopped_answer_is_kept_as_such(library: Library, chat: Conversation) -> None:
    stopped = replace(answer(), stopped=True)
    library.add_turn(chat.id, "Long?", stopped)
    assert library.turns(chat.id)[-1].answer == stopped


def test_the_verdict_on_an_answer_is_kept(library: Library, chat: Conversation) -> None:
    missing = (Detail(0, 5, DetailKind.MONEY), Detail(6, 11, DetailKind.NAME))
    judged = replace(answer(), supported=False, missing=missing, absent=True, coverage=Coverage(40, 212, 1, 60))
    library.add_turn(chat.id, "All?", judged)
    assert library.turns(chat.id)[-1].answer == judged


def test_an_answer_of_before_verdicts_were_kept_can_be_read(library: Library, chat: Conversation) -> None:
    old = asdict(answer())
    for name in ("missing", "absent", "coverage"):
        del old[name]
    library._database.change("UPDATE turns SET answer = ?", json.dumps(old))
    assert library.turns(chat.id)[0].answer == answer()


def test_an_answer_of_before_stopping_was_kept_can_be_read(library: Library, chat: Conversation) -> None:
    old = asdict(answer())
    del old["stopped"]
    library._database.change("UPDATE turns SET answer = ?", json.dumps(old))
    assert library.turns(chat.id)[0].answer == answer()
