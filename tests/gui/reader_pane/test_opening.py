"""What the pane shows without a document, with a locked one, a missing one, and the real ones."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Document
from lift_desktop.gui.context import Context
from lift_desktop.gui.reader_pane.pane import WITH_DOCUMENT, ReaderPane

from .conftest import PASSWORD, ReadFile, Reading


def test_the_empty_pane_says_what_to_do(qtbot: QtBot, pane: ReaderPane) -> None:
    assert pane.empty.isVisible()
    with qtbot.waitSignal(pane.open_wanted):
        qtbot.mouseClick(pane.empty.open_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(pane.sample_wanted):
        qtbot.mouseClick(pane.empty.sample_button, Qt.MouseButton.LeftButton)
    assert not any(action.isEnabled() for action in pane.actions().values())
    assert pane.state() == {}


def test_opening_shows_the_first_page(reading: Reading) -> None:
    assert reading.view.isVisible()
    assert reading.view.current_page == 1
    image = reading.view.viewport().grab().toImage()
    word = reading.place_of_word(1, "polishes")
    around = [image.pixelColor(word.x() + dx, word.y() + dy) for dx in range(-9, 10) for dy in range(-4, 5)]
    assert any(colour.lightness() < 100 for colour in around)  # ink where the word's box is
    assert all(reading.pane.actions()[name].isEnabled() for name in WITH_DOCUMENT if name != "previous_page")


def test_the_same_document_stays_where_it_is(reading: Reading) -> None:
    reading.pane.go_to_page(5)
    reading.pane.show_document(reading.document)
    assert reading.view.current_page == 5


def test_no_document_empties_the_pane(reading: Reading) -> None:
    reading.action("find")
    reading.pane.show_document(None)
    assert reading.pane.empty.isVisible()
    assert not reading.pane.actions()["find"].isEnabled()


def test_an_erased_document_goes(reading: Reading) -> None:
    reading.context.library.forget_document(reading.document.id)
    reading.context.hub.document_removed.emit(reading.document.id)
    assert reading.pane.empty.isVisible()


def test_a_locked_document_asks_for_its_password(
    qtbot: QtBot, pane: ReaderPane, context: Context, read_locked_book: ReadFile
) -> None:
    document = read_locked_book.add_to(context.library)
    pane.show_document(document)
    qtbot.waitUntil(pane.locked.isVisible, timeout=20_000)
    assert not pane.actions()["find"].isEnabled()
    qtbot.keyClicks(pane.locked.input, "wrong")
    qtbot.keyClick(pane.locked.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open" in pane.locked.text.text())
    assert pane.locked.input.text() == ""
    qtbot.keyClicks(pane.locked.input, PASSWORD)
    qtbot.mouseClick(pane.locked.button, Qt.MouseButton.LeftButton)
    reading = Reading(qtbot, pane, context, document)
    qtbot.waitUntil(reading.view.isVisible)
    reading.wait()
    pane.show_document(None)
    pane.show_document(document)  # asked once only
    reading.wait()
    assert not pane.locked.isVisible()


def test_the_password_is_written_nowhere(
    qtbot: QtBot, pane: ReaderPane, context: Context, read_locked_book: ReadFile
) -> None:
    pane.show_document(read_locked_book.add_to(context.library))
    qtbot.waitUntil(pane.locked.isVisible, timeout=20_000)
    pane.locked.given.emit(PASSWORD)
    qtbot.waitUntil(lambda: not pane.locked.isVisible())
    for path in context.library.folder.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes()


def test_a_missing_file_is_named_and_can_be_tried_again(
    qtbot: QtBot, pane: ReaderPane, context: Context, book: Document
) -> None:
    path = context.library.file(book.id)
    aside = path.rename(path.with_name("aside"))
    pane.show_document(book)
    qtbot.waitUntil(pane.broken.isVisible, timeout=20_000)
    assert pane.broken.title.text() == "lighthouse.pdf is gone from the data folder."
    assert "once more" in pane.broken.text.text()
    aside.rename(path)
    qtbot.mouseClick(pane.broken.button, Qt.MouseButton.LeftButton)
    reading = Reading(qtbot, pane, context, book)
    qtbot.waitUntil(reading.view.isVisible)
    reading.wait()


def test_a_damaged_file_has_the_name_that_the_user_knows(
    qtbot: QtBot, pane: ReaderPane, context: Context, book: Document
) -> None:
    context.library.file(book.id).write_bytes(b"%PDF-1.7 nothing else")
    pane.show_document(book)
    qtbot.waitUntil(pane.broken.isVisible, timeout=20_000)
    assert pane.broken.title.text().startswith("lighthouse.pdf cannot be opened: ")


def test_a_document_that_is_gone_from_the_library(pane: ReaderPane, context: Context, book: Document) -> None:
    context.library.forget_document(book.id)
    pane.show_document(book)
    assert pane.broken.isVisible()
    assert "holds no document" in pane.broken.title.text()


def test_another_document_while_the_first_is_being_opened(
    qtbot: QtBot, pane: ReaderPane, context: Context, book: Document, document: Document
) -> None:
    pane.show_document(document)
    pane.show_document(book)
    reading = Reading(qtbot, pane, context, book)
    reading.wait()
    assert reading.view.opened is not None and reading.view.opened.document == book


def test_closing_the_pane_while_it_works_does_no_harm(qtbot: QtBot, context: Context, book: Document) -> None:
    pane = ReaderPane(context)
    pane.show()
    pane.show_document(book)
    pane.close()
    pane.deleteLater()
    qtbot.waitUntil(lambda: not context.tasks.running)


@pytest.mark.parametrize("factor", [1, 2])
def test_nothing_is_cut_off_with_a_large_font(qtbot: QtBot, context: Context, factor: int) -> None:
    font, before = QApplication.font(), QApplication.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    QApplication.setFont(font)
    try:
        pane = ReaderPane(context)
        qtbot.addWidget(pane)
        pane.resize(420, 700)
        with qtbot.waitExposed(pane):
            pane.show()
        for notice in (pane.empty, pane.locked, pane.broken):
            pane._show(notice)
            QApplication.processEvents()
            for label in notice.findChildren(QLabel):
                if label.text():
                    assert label.height() >= label.heightForWidth(label.width())
    finally:
        QApplication.setFont(before)
