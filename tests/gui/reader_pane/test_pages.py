"""Scrolling, jumping and zooming; pages are drawn when they are needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Document
from lift_desktop.gui.context import Context
from lift_desktop.gui.reader_pane import drawing
from lift_desktop.gui.reader_pane.drawing import PageDrawer
from lift_desktop.gui.reader_pane.pane import ReaderPane

from .conftest import Reading, Told


def drawn_pages(reading: Reading) -> set[int]:
    return {tile.page for tile in reading.pane.findChild(PageDrawer)._cache}


def test_only_what_is_near_is_drawn(reading: Reading) -> None:
    reading.qtbot.waitUntil(lambda: not reading.pane.findChild(PageDrawer).is_drawing)
    assert {1, 2} <= drawn_pages(reading) <= {1, 2, 3}
    reading.pane.go_to_page(9)
    reading.wait()
    assert 9 in drawn_pages(reading) and 5 not in drawn_pages(reading)


def test_pages_that_were_passed_are_not_drawn(reading: Reading) -> None:
    """Scrolling over them faster than they can be drawn asks for none of them afterwards."""
    bar = reading.view.verticalScrollBar()
    for value in range(0, bar.maximum(), 97):
        bar.setValue(value)
    bar.setValue(bar.maximum())
    reading.wait()
    assert 12 in drawn_pages(reading)
    assert not {5, 6, 7} & drawn_pages(reading)


def test_the_cache_is_bounded(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "CACHE_BYTES", 6_000_000)
    for page in range(1, 13):
        reading.pane.go_to_page(page)
        reading.wait()
    drawer = reading.pane.findChild(PageDrawer)
    assert drawer.cache_bytes <= 6_000_000
    assert drawer.cache_bytes == sum(len(tile.rgb) for tile in drawer._cache.values())
    assert 1 not in drawn_pages(reading)


def test_magnified_pages_are_drawn_in_parts(reading: Reading) -> None:
    reading.view.set_zoom(6.0)
    reading.wait()
    drawer = reading.pane.findChild(PageDrawer)
    assert (
        any((tile.column, tile.row) != (0, 0) for tile in drawer._cache) or reading.layout.rectangle(1).width() > 3000
    )
    assert drawer.cache_bytes <= drawing.CACHE_BYTES
    reading.view.verticalScrollBar().setValue(reading.view.verticalScrollBar().value() + 2000)
    reading.wait()
    assert any(tile.row == 1 for tile in drawer._cache)


def test_while_the_sharp_page_comes_the_old_one_is_scaled(reading: Reading) -> None:
    reading.view.set_zoom(2.0)
    reading.view.horizontalScrollBar().setValue(0)
    assert not reading.view.is_sharp()
    word = reading.place_of_word(1, "Chapter")
    image = reading.view.viewport().grab().toImage()
    assert image.rect().contains(word)
    around = [image.pixelColor(word.x() + dx, word.y() + dy) for dx in range(-20, 21) for dy in range(-8, 9)]
    assert any(colour.lightness() < 100 for colour in around)
    reading.wait()


def test_page_actions(reading: Reading) -> None:
    reading.action("next_page")
    assert reading.view.current_page == 2
    reading.action("previous_page")
    assert reading.view.current_page == 1
    assert not reading.pane.actions()["previous_page"].isEnabled()
    reading.pane.go_to_page(99)
    assert reading.view.current_page == 12
    assert not reading.pane.actions()["next_page"].isEnabled()


@pytest.mark.parametrize(("typed", "page"), [("7", 7), ("ii", 2), ("II", 2), (" 12 ", 12)])
def test_the_page_box_takes_numbers_and_labels(reading: Reading, typed: str, page: int) -> None:
    box = reading.pane._frame.bar.box
    box.setFocus()
    box.selectAll()
    reading.qtbot.keyClicks(box, typed)
    reading.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert reading.view.current_page == page
    assert box.text() == str(page)


def test_the_page_box_refuses_other_things(reading: Reading, heard: Callable[[str], Told]) -> None:
    said, box = heard("said"), reading.pane._frame.bar.box
    box.setText("13")
    reading.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert said == ["There is no page “13”."]
    assert reading.view.current_page == 1


def test_the_page_box_follows_and_tells_the_label(reading: Reading) -> None:
    reading.pane.go_to_page(2)
    assert reading.pane._frame.bar.box.text() == "2"
    assert "Printed on this page: ii" in reading.pane._frame.bar.box.toolTip()


@pytest.mark.parametrize(
    ("key", "moves"),
    [
        (Qt.Key.Key_Down, True),
        (Qt.Key.Key_PageDown, True),
        (Qt.Key.Key_Space, True),
        (Qt.Key.Key_End, True),
        (Qt.Key.Key_Up, False),
        (Qt.Key.Key_A, False),
    ],
)
def test_keys_scroll(reading: Reading, key: Qt.Key, moves: bool) -> None:
    before = reading.view.verticalScrollBar().value()
    reading.qtbot.keyClick(reading.view, key)
    assert (reading.view.verticalScrollBar().value() > before) == moves
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Home)
    assert reading.view.verticalScrollBar().value() == 0


def test_space_and_shift_space_go_there_and_back(reading: Reading) -> None:
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Space)
    reading.qtbot.keyClick(reading.view, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert reading.view.verticalScrollBar().value() == 0


def test_fit_width_is_the_default_and_follows_the_pane(reading: Reading) -> None:
    assert reading.pane.actions()["fit_width"].isChecked()
    for width in (500, 800):
        reading.pane.resize(width, 560)
        QApplication.processEvents()
        page, viewport = reading.layout.rectangle(1), reading.view.viewport()
        assert viewport.width() - 40 < page.width() < viewport.width()
    assert reading.view.horizontalScrollBar().maximum() == 0


def test_fit_page(reading: Reading) -> None:
    reading.action("fit_page")
    page, viewport = reading.layout.rectangle(1), reading.view.viewport()
    assert viewport.height() - 40 < page.height() < viewport.height()
    assert reading.pane.actions()["fit_page"].isChecked() and not reading.pane.actions()["fit_width"].isChecked()


def test_zoom_steps_and_actual_size(reading: Reading) -> None:
    reading.action("actual_size")
    assert reading.view.zoom == 1.0
    assert reading.layout.rectangle(1).width() == round(400 * reading.view.logicalDpiX() / 72)
    reading.action("zoom_in")
    assert reading.view.zoom == pytest.approx(1.2, abs=0.01)
    reading.action("zoom_out")
    assert reading.view.zoom == pytest.approx(1.0, abs=0.02)
    for _ in range(40):
        reading.action("zoom_out")
    assert reading.view.zoom == pytest.approx(0.1)
    assert not reading.pane.actions()["fit_width"].isChecked()


def test_the_zoom_menu(reading: Reading) -> None:
    button = reading.pane._frame.bar._zoom
    action = next(action for action in button.menu().actions() if action.text() == "200 %")
    action.trigger()
    assert reading.view.zoom == 2.0
    assert button.text() == "200 %"


def test_ctrl_and_wheel_zoom_around_the_pointer(reading: Reading) -> None:
    view = reading.view
    place = QPointF(220, 180)
    before = view.page_and_point(place)
    for _ in range(5):
        wheel(view.viewport(), place, 120, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom_factor > 2
    after = view.page_and_point(place)
    assert after[0] == before[0]
    assert after[1:] == pytest.approx(before[1:], abs=2.0)


def wheel(widget: object, place: QPointF, delta: int, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),  # type: ignore[attr-defined]
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)  # type: ignore[call-overload]


def test_the_wheel_alone_scrolls(reading: Reading) -> None:
    factor = reading.view.zoom_factor
    wheel(reading.view.viewport(), QPointF(100, 100), -120, Qt.KeyboardModifier.NoModifier)
    assert reading.view.verticalScrollBar().value() > 0
    assert reading.view.zoom_factor == factor


def test_what_stood_at_the_top_stays_there_when_the_pane_changes(reading: Reading) -> None:
    reading.view.verticalScrollBar().setValue(1234)
    before = reading.view.place()
    reading.pane.resize(900, 560)
    QApplication.processEvents()
    page, offset = reading.view.place()
    assert page == before[0]
    assert offset == pytest.approx(before[1], abs=0.01)


def test_state_comes_back(qtbot: QtBot, reading: Reading, context: Context) -> None:
    reading.view.set_zoom(1.5)
    reading.view.verticalScrollBar().setValue(reading.layout.rectangle(7).top() + 100)
    state = reading.pane.state()
    assert state["page"] == 7 and state["zoom"] == 1.5
    again = ReaderPane(context)
    qtbot.addWidget(again)
    again.show_document(reading.document)
    again.restore(state)  # before it has its size
    again.resize(640, 560)
    with qtbot.waitExposed(again):
        again.show()
    restored = again.state()
    assert restored["page"] == 7 and restored["zoom"] == 1.5
    assert restored["offset"] == pytest.approx(state["offset"], abs=0.005)
    qtbot.waitUntil(lambda: not context.tasks.running)


@pytest.mark.parametrize("zoom", ["width", "page", 2])
def test_state_keeps_the_kind_of_zoom(reading: Reading, zoom: str | int) -> None:
    reading.pane.restore({"page": 3, "offset": 0.25, "zoom": zoom})
    assert reading.pane.state() == {"page": 3, "offset": 0.25, "zoom": zoom}


@pytest.mark.parametrize("state", [{}, {"page": "x"}, {"zoom": "huge"}, {"page": 999, "offset": 2}, {"zoom": -1}])
def test_a_strange_state_does_no_harm(reading: Reading, state: dict[str, object]) -> None:
    reading.pane.restore(state)
    reading.wait()
    assert 1 <= reading.view.current_page <= 12


def test_a_text_document_without_word_boxes_is_shown(
    qtbot: QtBot, pane: ReaderPane, context: Context, document: Document
) -> None:
    pane.show_document(document)
    reading = Reading(qtbot, pane, context, document)
    reading.wait()
    reading.action("select_all_on_page")
    assert reading.view.selection is None


def test_screen_readers_learn_page_and_text(reading: Reading) -> None:
    reading.view.setFocus()
    reading.pane.go_to_page(3)
    assert reading.view.accessibleName() == "Page 3 of 12"
    assert "Storms in Cedar are written into the blue ledger." in reading.view._spoken.accessibleName()
    assert reading.view._spoken.accessibleName().startswith("Chapter 3: Cedar")
