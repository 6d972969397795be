"""Learns contracts with labelled clauses, asks for the clauses, and prints which citations meet the labels.

    python -m tests.benchmarks.contracts FOLDER DATA_FOLDER [NAME.pdf ...] [--depth quick]

FOLDER holds PDFs and `metadata.json`, a list of {"file", "Parties": [...], "Expiration Date": [...], ...} as in CUAD v1
(The Atticus Project). A question counts when a labelled text stands on a cited page. Nothing is asserted; the table is
the result.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from lift_desktop.library import Library

QUESTIONS = {
    "Governing Law": "What is the governing law of this agreement?",
    "Expiration Date": "When does this agreement expire?",
    "Parties": "Who are the parties to this agreement?",
}


def run(data: Path, *arguments: str) -> Any:
    """The JSON object that the program prints."""
    command = [sys.executable, "-m", "lift_desktop", "--data-dir", str(data), *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def letters(text: str) -> str:
    """Only what two ways of reading the same text agree on."""
    return re.sub(r"\W+", "", text).lower()


def labelled_pages(library: Library, document_id: str, labels: list[str]) -> set[int]:
    """The pages on which one of the labelled texts begins or goes on."""
    text, pages = library.text(document_id), library.pages(document_id)
    found = set()
    for page in pages:
        nearby = letters(text[page.start : page.end])
        found |= {page.number for label in labels if len(letters(label)) > 3 and letters(label)[:80] in nearby}
    return found


def main() -> None:
    """Learns, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--depth", default="quick")
    arguments = parser.parse_args()
    asked = hits = 0
    for record in json.loads((arguments.folder / "metadata.json").read_text(encoding="utf-8")):
        if arguments.names and record["file"] not in arguments.names:
            continue
        learned = run(arguments.data, "learn", str(arguments.folder / record["file"]), "--depth", arguments.depth)
        print(
            f"\n{record['file']}: {learned['pages']} pages, {learned['passages']} passages, "
            f"{learned['questions']} questions, {learned['seconds']:.0f} s, {learned['state']}, "
            f"recall {learned['recall_before']:.2f} -> {learned['recall_after']:.2f}",
            flush=True,
        )
        for field, question in QUESTIONS.items():
            if not record[field]:
                continue
            answer = run(arguments.data, "ask", learned["document"], question, "--mode", "both")
            with Library(arguments.data) as library:
                wanted = labelled_pages(library, learned["document"], record[field])
            cited = [citation["page"] for citation in answer["citations"]]
            hit = bool(wanted & set(cited))
            asked, hits = asked + 1, hits + hit
            label = f"label on {sorted(wanted)}, cited {cited}"
            print(f"  {'yes' if hit else 'NO '} {field:16} {label:48} {answer['answer'][:70]!r}", flush=True)
    print(f"\n{hits} of {asked} questions cite a labelled page ({hits / max(1, asked):.0%})")


if __name__ == "__main__":
    main()
