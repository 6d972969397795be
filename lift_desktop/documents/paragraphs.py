"""Lines -> paragraphs and table rows: where a paragraph begins, by spacing, indents, marks and looks.

Pure; knows only raw lines. What it gives is in reading order and still made of words with their boxes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from .margins import rows_of
from .raw import RawLine, line_of

CELL_GAP = 0.7  # of the font size, between two cells of a table row
INDENT = 0.8  # of the font size
FULL = 6  # words at least are on a full line, which ends at most so many font sizes before the right edge
WIDE_PITCH = 1.25  # of the usual distance between lines
SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
LIST_END = re.compile(r"[.!?:;,…][\"'”’»)\]]*$|[;,]\s+(and|or|und|oder)$")
BULLETS = frozenset("•◦▪■●○–—-*·‣➢\uf0b7\uf0a7")
CLAUSE = re.compile(
    r"^(?:\(?(?:[a-z]{1,2}|[ivx]{1,6}|[A-Z]|\d{1,3})\)"  # (a) (iv) 12)
    r"|\d{1,3}(?:\.\d{1,3})+\.?|\d{1,3}\.|[A-Z]\.|[IVX]{1,5}\."  # 1.2 3. A. IV.
    r"|§+|Art(?:icle|\.)|ARTICLE|Sec(?:tion|\.)|SECTION|Chapter|CHAPTER|Exhibit|EXHIBIT|Schedule|SCHEDULE"
    r"|Annex|ANNEX|Appendix|APPENDIX)$"
)
NAMED_CLAUSE = re.compile(r"^[A-Za-z]{3,}\.?$")


@dataclass(slots=True)
class Row:
    """What stands side by side: one line of prose, or the cells of a table row."""

    cells: list[RawLine]

    @property
    def line(self) -> RawLine:
        return line_of(
            (word for cell in self.cells for word in cell.words),
            max(self.cells, key=lambda cell: len(cell.text)).size,
            all(cell.bold for cell in self.cells),
        )


@dataclass(slots=True)
class Paragraph:
    """Lines that read as one. In a `tabular` one each line is a table row of its own."""

    lines: list[RawLine] = field(default_factory=list)
    tabular: bool = False
    is_full: bool = False  # its last line runs to the right edge, so it may go on elsewhere
    leads: bool = False  # the first of its column or page, so it may go on from elsewhere

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


def starts_clause(line: RawLine) -> bool:
    """A bullet, a number ("3.", "(a)", "1.2") or a name ("Section 4", "ARTICLE IV") begins the line."""
    first = line.words[0].text
    if first in BULLETS or first[0] in "•●▪■◦‣➢\uf0b7\uf0a7":
        return True
    if not CLAUSE.match(first):
        return False
    if NAMED_CLAUSE.match(first):
        return len(line.words) > 1 and bool(re.match(r"^(?:\d|[IVXLC]+\b|[A-Z]\b)", line.words[1].text))
    return True


def paragraphs_of(lines: Sequence[RawLine], pitch_ratio: float | None) -> list[Paragraph]:
    """The paragraphs of one flow (not empty). `pitch_ratio` is the document's `usual_pitch_ratio`."""
    rows = [Row(_joined_cells(row)) for row in rows_of(lines)]
    found = _Flow(rows, pitch_ratio).paragraphs()
    found[0].leads = True
    return found


def _joined_cells(row: Sequence[RawLine]) -> list[RawLine]:
    """Joins pieces of one row that are no wider apart than words in a justified line."""
    cells = [row[0]]
    for piece in row[1:]:
        previous = cells[-1]
        if piece.x0 - previous.x1 < CELL_GAP * max(previous.size, piece.size):
            look = max(previous, piece, key=lambda line: len(line.text))
            cells[-1] = line_of(previous.words + piece.words, look.size, previous.bold and piece.bold)
        else:
            cells.append(piece)
    if len(cells) == 2 and len(cells[0].words) <= 2 and starts_clause(cells[0]):  # "1.2      The text of it"
        cells = [line_of(cells[0].words + cells[1].words, cells[1].size, cells[0].bold and cells[1].bold)]
    return cells


def usual_pitch_ratio(flows: Sequence[Sequence[RawLine]]) -> float | None:
    """The median distance between neighbouring lines of one size over that size; None for too few lines.

    Counts below lines that are full: what follows a short line may be another paragraph.
    """
    ratios = []
    for flow in flows:
        rows = [Row(row).line for row in rows_of(flow)]
        right = max((line.x1 for line in rows), default=0.0)
        for above, below in pairwise(rows):
            is_full = above.x1 > right - FULL * above.size and len(above.words) >= FULL
            if is_full and above.size and abs(above.size - below.size) < 0.5 and below.y1 > above.y1:
                ratios.append(_pitch(above, below) / above.size)
    return median(ratios) if len(ratios) >= 4 else None


class _Flow:
    def __init__(self, rows: list[Row], pitch_ratio: float | None) -> None:
        self._rows = rows
        self._lines = [row.line for row in rows]
        own = usual_pitch_ratio([[cell for row in rows for cell in row.cells]]) if len(rows) > 8 else None
        known = [ratio for ratio in (own, pitch_ratio) if ratio is not None]
        self._pitch_ratio = min(known) if known else 1.35
        edges = sorted(line.x1 for line in self._lines if len(line.words) >= 4)
        self._right = edges[int(0.9 * (len(edges) - 1))] if edges else max(line.x1 for line in self._lines)
        self._left = min(line.x0 for line in self._lines)

    def paragraphs(self) -> list[Paragraph]:
        found: list[Paragraph] = []
        index = 0
        while index < len(self._rows):
            end = self._table_end(index)
            if end > index:
                found.append(Paragraph(self._table_rows(index, end), tabular=True))
                index = end
                continue
            if not found or found[-1].tabular or self._begins(index, found[-1]):
                found.append(Paragraph())
            line = self._lines[index]
            found[-1].lines.append(line)
            found[-1].is_full = len(self._rows) > 2 and line.x1 > self._right - 4 * line.size
            index += 1
        return found

    def _table_end(self, start: int) -> int:
        """The row after the table that begins at `start`; `start` itself when none does."""
        if len(self._rows[start].cells) < 2:
            return start
        cells = list(self._rows[start].cells)
        end = start + 1
        while end < len(self._rows):
            row = self._rows[end]
            if len(row.cells) < 2 and (self._is_wide(end) or not self._continues_cell(row.cells[0], cells)):
                break
            cells += row.cells
            end += 1
        return end

    def _continues_cell(self, piece: RawLine, cells: Sequence[RawLine]) -> bool:
        """`piece` stands under one cell of the table and under no more than that."""
        near = cells[-12:]
        above = [cell for cell in near if _overlap(piece, cell)]
        width = max(cell.x1 for cell in near) - min(cell.x0 for cell in near)
        in_line = any(abs(cell.x0 - piece.x0) < 2 * piece.size for cell in above)
        return in_line and piece.x1 - piece.x0 < 0.6 * width and piece.x0 > self._left + piece.size

    def _table_rows(self, start: int, end: int) -> list[RawLine]:
        """One line for each row of the table; cells of several lines are read one after another."""
        rows: list[list[RawLine]] = []
        for index in range(start, end):
            cells = self._rows[index].cells
            if rows and not self._is_wide(index) and _continues_row(cells, rows[-1]):
                for piece in cells:
                    _add_to_cell(rows[-1], piece)
            else:
                rows.append(list(cells))
        return [line_of((w for cell in row for w in cell.words), row[0].size, row[0].bold) for row in rows]

    def _is_wide(self, index: int) -> bool:
        """More space than usual above the row."""
        line, above = self._lines[index], self._lines[index - 1]
        size = max(line.size, above.size)
        return _pitch(above, line) > max(WIDE_PITCH * self._pitch_ratio * size, line.height)

    def _begins(self, index: int, paragraph: Paragraph) -> bool:
        """Whether the row begins a new paragraph after `paragraph`, which holds all rows just above it."""
        line, above = self._lines[index], self._lines[index - 1]
        if self._is_wide(index) or abs(line.size - above.size) > 0.12 * max(line.size, above.size):
            return True
        if above.text.endswith(("-", "\u2010", "\u00ad")):
            return False
        if line.bold != above.bold and self._ends_early(index):
            return True
        ended = SENTENCE_END.search(above.text) is not None
        if starts_clause(line) and (LIST_END.search(above.text) or self._ends_early(index)):
            return True
        if self._is_centred(line) and self._is_centred(above):
            return ended or above.text.isupper() != line.text.isupper() or starts_clause(above)
        goes_on_small = line.words[0].text[:1].islower() and not ended
        if self._is_indented(index, paragraph):
            return not goes_on_small
        return not goes_on_small and self._ends_early(index) and (ended or self._ends_very_early(index))

    def _ends_early(self, index: int) -> bool:
        """The row above had room for this row's first word."""
        line, above = self._lines[index], self._lines[index - 1]
        first = line.words[0]
        return above.x1 + (first.x1 - first.x0) + line.size < self._right

    def _ends_very_early(self, index: int) -> bool:
        above = self._lines[index - 1]
        return above.x1 - self._left < 0.75 * (self._right - self._left)

    def _is_centred(self, line: RawLine) -> bool:
        middle = (self._left + self._right) / 2
        return abs((line.x0 + line.x1) / 2 - middle) < 6 and line.x0 > self._left + line.size / 2

    def _is_indented(self, index: int, paragraph: Paragraph) -> bool:
        """It starts where no line of this paragraph would."""
        line, last = self._lines[index], paragraph.lines[-1]
        margin = INDENT * line.size
        if len(paragraph.lines) >= 2:
            return abs(line.x0 - last.x0) > margin
        if line.x0 > last.x0 + margin:
            return not _hangs(line.x0, last)
        if line.x0 < last.x0 - margin:  # the usual second line, unless the first one stands far to the right
            return last.x0 - self._left > 0.3 * (self._right - self._left)
        following = self._lines[index + 1] if index + 1 < len(self._lines) else line
        return following.x0 < line.x0 - margin and SENTENCE_END.search(last.text) is not None


def _pitch(above: RawLine, below: RawLine) -> float:
    """The distance between two lines in points; a tall letter makes a box taller, so the smaller one."""
    return min(below.y1 - above.y1, below.y0 - above.y0)


def _hangs(x0: float, first: RawLine) -> bool:
    """`x0` stands below the text that follows the first line's bullet or number."""
    return any(abs(word.x0 - x0) < 3 for word in first.words[1:4])


def _continues_row(cells: Sequence[RawLine], row: Sequence[RawLine]) -> bool:
    """`cells` are further lines of the row: the first column is missing, each is in line with one above."""
    if cells[0].x0 <= row[0].x0 + cells[0].size:
        return False
    return all(_in_line(piece, cell) for piece in cells for cell in row if _overlap(piece, cell))


def _overlap(piece: RawLine, cell: RawLine) -> bool:
    return cell.x0 < piece.x1 and piece.x0 < cell.x1


def _in_line(piece: RawLine, cell: RawLine) -> bool:
    """Both start, end or are centred at the same place."""
    near = piece.size / 2
    left, right = piece.x0 - cell.x0, piece.x1 - cell.x1
    return abs(left) < near or abs(right) < near or abs(left + right) / 2 < near


def _add_to_cell(cells: list[RawLine], piece: RawLine) -> None:
    """Adds a further line to the cell above it, or as a cell of its own where nothing is above."""
    for index, cell in enumerate(cells):
        if _overlap(piece, cell):
            cells[index] = line_of(cell.words + piece.words, cell.size, cell.bold and piece.bold)
            return
    cells.append(piece)
    cells.sort(key=lambda cell: cell.x0)
