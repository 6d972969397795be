"""Finds words in a document's text as a reader means them: capitals, line ends and kinds of quotation marks do not
matter. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator

from .opened import Span

WINDOW_CHARACTERS = 100_000
"""So much text is looked at between two steps, so that the window's thread gets its turn."""

_ALIKE = ("'‘’‚‛`´", '"“”„‟«»', "-‐‑–—")


def pattern_of(query: str) -> re.Pattern[str] | None:
    """None for a query without words."""
    words = unicodedata.normalize("NFC", query).split()  # as the document's text is
    if not words:
        return None
    return re.compile(r"\s+".join("".join(map(_letter, word)) for word in words), re.IGNORECASE)


def find_all(text: str, query: str) -> Generator[None, None, list[Span]]:
    """All places of `query` in `text`, in order; they do not overlap. Yields between two stretches of text."""
    pattern = pattern_of(query)
    found: list[Span] = []
    if pattern is None:
        return found
    place, reach = 0, 4 * len(query) + 100
    while place < len(text):
        end = min(len(text), place + WINDOW_CHARACTERS)
        for match in pattern.finditer(text, place, min(len(text), end + reach)):
            if match.start() >= end:
                break
            found.append(match.span())
            place = match.end()
        place = max(place, end)
        yield
    return found


def excerpt(text: str, span: Span, before: int = 32, after: int = 64) -> tuple[str, str, str]:
    """What stands before, in and after a place, on one line, cut at words."""
    start, end = span
    left = " ".join(text[max(0, start - before) : start].split()) + (" " if text[start - 1 : start].isspace() else "")
    right = (" " if text[end : end + 1].isspace() else "") + " ".join(text[end : end + after].split())
    if start - before > 0:
        left = "…" + (left.partition(" ")[2] if " " in left.strip() else left)
    if end + after < len(text):
        right = (right.rpartition(" ")[0] if " " in right.strip() else right) + "…"
    return left, " ".join(text[start:end].split()), right


def _letter(letter: str) -> str:
    alike = next((group for group in _ALIKE if letter in group), None)
    return f"[{re.escape(alike)}]" if alike else re.escape(letter)
