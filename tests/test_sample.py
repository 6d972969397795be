"""The sample agreement: the script makes it, nothing is lost on the way, and its questions fit its pages."""

from __future__ import annotations

import importlib.util
import json
import re
from types import ModuleType
from typing import Any

import pymupdf
import pytest

from lift_desktop.paths import resources_folder

FOLDER = resources_folder() / "sample"
SOURCE = FOLDER / "services-agreement.txt"
FLAGS = pymupdf.TEXTFLAGS_TEXT & ~pymupdf.TEXT_PRESERVE_LIGATURES
QUESTIONS: list[dict[str, Any]] = json.loads((FOLDER / "questions.json").read_text(encoding="utf-8"))
ANSWERED = [question for question in QUESTIONS if question["answer"] is not None]


def _page_texts(pdf: bytes) -> list[str]:
    with pymupdf.open("pdf", pdf) as document:
        return [" ".join(page.get_text(flags=FLAGS).split()) for page in document]


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return _page_texts((FOLDER / "services-agreement.pdf").read_bytes())


@pytest.fixture(scope="module")
def script() -> ModuleType:
    description = importlib.util.spec_from_file_location("make_sample", FOLDER / "make_sample.py")
    assert description is not None and description.loader is not None
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


def test_the_script_makes_the_file_again(script: ModuleType, pages: list[str]) -> None:
    text = SOURCE.read_text(encoding="utf-8")
    made = script.make_pdf(text)
    assert _page_texts(made) == pages
    assert script.make_pdf(text) == made


def test_no_word_of_the_text_is_lost(pages: list[str]) -> None:
    source = re.sub(r"^(#+ |@ |: |---$)|\*\*|\|", "", SOURCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    margins = r"Services Agreement HLM\S+ Hallowmere Logistics plc / Corvane Data Services Limited|Page \d+ of \d+"
    printed = re.sub(margins, "", " ".join(pages))
    assert re.sub(r"\s", "", printed) == re.sub(r"\s", "", source)


def test_every_page_but_the_first_has_its_number(pages: list[str]) -> None:
    numbers = [re.findall(r"Page (\d+) of (\d+)", page) for page in pages]
    assert numbers == [[], *([(str(number), str(len(pages)))] for number in range(2, len(pages) + 1))]


def test_the_contents_point_to_the_headings(pages: list[str]) -> None:
    with pymupdf.open(FOLDER / "services-agreement.pdf") as document:
        contents = document.get_toc()
    assert len(contents) == 18
    assert all(title in pages[page - 1] for _, title, page in contents)


def test_there_are_enough_questions_over_all_pages(pages: list[str]) -> None:
    assert len(ANSWERED) == 30
    assert len(QUESTIONS) - len(ANSWERED) == 3
    assert {question["page"] for question in ANSWERED} == set(range(1, len(pages) + 1))
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", ANSWERED, ids=lambda question: question["answer"])
def test_the_answer_stands_on_its_page(question: dict[str, Any], pages: list[str]) -> None:
    assert question["answer"] in pages[question["page"] - 1]
    assert question["answer"] not in question["question"]
