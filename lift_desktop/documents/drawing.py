"""PyMuPDF -> pixels, links, contents of an open file, for the eye.

With `extraction`, the only module that imports pymupdf; runs in child processes alone.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pymupdf

from ..domain.errors import DamagedDocument, TooLarge
from .drawn import Heading, Link, PageImage, PixelBox, ViewFacts
from .extraction import OpenFile, named_errors

MAX_PIXELS = 64_000_000  # of one image; a page that needs more must be drawn in parts
MAX_HEADINGS = 20_000


class DrawnFile:
    """A file open for viewing. When one page raises, the others may still be drawn.

    Page numbers count from 1. Errors of a page are DamagedDocument or TooLarge with the reason alone.
    """

    def __init__(self, path: Path, password: str) -> None:
        """Raises what `OpenFile` does."""
        self._file = OpenFile(path, password)
        self._document: Any = self._file.document
        self._drawn: tuple[int, Any] | None = None  # the last page's number and what is on it

    def facts(self) -> ViewFacts:
        count = self._file.facts().page_count
        reflowable = bool(self._document.is_reflowable)
        if reflowable:  # all pages are alike, and each one would take its time
            rectangle = self._document[0].rect
            sizes = ((rectangle.width, rectangle.height),) * count
            return ViewFacts(count, sizes, ("",) * count, reflowable)
        sizes_and_labels = [self._size_and_label(number) for number in range(1, count + 1)]
        return ViewFacts(
            count,
            tuple(size for size, _ in sizes_and_labels),
            tuple(label for _, label in sizes_and_labels),
            reflowable,
        )

    def contents(self) -> tuple[Heading, ...]:
        """The table of contents that the file brings; empty when there is none or it is damaged."""
        try:
            with named_errors():
                found = self._document.get_toc(simple=True)[:MAX_HEADINGS]
        except (DamagedDocument, TooLarge):
            return ()
        return tuple(
            Heading(max(1, level), " ".join(str(title).split()), page if page > 0 else 0)
            for level, title, page in found
        )

    def draw(self, number: int, pixels_per_point: float, part: PixelBox | None) -> PageImage:
        """The page, or `part` of it, on white. What of `part` lies outside the page is left out."""
        with named_errors():
            shown = self._display_list(number)
            matrix = pymupdf.Matrix(pixels_per_point, pixels_per_point)
            whole = (shown.rect * matrix).irect
            wanted = whole if part is None else _rectangle(part) & whole
            if wanted.is_empty:
                raise DamagedDocument("there is nothing to draw")
            if wanted.width * wanted.height > MAX_PIXELS:
                raise TooLarge("it is too large to be drawn at once")
            pixels = shown.get_pixmap(matrix=matrix, clip=_inner(wanted, pixels_per_point))
            return PageImage(pixels.width, pixels.height, pixels.stride, bytes(pixels.samples_mv))

    def links(self, number: int) -> tuple[Link, ...]:
        """Where the page leads to; links to programs and other files are left out."""
        with named_errors():
            page = self._document[number - 1]
            found = [self._link(link) for link in page.get_links()]
        return tuple(link for link in found if link is not None)

    def close(self) -> None:
        self._drawn = None
        self._file.close()

    def _size_and_label(self, number: int) -> tuple[tuple[float, float], str]:
        try:
            with named_errors():
                page = self._document[number - 1]
                label = (page.get_label() or "") if self._document.is_pdf else ""
                return (page.rect.width, page.rect.height), label
        except (DamagedDocument, TooLarge):
            return (0.0, 0.0), ""

    def _display_list(self, number: int) -> Any:
        if self._drawn is None or self._drawn[0] != number:
            self._drawn = None
            self._drawn = (number, self._document[number - 1].get_displaylist())
        return self._drawn[1]

    def _link(self, link: dict[str, Any]) -> Link | None:
        box = link["from"]
        place = (box.x0, box.y0, box.x1, box.y1)
        if not box.is_valid or not all(map(math.isfinite, place)):
            return None
        if link["kind"] == pymupdf.LINK_URI and link.get("uri"):
            return Link(*place, uri=str(link["uri"]))
        page = int(link.get("page", -1))
        if link["kind"] not in (pymupdf.LINK_GOTO, pymupdf.LINK_NAMED) or not 0 <= page < len(self._document):
            return None
        target = link.get("to")
        top = float(target.y) if isinstance(target, pymupdf.Point) and math.isfinite(target.y) else 0.0
        return Link(*place, page=page + 1, top=max(0.0, top))


def _rectangle(part: PixelBox) -> Any:
    return pymupdf.IRect(part.x, part.y, part.x + part.width, part.y + part.height)


def _inner(pixels: Any, scale: float) -> Any:
    """The box in points whose edges, scaled, round to exactly these pixels."""
    quarter = 0.25
    return pymupdf.Rect(
        (pixels.x0 + quarter) / scale,
        (pixels.y0 + quarter) / scale,
        (pixels.x1 - quarter) / scale,
        (pixels.y1 - quarter) / scale,
    )
