"""The arms of `bench qa`: what each of them shows to the model.

Knows what is retrieved as the program retrieves it; not what is answered.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ..chat.reranking import best_passages
from ..chat.retrieval import PASSAGES_IN_PROMPT, Search
from ..documents.passages import token_estimate
from ..domain.messages import Progress
from ..domain.models import Passage
from ..domain.words import content_words
from ..engine.contract import Engine, ModelReference, ScoredQuestion
from ..library.search import PassageIndex
from .examples import Example

ARMS = ("closed", "truncated", "pages", "oracle", "memory", "both")
MEMORY_ARMS, PAGE_ARMS = frozenset({"memory", "both"}), frozenset({"pages", "both"})
TRUNCATED_TOKENS = 1500
"""How much of the document (half of it its head, half its tail) the arm `truncated` shows."""


def shown(example: Example, arm: str, recited: Sequence[Sequence[str]]) -> tuple[ScoredQuestion, ...]:
    """The questions of `example`, each with the passages that `arm` shows; `recited` is what a memory says to each."""
    return tuple(
        ScoredQuestion(question, gold, _passages(example, arm, place), tuple(own))
        for place, ((question, gold, _), own) in enumerate(zip(example.questions, recited, strict=True))
    )


def with_retrieved(engine: Engine, model: ModelReference, example: Example) -> Generator[Progress, None, Example]:
    """`example` with what the arms with pages show, found as the program finds it."""
    found = []
    with search_of(example) as search:
        for question, _, _ in example.questions:
            best = yield from best_passages(engine, model, example.title, question, example.evidence, search)
            found.append(tuple(passage.text for passage in best))
    return replace(example, retrieved=tuple(found))


def _passages(example: Example, arm: str, place: int) -> tuple[str, ...]:
    if arm in PAGE_ARMS:
        return example.retrieved[place]
    if arm == "truncated":
        return _truncated(example)
    if arm == "oracle":
        return tuple(passage.text for passage in _holding(example, example.questions[place][2]))
    return ()


def _truncated(example: Example) -> tuple[str, ...]:
    """The document's head and its tail, as much as `TRUNCATED_TOKENS` hold."""
    texts = [passage.text for passage in example.passages]
    if sum(map(token_estimate, texts)) <= TRUNCATED_TOKENS:
        return ("\n\n".join(texts),)
    parts: list[str] = []
    for order in (texts, texts[::-1]):
        taken: list[str] = []
        room = TRUNCATED_TOKENS / 2
        for text in order:
            room -= token_estimate(text)
            if room < 0:
                break
            taken.append(text)
        parts.append("\n\n".join(taken if order is texts else taken[::-1]))
    return ("\n\n...\n\n".join(parts),)


def _holding(example: Example, quotes: Sequence[str]) -> list[Passage]:
    """For each quote the passage that shares most of its words; at most as many as asking shows."""
    found: dict[int, Passage] = {}
    for quote in quotes[:PASSAGES_IN_PROMPT]:
        words = set(content_words(quote))
        best = max(example.passages, key=lambda passage: len(words & set(content_words(passage.text))))
        found[best.number] = best
    return list(found.values())


@contextmanager
def search_of(example: Example) -> Iterator[Search]:
    """The word search in the passages of `example`."""
    index = PassageIndex(example.passages)
    try:
        yield lambda words, limit: [hit.passage for hit in index.search(words, limit)]
    finally:
        index.close()
