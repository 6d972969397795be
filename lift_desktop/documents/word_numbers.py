"""The numbers that Word writes before paragraphs ("1.", "1.1", "(a)"), which a DOCX file does not hold as text.

Knows only the parts of the file. Numbers in words ("First") are written in digits.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from .word_parts import Styles, value_of

LARGEST_ROMAN = 3999
LARGEST_LETTERS = 780  # thirty times z
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_AFTER = {"space": " ", "nothing": ""}
_IN_DIGITS = ("decimal", "decimalZero", "ordinal")


class Numbers:
    """Counts the numbered paragraphs of one document, which are asked for in their order."""

    def __init__(self, numbering: Element, styles: Styles) -> None:
        self._styles = styles
        self._lists = {found.get("abstractNumId"): found for found in numbering.iter("abstractNum")}
        self._uses = {found.get("numId"): found for found in numbering.iter("num")}
        self._counts: dict[str, dict[int, int]] = {}  # list -> level -> the last number
        self._begun: set[tuple[str, int]] = set()

    def next(self, paragraph: Element) -> str:
        """What stands before the paragraph, with the blank that follows; "" when it has no number."""
        use_id, level = self._place(paragraph)
        if (use := self._uses.get(use_id)) is None:
            return ""
        list_id, found = self._list(use)
        levels = _levels(found, use)
        if level is None:
            style = self._styles.of_paragraph(paragraph)
            level = next((n for n, rules in levels.items() if value_of(rules, "pStyle") == style), 0)
        if level not in levels:
            return ""
        counts = self._counts.setdefault(list_id, {})
        if (use_id, level) not in self._begun and _restart(use, level) is not None:
            counts.pop(level, None)
        self._begun.add((use_id, level))
        counts[level] = counts[level] + 1 if level in counts else _start(use, levels, level)
        for deeper in [n for n in counts if n > level and _begins_anew(levels.get(n), level)]:
            del counts[deeper]
        for above in range(level):
            counts.setdefault(above, _start(use, levels, above))
        text = _text(levels, level, counts)
        return text + _AFTER.get(value_of(levels[level], "suff") or "", " ") if text else ""

    def _place(self, paragraph: Element) -> tuple[str, int | None]:
        """How the paragraph is numbered, and on which level (from 0); None when its style's place in the list tells."""
        styles = self._styles.chain(self._styles.of_paragraph(paragraph))
        sources = [paragraph.find("pPr/numPr"), *(style.find("pPr/numPr") for style in styles)]
        uses = (use for source in sources if (use := value_of(source, "numId")) is not None)
        levels = (level for source in sources if (level := value_of(source, "ilvl")) is not None)
        level = next(levels, None)
        return next(uses, ""), None if level is None else int(level)

    def _list(self, use: Element) -> tuple[str, Element]:
        """The identifier and the rules of the list; some name a style, whose list it is."""
        list_id = value_of(use, "abstractNumId") or ""
        found = self._lists.get(list_id, use)
        if (style := value_of(found, "numStyleLink")) is not None:
            linked = (value_of(link, "pPr/numPr/numId") for link in self._styles.chain(style))
            other = value_of(self._uses.get(next(linked, None)), "abstractNumId") or ""
            if other in self._lists:
                return other, self._lists[other]
        return list_id, found


def _levels(found: Element, use: Element) -> dict[int, Element]:
    own = [*found.findall("lvl"), *use.findall("lvlOverride/lvl")]
    return {int(level.get("ilvl", "0")): level for level in own}


def _restart(use: Element, level: int) -> str | None:
    return value_of(use, f"lvlOverride[@ilvl='{level}']/startOverride")


def _start(use: Element, levels: dict[int, Element], level: int) -> int:
    return int(_restart(use, level) or value_of(levels.get(level), "start") or "0")


def _begins_anew(rules: Element | None, level: int) -> bool:
    """Whether a level with these rules is counted anew after a paragraph on `level`, which is higher."""
    after = value_of(rules, "lvlRestart")
    return after is None or level < int(after)


def _text(levels: dict[int, Element], level: int, counts: dict[int, int]) -> str:
    rules = levels[level]
    if _format(rules) == "bullet":
        return "•"
    in_digits = rules.find("isLgl") is not None

    def written(match: re.Match[str]) -> str:
        named = int(match[1]) - 1
        how = _format(levels.get(named))
        if in_digits and how not in _IN_DIGITS:
            how = "decimal"
        return number_text(counts.get(named, 0), how)

    return re.sub("%([1-9])", written, value_of(rules, "lvlText") or "").strip()


def _format(rules: Element | None) -> str:
    found = [] if rules is None else [element.get("val", "") for element in rules.iter("numFmt")]
    return found[-1] if found else "decimal"


def number_text(value: int, how: str) -> str:
    """`value` as Word's format `how` writes it; in digits where it cannot be, or is a format that is not known here."""
    text = str(value)
    if how == "none":
        return ""
    if how == "decimalZero":
        return text.zfill(2)
    if how in ("lowerLetter", "upperLetter") and 0 < value <= LARGEST_LETTERS:
        text = "abcdefghijklmnopqrstuvwxyz"[(value - 1) % 26] * ((value + 25) // 26)
    elif how in ("lowerRoman", "upperRoman") and 0 < value <= LARGEST_ROMAN:
        text = ""
        for unit, letters in _ROMAN:
            text += letters * (value // unit)
            value %= unit
    return text.upper() if how.startswith("upper") else text
