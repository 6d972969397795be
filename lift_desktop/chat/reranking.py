"""Which of the passages that words find a prompt shows: those with a sentence that the question is likely about.

Words find what may answer a question; the model that writes questions tells where it would be asked (Sachan et al.,
arXiv 2204.07496, rank passages so). That a sentence says much of the question counts, too. Where contracts know a name
for what is asked for, the rules of `topics.py` choose alone. Must not know how the model is asked.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from ..domain.messages import Progress
from ..domain.models import Passage
from ..engine.contract import Engine, ModelReference, Told, WeighRequest
from .evidence import DocumentEvidence
from .retrieval import PASSAGES_IN_PROMPT, Search, retrieve
from .topics import topics_of
from .whole import speaks_of

CANDIDATES, SENTENCES_OF_EACH = 6, 2
"""So many passages are weighed, each by so many of its sentences; twice as many of either choose hardly better
(tests/benchmarks/RESULTS.md)."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage, the sentences that say most of the question, and how much of it (0 to 1) the first of them says."""

    passage: Passage
    sentences: tuple[str, ...]
    share: float


def best_passages(
    engine: Engine,
    model: ModelReference,
    title: str,
    question: str,
    evidence: DocumentEvidence,
    search: Search,
    context: str = "",
) -> Generator[Progress, None, list[Passage]]:
    """The passages to be shown for `question`, best first; `context` says what it goes on from. Raises the errors of
    the engine."""
    found = retrieve(question, evidence, search, CANDIDATES, context)
    if len(found) < 2 or topics_of(question):
        return found[:PASSAGES_IN_PROMPT]
    asked = f"{context} {question}".strip()
    candidates = [_candidate(asked, passage, evidence) for passage in found]
    told = tuple(Told(asked, sentence, sentence) for each in candidates for sentence in each.sentences)
    weights = iter((yield from engine.weigh(WeighRequest(model, title, told))))
    worth = {
        each.passage.number: each.share + max((next(weights) for _ in each.sentences), default=float("-inf"))
        for each in candidates
    }
    return sorted(found, key=lambda passage: -worth[passage.number])[:PASSAGES_IN_PROMPT]


def _candidate(asked: str, passage: Passage, evidence: DocumentEvidence) -> _Candidate:
    sentences = (evidence.sentences[place] for place in evidence.sentences_of(passage))
    texts = [evidence.text[sentence.start : sentence.end] for sentence in sentences]
    shares = {text: speaks_of(text, asked, evidence.weights) for text in texts}
    best = sorted(shares, key=lambda text: -shares[text])[:SENTENCES_OF_EACH]
    return _Candidate(passage, tuple(best), shares[best[0]] if best else 0.0)
