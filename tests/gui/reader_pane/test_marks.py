"""Citations, found places and selected words are marked on the page, exactly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lift_desktop.domain.models import Citation, Document
from lift_desktop.gui import theme

from .conftest import LINES, Reading, Told

PAPER = QColor("white")
CITED = QColor(theme.LIGHT.mark)


def citation(reading: Reading, page: int, quote: str) -> Citation:
    span = reading.page(page)
    start = reading.text.index(quote, span.start)
    return Citation(page, "", quote, start, start + len(quote), 0.9)


def test_a_citation_marks_exactly_its_words(reading: Reading) -> None:
    reading.context.hub.citation_chosen.emit(citation(reading, 6, "lamp is replaced within six hours."))
    reading.wait()
    assert reading.view.current_page == 6
    for word in ("lamp", "replaced", "six", "hours"):
        assert reading.background(reading.place_of_word(6, word)) == CITED, word
    for word in ("broken", "owner", "polishes"):
        assert reading.background(reading.place_of_word(6, word)) == PAPER, word


def test_a_citation_over_two_pages_is_marked_on_both(reading: Reading) -> None:
    reading.view.set_zoom("page")
    start = reading.text.index("blue ledger", reading.page(4).start)
    end = reading.text.index("polishes", reading.page(5).start) + len("polishes")
    reading.pane.show_citation(Citation(4, "", reading.text[start:end], start, end, 0.5))
    reading.view.verticalScrollBar().setValue(reading.layout.rectangle(4).top() + 110)
    reading.wait()
    assert reading.background(reading.place_of_word(4, "ledger")) == CITED
    assert reading.background(reading.place_of_word(4, "Storms")) == PAPER
    assert reading.background(reading.place_of_word(5, "polishes")) == CITED
    assert reading.background(reading.place_of_word(5, "lens")) == PAPER


def test_escape_takes_the_mark_away_and_back_leads_back(reading: Reading) -> None:
    reading.pane.show_citation(citation(reading, 6, "blue ledger"))
    reading.wait()
    reading.view.setFocus()
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Escape)
    assert reading.background(reading.place_of_word(6, "ledger")) == PAPER
    reading.action("back")
    assert reading.view.current_page == 1
    assert not reading.pane.actions()["back"].isEnabled()


def test_finding_counts_and_goes_round(reading: Reading) -> None:
    reading.pane.go_to_page(3)
    reading.action("find")
    bar = reading.pane._frame.find_bar
    reading.qtbot.keyClicks(bar._input, "BLUE ledger")
    reading.qtbot.waitUntil(lambda: bar._count.text() == "3 of 12")
    assert reading.view.current_page == 3  # the first one from here on
    reading.action("find_next")
    assert bar._count.text() == "4 of 12" and reading.view.current_page == 4
    reading.qtbot.keyClick(bar._input, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    reading.action("find_previous")
    reading.action("find_previous")
    reading.action("find_previous")
    assert bar._count.text() == "12 of 12" and reading.view.current_page == 12
    reading.qtbot.keyClick(bar._input, Qt.Key.Key_Return)
    assert bar._count.text() == "1 of 12"


def test_found_words_are_marked_and_the_current_ones_more(reading: Reading) -> None:
    reading.action("find")
    bar = reading.pane._frame.find_bar
    reading.qtbot.keyClicks(bar._input, "the")
    reading.qtbot.waitUntil(lambda: bar._count.text().startswith("1 of "))
    reading.wait()
    found = QColor(theme.LIGHT.found)
    assert reading.background(reading.place_of_word(1, "the", 1)) == found
    assert reading.background(reading.place_of_word(1, "keeper")) == PAPER
    first, second = (_frame_colours(reading, "The", 0), _frame_colours(reading, "the", 1))
    assert QColor(theme.LIGHT.accent) in first and QColor(theme.LIGHT.accent) not in second
    reading.qtbot.keyClick(bar._input, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert reading.background(reading.place_of_word(1, "the", 1)) == PAPER


def _frame_colours(reading: Reading, word: str, nth: int) -> list[QColor]:
    image, place = reading.view.viewport().grab().toImage(), reading.place_of_word(1, word, nth)
    return [image.pixelColor(place.x() + dx, place.y() + dy) for dx in range(-20, 21) for dy in range(-14, 15)]


def test_finding_goes_across_line_ends_and_quotation_marks_do_not_matter(reading: Reading) -> None:
    reading.action("find")
    bar = reading.pane._frame.find_bar
    assert LINES[1].endswith("within six") and LINES[2].startswith("hours.")
    reading.qtbot.keyClicks(bar._input, "within  six hours")
    reading.qtbot.waitUntil(lambda: bar._count.text() == "1 of 12")


def test_with_an_open_find_bar_a_document_comes_back_where_it_was_left(reading: Reading, document: Document) -> None:
    reading.pane.go_to_page(7)
    place, book = reading.pane.state(), reading.document
    reading.pane.show_document(document)
    reading.action("find")
    bar = reading.pane._frame.find_bar
    reading.qtbot.keyClicks(bar._input, "the")
    reading.pane.show_document(book)
    reading.pane.restore(place)
    reading.qtbot.waitUntil(lambda: len(bar.hits) > 12)
    assert reading.pane.state() == place
    assert reading.view.marks.found == bar.hits and reading.view.marks.current == bar.current
    assert bar.hits[bar.current - 1][0] < reading.page(7).start <= bar.hits[bar.current][0]
    reading.action("find_next")
    assert reading.view.current_page == 7


def test_nothing_found(reading: Reading) -> None:
    reading.action("find")
    bar = reading.pane._frame.find_bar
    reading.qtbot.keyClicks(bar._input, "submarine")
    reading.qtbot.waitUntil(lambda: bar._count.text() == "Not found")
    reading.action("find_next")
    assert reading.view.current_page == 1


def test_the_hit_list(reading: Reading) -> None:
    reading.action("find")
    bar = reading.pane._frame.find_bar
    reading.qtbot.keyClicks(bar._input, "lighthouse")
    bar._toggle.click()
    reading.qtbot.waitUntil(lambda: bar._model.rowCount() == 12)
    rows = [str(bar._model.index(row).data()) for row in range(12)]
    assert rows[1].startswith("p. 2 (ii)   ") and "lens of the lighthouse twice" in rows[1]
    bar._list.clicked.emit(bar._model.index(8))
    assert reading.view.current_page == 9
    assert bar._count.text() == "9 of 12"
    bar._list.setFocus()
    reading.qtbot.keyClick(bar._list, Qt.Key.Key_Down)
    reading.qtbot.keyClick(bar._list, Qt.Key.Key_Return)
    assert reading.view.current_page == 10


def test_what_is_selected_is_looked_for(reading: Reading) -> None:
    double_click(reading, reading.place_of_word(1, "lens"))
    reading.action("find")
    bar = reading.pane._frame.find_bar
    assert bar.query == "lens"
    reading.qtbot.waitUntil(lambda: bar._count.text() == "1 of 12")


def double_click(reading: Reading, place: QPoint) -> None:
    QTest.mouseDClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def drag(reading: Reading, start: QPoint, end: QPoint) -> None:
    viewport = reading.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def selected(reading: Reading) -> str:
    return reading.pane._selecting.text()


def test_dragging_selects_words_and_copy_takes_their_text(reading: Reading) -> None:
    drag(reading, reading.place_of_word(1, "broken"), reading.place_of_word(1, "owner"))
    assert selected(reading) == "broken Amber lamp is replaced within six hours. The owner"
    assert reading.background(reading.place_of_word(1, "lamp")) != PAPER
    assert reading.background(reading.place_of_word(1, "supplies")) == PAPER
    QGuiApplication.clipboard().clear()
    reading.view.setFocus()
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "broken Amber lamp is replaced within six hours. The owner"


def test_dragging_backwards_selects_the_same(reading: Reading) -> None:
    drag(reading, reading.place_of_word(1, "owner"), reading.place_of_word(1, "broken"))
    assert selected(reading) == "broken Amber lamp is replaced within six hours. The owner"


def test_dragging_below_the_edge_scrolls_on(reading: Reading) -> None:
    viewport = reading.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=reading.place_of_word(1, "broken"))
    QTest.mouseMove(viewport, QPoint(100, viewport.height() + 40))
    reading.qtbot.waitUntil(lambda: reading.view.verticalScrollBar().value() > 100)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(100, viewport.height() + 40))
    value = reading.view.verticalScrollBar().value()
    reading.qtbot.wait(80)
    assert reading.view.verticalScrollBar().value() == value
    assert selected(reading).startswith("broken Amber lamp")


def test_a_click_ends_the_selection(reading: Reading) -> None:
    drag(reading, reading.place_of_word(1, "broken"), reading.place_of_word(1, "lamp"))
    QTest.mouseClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=reading.place_of_word(1, "oil"))
    assert selected(reading) == ""
    assert not reading.pane._frame.selection_bar.isVisible()


def test_double_click_takes_a_word_and_the_third_a_sentence(reading: Reading) -> None:
    place = reading.place_of_word(1, "replaced")
    double_click(reading, place)
    assert selected(reading) == "replaced"
    QTest.mouseClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert selected(reading) == "A broken Amber lamp is replaced within six hours."


def test_shift_and_click_extends(reading: Reading) -> None:
    double_click(reading, reading.place_of_word(1, "broken"))
    place, shift = reading.place_of_word(1, "within"), Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(reading.view.viewport(), Qt.MouseButton.LeftButton, shift, place)
    assert selected(reading) == "broken Amber lamp is replaced within"


def test_a_click_elsewhere_soon_after_a_double_click_is_no_third(reading: Reading) -> None:
    double_click(reading, reading.place_of_word(1, "broken"))
    QTest.mouseClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=reading.place_of_word(1, "within"))
    assert selected(reading) == ""


def test_shift_and_arrows_extend_and_shrink(reading: Reading) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    double_click(reading, reading.place_of_word(1, "replaced"))
    for key, expected in (
        (Qt.Key.Key_Right, "replaced within"),
        (Qt.Key.Key_Right, "replaced within six"),
        (Qt.Key.Key_Right, "replaced within six hours."),
        (Qt.Key.Key_Left, "replaced within six"),
        (Qt.Key.Key_Home, "A broken Amber lamp is replaced"),
        (Qt.Key.Key_End, "replaced within six"),
    ):
        reading.qtbot.keyClick(reading.view, key, shift)
        assert selected(reading) == expected
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Down, shift)
    assert selected(reading).startswith("replaced within six hours. The ")
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Up, shift)
    assert selected(reading) in ("replaced within six", "replaced within", "replaced")
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Escape)
    assert selected(reading) == ""


def test_the_keyboard_alone_can_select(reading: Reading) -> None:
    reading.view.setFocus()
    for _ in range(2):
        reading.qtbot.keyClick(reading.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert selected(reading) == "Chapter 1:"
    for _ in range(60):
        reading.qtbot.keyClick(reading.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert "Chapter 2" in selected(reading)  # over the page's end
    assert reading.view.current_page == 2


def test_all_on_the_page(reading: Reading) -> None:
    reading.pane.go_to_page(4)
    reading.view.setFocus()
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page = reading.page(4)
    assert selected(reading) == reading.text[page.start : page.end]


@pytest.mark.parametrize(
    ("name", "signal", "question"),
    [
        ("ask_about", "question_drafted", "About “broken Amber lamp”: "),
        ("explain", "question_asked", "Explain in plain words: “broken Amber lamp”"),
        ("summarise", "question_asked", "Summarise: “broken Amber lamp”"),
    ],
)
def test_questions_about_the_selection(
    reading: Reading, heard: Callable[[str], Told], name: str, signal: str, question: str
) -> None:
    told = heard(signal)
    assert not reading.pane.actions()[name].isEnabled()
    drag(reading, reading.place_of_word(1, "broken"), reading.place_of_word(1, "lamp"))
    bar = reading.pane._frame.selection_bar
    assert bar.isVisible()
    assert reading.view.viewport().rect().contains(bar.geometry())
    button = next(button for button in bar._buttons if button.defaultAction() is reading.pane.actions()[name])
    reading.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told == [question]


def test_of_a_long_selection_only_the_first_words_are_quoted(reading: Reading, heard: Callable[[str], Told]) -> None:
    asked, said = heard("question_asked"), heard("said")
    words = reading.view.words
    assert words is not None
    first, last = words.whole_page(1), words.whole_page(12)
    assert first is not None and last is not None
    reading.view.select(type(first)(first.anchor, last.head))
    reading.action("summarise")
    assert len(str(asked[0]).split()) == 202  # with "Summarise:" and the sign of the cut
    assert said == ["Only the first 200 words were taken."]


def test_the_menu_of_the_pages(reading: Reading) -> None:
    reading.view.menu_wanted.emit(reading.view.mapToGlobal(QPoint(50, 50)))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[:4] == ["Copy", "Ask about this…", "Explain", "Summarise"]
    menu.close()
