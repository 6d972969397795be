"""The evidence for an answer: found by search and checked in the document's text, never taken from the model.

Owns the support score. A quote is one to three neighbouring sentences. Its score (0 to 1) adds up
- how much of the question it speaks about: the question's words by weight (inverse document frequency), where
  words of a known topic (topics.py) are met by any of the topic's signs;
- how much of the answer it holds: its words by weight; numbers and names count more, words that merely repeat
  the question less;
- how high the word search ranks its passage.
A quote that speaks fully about the question supports even a poor answer: it shows the reader what the
document says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..domain.models import Citation, Passage
from ..domain.words import content_words, is_number, raw_words, stem
from .evidence import DocumentEvidence
from .retrieval import SEARCH_DEPTH, Search, retrieve
from .topics import DOCUMENT_STEMS, Topic, topics_of

MAX_CITATIONS = 3
MAX_QUOTE_SENTENCES = 3
MAX_QUOTE_PIECES = 6  # headings and lines such as "BETWEEN:" are pieces too
THRESHOLD = 0.47
"""A best quote below this score supports nothing."""
SURELY_ABOUT = 0.7
"""A clause that speaks so fully about the topic of the question is shown, even where the answer comes from another."""
RELEVANT_SHARE = 0.6
"""A quote must speak about the question so much, beside the one that does so most: that it holds the words of the
answer is not enough."""
TELLING = 0.3
"""Where nothing speaks about the question even so much, it tells nothing of where its answer stands."""
NEXT_SHARE = 0.75
"""A second and third citation must reach this share of the best one's score."""

TOPIC_WEIGHT = 1.5  # of a topic that is asked for, beside words of weight 0 to 1
OTHER_WORDS_WEIGHT = 0.8  # the most that all other words of such a question weigh
NUMBER_FACTOR, NAME_FACTOR, REPEATED_FACTOR = 2.0, 1.7, 0.25
QUESTION_ALONE, QUESTION_DESPITE_ANSWER = 0.85, 0.75  # the most that the question earns without, and against, an answer
ANSWER_SHARE = 0.5
SEARCH_SHARE = 0.1
SENTENCE_COST, PIECE_COST = 0.04, 0.005  # of each further sentence in a quote; of each further line
LONG_QUOTE_WORDS = 90
HEADING_FACTOR, CONTENTS_FACTOR = 0.5, 0.25
DOCUMENT_WORD_FACTOR = 0.2


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a quote is compared with: word -> weight, of the question and of the answer."""

    topics: tuple[Topic, ...]
    question: dict[str, float]
    answer: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Quote:
    """`about` tells how much of the question alone it speaks about, from 0 to 1."""

    start: int
    end: int
    score: float
    about: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for an answer: up to three citations, best first, and how much of the question the document
    speaks about in one place at most (`about`, 0 to 1; None when the question says nothing to look for).
    """

    citations: tuple[Citation, ...]
    about: float | None


def find_citations(question: str, answer: str, evidence: DocumentEvidence, search: Search) -> tuple[Citation, ...]:
    """The citations of `find_evidence`."""
    return find_evidence(question, answer, evidence, search).citations


def find_evidence(question: str, answer: str, evidence: DocumentEvidence, search: Search) -> Evidence:
    """What the document says to the question and to the answer; no citations when nothing in it supports the answer.

    `evidence.text[start:end] == quote` holds for each citation; its page is the one that holds the most of it.
    """
    wanted = _wanted(question, answer, evidence)
    is_telling = bool(wanted.topics) or sum(wanted.question.values()) > 0
    found = list(_quotes(question, answer, wanted, evidence, search)) if evidence.passages else []
    fullest = max((quote.about for quote in found), default=0.0)
    least = RELEVANT_SHARE * fullest if fullest >= TELLING else 0.0
    quotes = [quote for quote in found if quote.score >= THRESHOLD and quote.about >= least]
    chosen = _best_apart(quotes)
    if wanted.topics and quotes:
        clause = max(quotes, key=lambda quote: (quote.about, -quote.start))
        if clause.about >= SURELY_ABOUT and all(_apart(clause, other) for other in chosen):
            chosen = [*chosen[: MAX_CITATIONS - 1], clause]
    return Evidence(
        tuple(citation_of(quote.start, quote.end, quote.score, evidence) for quote in chosen),
        fullest if is_telling else None,
    )


def sentence_holding(
    question: str, answer: str, places: Sequence[Citation | Passage], evidence: DocumentEvidence
) -> str:
    """The sentence of `places` that holds most of the answer's words; of several, the one that speaks most about the
    question. "" without any.
    """
    wanted, said = _wanted(question, "", evidence), _words_of(answer)
    found = (each for place in places for each in _sentences(wanted, place, evidence))
    best = max(found, key=lambda each: (len(said & each.words), each.about), default=None)
    return "" if best is None else best.text


def nearness(question: str, answer: str, places: Sequence[Citation | Passage], evidence: DocumentEvidence) -> float:
    """How much the sentences that hold the answer speak about the question, from 0 to 1 for as much as any other
    sentence of the `places` does: an answer may stand beside what is asked for and belong to something else.
    """
    wanted, said = _wanted(question, "", evidence), _words_of(answer)
    fullest = holding = 0.0
    for place in places:
        for each in _sentences(wanted, place, evidence):
            fullest = max(fullest, each.about)
            if len(said & each.words) * 2 >= len(said):
                holding = max(holding, each.about)
    return holding / fullest if fullest else 1.0


def _words_of(answer: str) -> set[str]:
    return set(content_words(answer)) or {stem(word) for word in raw_words(answer)}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`words`: its content words; `about`: how much of the question it speaks about, from 0 to 1."""

    text: str
    words: set[str]
    about: float


def _sentences(wanted: _Wanted, place: Citation | Passage, evidence: DocumentEvidence) -> Iterator[_Sentence]:
    for number in evidence.sentences_between(place.start, place.end):
        sentence = evidence.sentences[number]
        text = evidence.text[sentence.start : sentence.end]
        present = set(content_words(text))
        factor = CONTENTS_FACTOR if sentence.contents else HEADING_FACTOR if sentence.heading else 1.0
        about = factor * _about(text, evidence.near_front(sentence.start), present, wanted)
        yield _Sentence(text, present, about)


def _best_apart(quotes: list[_Quote]) -> list[_Quote]:
    """The best quotes that do not overlap, best first."""
    chosen: list[_Quote] = []
    for quote in sorted(quotes, key=lambda quote: (-quote.score, quote.start)):
        is_good = not chosen or quote.score >= NEXT_SHARE * chosen[0].score
        if is_good and len(chosen) < MAX_CITATIONS and all(_apart(quote, other) for other in chosen):
            chosen.append(quote)
    return chosen


def _apart(one: _Quote, other: _Quote) -> bool:
    return one.end <= other.start or one.start >= other.end


def citation_of(start: int, end: int, score: float, evidence: DocumentEvidence) -> Citation:
    """The text from `start` to `end` as a citation, with the page that holds the most of it."""
    page = evidence.page_of(start, end)
    return Citation(page.number, page.label, evidence.text[start:end], start, end, round(score, 3))


def _wanted(question: str, answer: str, evidence: DocumentEvidence) -> _Wanted:
    topics, weigh = topics_of(question), evidence.weights.weight
    covered = {word for topic in topics for word in topic.words(question)}
    asked = set(content_words(question))
    answered: dict[str, float] = {}
    for place, word in enumerate(raw_words(answer)):
        stemmed = stem(word)
        if not content_words(word):
            continue
        weight = weigh(stemmed)
        if stemmed in asked:
            weight *= REPEATED_FACTOR
        elif is_number(word):
            weight *= NUMBER_FACTOR
        elif word[0].isupper() and place > 0:
            weight *= NAME_FACTOR
        answered[stemmed] = max(weight, answered.get(stemmed, 0.0))
    factors = {word: DOCUMENT_WORD_FACTOR if word in DOCUMENT_STEMS else 1.0 for word in asked - covered}
    weights = {word: factor * weigh(word) for word, factor in factors.items()}
    if topics and (total := sum(weights.values())) > OTHER_WORDS_WEIGHT:
        weights = {word: weight * OTHER_WORDS_WEIGHT / total for word, weight in weights.items()}
    return _Wanted(topics, weights, answered)


def _quotes(
    question: str, answer: str, wanted: _Wanted, evidence: DocumentEvidence, search: Search
) -> Iterator[_Quote]:
    """All quotes of the passages that are worth a look, with their scores."""
    candidates = retrieve(question, evidence, search, limit=2 * SEARCH_DEPTH)
    if answer.strip():
        candidates += search(f"{question} {answer}", SEARCH_DEPTH)
    seen: set[int] = set()
    for rank, passage in enumerate(candidates):
        for place in _new_places(passage, evidence, seen):
            yield from _quotes_from(place, 1 / (1 + rank / 4), wanted, evidence)


def _new_places(passage: Passage, evidence: DocumentEvidence, seen: set[int]) -> list[int]:
    places = [place for place in evidence.sentences_of(passage) if place not in seen]
    seen.update(places)
    return places


def _quotes_from(place: int, search_score: float, wanted: _Wanted, evidence: DocumentEvidence) -> Iterator[_Quote]:
    """The quotes that begin with the sentence at `place`: it alone, and with its next neighbours."""
    sentences = evidence.sentences
    first, whole = sentences[place], 0
    near_front = evidence.near_front(first.start)
    for last in range(place, min(place + MAX_QUOTE_PIECES, len(sentences))):
        if last > place and (sentences[last].contents or not evidence.continues(last - 1)):
            break
        text = evidence.text[first.start : sentences[last].end]
        if text.endswith(":") and last > place:  # "AND:" announces what is still to come
            continue
        about, support = _score(text, near_front, wanted, search_score)
        factor = 1.0
        if first.contents:
            factor = CONTENTS_FACTOR
        elif all(sentence.heading for sentence in sentences[place : last + 1]):
            factor = HEADING_FACTOR
        score = factor * max(0.0, support - SENTENCE_COST * whole - PIECE_COST * (last - place))
        yield _Quote(_heading_start(place, evidence), sentences[last].end, min(1.0, score), factor * about)
        whole += not evidence.is_open(last)
        if whole == MAX_QUOTE_SENTENCES:
            break


def _heading_start(place: int, evidence: DocumentEvidence) -> int:
    """Where a quote begins: with the heading right before its first sentence, when there is one."""
    sentence = evidence.sentences[place]
    if place > 0 and not sentence.heading:
        before = evidence.sentences[place - 1]
        if before.heading and not before.contents:
            return before.start
    return sentence.start


def _score(text: str, near_front: bool, wanted: _Wanted, search_score: float) -> tuple[float, float]:
    """How much of the question the text speaks about, and how much it supports the answer to it."""
    words = content_words(text)
    present = set(words)
    about = _about(text, near_front, present, wanted)
    support = QUESTION_ALONE * about
    if wanted.answer:
        held = _share(wanted.answer, present)
        support = max(QUESTION_DESPITE_ANSWER * about, (1 - ANSWER_SHARE) * about + ANSWER_SHARE * held)
    shortness = 1 / (1 + max(0, len(words) - LONG_QUOTE_WORDS) / (4 * LONG_QUOTE_WORDS))
    return about * shortness, shortness * ((1 - SEARCH_SHARE) * support + SEARCH_SHARE * search_score)


def _about(text: str, near_front: bool, present: set[str], wanted: _Wanted) -> float:
    """How much of the question `text` speaks about, from 0 to 1."""
    total = sum(wanted.question.values()) + TOPIC_WEIGHT * len(wanted.topics)
    if total == 0:
        return 0.0
    met = sum(weight for word, weight in wanted.question.items() if word in present)
    met += TOPIC_WEIGHT * sum(topic.match(text, near_front) for topic in wanted.topics)
    return met / total


def _share(weights: dict[str, float], present: Sequence[str] | set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in present) / total if total else 0.0
