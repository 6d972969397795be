"""Questions about the whole document are told from others, and answered from all of it, each point with its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop.chat import DocumentChat
from lift_desktop.chat.evidence import DocumentEvidence
from lift_desktop.chat.gathering import MOST_POINTS, MOST_READ, Gathering
from lift_desktop.chat.whole import Kind, WholeQuestion, whole_question
from lift_desktop.documents import split_into_passages
from lift_desktop.domain.errors import RequestCancelled
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import Answer, AnswerMode, Document, DocumentText, Page
from lift_desktop.engine.contract import NOT_IN_DOCUMENT, ModelReference
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.library import Library

from .. import texts

MODEL = ModelReference("tiny", "/models/tiny", "5ha")
DUTIES = "List all obligations of the Keeper"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as library:
        yield library


@pytest.fixture
def document(library: Library, tmp_path: Path) -> Document:
    return texts.add_to(library, tmp_path)


def asked(chat: DocumentChat, question: str, **choices: object) -> tuple[list[Progress], str, Answer]:
    steps = chat.ask(question, **{"model": MODEL, "memory": None, **choices})  # type: ignore[arg-type]
    progress, text = [], ""
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            return progress, text, stop.value
        if isinstance(step, AnswerText):
            text += step.text
        else:
            progress.append(step)


@pytest.mark.parametrize(
    ("question", "kind", "what"),
    [
        ("Summarise this agreement", Kind.SUMMARY, ""),
        ("Please summarize the document.", Kind.SUMMARY, ""),
        ("Could you give me an overview?", Kind.SUMMARY, ""),
        ("What is this document about?", Kind.SUMMARY, ""),
        ("What are the key points?", Kind.SUMMARY, ""),
        ("List all obligations of the supplier", Kind.LIST, "obligations of the supplier"),
        ("What are the obligations of the Customer?", Kind.LIST, "obligations of the Customer"),
        ("What must the Supplier do?", Kind.LIST, "obligations of the Supplier"),
        ("What does the Supplier have to do?", Kind.LIST, "obligations of the Supplier"),
        ("What must the Service Provider do?", Kind.LIST, "obligations of the Service Provider"),
        ("List the milestones.", Kind.LIST, "milestones"),
        ("Find every date", Kind.LIST, "date"),
        ("How many obligations does the Keeper have?", Kind.COUNT, "obligations does the Keeper have"),
        ("How many companies are named in this agreement?", Kind.COUNT, "companies are named in this agreement"),
    ],
)
def test_questions_about_the_whole_are_known(question: str, kind: Kind, what: str) -> None:
    whole = whole_question(question)
    assert whole is not None and (whole.kind, whole.what) == (kind, what)


@pytest.mark.parametrize(
    "question",
    [
        "How many Authorised Users may there be at one time?",
        "How many passengers did the ferries carry a day?",
        "What must the Keeper do in a storm of force nine?",
        "What is the limit of the Keeper's liability?",
        "Who are the parties?",
        "What is the monthly fee?",
        "Which obligations end first?",
        "",
    ],
)
def test_questions_about_one_thing_are_left_alone(question: str) -> None:
    assert whole_question(question) is None


def test_a_list_holds_every_clause_with_its_source(library: Library, document: Document) -> None:
    engine = FakeEngine()
    progress, streamed, answer = asked(DocumentChat(library, engine, document), DUTIES)
    assert streamed.strip() == answer.text and answer.supported and not answer.absent
    items = answer.text.splitlines()
    assert len(items) == len(answer.citations)
    for number, (item, citation) in enumerate(zip(items, answer.citations, strict=True), start=1):
        quote = " ".join(citation.quote.split())
        assert item == f"- {quote} [{number}]"
        assert library.text(document.id)[citation.start : citation.end] == citation.quote
    for words in ("polish the lens", "every visit into a blue ledger", "stay in the tower overnight"):
        assert sum(words in item for item in items) == 1
    for words in ("The Owner shall pay the Keeper a fee", "The liability of the Keeper"):
        assert all(words not in item for item in items)
    assert {citation.page for citation in answer.citations} >= {1, 2}
    coverage = answer.coverage
    assert coverage is not None and coverage.read == coverage.passages == document.passage_count
    assert (coverage.first_page, coverage.last_page) == (1, 3)
    assert [step.stage for step in progress] == ["gathering"] * len(progress) and progress
    assert engine.asked == []


def test_it_goes_on_about_duties_and_not_about_sums() -> None:
    """ "The Keeper shall hold insurance for £100. It shall send the papers by 31 May." """
    duties, amounts = (whole_question(question) for question in (DUTIES, "List all amounts."))
    assert duties is not None and duties.by_words is not None and amounts is not None and amounts.by_words is not None
    further, sum_too = "It shall send the papers by 31 May.", "It shall then pay £55,200."
    assert duties.by_words(further, True) and not duties.by_words(further, False)
    assert not amounts.by_words(further, True) and amounts.by_words(sum_too, False)


def test_both_parties_duties_are_each_ones(library: Library, document: Document) -> None:
    _, _, owners = asked(DocumentChat(library, FakeEngine(), document), "What are the obligations of the Owner?")
    assert "supply oil, lamps and brushes" in owners.text and "polish the lens" not in owners.text


def test_a_count_is_that_of_the_list(library: Library, document: Document) -> None:
    chat = DocumentChat(library, FakeEngine(), document)
    _, _, answer = asked(chat, "How many obligations does the Keeper have?")
    *items, blank, counted = answer.text.splitlines()
    assert blank == "" and counted == f"{len(items)} in all." and len(items) == len(answer.citations)


def gathered(text: str, question: str) -> str:
    """What is said to a question that words alone answer."""
    pages, whole = (Page(1, "", 0, len(text), 1, 1),), whole_question(question)
    evidence = DocumentEvidence(text, split_into_passages(DocumentText("", "", text, pages)), pages)
    assert whole is not None and whole.by_words is not None
    gathering = Gathering(question, whole, evidence, lambda *_: pytest.fail("The model was asked."))
    for _ in gathering.steps():
        pass
    return gathering.text


def test_clauses_of_the_same_words_are_each_listed() -> None:
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
    due = [f"{n}. On 1 {month} 2026 the Customer shall pay EUR 500 for the goods." for n, month in enumerate(months, 1)]
    said = gathered("\n\n".join(due), "List all obligations of the Customer")
    assert [month for month in months if f"On 1 {month} 2026" in said] == months
    mutual = "The Supplier shall indemnify the Customer for loss. The Customer shall indemnify the Supplier for loss."
    assert len(gathered(mutual, "List all obligations").splitlines()) == 2
    assert len(gathered(f"{mutual}\n\n{mutual}", "List all obligations").splitlines()) == 2  # a repetition is none


def test_several_kinds_that_are_asked_for_are_all_listed() -> None:
    text = "The Customer shall pay. The Customer may audit the books. The Supplier may rest. A sum of $5 is due in May."
    said = gathered(text, "What are the rights and obligations of the Customer?")
    assert "shall pay" in said and "may audit" in said and "may rest" not in said and "$5" not in said
    assert "$5" not in gathered(text, "List all obligations of the Customer and the payments")


def test_figures_are_counted_and_not_their_sentences() -> None:
    text = "It begins on 1 March 2026 or on 5 May 2026. It ends on 1 March 2027. It was signed on March 1, 2026."
    assert gathered(text, "How many dates are there?").splitlines()[-1] == "3 in all, in 3 sentences."
    assert gathered("They pay $5.", "How many amounts are named?").splitlines()[-1] == "1 in all, in 1 sentence."


def test_where_words_do_not_tell_the_model_reads_each_passage(library: Library, document: Document) -> None:
    engine = FakeEngine()
    progress, _, answer = asked(DocumentChat(library, engine, document), "List all boats")
    assert sum(len(request.passages) for request in engine.gathered) == document.passage_count
    assert {request.mode for request in engine.gathered} == {AnswerMode.PAGES}
    assert answer.supported and "The boat that brings them leaves Sandport" in answer.text
    assert progress[-1].total == document.passage_count


def test_what_no_passage_holds_is_not_listed(library: Library, document: Document) -> None:
    class Inventing(FakeEngine):
        def gather(self, request):  # type: ignore[no-untyped-def]
            yield Progress("gathering", 0, 1, 0.0)
            return tuple("- The Keeper owns 12 submarines.\n- Mr. Brown." for _ in request.passages)

    _, _, answer = asked(DocumentChat(library, Inventing(), document), "List all submarines")
    assert answer.text == NOT_IN_DOCUMENT and answer.absent and not answer.supported and answer.citations == ()
    assert answer.coverage is not None and answer.coverage.read == document.passage_count


def test_a_summary_has_points_from_everywhere(library: Library, document: Document) -> None:
    engine = FakeEngine()
    _, _, answer = asked(DocumentChat(library, engine, document), "Summarise the agreement")
    points = answer.text.splitlines()
    assert 1 < len(points) <= MOST_POINTS and len(points) == len(answer.citations)
    assert {citation.page for citation in answer.citations} >= {1, 2, 3}
    assert [citation.start for citation in answer.citations] == sorted(each.start for each in answer.citations)
    assert answer.coverage is not None and answer.coverage.read == answer.coverage.passages


def test_a_selection_alone_is_summarised(library: Library, document: Document) -> None:
    selected = " ".join(texts.PAGES[1].split("\n\n")[4].split())
    chat = DocumentChat(library, FakeEngine(), document)
    _, _, answer = asked(chat, f"Summarise: “{selected}”")
    assert answer.coverage is not None and answer.coverage.first_page == answer.coverage.last_page == 2
    assert all(citation.page == 2 and "fee" in citation.quote for citation in answer.citations) and answer.citations


def test_a_selection_that_is_not_in_the_document_is_an_ordinary_question(library: Library, document: Document) -> None:
    engine = FakeEngine()
    _, _, answer = asked(DocumentChat(library, engine, document), f"Summarise: “{'The lens is polished. ' * 4}”")
    assert answer.coverage is None and len(engine.asked) == 1


def test_memory_alone_reads_nothing(library: Library, document: Document) -> None:
    from lift_desktop.domain.steps import last
    from lift_desktop.jobs import LearnSettings, learn_document

    memory = last(learn_document(library, FakeEngine(), document, MODEL, LearnSettings())).memory
    engine = FakeEngine()
    chat = DocumentChat(library, engine, document)
    _, _, answer = asked(chat, DUTIES, memory=memory, mode=AnswerMode.MEMORY)
    assert answer.coverage is None and len(engine.asked) == 1
    asked(chat, "List all boats and horns", memory=memory)
    assert {(each.mode, each.adapter_folder) for each in engine.gathered} == {
        (AnswerMode.BOTH, str(library.memory_folder(memory.id)))
    }


def test_what_had_come_when_it_was_stopped_is_kept_with_its_coverage(library: Library, document: Document) -> None:
    conversation = library.start_conversation(document.id)
    chat = DocumentChat(library, FakeEngine(), document)
    steps = chat.ask(DUTIES, model=MODEL, memory=None, conversation_id=conversation.id, keep_stopped=True)
    while not isinstance(next(steps), AnswerText):
        pass
    steps.close()
    [turn] = library.turns(conversation.id)
    assert turn.answer.stopped and len(turn.answer.citations) == 1 == len(turn.answer.text.splitlines())
    assert turn.answer.coverage is not None and turn.answer.coverage.read == 1 < turn.answer.coverage.passages


def test_what_an_answer_was_to_replace_stays_when_it_is_stopped(library: Library, document: Document) -> None:
    conversation = library.start_conversation(document.id)
    chat = DocumentChat(library, FakeEngine(), document)
    asked(chat, DUTIES, conversation_id=conversation.id)
    [kept] = library.turns(conversation.id)
    steps = chat.ask(
        DUTIES, model=MODEL, memory=None, conversation_id=conversation.id, replaces_from=kept.id, keep_stopped=True
    )
    while not isinstance(next(steps), AnswerText):
        pass
    steps.close()
    assert library.turns(conversation.id) == [kept]


def test_stopping_while_the_model_reads_ends_it(library: Library, document: Document) -> None:
    def stop(step: Progress | AnswerText) -> None:
        raise RequestCancelled("Cancelled.")

    with pytest.raises(RequestCancelled):
        asked(DocumentChat(library, FakeEngine(stop), document), "List all boats and horns")


def test_a_long_document_is_read_in_part_and_says_so() -> None:
    text = "\n\n".join(f"Chapter {n}. The lamp of house {n} is {'green' if n % 3 else 'red'}. " * 12 for n in range(80))
    pages = (Page(1, "", 0, len(text), 1, 1),)
    passages = split_into_passages(DocumentText("", "", text, pages))
    engine = FakeEngine()
    evidence = DocumentEvidence(text, passages, pages)

    def ask(question: str, parts: object) -> object:
        return engine.gather(_request(question, parts))

    gathering = Gathering("List all red lamps", WholeQuestion(Kind.LIST, "red lamps"), evidence, ask)  # type: ignore[arg-type]
    assert len(passages) > MOST_READ
    for _ in gathering.steps():
        pass
    assert gathering.coverage is not None
    assert (gathering.coverage.read, gathering.coverage.passages) == (MOST_READ, len(passages))
    assert "is red" in gathering.text and "is green" not in gathering.text.splitlines()[0]


def _request(question: str, parts: object) -> object:
    from lift_desktop.engine.contract import GatherRequest

    return GatherRequest(MODEL, "Lamps", question, tuple(parts), AnswerMode.PAGES)  # type: ignore[arg-type]


def test_a_stored_answer_comes_back_whole(library: Library, document: Document) -> None:
    conversation = library.start_conversation(document.id)
    _, _, answer = asked(DocumentChat(library, FakeEngine(), document), DUTIES, conversation_id=conversation.id)
    assert [turn.answer for turn in library.turns(conversation.id)] == [answer]
