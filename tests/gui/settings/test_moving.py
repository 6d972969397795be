"""Moving the data folder from the window, with a real library."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import DiskFull
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import AnswerMode, Document
from lift_desktop.gui.bridge import Tasks
from lift_desktop.gui.chat_pane.asking import Asker
from lift_desktop.gui.context import Context
from lift_desktop.gui.hub import Hub
from lift_desktop.gui.library_pane.intake import Intake
from lift_desktop.gui.preferences import Preferences
from lift_desktop.gui.settings import moving
from lift_desktop.gui.settings.moving import MoveDialog, offer_to_erase_old_folder
from lift_desktop.jobs.queue import JobQueue
from lift_desktop.library import Library
from lift_desktop.paths import default_data_folder
from lift_desktop.services import Services

from .conftest import press, question


@pytest.fixture
def dialog(qtbot: QtBot, context: Context, document: Document, chosen_folder: Path) -> MoveDialog:
    made = MoveDialog(context)
    made.open()
    return made


def choose(qtbot: QtBot, dialog: MoveDialog, folder: Path) -> None:
    before = dialog.state.text()
    dialog.choose(str(folder))
    qtbot.waitUntil(lambda: dialog.state.text() != before, timeout=20_000)


def test_the_whole_way(qtbot: QtBot, context: Context, dialog: MoveDialog, document: Document, tmp_path: Path) -> None:
    context.preferences.set("theme", "dark")
    choose(qtbot, dialog, tmp_path / "elsewhere")
    assert dialog.path.text() == str(tmp_path / "elsewhere")
    assert "starts again" in dialog.state.text()
    with qtbot.waitSignal(context.hub.restart_requested, timeout=20_000):  # at once: nothing may be added any more
        dialog.move_button.click()
    assert not dialog.isVisible()
    assert default_data_folder() == tmp_path / "elsewhere"
    assert context.library.check() == []
    with Library(tmp_path / "elsewhere") as copy:
        assert copy.check() == []
        assert copy.documents() == [document]
        assert Preferences(copy).get("theme") == "dark"


def read_a_file(context: Context, document: Document, folder: Path) -> QObject:
    (folder / "notes.txt").write_text("The rent is 100 pounds a month. " * 20)
    intake = Intake(context)
    intake.offer([folder / "notes.txt"])
    return intake


def ask_a_question(context: Context, document: Document, folder: Path) -> QObject:
    asker, conversation = Asker(context), context.library.start_conversation(document.id)
    asker.ask(document, conversation.id, "How often does the Keeper polish the lens?", AnswerMode.PAGES)
    return asker


@pytest.mark.parametrize("begin", [read_a_file, ask_a_question])
def test_what_is_still_at_work_is_not_left_behind(
    qtbot: QtBot,
    context: Context,
    dialog: MoveDialog,
    document: Document,
    tmp_path: Path,
    begin: Callable[[Context, Document, Path], QObject],
) -> None:
    choose(qtbot, dialog, tmp_path / "elsewhere")
    at_work = begin(context, document, tmp_path)
    dialog.move_button.click()
    assert dialog.errors.message.text().startswith("The program is still at work on")
    assert dialog.move_button.isEnabled() and not dialog.bar.isVisible()
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)
    assert not (tmp_path / "elsewhere").exists()
    with qtbot.waitSignal(context.hub.restart_requested, timeout=20_000):
        dialog.move_button.click()
    with Library(tmp_path / "elsewhere") as copy:
        assert copy.documents() == context.library.documents()
        asked = [copy.turns(chat.id) for each in copy.documents() for chat in copy.conversations(each.id)]
        assert len(copy.documents()) == 2 or [len(turns) for turns in asked] == [1]
    at_work.deleteLater()
    context.services.reader.close()


def test_a_failure_half_way_leaves_all_as_it_was(
    qtbot: QtBot,
    context: Context,
    dialog: MoveDialog,
    chosen_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = moving.copy_library

    def fails(library: Library, target: Path) -> Generator[Progress, None, None]:
        steps = real(library, target)
        yield next(steps)
        try:
            steps.throw(DiskFull("There is no space left."))
        finally:
            steps.close()

    monkeypatch.setattr(moving, "copy_library", fails)
    choose(qtbot, dialog, tmp_path / "elsewhere")
    dialog.move_button.click()
    qtbot.waitUntil(lambda: dialog.errors.isVisible(), timeout=20_000)
    assert dialog.errors.message.text() == "There is no space left."
    assert "as it was" in dialog.state.text()
    assert dialog.move_button.isEnabled()
    assert not (tmp_path / "elsewhere").exists()
    assert default_data_folder() == chosen_folder
    assert context.library.check() == []
    dialog.reject()
    assert not dialog.isVisible()


def test_a_note_that_cannot_be_written_moves_nothing(
    qtbot: QtBot,
    context: Context,
    dialog: MoveDialog,
    chosen_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(moving, "choose_data_folder", fails)
    choose(qtbot, dialog, tmp_path / "elsewhere")
    dialog.move_button.click()
    qtbot.waitUntil(lambda: dialog.errors.isVisible(), timeout=20_000)
    assert not (tmp_path / "elsewhere").exists()
    assert default_data_folder() == chosen_folder
    dialog.reject()


def test_cancel_stops_the_copy(
    qtbot: QtBot, context: Context, dialog: MoveDialog, chosen_folder: Path, tmp_path: Path
) -> None:
    (chosen_folder / "models" / "large").mkdir(parents=True)
    (chosen_folder / "models" / "large" / "model.safetensors").write_bytes(bytes(200_000_000))
    choose(qtbot, dialog, tmp_path / "elsewhere")
    dialog.move_button.click()
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=20_000)
    dialog.close()  # the window's own button: the same
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: "Stopped" in dialog.state.text(), timeout=20_000)
    assert not (tmp_path / "elsewhere").exists()
    assert default_data_folder() == chosen_folder
    dialog.close()
    assert not dialog.isVisible()


def test_a_folder_that_does_not_do(qtbot: QtBot, dialog: MoveDialog, chosen_folder: Path) -> None:
    dialog.choose(str(chosen_folder / "inside"))
    qtbot.waitUntil(lambda: dialog.errors.isVisible(), timeout=20_000)
    assert "inside" in dialog.errors.message.text()
    assert not dialog.move_button.isEnabled()
    dialog.reject()


def test_too_little_space(qtbot: QtBot, dialog: MoveDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "free_bytes", lambda folder: 10)
    choose(qtbot, dialog, tmp_path / "elsewhere")
    assert dialog.state.text().startswith("There is not enough space.")
    assert not dialog.move_button.isEnabled()
    dialog.reject()


# After the restart ----------------------------------------------------------------------------------------------------
@pytest.fixture
def moved(tmp_path: Path, context: Context, document: Document) -> Generator[Context, None, None]:
    """The parts of the program that was started again with the new folder."""
    for _ in moving.copy_library(context.library, tmp_path / "elsewhere"):
        pass
    context.library.close()
    with Services(tmp_path / "elsewhere", engine=context.services.engine) as services:
        queue = JobQueue(services.library, services.engine, services.models)
        made = Context(services, Tasks(), Hub(), Preferences(services.library), queue)
        yield made
        queue.close()
        made.tasks.close()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_erasing_the_old_folder(qtbot: QtBot, moved: Context, window: QWidget, tmp_path: Path) -> None:
    offer_to_erase_old_folder(moved, window)
    assert str(tmp_path / "data") in question().informativeText()
    with qtbot.waitSignal(moved.hub.said, timeout=20_000):
        press(question(), "Erase the old copy")
    assert not (tmp_path / "data").exists()
    assert moved.library.check() == []
    assert offer_to_erase_old_folder(moved, window) is None


def test_keeping_the_old_folder(qtbot: QtBot, moved: Context, window: QWidget, tmp_path: Path) -> None:
    offer_to_erase_old_folder(moved, window)
    press(question(), "Keep it")
    assert (tmp_path / "data" / "library.sqlite3").is_file()
    assert offer_to_erase_old_folder(moved, window) is None


def test_deciding_later(qtbot: QtBot, moved: Context, window: QWidget) -> None:
    offer_to_erase_old_folder(moved, window)
    question().reject()
    box = offer_to_erase_old_folder(moved, window)
    assert box is not None
    box.reject()


def test_nothing_to_offer(context: Context, window: QWidget) -> None:
    assert offer_to_erase_old_folder(context, window) is None
