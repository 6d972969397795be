"""The parent's side of reading: asks the child for pages, outlives its crashes, names the page that did it.

Imports no PyMuPDF. The child may be killed at any moment; nothing but the open file is lost with it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..child import Child
from ..domain.errors import ChildDied, DamagedDocument, DocumentError, NoText, TooLarge, UnreadableInTime
from ..domain.messages import Progress
from ..domain.models import DocumentText
from ..domain.steps import last
from . import host
from .formats import check_file
from .layout import lay_out
from .raw import FileFacts, RawPage

GIB = 1 << 30
PAGES_PER_REQUEST = 20
MAX_LOST_PAGES = 20  # pages that kill or stall the child; each one costs a restart or the whole time limit
MAX_STALLED_PAGES = 3
MAX_LISTED_PAGES = 20


@dataclass(slots=True)
class _Reading:
    """What is known of a document so far."""

    path: Path
    password: str
    facts: FileFacts
    pages: dict[int, RawPage] = field(default_factory=dict)
    failed: dict[int, DocumentError] = field(default_factory=dict)  # the messages are reasons alone
    crashed: int = 0  # the page at which the child died last; it may have been killed for another reason
    lost: int = 0
    stalled: int = 0

    @property
    def next_page(self) -> int:
        return len(self.pages) + len(self.failed) + 1


class DocumentReader:
    """Reads documents in a killable child process. A context manager; one `read` at a time.

    `seconds_per_request` limits how long the child may be silent: opening the file, and each page.
    """

    def __init__(
        self,
        *,
        memory_limit_bytes: int = 3 * GIB,
        seconds_per_request: float = 60.0,
        max_pages: int = 5000,
        max_size_bytes: int = GIB,
    ) -> None:
        self._seconds_per_request = seconds_per_request
        self._max_pages = max_pages
        self._max_size_bytes = max_size_bytes
        self._child = Child("document reader", host.main, (memory_limit_bytes,))

    def read(self, path: Path, password: str = "") -> Generator[Progress, None, DocumentText]:
        """Yields Progress (stage "reading", in pages) and returns the document's text.

        Pages that cannot be read, and scanned ones, become warnings. Raises MissingFile, NotReadable,
        NotADocument, EncryptedDocument, WrongPassword, DamagedDocument, NoText, TooLarge, UnreadableInTime, or
        ChildDied when no file can be read.
        """
        path = path.absolute()
        check_file(path, self._max_size_bytes)
        facts = self._open(path, password)
        if facts.page_count > self._max_pages:
            raise TooLarge(f"{path.name} has {facts.page_count:,} pages; the limit is {self._max_pages:,}.")
        reading = _Reading(path, password, facts)
        while reading.next_page <= facts.page_count:
            yield from self._read_some(reading)
        return _finish(reading)

    def check(self, path: Path) -> None:
        """A first look that starts nothing.

        Raises MissingFile, NotReadable, DamagedDocument (zero bytes) or TooLarge.
        """
        check_file(path.absolute(), self._max_size_bytes)

    def close(self) -> None:
        """Ends the child process; the reader may still be used again."""
        self._child.close()

    @property
    def process_id(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.process_id

    def __enter__(self) -> DocumentReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open(self, path: Path, password: str) -> FileFacts:
        """The file's facts. An opening that kills the child is tried once more: something else may have killed
        it, even before this file. A child that dies without a file, too, is no fault of this one.
        """
        with suppress(ChildDied):
            return self._open_once(path, password)
        try:
            return self._open_once(path, password)
        except ChildDied:
            self._check_ready(path)
            raise DamagedDocument(f"{path.name} is damaged: opening it crashes the PDF engine.") from None

    def _check_ready(self, path: Path) -> None:
        try:
            last(self._child.call(host.ReadyRequest(), timeout_seconds=self._seconds_per_request))
        except ChildDied as error:
            raise ChildDied(
                f"{path.name} could not be read: the process that reads documents does not start.",
                "Start LIFT Desktop again; if that does not help, install it anew. The file is not to blame.",
            ) from error

    def _open_once(self, path: Path, password: str) -> FileFacts:
        request = host.OpenRequest(path, password)
        try:
            facts: FileFacts = last(self._child.call(request, timeout_seconds=self._seconds_per_request))
        except TooLarge:
            self._child.kill()  # what it allocated before it failed would weigh on the next file
            raise
        except TimeoutError:
            raise UnreadableInTime(
                f"{path.name} could not be opened in {self._seconds_per_request:.0f} seconds."
            ) from None
        return facts

    def _read_some(self, reading: _Reading) -> Generator[Progress, None, None]:
        """One request of some pages; when it ends before its time, the first missing page is the culprit.

        One that kills the child is tried once more: something else may have killed it.
        """
        first = reading.next_page
        final = min(first + PAGES_PER_REQUEST - 1, reading.facts.page_count)
        request = host.PagesRequest(reading.path, reading.password, first, final)
        try:
            with closing(self._child.call(request, timeout_seconds=self._seconds_per_request)) as results:
                for result in results:
                    if isinstance(result, RawPage):
                        reading.pages[result.number] = result
                    elif isinstance(result.error, TooLarge):
                        self._lose(reading, result.error)
                        break
                    else:
                        reading.failed[result.number] = result.error
                    yield _progress(reading)
        except ChildDied:
            if reading.crashed == reading.next_page <= final:
                self._lose(reading, DamagedDocument("it crashes the PDF engine"))
            reading.crashed = reading.next_page
        except TimeoutError:
            if reading.next_page <= final:
                reading.stalled += 1
                seconds = f"{self._seconds_per_request:.0f} seconds"
                self._lose(reading, UnreadableInTime(f"it takes more than {seconds}"))
        yield _progress(reading)

    def _lose(self, reading: _Reading, error: DocumentError) -> None:
        """Ends the child for a page that cost it, or its memory; gives up when there are too many."""
        self._child.kill()
        reading.failed[reading.next_page] = error
        reading.lost += 1
        if reading.lost >= MAX_LOST_PAGES or reading.stalled >= MAX_STALLED_PAGES:
            raise type(error)(
                f"{reading.path.name} could not be read: {len(reading.failed)} of its first "
                f"{reading.next_page - 1} pages failed, the last one because {error.message}."
            )


def _progress(reading: _Reading) -> Progress:
    done, total = reading.next_page - 1, reading.facts.page_count
    return Progress("reading", done, total, done / total)


def _finish(reading: _Reading) -> DocumentText:
    name, total = reading.path.name, reading.facts.page_count
    blank = [number for number, page in reading.pages.items() if not page.lines]
    if len(blank) + len(reading.failed) == total:
        for error in reading.failed.values():
            raise type(error)(f"{name} could not be read: {error.message}.")
        raise NoText(f"{name} has no text on {total} of {total} pages.")
    warnings = [f"Page {number} could not be read: {error.message}." for number, error in reading.failed.items()]
    scanned = [str(number) for number in blank if reading.pages[number].drawn]
    if scanned:
        listed = scanned[:MAX_LISTED_PAGES] + ["..."] * (len(scanned) > MAX_LISTED_PAGES)
        warnings.append(f"No text on {len(scanned)} of {total} pages (scanned?): {', '.join(listed)}")
    if enclosed := reading.facts.enclosed:
        warnings.append(f"This is a portfolio; its files ({enclosed}) were not read. Save them, and add each of them.")
    failed = {number: RawPage(number, "", 0.0, 0.0, ()) for number in reading.failed}
    pages = [page for _, page in sorted((reading.pages | failed).items())]
    document = lay_out(pages, reading.facts, reading.path.stem, warnings)
    if not document.text:  # nothing but invisible characters
        raise NoText(f"{name} has no text on {total} of {total} pages.")
    return document
