"""Asking in all modes, with and without a memory, on the engine without a model."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lift_desktop.chat import DocumentChat
from lift_desktop.domain.errors import BadSettings, EngineError, ModelMismatch, NoMemory, RequestCancelled
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import Answer, AnswerMode, Document, Memory
from lift_desktop.domain.states import Event
from lift_desktop.domain.steps import follow, last
from lift_desktop.engine.contract import (
    NOT_IN_DOCUMENT,
    AskRequest,
    AskResult,
    ModelReference,
    ReciteRequest,
    WeighRequest,
)
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import LearnSettings, learn_document
from lift_desktop.library import Library

from .. import texts

MODEL = ModelReference("tiny", "/models/tiny", "5ha")
QUESTION = "How often does the Keeper polish the lens?"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as library:
        yield library


@pytest.fixture
def document(library: Library, tmp_path: Path) -> Document:
    return texts.add_to(library, tmp_path)


def learned(library: Library, document: Document, engine: FakeEngine | None = None) -> Memory:
    result = last(learn_document(library, engine or FakeEngine(), document, MODEL, LearnSettings()))
    memory: Memory = result.memory
    return memory


def collect(chat: DocumentChat, question: str, **choices: object) -> tuple[str, Answer]:
    steps, pieces = chat.ask(question, **{"model": MODEL, "memory": None, **choices}), []  # type: ignore[arg-type]
    answer = follow(steps, pieces.append)
    return "".join(piece.text for piece in pieces if isinstance(piece, AnswerText)), answer


def test_pages_streams_an_answer_with_its_evidence(library: Library, document: Document) -> None:
    engine = FakeEngine()
    streamed, answer = collect(DocumentChat(library, engine, document), QUESTION, mode=AnswerMode.PAGES)
    assert streamed.strip() == answer.text
    assert "twice in each week" in answer.text
    assert answer.supported and answer.citations[0].page == 1 and answer.note == ""
    assert 0 < answer.seconds_to_first_token <= answer.seconds
    assert engine.asked[0].adapter_folder is None
    assert 1 <= len(engine.asked[0].passages) <= 3


def test_memory_shows_the_model_no_text(library: Library, document: Document) -> None:
    engine, memory = FakeEngine(), learned(library, document)
    question = "Between whom is this Agreement made?"
    _, answer = collect(DocumentChat(library, engine, document), question, memory=memory, mode=AnswerMode.MEMORY)
    [request] = engine.asked
    assert request.passages == ()
    assert request.adapter_folder == str(library.memory_folder(memory.id))
    assert answer.mode is AnswerMode.MEMORY
    assert "Harbour Lamps" in answer.text and answer.supported
    assert answer.recited == request.recited and "Harbour Lamps" in answer.recited[0]


def test_reciting_is_told_the_documents_sentences(library: Library, document: Document) -> None:
    engine, recite, requests, memory = FakeEngine(), FakeEngine().recite, [], learned(library, document)
    engine.recite = lambda request: (requests.append(request), recite(request))[1]  # type: ignore[method-assign]
    collect(DocumentChat(library, engine, document), QUESTION, memory=memory)
    assert "1.2 The Owner shall supply oil, lamps and brushes at its own cost." in requests[0].sentences


def test_an_answer_from_memory_is_kept_with_what_it_was_read_from(library: Library, document: Document) -> None:
    memory, conversation = learned(library, document), library.start_conversation(document.id)
    chat, question = DocumentChat(library, FakeEngine(), document), "Between whom is this Agreement made?"
    for mode in (AnswerMode.MEMORY, AnswerMode.BOTH):
        collect(chat, question, memory=memory, mode=mode, conversation_id=conversation.id)
    from_memory, from_both = (turn.answer for turn in library.turns(conversation.id))
    assert "Harbour Lamps" in from_memory.recited[0] and from_both.recited == ()


def test_both_uses_memory_and_pages(library: Library, document: Document) -> None:
    engine, memory = FakeEngine(), learned(library, document)
    _, answer = collect(DocumentChat(library, engine, document), QUESTION, memory=memory)
    assert answer.mode is AnswerMode.BOTH and answer.note == ""
    assert engine.asked[0].passages and engine.asked[0].recited and engine.asked[0].adapter_folder is not None


def test_without_a_memory_both_falls_back_and_says_so(library: Library, document: Document) -> None:
    _, answer = collect(DocumentChat(library, FakeEngine(), document), QUESTION)
    assert answer.mode is AnswerMode.PAGES
    assert "no memory" in answer.note


def test_without_a_memory_memory_says_so(library: Library, document: Document) -> None:
    with pytest.raises(NoMemory, match="has not been learned"):
        collect(DocumentChat(library, FakeEngine(), document), QUESTION, mode=AnswerMode.MEMORY)


def test_weak_and_stale_memories_are_named(library: Library, document: Document) -> None:
    engine = FakeEngine()
    chat = DocumentChat(library, engine, document)
    memory = learned(library, document, FakeEngine(learns=False))
    _, answer = collect(chat, QUESTION, memory=memory)
    assert "weak" in answer.note and answer.mode is AnswerMode.PAGES
    assert engine.asked[-1].passages and engine.asked[-1].adapter_folder is None
    _, answer = collect(chat, QUESTION, memory=memory, mode=AnswerMode.MEMORY)
    assert "weak" in answer.note and engine.asked[-1].adapter_folder is not None
    stale = library.change_state(learned(library, document).id, Event.DOCUMENT_CHANGED)
    assert "has changed" in collect(chat, QUESTION, memory=stale)[1].note


def test_a_memory_of_another_model_is_refused(library: Library, document: Document) -> None:
    memory = learned(library, document)
    with pytest.raises(ModelMismatch):
        collect(
            DocumentChat(library, FakeEngine(), document), QUESTION, memory=memory, model=replace(MODEL, sha256="0ther")
        )


@pytest.mark.parametrize("question", ["", "  \n"])
def test_no_question_is_an_error(library: Library, document: Document, question: str) -> None:
    with pytest.raises(BadSettings):
        collect(DocumentChat(library, FakeEngine(), document), question)


def test_what_the_document_does_not_say_has_no_evidence(library: Library, document: Document) -> None:
    _, answer = collect(DocumentChat(library, FakeEngine(), document), "Who painted the Mona Lisa?")
    assert not answer.supported and answer.citations == ()


class Saying(FakeEngine):
    """Answers with the pieces that it is given."""

    def __init__(self, *pieces: str) -> None:
        super().__init__()
        self._pieces = pieces

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]:
        yield from map(AnswerText, self._pieces)
        return AskResult("".join(self._pieces).strip(), 0.0, 0.0, len(self._pieces))


@pytest.mark.parametrize(
    ("question", "pieces", "wanted"),
    [
        ("Between which parties is this agreement made?", ("The document", " does not say."), "Harbour Lamps"),
        ("How often does the Keeper polish the lens?", ("The document", " does not say."), NOT_IN_DOCUMENT),
        ("Between which parties is this agreement made?", ("The document", " names them."), "The document names them."),
        ("Between which parties is this agreement made?", ("The", " document"), "The document"),
        ("Between which parties is this agreement made?", ("Two.",), "Two."),
    ],
)
def test_a_clause_that_speaks_about_what_is_asked_for_is_shown_instead_of_a_denial(
    library: Library, document: Document, question: str, pieces: tuple[str, ...], wanted: str
) -> None:
    streamed, answer = collect(DocumentChat(library, Saying(*pieces), document), question, mode=AnswerMode.PAGES)
    assert wanted in answer.text and streamed == answer.text
    assert answer.absent == (wanted == NOT_IN_DOCUMENT)
    if wanted == "Harbour Lamps":
        assert answer.supported and wanted in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "said", "wanted"),
    [
        ("When does this agreement expire?", "March 31, 2026", "March 31, 2026"),
        ("When does this agreement expire?", "March 3, 2021", "shall continue until March 31, 2026"),
        ("When does this agreement expire?", "7.1", "shall continue until March 31, 2026"),
        ("What is the governing law?", "harbour master", "the laws of the State of Maine"),
        ("Who are the parties?", "Gull Services LLC", "Harbour Lamps Inc."),
        (
            "Who are the parties?",
            "Harbour Lamps Inc. and Gull Services LLC",
            "Harbour Lamps Inc. and Gull Services LLC",
        ),
    ],
)
def test_the_clause_about_all_that_is_asked_for_stands_in_for_an_answer_from_elsewhere(
    library: Library, document: Document, question: str, said: str, wanted: str
) -> None:
    streamed, answer = collect(DocumentChat(library, Saying(said), document), question, mode=AnswerMode.PAGES)
    assert streamed == answer.text and answer.supported and not answer.missing
    assert answer.text == wanted if said == wanted else wanted in answer.text and wanted in answer.citations[0].quote


class Remembering(FakeEngine):
    """Says one thing with the pages before it, another from what it recites, and another with one page alone; the
    question is far likelier after the answer `likely`."""

    def __init__(self, read: str, remembered: str, alone: str = "", likely: str = "") -> None:
        super().__init__()
        self._likely, self.weighed = likely, 0
        self._texts = {AnswerMode.BOTH: read, AnswerMode.MEMORY: remembered, AnswerMode.PAGES: read}
        self._alone = alone or read

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]:
        yield from ()
        return tuple(("The Keeper shall polish the lens twice in each week.",) for _ in request.questions)

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]:
        self.asked.append(request)
        is_alone = request.mode is AnswerMode.PAGES and len(request.passages) == 1
        words = (self._alone if is_alone else self._texts[request.mode]).split(" ")
        yield from (AnswerText(word if place == 0 else f" {word}") for place, word in enumerate(words))
        return AskResult(" ".join(words), 0.0, 0.0, len(words))

    def weigh(self, request: WeighRequest) -> Generator[Progress, None, tuple[float, ...]]:
        if all(told.answer == told.sentence for told in request.told):  # sentences of passages, no readings
            return (yield from super().weigh(request))
        self.weighed += 1
        assert all(told.question == QUESTION and told.sentence for told in request.told)
        return tuple(-1.0 if told.answer == self._likely else -3.0 for told in request.told)


LONG = "every four minutes when a storm of force nine or more is announced by the harbour master of Sandport"
TWICE, MONDAY = "twice in each week", "every second Monday"  # the pages say twice


@pytest.mark.parametrize(
    ("read", "remembered", "alone", "likely", "wanted", "asked", "weighed"),
    [
        (TWICE, TWICE, MONDAY, MONDAY, TWICE, 2, 0),  # supported, and the memory says so, too
        (TWICE, MONDAY, MONDAY, "", TWICE, 3, 1),  # supported beside what is not
        (TWICE, MONDAY, MONDAY, MONDAY, MONDAY, 3, 1),  # the question tells more than support does
        (TWICE, MONDAY, TWICE, MONDAY, MONDAY, 3, 1),
        (MONDAY, TWICE, MONDAY, "", TWICE, 3, 1),
        (MONDAY, NOT_IN_DOCUMENT, TWICE, "", TWICE, 3, 1),
        (MONDAY, NOT_IN_DOCUMENT, NOT_IN_DOCUMENT, "", MONDAY, 3, 0),
        (MONDAY, "Every second Monday.", MONDAY, "", MONDAY, 3, 0),  # all say the same
        (NOT_IN_DOCUMENT, TWICE, TWICE, TWICE, NOT_IN_DOCUMENT, 1, 0),
        (LONG, TWICE, TWICE, TWICE, LONG, 1, 0),  # was shown as it came
    ],
)
def test_of_several_readings_beside_a_memory_the_best_is_given(
    library: Library,
    document: Document,
    read: str,
    remembered: str,
    alone: str,
    likely: str,
    wanted: str,
    asked: int,
    weighed: int,
) -> None:
    memory, engine = learned(library, document), Remembering(read, remembered, alone, likely)
    streamed, answer = collect(DocumentChat(library, engine, document), QUESTION, memory=memory)
    assert answer.text == streamed == wanted and answer.mode is AnswerMode.BOTH
    assert (len(engine.asked), engine.weighed) == (asked, weighed)
    assert all(request.recited for request in engine.asked[:2])
    if asked > 1:
        assert engine.asked[1].mode is AnswerMode.MEMORY and engine.asked[1].passages == ()
    if asked > 2:
        assert engine.asked[2].adapter_folder is None and engine.asked[2].recited == ()


@pytest.mark.parametrize(
    ("alone", "likely", "wanted"),
    [(TWICE, "", TWICE), ("in 1998", "two years", "two years"), ("in 1998", "in 1998", "in 1998")],
)
def test_without_a_memory_an_answer_without_support_is_read_again_in_the_best_passage_alone(
    library: Library, document: Document, alone: str, likely: str, wanted: str
) -> None:
    engine = Remembering("two years", "", alone, likely)
    streamed, answer = collect(DocumentChat(library, engine, document), QUESTION, mode=AnswerMode.PAGES)
    assert answer.text == streamed == wanted and answer.supported == (wanted == TWICE)
    assert len(engine.asked) == 2 and len(engine.asked[0].passages) > 1
    assert "twice" in engine.asked[1].passages[0]


def test_a_supported_answer_without_a_memory_is_not_read_again(library: Library, document: Document) -> None:
    engine = Remembering(TWICE, "", MONDAY, MONDAY)
    _, answer = collect(DocumentChat(library, engine, document), QUESTION, mode=AnswerMode.PAGES)
    assert answer.text == TWICE and (len(engine.asked), engine.weighed) == (1, 0)


def test_long_answers_are_shown_as_they_come(library: Library, document: Document) -> None:
    memory, engine = learned(library, document), Remembering(LONG, "")
    steps = DocumentChat(library, engine, document).ask(QUESTION, model=MODEL, memory=memory)
    pieces: list[str] = []
    follow(steps, lambda step: pieces.append(step.text) if isinstance(step, AnswerText) and step.text else None)
    assert len(pieces) > 3 and len(pieces[0].split()) == 13


def test_an_answer_to_more_than_a_topic_is_the_models_own(library: Library, document: Document) -> None:
    question = "How much does the Owner pay for each night of a storm?"
    _, answer = collect(DocumentChat(library, Saying("Ninety days."), document), question, mode=AnswerMode.PAGES)
    assert answer.text == "Ninety days." and not answer.supported


def test_a_conversation_goes_on_and_is_stored(library: Library, document: Document) -> None:
    engine = FakeEngine()
    chat = DocumentChat(library, engine, document)
    conversation = library.start_conversation(document.id)
    _, first = collect(chat, QUESTION, conversation_id=conversation.id)
    collect(chat, "What is the monthly fee?", conversation_id=conversation.id)
    assert [(turn.question, turn.answer) for turn in engine.asked[1].turns] == [(QUESTION, first.text)]
    stored = library.turns(conversation.id)
    assert [turn.question for turn in stored] == [QUESTION, "What is the monthly fee?"]
    assert stored[0].answer == first


def test_what_was_not_supported_or_is_asked_again_is_not_told_again(library: Library, document: Document) -> None:
    """A model believes what it seems to have said before, whatever the pages say."""
    engine = FakeEngine()
    chat = DocumentChat(library, engine, document)
    conversation = library.start_conversation(document.id)
    _, unsupported = collect(chat, "Who painted the Mona Lisa?", conversation_id=conversation.id)
    assert not unsupported.supported
    for _ in range(2):
        _, supported = collect(chat, QUESTION, conversation_id=conversation.id)
        assert supported.supported
        assert engine.asked[-1].turns == ()


def test_an_answer_that_was_stopped_is_not_stored(library: Library, document: Document) -> None:
    conversation = library.start_conversation(document.id)
    steps = DocumentChat(library, FakeEngine(), document).ask(
        QUESTION, model=MODEL, memory=None, conversation_id=conversation.id
    )
    next(steps)
    steps.close()
    assert library.turns(conversation.id) == []


def test_a_stopped_answer_is_kept_when_wanted(
    library: Library, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lift_desktop.chat.support.SHORT_ANSWER_WORDS", 2)  # what is held back has not been shown
    conversation = library.start_conversation(document.id)
    steps = DocumentChat(library, FakeEngine(), document).ask(
        QUESTION, model=MODEL, memory=None, conversation_id=conversation.id, keep_stopped=True
    )
    heard = "".join(next(steps).text for _ in range(12))
    steps.close()
    [turn] = library.turns(conversation.id)
    assert turn.question == QUESTION
    assert turn.answer.text == heard.strip() and turn.answer.stopped
    assert turn.answer.supported and turn.answer.citations[0].page == 1
    assert 0 < turn.answer.seconds_to_first_token <= turn.answer.seconds


def test_stopping_before_the_first_word_or_without_a_conversation_keeps_nothing(
    library: Library, document: Document
) -> None:
    conversation = library.start_conversation(document.id)

    def stop(step: Progress | AnswerText) -> None:
        raise RequestCancelled("Cancelled.")

    with pytest.raises(RequestCancelled):
        collect(
            DocumentChat(library, FakeEngine(stop), document),
            QUESTION,
            conversation_id=conversation.id,
            keep_stopped=True,
        )
    steps = DocumentChat(library, FakeEngine(), document).ask(
        QUESTION, model=MODEL, memory=None, conversation_id=conversation.id, keep_stopped=True
    )
    next(steps)
    library.delete_conversation(conversation.id)
    steps.close()
    assert library.conversations(document.id) == []


def test_an_answer_can_replace_earlier_turns(library: Library, document: Document) -> None:
    engine = FakeEngine()
    chat = DocumentChat(library, engine, document)
    conversation = library.start_conversation(document.id)
    for question in (QUESTION, "What is the monthly fee?", "Who supplies the oil?"):
        collect(chat, question, conversation_id=conversation.id)
    second = library.turns(conversation.id)[1]
    collect(chat, "Which law governs?", conversation_id=conversation.id, replaces_from=second.id)
    assert [turn.question for turn in engine.asked[-1].turns] == [QUESTION]
    assert [turn.question for turn in library.turns(conversation.id)] == [QUESTION, "Which law governs?"]


def test_an_error_of_the_engine_reaches_the_user(library: Library, document: Document) -> None:
    def fail(step: Progress | AnswerText) -> None:
        raise EngineError("It is too warm.")

    with pytest.raises(EngineError, match="too warm"):
        collect(DocumentChat(library, FakeEngine(fail), document), QUESTION)
