"""Question -> passages: which parts of a document a prompt shows, and where evidence is looked for.

Owns how several searches are merged. Must not know the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..domain.models import Passage
from .evidence import DocumentEvidence
from .topics import Topic, expanded, topics_of

Search = Callable[[str, int], Sequence[Passage]]
"""Takes words and a number, and returns at most so many passages, best first."""

PASSAGES_IN_PROMPT = 3
SEARCH_DEPTH = 12
RANK_OFFSET = 10
"""Damps the lead of a first place when rankings are merged (reciprocal rank fusion, Cormack et al. 2009, with
a smaller constant than their 60 because the rankings are short)."""
ALONE_WEIGHT = 0.5
TOPIC_WEIGHT = 1.2
PASSAGES_OF_TOPIC = 6
FRONT_WEIGHT, FRONT_PASSAGES = 0.5, 2
"""Parties, dates and titles stand at the beginning, sometimes in lines that say little by themselves."""
SIGNIFICANT = 0.6
"""A passage that speaks so fully about a topic is worth a look, whatever the word search says."""


def retrieve(
    question: str,
    evidence: DocumentEvidence,
    search: Search,
    limit: int = PASSAGES_IN_PROMPT,
    context: str = "",
) -> list[Passage]:
    """The `limit` passages that most likely answer `question`, best first; `context` says what it goes on from."""
    rankings = [(1.0, search(f"{context} {question}".strip(), SEARCH_DEPTH))]
    if context:  # from which the question may also lead away
        rankings.append((ALONE_WEIGHT, search(question, SEARCH_DEPTH)))
    topics = topics_of(question)
    if topics:
        rankings.append((0.7, search(expanded(question), SEARCH_DEPTH)))
        rankings += [(TOPIC_WEIGHT, about(topic, evidence)) for topic in topics]
        if any(topic.front for topic in topics):
            rankings.append((FRONT_WEIGHT, evidence.passages[:FRONT_PASSAGES]))
    return _merged(rankings)[:limit]


def about(topic: Topic, evidence: DocumentEvidence, limit: int = PASSAGES_OF_TOPIC) -> list[Passage]:
    """The passages that hold the sentences which speak most fully about `topic`, best first, the earlier one
    first.

    A sentence counts half when it is a heading, and hardly when it is a line of a table of contents.
    """
    best: dict[int, float] = {}
    for sentence in evidence.sentences:
        near_front = evidence.near_front(sentence.start)
        full = topic.match(evidence.text[sentence.start : sentence.end], near_front)
        full *= 0.2 if sentence.contents else 0.5 if sentence.heading else 1.0
        if full >= SIGNIFICANT:
            number = evidence.passage_at(sentence.start).number
            best[number] = max(full, best.get(number, 0.0))
    ranked = sorted(best, key=lambda number: (-round(best[number], 2), number))
    return [evidence.passages[number] for number in ranked[:limit]]


def _merged(rankings: Iterable[tuple[float, Sequence[Passage]]]) -> list[Passage]:
    scores: dict[int, float] = {}
    passages: dict[int, Passage] = {}
    for weight, ranking in rankings:
        for rank, passage in enumerate(ranking):
            passages[passage.number] = passage
            scores[passage.number] = scores.get(passage.number, 0.0) + weight / (RANK_OFFSET + rank)
    return [passages[number] for number in sorted(scores, key=lambda number: (-scores[number], number))]
