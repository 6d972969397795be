"""Intervals: right on known samples, and the same each time."""

from __future__ import annotations

import random

import pytest

from lift_desktop.bench.statistics import bootstrap_mean, paired_difference, share_mean


def test_interval_matches_the_normal_one_on_a_large_sample() -> None:
    dice = random.Random(4)
    values = [dice.gauss(5, 2) for _ in range(400)]
    mean = bootstrap_mean(values)
    spread = 1.96 * 2 / 400**0.5
    assert mean.value == pytest.approx(sum(values) / 400)
    assert mean.low == pytest.approx(mean.value - spread, abs=0.05)
    assert mean.high == pytest.approx(mean.value + spread, abs=0.05)
    assert bootstrap_mean(values) == mean


def test_pairs_are_compared_question_by_question() -> None:
    difference = paired_difference([1.1, 5.1, 9.1], [1.0, 5.0, 9.0])
    assert difference.low == pytest.approx(0.1) and difference.high == pytest.approx(0.1)


def test_no_values_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_mean([])
    with pytest.raises(ValueError, match="no values"):
        share_mean([])


def test_interval_of_shares_is_wilson_s() -> None:
    mean = share_mean([1.0] * 8 + [0.0] * 2)  # 0.490 to 0.943 in the textbooks
    assert (mean.n, mean.value) == (10, pytest.approx(0.8))
    assert (mean.low, mean.high) == (pytest.approx(0.490, abs=0.001), pytest.approx(0.943, abs=0.001))
    assert share_mean([0.0] * 12).high == pytest.approx(0.242, abs=0.001)
    assert share_mean([0.0] * 12).low == 0.0 and share_mean([1.0]).high == 1.0
