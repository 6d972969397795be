"""A wrong answer beside a right-looking source is not called supported, and the reader learns which words are wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift_desktop.chat.asked_for import can_answer
from lift_desktop.chat.grounding import find_missing
from lift_desktop.chat.support import is_silent, judge
from lift_desktop.domain.models import DetailKind
from lift_desktop.engine.contract import NOT_IN_DOCUMENT

from .conftest import World

FEE, TERM, LIMIT = "How much is the monthly fee?", "When does this agreement expire?", "What is the Keeper's liability?"
RIGHT = [
    (FEE, "$4,250"),
    (FEE, "The Owner pays 4,250 dollars a month."),
    (TERM, "On 31 March 2026."),
    (TERM, "It continues until March 31, 2026, unless terminated earlier."),
    ("What law governs this agreement?", "The laws of the State of Maine."),
    ("Who are the parties to this agreement?", "Harbour Lamps Inc. (the Owner) and Gull Services LLC (the Keeper)."),
    ("How often does the Keeper polish the lens?", "Twice a week."),
    ("How soon is a broken lamp replaced?", "Within 6 hours."),
    ("Is either party liable for lost profits?", "No."),
    ("Is either party liable for lost profits?", "Neither party is liable for lost profits."),
    ("Does this agreement renew automatically?", "Yes, for successive periods of one year."),
    ("How long is the notice of non-renewal?", "90 days"),
]
WRONG = [
    (FEE, "$4,520", "$4,520", DetailKind.MONEY),
    (FEE, "€4,250", "€4,250", DetailKind.MONEY),
    (FEE, "The Owner pays $4,250, which rises by three percent.", "three percent", DetailKind.PERCENTAGE),
    (TERM, "On March 31, 2027.", "March 31, 2027", DetailKind.DATE),
    ("What law governs this agreement?", "The laws of the State of Ohio.", "Ohio", DetailKind.NAME),
    ("How soon is a broken lamp replaced?", "Within six days.", "six days", DetailKind.NUMBER),
    ("How long is the notice of non-renewal?", "sixty months", "sixty months", DetailKind.NUMBER),
    ("Is either party liable for lost profits?", "Yes.", "Yes", DetailKind.NEGATION),
    (
        "Who keeps the ledger?",
        "The Keeper shall not write every visit into a ledger.",
        "shall not write",
        DetailKind.NEGATION,
    ),
    (
        "What does the Keeper do with the lens?",
        "She sells it to wealthy tourists from abroad.",
        "sells it to wealthy tourists from abroad",
        DetailKind.WORDING,
    ),
]


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_a_right_answer_is_supported(world: World, question: str, answer: str) -> None:
    found = judge(question, answer, *world)
    assert found.supported and found.citations and found.missing == () and not found.absent


@pytest.mark.parametrize(("question", "answer", "words", "kind"), WRONG)
def test_a_wrong_detail_is_marked(world: World, question: str, answer: str, words: str, kind: DetailKind) -> None:
    found = judge(question, answer, *world)
    assert not found.supported and found.citations
    marked = {(answer[detail.start : detail.end], detail.kind) for detail in found.missing}
    assert (words, kind) in marked


def test_the_answer_to_another_question_is_not_supported(world: World) -> None:
    assert not judge("How often does the Keeper polish the lens?", "The State of Maine", *world).supported
    assert not judge("When does this agreement expire?", "Harbour Lamps Inc.", *world).supported
    for question, beside in ((FEE, "force nine"), ("How soon is a broken lamp replaced?", "a ledger")):
        assert not judge(question, beside, *world).supported, "it stands beside what is asked for"


@pytest.mark.parametrize(
    ("question", "answer", "can"),
    [
        ("How many lamps are there?", "Twelve", True),
        ("How many lamps are there?", "Astra 2A satellite lamps", True),
        ("How many lamps are there?", "The tower", False),
        ("When was it launched?", "after the war", True),
        ("When was it launched?", "Gull Services", False),
        ("What is the monthly charge for the support?", "640", False),
        ("What is the monthly charge for the support?", "$640", True),
        ("May the Keeper leave the tower?", "Sandport", False),
        ("May the Keeper leave the tower?", "No, it may not.", True),
        ("Who did the Broncos beat?", "The Broncos", False),
        ("Was it the Broncos or the Panthers?", "The Broncos", True),
        ("Who is it?", "1998", False),
        ("Who are the parties to this agreement?", "the Keeper", False),
        ("Who are the parties to this agreement?", "Harbour Lamps, Inc.", False),
        ("Who are the parties to this agreement?", "Harbour Lamps, Inc. and Gull Services", True),
        ("Who are the parties to this agreement?", "Harbour Lamps, Gull Services", True),
    ],
)
def test_an_answer_is_of_the_sort_that_is_asked_for(question: str, answer: str, can: bool) -> None:
    assert can_answer(question, answer) is can


def test_the_documents_silence_is_told_from_its_answers(world: World) -> None:
    for question in ("Who painted the Mona Lisa?", "What is the favourite colour of the president?"):
        assert is_silent(question, *world)
    for question, *_ in [*RIGHT, *WRONG]:
        assert not is_silent(question, *world), question
    assert not is_silent("And what about it?", *world)


def test_no_answer_shows_the_passages_that_speak_about_the_question(world: World) -> None:
    found = judge("Who are the parties to this agreement?", NOT_IN_DOCUMENT, *world)
    assert found.absent and not found.supported and "Gull Services LLC" in found.citations[0].quote
    strange = judge("Who painted the Mona Lisa?", NOT_IN_DOCUMENT.rstrip("."), *world)
    assert strange.absent and strange.citations == ()


@pytest.mark.parametrize(
    ("source", "answer", "is_marked"),
    [
        ("The Supplier shall not assign this Agreement.", "The Supplier may assign it.", True),
        ("The Supplier may not assign this Agreement.", "The Supplier shall not assign this Agreement.", False),
        ("No party may assign this Agreement unless the other consents.", "A party may assign it.", False),
        ("The fee is not payable in advance.", "The fee is payable in advance.", True),
        ("The fee is payable; it does not rise.", "The fee is payable.", False),
        ("The lease isn't renewable.", "The lease is renewable.", True),
        ("The policy does not cover floods.", "The policy covers floods.", True),
        ("The policy doesn’t cover floods.", "The policy does not cover floods.", False),
        ("The policy covers theft. It does not cover floods.", "The policy covers theft.", False),
        ("The Supplier shall not, without consent, assign this Agreement.", "The Supplier may assign it.", True),
        ("The Supplier shall not, without consent, assign this Agreement.", "The Supplier shall not assign it.", False),
        ("The Supplier may not (directly or indirectly) sell it.", "The Supplier may sell it.", True),
        ("Neither party shall, during the term, solicit staff.", "Neither party shall solicit staff.", False),
        ("The Supplier may not, as of now, sell it. It may repair it.", "The Supplier may repair it.", False),
        ("It shall not lease them, and the Customer may sell them.", "The Customer may sell them.", False),
        ("Notice of not less than 30 days is needed.", "less than 30 days", True),
        ("Notice of not less than 30 days is needed.", "not less than 30 days", False),
        ("It grants a non-exclusive, worldwide licence.", "an exclusive licence", True),
        ("It grants a non-exclusive, worldwide licence.", "The licence is worldwide.", False),
        ("It grants a non-exclusive worldwide licence.", "The licence is worldwide.", False),
        ("The deposit is non-refundable.", "The deposit is not refundable.", False),
        ("Pets are not allowed.", "No pets are allowed.", False),
        ("The agreement may not be assigned by the Supplier.", "The Supplier shall not assign the agreement.", False),
        ("The Supplier shall assign the agreement.", "The Supplier shall not assign the agreement.", True),
        ("The Customer pays the costs.", "The Customer shall not bear the costs.", True),
    ],
)
def test_denials_are_compared(world: World, source: str, answer: str, is_marked: bool) -> None:
    missing = find_missing("", answer, [source], world[0])
    assert (DetailKind.NEGATION in {detail.kind for detail in missing}) is is_marked


@pytest.mark.parametrize(
    ("source", "question", "right"),
    [
        ("The deposit is not refundable.", "Is the deposit refundable?", "No"),
        ("The deposit is refundable. The fee is not refundable.", "Is the deposit refundable?", "Yes"),
        ("The warranty does not cover damage by water.", "Does the warranty cover damage by water?", "No"),
        ("The tenant may not keep pets in the flat.", "Can the tenant keep pets in the flat?", "No"),
        ("The Supplier shall not, without consent, assign this Agreement.", "May the Supplier assign it?", "No"),
        ("It may end this if a bill is not paid.", "May it end this if a bill is not paid?", "Yes"),
        ("The deposit is non-refundable.", "Is the deposit refundable?", "No"),
    ],
)
def test_yes_and_no_are_read_as_answers_to_their_question(world: World, source: str, question: str, right: str) -> None:
    wrong = "No" if right == "Yes" else "Yes"
    assert find_missing(question, f"{right}.", [source], world[0]) == ()
    [detail] = find_missing(question, f"{wrong}.", [source], world[0])
    assert detail.kind is DetailKind.NEGATION


def test_the_number_of_a_clause_confirms_a_reference_or_a_quotation_alone(world: World) -> None:
    source = ["Subject to clause 3,\n\n7.2 The Keeper pays the fee in each month."]
    assert find_missing("", "Clause 7.2 says so.", source, world[0]) == ()
    assert find_missing("", "7.2 The Keeper pays the fee in each month.", source, world[0]) == ()
    assert find_missing("", "clause 3, 7.2 The Keeper pays the fee", source, world[0]) == ()
    [detail] = find_missing("", "The Keeper pays the fee in each 7.2 months.", source, world[0])
    assert detail.kind is DetailKind.NUMBER


def test_a_day_that_an_answer_begins_with_is_no_list_mark(world: World) -> None:
    source = ["Die Frist endet am 31. Dezember 2023."]
    assert find_missing("", "31. Dezember 2023", source, world[0]) == ()
    [detail] = find_missing("", "30. Dezember 2023", source, world[0])
    assert (detail.start, detail.kind) == (0, DetailKind.NUMBER)


def test_a_name_may_be_said_by_its_initials(world: World) -> None:
    source = ["The National Broadcasting Company paid."]
    assert find_missing("", "NBC paid.", source, world[0]) == ()
    [detail] = find_missing("", "CBS paid.", source, world[0])
    assert detail.kind is DetailKind.NAME


@settings(max_examples=80, deadline=None)
@given(question=st.text(max_size=60), answer=st.text(max_size=80))
def test_any_answer_can_be_judged(world: World, question: str, answer: str) -> None:
    found = judge(question, answer, *world)
    spans = [(detail.start, detail.end) for detail in found.missing]
    assert all(0 <= start < end <= len(answer) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert not (found.supported and (found.missing or not found.citations))
