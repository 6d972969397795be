"""The reading order of one page: which lines belong to one column of text, and which column comes first.

Pure; knows only raw lines. Columns of prose are told from the columns of a table, which is read row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from .margins import rows_of
from .raw import RawLine

MIN_COLUMN_LINES = 3
MIN_COLUMN_SHARE = 0.15  # of the width of the text
MIN_WORDS_PER_LINE = 3
MIN_LINE_SHARE = 0.55  # of the column's width, that most lines of prose fill
MIN_FILLED_SHARE = 0.45  # of the column's height, that lines of prose fill
MIN_LINES_BETWEEN_CUTS = 3.5  # rows of a table are cut off from each other more often
MAX_DEPTH = 3
MAX_GUTTERS = 12  # tried per page, the most frequent line starts first
TOLERANCE_POINTS = 2.0


def flows(lines: Sequence[RawLine], depth: int = 0) -> list[list[RawLine]]:
    """Splits a page's lines into stretches that are read one after another, each from top to bottom."""
    if depth == MAX_DEPTH or len(lines) < 2 * MIN_COLUMN_LINES:
        return [list(lines)] if lines else []
    gutter = _best_gutter(lines)
    if gutter is None:
        return [list(lines)]
    found: list[list[RawLine]] = []
    across: list[RawLine] = []
    for band, is_prose in _bands(lines, gutter):
        if is_prose:
            found += [across] if across else []
            across = []
            left = [line for line in band if line.x0 < gutter]
            right = [line for line in band if line.x0 >= gutter]
            found += flows(left, depth + 1) + flows(right, depth + 1)
        else:
            across += band
    return found + ([across] if across else [])


def _best_gutter(lines: Sequence[RawLine]) -> float | None:
    """The x just left of the right column that puts most lines into columns of prose, or None."""
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    width = x1 - x0
    starts = Counter(round(line.x0) for line in lines)
    best, best_count = None, 0
    for start, _ in starts.most_common(MAX_GUTTERS):
        gutter = start - TOLERANCE_POINTS
        if not x0 + MIN_COLUMN_SHARE * width <= gutter <= x1 - MIN_COLUMN_SHARE * width:
            continue
        count = sum(len(band) for band, is_prose in _bands(lines, gutter) if is_prose)
        if count > best_count:
            best, best_count = gutter, count
    return best


def _bands(lines: Sequence[RawLine], gutter: float) -> list[tuple[list[RawLine], bool]]:
    """Stretches from top to bottom, each either free of lines across the gutter or made of them."""
    bands: list[tuple[list[RawLine], bool]] = []
    for line in sorted(lines, key=lambda line: (line.y0, line.x0)):
        crosses = line.x0 < gutter < line.x1 - TOLERANCE_POINTS
        if not bands or bands[-1][1] != crosses:
            bands.append(([], crosses))
        bands[-1][0].append(line)
    return [(band, not crosses and _is_prose(band, gutter)) for band, crosses in bands]


def _is_prose(band: Sequence[RawLine], gutter: float) -> bool:
    """Columns of running text on both sides of the gutter."""
    sides = [line for line in band if line.x0 < gutter], [line for line in band if line.x0 >= gutter]
    return all(_is_column(side) for side in sides) and _lines_between_cuts(band, gutter) >= MIN_LINES_BETWEEN_CUTS


def _is_column(side: Sequence[RawLine]) -> bool:
    if len(side) < MIN_COLUMN_LINES:
        return False
    x0, x1 = min(line.x0 for line in side), max(line.x1 for line in side)
    y0, y1 = min(line.y0 for line in side), max(line.y1 for line in side)
    return (
        median(len(line.words) for line in side) >= MIN_WORDS_PER_LINE
        and median(line.x1 - line.x0 for line in side) >= MIN_LINE_SHARE * (x1 - x0)
        and sum(line.height for line in side) >= MIN_FILLED_SHARE * (y1 - y0)
    )


def _lines_between_cuts(band: Sequence[RawLine], gutter: float) -> float:
    """How many lines a column has on average between two gaps that go through both columns."""
    pieces, bottom = 0, float("-inf")
    usual = median(line.height for line in band)
    for line in sorted(band, key=lambda line: line.y0):
        if line.y0 - bottom > 0.5 * usual:
            pieces += 1
        bottom = max(bottom, line.y1)
    left = [line for line in band if line.x0 < gutter]
    longer = max(len(rows_of(left)), len(rows_of(line for line in band if line.x0 >= gutter)))
    return longer / pieces
