"""A chat as a file: Markdown and PDF, read back."""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from lift_desktop.domain.errors import LibraryError
from lift_desktop.domain.models import (
    Answer,
    AnswerMode,
    Citation,
    Coverage,
    Detail,
    DetailKind,
    Document,
    StoredTurn,
)
from lift_desktop.gui.chat_pane.exporting import as_markdown, copied_text, escaped, file_name, write_markdown, write_pdf
from lift_desktop.gui.chat_pane.flowing_text import MARKDOWN

from .conftest import FEE, QUESTION, Chat

QUOTE = "2. The fee is *$4,250*\nper [calendar] month_of_grace."


@pytest.fixture
def turns() -> list[StoredTurn]:
    citations = (Citation(2, "ii", QUOTE, 0, len(QUOTE), 0.9), Citation(5, "5", "# Fees", 0, 6, 0.8))
    first = Answer("It is **$4,250**.\n\n- a month", AnswerMode.BOTH, True, citations, 0.8, 1.0)
    second = Answer("I do not", AnswerMode.MEMORY, False, (), 0.8, 1.0, "The memory is weak.", True)
    return [
        StoredTurn(1, "1. What is *the*\n fee?", first, "2026-03-01T09:30:00.123456+00:00"),
        StoredTurn(2, "# Who is it?", second, "2026-03-01T09:31:00.000000+00:00"),
    ]


def export(chat: Chat, name: str, path: Path) -> str:
    """As the user does it; returns what the status bar says."""
    chat.trigger(name)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    with chat.qtbot.waitSignal(chat.context.hub.said) as said:
        dialog.fileSelected.emit(str(path))
        dialog.close()
    chat.settle()
    return str(said.args[0])


def test_a_chat_is_exported_as_markdown(chat: Chat, tmp_path: Path) -> None:
    chat.ask(QUESTION, FEE)
    path = tmp_path / "chat.md"
    assert export(chat, "export_markdown", path) == "Exported to chat.md"
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == f"# {QUESTION}"
    assert lines[2] == "Questions about “Lighthouse Keeping Agreement” (3 pages)."
    assert [line for line in lines if line.startswith("## ")] == [f"## {QUESTION}", f"## {FEE}"]
    assert "> — p. 1 (i)" in lines and "> — p. 2" in lines
    assert any(line.startswith("> “1\\. SERVICES 1.1 The Keeper shall polish") for line in lines)
    assert any(line.startswith("*Supported by 1 passage · From the pages · ") for line in lines)


def test_doubts_and_coverage_are_exported_and_copied(document: Document) -> None:
    quote = "The fee is $4,250."
    citation = Citation(2, "2", quote, 0, len(quote), 0.9)
    text = "The fee is $4,520."
    doubtful = Answer(text, AnswerMode.PAGES, False, (citation,), 0.1, 0.2, missing=(Detail(11, 17, DetailKind.MONEY),))
    gathered = Answer("- A fee. [1]", AnswerMode.PAGES, True, (citation,), 0.1, 0.2, coverage=Coverage(40, 212, 1, 60))
    turns = [StoredTurn(1, "Fee?", doubtful, "2026-01-01T10:00:00+00:00")]
    turns.append(StoredTurn(2, "List all fees", gathered, "2026-01-01T10:00:00+00:00"))
    markdown = as_markdown(document, "Fees", turns)
    doubt = "1 detail of this answer is not in the cited passages: “$4,520”"
    assert (
        doubt in markdown and "*These passages are about the question, but do not hold all of the answer · " in markdown
    )
    assert "Read 40 of 212 passages, pages 1–60" in markdown and "> \\[1\\] “The fee is" in markdown
    assert doubt in copied_text(doubtful) and "[1] “The fee is" in copied_text(gathered)
    assert copied_text(gathered).endswith("Read 40 of 212 passages, pages 1–60.")


def test_a_chat_is_exported_as_pdf(chat: Chat, tmp_path: Path) -> None:
    chat.ask(QUESTION, FEE)
    path = tmp_path / "chat.pdf"
    assert export(chat, "export_pdf", path) == "Exported to chat.pdf"
    with pymupdf.open(path) as pdf:
        assert pdf.metadata["title"] == QUESTION
        text = " ".join("".join(page.get_text() for page in pdf).split())
        fonts = {font[3] for page in pdf for font in page.get_fonts()}
    for wanted in (QUESTION, FEE, "Supported by 1 passage", "— p. 1 (i)", "$4,250 per month"):
        assert wanted in text
    assert fonts and ">" not in text and "**" not in text


def test_a_long_chat_goes_over_several_pages(document: Document, turns: list[StoredTurn], tmp_path: Path) -> None:
    markdown = as_markdown(document, "Long", turns * 20)
    write_pdf(tmp_path / "long.pdf", markdown, "Long")
    with pymupdf.open(tmp_path / "long.pdf") as pdf:
        assert len(pdf) > 3
        texts = [page.get_text() for page in pdf]
        assert sum(text.count("I do not") for text in texts) == 20
        assert sum(text.count("— p. 2 (ii)") for text in texts) == 20 == sum(text.count("— p. 5") for text in texts)
        assert not any(">" in text or "**" in text for text in texts)
        assert min(block[0] for page in pdf for block in page.get_text("blocks")) < 70  # one margin, not two
        for page in pdf:
            assert all(block[2] <= page.rect.width - 40 for block in page.get_text("blocks"))


def test_what_the_file_says(document: Document, turns: list[StoredTurn]) -> None:
    shown = QTextDocument()
    shown.setMarkdown(as_markdown(document, "A *title*", turns), MARKDOWN)
    lines = [line for line in shown.toPlainText().split("\n") if line.strip()]
    assert lines[0] == "A *title*"
    assert lines[2:6] == ["1. What is *the* fee?", "It is $4,250.", "a month", lines[5]]
    assert lines[5].startswith("Supported by 2 passages · From memory and pages · ")
    asked = datetime.fromisoformat(turns[0].asked_at).astimezone()
    assert f"{asked:%M}" in lines[5].split(" · ")[2] and str(asked.day) in lines[5].split(" · ")[2]
    assert "“2. The fee is *$4,250* per [calendar] month_of_grace.”" in lines and "— p. 2 (ii)" in lines
    assert "“# Fees”" in lines and "# Who is it?" in lines
    assert lines[-2].startswith("No supporting passage found · From memory · ") and lines[-2].endswith("Stopped")
    assert lines[-1] == "The memory is weak."


@pytest.mark.parametrize(
    "text", ["1. One", "- dash", "+ plus", "# head", "> quote", "a_b_c *d* `e` [f](g) <h> ~~i~~ \\"]
)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    shown = QTextDocument()
    shown.setMarkdown(escaped(text), MARKDOWN)
    assert shown.toPlainText() == text


@pytest.mark.parametrize("title", ['What: "a/b"?', "\\ * | <x>", "x" * 300, ""])
def test_every_system_takes_the_name(document: Document, title: str) -> None:
    name = file_name(document, title, ".md")
    assert name.startswith("Lighthouse Keeping Agreement") and name.endswith(".md") and len(name) < 90
    assert not set('\\/:*?"<>|') & set(name)


def type_name(chat: Chat, action: str, folder: Path, name: str) -> None:
    """In the file dialog that follows on the action."""
    chat.trigger(action)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder))
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText(name)
    dialog.accept()
    chat.settle()


def test_a_name_with_a_dot_gets_the_ending_that_was_chosen(chat: Chat, tmp_path: Path) -> None:
    chat.ask(QUESTION)
    target = tmp_path / "Lease v1.2 Dr. Smith.pdf"
    type_name(chat, "export_pdf", tmp_path, "Lease v1.2 Dr. Smith")
    assert list(tmp_path.glob("Lease*")) == [target] and target.read_bytes().startswith(b"%PDF")
    target.write_text("mine")
    type_name(chat, "export_pdf", tmp_path, "Lease v1.2 Dr. Smith")
    chat.answer_dialog("Cancel")
    assert target.read_text() == "mine"
    type_name(chat, "export_pdf", tmp_path, "Lease v1.2 Dr. Smith")
    chat.answer_dialog("Replace")
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["export_markdown", "export_pdf"])
def test_a_file_that_cannot_be_written_is_told(chat: Chat, tmp_path: Path, name: str) -> None:
    chat.ask(QUESTION)
    chat.trigger(name)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.close()
    ending = ".md" if name == "export_markdown" else ".pdf"
    with chat.qtbot.waitSignal(chat.context.hub.failed) as failed:
        dialog.fileSelected.emit(str(tmp_path / "missing" / f"chat{ending}"))
    chat.settle()
    assert f"chat{ending} could not be written" in failed.args[0].message and failed.args[0].hint


def test_an_old_file_is_replaced_whole(tmp_path: Path) -> None:
    for write, path in ((write_markdown, tmp_path / "a.md"), (write_pdf, tmp_path / "a.pdf")):
        for text in ("first " * 2000, "second"):
            if write is write_pdf:
                write_pdf(path, text, "")
            else:
                write_markdown(path, text)
    assert (tmp_path / "a.md").read_text("utf-8") == "second"
    with pymupdf.open(tmp_path / "a.pdf") as pdf:
        assert len(pdf) == 1 and pdf[0].get_text().split()[0] == "second"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for files")
def test_a_disk_that_fills_up_leaves_the_old_file_and_is_told(tmp_path: Path) -> None:
    import resource

    long = " ".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(3000))
    for write, path in ((write_markdown, tmp_path / "a.md"), (partial(write_pdf, title=""), tmp_path / "a.pdf")):
        path.write_bytes(b"old")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
        try:
            with pytest.raises(LibraryError, match="could not be written"):
                write(path, long)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2, "nothing is left behind"
