"""A chat as a file to keep or to hand on: Markdown and PDF, with the quotes that support each answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QDateTime, QIODevice, QLocale, QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from ...domain.errors import LibraryError
from ...domain.models import Answer, Citation, Document, StoredTurn
from ...library.files import write_atomic
from .. import wording
from ..wording import tr
from .answer_footer import coverage_text, details_text, mode_text, support_text
from .flowing_text import MARKDOWN

FONT_POINTS = 10.5
PDF_DOTS_PER_INCH = 600
FILE_NAME_LETTERS = 80

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")
_BEGINS_LIST = re.compile(r"^(\s*)(?:([-+])|(\d+)([.)]))(?=\s)", re.MULTILINE)
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def file_name(document: Document, title: str, ending: str) -> str:
    """A name for the file that every system takes: "Lease – What is the rent.md"."""
    plain = _NOT_IN_FILE_NAMES.sub(" ", f"{document.title} – {title}" if title else document.title)
    return " ".join(plain.split())[:FILE_NAME_LETTERS].rstrip(" .") + ending


def copied_text(answer: Answer) -> str:
    """The answer and its quotes, as plain text for the clipboard."""
    quotes = [f"{_number(answer, place)}{_quote(each)} ({_page(each)})" for place, each in enumerate(answer.citations)]
    doubts = [text + "." for text in (support_text(answer), details_text(answer)) if text]
    read = coverage_text(answer)
    return "\n\n".join([answer.text, *([] if answer.supported else doubts), *quotes, *([f"{read}."] if read else [])])


def as_markdown(document: Document, title: str, turns: Sequence[StoredTurn]) -> str:
    """The whole chat; quotes are block quotes, each with its page."""
    head = [
        f"# {escaped(title)}",
        tr("Questions about “{0}” ({1}).").format(escaped(document.title), wording.pages(document.page_count)),
    ]
    return "\n\n".join([*head, *(part for turn in turns for part in _turn(turn))]) + "\n"


def write_markdown(path: Path, markdown: str) -> None:
    """Writes the file whole or not at all. Raises LibraryError when it cannot be written."""
    _write(path, markdown.encode())


def write_pdf(path: Path, markdown: str, title: str) -> None:
    """The same text as pages, A4 or Letter as the user's country has it; whole or not at all. Raises LibraryError."""
    made = QBuffer()  # a QPdfWriter does not tell that a disk is full
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    _print(made, markdown, title)
    _write(path, bytes(made.data().data()))


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomic(path, content)
    except LibraryError as error:
        why = error.__cause__.strerror if isinstance(error.__cause__, OSError) else ""
        hint = tr("Choose another folder, or free some space.")
        raise LibraryError(tr("{0} could not be written: {1}.").format(path.name, why), hint) from error


def _print(device: QIODevice, markdown: str, title: str) -> None:
    metric = QLocale().measurementSystem() is QLocale.MeasurementSystem.MetricSystem
    size = QPageSize(QPageSize.PageSizeId.A4 if metric else QPageSize.PageSizeId.Letter)
    writer = QPdfWriter(device)
    writer.setTitle(title)
    writer.setCreator("LIFT Desktop")
    writer.setResolution(PDF_DOTS_PER_INCH)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))  # printing adds 2 cm
    page = QTextDocument()
    font = QFont(page.defaultFont())
    font.setPointSizeF(FONT_POINTS)
    page.setDefaultFont(font)
    page.setMarkdown(markdown, MARKDOWN)
    page.print_(writer)


def escaped(text: str) -> str:
    """Plain text on one line, such that Markdown shows it as it is."""
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _BEGINS_LIST.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", text)


def _turn(turn: StoredTurn) -> list[str]:
    answer = turn.answer
    made = f"{support_text(answer)} · {mode_text(answer.mode)} · {_local_time(turn.asked_at)}"
    if answer.stopped:
        made += " · " + tr("Stopped")
    parts = [f"## {escaped(turn.question)}", answer.text.strip(), f"*{made}*"]
    parts += [escaped(said) for said in (details_text(answer), coverage_text(answer), answer.note) if said]
    quotes = [
        f"> {_escaped_number(answer, place)}{wording.quoted(escaped(citation.quote))}\n>\n> — {_page(citation)}"
        for place, citation in enumerate(answer.citations)
    ]
    return [part for part in [*parts, "\n>\n".join(quotes)] if part]


def _number(answer: Answer, place: int) -> str:
    """ "[3] " before the source of an item of a gathered answer, "" before other quotes."""
    return "" if answer.coverage is None else f"[{place + 1}] "


def _escaped_number(answer: Answer, place: int) -> str:
    number = _number(answer, place)
    return f"{escaped(number)} " if number else ""


def _quote(citation: Citation) -> str:
    return wording.quoted(" ".join(citation.quote.split()))


def _page(citation: Citation) -> str:
    return wording.page(citation.page, citation.label)


def _local_time(asked_at: str) -> str:
    moment = QDateTime.fromSecsSinceEpoch(int(datetime.fromisoformat(asked_at).timestamp()))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
