"""Raised digits that touch a word: a footnote's mark or an exponent becomes a word of its own, so that "$1,500" with
the mark 2 is not read as "$1,5002".

Works on the tuples and dictionaries of PyMuPDF's text pages; does not know PyMuPDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any

MAX_SIZE = 0.85  # of the text beside it; browsers and MuPDF write .83
MIN_RISE = 0.1  # of that text's size, from its baseline

_DIGITS = re.compile(r"\s*\d+(?:,\d+)*\s*")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def without_raised(words: Iterable[Any], blocks: Iterable[Any]) -> list[Any]:
    """The words of `extractWORDS`; raised digits in them are words of their own, in superscript: "$1,500", "²".

    `blocks` are those of `extractDICT` of the same page. Raised digits that stand alone stay as they are.
    """
    marked = {}
    for block in blocks:
        for number, line in enumerate(block.get("lines", ())):
            if marks := _marks(line["spans"], line["dir"]):
                marked[block["number"], number] = _MarkedLine(line["spans"], marks)
    return [piece for word in words for piece in (marked[word[5:7]].pieces(word) if word[5:7] in marked else (word,))]


def _marks(spans: Sequence[Any], direction: tuple[float, float]) -> set[int]:
    """The indices of raised digits.

    MuPDF's own flag does not tell: it compares with the line's first letter, which may be raised itself.
    """
    found: set[int] = set()
    for index, span in enumerate(spans):
        if not _DIGITS.fullmatch(span["text"]):
            continue
        nearest_first = chain(range(index - 1, -1, -1), range(index + 1, len(spans)))
        beside = next((spans[n] for n in nearest_first if n not in found and spans[n]["text"].strip()), None)
        if beside is not None and _is_raised(span, beside, direction):
            found.add(index)
    return found


def _is_raised(span: Any, beside: Any, direction: tuple[float, float]) -> bool:
    x, y = (own - other for own, other in zip(span["origin"], beside["origin"], strict=True))
    rise = x * direction[1] - y * direction[0]
    size: float = beside["size"]
    return bool(span["size"] <= MAX_SIZE * size and rise >= MIN_RISE * size)


class _MarkedLine:
    """A line some of whose spans are raised digits. Takes its words from left to right."""

    def __init__(self, spans: Sequence[Any], marks: set[int]) -> None:
        self._spans = spans
        self._marks = marks
        self._text = "".join(span["text"] for span in spans)
        self._owners = [index for index, span in enumerate(spans) for _ in span["text"]]  # of each letter its span
        self._reached = 0

    def pieces(self, word: Any) -> list[Any]:
        start = self._text.find(word[4], self._reached)
        if start < 0:
            return [word]
        self._reached = end = start + len(word[4])
        cuts = [place for place in range(start + 1, end) if self._is_cut(place)]
        return [self._piece(word, *ends) for ends in pairwise((start, *cuts, end))] if cuts else [word]

    def _is_cut(self, place: int) -> bool:
        """Before raised digits, and after them where letters or digits follow: a full stop stays with them."""
        before, after = self._owners[place - 1] in self._marks, self._owners[place] in self._marks
        return not before if after else before and self._text[place].isalnum()

    def _piece(self, word: Any, start: int, end: int) -> Any:
        """The letters from `start` to `end`, with the part of the word's box that their spans cover."""
        owners = self._owners[start:end]
        text = "".join(
            letter.translate(_SUPERSCRIPT) if owner in self._marks else letter
            for letter, owner in zip(self._text[start:end], owners, strict=True)
        )
        boxes = [self._spans[owner]["bbox"] for owner in set(owners)]
        low = (max(word[axis], min(box[axis] for box in boxes)) for axis in (0, 1))
        high = (min(word[axis], max(box[axis] for box in boxes)) for axis in (2, 3))
        return *low, *high, text, *word[5:]
