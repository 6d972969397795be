"""The parts that need no window: finding, geometry, boxes, tiles."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from PySide6.QtCore import QPointF, QRect
from PySide6.QtWidgets import QApplication

from lift_desktop.gui.reader_pane import finding
from lift_desktop.gui.reader_pane.drawing import TILE_PIXELS, Tile, tiles_of
from lift_desktop.gui.reader_pane.finding import excerpt, find_all
from lift_desktop.gui.reader_pane.layout import GAP_PIXELS, MARGIN_PIXELS, PageLayout
from lift_desktop.gui.reader_pane.opened import Box, OpenDocument, joined
from lift_desktop.gui.reader_pane.selection import Selection, Words
from lift_desktop.library import Library

from .conftest import ReadFile


def found(text: str, query: str) -> list[str]:
    steps: Generator[None, None, list[tuple[int, int]]] = find_all(text, query)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return [text[start:end] for start, end in stop.value]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fee", ["Fee", "fee", "FEE"]),
        ("the  fee", ["the\nfee"]),
        ('"fee"', ["“FEE”"]),
        ("owner's", ["Owner’s"]),
        ("non-payment", ["non–payment"]),
        ("(a.b)", ["(a.b)"]),
        ("a*b", []),
        ("  ", []),
        ("", []),
    ],
)
def test_finding_means_what_readers_mean(query: str, expected: list[str]) -> None:
    text = "Fee for the\nfee; the Owner’s “FEE” and non–payment (a.b) aXb"
    assert found(text, query) == expected


def test_finding_knows_letters_and_their_accents_apart() -> None:
    assert found("Gebühren über", "u\N{COMBINING DIAERESIS}ber") == ["über"]


def test_finding_goes_across_its_own_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "WINDOW_CHARACTERS", 7)
    text = "one two three two three one two  three"
    assert found(text, "two three") == ["two three", "two three", "two  three"]
    assert found("aaaaaaaaaaaaaaaaaaaa", "aaa") == ["aaa"] * 6


def test_excerpts_are_cut_at_words() -> None:
    text = "The quick brown fox jumps over the lazy dog and then runs away from all of them"
    start = text.index("lazy")
    before, hit, after = excerpt(text, (start, start + 4), before=12, after=12)
    assert (before, hit, after) == ("…over the ", "lazy", " dog and…")
    assert excerpt("lazy dog", (0, 4)) == ("", "lazy", " dog")


def test_neighbours_on_a_line_are_marked_as_one() -> None:
    words = [Box(10, 10, 30, 20), Box(33, 10, 60, 21), Box(10, 24, 40, 34), Box(300, 24, 330, 34)]
    assert joined(words) == [Box(10, 10, 60, 21), Box(10, 24, 40, 34), Box(300, 24, 330, 34)]


def test_turned_text_is_joined_along_its_line() -> None:
    words = [Box(10, 100, 20, 140), Box(10, 60, 20, 97), Box(24, 100, 34, 140)]
    assert joined(words) == [Box(10, 60, 20, 140), Box(24, 100, 34, 140)]


def test_pages_are_stacked_and_found_again() -> None:
    layout = PageLayout([(100, 200), (50, 100), (100, 200)], 2.0, 300)
    assert layout.rectangle(1) == QRect(50, MARGIN_PIXELS, 200, 400)
    assert layout.rectangle(2) == QRect(100, MARGIN_PIXELS + 400 + GAP_PIXELS, 100, 200)
    assert layout.height == 2 * MARGIN_PIXELS + 2 * GAP_PIXELS + 1000
    assert [layout.page_at(y) for y in (0, 411, 424, 10_000)] == [1, 1, 2, 3]
    assert list(layout.pages_between(0, 50)) == [1]
    assert list(layout.pages_between(413, 422)) == []  # the gap
    assert list(layout.pages_between(400, 700)) == [1, 2, 3]
    assert layout.to_points(2, QPointF(110, 434)) == (5, 5)
    assert list(PageLayout([], 1.0, 300).pages_between(0, 100)) == []


def test_tiles_cover_a_page_and_no_more() -> None:
    assert list(tiles_of(3, (400, 600), 1.0)) == [Tile(3, 1.0)]
    exact = TILE_PIXELS / 400
    assert list(tiles_of(3, (400, 400), exact)) == [Tile(3, exact)]
    assert len(list(tiles_of(3, (400, 401), exact))) == 2
    some = list(tiles_of(1, (400, 600), 10.0, QRect(TILE_PIXELS - 5, 10, 10, 10)))
    assert some == [Tile(1, 10.0, 0, 0), Tile(1, 10.0, 1, 0)]
    assert list(tiles_of(1, (400, 600), 10.0, QRect())) == []


@pytest.fixture
def opened(read_book: ReadFile, tmp_path: object, qapp: QApplication) -> Generator[OpenDocument, None, None]:
    with Library(tmp_path / "data") as library:  # type: ignore[operator]
        yield OpenDocument(library, read_book.add_to(library))


def test_where_things_stand(opened: OpenDocument) -> None:
    page = opened.pages[4]
    assert opened.page_at(page.start) == opened.page_at(page.end - 1) == 5
    assert list(opened.pages_of((page.end - 3, page.end + 20))) == [5, 6]
    assert [opened.label(number) for number in (1, 2, 3, 12)] == ["i", "ii", "1", "10"]
    assert opened.page_named("II") == 2 and opened.page_named("3") == 3
    assert opened.page_named("0") is None and opened.page_named("x") is None
    assert opened.usual_size == (400, 600)


def test_sizes_from_the_file_are_used_where_they_differ(opened: OpenDocument) -> None:
    assert not opened.use_sizes([(400, 600)] * 12)
    assert not opened.use_sizes([(400, 600)] * 11)
    assert opened.use_sizes([(0, 0), (400, 300)] + [(400, 600)] * 10)
    assert opened.sizes[:3] == [(400, 600), (400, 300), (400, 600)]


def test_a_selection_grows_over_pages(opened: OpenDocument) -> None:
    words = Words(opened)
    last = opened.words(1)[-1]
    head = words.beside((last.start, last.end), 1)
    assert opened.text[slice(*head)] == "Chapter"
    assert opened.page_at(head[0]) == 2
    assert words.beside(head, -1) == (last.start, last.end)
    end = opened.words(12)[-1]
    assert words.beside((end.start, end.end), 1) == (end.start, end.end)
    assert Selection(head, (last.start, last.end)).span == (last.start, head[1])


def test_the_nearest_word_is_on_the_same_line(opened: OpenDocument) -> None:
    words = Words(opened)
    line = opened.words(1)[-1]
    beyond = words.near(1, 395, (line.y0 + line.y1) / 2)
    assert beyond == line
    assert words.at(1, 395, (line.y0 + line.y1) / 2) is None
