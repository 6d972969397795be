"""Several readings of a question, and which of them to answer with: the one after which the question is likeliest.

A model that writes questions tells how likely just this one would be asked about an answer in its sentence; a wrong
answer invites another question ("Generative Question Answering: Learning to Answer the Whole Question", Lewis and Fan,
ICLR 2019; passages are ranked so by Sachan et al., arXiv 2204.07496). That an answer is supported counts, too.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from ..domain.messages import Progress
from ..domain.models import Citation, Passage
from ..domain.words import raw_words
from ..engine.contract import Engine, ModelReference, Told, WeighRequest
from .citations import sentence_holding
from .evidence import DocumentEvidence
from .retrieval import Search, retrieve
from .support import is_short, judge

WORTH_OF_SUPPORT = 0.7
"""In nats of each of the question's tokens; .5 to 1 choose nearly as well (tests/benchmarks/RESULTS.md)."""
PLACES_OF_ANSWER = 5
"""So many passages that hold its words are looked at besides those that are retrieved for the question."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer to a question, whether the document supports it, and the sentence in which it stands."""

    told: Told
    supported: bool


def reading_of(question: str, answer: str, evidence: DocumentEvidence, search: Search) -> Reading:
    """`answer`, looked up in the document."""
    found = judge(question, answer, evidence, search)
    near: list[Citation | Passage] = [*found.citations, *retrieve(question, evidence, search)]
    places = [*near, *search(answer, PLACES_OF_ANSWER)]  # a wrong answer stands where something else is spoken of
    return Reading(Told(question, answer, sentence_holding(question, answer, places, evidence)), found.supported)


def needs_others(first: Reading, *, has_memory: bool) -> bool:
    """Whether the question is to be read in other ways, too: where the `first` reading is short, and lacks support or a
    memory may know better."""
    return is_short(first.told.answer) and (has_memory or not first.supported)


def is_settled(readings: Sequence[Reading]) -> bool:
    """Whether the first of several readings is supported and all say the same."""
    return len(readings) > 1 and readings[0].supported and len(set(map(_words, readings))) == 1


def best_reading(
    engine: Engine, model: ModelReference, title: str, readings: Sequence[Reading]
) -> Generator[Progress, None, Reading]:
    """The best of `readings` of one question, the first of equals; nothing is weighed where all say the same, or
    nothing."""
    readings = [each for each in readings if _words(each)] or readings
    if len(set(map(_words, readings))) == 1:
        return readings[0]
    weights = yield from engine.weigh(WeighRequest(model, title, tuple(each.told for each in readings)))
    worth = [weight + WORTH_OF_SUPPORT * each.supported for weight, each in zip(weights, readings, strict=True)]
    return readings[worth.index(max(worth))]


def _words(reading: Reading) -> tuple[str, ...]:
    return tuple(raw_words(reading.told.answer.lower()))
