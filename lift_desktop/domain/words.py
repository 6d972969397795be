"""Words and sentences: how text is cut and compared, for study, recall check, retrieval and citations alike."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_STOP_WORDS_TEXT = """
often a about after all also am an and any are as at be been being both but by can could did do does doing done
for from had has have he her hers here him his how i if in into is it its just let like may me might mine
must my no nor not of off on once one only or other our out over own per please shall she should so some
such tell than that the their them then there these they this those to too under upon us very was we were
what when where which while who whom whose why will with within would you your say says said according
document text give gives given get much many
"""
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_NUMBER_WORDS_TEXT = """
two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty seventy
eighty ninety hundred thousand million billion first second third fourth fifth
"""
_NUMBER_WORDS = frozenset(_NUMBER_WORDS_TEXT.split())
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|sr|jr|inc|ltd|co|corp|llc|no|nos|sec|art|fig|eq|vol|pp|ch|ed|al|cf|vs|v|viz|etc"
    r"|approx|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|para|cl|reg|ref|ex|exh|e\.g|i\.e|u\.s|u\.k|d\.c|n\.a"
    r"|a\.m|p\.m|[a-z])|^(?:\d{1,3}|[ivx]{1,4})(?:\.\d{1,2})*)\.$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 12
_SENTENCE_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\Wa-z_])|(?<=[。！？])|\n\s*\n")
NUMBERED = re.compile(
    r"(?:(?i:article|section|clause|chapter|part|schedule)\s+)?(?:\d+(?:\.\d+)*[.):]?|(?:[IVX]{1,4}|[A-Z])[.):])\s"
)
_CONTENTS_LINE = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}|_{6,}|\t\d+$")
_CONTENTS_ENTRY = re.compile(
    r"(?:(?:section|article|clause)\s+[\divx]+(?:\.\d+)*|\d+(?:\.\d+)+)\.?\s.*[a-z).]\s+\d{1,3}$",
    re.IGNORECASE | re.DOTALL,
)
HEADING_WORDS = 14


def stem(word: str) -> str:
    """A word without the commonest English endings, so that "fees" meets "fee" and "renewed" meets
    "renewing".
    """
    word = word.lower()
    if len(word) <= 3 or not word.isascii() or word.isdigit():
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("ly", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending) + instead
            break
    return word.removesuffix("e") if len(word) > 3 else word


def raw_words(text: str) -> list[str]:
    """All words of `text` as they stand; each ideograph is a word."""
    return _WORD.findall(text)


def content_words(text: str) -> list[str]:
    """The stems of all words of `text` that carry meaning, in order, each as often as it stands there."""
    return [stem(word) for word in raw_words(text) if word.lower() not in STOP_WORDS]


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or in letters."""
    return any(letter.isdigit() for letter in word) or word.lower() in _NUMBER_WORDS


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each word of a document tells: its inverse document frequency over the passages, from 0 to
    1.
    """

    counts: Counter[str]
    passages: int

    @classmethod
    def of(cls, passages: Iterable[str]) -> Weights:
        """Counts in how many passages each word stands."""
        counts: Counter[str] = Counter()
        number = 0
        for text in passages:
            number += 1
            counts.update(set(content_words(text)))
        return cls(counts, number)

    def weight(self, word: str) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)) as in BM25, divided by its value for n = 0."""
        count, total = self.counts[word], self.passages
        return math.log1p((total - count + 0.5) / (count + 0.5)) / math.log1p(2 * total + 1)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` of the document; `heading` tells a heading, `contents` a line of a table of
    contents.
    """

    start: int
    end: int
    heading: bool
    contents: bool


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order, without the blanks between them; never across a blank line."""
    found: list[Sentence] = []
    start = 0
    for gap in _SENTENCE_BREAK.finditer(text):
        blank_line = "\n" in gap.group()
        before = text[max(start, gap.start() - _LONGEST_ABBREVIATION) : gap.start()]
        if not blank_line and _ABBREVIATION.search(before):
            continue
        found += _sentence(text, start, gap.start() + len(gap.group().rstrip()))
        start = gap.end()
    found += _sentence(text, start, len(text))
    return found


def sentence_texts(text: str, sentences: Sequence[Sentence] | None = None) -> list[str]:
    """The sentences of `text` (or those given), each with single blanks between its words, without lines of a table of
    contents."""
    sentences = split_sentences(text) if sentences is None else sentences
    return [" ".join(text[each.start : each.end].split()) for each in sentences if not each.contents]


def _sentence(text: str, start: int, end: int) -> Sequence[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return ()
    words = text[start:end].split()
    own = text[start:end]
    heading = len(words) <= HEADING_WORDS and (
        own[-1] not in ".!?;,:" or (len(words) <= 6 and NUMBERED.match(own) is not None) or own.isupper()
    )
    contents = _CONTENTS_LINE.search(own) is not None or (heading and _CONTENTS_ENTRY.match(own) is not None)
    return (Sentence(start, end, heading, contents),)


def recall_share(gold: str, answer: str) -> float:
    """The share (0 to 1) of the content words of `gold` that stand in `answer` (all its words, if none carries
    meaning)."""
    wanted = content_words(gold) or [stem(word) for word in raw_words(gold)]
    given = {stem(word) for word in raw_words(answer)}
    return sum(word in given for word in wanted) / len(wanted) if wanted else 0.0


def f1_share(gold: str, answer: str) -> float:
    """The harmonic mean (0 to 1) of recall and precision over content words, each counted as often as it stands."""
    wanted, given = Counter(content_words(gold)), Counter(content_words(answer))
    common = (wanted & given).total()
    return 2 * common / (wanted.total() + given.total()) if common else 0.0
