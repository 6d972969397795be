"""Files on their way into the library, and what the pane says of them."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from lift_desktop.documents import SUFFIXES
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.adding import Reading, find_files
from lift_desktop.gui.library_pane.intake import MANY_FILES
from lift_desktop.gui.library_pane.notices import Notice, PasswordNotice
from lift_desktop.gui.library_pane.pane import LibraryPane
from lift_desktop.library import export_memory

from ... import texts
from ...documents.damaged_inputs import PASSWORD, pdf_of
from ...library.making import LEASE, RECIPES, learn, make_document
from .conftest import locked_pdf, settle, titles

TITLE = "LIGHTHOUSE KEEPING AGREEMENT"


def record(signal: object) -> list[object]:
    found: list[object] = []
    signal.connect(lambda *values: found.append(values[0] if len(values) == 1 else values))  # type: ignore[attr-defined]
    return found


def read_all(qtbot: QtBot, pane: LibraryPane, paths: list[Path]) -> None:
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        pane.add_files(paths)


def messages(pane: LibraryPane) -> list[str]:
    return [notice.message for notice in pane.intake.notices.notices]


def test_a_file_is_read_shown_and_opened(qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path) -> None:
    opened, said = record(context.hub.document_arrived), record(context.hub.said)
    assert pane.stack.currentWidget() is pane.empty
    read_all(qtbot, pane, [texts.write_file(tmp_path)])
    [document] = context.library.documents()
    assert titles(pane) == [TITLE]
    assert pane.stack.currentWidget() is pane.list
    assert [row.document.id for row in pane.chosen] == [document.id]
    assert opened == [document.id]
    assert said == [f"“{TITLE}” was added."]
    assert not pane.intake.banner.isVisible()


def test_a_duplicate_selects_the_entry_that_is_there(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    first, second = texts.write_file(tmp_path), make_document(tmp_path, RECIPES, "Recipes").path
    read_all(qtbot, pane, [first, second])
    opened, said = record(context.hub.document_arrived), record(context.hub.said)
    copy = tmp_path / "the same.txt"
    copy.write_bytes(first.read_bytes())
    read_all(qtbot, pane, [copy])
    assert len(context.library.documents()) == 2
    assert said == [f"“{TITLE}” is in the library already."]
    assert [row.document.title for row in pane.chosen] == [TITLE]
    assert opened == [pane.chosen[0].document.id]


def test_several_files_are_read_one_after_the_other_and_none_is_opened(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    opened, said = record(context.hub.document_arrived), record(context.hub.said)
    readings: list[Reading] = []
    pane.intake.adder.reading.connect(readings.append)
    files = [texts.write_file(tmp_path), make_document(tmp_path, RECIPES, "Recipes").path]
    files.append(make_document(tmp_path, LEASE, "Lease").path)
    read_all(qtbot, pane, files)
    assert sorted(row.document.file_name for row in pane.rows.rows()) == ["lease.txt", "lighthouse.txt", "recipes.txt"]
    assert opened == []
    assert said[-1] == "3 documents were added."
    assert readings[0].waiting == 2
    assert [reading.path for reading in readings if reading.progress is None] == files


def test_the_banner_names_file_page_and_what_waits(pane: LibraryPane, tmp_path: Path) -> None:
    from lift_desktop.domain.messages import Progress

    pane.intake.banner.show_reading(Reading(tmp_path / "big.pdf", Progress("reading", 40, 300, 0.13), 2))
    assert pane.intake.banner.text.text() == "Reading big.pdf, page 40 of 300"
    assert pane.intake.banner.waiting.text() == "2 documents waiting"
    assert pane.intake.banner.skip.isVisible()
    assert (pane.intake.banner.bar.value(), pane.intake.banner.bar.maximum()) == (40, 300)
    pane.intake.banner.hide()


def test_an_error_stays_with_its_hint_and_the_next_file_goes_on(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    picture = tmp_path / "photo.pdf"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    read_all(qtbot, pane, [tmp_path / "missing.pdf", picture, texts.write_file(tmp_path)])
    assert titles(pane) == [TITLE]
    assert messages(pane) == ["photo.pdf is a PNG image.", f"There is no file {tmp_path / 'missing.pdf'}."]
    notice = pane.intake.notices.notices[0]
    assert "LIFT Desktop reads PDF" in notice.accessibleName()
    notice.dismissed.emit()
    assert messages(pane) == [f"There is no file {tmp_path / 'missing.pdf'}."]
    pane.intake.notices.notices[0].dismissed.emit()
    assert not pane.intake.notices.isVisible()


def test_all_notices_can_be_dismissed_at_once_but_passwords_stay(
    qtbot: QtBot, pane: LibraryPane, tmp_path: Path
) -> None:
    read_all(qtbot, pane, [tmp_path / "a.pdf", tmp_path / "b.pdf", locked_pdf(tmp_path)])
    assert len(messages(pane)) == 3
    pane.intake.notices.clear()
    assert [type(notice) for notice in pane.intake.notices.notices] == [PasswordNotice]


def test_a_locked_file_asks_until_the_password_is_right(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    opened = record(context.hub.document_arrived)
    read_all(qtbot, pane, [locked_pdf(tmp_path)])
    [form] = pane.intake.notices.notices
    assert isinstance(form, PasswordNotice)
    assert "protected by a password" in form.message
    assert form.field.hasFocus()
    qtbot.keyClicks(form.field, "wrong")
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        qtbot.keyClick(form.field, Qt.Key.Key_Return)
    [form] = pane.intake.notices.notices
    assert isinstance(form, PasswordNotice)
    assert "does not open" in form.message
    qtbot.keyClicks(form.field, PASSWORD)
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        qtbot.mouseClick(form.open_button, Qt.MouseButton.LeftButton)
    assert pane.intake.notices.notices == []
    assert opened == [context.library.documents()[0].id]


def test_a_locked_file_can_be_skipped_and_holds_up_nobody(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    read_all(qtbot, pane, [locked_pdf(tmp_path), texts.write_file(tmp_path)])
    assert titles(pane) == [TITLE]
    [form] = pane.intake.notices.notices
    assert isinstance(form, PasswordNotice)
    qtbot.mouseClick(form.skip_button, Qt.MouseButton.LeftButton)
    assert pane.intake.notices.notices == []


def test_a_book_locked_by_its_seller_asks_for_no_password(qtbot: QtBot, pane: LibraryPane, tmp_path: Path) -> None:
    from ...documents.damaged_inputs import DAMAGED

    read_all(qtbot, pane, [DAMAGED["locked EPUB"][0](tmp_path)])
    assert [type(notice) for notice in pane.intake.notices.notices] == [Notice]
    assert "DRM" in messages(pane)[0]


def test_scanned_pages_are_named(qtbot: QtBot, pane: LibraryPane, tmp_path: Path) -> None:
    path = tmp_path / "partly.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "The lighthouse keeper counts seven ships.")
        document.new_page().draw_rect((10, 10, 500, 700), fill=(0.5, 0.5, 0.5))
        document.save(path)
    read_all(qtbot, pane, [path])
    [notice] = pane.intake.notices.notices
    assert "No text on 1 of 2 pages (scanned?): 2" in notice.accessibleName()


def test_reading_can_be_called_off_and_what_waits_with_it(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    big = tmp_path / "big.pdf"
    big.write_bytes(pdf_of(*(f"Page {number} of a long file." for number in range(900))))
    with qtbot.waitSignal(pane.intake.adder.reading, check_params_cb=lambda reading: reading.progress is not None):
        pane.add_files([big, texts.write_file(tmp_path)])
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        qtbot.mouseClick(pane.intake.banner.cancel, Qt.MouseButton.LeftButton)
    assert context.library.documents() == []
    assert messages(pane) == []


def test_one_file_can_be_skipped(qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path) -> None:
    big = tmp_path / "big.pdf"
    big.write_bytes(pdf_of(*(f"Page {number} of a long file." for number in range(900))))
    with qtbot.waitSignal(pane.intake.adder.reading, check_params_cb=lambda reading: reading.progress is not None):
        pane.add_files([big, texts.write_file(tmp_path)])
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        qtbot.mouseClick(pane.intake.banner.skip, Qt.MouseButton.LeftButton)
    assert titles(pane) == [TITLE]


# Folders ----------------------------------------------------------------------------------------------------
def test_folders_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "inner" / "deep").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "none").mkdir()
    wanted = [tmp_path / "A.PDF", tmp_path / "inner" / "b.docx", tmp_path / "inner" / "deep" / "c.liftmemory"]
    for path in (*wanted, tmp_path / "x.png", tmp_path / ".hidden" / "d.pdf", tmp_path / "~$open.docx"):
        path.write_text("")
    found = find_files([tmp_path, wanted[0], tmp_path / "none"])
    assert found.files == tuple(wanted)
    assert found.empty == (tmp_path / "none",)


def test_a_folder_without_documents_is_named(qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    pane.add_files([folder])
    settle(qtbot, context)
    qtbot.waitUntil(lambda: messages(pane) == ["There is no document in “photos” that can be read."])


@pytest.mark.parametrize("agreed", [True, False])
def test_many_files_are_asked_about(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path, agreed: bool
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(MANY_FILES + 1):
        (folder / f"{number:02}.txt").write_text(f"Report number {number} speaks about the lighthouse at length.")
    pane.add_files([folder])
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    assert box.text() == f"Add {MANY_FILES + 1} documents?"
    if agreed:
        with qtbot.waitSignal(pane.intake.adder.finished, timeout=30_000):
            next(button for button in box.buttons() if button.objectName() == "add").click()
        assert len(titles(pane)) == MANY_FILES + 1
    else:
        box.reject()
        assert not pane.intake.adder.is_busy
    assert len(context.library.documents()) == (MANY_FILES + 1 if agreed else 0)


# Ways to offer files ----------------------------------------------------------------------------------------
def test_files_are_dropped_on_the_pane(qtbot: QtBot, pane: LibraryPane, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(texts.write_file(tmp_path)))])
    nothing, action = Qt.MouseButton.NoButton, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), action, mime, nothing, Qt.KeyboardModifier.NoModifier)
    enter.ignore()
    pane.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        pane.dropEvent(QDropEvent(QPointF(9, 9), action, mime, nothing, Qt.KeyboardModifier.NoModifier))
    assert titles(pane) == [TITLE]


def test_a_dragged_web_address_is_refused(pane: LibraryPane) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.pdf")])
    action, nothing = Qt.DropAction.CopyAction, Qt.MouseButton.NoButton
    enter = QDragEnterEvent(QPoint(9, 9), action, mime, nothing, Qt.KeyboardModifier.NoModifier)
    enter.ignore()
    pane.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_files_are_offered_through_the_hub(qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path) -> None:
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        context.hub.files_offered.emit([texts.write_file(tmp_path)])
    assert titles(pane) == [TITLE]


def test_the_file_dialog_names_the_formats(qtbot: QtBot, pane: LibraryPane, tmp_path: Path) -> None:
    pane.actions()["add"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    assert all(f"*{suffix}" in dialog.nameFilters()[0] for suffix in SUFFIXES)
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        dialog.filesSelected.emit([str(texts.write_file(tmp_path))])
        dialog.reject()
    assert titles(pane) == [TITLE]


def test_the_sample_is_added_and_opened(qtbot: QtBot, context: Context, pane: LibraryPane) -> None:
    opened = record(context.hub.document_arrived)
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=30_000):
        qtbot.mouseClick(pane.empty.sample, Qt.MouseButton.LeftButton)
    [document] = context.library.documents()
    assert document.file_name == "services-agreement.pdf"
    assert opened == [document.id]


# Memories from elsewhere ------------------------------------------------------------------------------------
def test_an_exported_memory_comes_back(
    qtbot: QtBot, context: Context, pane: LibraryPane, lease: str, tmp_path: Path
) -> None:
    memory = learn(context.library, lease)
    file = export_memory(context.library, memory.id, tmp_path / "lease.liftmemory")
    context.library.forget_document(lease)
    context.hub.document_removed.emit(lease)
    assert titles(pane) == []
    changed = record(context.hub.memories_changed)
    read_all(qtbot, pane, [file])
    assert titles(pane) == ["Lease"]
    assert changed == [pane.chosen[0].document.id]
    assert pane.chosen[0].state == ("Ready · recalls 95 %", "good")
    [notice] = pane.intake.notices.notices
    assert "needs the model starter" in notice.message
    asked = record(context.hub.settings_requested)
    notice.findChildren(type(pane.memories_button))[0].click()
    assert asked == ["models"]


def test_a_broken_memory_says_so(qtbot: QtBot, pane: LibraryPane, tmp_path: Path) -> None:
    file = tmp_path / "bad.liftmemory"
    file.write_text("nothing")
    read_all(qtbot, pane, [file])
    assert messages(pane) == ["bad.liftmemory is no memory: it is not a whole ZIP file."]


def test_in_a_narrow_pane_nothing_of_a_notice_is_out_of_reach(pane: LibraryPane, qtbot: QtBot) -> None:
    pane.resize(pane.minimumSizeHint().width(), 600)
    notices = pane.intake.notices
    notices.add(PasswordNotice(Path("lease.pdf"), False))
    notices.add(Notice("The lease could not be read.", "It is broken."))
    qtbot.wait(1)
    assert notices.widget().width() <= notices.viewport().width()
