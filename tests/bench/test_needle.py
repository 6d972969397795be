"""`bench needle`: facts lie where they should, each mode is asked, what is finished is kept, what is not is resumed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lift_desktop.bench.filler import paragraphs
from lift_desktop.bench.needle import NeedleOptions, make_document, run_needle
from lift_desktop.bench.needle_facts import MOST_FACTS, make_facts
from lift_desktop.documents import DocumentReader
from lift_desktop.documents.passages import token_estimate
from lift_desktop.domain.errors import BadSettings, OutOfMemory
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.steps import last
from lift_desktop.domain.words import content_words, split_sentences
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.fake import FakeEngine

MODEL = ModelReference("fake", "", "0" * 64)
OPTIONS = NeedleOptions(lengths=(600, 900), depths=3, facts=2)


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as reader:
        yield reader


def test_facts_stand_by_themselves() -> None:
    facts = make_facts(random.Random(5), MOST_FACTS)
    assert len({fact.question for fact in facts}) == MOST_FACTS
    for fact in facts:
        assert fact.answer in fact.statement
        assert not set(content_words(fact.answer)) & set(content_words(fact.question))
        assert len(split_sentences(fact.statement)) == 1
    assert make_facts(random.Random(5), 9) == make_facts(random.Random(5), 9) != make_facts(random.Random(6), 9)


def test_an_answer_stands_in_one_fact_s_sentence_alone() -> None:
    text, placed = make_document(NeedleOptions(facts=4), 8000, ())
    for _, fact in placed:
        holding = [line for line in text.split("\n\n") if fact.statement in line]
        assert len(holding) == 1 and text.count(fact.statement) == 1


def test_prose_hardly_repeats_itself() -> None:
    made = paragraphs(random.Random(1))
    sentences = [
        text[sentence.start : sentence.end]
        for text in (next(made) for _ in range(100))
        for sentence in split_sentences(text)
    ]
    assert len(sentences) >= 400 and len(set(sentences)) > 0.97 * len(sentences)
    assert not any("{" in sentence for sentence in sentences)


@pytest.mark.parametrize("length", [1000, 4000])
def test_a_document_has_its_length_and_its_facts_their_places(length: int) -> None:
    text, placed = make_document(NeedleOptions(), length, ())
    assert token_estimate(text) == pytest.approx(length, rel=0.05)
    assert [place for place, _ in placed] == [number / 5 for number in range(6) for _ in range(2)]
    for place, fact in placed:
        assert text.index(fact.statement) / len(text) == pytest.approx(place, abs=0.12)


def test_too_little_text_and_too_many_facts_are_named() -> None:
    with pytest.raises(BadSettings, match=r"tokens too short for 1,000"):
        make_document(NeedleOptions(), 1000, ("One sentence only. And another one.",))
    with pytest.raises(BadSettings, match=r"fill more than 40% of 400 tokens"):
        make_document(NeedleOptions(facts=4), 400, ())


def test_all_modes_are_asked_and_the_figures_are_those_of_the_answers(reader: DocumentReader, tmp_path: Path) -> None:
    engine = FakeEngine()
    values = last(run_needle(engine, reader, MODEL, OPTIONS, tmp_path))
    assert values["lengths"] == [600, 900] and values["places"] == [0.0, 0.5, 1.0]
    modes = [request.mode.value for request in engine.asked]  # mode both reads in other ways, too
    assert modes.count("both") == 12 and modes.count("memory") >= 12 and modes[:2] == ["memory", "both"]
    assert all(bool(request.passages) == (request.mode.value != "memory") for request in engine.asked)
    for mode, figures in values["modes"].items():
        recalls = [needle["recalls"][mode] for result in values["results"] for needle in result["needles"]]
        assert figures["all"]["n"] == len(recalls) == 12
        assert figures["all"]["recall"] == pytest.approx(sum(recalls) / 12)
        low, high = figures["all"]["recall_ci"]
        assert low <= figures["all"]["recall"] <= high
        assert [len(row) for row in figures["cells"]] == [3, 3]
        assert all(cell["n"] == 2 for row in figures["cells"] for cell in row)
    assert values["modes"]["both"]["all"]["recall"] == 1  # the engine quotes the sentence that retrieval found


def test_a_finished_length_is_not_measured_again(reader: DocumentReader, tmp_path: Path) -> None:
    first = last(run_needle(FakeEngine(), reader, MODEL, OPTIONS, tmp_path))
    engine = FakeEngine()
    assert last(run_needle(engine, reader, MODEL, OPTIONS, tmp_path)) == first
    assert engine.asked == [] and engine.steps == []
    last(run_needle(engine, reader, MODEL, replace(OPTIONS, seed=1), tmp_path))
    assert engine.asked
    asked = len(engine.asked)
    last(run_needle(engine, reader, MODEL, OPTIONS, tmp_path, again=True))
    assert len(engine.asked) >= asked + 24


@pytest.mark.parametrize("stage", ["training", "answer"])
def test_an_interrupted_length_is_resumed(reader: DocumentReader, tmp_path: Path, stage: str) -> None:
    def stop(step: Progress | AnswerText) -> None:
        name = step.stage if isinstance(step, Progress) else "answer"
        done = step.done if isinstance(step, Progress) else 2
        if name == stage and done == 2 and not stopped:
            stopped.append(True)
            raise OutOfMemory("There is too little memory.")

    stopped: list[bool] = []
    engine = FakeEngine(stop)
    with pytest.raises(OutOfMemory):
        last(run_needle(engine, reader, MODEL, OPTIONS, tmp_path))
    values = last(run_needle(engine, reader, MODEL, OPTIONS, tmp_path))
    assert values["modes"]["both"]["all"]["n"] == 12
    trained = [number for name, number in engine.steps if name == "training"]
    assert trained == [*range(4), *range(4)], "something was trained twice"


def test_facts_can_be_hidden_in_own_text(reader: DocumentReader, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    sentences = [
        f"Line {number} of the log says that pump {number * 7} was oiled and ran well." for number in range(90)
    ]
    own.write_text("\n\n".join(" ".join(sentences[at : at + 5]) for at in range(0, 90, 5)), encoding="utf-8")
    values = last(run_needle(FakeEngine(), reader, MODEL, replace(OPTIONS, haystack=(own,)), tmp_path / "data"))
    assert values["modes"]["both"]["all"]["recall"] == 1
