"""How fast our engine is beside the stock stack (Hugging Face's Trainer and generate, and PEFT), on equal work.

Two engine processes take turns on the same passages, questions, loss, epochs, rank and start, so that what disturbs the
one disturbs the other; where there is a GGUF file of the model, a third one answers with llama.cpp. Must not know how a
table looks, nor what the stacks do inside.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from ..documents import DocumentReader
from ..documents.passages import split_into_passages, token_estimate
from ..domain.errors import BadSettings
from ..domain.messages import Progress
from ..domain.models import Depth, DocumentText, Page, Passage, StudyQuestion
from ..domain.steps import changed
from ..engine.contract import Engine, LearnRequest, ModelReference, SpeedRequest, SpeedResult
from ..settings import STARTER_MODEL
from .filler import paragraphs

STACKS = ("ours", "stock")
LLAMA = "llama"
TASKS = ("study", "train", "answer")
TURN_PASSAGES = 8
"""So many passages are studied before it is the other stack's turn."""
MOST_ASKED = 12
CURVE_TOKENS = (1000, 2000, 4000, 8000, 16000)


@dataclass(frozen=True, slots=True)
class SpeedOptions:
    """`tokens` (estimated) of the document are used; `curve` are lengths to learn whole, as learning does it.
    `number_type`: see `SpeedRequest`; `gguf`: the same model for llama.cpp."""

    file: Path | None = None
    tokens: int = 2000
    epochs: int = 4
    curve: tuple[int, ...] = ()
    number_type: str = ""
    gguf: Path | None = None
    seed: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `bench speed`."""
    parser.add_argument("--model", default=STARTER_MODEL, metavar="M", help="its name or folder (default: %(default)s)")
    parser.add_argument("--file", type=Path, metavar="FILE", help="a document (default: a text that is made up)")
    parser.add_argument("--tokens", type=int, default=2000, metavar="N", help="how much of it (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=4, metavar="N", help="of training (default: %(default)s)")
    parser.add_argument(
        "--stock-type",
        choices=("stored", "ours"),
        default="stored",
        help="the stock stack's number type: as the weights are stored (its default), or as ours computes",
    )
    parser.add_argument(
        "--gguf", type=Path, metavar="FILE", help="the same model for llama.cpp, which then answers too, without skills"
    )
    lengths = ",".join(map(str, CURVE_TOKENS))
    parser.add_argument(
        "--curve",
        nargs="?",
        const=lengths,
        metavar="N,N,...",
        help=f"also learn documents of so many tokens (without figures: {lengths})",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def options_of(arguments: argparse.Namespace) -> SpeedOptions:
    """Raises BadSettings for lengths that are no numbers, and for too little to measure."""
    try:
        curve = tuple(int(part) for part in arguments.curve.split(",")) if arguments.curve else ()
    except ValueError as error:
        raise BadSettings(f"“{arguments.curve}” is no list of numbers.", "Write --curve 1000,2000,4000.") from error
    if arguments.tokens < 200 or arguments.epochs < 1 or any(length < 200 for length in curve):
        raise BadSettings("There is too little to measure.", "Use at least 200 tokens and one epoch.")
    if arguments.gguf is not None and not arguments.gguf.is_file():
        raise BadSettings(
            f"There is no file “{arguments.gguf}”.", "Give --gguf the model's file in llama.cpp's format."
        )
    number_type = "" if arguments.stock_type == "stored" else "ours"
    return SpeedOptions(arguments.file, arguments.tokens, arguments.epochs, curve, number_type, arguments.gguf)


def run_speed(
    engines: dict[str, Engine], reader: DocumentReader, model: ModelReference, options: SpeedOptions
) -> Generator[Progress, None, dict[str, Any]]:
    """Measures with one engine for each of STACKS, and for LLAMA where there is a file for it; returns `ratios`
    (stock's seconds by ours, `decode_llama` by llama.cpp's), all figures and the curve of seconds to a memory."""
    document = yield from _document(options, reader)
    passages = _first(split_into_passages(document), options.tokens)
    with tempfile.TemporaryDirectory(prefix="lift-desktop-speed-") as folder:
        race = _Race(
            engines, SpeedRequest(model, "", "", document.title, passages, epochs=options.epochs, seed=options.seed)
        )
        race.number_type = options.number_type
        if options.gguf is not None:
            yield from race.invite_llama(options.gguf)
        questions = yield from race.study()
        if not questions:
            raise BadSettings("No usable question was written, so there is nothing to train on.", "Take more --tokens.")
        yield from race.train(questions, Path(folder))
        yield from race.answer(questions, Path(folder))
        values = race.values() | {"passages": len(passages), "questions": len(questions)}
    curve = yield from _curve(engines["ours"], model, options, reader)
    return values | {"curve": curve}


class _Race:
    """Both stacks' results so far."""

    def __init__(self, engines: dict[str, Engine], request: SpeedRequest) -> None:
        self._engines, self._request = engines, request
        self.number_type = ""
        self._results: dict[str, dict[str, list[SpeedResult]]] = {
            stack: {task: [] for task in (*TASKS, "answer_memory")} for stack in STACKS
        }

    def invite_llama(self, gguf: Path) -> Generator[Progress, None, None]:
        """Lets llama.cpp answer, too. Loads it now, so that it is known at once whether it can."""
        self._request = replace(self._request, gguf=str(gguf.resolve()))
        self._results[LLAMA] = {"answer": []}
        yield from self._run(LLAMA, "answer", replace(self._request, questions=()), "loading")
        self._results[LLAMA]["answer"].clear()

    def study(self) -> Generator[Progress, None, list[StudyQuestion]]:
        """Turn by turn, who begins changing each time; returns our questions."""
        passages = self._request.passages
        warm_up = replace(self._request, passages=passages[:1])
        for stack in STACKS:  # loads the model and finds out what this processor is good at
            yield from self._run(stack, "study", warm_up, "loading")
            self._results[stack]["study"].clear()
        turns = [passages[at : at + TURN_PASSAGES] for at in range(0, len(passages), TURN_PASSAGES)]
        for number, part in enumerate(turns):
            for stack in STACKS if number % 2 else reversed(STACKS):
                yield from self._run(stack, "study", replace(self._request, passages=part), f"studying, {stack}")
        return [question for result in self._results["ours"]["study"] for question in result.questions]

    def train(self, questions: Sequence[StudyQuestion], folder: Path) -> Generator[Progress, None, None]:
        """Ours, stock, ours again: what the machine does meanwhile evens out."""
        for number, stack in enumerate(("ours", "stock", "ours")):
            target = folder / stack / str(number)
            target.mkdir(parents=True)
            request = replace(self._request, questions=tuple(questions), folder=str(target))
            yield from self._run(stack, "train", request, f"training, {stack}")
            (folder / f"{stack}.latest").write_text(str(target))

    def answer(self, questions: Sequence[StudyQuestion], folder: Path) -> Generator[Progress, None, None]:
        """Some questions with their passage shown, and from memory."""
        step = max(1, len(questions) // MOST_ASKED)
        asked = tuple(questions[::step][:MOST_ASKED])
        for number, question in enumerate(asked):
            for stack in STACKS if number % 2 else reversed(STACKS):
                adapter = (folder / f"{stack}.latest").read_text()
                for kind, where in (("answer", ""), ("answer_memory", adapter)):
                    request = replace(self._request, questions=(question,), folder=where)
                    yield from self._run(stack, "answer", request, f"answering, {stack}", kind)
            if LLAMA in self._results:
                alone = replace(self._request, questions=(question,))
                yield from self._run(LLAMA, "answer", alone, "answering, llama.cpp")

    def _run(
        self, stack: str, task: str, request: SpeedRequest, note: str, kind: str = ""
    ) -> Generator[Progress, None, None]:
        number_type = self.number_type if stack == "stock" else ""
        request = replace(request, stack=stack, task=task, number_type=number_type)
        steps = self._engines[stack].speed(request)
        result = yield from changed(steps, lambda step: replace(step, note=note))
        self._results[stack][kind or task].append(result)

    def values(self) -> dict[str, Any]:
        """What the bench prints."""
        figures = {stack: self._figures(stack) for stack in STACKS}
        ours, stock = figures["ours"], figures["stock"]
        ratios = {
            "study": stock["study_seconds"] / ours["study_seconds"],
            "train": stock["train_seconds"] / ours["train_seconds"],
            "total": stock["total_seconds"] / ours["total_seconds"],
            "decode": ours["answer_tokens_per_second"] / stock["answer_tokens_per_second"],
            "decode_memory": ours["memory_tokens_per_second"] / stock["memory_tokens_per_second"],
            "first_token": stock["first_token_seconds"] / ours["first_token_seconds"],
            "peak_memory": ours["peak_bytes"] / stock["peak_bytes"],
        }
        if answered := self._results.get(LLAMA, {}).get("answer"):
            figures[LLAMA] = {"answer_tokens_per_second": _tokens_per_second(answered)}
            ratios["decode_llama"] = figures[LLAMA]["answer_tokens_per_second"] / stock["answer_tokens_per_second"]
        return {"ratios": ratios} | figures | self._agreement()

    def _figures(self, stack: str) -> dict[str, Any]:
        results = self._results[stack]
        study_seconds = sum(result.seconds for result in results["study"])
        train_seconds = sum(result.seconds for result in results["train"]) / len(results["train"])
        everything = [result for found in results.values() for result in found]
        return {
            "study_seconds": study_seconds,
            "questions_per_second": sum(result.amount for result in results["study"]) / study_seconds,
            "train_seconds": train_seconds,
            "trained_tokens_per_second": results["train"][0].amount / train_seconds,
            "total_seconds": study_seconds + train_seconds,
            "peak_bytes": max(result.peak_bytes for result in everything),
            "first_token_seconds": _mean([result.first_seconds for result in results["answer"]]),
            "answer_tokens_per_second": _tokens_per_second(results["answer"]),
            "memory_first_token_seconds": _mean([result.first_seconds for result in results["answer_memory"]]),
            "memory_tokens_per_second": _tokens_per_second(results["answer_memory"]),
            "losses": list(results["train"][0].losses),
        }

    def _agreement(self) -> dict[str, float]:
        """How alike the work was: share of equal questions, and the largest difference of two losses of one step."""
        texts = [[text for result in self._results[stack]["study"] for text in result.texts] for stack in STACKS]
        losses = [self._results[stack]["train"][0].losses for stack in STACKS]
        return {
            "equal_questions": _mean([float(one == other) for one, other in zip(*texts, strict=True)]),
            "largest_loss_difference": max(abs(one - other) for one, other in zip(*losses, strict=True)),
        }


def _tokens_per_second(results: Sequence[SpeedResult]) -> float:
    """Of the tokens after each answer's first one."""
    return sum(result.amount for result in results) / max(1e-9, sum(result.seconds for result in results))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _curve(
    engine: Engine, model: ModelReference, options: SpeedOptions, reader: DocumentReader
) -> Generator[Progress, None, list[dict[str, float]]]:
    points = []
    for length in options.curve:
        point = yield from _learn(engine, model, length, options, reader)
        points.append(point)
    return points


def _learn(
    engine: Engine, model: ModelReference, length: int, options: SpeedOptions, reader: DocumentReader
) -> Generator[Progress, None, dict[str, float]]:
    """Learns so much of the document as the program does it, at depth quick; seconds to a finished memory."""
    document = yield from _document(replace(options, tokens=length), reader)
    passages = _first(split_into_passages(document), length)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="lift-desktop-speed-") as folder:
        request = LearnRequest(model, document.title, passages, folder, Depth.QUICK, seed=options.seed)
        result = yield from changed(engine.learn(request), lambda step: replace(step, note=f"{length:,} tokens"))
    return {
        "tokens": sum(token_estimate(passage.text) for passage in passages),
        "seconds": time.perf_counter() - start,
        "questions": len(result.questions),
    }


def _document(options: SpeedOptions, reader: DocumentReader) -> Generator[Progress, None, DocumentText]:
    """The file; without one, a made-up text of more than the wanted length."""
    if options.file is not None:
        return (yield from reader.read(options.file))
    text, parts = "", paragraphs(Random(options.seed))
    while token_estimate(text) < 1.2 * options.tokens:
        text += next(parts) + "\n\n"
    return DocumentText("The Valley Book", "", text, (Page(1, "", 0, len(text), 595, 842),))


def _first(passages: Sequence[Passage], tokens: int) -> tuple[Passage, ...]:
    """The first passages, up to so many tokens (estimated); at least one."""
    taken: list[Passage] = []
    used = 0.0
    for passage in passages:
        used += token_estimate(passage.text)
        if taken and used > tokens:
            break
        taken.append(passage)
    return tuple(taken)
