"""PDFs that tests draw, and words to fill them with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymupdf

_WORD_LIST = """
    harbour winter ledger candle meadow signal timber orchard lantern village bridge copper letter station
    garden anchor pepper window market cotton saddle violin barrel feather
"""
WORDS = _WORD_LIST.split()


def prose(seed: int, words: int) -> str:
    """Sentences without meaning; different for each seed."""
    picked = [WORDS[(seed * 7 + n * n + n * (seed + 3)) % len(WORDS)] for n in range(words)]
    sentences = [" ".join(picked[n : n + 9]).capitalize() + "." for n in range(0, words, 9)]
    return " ".join(sentences)


def drawn(folder: Path, pages: int, draw: Callable[[pymupdf.Page, int], None]) -> Path:
    """A PDF whose pages (counted from 1) `draw` fills."""
    path = folder / "drawn.pdf"
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            draw(document.new_page(), number)
        document.save(path)
    return path


def box(page: pymupdf.Page, x0: float, y0: float, x1: float, y1: float, text: str) -> None:
    assert page.insert_textbox((x0, y0, x1, y1), text, fontsize=10) >= 0
