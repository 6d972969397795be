"""What drawing hands to the window: plain records that cross the process border. Knows nothing of PyMuPDF."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewFacts:
    """What opening a file for viewing tells.

    `sizes` are (width, height) of the pages as displayed, in points; (0, 0) where a page is damaged. `labels` are the
    page labels that a PDF brings, "" elsewhere. `reflowable` books bring no pages of their own.
    """

    page_count: int
    sizes: tuple[tuple[float, float], ...]
    labels: tuple[str, ...]
    reflowable: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the document's own table of contents: `level` counts from 1, `page` too (0: leads nowhere)."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class PageImage:
    """Pixels of a page, or of a part of it: `height` rows of `stride` bytes, each pixel red, green, blue."""

    width: int
    height: int
    stride: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class PixelBox:
    """A part of a page in pixels of the scale it is drawn at, origin at the page's top left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Link:
    """A place on a page (points as displayed) that leads elsewhere: to `page` (from 1; `top` points below its upper
    edge), or, when `page` is 0, to `uri`.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    page: int = 0
    top: float = 0.0
    uri: str = ""
