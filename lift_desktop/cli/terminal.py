"""What stands on the terminal: text, tables and progress. With --json standard output holds the JSON line
alone.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from ..domain.errors import LiftError, OutputFailed
from ..domain.messages import Progress
from ..domain.steps import follow

Result = TypeVar("Result")

STAGE_WORDS = {
    "waiting": "Waiting",
    "downloading": "Downloading the model",
    "converting": "Preparing the model",
    "reading": "Reading",
    "loading": "Loading the model",
    "measuring": "Measuring this computer",
    "studying": "Studying",
    "training": "Training",
    "checking": "Checking",
    "practising": "Practising",
    "needle": "Hiding and asking",
}


@contextlib.contextmanager
def _written() -> Iterator[None]:
    """Raises OutputFailed where standard output takes no more, on a full disk say."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        sys.stdout = None  # what is left is not tried again at the end
        raise OutputFailed(f"The output could not be written: {error.strerror}.") from error


class Terminal:
    """Writes results to standard output, and everything else to standard error when `as_json` is set."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._errors = Console(stderr=True, highlight=False)
        self._words = self._errors if as_json else Console(highlight=False)

    def say(self, text: str) -> None:
        """A line for people."""
        with _written():
            self._words.print(Text(text), soft_wrap=True)

    def note(self, text: str) -> None:
        """A remark beside the result: on standard error always."""
        self._errors.print(Text(text), soft_wrap=True)

    def write(self, text: str) -> None:
        """A piece of a streamed answer."""
        with _written():
            self._words.file.write(text)
            self._words.file.flush()

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table for people; cells that do not fit are folded, never cut."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        with _written():
            self._words.print(table)

    def result(self, values: dict[str, Any]) -> None:
        """The JSON line, when it is wanted. Where the output is not in UTF-8 (a pipe on Windows), letters beyond ASCII
        are written as numbers, so that nothing is lost.
        """
        if self.as_json and sys.stdout is not None:  # it may be closed
            is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
            with _written():
                sys.stdout.write(json.dumps(values, ensure_ascii=not is_utf8) + "\n")
                sys.stdout.flush()

    def error(self, error: LiftError) -> None:
        """What happened, and what to do about it."""
        self._errors.print(Text(f"Error: {error.message}"), soft_wrap=True)
        if error.hint:
            self._errors.print(Text(error.hint), soft_wrap=True)

    def confirm(self, question: str) -> bool:
        """Asks on a terminal; where nobody can answer, the command itself is taken for a yes."""
        if not (sys.stdin is not None and sys.stdin.isatty()):
            return True
        self._errors.print(Text(f"{question} [y/N] "), end="")
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def follow(self, steps: Generator[Progress, None, Result]) -> Result:
        """Runs long work to its end with a progress bar (or, without a terminal, a line for each stage)."""
        with contextlib.closing(steps):
            if self._errors.is_terminal:
                return self._with_bar(steps)
            return self._with_lines(steps)

    def _with_bar(self, steps: Generator[Progress, None, Result]) -> Result:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
        )
        with Bars(*columns, console=self._errors, transient=True) as bars:
            task = bars.add_task("", total=1.0, left="")

            def show(step: Progress) -> None:
                left = "" if step.seconds_left is None else f"{duration(step.seconds_left)} left"
                words = f"{stage_words(step.stage)} {counted(step)}".strip()
                bars.update(task, description=words, completed=step.fraction, left=step.note or left)

            return follow(steps, show)

    def _with_lines(self, steps: Generator[Progress, None, Result]) -> Result:
        stage = ""

        def show(step: Progress) -> None:
            nonlocal stage
            if step.stage != stage:
                stage = step.stage
                left = "" if step.seconds_left is None else f" ({duration(step.seconds_left)} left)"
                self.note(f"{stage_words(stage)} ...{left}")

        return follow(steps, show)


def stage_words(stage: str) -> str:
    """A stage's name for people."""
    return STAGE_WORDS.get(stage, stage.capitalize())


def counted(step: Progress) -> str:
    """ "3/12", or megabytes of a download; nothing for a stage of one step."""
    if step.stage == "downloading":
        return f"{step.done / 1e6:.0f}/{step.total / 1e6:.0f} MB"
    return f"{step.done}/{step.total}" if step.total > 1 else ""


def duration(seconds: float) -> str:
    """A time for people: "8 s", "3 min", "1 h 20 min"."""
    if seconds < 60:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def size(size_bytes: int) -> str:
    """A size for people: "7 KB", "0.4 MB", "12 MB"."""
    if size_bytes < 100_000:
        return f"{size_bytes / 1e3:.0f} KB"
    megabytes = size_bytes / 1e6
    return f"{megabytes:.1f} MB" if megabytes < 10 else f"{megabytes:,.0f} MB"


def percent(share: float | None) -> str:
    """A share of 0 to 1 for people; "–" for None."""
    return "–" if share is None else f"{share:.0%}"
