"""How often the support check marks right answers, and lets wrong ones pass; nothing is learned, no model is asked.

    python -m tests.benchmarks.grounding DATA_FOLDER [--skip 12] [--show]

DATA_FOLDER holds `articles/xquad.jsonl` (a document a line: {"title", "input", "qa_pairs": [{"Q", "A"}]}) and
`contracts/` (PDFs and `metadata.json`, labels as in CUAD v1). A wrong answer is another answer of the same document and
of the same kind; a question without an answer is one of another document. Prints tables; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lift_desktop.chat.evidence import DocumentEvidence
from lift_desktop.chat.support import Finding, is_silent, judge
from lift_desktop.documents import DocumentReader, split_into_passages
from lift_desktop.domain.models import DocumentText, Page, Passage
from lift_desktop.domain.steps import last
from lift_desktop.library.search import PassageIndex

Search = Callable[[str, int], list[Passage]]
World = tuple[DocumentEvidence, Search]
FIELDS = {
    "Document Name": "What is the name of this agreement?",
    "Parties": "Who are the parties to this agreement?",
    "Agreement Date": "What is the date of this agreement?",
    "Effective Date": "What is the effective date of this agreement?",
    "Expiration Date": "When does this agreement expire?",
    "Governing Law": "What is the governing law of this agreement?",
}
STATES = ("Ohio", "Illinois", "Kansas", "Nevada", "New York", "Iowa", "Oregon", "Delaware", "Texas")
NUMBER_WORDS = ("two", "three", "four", "five", "six", "ten", "twenty", "thirty", "sixty", "ninety")


def world_of(document: DocumentText) -> World:
    """A document and its search."""
    passages = split_into_passages(document)
    index = PassageIndex(passages)

    def search(words: str, limit: int) -> list[Passage]:
        return [found.passage for found in index.search(words, limit)]

    return DocumentEvidence(document.text, passages, document.pages), search


def kind_of(answer: str) -> str:
    """What sort of answer it is: a date, a number, a name or other words."""
    if re.search(r"\d", answer) or set(answer.lower().split()) & set(NUMBER_WORDS):
        return "figures"
    words = re.findall(r"\w+", answer)
    return "names" if words and sum(word[0].isupper() for word in words) * 2 >= len(words) else "words"


def articles(path: Path, skip: int) -> Iterator[tuple[str, World, list[tuple[str, str]]]]:
    """Title, world and questions with answers of each document."""
    for line in path.read_text(encoding="utf-8").splitlines()[skip:]:
        record = json.loads(line)
        text = record["input"]
        document = DocumentText(record["title"], "", text, (Page(1, "", 0, len(text), 1, 1),))
        yield record["title"], world_of(document), [(pair["Q"], pair["A"]) for pair in record["qa_pairs"]]


class Table:
    """Counts of verdicts, by row."""

    def __init__(self, show: bool) -> None:
        self.rows: dict[str, Counter[str]] = {}
        self._show = show

    def add(self, row: str, finding: Finding, question: str, answer: str, is_right: bool) -> None:
        verdict = "supported" if finding.supported else "marked" if finding.citations else "no source"
        self.rows.setdefault(row, Counter())[verdict] += 1
        if self._show and finding.supported != is_right:
            said = [(answer[detail.start : detail.end], detail.kind.value) for detail in finding.missing]
            quotes = [(round(c.score, 2), " ".join(c.quote.split())[:150]) for c in finding.citations]
            print(f"  {row}: {question!r} -> {answer!r}: {verdict} {said} {quotes}")

    def print(self, title: str) -> None:
        print(f"\n{title}\n{'':34}{'n':>6}{'supported':>12}{'marked':>12}{'no source':>12}")
        for row, counts in self.rows.items():
            total = counts.total()
            shares = "".join(f"{counts[key] / total:12.1%}" for key in ("supported", "marked", "no source"))
            print(f"{row:34}{total:6}{shares}", flush=True)


def measure_articles(path: Path, skip: int, most: int | None, show: bool) -> None:
    """Right answers, wrong answers of the same document and kind, and questions of other documents."""
    dice, table, silent = random.Random(0), Table(show), Counter[str]()
    known = list(articles(path, skip))[:most]
    everything = [pair for _, _, pairs in known for pair in pairs]
    for _, (evidence, search), pairs in known:
        for question, answer in pairs:
            kind = kind_of(answer)
            others = [other for _, other in pairs if kind_of(other) == kind and not _alike(other, answer)]
            table.add(f"right, {kind}", judge(question, answer, evidence, search), question, answer, True)
            silent["of its own document"] += is_silent(question, evidence, search)
            if others:
                wrong = dice.choice(others)
                table.add(f"WRONG, {kind}", judge(question, wrong, evidence, search), question, wrong, False)
        strange = [pair for pair in everything if pair not in pairs]
        for question, _ in dice.sample(strange, min(40, len(strange))):
            silent["asked"] += 1
            silent["of another document"] += is_silent(question, evidence, search)
    table.rows = dict(sorted(table.rows.items()))
    for name in ("right", "WRONG"):
        rows = [counts for row, counts in table.rows.items() if row.startswith(f"{name},")]
        table.rows[f"{name}, all"] = sum(rows, Counter())
    table.print("Articles: answers, by kind")
    print(
        f"\nSaid to be silent about: {silent['of its own document'] / len(everything):.1%} of {len(everything)} "
        f"questions that it answers, {silent['of another document'] / max(1, silent['asked']):.1%} of "
        f"{silent['asked']} questions of other documents"
    )


def _alike(one: str, other: str) -> bool:
    return one.lower() in other.lower() or other.lower() in one.lower()


def changed_value(field: str, label: str, others: list[str], dice: random.Random) -> str | None:
    """The label with another value: another state, another date or number, or another party; None if it has none."""
    if field in ("Parties", "Document Name"):
        return dice.choice(others) if others else None
    if field == "Governing Law":
        for state in STATES:
            if state.lower() in label.lower():
                other = dice.choice([each for each in STATES if each != state])
                return re.sub(state, other, label, flags=re.IGNORECASE)
        return None
    year = re.search(r"\b(19|20)\d\d\b", label)
    if year:
        return label.replace(year[0], str(int(year[0]) + dice.choice((-3, -1, 1, 2, 4))))
    number = re.search(rf"\b({'|'.join(NUMBER_WORDS)})\b", label)
    digits = re.search(r"\b\d+\b", label)
    if number:
        other = dice.choice([each for each in NUMBER_WORDS if each != number[0]])
        return re.sub(r"\(\d+\)\s?", "", label.replace(number[0], other))
    return label.replace(digits[0], str(int(digits[0]) + 3)) if digits else None


def _other_party(label: str, labels: Sequence[str]) -> str:
    """What makes an answer of one party's name: " and " the longest name of another one, if there is one."""
    others = [other for other in labels if other not in label and label not in other]
    return f" and {max(others, key=len)}" if others else ""


def measure_contracts(folder: Path, show: bool) -> None:
    """Labels as answers, and labels with a changed value."""
    dice, table = random.Random(0), Table(show)
    records: list[dict[str, Any]] = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    cited: Counter[str] = Counter()
    with DocumentReader() as reader:
        for record in records:
            evidence, search = world_of(last(reader.read(folder / record["file"])))
            text = " ".join(evidence.text.split()).lower()
            for field, question in FIELDS.items():
                labels = [" ".join(label.split()) for label in record[field] if len(label) > 3]
                labels = [label for label in labels if field != "Parties" or re.search(r"[A-Z]\w+ [A-Z]", label)]
                others = [
                    " ".join(label.split())
                    for other in records
                    for label in other[field]
                    if label.lower() not in text and re.search(r"[A-Za-z]{3}\w* \w{2}", label)
                ]
                for label in labels[:3]:
                    beside = _other_party(label, labels) if field == "Parties" else ""
                    finding = judge(question, label + beside, evidence, search)
                    table.add(f"right, {field}", finding, question, label + beside, True)
                    quotes = " ".join(" ".join(c.quote.split()) for c in finding.citations).lower()
                    cited[field] += label.lower()[:60] in quotes
                    wrong = changed_value(field, label, others, dice)
                    if wrong is not None:
                        finding = judge(question, wrong + beside, evidence, search)
                        table.add(f"WRONG, {field}", finding, question, wrong + beside, False)
    table.rows = dict(sorted(table.rows.items()))
    for name in ("right", "WRONG"):
        rows = [counts for row, counts in table.rows.items() if row.startswith(f"{name},")]
        table.rows[f"{name}, all"] = sum(rows, Counter())
    table.print("Contracts: labels, by field")
    print("Labels that stand in a cited quote:", dict(cited))


def main() -> None:
    """Measures both, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--skip", type=int, default=12, help="so many articles (those used for calibration)")
    parser.add_argument("--documents", type=int, help="at most so many articles")
    parser.add_argument("--show", action="store_true", help="print each wrong verdict")
    parser.add_argument("--only", choices=("articles", "contracts"))
    arguments = parser.parse_args()
    if arguments.only != "contracts":
        measure_articles(
            arguments.folder / "articles" / "xquad.jsonl", arguments.skip, arguments.documents, arguments.show
        )
    if arguments.only != "articles":
        measure_contracts(arguments.folder / "contracts", arguments.show)


if __name__ == "__main__":
    main()
