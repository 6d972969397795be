"""Which answers are asked about: whole figures, names, phrases and reasons, from every sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lift_desktop.domain.words import Weights, split_sentences
from lift_desktop.engine.spans import answer_spans

TEXT = (
    "2.2 This Agreement shall renew for periods of one year, unless either party gives notice at least ninety (90) "
    "days before the end of the period. 3.1 The Owner shall pay Gull Services LLC a fee of $4,250 per month from March "
    "3, 2021. The network used a new look in 1998–99 because the old one had been copied."
)


def _found(text: str, *others: str) -> dict[str, str]:
    """Answer -> kind."""
    return {text[span.start : span.end]: span.kind for span in answer_spans(text, Weights.of([text, *others]))}


def test_figures_are_whole_with_their_unit() -> None:
    found = _found(TEXT)
    for figure in ("ninety (90) days", "$4,250 per month", "March 3, 2021", "1998–99"):
        assert found.get(figure) == "figure", figure


def test_numbers_of_sections_are_no_answers() -> None:
    assert not {"2.2", "3.1"} & _found(TEXT).keys()


def test_names_and_reasons() -> None:
    found = _found(TEXT)
    assert found["Gull Services LLC"] == "name"
    assert found["the old one had been copied"] == "reason"


def test_every_sentence_has_its_turn_first() -> None:
    spans = answer_spans(TEXT, Weights.of([TEXT]))
    sentences = split_sentences(TEXT)
    first = spans[: len(sentences)]
    assert all(any(s.start <= span.start and span.end <= s.end for span in first) for s in sentences)


def test_a_line_of_contents_asks_nothing() -> None:
    assert answer_spans("4 Fees and payment ............ 12", Weights.of(["4 Fees and payment ............ 12"])) == []


@given(st.text(max_size=300))
def test_spans_are_stretches_of_the_text_without_blanks_around(text: str) -> None:
    for span in answer_spans(text, Weights.of([text])):
        answer = text[span.start : span.end]
        assert answer and answer == answer.strip()
