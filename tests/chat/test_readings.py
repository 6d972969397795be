"""Each reading is looked up where its answer stands, and only those that differ are weighed."""

from __future__ import annotations

import pytest

from lift_desktop.chat.readings import Reading, best_reading, is_settled, needs_others, reading_of
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import ModelReference, Told
from lift_desktop.engine.fake import FakeEngine

from .conftest import World

QUESTION = "How often does the Keeper polish the lens?"
RIGHT, WRONG = "twice in each week", "twelve monthly fees"
MODEL = ModelReference("fake", "", "0" * 64)


def test_a_reading_has_the_sentence_that_holds_its_answer(world: World) -> None:
    right, wrong = (reading_of(QUESTION, answer, *world) for answer in (RIGHT, WRONG))
    assert RIGHT in right.told.sentence and right.supported
    assert WRONG in wrong.told.sentence and not wrong.supported
    assert "lens" not in wrong.told.sentence  # it stands where something else is spoken of


def test_the_question_is_likelier_where_it_is_spoken_of(world: World) -> None:
    readings = [reading_of(QUESTION, answer, *world) for answer in (WRONG, RIGHT)]
    assert last(best_reading(FakeEngine(), MODEL, "T", readings)) is readings[1]


def _reading(answer: str, supported: bool) -> Reading:
    return Reading(Told(QUESTION, answer, "A sentence."), supported)


@pytest.mark.parametrize(
    ("answers", "supported", "settled"),
    [
        ((RIGHT,), True, False),
        ((RIGHT, "Twice, in each week."), True, True),
        ((RIGHT, "Twice, in each week."), False, False),
        ((RIGHT, WRONG, RIGHT), True, False),  # one that says otherwise has to be weighed
    ],
)
def test_readings_are_settled_when_all_confirm_what_is_supported(
    answers: tuple[str, ...], supported: bool, settled: bool
) -> None:
    assert is_settled([_reading(answer, supported) for answer in answers]) is settled


class Unasked(FakeEngine):
    def weigh(self, request: object) -> object:  # type: ignore[override]
        raise AssertionError("there was nothing to choose")


def test_nothing_is_weighed_where_all_say_the_same() -> None:
    readings = [_reading(RIGHT, False), _reading("Twice in each week!", False)]
    assert last(best_reading(Unasked(), MODEL, "T", readings)) is readings[0]
    assert last(best_reading(Unasked(), MODEL, "T", readings[:1])) is readings[0]
    assert (
        last(best_reading(Unasked(), MODEL, "T", [_reading("", False), readings[0], _reading(".", False)]))
        is readings[0]
    )
    assert last(best_reading(Unasked(), MODEL, "T", [_reading("", False)])).told.answer == ""


def test_a_long_answer_stands() -> None:
    """It has been shown as it came."""
    assert not needs_others(_reading("every " * 13, False), has_memory=True)


def test_a_supported_reading_is_enough_without_a_memory() -> None:
    assert not needs_others(_reading(RIGHT, True), has_memory=False)
    assert needs_others(_reading(RIGHT, False), has_memory=False) and needs_others(
        _reading(RIGHT, True), has_memory=True
    )
