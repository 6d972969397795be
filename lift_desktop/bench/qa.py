"""Questions with known answers: how well each way of answering does, with and without a memory.

Each document is learned as the program learns it, by each method that is asked for, in a folder that is thrown away or
kept. What stands in the file: `examples.py`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ..chat.readings import Reading, best_reading, is_settled, needs_others, reading_of
from ..domain.errors import BadSettings
from ..domain.messages import Progress
from ..domain.methods import check_options, read_option
from ..domain.models import Depth
from ..domain.steps import changed
from ..domain.words import f1_share, recall_share
from ..engine.contract import (
    METHODS,
    PRESETS,
    Engine,
    LearnRequest,
    ModelReference,
    ReciteRequest,
    Score,
    ScoredQuestion,
    ScoreRequest,
    says_absent,
)
from ..settings import STARTER_MODEL
from .arms import ARMS, MEMORY_ARMS, PAGE_ARMS, search_of, shown, with_retrieved
from .examples import Example, Selection, read_examples
from .statistics import Mean, bootstrap_mean, paired_difference

COMPARED = (("memory", "closed"), ("both", "pages"))


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure. With several `methods` each memory arm is there once for each. Memories lie in `keep`, where a
    later run finds them again: an interrupted bench goes on there; None: nowhere.
    """

    selection: Selection = field(default_factory=Selection)
    arms: tuple[str, ...] = ARMS
    depth: Depth = Depth.STANDARD
    methods: tuple[str, ...] = METHODS[:1]
    distil: bool = True
    preset: str = PRESETS[0]
    method_options: tuple[tuple[str, str], ...] = ()
    keep: Path | None = None


@dataclass(slots=True)
class ArmResult:
    """What one arm scored, question by question."""

    nll: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)
    seconds: float = 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `bench qa`."""
    parser.add_argument("file", metavar="FILE.jsonl", type=Path, help="documents with questions and answers")
    parser.add_argument("--documents", type=int, metavar="N", help="the first N documents only")
    parser.add_argument("--skip", type=int, default=0, metavar="N", help="leave the first N documents out")
    parser.add_argument("--questions", type=int, metavar="M", help="at most M questions of each document")
    parser.add_argument(
        "--tokens", type=int, metavar="T", help="only the beginning of each document, and what is asked of it"
    )
    parser.add_argument("--depth", choices=[depth.value for depth in Depth], default=Depth.STANDARD.value)
    parser.add_argument(
        "--method",
        default=METHODS[0],
        metavar="M,M,...",
        help=f"one, or several to set side by side: {', '.join(METHODS)} (default: %(default)s)",
    )
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0], help="whose figures (default: %(default)s)")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="of the method; repeatable")
    parser.add_argument("--plain", action="store_true", help="learn the bare answers, without distillation")
    parser.add_argument("--model", default=STARTER_MODEL, help="a model's name or folder (default: %(default)s)")
    parser.add_argument("--arms", default=",".join(ARMS), help="separated by commas (default: %(default)s)")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="keep the memories there; a run that was interrupted goes on with them",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def options_of(arguments: argparse.Namespace) -> Options:
    """What the options of `add_arguments` ask for."""
    return Options(
        Selection(arguments.documents, arguments.questions, arguments.skip, arguments.tokens),
        tuple(arguments.arms.split(",")),
        Depth(arguments.depth),
        tuple(dict.fromkeys(arguments.method.split(","))),
        not arguments.plain,
        arguments.preset,
        tuple(read_option(text) for text in arguments.option),
        arguments.keep,
    )


def run_qa(
    engine: Engine, model: ModelReference, path: Path, options: Options
) -> Generator[Progress, None, dict[str, Any]]:
    """Learns each document and scores every arm; returns the JSON object that `bench qa` prints."""
    columns = _columns(options)
    examples = read_examples(path, options.selection)
    results = {column.name: ArmResult() for column in columns}
    memories: list[_Learned] = []
    for number, example in enumerate(examples):

        def whole(progress: Progress, number: int = number, title: str = example.title) -> Progress:
            note = f"{title}: {progress.note or progress.stage}"
            return Progress("bench", number, len(examples), (number + progress.fraction) / len(examples), None, note)

        def asking(progress: Progress, whole: Callable[[Progress], Progress] = whole) -> Progress:
            return whole(replace(progress, fraction=1.0))

        with _folder_of(options, f"{path.stem}-{example.line}") as folder:
            learned: dict[str, _Learned] = {}
            for method in dict.fromkeys(column.method for column in columns if column.method):
                learning = _learn(engine, model, example, folder / method, method, options)
                learned[method] = yield from changed(learning, whole)
            memories += learned.values()
            if any(column.arm in PAGE_ARMS for column in columns):
                example = yield from changed(with_retrieved(engine, model, example), asking)
            for column in columns:
                start = time.monotonic()
                steps = _asked(engine, model, example, column.arm, learned.get(column.method))
                scores = yield from changed(steps, asking)
                _add(results[column.name], example, scores, time.monotonic() - start)
    return _summary(results, columns) | {
        "learn_seconds": sum(memory.seconds for memory in memories),
        "recite_seconds": sum(memory.recite_seconds for memory in memories),
        "weak_memories": sum(memory.is_weak for memory in memories),
    }


@dataclass(frozen=True, slots=True)
class _Column:
    """An arm, and the method of its memory ("" for an arm without one)."""

    name: str
    arm: str
    method: str = ""


def _columns(options: Options) -> list[_Column]:
    """Raises BadSettings for an arm, a method or an option that there is not."""
    unknown = set(options.arms) - set(ARMS)
    if unknown:
        raise BadSettings(f"There is no arm '{', '.join(sorted(unknown))}'.", f"Arms: {', '.join(ARMS)}.")
    for method in options.methods:
        check_options(method, options.preset, options.method_options)
    columns = []
    for arm in options.arms:
        if arm not in MEMORY_ARMS:
            columns.append(_Column(arm, arm))
        elif len(options.methods) == 1:
            columns.append(_Column(arm, arm, options.methods[0]))
        else:
            columns += [_Column(f"{arm}, {method}", arm, method) for method in options.methods]
    return columns


@contextmanager
def _folder_of(options: Options, name: str) -> Iterator[Path]:
    """Where the memories of one document lie."""
    if options.keep is not None:
        folder = options.keep.absolute() / name
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="lift-bench-") as temporary:
        yield Path(temporary)


@dataclass(frozen=True, slots=True)
class _Learned:
    """A memory, and what it says to each question of its document."""

    folder: Path
    is_weak: bool
    recited: tuple[tuple[str, ...], ...]
    seconds: float
    recite_seconds: float


def _learn(
    engine: Engine, model: ModelReference, example: Example, folder: Path, method: str, options: Options
) -> Generator[Progress, None, _Learned]:
    """The memory in `folder`, which is learned first unless it is there already."""
    folder.mkdir(exist_ok=True)
    started = time.monotonic()

    def noted(progress: Progress, share: float) -> Progress:
        return replace(progress, fraction=share * progress.fraction, note=f"{progress.stage}, {method}")

    request = _learn_request(model, example, folder, method, options)
    result = yield from changed(engine.learn(request), lambda p: noted(p, 0.8))
    learned = time.monotonic()
    asked = tuple(question for question, _, _ in example.questions)
    reciting = engine.recite(ReciteRequest(model, example.title, asked, str(folder)))
    recited = yield from changed(reciting, lambda p: noted(p, 0.9))
    return _Learned(folder, not result.learned, recited, learned - started, time.monotonic() - learned)


def _asked(
    engine: Engine, model: ModelReference, example: Example, arm: str, memory: _Learned | None
) -> Generator[Progress, None, tuple[Score, ...]]:
    """What `arm` answers to all questions."""
    scores = yield from engine.score(_score_request(model, example, arm, memory))
    if arm in PAGE_ARMS:
        scores = yield from _best_of(engine, model, example, _beside_pages(arm, memory), scores)
    return scores


def _score_request(model: ModelReference, example: Example, arm: str, memory: _Learned | None) -> ScoreRequest:
    """What `arm` asks."""
    asked = memory if arm == "memory" else _beside_pages(arm, memory)
    if asked is None:
        return ScoreRequest(model, example.title, shown(example, arm, [()] * len(example.questions)), None)
    return ScoreRequest(model, example.title, shown(example, arm, asked.recited), str(asked.folder))


def _beside_pages(arm: str, memory: _Learned | None) -> _Learned | None:
    """The memory that `arm` asks beside pages: as in the program, no weak one."""
    return memory if arm == "both" and memory is not None and not memory.is_weak else None


def _best_of(
    engine: Engine, model: ModelReference, example: Example, memory: _Learned | None, scores: Sequence[Score]
) -> Generator[Progress, None, tuple[Score, ...]]:
    """As in the program, an answer without support, or beside a memory, is one of several readings of which the best
    counts. The likelihood stays that of the first reading."""
    with search_of(example) as search:

        def read(place: int, answer: str) -> Reading:
            return reading_of(example.questions[place][0], answer, example.evidence, search)

        readings = {
            place: [read(place, each.answer)] for place, each in enumerate(scores) if not says_absent(each.answer)
        }
        open_ones = [
            place
            for place, (first,) in readings.items()
            if needs_others(first, has_memory=memory is not None and bool(memory.recited[place]))
        ]
        for other, folder in _other_readings(example, memory, open_ones):
            asked = [place for place in open_ones if place in other and not is_settled(readings[place])]
            request = ScoreRequest(model, example.title, tuple(other[place] for place in asked), folder)
            answers = (yield from engine.score(request)) if asked else ()
            for place, each in zip(asked, answers, strict=True):
                if not says_absent(each.answer):
                    readings[place].append(read(place, each.answer))
    chosen = list(scores)
    for place in open_ones:
        best = yield from best_reading(engine, model, example.title, readings[place])
        chosen[place] = replace(chosen[place], answer=best.told.answer)
    return tuple(chosen)


def _other_readings(
    example: Example, memory: _Learned | None, asked: Sequence[int]
) -> Iterator[tuple[dict[int, ScoredQuestion], str | None]]:
    """The questions at the places `asked`, each with what is read instead, and the adapter's folder."""
    if memory is not None:
        recited = shown(example, "memory", memory.recited)
        yield {place: recited[place] for place in asked if recited[place].recited}, str(memory.folder)
    alone = {}
    for place in asked:
        question, gold, _ = example.questions[place]
        if len(example.retrieved[place]) > 1:
            alone[place] = ScoredQuestion(question, gold, example.retrieved[place][:1])
    yield alone, None


def _learn_request(
    model: ModelReference, example: Example, memory: Path, method: str, options: Options
) -> LearnRequest:
    return LearnRequest(
        model,
        example.title,
        example.passages,
        str(memory),
        options.depth,
        method,
        options.distil,
        preset=options.preset,
        options=options.method_options,
    )


def _add(result: ArmResult, example: Example, scores: Sequence[Score], seconds: float) -> None:
    result.seconds += seconds
    for (_, gold, _), score in zip(example.questions, scores, strict=True):
        result.nll.append(score.nll)
        result.recall.append(recall_share(gold, score.answer))
        result.f1.append(f1_share(gold, score.answer))


def _summary(results: dict[str, ArmResult], columns: Sequence[_Column]) -> dict[str, Any]:
    arms = {}
    for arm, result in results.items():
        nll, recall, f1 = (bootstrap_mean(values) for values in (result.nll, result.recall, result.f1))
        arms[arm] = {
            "n": nll.n,
            "nll": nll.value,
            "nll_ci": [nll.low, nll.high],
            "recall": recall.value,
            "recall_ci": [recall.low, recall.high],
            "f1": f1.value,
            "f1_ci": [f1.low, f1.high],
            "seconds": result.seconds,
        }
    differences = {
        f"{first.name} - {second}": {
            name: _interval(paired_difference(getattr(results[first.name], name), getattr(results[second], name)))
            for name in ("nll", "recall", "f1")
        }
        for arm, second in COMPARED
        for first in columns
        if first.arm == arm and second in results
    }
    return {"arms": arms, "differences": differences}


def _interval(mean: Mean) -> dict[str, float]:
    return {key: value for key, value in asdict(mean).items() if key != "n"}
