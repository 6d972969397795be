"""Holds an engine without a model at a step, so that a test can look at what is going on, and act."""

from __future__ import annotations

import threading

from lift_desktop.domain.messages import AnswerText, Progress

LIMIT_SECONDS = 20.0


class Gate:
    """For `FakeEngine`: its thread waits at the `at`-th step of a stage until `open` is called; then all may pass."""

    def __init__(self, stage: str = "", at: int = 2) -> None:
        self._reached, self._may_pass = threading.Event(), threading.Event()
        self.hold(stage, at)

    def hold(self, stage: str, at: int = 2) -> None:
        """The next time, it waits there; "" holds nothing."""
        self._stage, self._left = stage, at
        self._reached.clear()
        self._may_pass.clear()

    def __call__(self, step: Progress | AnswerText) -> None:
        if isinstance(step, Progress) and step.stage == self._stage and self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._reached.set()
                assert self._may_pass.wait(LIMIT_SECONDS)

    def wait(self) -> None:
        """Returns when the engine waits."""
        assert self._reached.wait(LIMIT_SECONDS)

    def open(self) -> None:
        """Lets the engine go on."""
        self._may_pass.set()
