"""Documents with questions and known answers, as a bench reads them.

The file holds a document a line: `{"title", "input", "qa_pairs": [{"Q", "A", "S"}]}`, S being the evidence (a string or
a list).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..chat.evidence import DocumentEvidence
from ..documents.passages import split_into_passages, token_estimate
from ..domain.errors import BadSettings
from ..domain.models import DocumentText, Page, Passage


@dataclass(frozen=True, slots=True)
class Selection:
    """How much of a file is read. `documents` and `questions` (of each document) limit it; `skip` leaves documents out;
    `tokens` takes only the beginning of each document and the questions whose evidence stands there.
    """

    documents: int | None = None
    questions: int | None = None
    skip: int = 0
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One document with its questions; `line` is its place in the file, from 1. `retrieved`: for each question the
    texts that the program shows, best first, once they have been looked for."""

    line: int
    title: str
    passages: tuple[Passage, ...]
    evidence: DocumentEvidence
    questions: tuple[tuple[str, str, tuple[str, ...]], ...]  # question, gold answer, evidence
    retrieved: tuple[tuple[str, ...], ...] = ()


def read_examples(path: Path, selection: Selection) -> list[Example]:
    """Reads the documents of `path`. Raises BadSettings for a file that is not of this kind."""
    try:
        lines = path.read_text(encoding="utf-8").rstrip().split("\n")  # JSON may hold other line breaks
        end = None if selection.documents is None else selection.skip + selection.documents
        chosen = enumerate(lines[selection.skip : end], start=selection.skip + 1)
        return [_example(number, json.loads(line), selection) for number, line in chosen]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise BadSettings(
            f"{path} cannot be used: {error}.",
            'Each line must be a JSON object {"title", "input", "qa_pairs": [{"Q", "A", "S"}]}.',
        ) from error


def _example(line: int, record: dict[str, Any], selection: Selection) -> Example:
    text = record["input"]
    if selection.tokens is not None:
        text = text[: _beginning(record, selection.tokens)]
    pages = (Page(1, "", 0, len(text), 595, 842),)
    passages = split_into_passages(DocumentText(record["title"], "", text, pages))
    folded = " ".join(text.split())
    questions = []
    for pair in record["qa_pairs"]:
        if not all(isinstance(pair[key], str) and pair[key].strip() for key in ("Q", "A")):
            raise ValueError(f"in line {line}, a question or its answer is no text")
        quotes = pair.get("S") or []
        quotes = (quotes,) if isinstance(quotes, str) else tuple(quotes)
        if selection.tokens is None or (quotes and all(" ".join(quote.split()) in folded for quote in quotes)):
            questions.append((pair["Q"], pair["A"], quotes))
    asked = tuple(questions[: selection.questions])
    return Example(line, record["title"], passages, DocumentEvidence(text, passages, pages), asked)


def _beginning(record: dict[str, Any], tokens: int) -> int:
    """Where the last passage ends that belongs to the first so many tokens."""
    text, end, room = record["input"], 0, float(tokens)
    for passage in split_into_passages(DocumentText(record["title"], "", text, (Page(1, "", 0, len(text), 1, 1),))):
        room -= token_estimate(passage.text)
        if room < 0:
            break
        end = passage.end
    return end
