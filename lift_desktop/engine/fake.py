"""The engine's contract without a model: instant, deterministic, on the words of the passages alone.

For tests of everything that stands on an engine. It really learns (the questions that it writes are its
memory), really resumes from what the request's folder holds, and can be told to stop at any step. Imports no
torch.
"""

from __future__ import annotations

import json
import re
import struct
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode, Depth, Passage, Quantisation, StudyQuestion
from ..domain.planning import DeviceOffer
from .contract import (
    PROMPTS_VERSION,
    STAGES,
    AskRequest,
    AskResult,
    ConvertRequest,
    Estimate,
    EstimateRequest,
    GatherRequest,
    HardwareReport,
    LearnRequest,
    LearnResult,
    PreparedKind,
    PrepareRequest,
    PrepareResult,
    QuestionRecall,
    ReciteRequest,
    Score,
    ScoreRequest,
    SpeedRequest,
    SpeedResult,
    WeighRequest,
)

QUESTIONS_NAME, TRAINED_NAME = "questions.jsonl", "trained.json"
TRAINING_STEPS = 4
SECONDS_PER_PASSAGE = {Depth.QUICK: 0.5, Depth.STANDARD: 1.0, Depth.DEEP: 2.0}
QUESTIONS_PER_PASSAGE = {Depth.QUICK: 1, Depth.STANDARD: 2, Depth.DEEP: 3}
HELD_OUT_EVERY = 4
UNKNOWN = "I do not know."

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


class FakeEngine:
    """See the module. `at_step` is called with each value of progress before it is yielded, and with each
    word of an answer; what it raises ends the call. `learns` is False for an engine whose memories all turn
    out weak.

    `steps` lists what was done, as (stage, number of the step): a resumed call repeats none of it.
    """

    def __init__(self, at_step: Callable[[Progress | AnswerText], None] | None = None, learns: bool = True) -> None:
        self._at_step = at_step or (lambda step: None)
        self._learns = learns
        self.steps: list[tuple[str, int]] = []
        self.asked: list[AskRequest] = []
        self.prepared: list[PrepareRequest] = []
        self.gathered: list[GatherRequest] = []
        self.closed = False

    def learn(self, request: LearnRequest) -> Generator[Progress, None, LearnResult]:
        """Writes questions, "trains" in a few steps, and asks the held-out questions."""
        folder = Path(request.folder)
        yield self._progress("loading", 0, 1)
        yield from self._study(request, folder)
        yield from self._train(request, folder)
        questions = _read_questions(folder)
        held_out = [question for question in questions if question.held_out]
        for done in range(len(held_out) + 1):
            yield self._progress("checking", done, len(held_out))
        known = 0.9 if self._learns else 0.1
        recalls = tuple(QuestionRecall(question.passage, 0.1, known) for question in held_out)
        return LearnResult(questions, recalls, 0.1, known, self._learns)

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]:
        """Answers with the sentence that shares the most words with the question, word by word."""
        self.asked.append(request)
        started = time.monotonic()
        known = [*request.passages, *request.recited]
        if request.mode is not AnswerMode.PAGES and request.adapter_folder is not None:
            known += [question.evidence for question in _read_questions(Path(request.adapter_folder))]
        answer = _best_sentence(request.question, known)
        words = re.findall(r"\S+\s*", answer)[: request.max_new_tokens]
        first = 0.0
        for word in words:
            step = AnswerText(word)
            self._at_step(step)
            first = first or time.monotonic() - started
            yield step
        return AskResult("".join(words).strip(), first, time.monotonic() - started, len(words))

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]:
        """For each question the learned sentence that shares the most words with it, if one does."""
        known = [question.evidence for question in _read_questions(Path(request.adapter_folder))]
        found = []
        for done, question in enumerate(request.questions):
            yield self._progress("reciting", done, len(request.questions))
            best = _best_sentence(question, known)
            found.append((best,) if best != UNKNOWN else ())
        return tuple(found)

    def gather(self, request: GatherRequest) -> Generator[Progress, None, tuple[str, ...]]:
        """For each passage its sentence that shares the most words with the question."""
        self.gathered.append(request)
        texts = []
        for done, passage in enumerate(request.passages):
            yield self._progress("gathering", done, len(request.passages))
            texts.append(_best_sentence(request.question, [passage]))
        return tuple(texts)

    def estimate(self, request: EstimateRequest) -> Generator[Progress, None, Estimate]:
        """A fixed time for each passage."""
        yield self._progress("measuring", 0, 1)
        return Estimate({depth: each * len(request.passages) for depth, each in SECONDS_PER_PASSAGE.items()})

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]:
        """A low likelihood loss for what passages or memory hold, a high one for the rest."""
        memory = [] if request.adapter_folder is None else _read_questions(Path(request.adapter_folder))
        scores = []
        for done, question in enumerate(request.questions):
            yield self._progress("scoring", done, len(request.questions))
            known = [*question.passages, *(each.evidence for each in memory)]
            held = any(question.gold in text for text in known)
            scores.append(Score(0.5 if held else 4.0, _best_sentence(question.question, known)))
        return tuple(scores)

    def weigh(self, request: WeighRequest) -> Generator[Progress, None, tuple[float, ...]]:
        """The likelier, the more of the question's words the sentence holds; all answers in it alike."""
        weights = []
        for done, told in enumerate(request.told):
            yield self._progress("weighing", done, len(request.told))
            asked = set(_WORD.findall(told.question.lower()))
            held = asked.intersection(_WORD.findall(told.sentence.lower()))
            weights.append(len(held) / max(1, len(asked)) - 1)
        return tuple(weights)

    def convert(self, request: ConvertRequest) -> Generator[Progress, None, None]:
        """Writes a folder that passes for a model; its weights are the last bytes of the GGUF file."""
        yield self._progress("converting", 0, 1)
        target = Path(request.target)
        (target / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
        (target / "tokenizer.json").write_text('{"version": "1.0"}', encoding="utf-8")
        (target / "model.safetensors").write_bytes(_safetensors(Path(request.gguf).read_bytes()[-64:]))

    def speed(self, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
        """Ours takes one second for everything, the stock stack four, llama.cpp two; there is a question to each
        passage."""
        yield self._progress("measuring", 0, 1)
        seconds = {"ours": 1.0, "stock": 4.0, "llama": 2.0}[request.stack]
        questions = tuple(
            StudyQuestion(passage.number, f"What is in passage {passage.number}?", "words", passage.text)
            for passage in request.passages
        )
        texts = tuple(question.question for question in questions)
        amount = 100 if request.task != "study" else len(questions)
        return SpeedResult(seconds, amount, 1_000_000, 0.1, (2.0, 1.0), questions, texts)

    def prepare(self, request: PrepareRequest) -> Generator[Progress, None, PrepareResult]:
        """Counts the lines of the data, and writes a folder that passes for skills."""
        self.prepared.append(request)
        lines = [line for file in request.data for line in Path(file).read_text(encoding="utf-8").splitlines()]
        folder = Path(request.folder)
        folder.mkdir(parents=True, exist_ok=True)
        for done in range(TRAINING_STEPS + 1):
            yield self._progress("practising", done, TRAINING_STEPS)
        (folder / "adapter_model.safetensors").write_bytes(_safetensors(bytes(64)))
        (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
        return PrepareResult(TRAINING_STEPS, len(lines), len(lines), (PreparedKind("reading", 4.0, 0.5, 10),))

    def probe(self) -> HardwareReport:
        """A computer without anything special."""
        why = (Quantisation.INT8, "It fails on this device: a test.")
        kinds = (Quantisation.NONE, Quantisation.NF4)
        offer = DeviceOffer("cpu", "a test", "float32", 4, 8_000_000_000, 16_000_000_000, kinds, (why,))
        return HardwareReport("cpu", "a test", "float32", 1, 1 << 30, {"fake": "1"}, ("No model is loaded.",), (offer,))

    def close(self) -> None:
        self.closed = True

    def _progress(self, stage: str, done: int, total: int) -> Progress:
        before = STAGES.index(stage) if stage in STAGES else 0
        share = (before + done / max(total, 1)) / len(STAGES)
        step = Progress(stage, done, total, share, seconds_left=float(total - done))
        self._at_step(step)
        return step

    def _study(self, request: LearnRequest, folder: Path) -> Iterator[Progress]:
        total, file = len(request.passages), folder / QUESTIONS_NAME
        written = {question.passage for question in _read_questions(folder)}
        yield self._progress("studying", len(written), total)
        for done, passage in enumerate(request.passages, start=1):
            if passage.number in written:
                continue
            with file.open("a", encoding="utf-8") as stream:
                for question in _questions(passage, QUESTIONS_PER_PASSAGE[request.depth]):
                    stream.write(json.dumps(asdict(question)) + "\n")
            self.steps.append(("studying", passage.number))
            yield self._progress("studying", done, total)

    def _train(self, request: LearnRequest, folder: Path) -> Iterator[Progress]:
        checkpoint = folder / TRAINED_NAME
        first = json.loads(checkpoint.read_text("utf-8")) if checkpoint.exists() else 0
        yield self._progress("training", first, TRAINING_STEPS)
        for step in range(first, TRAINING_STEPS):
            partial = checkpoint.with_suffix(".writing")
            partial.write_text(json.dumps(step + 1), encoding="utf-8")
            partial.replace(checkpoint)
            self.steps.append(("training", step))
            yield self._progress("training", step + 1, TRAINING_STEPS)
        (folder / "adapter.safetensors").write_bytes(_safetensors(bytes(64)))
        manifest = {"prompts_version": PROMPTS_VERSION, "method": request.method, "distil": request.distil}
        manifest |= {"preset": request.preset, "options": dict(request.options)}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _questions(passage: Passage, number: int) -> Iterator[StudyQuestion]:
    sentences = [found.group().strip() for found in _SENTENCE.finditer(passage.text)]
    evidences = [sentence for sentence in sentences if len(sentence) > 20][:number] or [passage.text]
    for place, evidence in enumerate(evidences):
        words = " ".join(evidence.split()[:4])
        held_out = (passage.number + place) % HELD_OUT_EVERY == 0
        yield StudyQuestion(passage.number, f"What follows “{words}”?", evidence, evidence, "sentence", held_out)


def _read_questions(folder: Path) -> tuple[StudyQuestion, ...]:
    file = folder / QUESTIONS_NAME
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return tuple(StudyQuestion(**json.loads(line)) for line in lines)


def _best_sentence(question: str, texts: Sequence[str]) -> str:
    """The sentence of `texts` with the most of the question's words, the first one of equals."""
    asked = set(_WORD.findall(question.lower()))
    best, most = UNKNOWN, 0
    for text in texts:
        for found in _SENTENCE.finditer(text):
            shared = len(asked.intersection(_WORD.findall(found.group().lower())))
            if shared > most:
                best, most = found.group().strip(), shared
    return best


def _safetensors(values: bytes) -> bytes:
    """A file with one tensor of float32 values."""
    tensor = {"dtype": "F32", "shape": [len(values) // 4], "data_offsets": [0, len(values)]}
    header = json.dumps({"weight": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + values
