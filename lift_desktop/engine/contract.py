"""What the rest of the program sees of the engine: requests, results and one Protocol. Imports no torch."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Protocol

from ..domain.messages import AnswerText, Progress
from ..domain.methods import METHODS as METHODS
from ..domain.methods import PRESETS as PRESETS
from ..domain.models import AnswerMode, Depth, Passage, Quantisation, StudyQuestion, Turn
from ..domain.planning import Candidate, DeviceOffer, Plan
from ..domain.words import raw_words

PROMPTS_VERSION = "2"
"""Changes when `engine/prompts.py` does: a memory answers only to the prompts that it was trained with."""

NOT_IN_DOCUMENT = "The document does not say."
"""What a model answers when the passages before it do not tell."""


def says_absent(answer: str) -> bool:
    """Whether an answer is `NOT_IN_DOCUMENT`, however it is punctuated."""
    return raw_words(answer.lower()) == raw_words(NOT_IN_DOCUMENT.lower())


AUTO = "auto"
DEVICES = (AUTO, "cuda", "mps", "cpu")
QUANTISATIONS = (AUTO, *(kind.value for kind in Quantisation))
"""What may be chosen; "auto" leaves it to the planner (`domain/planning.py`)."""

STAGES = ("studying", "training", "checking")
"""The stages of learning, as they stand in `Progress.stage`."""


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A base model on this computer: `folder` holds safetensors weights, a config and a tokenizer.

    `skills_folder` holds the adapter that prepares this model for reading and for writing questions ("" for none).
    `device` is "auto", "cuda", "mps" or "cpu"; `quantisation` "auto" or a `Quantisation`. `alternatives` are named when
    the model is refused for its size.
    """

    name: str
    folder: str
    sha256: str
    skills_folder: str = ""
    device: str = AUTO
    quantisation: str = AUTO
    alternatives: tuple[Candidate, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LearnRequest:
    """Learn a document. All that is written on the way lies in `folder` (absolute), from which a later call resumes.

    `options` of the method are names and values (`domain.methods`); what they leave out, the `preset` says. Without
    `distil` answers are learned by plain supervised fine-tuning, as with the option distil=no.
    """

    model: ModelReference
    title: str
    passages: tuple[Passage, ...]
    folder: str
    depth: Depth = Depth.STANDARD
    method: str = "lora"
    distil: bool = True
    seed: int = 0
    preset: str = "ours"
    options: tuple[tuple[str, str], ...] = ()


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
class ReciteRequest:
    """What the memory in `adapter_folder` holds on each of `questions`. The result is, for each, a few sentences as the
    memory remembers them, likeliest first; none where the memory was taught answers instead.

    `sentences` of the document make a single question's come sooner: where the memory writes as one of them does, what
    follows there is guessed ahead and checked. They never change what is recited.
    """

    model: ModelReference
    title: str
    questions: tuple[str, ...]
    adapter_folder: str
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskRequest:
    """Answer a question. `adapter_folder` is None without a memory; `passages` are the retrieved texts, best first.
    Mode *memory* shows none of them: it reads what the memory `recited`, likeliest first. Mode *both* reads passages
    and what was recited side by side (`engine/asking.py`).

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
    recited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskResult:
    """The whole answer; seconds count from the call's start in the engine."""

    text: str
    seconds_to_first_token: float
    seconds: float
    tokens: int


@dataclass(frozen=True, slots=True)
class GatherRequest:
    """Put one question to each of `passages` by itself, in as few batches as possible; `mode` and `adapter_folder` as
    in AskRequest. The result is one text for each passage, in their order.
    """

    model: ModelReference
    title: str
    question: str
    passages: tuple[str, ...]
    mode: AnswerMode
    adapter_folder: str | None = None
    max_new_tokens: int = 64


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """Measure on this machine, with this document's passages, how long each depth would take."""

    model: ModelReference
    title: str
    passages: tuple[Passage, ...]
    method: str = "lora"
    preset: str = "ours"
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds to learn the document, by depth, and what memory that takes (None: not known)."""

    seconds: dict[Depth, float]
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question with its gold answer, the passages that are shown and what a memory `recited` (see AskRequest); closed
    book with neither."""

    question: str
    gold: str
    passages: tuple[str, ...] = ()
    recited: tuple[str, ...] = ()


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
class Told:
    """A question, an answer to it, and the sentence in which that answer stands."""

    question: str
    answer: str
    sentence: str


@dataclass(frozen=True, slots=True)
class WeighRequest:
    """How likely the model that writes questions asks just this question about an answer and its sentence. The result
    is, for each of `told`, the mean log-likelihood (nats) of the question's tokens.
    """

    model: ModelReference
    title: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ConvertRequest:
    """Read a GGUF file's de-quantised weights and write a folder with safetensors, config and tokenizer."""

    gguf: str
    target: str


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """Train the skills of a model on passages with questions (`data`, JSON lines; a file named twice is read twice).

    All that is written lies in `folder` (absolute), from which a later call resumes; there the result is, too. It
    begins with the skills in `start_folder` ("": with none) and takes about so many `minutes` (None: one pass over the
    data).
    """

    model: ModelReference
    data: tuple[str, ...]
    folder: str
    start_folder: str = ""
    minutes: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class PreparedKind:
    """One kind of lesson (`engine.lessons.KINDS`): mean loss (nats a token) of held-out answers of so many tokens."""

    kind: str
    before: float
    after: float
    tokens: int


@dataclass(frozen=True, slots=True)
class PrepareResult:
    """What preparing gave; the adapter's files lie in the request's folder."""

    steps: int
    passages: int
    questions: int
    kinds: tuple[PreparedKind, ...]


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """Try what this computer can do."""


@dataclass(frozen=True, slots=True)
class HardwareReport:
    """What was tried and found. `device` and `dtype` are what the engine uses; `notes` say why, in words.

    `offers` has every device that there is, the fastest first, with the quantisations that work on it.
    """

    device: str
    device_name: str
    dtype: str
    threads: int
    memory_bytes: int
    versions: dict[str, str]
    notes: tuple[str, ...] = ()
    offers: tuple[DeviceOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeedRequest:
    """For the bench: time `task` ("study", "train" or "answer") done by `stack`: "ours", "stock" (Hugging Face's) or,
    for answers with pages shown, "llama" (llama.cpp on the file `gguf`).

    Studying writes questions about `passages`; training learns `questions` and `passages` in `epochs` and leaves the
    adapter in `folder`; answering asks `questions`, with the adapter in `folder` or, for "", with their passages shown.
    `number_type` "" lets the stock stack take the weights as they are stored, "ours" as our engine computes.
    """

    model: ModelReference
    stack: str
    task: str
    title: str
    passages: tuple[Passage, ...]
    questions: tuple[StudyQuestion, ...] = ()
    folder: str = ""
    epochs: int = 4
    seed: int = 0
    number_type: str = ""
    depth: Depth = Depth.QUICK
    gguf: str = ""


@dataclass(frozen=True, slots=True)
class SpeedResult:
    """`amount`: prompts written to, tokens trained (each text with its whole prompt), or tokens answered after each
    first one, in `seconds`. `peak_bytes`: the most memory that the engine's process has taken so far. `first_seconds`:
    mean time until an answer's first token. `losses`: of each optimizer step (nats)."""

    seconds: float
    amount: int
    peak_bytes: int
    first_seconds: float = 0.0
    losses: tuple[float, ...] = ()
    questions: tuple[StudyQuestion, ...] = ()
    texts: tuple[str, ...] = ()


class Engine(Protocol):
    """Long calls are generators: they yield Progress or AnswerText and return their result; closing one cancels it."""

    def learn(self, request: LearnRequest) -> Generator[Progress, None, LearnResult]: ...

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]: ...

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]: ...

    def gather(self, request: GatherRequest) -> Generator[Progress, None, tuple[str, ...]]: ...

    def estimate(self, request: EstimateRequest) -> Generator[Progress, None, Estimate]: ...

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]: ...

    def weigh(self, request: WeighRequest) -> Generator[Progress, None, tuple[float, ...]]: ...

    def convert(self, request: ConvertRequest) -> Generator[Progress, None, None]: ...

    def prepare(self, request: PrepareRequest) -> Generator[Progress, None, PrepareResult]: ...

    def speed(self, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]: ...

    def probe(self) -> HardwareReport: ...

    def close(self) -> None: ...
