"""Raw pages -> DocumentText: cleans words, joins lines, mends hyphens, and remembers where each word stands.

Pure; the order of reading comes from `columns` and `paragraphs`, what is left out from `margins`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..domain.models import DocumentText, Page, WordBox
from .columns import flows
from .margins import strip_margins
from .paragraphs import SENTENCE_END, Paragraph, paragraphs_of, starts_clause, usual_pitch_ratio
from .raw import FileFacts, RawLine, RawPage, RawWord, to_display
from .titles import author_of, title_of

SOFT_HYPHEN = "\u00ad"
HYPHENS = ("-", "\u2010", SOFT_HYPHEN)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BULLET = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\u2011": "-", "\u2010": "-"})
_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_TRANSLATION = _BULLET | {ord(key): value for key, value in _LIGATURES.items()}
_WORD = re.compile(r"\w+(?:-\w+)*")
_LAST_HALF = re.compile(r"(\w+(?:-\w+)*)-$")
_FIRST_HALF = re.compile(r"\w+(?:-\w+)*")


def lay_out(pages: Sequence[RawPage], facts: FileFacts, file_stem: str, warnings: Sequence[str] = ()) -> DocumentText:
    """The document's text in reading order, without running headers, footers and page numbers."""
    labels: dict[int, str] = {}
    stripped = list(pages)
    if not facts.reflowable:
        stripped, labels = strip_margins(pages)
    page_flows = [flows(page.lines) for page in stripped]
    pitch_ratio = usual_pitch_ratio([flow for all_flows in page_flows for flow in all_flows])
    paragraphs = [
        [paragraph for flow in all_flows for paragraph in paragraphs_of(flow, pitch_ratio)] for all_flows in page_flows
    ]
    writer = _Writer(_vocabulary(stripped))
    for page, on_page in zip(pages, paragraphs, strict=True):
        writer.add_page(page, on_page)
    return DocumentText(
        title=title_of(facts.title, [on_page for on_page in paragraphs if on_page][:2], file_stem),
        author=author_of(facts.author),
        text="".join(writer.pieces),
        pages=tuple(page.finished(labels) for page in writer.pages),
        warnings=tuple(warnings),
    )


def clean(text: str) -> str:
    """Expands ligatures, drops invisible characters, normalises spaces; keeps a soft hyphen at the end."""
    ends_soft = text.endswith(SOFT_HYPHEN)
    text = _INVISIBLE.sub("", text.translate(_TRANSLATION)).replace(SOFT_HYPHEN, "")
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return text + SOFT_HYPHEN if ends_soft and text else text


def _vocabulary(pages: Sequence[RawPage]) -> Counter[str]:
    """How often each word stands in the document, with its hyphens; halves at line ends do not count."""
    words: Counter[str] = Counter()
    for page in pages:
        for line in page.lines:
            for word in line.words[:-1] if line.words[-1].text.endswith(HYPHENS) else line.words:
                words.update(match.casefold() for match in _WORD.findall(clean(word.text)))
    return words


class Joint(StrEnum):
    """What becomes of a hyphen at the end of a line."""

    MENDED = "mended"  # agree-ment -> agreement
    KEPT = "kept"  # non-exclusive
    APART = "apart"  # short- and long-term


def joint(first: str, second: str, vocabulary: Counter[str]) -> Joint:
    """How `first`, which ends in a hyphen at the end of a line, goes together with `second` on the next line.

    The document itself decides where it can: it may hold the word elsewhere, with the hyphen or without.
    """
    halves = _LAST_HALF.search(first), _FIRST_HALF.match(second)
    if halves[0] is None or halves[1] is None or second in ("and", "or", "und", "oder", "to", "bis"):
        return Joint.APART
    left, right = halves[0][1], halves[1][0]
    if left[-1].isdigit() or right[0].isdigit() or (right[0].isupper() and not left.isupper()):
        return Joint.KEPT
    with_hyphen, without = vocabulary[f"{left}-{right}".casefold()], vocabulary[(left + right).casefold()]
    if with_hyphen or without:
        return Joint.KEPT if with_hyphen >= without else Joint.MENDED
    both_are_words = min(len(left), len(right)) >= 3 and vocabulary[left.casefold()] and vocabulary[right.casefold()]
    return Joint.KEPT if "-" in left or both_are_words else Joint.MENDED


@dataclass(slots=True)
class _WrittenPage:
    raw: RawPage
    start: int
    end: int
    words: list[WordBox] = field(default_factory=list)

    def finished(self, labels: Mapping[int, str]) -> Page:
        raw = self.raw
        label = raw.label or labels.get(raw.number, "")
        return Page(raw.number, label, self.start, self.end, raw.width, raw.height, tuple(self.words))


class _Writer:
    """Writes page after page into one text."""

    def __init__(self, vocabulary: Counter[str]) -> None:
        self.pieces: list[str] = []
        self.pages: list[_WrittenPage] = []
        self._length = 0
        self._vocabulary = vocabulary
        self._last_paragraph: Paragraph | None = None
        self._last_word: tuple[_WrittenPage, str] | None = None  # the word as drawn, with its line-end hyphen

    def add_page(self, raw: RawPage, paragraphs: Sequence[Paragraph]) -> None:
        page = _WrittenPage(raw, self._length, self._length)
        self.pages.append(page)
        for paragraph in paragraphs:
            separator = self._before(paragraph)
            for line in paragraph.lines:
                if self._add_line(page, line, separator):
                    separator = "\n" if paragraph.tabular else " "
                    self._last_paragraph = paragraph

    def _before(self, paragraph: Paragraph) -> str:
        before = self._last_paragraph
        if before is None:
            return ""
        if paragraph.leads and _goes_on(before, paragraph):
            return " "
        return "\n" if before.tabular and paragraph.tabular and paragraph.leads else "\n\n"

    def _add_line(self, page: _WrittenPage, line: RawLine, separator: str) -> bool:
        """Whether the line held any word."""
        words = [(text, word) for word in line.words if (text := clean(word.text))]
        for index, (text, word) in enumerate(words):
            if index == 0 and separator == " " and self._last_word is not None:
                separator = self._mend(text)
            self._add_word(page, text, word, separator)
            separator = " "
        return bool(words)

    def _mend(self, second: str) -> str:
        """Takes the hyphen off the last word where it must go; returns what stands before `second`."""
        assert self._last_word is not None
        page, first = self._last_word
        if not first.endswith(HYPHENS):
            return " "
        if first.endswith(SOFT_HYPHEN):
            return ""  # it was never written
        how = joint(first, second, self._vocabulary)
        if how is Joint.MENDED:
            self.pieces[-1] = self.pieces[-1][:-1]
            self._length -= 1
            page.end -= 1
            page.words[-1] = replace(page.words[-1], end=page.end)
        return " " if how is Joint.APART else ""

    def _add_word(self, page: _WrittenPage, text: str, word: RawWord, separator: str) -> None:
        start = self._length + len(separator)
        visible = text.removesuffix(SOFT_HYPHEN)
        self.pieces += (separator, visible)
        self._length = start + len(visible)
        if page.start == page.end:
            page.start = start
        page.end = self._length
        raw = page.raw
        box = to_display((word.x0, word.y0, word.x1, word.y1), raw.turn, raw.width, raw.height)
        page.words.append(WordBox(start, self._length, *(round(value, 2) for value in box)))
        self._last_word = (page, text)


def _goes_on(before: Paragraph, paragraph: Paragraph) -> bool:
    """Whether a paragraph that ended at the foot of a column or page goes on in the next one."""
    if before.tabular or paragraph.tabular or SENTENCE_END.search(before.text):
        return False
    if abs(before.size - paragraph.size) > 0.12 * max(before.size, paragraph.size) or starts_clause(paragraph.lines[0]):
        return False
    return paragraph.text[:1].islower() or (before.is_full and before.bold == paragraph.bold)
