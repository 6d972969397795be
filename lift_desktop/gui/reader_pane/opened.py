"""The open document as the reader needs it: page sizes, labels, text, and where its words stand. No widgets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ...domain.models import Document, WordBox
from ...library import Library

Span = tuple[int, int]
"""Characters `start` to `end` of the document's text."""

PAGES_KEPT = 64
"""So many pages' word boxes stay in memory."""

USUAL_SIZE = (595.0, 842.0)
SAME_LINE_SHARE = 0.5
WORD_GAP = 2.0  # times the height of a word: further apart they are marked one by one


class Box(NamedTuple):
    """A rectangle in points on the displayed page."""

    x0: float
    y0: float
    x1: float
    y1: float


class OpenDocument:
    """What the library knows of the document; pages are read as they are needed."""

    def __init__(self, library: Library, document: Document) -> None:
        """Raises UnknownDocument."""
        self._library = library
        self.document = document
        self.path: Path = library.file(document.id)
        self.pages = library.pages(document.id)
        self.sizes = _mended([(page.width, page.height) for page in self.pages])
        self._starts = [page.start for page in self.pages]
        self._words: OrderedDict[int, tuple[WordBox, ...]] = OrderedDict()

    @property
    def page_count(self) -> int:
        return len(self.pages)

    @cached_property
    def text(self) -> str:
        """The document's whole text."""
        return self._library.text(self.document.id)

    @cached_property
    def usual_size(self) -> tuple[float, float]:
        """The size that most pages have, in points."""
        return Counter((round(width, 1), round(height, 1)) for width, height in self.sizes).most_common(1)[0][0]

    def use_sizes(self, sizes: Sequence[tuple[float, float]]) -> bool:
        """Takes the sizes that the file itself tells, where it has any; whether something changed."""
        if len(sizes) != len(self.sizes):
            return False
        told = [new if min(new) > 0 else old for new, old in zip(sizes, self.sizes, strict=True)]
        changed = any(
            abs(new[side] - old[side]) > 0.5 for new, old in zip(told, self.sizes, strict=True) for side in (0, 1)
        )
        if changed:
            self.sizes = told
            self.__dict__.pop("usual_size", None)
        return changed

    def page_text(self, number: int) -> str:
        page = self.pages[number - 1]
        return self.text[page.start : page.end]

    def words(self, number: int) -> tuple[WordBox, ...]:
        """The words of the page (from 1) in reading order."""
        words = self._words.get(number)
        if words is None:
            words = self._words[number] = self._library.page(self.document.id, number).words
        self._words.move_to_end(number)
        while len(self._words) > PAGES_KEPT:
            self._words.popitem(last=False)
        return words

    def page_at(self, position: int) -> int:
        """The number of the page on which the character stands."""
        return max(1, bisect_right(self._starts, position))

    def pages_of(self, span: Span) -> range:
        """The numbers of the pages that the span touches."""
        return range(self.page_at(span[0]), self.page_at(max(span[0], span[1] - 1)) + 1)

    def words_of(self, number: int, span: Span) -> tuple[WordBox, ...]:
        """The words of the page that the span touches."""
        words = self.words(number)
        first = bisect_right(words, span[0], key=lambda word: word.end)
        last = bisect_left(words, span[1], key=lambda word: word.start)
        return words[first:last]

    def boxes(self, number: int, span: Span) -> list[Box]:
        """What to mark on the page: the words that the span touches, neighbours on a line in one box."""
        return joined(Box(word.x0, word.y0, word.x1, word.y1) for word in self.words_of(number, span))

    def label(self, number: int) -> str:
        """What is printed on the page, "" when that is its number or nothing."""
        label = self.pages[number - 1].label
        return "" if label == str(number) else label

    def page_named(self, name: str) -> int | None:
        """The page that a user means by a number or a printed label; None when there is none."""
        name = name.strip().casefold()
        if name.isdecimal() and 1 <= int(name) <= self.page_count:
            return int(name)
        return next((page.number for page in self.pages if name and page.label.casefold() == name), None)


def joined(boxes: Iterable[Box]) -> list[Box]:
    """Neighbours on the same line (upright or turned) become one box."""
    found: list[Box] = []
    for box in boxes:
        if found and _continues(found[-1], box):
            last = found[-1]
            box = Box(min(last.x0, box.x0), min(last.y0, box.y0), max(last.x1, box.x1), max(last.y1, box.y1))
            found.pop()
        found.append(box)
    return found


def _continues(last: Box, box: Box) -> bool:
    """Whether `box` stands beside `last` on one line, or, for turned text, above or below it."""
    if all(place.y1 - place.y0 > place.x1 - place.x0 for place in (last, box)):
        below = max(box.y0 - last.y1, last.y0 - box.y1)
        return _share(last.x0, last.x1, box.x0, box.x1) >= SAME_LINE_SHARE and below <= WORD_GAP * (box.x1 - box.x0)
    beside = max(box.x0 - last.x1, last.x0 - box.x1)
    return _share(last.y0, last.y1, box.y0, box.y1) >= SAME_LINE_SHARE and beside <= WORD_GAP * (box.y1 - box.y0)


def _share(a0: float, a1: float, b0: float, b1: float) -> float:
    """How much two stretches overlap, as a share of the shorter one."""
    shorter = min(a1 - a0, b1 - b0)
    return (min(a1, b1) - max(a0, b0)) / shorter if shorter > 0 else 0.0


def _mended(sizes: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Pages that could not be read have no size: they get their neighbour's."""
    usual = next((size for size in sizes if min(size) > 0), USUAL_SIZE)
    mended = []
    for size in sizes:
        usual = size if min(size) > 0 else usual
        mended.append(usual)
    return mended
