"""The program's own log file, for finding bugs. Never holds a word of a document, a question or an answer.

Owns `<data>/logs`. An error is written as its type and the places in the program that it went through; its
message, which may quote a document, is left out.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import re
import sys
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from . import __version__

FILE_NAME = "lift-desktop.log"
MAX_SIZE_BYTES = 1_000_000
OLD_FILES = 2

_LOGGER = logging.getLogger("lift_desktop")
_PLACE = re.compile(r'^\s*File "[^"]*[/\\]([^/\\"]+[/\\][^/\\"]+)", line (\d+), in (\S+)', re.MULTILINE)
_KIND = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit))(?::|$)", re.MULTILINE)


class _LogFile(RotatingFileHandler):
    """The log matters less than what is logged: a disk that takes no more of it is nobody's trouble."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the library's name)
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what could not be written is tried once more
            super().close()


@contextlib.contextmanager
def logging_to(data_folder: Path) -> Iterator[Path]:
    """For the block, the program's log goes to a file in the data folder, whose path is given.

    Where no file can be written, or no more of it (a full or read-only disk), the program goes on without a log.
    """
    file = data_folder / "logs" / FILE_NAME
    handler: logging.Handler
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = _LogFile(file, maxBytes=MAX_SIZE_BYTES, backupCount=OLD_FILES, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False
    try:
        yield file
    finally:
        _LOGGER.removeHandler(handler)
        handler.close()


def log_start(command: str) -> None:
    """A line about this run: command and versions, no arguments."""
    _LOGGER.info("%s: version %s, Python %s, %s", command, __version__, platform.python_version(), platform.platform())


def log_event(event: str, **numbers: float | str) -> None:
    """A line about something that happened; `numbers` may be ids, states and figures, never text of a
    document.
    """
    _LOGGER.info("%s %s", event, " ".join(f"{name}={value}" for name, value in numbers.items()))


def log_error(error: BaseException) -> None:
    """An error's type and where it came from, in a child process too."""
    _LOGGER.error("%s", describe_error(error))


def describe_error(error: BaseException) -> str:
    """The types of an error and its causes, and their places in the program, without their messages."""
    lines = []
    current: BaseException | None = error
    while current is not None:
        trace = "".join(traceback.format_tb(current.__traceback__)) + str(current)  # a child's trace is a message
        places = [f"    {place[0]}:{place[1]} {place[2]}" for place in _PLACE.findall(trace)]
        lines += [f"{type(current).__name__}{_kind_in_child(current)}", *places]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


def _kind_in_child(error: BaseException) -> str:
    """The type of the error in a child process, whose trace is the message of `error`; "" for other errors."""
    if not isinstance(error, RuntimeError):
        return ""
    kinds = _KIND.findall(str(error))
    return f" ({kinds[-1]} in a child process)" if kinds else ""
