"""Unhandled errors, from every thread, come to one dialog; its report holds no text of a document."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import DownloadFailed, MissingFile, UnknownModel
from lift_desktop.gui.problems import MAX_REPORTS, ErrorBar, ProblemDialog, install_exception_hook, show_error
from lift_desktop.logs import logging_to

SECRET = "the secret of the tower"


class Quit:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def quit_program() -> Quit:
    return Quit()


@pytest.fixture
def hook(qtbot: QtBot, quit_program: Quit, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "__excepthook__", lambda *error: None)
    before = sys.excepthook, threading.excepthook
    uninstall = install_exception_hook(None, quit_program)
    yield
    uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def fail(error: BaseException) -> None:
    try:
        raise error
    except BaseException as raised:
        sys.excepthook(type(raised), raised, raised.__traceback__)


def dialogs() -> list[ProblemDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, ProblemDialog) and each.isVisible()]


def press(dialog: ProblemDialog, words: str) -> None:
    (button,) = [each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == words]
    button.click()


def test_one_dialog_for_many_errors_without_any_text(hook: None, qtbot: QtBot, tmp_path: Path) -> None:
    with logging_to(tmp_path) as log:
        fail(ValueError(SECRET))
        (dialog,) = dialogs()
        fail(KeyError(SECRET))
        assert dialogs() == [dialog]
        for _ in range(MAX_REPORTS):
            fail(IndexError(SECRET))
        press(dialog, "Copy report")
        report = QGuiApplication.clipboard().text()
        assert report == dialog.report.toPlainText()
        assert report.startswith("LIFT Desktop ")
        assert "ValueError\n    gui/test_problems.py:" in report
        assert "KeyError" in report
        assert "and 2 more" in report
        assert SECRET not in report
        press(dialog, "Continue")
        assert dialogs() == []
        logged = log.read_text("utf-8")
    assert "KeyError" in logged
    assert SECRET not in logged
    fail(ValueError("again"))
    assert len(dialogs()) == 1
    dialogs()[0].close()


def test_an_error_in_a_thread(hook: None, qtbot: QtBot) -> None:
    thread = threading.Thread(target=lambda: [][1])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    assert "IndexError" in dialogs()[0].report.toPlainText()
    dialogs()[0].close()


def test_quit(hook: None, quit_program: Quit) -> None:
    fail(ValueError())
    press(dialogs()[0], "Quit")
    assert quit_program.count == 1
    assert dialogs() == []


def test_ctrl_c_quits_without_a_dialog(hook: None, quit_program: Quit) -> None:
    fail(KeyboardInterrupt())
    assert quit_program.count == 1
    assert dialogs() == []


def test_uninstalling_closes_the_dialog(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__excepthook__", lambda *error: None)
    uninstall = install_exception_hook()
    fail(ValueError())
    uninstall()
    assert dialogs() == []


def test_an_expected_error_is_a_sentence_and_a_hint(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = show_error(DownloadFailed("It could not be <b>downloaded</b>."), parent)
    assert isinstance(QApplication.activeModalWidget(), QMessageBox)
    assert box.text() == "It could not be <b>downloaded</b>."
    assert box.informativeText() == "Check the connection and try again."
    assert box.textFormat().name == "PlainText"
    box.close()


def test_the_bar_shows_the_last_error_until_it_is_dismissed(qtbot: QtBot) -> None:
    bar = ErrorBar()
    qtbot.addWidget(bar)
    assert not bar.isVisible()
    bar.show_error(MissingFile("There is no file a.pdf."))
    assert bar.message.text() == "There is no file a.pdf."
    assert bar.hint.text() == "Check the path and the spelling."
    bar.show_error(UnknownModel("There is no model."))  # its hint speaks of the command line
    assert bar.message.text() == "There is no model."
    assert not bar.hint.isVisible()
    bar.clear()
    assert not bar.isVisible()


def test_the_default_is_to_go_on(qtbot: QtBot) -> None:
    dialog = ProblemDialog("ValueError")
    qtbot.addWidget(dialog)
    box = dialog.findChild(QDialogButtonBox)
    defaults = [each.text() for each in box.buttons() if isinstance(each, QPushButton) and each.isDefault()]
    assert defaults == ["C&ontinue"]
