"""The needle test: facts that nobody can know, hidden at several places of documents of several lengths.

One document a length holds all its facts. It is added, learned and asked as the program does it, in a library of the
test's own; finished lengths are kept there and not measured again. Must not know how a table or a heat map looks.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from .. import __version__
from ..chat.conversation import DocumentChat
from ..documents import DocumentReader
from ..documents.passages import token_estimate
from ..domain.errors import BadSettings
from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode, Depth, Document, Memory
from ..domain.steps import changed
from ..domain.words import recall_share, split_sentences
from ..engine.contract import METHODS, PROMPTS_VERSION, Engine, ModelReference
from ..jobs import LearnSettings, add_document, finished_memory, learn_document
from ..library import Library
from ..settings import STARTER_MODEL
from .filler import paragraphs
from .needle_facts import MOST_FACTS, Fact, make_facts
from .statistics import share_mean

LENGTHS = (1000, 2000, 4000, 8000, 16000, 32000)
MODES = (AnswerMode.MEMORY, AnswerMode.BOTH)
MOST_FACTS_SHARE = 0.4  # of a document's tokens
LEARNING_SHARE = 0.9  # of the time that a length takes
ANSWER_TOKENS = 48


@dataclass(frozen=True, slots=True)
class NeedleOptions:
    """`lengths` are tokens (estimated); `depths` places, evenly from the beginning (0) to the end (1), with `facts`
    facts each. Without files in `haystack` the text around them is made by a grammar."""

    lengths: tuple[int, ...] = LENGTHS
    depths: int = 6
    facts: int = 2
    learn: LearnSettings = field(default_factory=lambda: LearnSettings(Depth.QUICK))
    seed: int = 0
    haystack: tuple[Path, ...] = ()

    @property
    def places(self) -> tuple[float, ...]:
        """Where facts are hidden, as shares of the document."""
        return tuple(number / max(1, self.depths - 1) for number in range(self.depths))


@dataclass(frozen=True, slots=True)
class Needle:
    """A hidden fact and, by mode, what was answered to its question: the text and its recall (0 to 1)."""

    place: float
    fact: Fact
    answers: dict[str, str]
    recalls: dict[str, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `bench needle`."""
    lengths = ",".join(map(str, LENGTHS))
    parser.add_argument(
        "--lengths", default=lengths, metavar="N,N", help="tokens of each document (default: %(default)s)"
    )
    parser.add_argument("--depths", type=int, default=6, metavar="N", help="places from the beginning to the end (6)")
    parser.add_argument("--facts", type=int, default=2, metavar="N", help="facts at each place (default: %(default)s)")
    parser.add_argument("--depth", choices=[depth.value for depth in Depth], default=Depth.QUICK.value)
    parser.add_argument("--method", choices=METHODS, default=METHODS[0])
    parser.add_argument("--model", default=STARTER_MODEL, help="a model's name or folder (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="other facts, another text (default: 0)")
    parser.add_argument(
        "--haystack",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="hide them in your own text",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw a heat map")
    parser.add_argument("--again", action="store_true", help="measure lengths anew that are finished already")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def options_of(arguments: argparse.Namespace) -> NeedleOptions:
    """What the options of `add_arguments` ask for. Raises BadSettings."""
    try:
        lengths = tuple(int(length) for length in arguments.lengths.split(","))
    except ValueError:
        raise BadSettings(f"--lengths {arguments.lengths} is no list of numbers.", "For example: 1000,2000.") from None
    settings = LearnSettings(Depth(arguments.depth), arguments.method)
    haystack = tuple(arguments.haystack)
    options = NeedleOptions(lengths, arguments.depths, arguments.facts, settings, arguments.seed, haystack)
    most = MOST_FACTS // max(1, options.depths)
    if options.depths < 1 or not 1 <= options.facts <= most:
        raise BadSettings(
            f"There must be 1 to {most} facts at each of at least one place.", "Change --facts or --depths."
        )
    return options


# Hiding ---------------------------------------------------------------------------------------------------------------
def hidden(title: str, prose: Sequence[str], facts: Sequence[tuple[float, Fact]], length: int) -> str:
    """A text of about `length` tokens (estimated) that begins with `title`: paragraphs of `prose`, and each fact
    between two sentences at its place (0 to 1). Raises BadSettings when the prose is too short, or the facts too
    many."""
    needed = length - token_estimate(title) - sum(token_estimate(fact.statement) for _, fact in facts)
    if needed < (1 - MOST_FACTS_SHARE) * length:
        raise BadSettings(
            f"{len(facts)} facts fill more than {MOST_FACTS_SHARE:.0%} of {length:,} tokens.",
            "Hide fewer (--facts, --depths), or in longer documents (--lengths).",
        )
    sentences: list[tuple[int, str]] = []  # with the number of their paragraph
    for number, paragraph in enumerate(prose):
        for sentence in split_sentences(paragraph):
            sentences.append((number, paragraph[sentence.start : sentence.end].strip()))
            needed -= token_estimate(sentences[-1][1])
            if needed <= 0:
                return f"{title}\n\n{_with_facts(sentences, facts)}\n"
    raise BadSettings(
        f"The text to hide facts in is about {needed:,.0f} tokens too short for {length:,}.",
        "Name more or longer files with --haystack, or smaller --lengths.",
    )


def _with_facts(sentences: Sequence[tuple[int, str]], facts: Sequence[tuple[float, Fact]]) -> str:
    """Paragraphs again. A fact never opens one, and several of one place are kept apart when there is room."""
    after: dict[int, list[str]] = {}
    for place, fact in facts:
        spot = min(len(sentences) - 1, round(place * (len(sentences) - 1)))
        order = sorted(range(len(sentences)), key=lambda at: (len(after.get(at, [])), abs(at - spot)))
        after.setdefault(order[0], []).append(fact.statement)
    lines: dict[int, list[str]] = {}
    for at, (paragraph, sentence) in enumerate(sentences):
        lines.setdefault(paragraph, []).extend([sentence, *after.get(at, [])])
    return "\n\n".join(" ".join(line) for line in lines.values())


def make_document(options: NeedleOptions, length: int, own: Sequence[str]) -> tuple[str, list[tuple[float, Fact]]]:
    """The text of one length and its facts with their places; `own` are paragraphs of the user's (none: made ones)."""
    dice = random.Random(f"{options.seed} {length}")
    facts = make_facts(dice, options.depths * options.facts)
    placed = [(place, facts.pop()) for place in options.places for _ in range(options.facts)]
    prose = own or tuple(islice(paragraphs(dice), length // 20))  # none has fewer than 20 tokens
    return hidden("A Country Notebook", prose, placed, length), placed


def read_haystack(reader: DocumentReader, files: Sequence[Path]) -> Generator[Progress, None, tuple[str, ...]]:
    """The paragraphs of the user's files, in order. Raises the errors of reading."""
    found: list[str] = []
    for file in files:
        content = yield from reader.read(file)
        found += [" ".join(paragraph.split()) for paragraph in content.text.split("\n\n") if paragraph.strip()]
    return tuple(found)


# Measuring ------------------------------------------------------------------------------------------------------------
def run_needle(
    engine: Engine,
    reader: DocumentReader,
    model: ModelReference,
    options: NeedleOptions,
    folder: Path,
    *,
    again: bool = False,
) -> Generator[Progress, None, dict[str, Any]]:
    """Measures each length that is not kept in `folder` yet; returns the JSON object that `bench needle` prints.

    A run that was stopped goes on where it was, also within a length. Raises BadSettings, and the errors of reading,
    learning and asking.
    """
    own = yield from read_haystack(reader, options.haystack)
    results = []
    with Library(folder / "library") as library:
        for number, length in enumerate(options.lengths):
            step = partial(_step, number, options.lengths)

            text, facts = make_document(options, length, own)
            kept = folder / "finished" / f"{_key(model, options, text)}.json"
            if again or not kept.is_file():
                test = _Length(library, engine, model, options.learn)
                added = add_document(library, reader, _written(folder / f"{kept.stem}.txt", text))
                document = yield from changed(added, partial(step, share=0.0))
                result = yield from test.run(document, facts, step)
                _write(kept, {"length": length, "settings": _settings(model, options), **result})
            results.append(json.loads(kept.read_text(encoding="utf-8")))
    return _summary(results, options)


Step = Callable[[Progress, float], Progress]
"""Takes progress within a length and the share of it that is done; gives the progress of the whole run."""


def _step(number: int, lengths: Sequence[int], progress: Progress, share: float) -> Progress:
    fraction = (sum(lengths[:number]) + lengths[number] * share) / sum(lengths)
    return Progress("needle", number, len(lengths), fraction, None, f"{lengths[number]:,} tokens: {progress.stage}")


class _Length:
    """One length: its document learned, asked, and erased."""

    def __init__(self, library: Library, engine: Engine, model: ModelReference, settings: LearnSettings) -> None:
        self._library, self._engine, self._model, self._settings = library, engine, model, settings

    def run(
        self, document: Document, facts: Sequence[tuple[float, Fact]], step: Step
    ) -> Generator[Progress, None, dict[str, Any]]:
        """What learning took and what was answered, as it is kept."""
        memory = yield from self._learned(document, step)
        needles = yield from self._asked(document, memory, facts, step)
        self._library.forget_document(document.id)
        Path(document.source_path).unlink(missing_ok=True)
        return {
            "passages": document.passage_count,
            "questions": memory.questions,
            "seconds": memory.seconds,
            "state": memory.state.value,
            "needles": [asdict(needle) for needle in needles],
        }

    def _learned(self, document: Document, step: Step) -> Generator[Progress, None, Memory]:
        memory = finished_memory(self._library, document.id, self._model, self._settings)
        if memory is not None:
            return memory
        learning = learn_document(self._library, self._engine, document, self._model, self._settings)
        learned = yield from changed(learning, lambda progress: step(progress, LEARNING_SHARE * progress.fraction))
        return learned.memory

    def _asked(
        self, document: Document, memory: Memory, facts: Sequence[tuple[float, Fact]], step: Step
    ) -> Generator[Progress, None, list[Needle]]:
        chat = DocumentChat(self._library, self._engine, document)
        needles = []
        for number, (place, fact) in enumerate(facts):
            share = LEARNING_SHARE + (1 - LEARNING_SHARE) * number / len(facts)
            asked = step(Progress("asking", number, len(facts), share), share)
            yield asked
            answers = {}
            for mode in MODES:
                asking = chat.ask(
                    fact.question, model=self._model, memory=memory, mode=mode, max_new_tokens=ANSWER_TOKENS
                )
                answer = yield from changed(asking, partial(_instead, asked))
                answers[mode.value] = answer.text
            recalls = {mode: recall_share(fact.answer, text) for mode, text in answers.items()}
            needles.append(Needle(place, fact, answers, recalls))
        return needles


def _instead(progress: Progress, _: AnswerText) -> Progress:
    return progress


def _settings(model: ModelReference, options: NeedleOptions) -> dict[str, Any]:
    return {
        "version": __version__,
        "prompts": PROMPTS_VERSION,
        "model": model.name,
        "model_sha256": model.sha256,
        "learn": {key: str(value) for key, value in asdict(options.learn).items()},
        "seed": options.seed,
    }


def _key(model: ModelReference, options: NeedleOptions, text: str) -> str:
    """What makes a length the same as one that was measured before: text and facts, model, way of learning."""
    wanted = json.dumps([_settings(model, options), text], sort_keys=True)
    return hashlib.sha256(wanted.encode()).hexdigest()[:16]


def _written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def _write(file: Path, values: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".writing")
    unfinished.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(file)


# Figures --------------------------------------------------------------------------------------------------------------
def _summary(results: Sequence[dict[str, Any]], options: NeedleOptions) -> dict[str, Any]:
    places = options.places
    modes = {}
    for mode in (mode.value for mode in MODES):
        grid = [
            [[needle["recalls"][mode] for needle in result["needles"] if needle["place"] == place] for place in places]
            for result in results
        ]
        modes[mode] = {
            "cells": [[_mean(cell) for cell in row] for row in grid],
            "by_length": [_mean([value for cell in row for value in cell]) for row in grid],
            "by_place": [_mean([value for row in grid for value in row[at]]) for at in range(len(places))],
            "all": _mean([value for row in grid for cell in row for value in cell]),
        }
    return {
        "lengths": list(options.lengths),
        "places": list(places),
        "facts": options.facts,
        "modes": modes,
        "learn_seconds": [result["seconds"] for result in results],
        "results": list(results),
    }


def _mean(values: Sequence[float]) -> dict[str, Any]:
    mean = share_mean(values)
    return {"n": mean.n, "recall": mean.value, "recall_ci": [mean.low, mean.high]}
