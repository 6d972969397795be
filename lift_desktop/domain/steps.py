"""Long work is a generator: it yields steps (Progress, AnswerText, ...) and returns its result. Ways to run one.

Whoever stops early closes the generator that it runs, and with it what that one runs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, TypeVar

Step = TypeVar("Step")
Changed = TypeVar("Changed")
Result = TypeVar("Result")


def changed(
    steps: Generator[Step, None, Result], change: Callable[[Step], Changed]
) -> Generator[Changed, None, Result]:
    """Yields `change(step)` for each step; returns the result."""
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield change(step)


def follow(steps: Generator[Step, None, Result], look: Callable[[Step], object]) -> Result:
    """Runs the work to its end, giving each step to `look`; returns the result. What `look` raises ends the work."""
    return last(changed(steps, look))


def last(steps: Generator[Any, None, Result]) -> Result:
    """Runs the work to its end and returns its result, letting its steps go by."""
    with closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
