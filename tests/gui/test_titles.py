"""Titles as files bring them: long and without a space, with what looks like markup, written from right to left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Document
from lift_desktop.domain.steps import last
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui import wording
from lift_desktop.gui.chat_pane.questions_first import confirm_deleting_turn
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.delegate import _write
from lift_desktop.gui.window import MainWindow
from lift_desktop.jobs import LearnSettings, learn_document, model_reference

from .. import texts

LONG = "Lease_Agreement_2019_final_v3_signed_countersigned_and_stamped_by_the_notary_scan_300dpi_OCR_reviewed.pdf"
WIDTH = 900


@pytest.fixture
def window(qtbot: QtBot, context: Context) -> Iterator[MainWindow]:
    made = MainWindow(context)
    qtbot.addWidget(made)
    made.resize(WIDTH, 600)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()
    made.watch.close()


def titled(window: MainWindow, folder: Path, title: str) -> Document:
    """The agreement under this title, opened."""
    library = window.context.library
    document = library.rename_document(texts.add_to(library, folder).id, title)
    window.context.hub.document_changed.emit(document.id)
    window.open_document(document.id)
    return document


def question_of(window: MainWindow, action: str) -> QDialog:
    """What the action of the library asks."""
    window.library_pane.actions()[action].trigger()
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, QDialog)
    return asked


def test_a_long_word_can_be_broken_at_its_joints() -> None:
    assert wording.breakable("A short-titled lease") == "A short-titled lease"
    assert wording.breakable(LONG).replace("\u200b", "") == LONG
    assert "Lease_\u200bAgreement_\u200b2019_\u200b" in wording.breakable(LONG)
    assert max(map(len, wording.breakable("x" * 99).split("\u200b"))) == 16


def test_a_title_without_a_space_makes_nothing_wider_than_the_window(
    qtbot: QtBot, window: MainWindow, context: Context, tmp_path: Path
) -> None:
    document = titled(window, tmp_path, LONG)
    qtbot.waitUntil(lambda: not context.tasks.running)
    transcript = window.chat_pane.transcript
    assert transcript.widget().width() <= transcript.viewport().width()
    model = model_reference(context.services.models.resolve(context.preferences.get("model")))
    memory = last(learn_document(context.library, FakeEngine(), document, model, LearnSettings())).memory
    window.banner.show_memory(memory.id)
    qtbot.wait(1)
    assert window.width() == WIDTH
    window.show_learn(document.id)
    learn = QApplication.activeModalWidget()
    for asked in (learn, question_of(window, "tags"), question_of(window, "erase")):
        assert asked is not None and asked.width() < WIDTH * 2 / 3
        asked.close()


def test_markup_in_a_title_is_shown_as_it_is_written(window: MainWindow, tmp_path: Path) -> None:
    title = "Effects of <i>E. coli</i> on R&D <b>costs</b>"
    document = titled(window, tmp_path, title)
    tip = window.library_pane.rows.index_of(document.id).data(Qt.ItemDataRole.ToolTipRole)
    assert QTextDocumentFragment.fromHtml(tip).toPlainText().startswith(title)
    erase = question_of(window, "erase")
    delete = confirm_deleting_turn(window, "Is <i>E. coli</i> named?", lambda: None)
    for asked in (erase, delete):
        assert isinstance(asked, QMessageBox) and asked.textFormat() is Qt.TextFormat.PlainText
        asked.close()


def test_a_title_from_right_to_left_has_its_ellipsis_at_the_left(qapp: QApplication) -> None:
    title, font, place = "הסכם שכירות משרד בתל אביב", QApplication.font(), QRect(0, 0, 90, 20)
    painted = []
    for end in ("", "\u200f"):  # the second says that what stands before it is read from right to left
        image = QImage(place.size(), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as in the window
        shown = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, place.width() - 10)
        _write(painter, place, font, "#000000", shown + end)
        painter.end()
        painted.append(image)
    assert shown.endswith("…") and painted[0] == painted[1]
