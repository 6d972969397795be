"""Holds an engine without a model at a step, so that a test can look at what is going on, and act."""

from __future__ import annotations

import threading

from lift_desktop.domain.cancelling import check_cancelled
from lift_desktop.domain.messages import AnswerText, Progress

LIMIT_SECONDS = 20.0
ANSWERING = "answering"
"""The stage whose steps are the words of an answer."""


class Gate:
    """For `FakeEngine`: its thread waits at the `at`-th step of a stage until `open` is called; then all may pass.

    When it `can_be_called_off`, a cancel ends the waiting. `error` is raised at each step as long as there is one.
    """

    def __init__(self, stage: str = "", at: int = 2, can_be_called_off: bool = False) -> None:
        self.error: Exception | None = None
        self._can_be_called_off = can_be_called_off
        self._reached, self._may_pass = threading.Event(), threading.Event()
        self.hold(stage, at)

    def hold(self, stage: str, at: int = 2) -> None:
        """The next time, it waits there; "" holds nothing."""
        self._stage, self._left = stage, at
        self._reached.clear()
        self._may_pass.clear()

    def __call__(self, step: Progress | AnswerText) -> None:
        if self.error is not None:
            raise self.error
        stage = step.stage if isinstance(step, Progress) else ANSWERING
        if stage == self._stage and self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._reached.set()
                self._wait()

    def wait(self) -> None:
        """Returns when the engine waits."""
        assert self._reached.wait(LIMIT_SECONDS)

    def open(self) -> None:
        """Lets the engine go on."""
        self._may_pass.set()

    def _wait(self) -> None:
        if not self._can_be_called_off:
            assert self._may_pass.wait(LIMIT_SECONDS)
            return
        while not self._may_pass.wait(0.005):
            check_cancelled()
