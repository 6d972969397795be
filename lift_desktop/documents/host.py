"""The child process that reads documents: what may be asked of it, and its main function.

Imports PyMuPDF only when the handler is made, so that the parent may import this module.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from ..child import Handler, limit_memory, serve
from ..domain.errors import DamagedDocument, TooLarge
from .kept_file import KeptFile
from .raw import FileFacts, RawPage


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Opens the file as it is now; the result is its FileFacts."""

    path: Path
    password: str


@dataclass(frozen=True, slots=True)
class PagesRequest:
    """Reads pages `first` to `last` (both counted from 1, both read) of the file.

    Yields a RawPage or a FailedPage for each, in order: when the process dies, the first page that is missing
    did it.
    """

    path: Path
    password: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ReadyRequest:
    """Asks for nothing: an answer tells that the process runs and PyMuPDF is there."""


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be read; the error's message is the reason alone, without a full stop."""

    number: int
    error: DamagedDocument | TooLarge


class Reader:
    """The child's handler. Keeps the last file open between the requests for its pages."""

    def __init__(self) -> None:
        from .extraction import OpenFile

        self._kept = KeptFile(OpenFile)

    def handle(
        self, request: OpenRequest | PagesRequest | ReadyRequest
    ) -> Generator[RawPage | FailedPage, None, FileFacts | None]:
        """Raises the errors of `KeptFile` and `OpenFile`."""
        if isinstance(request, ReadyRequest):
            return None
        if isinstance(request, OpenRequest):
            self._kept.close()  # what is at its path may have changed since
            return self._kept.get(request.path, request.password).facts()
        file = self._kept.get(request.path, request.password)
        for number in range(request.first, request.last + 1):
            try:
                yield file.read_page(number)
            except (DamagedDocument, TooLarge) as error:
                yield FailedPage(number, error)
        if request.last == file.facts().page_count:
            self._kept.close()  # on Windows no program can replace a file that is open
        return None


def main(connection: Connection, memory_limit_bytes: int) -> None:
    """The child's main function: serves the requests above until the pipe closes."""
    limit_memory(memory_limit_bytes)
    serve(connection, _make_handler)


def _make_handler() -> Handler:
    return Reader().handle
