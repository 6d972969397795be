"""The parent's side of viewing: asks a child of its own for pages as pixels, and outlives its crashes.

Imports no PyMuPDF. The child may be killed at any moment: the request ends in a named error, and the next one starts
another. It is not the reader's child, so that a page is drawn while another document is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..child import Child
from ..domain.errors import ChildDied, DamagedDocument, TooLarge, UnreadableInTime
from ..domain.steps import last
from . import viewing_host as host
from .drawn import Heading, Link, PageImage, PixelBox, ViewFacts
from .formats import check_file

GIB = 1 << 30


class DocumentViewer:
    """Draws documents in a killable child process. A context manager; for several threads.

    Every request names its file: the child keeps the last one open, and opens it again after a crash.
    `seconds_per_request` limits how long one may take; then the child is killed.
    """

    def __init__(
        self,
        *,
        memory_limit_bytes: int = 3 * GIB,
        seconds_to_open: float = 60.0,
        seconds_per_request: float = 20.0,
        max_size_bytes: int = GIB,
    ) -> None:
        self._seconds_to_open = seconds_to_open
        self._seconds_per_request = seconds_per_request
        self._max_size_bytes = max_size_bytes
        self._child = Child("page drawing", host.main, (memory_limit_bytes,))

    def open(self, path: Path, password: str = "") -> ViewFacts:
        """Opens the file and tells its pages.

        Raises MissingFile, NotReadable, NotADocument, EncryptedDocument, WrongPassword, DamagedDocument, TooLarge,
        UnreadableInTime, or ChildDied (opening it crashes the child, or something else killed it).
        """
        path = path.absolute()
        check_file(path, self._max_size_bytes)
        facts: ViewFacts = self._ask(host.ViewRequest(path, password), self._seconds_to_open, path.name)
        return facts

    def contents(self, path: Path, password: str = "") -> tuple[Heading, ...]:
        """The table of contents that the file brings, empty when there is none. Raises like `open`."""
        request = host.ContentsRequest(path.absolute(), password)
        found: tuple[Heading, ...] = self._ask(request, self._seconds_to_open, f"The table of contents of {path.name}")
        return found

    def render(
        self, path: Path, password: str, page: int, pixels_per_point: float, part: PixelBox | None = None
    ) -> PageImage:
        """The page (from 1), or `part` of it, at this scale. Raises like `open`; the error names the page."""
        request = host.DrawRequest(path.absolute(), password, page, pixels_per_point, part)
        image: PageImage = self._ask_for_page(request, page)
        return image

    def links(self, path: Path, password: str, page: int) -> tuple[Link, ...]:
        """The places on the page (from 1) that lead elsewhere. Raises like `render`."""
        found: tuple[Link, ...] = self._ask_for_page(host.LinksRequest(path.absolute(), password, page), page)
        return found

    def release(self) -> None:
        """Lets go of the open file, so that it can be deleted where open files cannot. Starts no child."""
        if self._child.process_id is not None:
            self._ask(host.ReleaseRequest(), self._seconds_per_request, "A file")

    def close(self) -> None:
        """Ends the child process; the viewer may still be used again."""
        self._child.close()

    @property
    def process_id(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.process_id

    def __enter__(self) -> DocumentViewer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _ask_for_page(self, request: host.DrawRequest | host.LinksRequest, page: int) -> Any:
        try:
            return self._ask(request, self._seconds_per_request, f"Page {page}")
        except (DamagedDocument, TooLarge) as error:
            if error.message.endswith("."):  # the file itself could not be opened again
                raise
            raise type(error)(f"Page {page} could not be drawn: {error.message}.") from None

    def _ask(self, request: host.Request, timeout_seconds: float, what: str) -> Any:
        try:
            return last(self._child.call(request, timeout_seconds=timeout_seconds))
        except ChildDied:
            raise ChildDied("The process that draws the pages has ended unexpectedly.", "Try again.") from None
        except TimeoutError:
            raise UnreadableInTime(f"{what} could not be drawn in {timeout_seconds:.0f} seconds.") from None
        except TooLarge:
            self._child.kill()  # what it allocated before it failed would weigh on the next request
            raise
