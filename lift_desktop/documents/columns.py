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
MIN_GAP_LINES = 3  # between columns and what stands below both
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
    return [found for band, crosses in bands for found in ([(band, False)] if crosses else _parts(band, gutter))]


def _parts(band: list[RawLine], gutter: float) -> list[tuple[list[RawLine], bool]]:
    """A band without lines across the gutter, and whether it is prose; one that is not, but would be without what
    stands far below or above, such as footnotes, in its parts.
    """
    if _is_prose(band, gutter):
        return [(band, True)]
    cut = _widest_gap(band)
    parts = [] if cut is None else [(part, _is_prose(part, gutter)) for part in (band[:cut], band[cut:])]
    return parts if any(is_prose for _, is_prose in parts) else [(band, False)]


def _widest_gap(band: Sequence[RawLine]) -> int | None:
    """The index of the line, top to bottom, above which most of the page is blank; None without a wide gap."""
    bottom, widest, found = band[0].y1, MIN_GAP_LINES * median(line.height for line in band), None
    for index, line in enumerate(band):
        if line.y0 - bottom > widest:
            widest, found = line.y0 - bottom, index
        bottom = max(bottom, line.y1)
    return found


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
