"""Which questions ask for what contracts know by a name, and for nothing besides."""

from __future__ import annotations

import pytest

from lift_desktop.chat.topics import TOPICS, is_topic_alone, topics_of

NAME = next(topic for topic in TOPICS if topic.asked.search("What is the name of this agreement?"))


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("What is the governing law of this agreement?", True),
        ("When does this agreement expire?", True),
        ("How long does the contract last?", True),
        ("Who are the parties?", True),
        ("What is the name of this agreement?", True),
        ("What is the date of this agreement?", True),
        ("What are the fees?", True),
        ("What is the liability cap?", True),
        ("Is liability capped?", False),
        ("What is the limit of the Keeper's liability?", False),
        ("Can the agreement be renewed?", False),
        ("Who painted the Mona Lisa?", False),
        ("What are the fees for the second year?", False),
        ("When does the licence of the software expire?", False),
        ("Which party pays for the boat?", False),
        ("When does the initial term end?", True),
        ("How long does the warranty last?", False),
        ("When does the insurance start?", False),
        ("Until when are the logs valid?", False),
        ("", False),
    ],
)
def test_questions_that_ask_for_a_topic_alone(question: str, alone: bool) -> None:
    assert is_topic_alone(question) is alone
    assert topics_of(question) or not alone


def test_a_topic_stands_for_the_words_that_name_it_and_not_for_those_between() -> None:
    (term,) = topics_of("How long does the warranty last?")
    assert {"long", "last"} <= term.words("How long does the warranty last?")
    assert "warranty" not in term.words("How long does the warranty last?")


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("TRANSFER AND SERVICING AGREEMENT, dated as of May 2, 2020 (this “Agreement”), among", True),
        ("This Supply Agreement (the “Agreement”) is entered into on May 2, 2020", True),
        ("THIS AGREEMENT (this “Agreement”), dated May 2, 2020, is", False),
    ],
)
def test_a_title_names_the_agreement(text: str, full: bool) -> None:
    assert (NAME.match(text, near_front=True) == 1.0) is full


def best(question: str, *texts: str) -> str:
    """Which of the texts speaks most about the one topic of the question."""
    (topic,) = topics_of(question)
    return max(texts, key=lambda text: topic.match(text, near_front=True))


NO_CAP = "Nothing in this Agreement limits or excludes a party's liability for fraud or personal injury."
CAP = "The total liability of each party in a year shall not exceed 125% of the Charges paid in that year."


@pytest.mark.parametrize("question", ["What is the liability cap?", "What is the maximum liability?"])
def test_the_cap_of_a_liability_is_the_clause_that_names_a_sum(question: str) -> None:
    cap = topics_of(question)[0]
    assert cap.match(CAP, near_front=False) > 0.9 > 0.5 > cap.match(NO_CAP, near_front=False)


DATED = "Dated 3 March 2025 between Alder plc and Birch plc"
EFFECTIVE = "Effective Date means 1 April 2025 in this Agreement."


def test_the_date_of_an_agreement_is_not_the_day_on_which_it_takes_effect() -> None:
    assert best("What is the date of this agreement?", EFFECTIVE, DATED) == DATED
    assert best("When was it signed?", EFFECTIVE, DATED) == DATED
    assert best("What is the effective date of this agreement?", DATED, EFFECTIVE) == EFFECTIVE


def test_numbered_parties_are_parties() -> None:
    numbered = "Parties\n\n(1) Alder plc, of 1 Wharf Road (the “Customer”); and\n\n(2) Birch Limited (the “Supplier”)."
    first = "Parties\n\n(1) Alder plc, of 1 Wharf Road (the “Customer”); and"
    assert best("Who are the parties?", first, numbered) == numbered
