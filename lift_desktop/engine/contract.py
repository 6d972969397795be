"""What the rest of the program sees of the engine: requests, results and one Protocol. Imports no torch."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode, Depth, Passage, StudyQuestion, Turn

PROMPTS_VERSION = "2"
"""Changes when `engine/prompts.py` does: a memory answers only to the prompts that it was trained with."""

METHODS = ("lora",)

STAGES = ("studying", "training", "checking")
"""The stages of learning, as they stand in `Progress.stage`."""


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A base model on this computer: `folder` holds safetensors weights, a config and a tokenizer.

    `skills_folder` holds the adapter that prepares this model for reading and for writing questions ("" for none).
    """

    name: str
    folder: str
    sha256: str
    skills_folder: str = ""


@dataclass(frozen=True, slots=True)
class LearnRequest:
    """Learn a document. All that is written on the way lies in `folder` (absolute), from which a later call resumes.

    `distil` chooses context distillation (else plain supervised fine-tuning on the answers).
    """

    model: ModelReference
    title: str
    passages: tuple[Passage, ...]
    folder: str
    depth: Depth = Depth.STANDARD
    method: str = "lora"
    distil: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True)
class QuestionRecall:
    """One question of the recall check: share (0 to 1) of the answer's content words that were recalled."""

    passage: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class LearnResult:
    """What learning gave; the adapter's files lie in the request's folder. Recalls are means over `recalls`.

    `learned` is False for a memory that knows no more than the model did before (shown as *weak*).
    """

    questions: tuple[StudyQuestion, ...]
    recalls: tuple[QuestionRecall, ...]
    recall_before: float
    recall_after: float
    learned: bool


@dataclass(frozen=True, slots=True)
class AskRequest:
    """Answer a question. `adapter_folder` is None without a memory; `passages` are the retrieved texts, best first.

    `turns` is the conversation so far, oldest first; the engine drops the oldest turns, then the last passages, to
    keep to the model's context window.
    """

    model: ModelReference
    title: str
    question: str
    mode: AnswerMode
    adapter_folder: str | None = None
    passages: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    max_new_tokens: int = 200


@dataclass(frozen=True, slots=True)
class AskResult:
    """The whole answer; seconds count from the call's start in the engine."""

    text: str
    seconds_to_first_token: float
    seconds: float
    tokens: int


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """Measure on this machine, with this document's passages, how long each depth would take."""

    model: ModelReference
    title: str
    passages: tuple[Passage, ...]
    method: str = "lora"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds to learn the document, by depth."""

    seconds: dict[Depth, float]


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question with its gold answer and the passages that its prompt shows (none: closed book)."""

    question: str
    gold: str
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """For the bench: the gold answers' likelihood and the greedy answers, with the adapter or (None) without."""

    model: ModelReference
    title: str
    questions: tuple[ScoredQuestion, ...]
    adapter_folder: str | None = None
    max_new_tokens: int = 64


@dataclass(frozen=True, slots=True)
class Score:
    """Mean negative log-likelihood (nats) of the gold answer's tokens, and the greedy answer."""

    nll: float
    answer: str


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """Read a GGUF file's de-quantised weights and write a folder with safetensors, config and tokenizer."""

    gguf: str
    target: str


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """Try what this computer can do."""


@dataclass(frozen=True, slots=True)
class HardwareReport:
    """What was tried and found. `device` and `dtype` are what the engine uses; `notes` say why, in words."""

    device: str
    device_name: str
    dtype: str
    threads: int
    memory_bytes: int
    versions: dict[str, str]
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    """Long calls are generators: they yield Progress or AnswerText and return their result; closing one cancels it."""

    def learn(self, request: LearnRequest) -> Generator[Progress, None, LearnResult]: ...

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]: ...

    def estimate(self, request: EstimateRequest) -> Generator[Progress, None, Estimate]: ...

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]: ...

    def convert(self, request: ConvertRequest) -> Generator[Progress, None, None]: ...

    def probe(self) -> HardwareReport: ...

    def close(self) -> None: ...
