"""Reading order, tables, hyphens and titles, on PDFs drawn for the purpose."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lift_desktop.documents.layout import Joint, clean, joint
from lift_desktop.documents.raw import to_display, to_reading
from lift_desktop.documents.titles import author_of, title_of

from .conftest import Read
from .drawn_files import box, drawn, prose


def test_columns_are_read_one_after_another_below_a_wide_heading(tmp_path: Path, read: Read) -> None:
    left, right, abstract = prose(1, 120), prose(2, 120), prose(3, 60)

    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((150, 60), "A Survey of Rural Instruments", fontsize=18)
        box(page, 72, 80, 540, 165, abstract)
        box(page, 72, 180, 295, 500, left)
        box(page, 317, 180, 540, 500, right)

    text = read(drawn(tmp_path, 1, draw)).text
    assert text == "\n\n".join(("A Survey of Rural Instruments", abstract, left, right))


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page(tmp_path: Path, read: Read) -> None:
    sentence = "and so " * 100

    def draw(page: pymupdf.Page, number: int) -> None:
        box(page, 72, 90, 295, 700, ("They walked " if number == 1 else "") + sentence)
        box(page, 317, 90, 540, 700, sentence + ("home." if number == 2 else ""))

    document = read(drawn(tmp_path, 2, draw))
    assert document.text == "They walked " + sentence * 4 + "home."
    first, second = document.pages
    assert document.text[first.end : second.start] == " "


def test_hyphens_at_line_ends(tmp_path: Path, read: Read) -> None:
    lines = [
        "This non-exclusive agreement is known to both parties, and a third party as",
        "well knows that the agree-",
        "ment is non-",
        "exclusive, that a third-",
        "party claim from 2019-",
        "2020 is a short-",
        "and long-term matter, and that the Franco-",
        "Prussian side paid.",
    ]

    def draw(page: pymupdf.Page, number: int) -> None:
        for index, line in enumerate(lines):
            page.insert_text((72, 100 + 13 * index), line, fontsize=10)

    document = read(drawn(tmp_path, 1, draw))
    assert "the agreement is non-exclusive, that a third-party claim from 2019-2020 is a short-" in document.text
    assert "a short- and long-term matter, and that the Franco-Prussian side paid." in document.text
    boxes = document.pages[0].words
    place = document.text.index("agreement is non-exclusive, that")
    halves = [document.text[b.start : b.end] for b in boxes if place <= b.start < place + len("agreement")]
    assert halves == ["agree", "ment"]
    tops = [b.y0 for b in boxes if place <= b.start < place + len("agreement")]
    assert tops[1] > tops[0] + 10


def test_a_word_broken_over_a_page_break_is_mended(tmp_path: Path, read: Read) -> None:
    lines = {1: ["They shall keep the", "agree-"], 2: ["ment in a safe place."]}

    def draw(page: pymupdf.Page, number: int) -> None:
        for index, line in enumerate(lines[number]):
            page.insert_text((72, 100 + 13 * index), line, fontsize=10)

    document = read(drawn(tmp_path, 2, draw))
    assert document.text == "They shall keep the agreement in a safe place."
    assert [document.text[page.start : page.end] for page in document.pages] == [
        "They shall keep the agree",
        "ment in a safe place.",
    ]


def test_rows_of_a_table_stand_on_one_line_each(tmp_path: Path, read: Read) -> None:
    rows = [
        [["Service"], ["Description"], ["Fee"]],
        [["Printing"], ["Labels and", "large posters"], ["$ 120"]],
        [["Storage"], ["Shelves"], ["$ 75"]],
    ]

    def draw(page: pymupdf.Page, number: int) -> None:
        y = 100
        for row in rows:
            for x, cell in zip((72, 200, 400), row, strict=True):
                for index, line in enumerate(cell):
                    page.insert_text((x, y + 12 * index), line, fontsize=10)
            y += 12 * max(len(cell) for cell in row) + 6

    text = read(drawn(tmp_path, 1, draw)).text
    assert text == "Service Description Fee\nPrinting Labels and large posters $ 120\nStorage Shelves $ 75"


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_footnote_s_mark_does_not_become_part_of_an_amount(rotation: int, tmp_path: Path, read: Read) -> None:
    fee = [("The fee is $1,500", 0, 11), ("2", 4, 6), (", or 10", 0, 11), ("6", 4, 7), (" of H", 0, 11), ("2", -2, 7)]
    note = [("2", 4, 6), ("See 4", 0, 11), ("1", 4, 7), ("/2 pages and 3", 0, 11), ("3", 4, 11)]

    def draw(page: pymupdf.Page, number: int) -> None:
        for y, pieces in ((100, fee), (140, note)):
            x = 72.0
            for text, rise, size in pieces:
                page.insert_text((x, y - rise), text, fontsize=size)
                x += pymupdf.get_text_length(text, fontsize=size)
        page.set_rotation(rotation)

    document = read(drawn(tmp_path, 1, draw))
    assert document.text == "The fee is $1,500 ², or 10 ⁶ of H2\n\n² See 4 ¹/2 pages and 33"
    boxes = {document.text[box.start : box.end]: box for box in document.pages[0].words}
    amount, mark = boxes["$1,500"], boxes["²,"]
    edges = (amount.y1, mark.y0, mark.y1) if rotation else (amount.x1, mark.x0, mark.x1)
    assert edges[0] == pytest.approx(edges[1], abs=0.1)
    width = pymupdf.get_text_length("2", fontsize=6) + pymupdf.get_text_length(",", fontsize=11)
    assert edges[2] - edges[1] == pytest.approx(width, abs=0.1)


def test_clauses_and_headings_begin_paragraphs_without_any_space_between(tmp_path: Path, read: Read) -> None:
    lines = [
        (270, "ARTICLE 1"),
        (250, "THE TERM"),
        (72, "1.1 Start. This contract begins on the first day of the month in which the last party, see"),
        (72, "Section 4.2 of the other contract, has signed it."),
        (72, "1.2 End. It ends after a year, unless"),
        (100, "(a) the parties agree otherwise; or"),
        (100, "(b) it is extended."),
    ]

    def draw(page: pymupdf.Page, number: int) -> None:
        for index, (x, line) in enumerate(lines):
            page.insert_text((x, 100 + 12 * index), line, fontsize=10)

    paragraphs = read(drawn(tmp_path, 1, draw)).text.split("\n\n")
    assert paragraphs == [
        "ARTICLE 1",
        "THE TERM",
        " ".join(line for _, line in lines[2:4]),
        *(line for _, line in lines[4:]),
    ]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_text_of_a_turned_page_is_read_and_boxed_where_it_is_seen(rotation: int, tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        box(page, 72, 80, 540, 400, prose(1, 60))
        page.set_rotation(rotation)

    document = read(drawn(tmp_path, 1, draw))
    page = document.pages[0]
    assert document.text == prose(1, 60)
    first, last_word = page.words[0], page.words[-1]
    middle_x, middle_y = (first.x0 + first.x1) / 2, (first.y0 + first.y1) / 2
    expected = {
        90: (page.width - 86, 88),
        180: (page.width - 88, page.height - 86),
        270: (86, page.height - 88),
    }
    assert middle_x == pytest.approx(expected[rotation][0], abs=15)
    assert middle_y == pytest.approx(expected[rotation][1], abs=15)
    assert 0 <= last_word.x0 < last_word.x1 <= page.width


def test_a_stamp_up_the_margin_is_left_out(tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((30, 500), "arXiv:1234.5678 [cs] 1 Jan 2020", fontsize=12, rotate=90)
        box(page, 72, 80, 540, 400, prose(1, 90))

    assert read(drawn(tmp_path, 1, draw)).text == prose(1, 90)


def test_partly_scanned_documents_warn(tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        if number in (2, 5):
            page.draw_rect((50, 50, 500, 700), fill=(0, 0, 0))
        elif number != 3:
            box(page, 72, 80, 540, 400, prose(number, 40))

    document = read(drawn(tmp_path, 6, draw))
    assert document.warnings == ("No text on 2 of 6 pages (scanned?): 2, 5",)
    assert [page.start == page.end for page in document.pages] == [False, True, True, False, True, False]


def test_title_of_a_contract_without_metadata(tmp_path: Path, read: Read) -> None:
    def draw(page: pymupdf.Page, number: int) -> None:
        page.insert_text((490, 60), "Exhibit 10.8", fontsize=10, fontname="hebo")
        page.insert_text((470, 72), "EXECUTION COPY", fontsize=10)
        page.insert_text((200, 90), "BOAT RENTAL AGREEMENT", fontsize=10, fontname="hebo")
        box(
            page,
            72,
            100,
            540,
            200,
            "This BOAT RENTAL AGREEMENT (the Agreement) is made by two captains. " + prose(1, 50),
        )

    path = drawn(tmp_path, 1, draw)
    with pymupdf.open(path) as document:
        document.set_metadata({"title": "Microsoft Word - contract_final.doc", "author": "user"})
        document.save(tmp_path / "contract.pdf")
    document = read(tmp_path / "contract.pdf")
    assert (document.title, document.author) == ("BOAT RENTAL AGREEMENT", "")


@pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - x.doc", "report.pdf", "C:\\temp\\x", "12", "book"])
def test_senseless_titles_fall_back_to_the_file_name(title: str) -> None:
    assert title_of(title, [], "book") == "book"


def test_authors() -> None:
    assert author_of("  Ada  Lovelace ") == "Ada Lovelace"
    assert author_of("Administrator") == ""


def test_clean() -> None:
    assert clean("e\ufb03cient\u200b") == "efficient"
    assert clean("so\u00adft") == "soft"
    assert clean("agree\u00ad") == "agree\u00ad"
    assert clean("\u00ad") == "\u00ad"[:0]
    assert clean("a\u2009b") == "a b"


@pytest.mark.parametrize(
    ("first", "second", "known", "expected"),
    [
        ("agree-", "ment", "", Joint.MENDED),
        ("non-", "exclusive,", "non-exclusive", Joint.KEPT),
        ("co-", "operate", "cooperate", Joint.MENDED),
        ("third-", "party", "third party", Joint.KEPT),
        ("state-of-the-", "art", "", Joint.KEPT),
        ("12b-", "1", "", Joint.KEPT),
        ("AGREE-", "MENT", "", Joint.MENDED),
        ("Anglo-", "Saxon", "", Joint.KEPT),
        ("short-", "and", "", Joint.APART),
        ("-", "word", "", Joint.APART),
        ("one-", "“two”", "", Joint.APART),
    ],
)
def test_joint(first: str, second: str, known: str, expected: Joint) -> None:
    assert joint(first, second, Counter(known.split())) is expected


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.tuples(*[st.floats(0, 500)] * 4),
    st.floats(500, 900),
    st.floats(500, 900),
)
def test_turning_a_box_upright_and_back_gives_the_box(
    turn: int, corners: tuple[float, float, float, float], width: float, height: float
) -> None:
    there = to_reading(corners, turn, width, height)
    assert to_display(there, turn, width, height) == pytest.approx(corners, abs=1e-6)
