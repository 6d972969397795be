"""Contents, links, the recall strip, and what happens when pages cannot be drawn."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QAccessible, QDesktopServices, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from lift_desktop.child import Child
from lift_desktop.documents import viewing_host
from lift_desktop.domain.models import Document, PageRecall
from lift_desktop.domain.states import Event
from lift_desktop.gui.context import Context
from lift_desktop.gui.reader_pane.links import LeaveQuestion, LinkFinder
from lift_desktop.gui.reader_pane.opened import Box
from lift_desktop.gui.reader_pane.pane import ReaderPane
from lift_desktop.gui.reader_pane.strip import RecallStrip, recall_colour
from lift_desktop.gui.reader_pane.trouble import Trouble
from lift_desktop.gui.reader_pane.view import PageView

from ...documents.test_viewing import _trapped_main
from ...library import making
from .conftest import Reading, Told, make_book

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="ends the process with a POSIX signal")

INNER, OUTER, SCRIPT = Box(50, 300, 150, 320), Box(50, 340, 150, 360), Box(50, 380, 150, 400)


# Contents -------------------------------------------------------------------------------------------------------------
def test_contents_are_a_tree_that_leads_to_pages(reading: Reading) -> None:
    contents = reading.pane._frame.contents
    assert not contents.isVisible()
    reading.action("contents")
    reading.qtbot.waitUntil(lambda: contents._tree.topLevelItemCount() == 6)
    chapter = contents._tree.topLevelItem(2)
    assert chapter is not None and (chapter.text(0), chapter.text(1)) == ("Chapter 5", "5")
    part = chapter.child(0)
    assert part is not None and part.text(0) == "Part 6"
    contents._tree.itemActivated.emit(part, 0)
    assert reading.view.current_page == 6
    reading.pane.go_to_page(9)
    assert contents._tree.currentItem().text(0) == "Chapter 9"
    reading.action("contents")
    assert not contents.isVisible()


def test_no_contents_are_said(qtbot: QtBot, pane: ReaderPane, context: Context, document: Document) -> None:
    pane.show_document(document)
    Reading(qtbot, pane, context, document).wait()
    pane.actions()["contents"].trigger()
    qtbot.waitUntil(lambda: pane._frame.contents._message.text() == "This document has no table of contents.")


# Links ----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def linked(reading: Reading) -> Reading:
    reading.view.set_zoom("page")
    reading.wait()
    reading.qtbot.waitUntil(lambda: bool(reading.pane.findChild(LinkFinder).on_page(1)))
    return reading


def test_a_link_inside_jumps_and_back_leads_back(linked: Reading) -> None:
    viewport, place = linked.view.viewport(), linked.place_of(1, INNER)
    QTest.mouseMove(viewport, place)
    assert viewport.cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert viewport.toolTip() == "Go to page 9"
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert linked.view.current_page == 9
    linked.view.setFocus()
    linked.qtbot.keyClick(linked.pane, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert linked.view.current_page == 1


class Browser:
    """Stands for the user's browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", self._open)

    def _open(self, url: QUrl) -> bool:
        self.opened.append(url.toString())
        return True


@pytest.mark.parametrize("agrees", [True, False])
def test_a_link_outside_asks_first(linked: Reading, monkeypatch: pytest.MonkeyPatch, agrees: bool) -> None:
    browser = Browser(monkeypatch)
    QTest.mouseClick(linked.view.viewport(), Qt.MouseButton.LeftButton, pos=linked.place_of(1, OUTER))
    question = QApplication.activeModalWidget()
    assert isinstance(question, LeaveQuestion)
    assert question.informativeText() == "https://example.org/terms"
    assert browser.opened == []
    linked.qtbot.mouseClick(question.open_button if agrees else question.stay_button, Qt.MouseButton.LeftButton)
    linked.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert browser.opened == (["https://example.org/terms"] if agrees else [])


def test_addresses_that_could_run_programs_are_no_links(linked: Reading) -> None:
    place = linked.place_of(1, SCRIPT)
    QTest.mouseMove(linked.view.viewport(), place)
    assert linked.view.viewport().cursor().shape() is not Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(linked.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert QApplication.activeModalWidget() is None


# Recall ---------------------------------------------------------------------------------------------------------------
def learn(reading: Reading) -> None:
    library = reading.context.library
    memory = making.start(library, reading.document.id)
    making.to_checking(library, memory)
    recalls = [PageRecall(1, 0.0, 0.2, 2), PageRecall(4, 0.1, 0.6, 3), PageRecall(12, 0.1, 1.0, 1)]
    library.promote(
        memory.id,
        Event.LEARNED,
        recall_before=0.1,
        recall_after=0.6,
        page_recalls=recalls,
        questions=making.QUESTIONS,
    )
    reading.context.hub.memories_changed.emit(reading.document.id)


def test_the_strip_comes_with_the_memory_and_goes_with_it(reading: Reading) -> None:
    frame = reading.pane._frame
    assert not frame.strip.isVisible() and not frame.legend.isVisible()
    learn(reading)
    assert frame.strip.isVisible() and frame.legend.isVisible()
    assert "not asked" in frame.legend.text()
    memory = reading.context.library.best_memory(reading.document.id)
    assert memory is not None
    reading.context.library.forget_memory(memory.id)
    reading.context.hub.memories_changed.emit("another document")
    assert frame.strip.isVisible()
    reading.context.hub.memories_changed.emit(reading.document.id)
    assert not frame.strip.isVisible()


def test_the_strip_shows_each_page_in_its_colour(reading: Reading) -> None:
    learn(reading)
    strip = reading.pane._frame.strip
    reading.pane.go_to_page(8)
    QApplication.processEvents()
    image = strip.grab().toImage()
    for page, share in ((1, 0.2), (4, 0.6), (12, 1.0)):
        place = strip.rectangle(page).center()
        assert image.pixelColor(place) == recall_colour(share), page
    assert image.pixelColor(strip.rectangle(6).center()) not in [recall_colour(share / 20) for share in range(21)]


def test_the_strip_tells_and_leads(reading: Reading) -> None:
    learn(reading)
    strip = reading.pane._frame.strip
    QApplication.processEvents()
    assert strip.said_of(4) == "Page 4: recalls 60 % (3 questions)"
    assert strip.said_of(12) == "Page 12: recalls 100 % (1 question)"
    assert strip.said_of(5) == "Page 5: not asked"
    place = strip.rectangle(4).center()
    QApplication.sendEvent(strip, QHelpEvent(QEvent.Type.ToolTip, place, strip.mapToGlobal(place)))
    assert QToolTip.text() == "Page 4: recalls 60 % (3 questions)"
    QToolTip.hideText()
    reading.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert reading.view.current_page == 4
    assert strip.accessibleDescription() == "Page 4: recalls 60 % (3 questions)"
    reading.qtbot.keyClick(strip, Qt.Key.Key_Down)
    assert reading.view.current_page == 5
    reading.qtbot.waitUntil(lambda: not QToolTip.isVisible())


# Trouble --------------------------------------------------------------------------------------------------------------
@needs_signals
def test_killed_the_process_is_started_again(reading: Reading, heard: Callable[[str], Told]) -> None:
    said = heard("said")
    viewer = reading.context.services.viewer
    before = viewer.process_id
    assert before is not None
    os.kill(before, signal.SIGKILL)
    for page in (7, 11):
        reading.pane.go_to_page(page)
        reading.wait()
    assert viewer.process_id not in (before, None)
    assert said == ["The process that draws the pages has ended; it was started again."]
    assert not reading.pane.findChildren(Trouble)


@needs_signals
def test_a_page_that_kills_the_process_says_so_in_its_place(
    qtbot: QtBot, pane: ReaderPane, context: Context, book: Document, heard: Callable[[str], Told]
) -> None:
    """Page 2 crashes the process, twice; the others are drawn, and a healthy process draws it when asked again."""
    said = heard("said")
    viewer = context.services.viewer
    viewer._child = Child("page drawing", _trapped_main)
    pane.show_document(book)
    reading = Reading(qtbot, pane, context, book)
    reading.wait()
    pane.go_to_page(2)
    qtbot.waitUntil(lambda: bool(pane.findChildren(Trouble)), timeout=20_000)
    assert set(said) <= {"The process that draws the pages has ended; it was started again."}
    trouble = pane.findChildren(Trouble)[0]
    assert trouble.page == 2 and trouble.isVisible()
    assert trouble.error.message == "The process that draws the pages has ended unexpectedly."
    assert (
        reading.layout.rectangle(2).translated(-reading.view.shown_rectangle().topLeft()).contains(trouble.geometry())
    )
    viewer.close()
    viewer._child = Child("page drawing", viewing_host.main, (3 << 30,))
    qtbot.mouseClick(trouble.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.findChildren(Trouble))
    reading.wait()


def test_a_page_that_fails_tells_why(
    qtbot: QtBot, pane: ReaderPane, context: Context, book: Document, tmp_path: Path
) -> None:
    """The file is shorter than it was when it was read."""
    pane.show_document(book)
    reading = Reading(qtbot, pane, context, book)
    reading.wait()
    context.services.viewer.close()
    make_book(context.library.file(book.id), 3)
    pane.go_to_page(10)
    qtbot.waitUntil(lambda: any(trouble.page == 10 for trouble in pane.findChildren(Trouble)))
    trouble = next(trouble for trouble in pane.findChildren(Trouble) if trouble.page == 10)
    assert trouble.error.message.startswith("Page 10 could not be drawn: ")
    pane.go_to_page(2)
    reading.wait()
    assert not any(trouble.isVisible() for trouble in pane.findChildren(Trouble))


def test_trouble_moves_with_its_page(qtbot: QtBot, pane: ReaderPane, context: Context, book: Document) -> None:
    pane.show_document(book)
    reading = Reading(qtbot, pane, context, book)
    reading.wait()
    context.services.viewer.close()
    make_book(context.library.file(book.id), 3)
    pane.go_to_page(8)
    qtbot.waitUntil(lambda: any(trouble.page == 8 for trouble in pane.findChildren(Trouble)))
    for step in (60, 200):
        reading.view.verticalScrollBar().setValue(reading.view.verticalScrollBar().value() + step)
        for trouble in pane.findChildren(Trouble):
            if trouble.isVisible():
                page = reading.layout.rectangle(trouble.page).translated(-reading.view.shown_rectangle().topLeft())
                shown = page.intersected(reading.view.viewport().rect())
                assert abs(trouble.geometry().center().y() - shown.center().y()) <= max(2, trouble.height())
    qtbot.waitUntil(lambda: not context.tasks.running)


def test_the_strip_of_a_long_document_puts_pages_together(reading: Reading) -> None:
    strip = reading.pane._frame.strip
    strip.resize(11, 100)
    recalls = {page: PageRecall(page, 0.0, 1.0, 1) for page in range(1, 501)}
    strip.show_recalls(1000, recalls)
    assert strip.colour_at(10) == recall_colour(1.0)
    assert strip.colour_at(90) != recall_colour(1.0)
    assert strip.page_at(0) == 1 and strip.page_at(99) == 991


def test_all_that_can_be_used_has_a_name_and_is_reached_by_tab(reading: Reading) -> None:
    learn(reading)
    reading.action("contents")
    reading.action("find")
    reading.pane._frame.find_bar._toggle.click()
    reading.action("select_all_on_page")
    kinds = QAbstractButton | QLineEdit | QAbstractItemView | PageView | RecallStrip
    found = [
        widget for widget in reading.pane.findChildren(QWidget) if isinstance(widget, kinds) and widget.isVisible()
    ]
    found = [widget for widget in found if not isinstance(widget.parent(), QLineEdit)]
    assert len(found) > 20
    for widget in found:
        told = QAccessible.queryAccessibleInterface(widget)
        assert told is not None and told.text(QAccessible.Text.Name).strip(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus or not widget.isEnabled(), widget
    reading.qtbot.waitUntil(lambda: not reading.context.tasks.running)
