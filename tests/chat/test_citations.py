"""The evidence for an answer: the right clause is found, quotes are exact, and nothing is made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift_desktop.chat.citations import find_citations
from lift_desktop.chat.evidence import DocumentEvidence
from lift_desktop.chat.retrieval import retrieve
from lift_desktop.chat.support import answer_or_clause, clause_about, judge
from lift_desktop.documents import split_into_passages
from lift_desktop.domain.models import Citation, DocumentText, Page
from lift_desktop.domain.words import split_sentences, stem
from lift_desktop.library.search import PassageIndex

from .conftest import World


def evidence_of(document: DocumentText) -> tuple[DocumentEvidence, PassageIndex]:
    passages = split_into_passages(document)
    return DocumentEvidence(document.text, passages, document.pages), PassageIndex(passages)


QUESTIONS = [
    ("What is the governing law of this agreement?", 3, "laws of the State of Maine"),
    ("Which state's law governs this contract?", 3, "laws of the State of Maine"),
    ("Under the laws of which country or state is the contract interpreted?", 3, "laws of the State of Maine"),
    ("governing law", 3, "laws of the State of Maine"),
    ("When does this agreement expire?", 2, "until March 31, 2026"),
    ("Until when is the contract valid?", 2, "until March 31, 2026"),
    ("expiration", 2, "until March 31, 2026"),
    ("How long does the agreement last?", 2, "until March 31, 2026"),
    ("What is the initial term?", 2, "until March 31, 2026"),
    ("Who are the parties to this agreement?", 1, "Gull Services LLC"),
    ("Which companies entered into this agreement?", 1, "Gull Services LLC"),
    ("Between whom was this contract made?", 1, "Harbour Lamps Inc."),
    ("When was the agreement signed?", 1, "March 3, 2021"),
    ("How can the agreement be renewed?", 2, "renew automatically"),
    ("How much is the monthly fee?", 2, "$4,250"),
    ("What is the limit of the Keeper's liability?", 3, "twelve monthly fees"),
    ("How often does the Keeper polish the lens?", 1, "twice in each week"),
    ("What must the Keeper do in a storm of force nine?", 2, "sound the horn"),
]


@pytest.mark.parametrize("answer", ["", "Peter Miller, 1802."])
@pytest.mark.parametrize(("question", "page", "words"), QUESTIONS)
def test_the_clause_is_found_whatever_the_model_said(
    world: World, question: str, page: int, words: str, answer: str
) -> None:
    citations = find_citations(question, answer, *world)
    assert page in {citation.page for citation in citations}
    assert any(words in citation.quote for citation in citations)


def test_a_good_answer_is_supported_more_than_a_bad_one(world: World) -> None:
    question = "How often does the Keeper polish the lens?"
    good, bad = (find_citations(question, answer, *world)[0] for answer in ("Twice in each week.", "Daily by Bob."))
    assert good.score > bad.score
    assert good.score > 0.9


def test_the_answer_finds_what_the_question_does_not(world: World) -> None:
    assert not find_citations("What does it say?", "", *world)
    [citation, *_] = find_citations("What does it say?", "A boat leaves Sandport each Tuesday morning.", *world)
    assert citation.page == 1
    assert "Sandport" in citation.quote


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the favourite colour of the president?", "Green."),
        ("Who discovered penicillin?", "Alexander Fleming in 1928."),
        ("", ""),
        ("?!", "..."),
        ("of the and", "to be or not to be"),
    ],
)
def test_what_is_not_in_the_document_has_no_evidence(world: World, question: str, answer: str) -> None:
    assert find_citations(question, answer, *world) == ()


def test_citations_are_exact_ordered_and_apart(world: World) -> None:
    evidence, search = world
    for question, _, _ in QUESTIONS:
        citations = find_citations(question, "", evidence, search)
        assert 1 <= len(citations) <= 3
        scores = [citation.score for citation in citations]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        spans = sorted((citation.start, citation.end) for citation in citations)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        for citation in citations:
            _check_exact(citation, evidence)


def _check_exact(citation: Citation, evidence: DocumentEvidence) -> None:
    assert evidence.text[citation.start : citation.end] == citation.quote
    page = evidence.page_of(citation.start, citation.end)
    assert (citation.page, citation.label) == (page.number, page.label)


def test_the_printed_label_is_given(world: World) -> None:
    citation = find_citations("Who are the parties to this agreement?", "", *world)[0]
    assert (citation.page, citation.label) == (1, "i")


def test_a_clause_number_belongs_to_the_quote() -> None:
    text = "7.4 Mooring\n\nA visiting ship shall be moored at the northern pier.\n\n7.5 Bells\n\nBells ring at noon."
    evidence, index = evidence_of(DocumentText("", "", text, (Page(1, "", 0, len(text), 1, 1),)))
    citations = find_citations(
        "Where is a visiting ship moored?", "", evidence, lambda q, n: [f.passage for f in index.search(q, n)]
    )
    index.close()
    assert citations[0].quote.startswith("7.4 Mooring")


def test_a_line_of_the_contents_is_no_evidence() -> None:
    text = (
        "Governing Law of this Agreement ........................ 14\n\nNotices of this Agreement .............. 15\n\n"
        + "The keeper walks. " * 200
        + "\n\nThis Agreement is governed by the laws of Maine."
    )
    evidence, index = evidence_of(DocumentText("", "", text, (Page(1, "", 0, len(text), 1, 1),)))
    citations = find_citations(
        "What is the governing law?", "", evidence, lambda q, n: [f.passage for f in index.search(q, n)]
    )
    index.close()
    assert [citation.quote for citation in citations] == ["This Agreement is governed by the laws of Maine."]


@contextmanager
def _world_of(text: str) -> Iterator[World]:
    evidence, index = evidence_of(DocumentText("", "", text, (Page(1, "", 0, len(text), 1, 1),)))
    yield evidence, lambda words, limit: [found.passage for found in index.search(words, limit)]
    index.close()


def _first_quote(question: str, text: str) -> str:
    with _world_of(text) as world:
        return find_citations(question, "", *world)[0].quote


def test_a_clause_keeps_its_lines_and_leaves_out_its_number() -> None:
    text = "4.1 Fees\n\nThe fees in this table shall be paid per month:\n\nHosting   $400\nSupport $90"
    with _world_of(text) as world:
        clause = clause_about("What are the fees?", *world)
        assert clause == "The fees in this table shall be paid per month:\nHosting $400\nSupport $90"
        assert judge("What are the fees?", clause, *world).supported
        assert clause_about("Who wrote it?", *world) == ""


def test_a_mere_year_is_not_the_date_that_the_clause_gives() -> None:
    text = "LICENSE AGREEMENT\n\nThis agreement is entered into as of the 4th day of June, 2019 between Ada and Bob."
    with _world_of(text) as world:
        question = "What is the date of this agreement?"
        clause = clause_about(question, *world)
        assert "4th day of June, 2019" in clause
        assert answer_or_clause(question, "2019", clause, *world) == clause
        assert answer_or_clause(question, "4th day of June, 2019", clause, *world) == "4th day of June, 2019"
        assert answer_or_clause("What is the year of this agreement?", "2019", clause, *world) == "2019"


def test_a_mere_number_is_not_the_time_that_the_clause_gives() -> None:
    text = "3. Term\n\nThe initial term of this agreement begins on its date and lasts for five (5) years."
    with _world_of(text) as world:
        question = "When does this agreement expire?"
        clause = clause_about(question, *world)
        for mere in ("five (5)", "five", "for 5."):
            assert answer_or_clause(question, mere, clause, *world) == clause
        assert answer_or_clause(question, "five (5) years", clause, *world) == "five (5) years"


def test_the_clause_that_defines_the_term_tells_when_an_agreement_ends() -> None:
    text = (
        "2.1 Controls of the Provider shall remain the same for a period of 12 months under this Agreement unless the "
        "failure continues for five days.\n\n"
        "3.1 With respect to each Service, the term thereof will be for a period commencing as of the date hereof and "
        "shall continue until 12 months following it (the “Term”)."
    )
    assert _first_quote("When does this agreement expire?", text).startswith("3.1")


def test_the_definition_of_another_word_is_not_the_clause() -> None:
    text = (
        "1.7 “Quarter” means a period that shall commence on the Effective Date and continue until the term of this "
        "Agreement expires.\n\n1.8 “Term” has the meaning given in 11.1.\n\n"
        "11.1 The term of this Agreement shall commence on the Effective Date and continue until it expires."
    )
    assert _first_quote("When does this agreement expire?", text).startswith("11.1")
    assert _first_quote("What is a quarter?", text).startswith("1.7")


@pytest.mark.parametrize(
    ("line", "is_contents"),
    [
        ("19.12 Severability 44", True),
        ("Section 2.3 Savings Clause 3", True),
        ("19.12 Severability", False),
        ("Schedule 1", False),
        ("Article 6", False),
        ("2.1 The fee is 44", True),  # nothing tells it from an entry
        ("2.1 The fee is 44.", False),
    ],
)
def test_entries_of_the_contents_end_with_a_page(line: str, is_contents: bool) -> None:
    (sentence,) = split_sentences(line)
    assert sentence.contents is is_contents


def test_a_document_without_text_has_no_evidence() -> None:
    evidence = DocumentEvidence("", (), (Page(1, "", 0, 0, 1, 1),))
    assert find_citations("What is it?", "Nothing.", evidence, lambda words, limit: []) == ()


def test_retrieval_shows_the_clause_to_the_model(world: World) -> None:
    for question, _, words in QUESTIONS:
        passages = retrieve(question, *world)
        assert 1 <= len(passages) <= 3
        assert any(words in passage.text for passage in passages), question
        assert len({passage.number for passage in passages}) == len(passages)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("Aab1. \n?!;:)”(é字。"), max_size=300))
def test_sentences_cover_all_but_blanks(text: str) -> None:
    sentences = split_sentences(text)
    covered = "".join(text[sentence.start : sentence.end] for sentence in sentences)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(first.end <= second.start for first, second in pairwise(sentences))


@settings(max_examples=60, deadline=None)
@given(question=st.text(max_size=80), answer=st.text(max_size=80))
def test_any_question_and_answer_can_be_checked(world: World, question: str, answer: str) -> None:
    for citation in find_citations(question, answer, *world):
        _check_exact(citation, world[0])


@pytest.mark.parametrize(
    "text",
    [
        "Harbour Lamps Inc. shall pay.",
        "Under Sec. 3.1 it applies.",
        "See No. 5 of the list.",
        "J. Smith signs.",
        "It costs 3.5 dollars.",
        "7. Mooring of ships",
    ],
)
def test_abbreviations_end_no_sentence(text: str) -> None:
    assert len(split_sentences(text)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("fees", "fee"), ("renewed", "renewing"), ("parties", "party"), ("expires", "expired"), ("pages", "page")],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("is", "in"), ("2021", "2022"), ("glass", "glad"), ("Ärzte", "Arzt")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_the_clause_is_shown_beside_an_answer_from_elsewhere(world: World) -> None:
    elsewhere = "The boat that brings them leaves Sandport each Tuesday morning."
    citations = find_citations("When does this agreement expire?", elsewhere, *world)
    assert any("until March 31, 2026" in citation.quote for citation in citations)
