"""Figures in a text: dates, sums of money, percentages and other numbers, in digits and in words, with their values.

"ninety (90) days", "90 days" and "ninety-day" are one figure, and so are "March 3, 2021" and "3rd day of March, 2021".
Knows English; digits and signs are read in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..domain.models import DetailKind

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
_WORD_VALUES = {
    **{word: value for value, word in enumerate(_SMALL.split())},
    **{word: value for value, word in enumerate(_ORDINALS.split(), start=1)},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), start=2)},
    **{word.removesuffix("y") + "ieth": 10 * value for value, word in enumerate(_TENS.split(), start=2)},
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALE_LETTERS = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}
_LONG_MONTHS = "january february march april may june july august september october november december"
_MONTHS = (
    _LONG_MONTHS.split(),
    [name[:3] for name in _LONG_MONTHS.split()],
)
_CURRENCIES = {
    "$": "dollar", "us$": "dollar", "usd": "dollar", "dollar": "dollar", "€": "euro", "eur": "euro", "euro": "euro",
    "£": "pound", "gbp": "pound", "pound": "pound", "¥": "yen", "jpy": "yen", "yen": "yen",
    "chf": "franc", "franc": "franc",
}  # fmt: skip
_UNITS = {
    "second": ("second", 1), "minute": ("second", 60), "hour": ("second", 3600),
    "day": ("day", 1), "week": ("day", 7), "month": ("month", 1), "year": ("month", 12), "anniversary": ("month", 12),
}  # fmt: skip

_WORD_NUMBER = "|".join(sorted([*_WORD_VALUES, *_SCALES], key=len, reverse=True))
_WORDS = rf"\b(?:{_WORD_NUMBER})(?:(?:[\s-]+|\s+and\s+)(?:{_WORD_NUMBER}))*\b"
_DIGITS = r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|(?<![\w.])\.\d+"
_NUMBER = re.compile(
    rf"(?P<minus>(?<![^ \t(\[=<>:])[-−–]|\bminus\s)?"
    rf"(?P<sign>(?:US\s?|A\s?)?[$€£¥]|\b(?:USD|EUR|GBP|JPY|CHF)\s)?\s?"
    rf"(?:(?P<digits>{_DIGITS})(?P<ordinal>\s?(?:st|nd|rd|th)\b)?(?P<letter>(?:k|m|mn|bn)\b)?|(?P<words>{_WORDS}))"
    rf"(?P<half>\s?½|\s+and\s+(?:a|one)[\s-]half\b)?"
    rf"(?P<scale>\s?-?(?:hundred|thousand|million|billion)\b)?"
    rf"(?P<again>\s?\(\s?(?:[$€£¥]\s?)?[\d,.]+\s?%?\s?\))?"
    rf"(?P<percent>\s?(?:%|\bper\s?cent\b|\bpercent\b))?"
    rf"(?=(?P<after>[\s-]{{0,2}}(?:\b[A-Za-z]+\s)?[A-Za-z€£]+\b)?)",
    re.IGNORECASE,
)
_MONTH = "(?:" + "|".join([*_MONTHS[0], *(f"{short}\\b\\.?" for short in _MONTHS[1]), "sept\\b\\.?"]) + ")"
_DAY = rf"(?P<day>\d{{1,2}})(?:\s?(?:st|nd|rd|t\s?h))?|(?P<day_word>(?:(?:twenty|thirty)[\s-])?(?:{_WORD_NUMBER}))"
_YEAR = r"(?P<year>(?:1[0-9]|20|21)\d\d)(?!\d)"
_DATES = (
    re.compile(
        rf"\b(?:{_DAY})(?:\s+day)?(?:\s+of)?(?:\s+|-)(?P<month>{_MONTH})(?:(?:,?\s+(?:of\s+)?|-){_YEAR})?", re.I
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\s+(?:the\s+)?(?P<day>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?", re.I),
    re.compile(rf"\b(?P<month>{_MONTH}),?\s+(?:of\s+)?{_YEAR}", re.IGNORECASE),
    re.compile(r"\b(?P<year>\d{4})(?P<mark>[-/.])(?P<number>\d{1,2})(?P=mark)(?P<day>\d{1,2})\b"),
    re.compile(rf"\b(?P<one>\d{{1,2}})-(?P<other>\d{{1,2}})-{_YEAR}"),
    re.compile(r"\b(?P<one>\d{1,2})[/.](?P<other>\d{1,2})[/.](?P<year>\d{4}|\d\d)\b"),
    re.compile(rf"\b(?P<month>{'|'.join(name.capitalize() for name in _MONTHS[0] if name != 'may')})\b"),
)  # fmt: skip
_RANGE = re.compile(r"\s?(?:-|–|—|\bto\b|\band\b|\bor\b)\s?")

BARE_SUM = 100
"""From here on a number without a currency (in a table, say) may be the sum of money that an answer names."""

Date = tuple[int | None, int | None, int | None]
"""Year, month, day; None for what is not said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`text[start:end]` and what it says: `value` with a `unit` (a currency, "%", "day", "month", ...; "" for none), or
    for a date its possible readings. `factor`: the unit as it was written holds so many of `unit` (a year 12 months).
    """

    start: int
    end: int
    kind: DetailKind
    value: float = 0.0
    unit: str = ""
    dates: tuple[Date, ...] = ()
    factor: float = 1.0

    @property
    def written(self) -> float:
        """The number that stands there: 3 in "3 years"."""
        return self.value / self.factor


def find_figures(text: str) -> list[Figure]:
    """All figures of `text`, in order; they do not overlap."""
    dates: list[Figure] = []
    for pattern in _DATES:
        for found in pattern.finditer(text):
            readings = _readings(found)
            if readings and all(found.end() <= date.start or found.start() >= date.end for date in dates):
                dates.append(Figure(found.start(), found.end(), DetailKind.DATE, dates=readings))
    covered = list(text)
    for date in dates:
        covered[date.start : date.end] = "\n" * (date.end - date.start)
    figures: list[Figure] = []
    for figure in sorted([*dates, *_numbers("".join(covered))], key=lambda figure: figure.start):
        end = figures[-1].end if figures else 0
        if figure.end > end:
            figures.append(replace(figure, start=max(figure.start, end)))  # "5€6": the sign was the first number's
    return _with_units_of_ranges(text, figures)


def _with_units_of_ranges(text: str, figures: list[Figure]) -> list[Figure]:
    """The same; in "5 to 7 %" and "two or three years" the first number has the unit of the second."""
    for place in range(len(figures) - 1, 0, -1):
        first, second = figures[place - 1], figures[place]
        is_bare = first.kind is DetailKind.NUMBER and not first.unit
        if is_bare and second.unit and _RANGE.fullmatch(text, first.end, second.start):
            value = first.value * second.factor
            figures[place - 1] = replace(first, kind=second.kind, value=value, unit=second.unit, factor=second.factor)
    return figures


def says(figures: Sequence[Figure], wanted: Figure) -> bool:
    """Whether one of `figures` says what `wanted` says, perhaps more precisely."""
    return any(_agrees(figure, wanted) for figure in figures)


def _agrees(given: Figure, wanted: Figure) -> bool:
    if wanted.kind is DetailKind.DATE:
        return any(_within(precise, date) for precise in given.dates for date in wanted.dates)
    if given.kind is DetailKind.DATE:
        is_bare = wanted.kind is DetailKind.NUMBER and not wanted.unit
        return is_bare and any(wanted.value in (date[0], date[2]) for date in given.dates)
    bare_sum = wanted.kind is DetailKind.MONEY and given.kind is DetailKind.NUMBER and given.value >= BARE_SUM
    comparable = given.kind is wanted.kind or wanted.kind is DetailKind.NUMBER or bare_sum
    if given.unit and wanted.unit:
        return comparable and given.unit == wanted.unit and _equal(given.value, wanted.value)
    return comparable and _equal(given.written, wanted.written)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9 * max(1.0, abs(other))


def _within(precise: Date, date: Date) -> bool:
    return all(part is None or part == other for part, other in zip(date, precise, strict=True))


def _readings(found: re.Match[str]) -> tuple[Date, ...]:
    """What the date may mean; a day and a month in digits have two readings."""
    parts = found.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if parts.get("one"):
        assert year is not None
        year += 2000 if year < 70 else 1900 if year < 100 else 0
        one, other = int(parts["one"]), int(parts["other"])
        return tuple((year, month, day) for month, day in {(one, other), (other, one)} if month <= 12 and day <= 31)
    if parts.get("month") == "may":  # "it may 5 times ..."
        return ()
    month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
    day = int(parts["day"]) if parts.get("day") else None
    if parts.get("day_word"):
        day = int(_word_value(parts["day_word"]))
    return ((year, month, day),) if (day is None or 1 <= day <= 31) and 1 <= month <= 12 else ()


def _month(name: str) -> int:
    return _MONTHS[1].index(name.lower()[:3]) + 1


def _numbers(text: str) -> Iterator[Figure]:
    for found in _NUMBER.finditer(text):
        is_alone = not (found["half"] or _unit(found["after"])[0])
        if found["words"] and found["words"].lower() in ("one", "first", "second") and is_alone:
            continue  # "one of them", "at first"
        value = float(found["digits"].replace(",", "")) if found["digits"] else _word_value(found["words"])
        if found["half"]:
            value += 0.5
        if found["scale"]:
            value *= _SCALES[found["scale"].strip(" -").lower()]
        if found["letter"]:
            value *= _SCALE_LETTERS[found["letter"].lower()]
        yield _figure(found, -value if found["minus"] else value)


def _figure(found: re.Match[str], value: float) -> Figure:
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    end = found.end("percent") if found["percent"] else _end_of_number(found)
    if found["percent"] or (found["again"] and "%" in found["again"]):
        return Figure(start, end, DetailKind.PERCENTAGE, value, "%")
    unit, factor, length = _unit(found["after"])
    if found["sign"]:
        sign = found["sign"].strip().lower().removeprefix("us").removeprefix("a").strip() or "$"
        return Figure(
            start,
            end,
            DetailKind.MONEY,
            value,
            _CURRENCIES.get(found["sign"].strip().lower(), _CURRENCIES.get(sign, "")),
        )
    if unit in _CURRENCIES.values():
        return Figure(start, end + length, DetailKind.MONEY, value, unit)
    return Figure(start, end + (length if unit else 0), DetailKind.NUMBER, value * factor, unit, factor=factor)


def _end_of_number(found: re.Match[str]) -> int:
    return max(found.end(name) for name in ("digits", "ordinal", "letter", "words", "half", "scale", "again"))


def _unit(after: str | None) -> tuple[str, float, int]:
    """The unit of time or money that follows a number, its factor, and how many letters of `after` it takes."""
    length = 0
    for part in re.findall(r"[\s\-(]*[A-Za-z€£]+", after or ""):
        length += len(part)
        word = part.strip(" -(\n\t").lower()
        single = (
            word
            if word in _CURRENCIES or word in _UNITS
            else word.removesuffix("s").replace("anniversarie", "anniversary")
        )
        if single in _CURRENCIES:
            return _CURRENCIES[single], 1, length
        if single in _UNITS:
            unit, factor = _UNITS[single]
            return unit, factor, length
    return "", 1, 0


def _word_value(words: str) -> float:
    """The value of "two hundred and five", "twenty-first", "two million"."""
    total, current = 0.0, 0.0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _WORD_VALUES:
            current += _WORD_VALUES[word]
        elif word in _SCALES and _SCALES[word] == 100:
            current = max(current, 1) * 100
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0.0
    return total + current
