"""Records that every layer shares. Frozen, plain, standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Depth(StrEnum):
    """How thoroughly a document is learned: more questions and more epochs cost more time."""

    QUICK = "quick"
    STANDARD = "standard"
    DEEP = "deep"

    @property
    def deeper(self) -> Depth | None:
        """The next depth up, None for the deepest."""
        depths = list(Depth)
        return next(iter(depths[depths.index(self) + 1 :]), None)


class AnswerMode(StrEnum):
    """Where an answer may come from."""

    MEMORY = "memory"  # the adapter alone, no document text in the prompt
    PAGES = "pages"  # retrieved passages in the prompt, adapter off
    BOTH = "both"  # retrieved passages in the prompt, adapter on


class Quantisation(StrEnum):
    """How a model's linear layers are kept in memory; the rest of it is kept in the number type that it computes in."""

    NONE = "none"  # as it computes: 2 or 4 bytes a weight
    INT8 = "int8"  # LLM.int8: 1 byte a weight
    NF4 = "nf4"  # 4-bit normal floats with double quantisation: 0.52 bytes a weight


@dataclass(frozen=True, slots=True)
class WordBox:
    """Where one word (or one half of a hyphenated word) stands.

    `start` and `end` are characters of the document's text; the box is in points, origin at the page's top left.
    """

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `number` counts from 1, `label` is what is printed on it ("iv", "12"; "" when there is none).

    `start:end` is the page's span in the document's text; `width` and `height` are points.
    """

    number: int
    label: str
    start: int
    end: int
    width: float
    height: float
    words: tuple[WordBox, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What was read from a file: its whole text without running headers, footers or page markers, and its pages."""

    title: str
    author: str
    text: str
    pages: tuple[Page, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of about 130 to 200 tokens: `document.text[start:end] == text`, always.

    `number` counts from 0; `first_page` and `last_page` count from 1 (a passage may cross a page break).
    """

    number: int
    start: int
    end: int
    text: str
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document in the library. `file_path` is relative to the data folder; `source_path` is where it came from."""

    id: str
    title: str
    author: str
    file_name: str
    file_path: str
    source_path: str
    sha256: str
    size_bytes: int
    page_count: int
    passage_count: int
    added_at: str  # ISO 8601, UTC
    warnings: tuple[str, ...] = ()


class MemoryState(StrEnum):
    """Where a memory stands; changed by `domain.states.next_state` alone."""

    WAITING = "waiting"
    READING = "reading"
    STUDYING = "studying"
    TRAINING = "training"
    CHECKING = "checking"
    READY = "ready"
    WEAK = "weak"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Memory:
    """What was learned of one document with one model. `folder` is relative to the data folder.

    Recalls are shares from 0 to 1 (None before the recall check); `seconds` is the time spent learning.
    """

    id: str
    document_id: str
    model: str
    model_sha256: str
    method: str
    depth: Depth
    state: MemoryState
    folder: str
    message: str = ""
    questions: int = 0
    recall_before: float | None = None
    recall_after: float | None = None
    seconds: float = 0.0
    size_bytes: int = 0
    created_at: str = ""  # ISO 8601, UTC
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class PageRecall:
    """What the recall check found for one page: mean recall (0 to 1) before and after learning, over `questions`."""

    page: int
    before: float
    after: float
    questions: int


@dataclass(frozen=True, slots=True)
class StudyQuestion:
    """A question that study wrote from passage `passage`; `evidence` is verbatim text of that passage.

    `kind` says how it was made ("fact", "sentence", ...). Held-out questions are asked in the recall check and never
    trained on.
    """

    passage: int
    question: str
    answer: str
    evidence: str
    kind: str = "fact"
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that supports an answer: `document.text[start:end] == quote`; `score` from 0 to 1."""

    page: int
    label: str
    quote: str
    start: int
    end: int
    score: float


class DetailKind(StrEnum):
    """What a part of an answer says that can be looked up."""

    NUMBER = "number"
    MONEY = "money"
    PERCENTAGE = "percentage"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"  # "shall not" where the source says "shall", or the other way round
    WORDING = "wording"  # what else is said


@dataclass(frozen=True, slots=True)
class Detail:
    """A part of an answer, `answer.text[start:end]`."""

    start: int
    end: int
    kind: DetailKind


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document (or of what was chosen of it) an answer is gathered from: passages, and their pages."""

    read: int
    passages: int
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer; `note` tells the user what was done instead of what was asked ("" when nothing).

    `supported`: the citations hold what the answer says; citations of an unsupported answer are about its question.
    `missing` are the details of the answer that its citations do not hold. `absent`: it says that the document does
    not tell. `coverage` is what an answer about the whole document was gathered from, citation n being of its item n.
    `recited` are the sentences, as the memory remembers them, that an answer from memory was read from.
    `stopped` is True for one that the user stopped: its text is what had come so far.
    """

    text: str
    mode: AnswerMode
    supported: bool
    citations: tuple[Citation, ...]
    seconds_to_first_token: float
    seconds: float
    note: str = ""
    stopped: bool = False
    missing: tuple[Detail, ...] = ()
    absent: bool = False
    coverage: Coverage | None = None
    recited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as the library keeps it; `asked_at` is ISO 8601, UTC."""

    id: int
    question: str
    answer: Answer
    asked_at: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat about one document."""

    id: str
    document_id: str
    title: str
    created_at: str
