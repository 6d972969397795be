"""Figures mean the same however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift_desktop.chat.figures import find_figures, says
from lift_desktop.domain.models import DetailKind

SAME = [
    ("ninety (90) days", "90 days"),
    ("a thirty-day notice", "30 days"),
    ("one (1) additional three (3) year period", "3 years"),
    ("three years", "36 months"),
    ("two weeks", "14 days"),
    ("$4,250 per month", "USD 4,250"),
    ("US$3.5 million", "$3,500,000"),
    ("ten thousand dollars", "$10,000"),
    ("15 million euros", "€15,000,000"),
    ("four percent (4%)", "4 per cent"),
    ("two hundred and five", "205"),
    ("the twenty-first floor", "21st"),
    ("March 3, 2021", "3 March 2021"),
    ("3rd day of March, 2021", "2021-03-03"),
    ("16t h day of May, 2017", "May 16, 2017"),
    ("third day of March 2021", "March 3rd, 2021"),
    ("Feb 10, 2014", "10 February 2014"),
    ("31 March 2026", "March 2026"),
    ("31 March 2026", "2026"),
    ("31/03/2026", "March 31, 2026"),
    ("04/03/2021", "March 4, 2021"),
    ("04/03/2021", "April 3, 2021"),
    ("12 Business Days", "twelve days"),
    ("$310", "310"),
    ("310", "$310"),
    ("p = .03", "0.03"),
    ("minus five degrees", "-5"),
    ("one and a half years", "18 months"),
    ("3½ hours", "three and a half hours"),
    ("between 5 and 7 per cent", "5%"),
    ("two to three years", "24 months"),
    ("2024/03/01", "1 March 2024"),
    ("1-3-2024", "1-Mar-2024"),
    ("34 years old", "34"),
    ("2 weeks", "two"),
    ("10%", "10"),
]
DIFFERENT = [
    ("ninety (90) days", "90 months"),
    ("ninety days", "nineteen days"),
    ("$4,250", "€4,250"),
    ("$4,250", "$4,520"),
    ("4%", "$4"),
    ("4", "$4"),
    ("March 3, 2021", "March 4, 2021"),
    ("March 3, 2021", "March 3, 2022"),
    ("March 2021", "March 3, 2021"),
    ("2 million", "2 billion"),
    ("99.85%", "99.58%"),
    ("-5 °C", "5"),
    (".03", "3"),
    ("two to three years", "2 weeks"),
    ("2-Mar-2024", "1 March 2024"),
    ("10%", "10 days"),
    ("two years", "24"),
    ("10 March 2021", "10 days"),
]


@pytest.mark.parametrize(("source", "answer"), SAME)
def test_the_same_in_other_words_is_found(source: str, answer: str) -> None:
    [wanted] = find_figures(answer)
    assert says(find_figures(source), wanted)


@pytest.mark.parametrize(("source", "answer"), DIFFERENT)
def test_another_value_is_not_found(source: str, answer: str) -> None:
    [wanted] = find_figures(answer)
    assert find_figures(source) and not says(find_figures(source), wanted)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("It pays $310 for each of 12 nights.", [DetailKind.MONEY, DetailKind.NUMBER]),
        ("It rises by two percent on April 1, 2022.", [DetailKind.PERCENTAGE, DetailKind.DATE]),
        ("One of them may be first.", []),
        ("It may be so in time.", []),
        ("From March 3-5 on, see 2.1.3.", [DetailKind.DATE, DetailKind.NUMBER, DetailKind.NUMBER, DetailKind.NUMBER]),
    ],
)
def test_each_figure_has_its_kind(text: str, kinds: list[DetailKind]) -> None:
    assert [figure.kind for figure in find_figures(text)] == kinds


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("019.,/-$€% aymMrchonetwdlus()"), max_size=60))
def test_figures_of_any_text_stand_in_it_and_find_themselves(text: str) -> None:
    figures = find_figures(text)
    ends = 0
    for figure in figures:
        assert ends <= figure.start < figure.end <= len(text)
        ends = figure.end
        assert says(figures, figure)
