"""What extraction hands to layout: words and lines as the file draws them, before any reading order.

Plain records that cross the process border. Knows nothing of PyMuPDF, and nothing of paragraphs or passages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RawWord:
    """A word and its box in points, in reading coordinates: x along the line, y down the page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class RawLine:
    """A stretch of words on one line, never empty; wide gaps split what looks like one line into several.

    `size` is the font size of most of its letters in points; `bold` says that all of them are bold.
    """

    words: tuple[RawWord, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def line_of(words: Iterable[RawWord], size: float, bold: bool) -> RawLine:
    """A line around `words` (at least one)."""
    words = tuple(words)
    return RawLine(
        words,
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
        size,
        bold,
    )


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page. `width` and `height` are points as displayed; `drawn`: there is something to see on it.

    `turn` (0, 90, 180 or 270 degrees clockwise) says how most of the text lies on the displayed page;
    the lines' coordinates are already turned upright.
    """

    number: int
    label: str
    width: float
    height: float
    lines: tuple[RawLine, ...]
    turn: int = 0
    drawn: bool = True

    @property
    def reading_height(self) -> float:
        return self.width if self.turn in (90, 270) else self.height

    def with_lines(self, lines: Iterable[RawLine]) -> RawPage:
        return replace(self, lines=tuple(lines))


Box = tuple[float, float, float, float]


def to_reading(box: Box, turn: int, width: float, height: float) -> Box:
    """Turns a box of the displayed page (`width` x `height` points) upright, for text at `turn` degrees."""
    x0, y0, x1, y1 = box
    if turn == 90:
        return y0, width - x1, y1, width - x0
    if turn == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 270:
        return height - y1, x0, height - y0, x1
    return box


def to_display(box: Box, turn: int, width: float, height: float) -> Box:
    """The inverse of `to_reading`."""
    x0, y0, x1, y1 = box
    if turn == 90:
        return width - y1, x0, width - y0, x1
    if turn == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 270:
        return y0, height - x1, y1, height - x0
    return box


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What opening a file tells. `reflowable` files bring no pages, so no running headers either; `enclosed` counts
    the files of a PDF portfolio, which are no pages of it.
    """

    page_count: int
    title: str
    author: str
    reflowable: bool
    enclosed: int = 0
