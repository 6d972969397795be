"""An answer about the whole document on its way: passage by passage, each point with its citation.

Where words tell which sentences are meant (chat/whole.py), the document answers by itself; else the model reads
groups of passages, and what it writes is kept only when its passage holds it. So every point can be looked up.
Must not know how the model is asked.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from ..domain.messages import AnswerText, Progress
from ..domain.models import Citation, Coverage, DetailKind
from ..domain.words import NUMBERED, content_words, raw_words
from ..engine.contract import NOT_IN_DOCUMENT, says_absent
from .citations import citation_of
from .evidence import DocumentEvidence
from .figures import Date, find_figures
from .grounding import find_missing
from .whole import Kind, Says, WholeQuestion, speaks_of

Ask = Callable[[str, Sequence[str]], Generator[Progress, None, tuple[str, ...]]]
"""Puts a question to texts, each by itself; yields Progress whose `done` counts texts, and returns the answers."""

_Told = tuple[frozenset[tuple[DetailKind, float, str, tuple[Date, ...]]], list[str]]

MOST_READ = 40
"""So many passages does the model read at most: those that speak most of the question."""
PASSAGES_AT_ONCE = 8
MOST_POINTS = 10  # of a summary
POINTS_AT_ONCE = 5
MOST_ITEMS = 120  # of a list
SUMMARY_QUESTION = "Summarise this passage in one sentence."
HOLDS = 0.7
"""A sentence is the source of a point when it holds this share of its words."""
SPEAKS = 0.75
ALIKE = 0.8
FEWEST_WORDS, MOST_WORDS = 5, 60  # of a sentence that tells something by itself; more are cut off


@dataclass(frozen=True, slots=True)
class _Part:
    """A passage, or what was selected of it: `start:end` in the document's text."""

    start: int
    end: int
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class _Point:
    text: str
    start: int
    end: int
    score: float = 0.0


class Gathering:
    """What has come so far: `text`, `citations` (of the points, in their order), `coverage`, `note`."""

    def __init__(self, question: str, whole: WholeQuestion, evidence: DocumentEvidence, ask: Ask) -> None:
        self._question, self._whole, self._evidence, self._ask = question, whole, evidence, ask
        self._parts = _parts(whole.selection, evidence)
        self._read: list[_Part] = []
        self._known: list[tuple[set[str], _Told]] = []
        self.text = self.note = ""
        self.citations: tuple[Citation, ...] = ()

    @property
    def can_begin(self) -> bool:
        """Whether there is anything to read: a selection may not be found in the document."""
        return bool(self._parts)

    @property
    def coverage(self) -> Coverage | None:
        """None when nothing was read."""
        if not self._read:
            return None
        first, last = min(part.first_page for part in self._read), max(part.last_page for part in self._read)
        return Coverage(len(self._read), len(self._parts), first, last)

    def steps(self) -> Generator[AnswerText | Progress, None, None]:
        """Reads, and yields the text as it comes. Closing it leaves what has come."""
        if self._whole.kind is Kind.SUMMARY:
            yield from self._summarise()
        elif self._whole.by_words is not None:
            yield from self._list_by_words(self._whole.by_words)
        else:
            yield from self._list_by_model()
        if not self.citations:
            yield self._write(NOT_IN_DOCUMENT)
        elif self._whole.kind is Kind.COUNT:
            yield self._write(f"\n{self._count()}")

    def _count(self) -> str:
        """How many points there are, or figures in them."""
        points, figure = len(self._known), self._whole.figure
        if figure is None:
            return f"{points} in all."
        different = {told for _, (figures, _) in self._known for told in figures if told[0] is figure}
        return f"{len(different)} in all, in {points} {'sentence' if points == 1 else 'sentences'}."

    # Lists ----------------------------------------------------------------------------------------------------
    def _list_by_words(self, says: Says) -> Iterator[AnswerText | Progress]:
        for done, part in enumerate(self._parts):
            if done % PASSAGES_AT_ONCE == 0:
                yield self._progress(done, len(self._parts))
            self._read.append(part)
            yield from self._add_all(self._said(part, says))

    def _said(self, part: _Part, says: Says) -> Iterator[_Point]:
        """The sentences for which `says` holds, and the lettered lines that such a one opens."""
        is_open = said_before = False
        opened_by = ""
        for place in self._places(part):
            sentence = self._evidence.sentences[place]
            text = self._evidence.text[sentence.start : sentence.end]
            mark = _mark_of(text)
            is_line = bool(mark)
            if sentence.contents or (sentence.heading and not is_line):
                continue
            is_open = is_open and is_line and mark != opened_by
            said_before = says(text, said_before)
            if said_before or is_open:
                yield _Point(_shown(text), sentence.start, sentence.end)
                if text.endswith(":"):
                    is_open, opened_by = True, mark

    def _list_by_model(self) -> Iterator[AnswerText | Progress]:
        parts = self._most_telling_parts()
        for start in range(0, len(parts), PASSAGES_AT_ONCE):
            group = parts[start : start + PASSAGES_AT_ONCE]
            answers = yield from self._asked(self._question, group, start, len(parts))
            for part, answer in zip(group, answers, strict=True):
                self._read.append(part)
                yield from self._add_all([*self._grounded(part, answer), *self._said(part, self._speaks)])

    def _speaks(self, sentence: str, _after: bool) -> bool:
        return speaks_of(sentence, self._whole.what, self._evidence.weights) >= SPEAKS

    def _most_telling_parts(self) -> list[_Part]:
        """The parts that speak most of what is asked for, in their order."""
        weights = self._evidence.weights
        ranked = sorted(self._parts, key=lambda part: -speaks_of(self._text(part), self._whole.what, weights))
        return sorted(ranked[:MOST_READ], key=lambda part: part.start)

    # Summaries ------------------------------------------------------------------------------------------------
    def _summarise(self) -> Iterator[AnswerText | Progress]:
        """One point for each of some equal stretches of the document: what the model says of the passage that tells the
        most, or, when that is not in it, the sentence itself.
        """
        chosen: list[tuple[_Part, _Point]] = []
        for stretch in _stretches(self._parts, MOST_POINTS):
            told = [(part, point) for part in stretch for point in self._telling(part)]
            self._read += stretch
            if told:
                chosen.append(max(told, key=lambda pair: pair[1].score))
        for start in range(0, len(chosen), POINTS_AT_ONCE):
            group = chosen[start : start + POINTS_AT_ONCE]
            parts = [part for part, _ in group]
            answers = yield from self._asked(SUMMARY_QUESTION, parts, start, len(chosen))
            for (part, sentence), answer in zip(group, answers, strict=True):
                points = [point for point in self._grounded(part, answer) if point.score >= sentence.score]
                yield from self._add_all(points[:1] or [sentence])

    def _telling(self, part: _Part) -> Iterator[_Point]:
        """The sentences that may stand for a part."""
        for place in self._places(part):
            sentence = self._evidence.sentences[place]
            text = self._evidence.text[sentence.start : sentence.end]
            if not sentence.heading and not sentence.contents and FEWEST_WORDS <= len(text.split()) <= MOST_WORDS:
                yield _Point(_shown(text), sentence.start, sentence.end, self._centrality(text))

    def _centrality(self, text: str) -> float:
        """How much a sentence says of what the document is about: words that many passages share, for its length."""
        counts, total = self._evidence.weights.counts, len(self._evidence.passages)
        words = set(content_words(text))
        shares = (counts[word] / total * self._evidence.weights.weight(word) for word in words if counts[word] > 1)
        return sum(shares) / math.sqrt(len(words) + 8)

    # Points ---------------------------------------------------------------------------------------------------
    def _grounded(self, part: _Part, answer: str) -> Iterator[_Point]:
        """What the model wrote, line by line, as far as a sentence of the part holds it."""
        sentences = [self._evidence.sentences[place] for place in self._places(part)]
        for line in re.split(r"\n+", answer):
            said = re.sub(r"^\W*(?:\d{1,3}[.)]|[-*•])\s+", "", line).strip()
            wanted = set(content_words(said))
            if says_absent(said) or not wanted or not sentences:
                continue
            texts = [self._evidence.text[sentence.start : sentence.end] for sentence in sentences]
            shares = [len(wanted.intersection(content_words(text))) / len(wanted) for text in texts]
            best = max(range(len(texts)), key=shares.__getitem__)
            if shares[best] >= HOLDS and not find_missing("", said, [texts[best]], self._evidence):
                sentence = sentences[best]
                yield _Point(said, sentence.start, sentence.end, self._centrality(said))

    def _add_all(self, points: Sequence[_Point] | Iterator[_Point]) -> Iterator[AnswerText]:
        """Adds those that repeat no earlier one."""
        for point in points:
            words, told = set(content_words(point.text)) or {point.text}, _told(point.text)
            if any(told == of and len(words & other) >= ALIKE * len(words | other) for other, of in self._known):
                continue
            self._known.append((words, told))
            if len(self._known) > MOST_ITEMS:
                self.note = f"The first {MOST_ITEMS} of {len(self._known)} are listed."
                continue
            self.citations = (*self.citations, citation_of(point.start, point.end, 1.0, self._evidence))
            text = point.text.replace("\n", " ")
            yield self._write(f"- {text} [{len(self.citations)}]\n")

    def _write(self, text: str) -> AnswerText:
        self.text += text
        return AnswerText(text)

    # Reading --------------------------------------------------------------------------------------------------
    def _asked(
        self, question: str, parts: Sequence[_Part], before: int, total: int
    ) -> Generator[Progress, None, tuple[str, ...]]:
        yield self._progress(before, total)
        steps = self._ask(question, [self._text(part) for part in parts])
        try:
            while True:
                step = next(steps)
                yield self._progress(before + min(step.done, len(parts)), total)
        except StopIteration as stop:
            answers: tuple[str, ...] = stop.value
            return answers
        finally:
            steps.close()

    @staticmethod
    def _progress(done: int, total: int) -> Progress:
        return Progress("gathering", min(done + 1, total), total, done / max(1, total))

    def _text(self, part: _Part) -> str:
        return self._evidence.text[part.start : part.end]

    def _places(self, part: _Part) -> range:
        return self._evidence.sentences_between(part.start, part.end)


def _parts(selection: str, evidence: DocumentEvidence) -> list[_Part]:
    """All passages, or those parts of them that are selected; none when the selection is not found."""
    start, end = 0, len(evidence.text)
    if selection:
        words = [re.escape(word) for word in selection.split()]
        found = re.search(r"\s+".join(words), evidence.text)
        if found is None:
            return []
        start, end = evidence.sentence_start(found.start()), found.end()
    return [
        _part(max(start, passage.start), min(end, passage.end), evidence)
        for passage in evidence.passages
        if passage.start < end and passage.end > start and raw_words(passage.text)
    ]


def _part(start: int, end: int, evidence: DocumentEvidence) -> _Part:
    pages = evidence.page_of(start, start + 1).number, evidence.page_of(end - 1, end).number
    return _Part(start, end, *pages)


def _stretches(parts: Sequence[_Part], most: int) -> list[Sequence[_Part]]:
    """At most `most` runs of neighbours, of like length."""
    count = min(most, len(parts))
    cuts = [round(place * len(parts) / count) for place in range(count + 1)] if count else [0]
    return [parts[first:last] for first, last in itertools.pairwise(cuts)]


def _mark_of(text: str) -> str:
    """How a lettered line is marked: "(a)", "a)", "(1)", "(i)"; "" for another sentence."""
    found = re.match(r"(\(?)(?:([ivx]{1,4})|([a-z])|(\d{1,2}))\)", text)
    return f"{found[1]}{'i' if found[2] else 'a' if found[3] else '1'})" if found else ""


def _told(text: str) -> _Told:
    """What tells sentences of nearly the same words apart: their figures, and of whom or what they speak first."""
    plain = NUMBERED.sub("", text, count=1) if NUMBERED.match(text) else text
    figures = frozenset((each.kind, each.value, each.unit, each.dates) for each in find_figures(plain))
    return figures, content_words(plain)[:1]


def _shown(text: str) -> str:
    words = text.split()
    return " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
