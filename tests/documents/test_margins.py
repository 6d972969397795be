"""Running headers, footers and page numbers, on PDFs drawn for the purpose."""

from __future__ import annotations

import re
from pathlib import Path

import pymupdf
import pytest

from .conftest import Read
from .drawn_files import box, drawn, prose


def test_running_headers_footers_and_page_numbers_are_left_out(tmp_path: Path, read: Read) -> None:
    bodies = {number: prose(number, 90) for number in range(1, 7)}

    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((72, 40), "The White Whale" if number % 2 else "Herman Melville", fontsize=9)
        box(page, 72, 80, 540, 400, bodies[number])
        page.insert_text((300, 800), f"- {number + 10} -", fontsize=9)
        page.insert_text((72, 820), f"Source: Archive, sheet {number} of 6", fontsize=8)

    document = read(drawn(tmp_path, 6, draw))
    assert document.text == "\n\n".join(bodies.values())
    assert [page.label for page in document.pages] == ["11", "12", "13", "14", "15", "16"]


def test_page_numbers_that_follow_the_end_of_the_text_are_found(tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        box(page, 72, 80, 540, 400, prose(number, 60 + 30 * number))
        page.insert_text((300, 200 + 40 * number), str(number), fontsize=9)
        page.insert_text((72, 800), "Source: Archive", fontsize=9)

    document = read(drawn(tmp_path, 5, draw))
    assert [page.label for page in document.pages] == ["1", "2", "3", "4", "5"]
    assert not re.search(r"\d|Source", document.text)


FORM = ("Name of the applicant", "Home address", "Date of birth", "Reasons for the application", "Place and date")


@pytest.mark.parametrize("first_line_points", [60, 120, 400])
def test_forms_whose_pages_are_alike_keep_their_text(first_line_points: int, tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        for index, line in enumerate(FORM):
            page.insert_text((72, first_line_points + 16 * index), line, fontsize=10)
        page.insert_text((300, 810), str(number), fontsize=9)

    document = read(drawn(tmp_path, 4, draw))
    assert [document.text.count(line) for line in FORM] == [4] * len(FORM)
    assert [page.label for page in document.pages] == ["1", "2", "3", "4"]
    assert not re.search(r"\d", document.text)


def test_a_form_that_is_filled_in_loses_its_header_only(tmp_path: Path, read: Read) -> None:
    entries = {number: prose(number, 27) for number in range(1, 6)}

    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((72, 40), "Harbour Office, form 12", fontsize=9)
        for index, line in enumerate(FORM):
            page.insert_text((72, 150 + 16 * index), line, fontsize=10)
        box(page, 72, 260, 540, 400, entries[number])

    text = read(drawn(tmp_path, 5, draw)).text
    assert "Harbour Office" not in text
    assert [text.count(line) for line in FORM] == [5] * len(FORM)
    assert all(entry in text for entry in entries.values())


def test_signature_lines_that_repeat_in_the_middle_of_pages_stay(tmp_path: Path, read: Read) -> None:
    """Pages that end early: their last rows are far from the page's edge."""

    def draw(page: pymupdf.Page, number: int) -> None:
        box(page, 72, 80, 540, 300, prose(number, 90))
        for index, line in enumerate(("Signature of the tenant:", "Title of the tenant:")):
            page.insert_text((72, 330 + 16 * index), line, fontsize=10)

    text = read(drawn(tmp_path, 4, draw)).text
    assert text.count("Signature of the tenant:") == text.count("Title of the tenant:") == 4


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize(
    "heading", ["201{}", "{}", "Chapter {}", "SCHEDULE {}", "Anlage {}:", "Annex {} to the Lease", "§ {}"]
)
def test_headings_at_the_top_of_pages_stay(heading: str, step: int, tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((72, 60), heading.format(number * step), fontsize=14)
        box(page, 72, 80, 540, 400, prose(number, 60))
        page.insert_text((300, 810), f"Page {number + 4} of 9", fontsize=9)

    document = read(drawn(tmp_path, 5, draw))
    assert [document.text.count(heading.format(number * step)) for number in range(1, 6)] == [1] * 5
    assert "Page" not in document.text
    assert [page.label for page in document.pages] == ["5", "6", "7", "8", "9"]


def test_the_chapter_in_a_running_header_is_no_page_number(tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((72, 40), f"Chapter {1 + number // 4}", fontsize=9)
        box(page, 72, 80, 540, 400, prose(number, 60))
        page.insert_text((300, 810), str(number + 40), fontsize=9)

    document = read(drawn(tmp_path, 7, draw))
    assert not re.search(r"Chapter|\d", document.text)
    assert [page.label for page in document.pages] == [str(number) for number in range(41, 48)]


def test_labels_of_the_file_come_before_printed_numbers(tmp_path: Path, read: Read) -> None:
    path = drawn(tmp_path, 4, lambda page, number: box(page, 72, 72, 540, 200, prose(number, 30)))
    with pymupdf.open(path) as document:
        document.set_page_labels(
            [
                {"startpage": 0, "prefix": "", "style": "r", "firstpagenum": 1},
                {"startpage": 2, "prefix": "A-", "style": "D", "firstpagenum": 1},
            ]
        )
        document.save(tmp_path / "labelled.pdf")
    assert [page.label for page in read(tmp_path / "labelled.pdf").pages] == ["i", "ii", "A-1", "A-2"]
