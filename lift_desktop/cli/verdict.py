"""What is said of an answer's support on the terminal, and its JSON form."""

from __future__ import annotations

from typing import Any

from ..chat import NO_SUPPORT
from ..domain.models import Answer, Citation
from .terminal import Terminal


def show_verdict(answer: Answer, terminal: Terminal) -> None:
    """Whether the document supports the answer, which details it does not hold, the quotes, and what was read."""
    terminal.say(f"\n{support_words(answer)}")
    if answer.missing:
        listed = ", ".join(f"“{' '.join(answer.text[each.start : each.end].split())}”" for each in answer.missing)
        count = len(answer.missing)
        details = "1 detail of this answer is" if count == 1 else f"{count} details of this answer are"
        terminal.say(f"{details} not in the cited passages: {listed}")
    for number, citation in enumerate(answer.citations, start=1):
        quote = " ".join(citation.quote.split())
        if answer.coverage is None:
            terminal.say(f"\n{_page(citation)} (support {citation.score:.0%}): “{quote}”")
        else:
            terminal.say(f"[{number}] {_page(citation)}")
    if answer.coverage is not None:
        terminal.say(f"\n{coverage_words(answer)}")
    if answer.recited:
        terminal.say("\n".join(["\nThe memory recalls:", *(f"“{text}”" for text in answer.recited)]))


def support_words(answer: Answer) -> str:
    """One sentence."""
    count = len(answer.citations)
    if answer.absent:
        if count:
            return "The model found no answer; these passages speak about it:"
        return "Not in this document." if answer.coverage is None else "Nothing found."
    if not count:
        return NO_SUPPORT
    if answer.missing:
        return "These passages are about the question, but do not hold all of the answer:"
    if not answer.supported:
        return "These passages are about the question, but do not confirm the answer:"
    return "Supported by 1 passage:" if count == 1 else f"Supported by {count} passages:"


def coverage_words(answer: Answer) -> str:
    """ "Read all 48 passages, pages 1-12."; "" for an answer that was not gathered."""
    coverage = answer.coverage
    if coverage is None:
        return ""
    pages = f"pages {coverage.first_page}-{coverage.last_page}"
    if coverage.first_page == coverage.last_page:
        pages = f"page {coverage.first_page}"
    if coverage.read < coverage.passages:
        return f"Read {coverage.read} of {coverage.passages} passages, {pages}."
    return f"Read all {coverage.passages} passages, {pages}." if coverage.passages > 1 else f"Read 1 passage, {pages}."


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The JSON form; `missing` are the details that the citations do not hold, `coverage` is null for most answers."""
    coverage = answer.coverage
    return {
        "answer": answer.text,
        "mode": answer.mode.value,
        "supported": answer.supported,
        "absent": answer.absent,
        "missing": [
            {"text": answer.text[detail.start : detail.end], "kind": detail.kind.value} for detail in answer.missing
        ],
        "citations": [
            {"page": found.page, "label": found.label, "quote": found.quote, "score": found.score}
            for found in answer.citations
        ],
        "coverage": None
        if coverage is None
        else {
            "read": coverage.read,
            "passages": coverage.passages,
            "first_page": coverage.first_page,
            "last_page": coverage.last_page,
        },
        "recited": list(answer.recited),
        "seconds_to_first_token": round(answer.seconds_to_first_token, 3),
        "seconds": round(answer.seconds, 3),
    }


def _page(citation: Citation) -> str:
    """ "Page 12", with the printed label when it differs."""
    printed = f" (printed {citation.label})" if citation.label not in ("", str(citation.page)) else ""
    return f"Page {citation.page}{printed}"
