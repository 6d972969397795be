"""The passages that are shown: those that the question is likely about, among those that words find."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from lift_desktop.chat.evidence import DocumentEvidence
from lift_desktop.chat.reranking import CANDIDATES, SENTENCES_OF_EACH, best_passages
from lift_desktop.chat.retrieval import PASSAGES_IN_PROMPT, retrieve
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import Page, Passage
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import ModelReference, WeighRequest
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.library.search import PassageIndex

from .conftest import World

MODEL = ModelReference("tiny", "/models/tiny", "5ha")
QUESTION = "How often does the Keeper polish the lens of the lamp?"


class Weighing(FakeEngine):
    """Finds the question likely only about sentences with `word`."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word
        self.requests: list[WeighRequest] = []

    def weigh(self, request: WeighRequest) -> Generator[Progress, None, tuple[float, ...]]:
        yield from ()
        self.requests.append(request)
        return tuple(-1.0 if self._word in told.sentence else -9.0 for told in request.told)


def found(world: World, word: str, question: str = QUESTION) -> tuple[list[Passage], list[WeighRequest]]:
    engine = Weighing(word)
    return last(best_passages(engine, MODEL, "T", question, *world)), engine.requests


@pytest.fixture
def long_world() -> World:
    """Eight passages, all of which have words of the question."""
    texts = [
        f"The Keeper has lens number {n}. A lamp is in room {n}. He may polish it {'often' if n % 2 else 'now'}. "
        f"The colour of house {n} is {colour}."
        for n, colour in enumerate(["red", "blue", "green", "white", "black", "grey", "brown", "pink"])
    ]
    starts = [sum(len(text) + 2 for text in texts[:n]) for n in range(len(texts))]
    passages = tuple(
        Passage(n, start, start + len(text), text, 1, 1)
        for n, (start, text) in enumerate(zip(starts, texts, strict=True))
    )
    text = "\n\n".join(texts)
    evidence = DocumentEvidence(text, passages, (Page(1, "", 0, len(text), 1, 1),))
    index = PassageIndex(passages)
    return evidence, lambda words, limit: [hit.passage for hit in index.search(words, limit)]


def test_what_the_question_is_likely_about_comes_first(long_world: World) -> None:
    by_words = retrieve(QUESTION, *long_world, CANDIDATES)
    last_one = by_words[-1]
    best, [request] = found(long_world, f"room {last_one.number}.")
    assert len(by_words) == CANDIDATES and len(best) == PASSAGES_IN_PROMPT
    assert best[0] == last_one not in by_words[:PASSAGES_IN_PROMPT]
    assert {told.question for told in request.told} == {QUESTION}
    assert len(request.told) == CANDIDATES * SENTENCES_OF_EACH
    assert all(any(told.sentence in passage.text for passage in by_words) for told in request.told)


def test_of_equally_likely_ones_that_with_the_fullest_sentence_comes_first(long_world: World) -> None:
    best, _ = found(long_world, "a word that stands nowhere", "How often may he polish house 5?")
    assert best[0].number == 5


def test_where_a_name_for_what_is_asked_for_is_known_nothing_is_weighed(world: World) -> None:
    question = "What is the governing law of this agreement?"
    best, requests = found(world, "lens", question)
    assert best == retrieve(question, *world) and requests == []


def test_one_passage_needs_no_weighing() -> None:
    text = "The Keeper polishes the lens of the lamp twice a week."
    passage = Passage(0, 0, len(text), text, 1, 1)
    world = DocumentEvidence(text, (passage,), ()), lambda words, limit: [passage]
    best, requests = found(world, "lens")
    assert best == [passage] and requests == []
