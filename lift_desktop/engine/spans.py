"""What may be asked about: stretches of a passage that could be the answer to a question.

Study starts from the answer (a name, a figure, a phrase, a reason) and has its question written, so that every sentence
is covered and every answer stands in the text. Knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..domain.words import STOP_WORDS, Weights, content_words, is_number, split_sentences

MAX_WORDS = 12

_NUMBER = r"(?:[$€£]\s?)?\d[\d,.]*\d|(?:[$€£]\s?)?\d"
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_FIGURE = re.compile(
    rf"{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s+\d{{4}}|{_MONTH}\s+\d{{4}}"
    r"|\b(?:1[5-9]|20)\d\d(?:[–-]\d\d(?:\d\d)?)?(?!,?\d)\b"  # years
    rf"|(?:\w+\s\(\d+\)|{_NUMBER})(?:[–-]\d+)?(?:\s?(?:%|percent|per cent|million|billion|thousand))?"
    r"(?:[ -](?:business |calendar |square |cubic |per |a )?[a-z]{3,12}\b(?!-))?"
)
_NAME = re.compile(
    r"(?:[A-Z][\w&.’'-]*|[A-Z]{2,})(?:\s+(?:of|the|and|for|de|van|von|&)(?=\s+[A-Z])|\s+[A-Z][\w&.’'-]*)*"
)
_REASON = re.compile(
    r"\b(?:because(?: of)?|in order to|so that|due to|upon|unless|provided that|for the purpose of|such as|including"
    r"|known as|called|consists? of|by (?=\w+ing\b)|to (?=[a-z]{4,}\b))\s*"
)
_CLAUSE_END = re.compile(r"[,;:.?!]|\s(?:and|or|which|who|that|but|while)\s")
_PHRASE = re.compile(r"[^\W_][\w’'-]*(?:\s+[^\W_][\w’'-]*)*")
_SECTION = re.compile(r"(?:\d+(?:\.\d+)*[.):]?|[(]?\w[)])\s")
_LINKS = STOP_WORDS | {"until", "because", "before", "after", "within", "during", "least", "upon", "between", "since"}
_KIND_WORTH = {"figure": 1.0, "name": 0.9, "reason": 0.8, "phrase": 0.4}


@dataclass(frozen=True, slots=True)
class Span:
    """`passage[start:end]`; `kind` is figure, name, reason or phrase; a higher `worth` is asked about first."""

    start: int
    end: int
    kind: str
    worth: float


def answer_spans(text: str, weights: Weights) -> list[Span]:
    """The spans of a passage, best first, in turn from each of its sentences; they overlap little.

    `weights` are those of the whole document: words that stand everywhere are worth little.
    """
    by_sentence = [
        _chosen(list(_spans(text, sentence.start, sentence.end, weights)))
        for sentence in split_sentences(text)
        if not sentence.contents
    ]
    turns = max((len(spans) for spans in by_sentence), default=0)
    return [spans[turn] for turn in range(turns) for spans in by_sentence if turn < len(spans)]


def _chosen(spans: Sequence[Span]) -> list[Span]:
    """The worthiest first; one that shares more than half of its letters with a better one is left out."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: -span.worth):
        shared = (min(span.end, other.end) - max(span.start, other.start) for other in kept)
        if all(letters * 2 <= span.end - span.start for letters in shared):
            kept.append(span)
    return kept


def _spans(text: str, start: int, end: int, weights: Weights) -> Iterator[Span]:
    for kind, first, last in _found(text, start, end):
        words = text[first:last].split()
        content = content_words(text[first:last])
        if content and len(words) <= MAX_WORDS and last - first < end - start:
            rarity = sum(weights.weight(word) for word in content) / len(content)
            length = 0.2 if 2 <= len(words) <= 6 else 0.0
            yield Span(first, last, kind, _KIND_WORTH[kind] + rarity + length)


def _found(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    section = _SECTION.match(text, start, end)
    start = section.end() if section else start
    for found in _FIGURE.finditer(text, start, end):
        words = found.group().split()
        unit = len(words[-1]) if len(words) > 1 and words[-1].lower() in _LINKS else 0
        yield "figure", found.start(), start + len(text[start : found.end() - unit].rstrip())
    for found in _NAME.finditer(text, start, end):
        alone = found.start() == start and len(found.group().split()) == 1
        if not alone and found.group().lower() not in STOP_WORDS:
            yield "name", found.start(), start + len(text[start : found.end()].rstrip(".,’'-&"))
    for found in _REASON.finditer(text, start, end):
        stop = _CLAUSE_END.search(text, found.end(), end)
        last = stop.start() if stop else end
        if len(text[found.end() : last].split()) >= 2:
            yield "reason", found.end(), last
    for first, last in _phrases(text, start, end):
        yield "figure" if is_number(text[first:last].split()[0]) else "phrase", first, last


def _phrases(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of words that carry meaning, between those that do not."""
    for run in _PHRASE.finditer(text, start, end):
        first = last = None
        for word in re.finditer(r"\S+", run.group()):
            if word.group().lower() in _LINKS or len(word.group()) < 3:
                if first is not None and last is not None:
                    yield run.start() + first, run.start() + last
                first = last = None
            else:
                first, last = (word.start() if first is None else first), word.end()
        if first is not None and last is not None:
            yield run.start() + first, run.start() + last
