"""How far learning is and how long it will take, from what was measured on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ..domain.messages import Progress
from .contract import STAGES

GUESSED_SHARES = {"studying": 0.5, "training": 0.42, "checking": 0.08}
"""Shares of the stages in the whole while nothing is measured yet."""
TRUSTED_SHARE = 0.04
"""From this share of a stage on, its own pace counts more than what was predicted."""


class Clock:
    """Turns a stage's done and total into Progress. `predicted` maps stages to seconds, empty while unknown."""

    def __init__(self, predicted: Mapping[str, float] | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._predicted = dict(predicted or {})
        self._now = now
        self._stage = ""
        self._began = (0.0, 0.0)  # (time, share of the stage that was done already)

    def predict(self, stage: str, seconds: float) -> None:
        """Corrects what is predicted for a stage to come."""
        self._predicted[stage] = seconds

    def at(self, stage: str, done: float, total: float, note: str = "") -> Progress:
        """The progress now that `done` of `total` parts of `stage` are done."""
        share = min(1.0, done / total) if total else 1.0
        if stage != self._stage:
            self._stage, self._began = stage, (self._now(), share)
        left = self._seconds_left(stage, share)
        return Progress(stage, round(done), round(total), self._fraction(stage, share), left, note)

    def _seconds_left(self, stage: str, share: float) -> float | None:
        later = STAGES[STAGES.index(stage) + 1 :]
        if any(name not in self._predicted for name in later):
            return None
        start, share_before = self._began
        if share - share_before > TRUSTED_SHARE:
            pace = (self._now() - start) / (share - share_before)
            self._predicted[stage] = pace
        elif stage not in self._predicted:
            return None
        return self._predicted[stage] * (1 - share) + sum(self._predicted[name] for name in later)

    def _fraction(self, stage: str, share: float) -> float:
        known = all(name in self._predicted for name in STAGES)
        weights = self._predicted if known else GUESSED_SHARES
        before = sum(weights[name] for name in STAGES[: STAGES.index(stage)])
        return (before + share * weights[stage]) / max(1e-9, sum(weights[name] for name in STAGES))
