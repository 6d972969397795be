"""Running headers, footers and page numbers: what repeats at the edges of pages is no part of the text.

What stands in the middle of pages, or is most of the document, is text however often it repeats: a form has the same
lines on each page. Pure; knows only raw pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .raw import RawLine, RawPage

EDGE_ROWS = 4  # so many rows at the top and at the bottom of a page may belong to its margin
MAX_CELLS = 3  # left, middle and right; rows of more are tables
EDGE_SHARE = 0.15  # of the page's height, at the top and at the bottom: where words that do not count pages may be
MAX_SHARE = 0.5  # of the document's letters; when more than that repeats, it is what the document says
SAME_PLACE_POINTS = 12.0
NEAR_PAGES = 2  # left and right pages may have different headers
HEADING_SIZE = 1.15  # times the text's; no page number is set so large
MIN_REPEATS = 3
MAX_PASSES = 4

_PAGE_NUMBER = re.compile(
    r"^(?!\W*§)[\W_]*(?:page\s+|seite\s+|p\.\s*)?(?P<prefix>[a-z]{1,2}[-–.]?)?"
    r"(?P<value>\d{1,4}|(?<![a-z])[ivxlc]{1,7})(?:\s*(?:of|/|von)\s*\d{1,4})?[\W_]*$",
    re.IGNORECASE,
)
_NUMBERED_PART = re.compile(
    r"\b(?:schedule|annex|appendix|exhibit|attachment|article|section|chapter|part|clause"
    r"|anlage|anhang|artikel|abschnitt|kapitel|teil)\s+\d+(?:\.\d+)*",
    re.IGNORECASE,
)  # it counts the document's parts, not its pages
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class _EdgeRow:
    """A row near an edge of page `page` (index); `depth` counts rows from that edge, from 0."""

    page: int
    row: int
    edge: str
    depth: int
    text: str
    x_middle: float
    y: float
    size: float


def rows_of(lines: Iterable[RawLine]) -> list[list[RawLine]]:
    """Groups lines that stand side by side into rows, top to bottom; each row from left to right."""
    rows: list[list[RawLine]] = []
    for line in sorted(lines, key=lambda line: (line.y0 + line.y1, line.x0)):
        for row in reversed(rows[-3:]):
            if _side_by_side(row[0], line):
                row.append(line)
                break
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.x0)
    rows.sort(key=lambda row: min(line.y0 for line in row))
    return rows


def _side_by_side(first: RawLine, second: RawLine) -> bool:
    """They overlap by half their height and are of one kind (a drop cap is in no row with its text)."""
    low, high = sorted((first.height, second.height))
    overlap = min(first.y1, second.y1) - max(first.y0, second.y0)
    return overlap >= 0.5 * low and high <= 2.2 * low


def strip_margins(pages: Sequence[RawPage]) -> tuple[list[RawPage], dict[int, str]]:
    """The pages without their margins, and the page numbers printed there (page number -> label)."""
    rows = [rows_of(page.lines) for page in pages]
    pages_are_alike = _repeated_share(rows) > MAX_SHARE
    largest = HEADING_SIZE * median([line.size for page in pages for line in page.lines] or [0.0])
    labels: dict[int, str] = {}
    for _ in range(MAX_PASSES):  # margins that float with the end of the text show when those outside are gone
        edges = _edge_rows(pages, rows)
        dropped = set() if pages_are_alike else _repeated(edges, pages)
        numbers = _page_numbers([edge for edge in edges if (edge.page, edge.row) not in dropped], largest)
        for edge in edges:
            place = (edge.page, edge.row)
            if label := numbers.get(place) or (_number_in(edge.text) if place in dropped else ""):
                labels.setdefault(pages[edge.page].number, label)
        gone = dropped | numbers.keys()
        if not gone:
            break
        rows = [[row for n, row in enumerate(on) if (page, n) not in gone] for page, on in enumerate(rows)]
    stripped = [page.with_lines(line for row in on for line in row) for page, on in zip(pages, rows, strict=True)]
    return stripped, labels


def _repeated_share(rows: Sequence[Sequence[Sequence[RawLine]]]) -> float:
    """The share of all letters (0 to 1) in rows that stand on several pages, whatever their numbers."""
    letters: Counter[str] = Counter()
    on_pages: Counter[str] = Counter()
    for page_rows in rows:
        texts = [re.sub(r"\d+", "#", _text(row).casefold()) for row in page_rows]
        on_pages.update(set(texts))
        for text in texts:
            letters[text] += sum(character.isalpha() for character in text)
    several = max(2, min(MIN_REPEATS, len(rows)))
    repeated = sum(count for text, count in letters.items() if on_pages[text] >= several)
    return repeated / max(1, letters.total())


def _text(row: Iterable[RawLine]) -> str:
    return " ".join(line.text for line in row)


def _edge_rows(pages: Sequence[RawPage], rows: Sequence[Sequence[Sequence[RawLine]]]) -> list[_EdgeRow]:
    found = []
    for index, page_rows in enumerate(rows):
        count = len(page_rows)
        for number, row in enumerate(page_rows):
            depth, edge = min((number, "top"), (count - 1 - number, "bottom"))
            if depth < EDGE_ROWS and len(row) <= MAX_CELLS:
                middle = (row[0].x0 + row[-1].x1) / 2
                found.append(_EdgeRow(index, number, edge, depth, _text(row), middle, row[0].y0, row[0].size))
    return found


def _repeated(edges: Sequence[_EdgeRow], pages: Sequence[RawPage]) -> set[tuple[int, int]]:
    """Rows with letters that repeat word for word near the page's edge, or in all but a number that counts pages."""
    exact, masked = defaultdict(list), defaultdict(list)
    for edge in edges:
        text = edge.text.casefold()
        if sum(character.isalpha() for character in text) >= 3:
            if _in_margin(edge, pages, EDGE_SHARE):
                exact[edge.edge, text].append(edge)
            masked[edge.edge, re.sub(r"\d+", "#", text)].append(edge)
    found: set[tuple[int, int]] = set()
    for group in exact.values():
        found |= _running(group, pages)
    for group in masked.values():
        counting = defaultdict(list)
        for edge in group:
            for value in re.findall(r"\d+", _NUMBERED_PART.sub("", edge.text)):
                if len(value) <= 4:
                    counting[int(value) - edge.page].append(edge)
        for same_offset in counting.values():
            found |= _running(same_offset, pages)
    return found


def _running(group: Sequence[_EdgeRow], pages: Sequence[RawPage]) -> set[tuple[int, int]]:
    """The rows of `group` when it recurs at one place on pages close to each other, else none."""
    level = median(edge.y for edge in group)
    for placed in (
        [edge for edge in group if abs(edge.y - level) <= SAME_PLACE_POINTS],
        [edge for edge in group if edge.depth == 0],
    ):
        near = [pair for pair in pairwise(sorted({edge.page for edge in placed})) if pair[1] - pair[0] <= NEAR_PAGES]
        count = len({page for pair in near for page in pair})
        if count >= MIN_REPEATS or (count == len(pages) == 2 and all(_is_outermost(edge, pages) for edge in placed)):
            return {(edge.page, edge.row) for edge in placed}
    return set()


def _is_outermost(edge: _EdgeRow, pages: Sequence[RawPage]) -> bool:
    return edge.depth == 0 and _in_margin(edge, pages, 0.1)


def _in_margin(edge: _EdgeRow, pages: Sequence[RawPage], share: float) -> bool:
    """Whether the row begins in this share of the page's height at the top or at the bottom."""
    height = pages[edge.page].reading_height
    return edge.y < share * height or edge.y > (1 - share) * height


def _page_numbers(edges: Sequence[_EdgeRow], largest: float) -> dict[tuple[int, int], str]:
    """(page index, row) -> printed number: outermost rows that are one number, which counts the pages.

    What is set in a larger size than `largest` (points) is a heading: a year, or the number of a chapter.
    """
    outermost: dict[tuple[int, str], _EdgeRow] = {}
    for edge in edges:
        key = (edge.page, edge.edge)
        if key not in outermost or edge.depth < outermost[key].depth:
            outermost[key] = edge
    small = (edge for edge in outermost.values() if edge.size <= largest)
    candidates = [(edge, match) for edge in small if (match := _PAGE_NUMBER.match(edge.text))]
    series = defaultdict(list)
    for edge, match in candidates:
        prefix, value = (match["prefix"] or "").casefold(), match["value"]
        series[edge.edge, prefix, value.isdigit(), _value(value) - edge.page].append((edge, match))
    found: dict[tuple[int, int], str] = {}
    middles: list[tuple[str, float]] = []
    for group in series.values():
        if len({edge.page for edge, _ in group}) >= 2:
            found |= {(edge.page, edge.row): _label(match) for edge, match in group}
            middles += [(edge.edge, edge.x_middle) for edge, _ in group]
    if len(found) >= MIN_REPEATS:  # then a lone number at the same place is one as well
        for edge, match in candidates:
            if any(side == edge.edge and abs(x - edge.x_middle) <= SAME_PLACE_POINTS for side, x in middles):
                found.setdefault((edge.page, edge.row), _label(match))
    return found


def _label(match: re.Match[str]) -> str:
    return (match["prefix"] or "") + match["value"]


def _value(text: str) -> int:
    if text.isdigit():
        return int(text)
    values = [_ROMAN[letter] for letter in text.casefold()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def _number_in(text: str) -> str:
    """The page number in a running header or footer ("12  The Whale", "Chapter 2, page 3"), "" without one."""
    text = _NUMBERED_PART.sub("", text)
    match = re.search(r"\bpage\s+(\d{1,4})\b", text, re.IGNORECASE) or re.search(r"^(\d{1,4})\s|\s(\d{1,4})$", text)
    return next((value for value in match.groups() if value), "") if match else ""
