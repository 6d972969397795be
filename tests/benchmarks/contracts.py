"""Asks contracts for what lawyers have labelled in them, and prints how often clause and value are right.

    python -m tests.benchmarks.contracts FOLDER DATA_FOLDER [NAME.pdf ...] [--mode both] [--depth quick]

FOLDER holds PDFs and `metadata.json`, a list of {"file", "Parties": [...], "Expiration Date": [...], ...} as in CUAD v1
(The Atticus Project). Modes other than *pages* learn each contract first, unless DATA_FOLDER has a memory of it.

- clause: a labelled text stands in a cited quote, or (in brackets) on a cited page.
- value: the answer holds what matters of the label (`has_value`): the state, the date or the length of time, two of the
  named parties, the agreement's name.
- flagged: the program says of a wrong answer that its sources do not hold it, or that it found none.

Nothing is asserted; the tables are the result.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lift_desktop.bench.statistics import share_mean
from lift_desktop.chat import DocumentChat
from lift_desktop.domain.models import Answer, AnswerMode, Depth, Document
from lift_desktop.domain.steps import last
from lift_desktop.domain.words import recall_share
from lift_desktop.engine.contract import ModelReference
from lift_desktop.jobs import LearnSettings, add_document, fetch_model, finished_memory, learn_document, model_reference
from lift_desktop.library import Library
from lift_desktop.services import Services
from lift_desktop.settings import STARTER_MODEL

from .grounding import FIELDS

_PLACE = re.compile(r"(?:state|commonwealth|republic) of (?:the )?((?:new |north |south |west )?\w+)", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATE_PARTS = re.compile(
    rf"\b(?:{'|'.join(_MONTHS)})\w*|\b\d{{1,2}}(?=\W|\s?(?:st|nd|rd|t\s?h)\b)|\b\d{{4}}\b", re.IGNORECASE
)
_LENGTH = re.compile(r"\b(\w+)\s*(?:\(\d+\)\s*)?(days?|months?|years?)\b", re.IGNORECASE)
_NAMED = re.compile(r"^[A-Z][\w.&,' ]+\s[\w.&,' ]+$")
DATE_LETTERS = 30
"""A date takes up no more."""
WORDS_SHARE = 0.6
"""A label without date or length counts as said when the answer has this share of its content words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one question."""

    field: str
    quoted: bool
    on_page: bool
    right: bool
    flagged: bool


def has_value(field: str, labels: Sequence[str], answer: str) -> bool:
    """Whether `answer` holds what matters of one of the `labels`; of parties, two of them (or the only one)."""
    said = " ".join(answer.split())
    if field == "Parties":
        names = [label for label in labels if _NAMED.match(label) and len(label) < 60]
        held = sum(recall_share(name, said) == 1.0 for name in names)
        return held >= min(2, len(names)) > 0
    return any(_holds(field, " ".join(label.split()), said) for label in labels)


def _holds(field: str, label: str, said: str) -> bool:
    place = _PLACE.search(label)
    if field == "Governing Law" and place:
        return place[1].lower() in said.lower()
    if field == "Document Name":
        return recall_share(label, said) == 1.0
    dates = next((date for date in _dates(label) if len(date) >= 2), None)
    if dates is not None:
        return any(dates <= date for date in _dates(said))
    lengths = {(number.lower(), unit.lower().rstrip("s")) for number, unit in _LENGTH.findall(label)}
    if lengths:
        return bool(lengths & {(number.lower(), unit.lower().rstrip("s")) for number, unit in _LENGTH.findall(said)})
    return recall_share(label, said) >= WORDS_SHARE


def _dates(text: str) -> list[set[str]]:
    """What stands near each month, day and year of `text`: months in three letters, as far as a date is there."""
    parts = list(_DATE_PARTS.finditer(text))
    found = []
    for first in parts:
        near = {part[0].lower() for part in parts if 0 <= part.start() - first.start() <= DATE_LETTERS}
        if any(part.isalpha() for part in near):
            found.append({part[:3] if part.isalpha() else part for part in near})
    return found


def _letters(text: str) -> str:
    """Only what two ways of reading the same text agree on."""
    return re.sub(r"\W+", "", text).lower()


def _labelled_pages(library: Library, document_id: str, labels: Sequence[str]) -> set[int]:
    """The pages on which one of the labelled texts begins or goes on."""
    text, pages = library.text(document_id), library.pages(document_id)
    found = set()
    for page in pages:
        nearby = _letters(text[page.start : page.end])
        found |= {page.number for label in labels if len(_letters(label)) > 3 and _letters(label)[:80] in nearby}
    return found


def judge(field: str, labels: Sequence[str], answer: Answer, wanted: set[int]) -> Verdict:
    """`wanted`: the pages that hold a label."""
    quotes = _letters(" ".join(citation.quote for citation in answer.citations))
    return Verdict(
        field,
        any(len(_letters(label)) > 3 and _letters(label)[:60] in quotes for label in labels),
        bool(wanted & {citation.page for citation in answer.citations}),
        has_value(field, labels, answer.text),
        not answer.supported or answer.absent or bool(answer.missing),
    )


def measure(
    services: Services, document: Document, model: ModelReference, record: dict[str, list[str]], mode: AnswerMode
) -> Iterator[Verdict]:
    """Asks for each field that is labelled, prints what was answered."""
    chat, memory = DocumentChat(services.library, services.engine, document), services.library.best_memory(document.id)
    for field, question in FIELDS.items():
        if not record[field]:
            continue
        answer = last(chat.ask(question, model=model, memory=memory, mode=mode))
        verdict = judge(field, record[field], answer, _labelled_pages(services.library, document.id, record[field]))
        words = [
            name
            for name, value in (
                ("clause", verdict.quoted),
                ("page", verdict.on_page),
                ("VALUE", verdict.right),
                ("flagged", verdict.flagged),
            )
            if value
        ]
        print(f"  {field:16} {' '.join(words):28} {answer.text[:110]!r}", flush=True)
        yield verdict


def learned(services: Services, document: Document, model: ModelReference, depth: Depth) -> str:
    """Learns the document unless it is learned; says how."""
    settings = LearnSettings(depth)
    memory = finished_memory(services.library, document.id, model, settings)
    if memory is None:
        memory = last(learn_document(services.library, services.engine, document, model, settings)).memory
    recall = f"recall {memory.recall_before:.2f} -> {memory.recall_after:.2f}"
    return f"{memory.questions} questions, {memory.seconds:.0f} s, {memory.state.value}, {recall}"


def show(verdicts: Sequence[Verdict]) -> None:
    """The shares, by field and in all, with 95 % Wilson intervals."""
    print(f"\n{'':18}{'n':>4}{'clause quoted':>22}{'on a cited page':>22}{'value':>22}{'wrong, not flagged':>22}")
    for field in (*FIELDS, "all"):
        own = [verdict for verdict in verdicts if field in (verdict.field, "all")]
        if not own:
            continue
        wrong = [verdict for verdict in own if not verdict.right]
        columns = (
            [verdict.quoted for verdict in own],
            [verdict.on_page for verdict in own],
            [verdict.right for verdict in own],
            [not verdict.flagged for verdict in wrong],
        )
        print(f"{field:18}{len(own):4}" + "".join(f"{_share(column):>22}" for column in columns))


def _share(values: Sequence[bool]) -> str:
    if not values:
        return "-"
    share = share_mean([float(value) for value in values])
    return f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]"


def main() -> None:
    """Learns, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--depth", choices=[depth.value for depth in Depth], default=Depth.QUICK.value)
    parser.add_argument("--mode", choices=[mode.value for mode in AnswerMode], default=AnswerMode.BOTH.value)
    arguments = parser.parse_args()
    mode, verdicts = AnswerMode(arguments.mode), list[Verdict]()
    with Services(arguments.data) as services:
        local = last(fetch_model(services.models, services.engine, STARTER_MODEL))
        model = model_reference(local, services.models, services.library)
        for record in json.loads((arguments.folder / "metadata.json").read_text(encoding="utf-8")):
            if arguments.names and record["file"] not in arguments.names:
                continue
            document = last(add_document(services.library, services.reader, arguments.folder / record["file"], ""))
            print(f"\n{record['file']}: {document.page_count} pages, {document.passage_count} passages", flush=True)
            if mode is not AnswerMode.PAGES:
                print(f"  {learned(services, document, model, Depth(arguments.depth))}", flush=True)
            verdicts += measure(services, document, model, record, mode)
    show(verdicts)


if __name__ == "__main__":
    main()
