"""What the children of the tests do: spawned processes import this module, so it imports little."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from lift_desktop.child import Handler, serve
from lift_desktop.domain.errors import NotADocument
from lift_desktop.domain.messages import Progress


@dataclass(frozen=True)
class Count:
    """Yields 0 to `number` - 1 and returns their sum."""

    number: int


@dataclass(frozen=True)
class Fail:
    """Raises a LiftError, or (`bug`) another error, after one step."""

    bug: str = ""


@dataclass(frozen=True)
class Forever:
    """Yields without end; writes `file` when it is closed."""

    file: Path | None = None


@dataclass(frozen=True)
class Stubborn:
    """Yields without end, and hangs when it is closed."""


@dataclass(frozen=True)
class Slow:
    """Yields without end, and takes its time when it is closed."""

    seconds: float


@dataclass(frozen=True)
class Work:
    """Yields the number of each of `steps`, each of which takes `seconds`, and returns how many there were."""

    steps: int
    seconds: float


@dataclass(frozen=True)
class Silent:
    """Yields once, then neither yields nor ends."""


@dataclass(frozen=True)
class Report:
    """Yields `number` values of progress as fast as it can."""

    number: int


@dataclass(frozen=True)
class WhoAmI:
    """Returns the process's id."""


def handle(body: Any) -> Generator[Any, None, Any]:
    match body:
        case Count(number):
            yield from range(number)
            return sum(range(number))
        case Fail(bug):
            yield "begun"
            if bug == "end of file":
                raise EOFError("a file was cut off")
            if bug:
                raise KeyError(bug)
            raise NotADocument("That is a cake.", "Eat it.")
        case Forever(file):
            try:
                while True:
                    yield "on"
            finally:
                if file is not None:
                    file.write_text("closed")
        case Stubborn():
            try:
                while True:
                    yield "on"
            finally:
                threading.Event().wait()
        case Slow(seconds):
            try:
                while True:
                    yield "on"
            finally:
                threading.Event().wait(seconds)
        case Work(steps, seconds):
            for number in range(steps):
                yield number
                threading.Event().wait(seconds)
            return steps
        case Silent():
            yield "begun"
            threading.Event().wait()
        case Report(number):
            for done in range(number):
                yield Progress("first", done, number, done / number)
            yield Progress("second", 0, 1, 1.0)
        case WhoAmI():
            yield from ()
            return os.getpid()


def _make() -> Handler:
    return handle


def main(connection: Connection) -> None:
    serve(connection, _make)


def parent() -> None:
    """A program that prints its child's process id and then waits for its own end."""
    from lift_desktop.child import Child
    from lift_desktop.domain.steps import last

    child = Child("test", main)
    print(last(child.call(WhoAmI())), flush=True)
    calls = child.call(Forever())
    while True:
        next(calls)


if __name__ == "__main__":
    parent()
