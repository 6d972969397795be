"""Progress: never backwards, and a time left that follows the pace."""

from __future__ import annotations

import pytest

from lift_desktop.engine.clock import Clock


class Now:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_without_a_prediction_there_is_a_fraction_but_no_time_left() -> None:
    clock = Clock()
    first, second, last = clock.at("studying", 1, 10), clock.at("training", 5, 10), clock.at("checking", 10, 10)
    assert 0 < first.fraction < second.fraction < last.fraction == pytest.approx(1.0)
    assert first.seconds_left is None and second.seconds_left is None


def test_predictions_are_corrected_by_the_pace() -> None:
    now = Now()
    clock = Clock({"studying": 100.0, "training": 50.0, "checking": 10.0}, now)
    assert clock.at("studying", 0, 10).seconds_left == pytest.approx(160)
    now.seconds += 100  # half done in 100 seconds: the stage takes 200
    assert clock.at("studying", 5, 10).seconds_left == pytest.approx(100 + 60)
    now.seconds += 100
    assert clock.at("training", 0, 4).seconds_left == pytest.approx(60)


def test_a_resumed_stage_is_timed_from_where_it_went_on() -> None:
    now = Now()
    clock = Clock({"studying": 0.0, "training": 1000.0, "checking": 0.0}, now)
    clock.at("training", 80, 100)
    now.seconds += 5
    assert clock.at("training", 90, 100).seconds_left == pytest.approx(5)
