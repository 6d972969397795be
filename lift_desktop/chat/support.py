"""What may be said of an answer: that the document supports it, which of its details it does not, or that it is silent.

Owns the verdict and its calibrated bounds (measured in tests/benchmarks/grounding.py). Knows no engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..domain.models import Citation, Detail, DetailKind, Passage
from ..domain.words import NUMBERED, content_words, raw_words
from ..engine.contract import says_absent
from .asked_for import can_answer
from .citations import SURELY_ABOUT, find_evidence, nearness
from .evidence import DocumentEvidence
from .figures import find_figures
from .grounding import YES_OR_NO, find_missing
from .retrieval import Search, retrieve
from .topics import topics_of

SILENT = 0.15
"""Where no place of a document speaks about more of a question than this, the document does not answer it."""
NEAR = 0.5
"""The sentence that holds a short answer speaks about the question so much, beside the one that does so most."""
SHORT_ANSWER_WORDS = 12
CLEARLY_ABOUT = 0.5
"""Passages shown beside "The document does not say." speak about so much of the question."""
_ASKS_YEAR = re.compile(r"\byears?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on an answer, as `Answer` has it; `about` as `Evidence` has it."""

    supported: bool
    absent: bool
    citations: tuple[Citation, ...]
    missing: tuple[Detail, ...]
    about: float | None


def judge(question: str, answer: str, evidence: DocumentEvidence, search: Search) -> Finding:
    """Looks for what the document says to the question, and whether the answer agrees with it."""
    if says_absent(answer):
        found = find_evidence(question, "", evidence, search)
        speaks = found.about is not None and found.about >= CLEARLY_ABOUT
        return Finding(False, True, found.citations if speaks else (), (), found.about)
    found = find_evidence(question, answer, evidence, search)
    if not found.citations:
        return Finding(False, False, (), (), found.about)
    quotes = [citation.quote for citation in found.citations]
    missing = find_missing(question, answer, quotes, evidence)
    is_supported = bool(raw_words(answer)) and not missing and can_answer(question, answer)
    if is_supported and len(raw_words(answer)) <= SHORT_ANSWER_WORDS and not YES_OR_NO.match(answer):
        places: list[Citation | Passage] = [*found.citations, *retrieve(question, evidence, search)]
        is_supported = nearness(question, answer, places, evidence) >= NEAR
    return Finding(is_supported, False, found.citations, missing, found.about)


def is_short(text: str) -> bool:
    """Whether it may still become another answer: a longer one is shown as it comes, and stands."""
    return len(text.split()) <= SHORT_ANSWER_WORDS


def is_silent(question: str, evidence: DocumentEvidence, search: Search) -> bool:
    """Whether nothing in the document speaks about the question."""
    about = find_evidence(question, "", evidence, search).about
    return about is not None and about < SILENT


def clause_about(question: str, evidence: DocumentEvidence, search: Search) -> str:
    """The clause that surely speaks about what is asked for by a known name ("governing law"); "" for none."""
    if not topics_of(question):
        return ""
    found = find_evidence(question, "", evidence, search)
    is_sure = found.about is not None and found.about >= SURELY_ABOUT
    return _without_headings(found.citations[0], evidence) if is_sure and found.citations else ""


def _without_headings(citation: Citation, evidence: DocumentEvidence) -> str:
    """The quote's lines, from its first sentence that is no numbered heading ("7. GENERAL")."""
    start = citation.start
    for place in evidence.sentences_between(citation.start, citation.end):
        sentence = evidence.sentences[place]
        if not (sentence.heading and NUMBERED.match(evidence.text, sentence.start)):
            start = sentence.start
            break
    lines = (" ".join(line.split()) for line in evidence.text[start : citation.end].splitlines())
    return "\n".join(line for line in lines if line)


def answer_or_clause(question: str, answer: str, clause: str, evidence: DocumentEvidence, search: Search) -> str:
    """The answer where it is taken from the `clause`, supported and no mere number ("2019", "five"); else that."""
    is_taken = set(content_words(answer)) <= set(content_words(clause))
    is_part = _is_mere_number(answer) and not _ASKS_YEAR.search(question)
    is_whole = is_taken and not is_part and judge(question, answer, evidence, search).supported
    return answer if is_whole else clause


def _is_mere_number(text: str) -> bool:
    figures = find_figures(text)
    if len(figures) != 1 or figures[0].kind is not DetailKind.NUMBER or figures[0].unit:
        return False
    return not content_words(text[: figures[0].start] + text[figures[0].end :])
