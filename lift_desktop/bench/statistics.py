"""Means with bootstrap intervals."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 2000
NORMAL_QUANTILE = 1.96


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over `n` values with its 95 % bootstrap interval (Efron's percentile method, fixed seed)."""

    n: int
    value: float
    low: float
    high: float


def bootstrap_mean(values: Sequence[float]) -> Mean:
    """The mean of `values`; raises ValueError when there are none."""
    if not values:
        raise ValueError("no values")
    dice, n = random.Random(0), len(values)
    means = sorted(sum(dice.choices(values, k=n)) / n for _ in range(RESAMPLES))
    low, high = means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES) - 1]
    return Mean(n, sum(values) / n, low, high)


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Mean:
    """The mean of `first - second`, question by question."""
    return bootstrap_mean([a - b for a, b in zip(first, second, strict=True)])


def share_mean(values: Sequence[float]) -> Mean:
    """The mean of shares (0 to 1) with its 95 % Wilson score interval (Wilson, 1927), sound for few values, too.

    It is made for zeros and ones; shares in between vary less, so for them it is rather too wide. Raises ValueError
    when there are no values.
    """
    if not values:
        raise ValueError("no values")
    n, mean, square = len(values), sum(values) / len(values), NORMAL_QUANTILE**2
    middle = (mean + square / (2 * n)) / (1 + square / n)
    half = NORMAL_QUANTILE / (1 + square / n) * math.sqrt(mean * (1 - mean) / n + square / (4 * n * n))
    return Mean(n, mean, max(0.0, middle - half), min(1.0, middle + half))
