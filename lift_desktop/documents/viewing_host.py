"""The child process that draws pages: what may be asked of it, and its main function.

Imports PyMuPDF only when the handler is made, so that the parent may import this module.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..child import Handler, limit_memory, serve
from .drawn import PixelBox
from .kept_file import KeptFile


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """Opens the file; the result is its ViewFacts."""

    path: Path
    password: str


@dataclass(frozen=True, slots=True)
class ContentsRequest:
    """The result is a tuple of Heading."""

    path: Path
    password: str


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """The result is a PageImage of the page (from 1) or of `part` of it."""

    path: Path
    password: str
    page: int
    pixels_per_point: float
    part: PixelBox | None


@dataclass(frozen=True, slots=True)
class LinksRequest:
    """The result is a tuple of Link."""

    path: Path
    password: str
    page: int


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """Closes the file that is open, if any."""


Request = ViewRequest | ContentsRequest | DrawRequest | LinksRequest | ReleaseRequest


class Viewer:
    """The child's handler. Keeps the last file open between requests."""

    def __init__(self) -> None:
        from .drawing import DrawnFile

        self._kept = KeptFile(DrawnFile)

    def handle(self, request: Request) -> Generator[Any, None, Any]:
        """Raises the errors of `KeptFile` and `DrawnFile`."""
        if isinstance(request, ReleaseRequest):
            return self._kept.close()
        file = self._kept.get(request.path, request.password)
        match request:
            case ViewRequest():
                return file.facts()
            case ContentsRequest():
                return file.contents()
            case LinksRequest():
                return file.links(request.page)
            case DrawRequest():
                return file.draw(request.page, request.pixels_per_point, request.part)
        yield  # never reached: a handler is a generator


def main(connection: Connection, memory_limit_bytes: int) -> None:
    """The child's main function: serves Requests until the pipe closes."""
    limit_memory(memory_limit_bytes)
    serve(connection, _make_handler)


def _make_handler() -> Handler:
    return Viewer().handle
