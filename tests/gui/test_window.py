"""The main window: the open document in all panes, dropped files, what comes back, what happens at its closing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from lift_desktop import app
from lift_desktop.domain.errors import DiskFull
from lift_desktop.domain.models import Depth, Document, MemoryState
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui import theme
from lift_desktop.gui.context import Context
from lift_desktop.gui.instance import SingleInstance
from lift_desktop.gui.learning.closing import ClosingQuestion
from lift_desktop.gui.preferences import Preferences
from lift_desktop.gui.settings.dialog import SettingsDialog
from lift_desktop.gui.settings.models import ModelsPage
from lift_desktop.gui.shortcuts import ShortcutsSheet
from lift_desktop.gui.window import MainWindow
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobState
from lift_desktop.services import Services

from .. import texts
from ..jobs.gate import Gate
from .library_pane.conftest import locked_pdf

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "services-agreement.pdf"


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate("training", at=1)
    yield made
    made.open()


@pytest.fixture
def engine(gate: Gate) -> FakeEngine:
    return FakeEngine(gate)


@pytest.fixture
def window(qtbot: QtBot, context: Context) -> Iterator[MainWindow]:
    made = MainWindow(context)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()
    made.watch.close()


def start_learning(context: Context, document: Document, gate: Gate) -> None:
    model = str(context.preferences.get("model"))
    context.queue.add(document.id, model, LearnSettings(Depth.QUICK))
    gate.wait()


def test_an_open_document_is_shown_everywhere(window: MainWindow, document: Document) -> None:
    window.context.hub.document_changed.emit(document.id)
    window.context.hub.open_requested.emit(document.id)
    assert window.windowTitle().startswith(document.title)
    assert window.context.preferences.get("open_document") == document.id
    assert window.document == document


def test_on_a_full_disk_documents_can_be_read_and_the_window_be_closed(
    qtbot: QtBot, window: MainWindow, context: Context, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*anything: object) -> None:
        raise DiskFull("There is no space left.")

    monkeypatch.setattr(context.library, "set_setting", refuse)
    context.hub.open_requested.emit(document.id)
    assert context.preferences.get("open_document") == document.id
    assert window.errors.isVisible() and window.errors.message.text() == "There is no space left."
    with qtbot.waitSignal(window.quit_wanted):
        window.close()
    monkeypatch.undo()
    context.preferences.set("open_document", document.id)
    assert Preferences(context.library).get("open_document") == document.id, "it is kept as soon as there is space"


def test_a_removed_document_is_shown_no_more(window: MainWindow, document: Document, context: Context) -> None:
    window.open_document(document.id)
    context.library.forget_document(document.id)
    context.hub.document_removed.emit(document.id)
    assert window.document is None
    assert window.windowTitle() == "LIFT Desktop"
    assert context.preferences.get("open_document") == ""


def test_of_a_removed_document_no_place_is_kept(
    window: MainWindow, document: Document, context: Context, tmp_path: Path
) -> None:
    window.open_document(document.id)
    other = texts.add_another(context.library, tmp_path, "Other")
    window.open_document(other.id)
    assert document.id in context.preferences.get("reading")
    context.library.forget_document(document.id)
    context.hub.document_removed.emit(document.id)
    assert document.id not in context.preferences.get("reading")


def test_the_status_does_not_touch_the_edge_of_the_window(window: MainWindow) -> None:
    network = window.status.network
    assert network.mapTo(window, network.rect().topRight()).x() < window.width() - 5


def test_a_maximised_window_comes_back_as_it_was(window: MainWindow) -> None:
    window.setWindowState(Qt.WindowState.WindowMaximized | Qt.WindowState.WindowMinimized)
    window.come_to_front()
    assert window.isMaximized() and not window.isMinimized()


def test_a_file_dropped_on_the_window_is_read_and_opened(window: MainWindow, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(SAMPLE))])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    held = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    for target in (window.library_pane, window):
        enter = QDragEnterEvent(QPoint(50, 50), actions, mime, *held)
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted()
        drop = QDropEvent(QPointF(50, 50), actions, mime, *held)
        assert drop.proposedAction() is Qt.DropAction.MoveAction
        QApplication.sendEvent(target, drop)
        assert drop.isAccepted() and drop.dropAction() is Qt.DropAction.CopyAction, "the source would delete the file"
    qtbot.waitUntil(lambda: window.document is not None, timeout=30_000)
    assert window.document is not None and window.document.page_count == 11
    window.context.services.reader.close()


def test_a_file_dropped_on_an_input_is_added_too_and_not_written_there(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    window.open_document(document.id)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(SAMPLE))])
    mime.setText(str(SAMPLE))  # as file managers do
    held = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for target in (window.chat_pane.input, window.library_pane.header.search):
        QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), *held))
        drop = QDropEvent(QPointF(5, 5), *held)
        QApplication.sendEvent(target, drop)
        assert drop.isAccepted()
    assert window.chat_pane.input.text() == window.library_pane.header.search.text() == ""
    qtbot.waitUntil(lambda: len(window.context.library.documents()) == 2, timeout=30_000)
    settle(qtbot, window.context)
    window.context.services.reader.close()


def settle(qtbot: QtBot, context: Context) -> None:
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)


def begin_a_question(window: MainWindow) -> None:
    window.chat_pane.input.set_text("What is ")


def edit_a_question(window: MainWindow) -> None:
    window.chat_pane.transcript.views()[0].edit.click()


def open_another(window: MainWindow) -> None:
    [other] = [each for each in window.context.library.documents() if each != window.document]
    window.open_document(other.id)


@pytest.mark.parametrize("do", [begin_a_question, edit_a_question, open_another])
def test_a_file_that_was_read_takes_nothing_away(
    window: MainWindow,
    context: Context,
    document: Document,
    qtbot: QtBot,
    tmp_path: Path,
    do: Callable[[MainWindow], None],
) -> None:
    other = texts.add_another(context.library, tmp_path, "Another Agreement")
    window.open_document(document.id)
    window.chat_pane.ask("What is the monthly fee?")
    settle(qtbot, context)
    (tmp_path / "recipes.txt").write_text("Take two eggs and a pound of flour. " * 20)
    with qtbot.waitSignal(window.library_pane.intake.arrived, timeout=20_000):
        window.library_pane.add_files([tmp_path / "recipes.txt"])
        do(window)
    assert window.document == (other if do is open_another else document)
    assert window.status.currentMessage() == "“recipes” was added."
    settle(qtbot, context)


def test_a_locked_file_leaves_the_keyboard_to_the_question(
    window: MainWindow, context: Context, document: Document, qtbot: QtBot, tmp_path: Path
) -> None:
    window.open_document(document.id)
    window.activateWindow()
    window.chat_pane.input.setFocus()
    window.library_pane.add_files([locked_pdf(tmp_path)])
    qtbot.waitUntil(lambda: bool(window.library_pane.intake.notices.notices), timeout=20_000)
    assert window.chat_pane.input.hasFocus()
    settle(qtbot, context)


def test_panes_hide_and_come_back_with_the_next_window(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    window.actions_here["chat"].trigger()
    assert not window.chat_pane.isVisibleTo(window)
    window.resize(760, 560)
    window.close()
    second = MainWindow(context)
    qtbot.addWidget(second)
    assert not second.chat_pane.isVisibleTo(second)
    assert second.library_pane.isVisibleTo(second)
    assert second.size() == window.size()


@pytest.mark.parametrize(
    ("name", "key"), [("chat", Qt.Key.Key_K), ("chat", Qt.Key.Key_N), ("reader", Qt.Key.Key_F)], ids=str
)
def test_a_key_for_a_hidden_pane_shows_it_with_the_focus(
    window: MainWindow, context: Context, document: Document, qtbot: QtBot, name: str, key: Qt.Key
) -> None:
    window.open_document(document.id)
    window.activateWindow()
    settle(qtbot, context)
    window.actions_here[name].trigger()
    pane = window.findChild(QWidget, name)
    assert pane is not None and not pane.isVisible()
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert pane.isVisible() and window.actions_here[name].isChecked()
    focused = QApplication.focusWidget()
    assert isinstance(focused, QLineEdit | QTextEdit) and pane.isAncestorOf(focused)
    settle(qtbot, context)


def test_the_last_document_opens_again(window: MainWindow, document: Document, context: Context, qtbot: QtBot) -> None:
    window.open_document(document.id)
    window.close()
    second = MainWindow(context)
    qtbot.addWidget(second)
    second.open_last()
    assert second.document == document


def test_the_theme_changes_at_once(window: MainWindow, context: Context) -> None:
    context.preferences.set("theme", "dark")
    assert theme.is_dark()
    context.preferences.set("theme", "light")
    assert not theme.is_dark()


def test_closing_without_a_job_ends_the_program(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.quit_wanted):
        window.close()


def _closing_question(window: MainWindow) -> ClosingQuestion:
    return window.findChildren(ClosingQuestion)[-1]


def test_closing_during_a_job_asks_and_can_be_refused(
    window: MainWindow, context: Context, document: Document, gate: Gate, qtbot: QtBot
) -> None:
    start_learning(context, document, gate)
    window.close()
    assert window.isVisible()
    _closing_question(window).keep_button.click()
    assert window.isVisible()
    assert context.queue.jobs()[0].state is JobState.RUNNING
    gate.open()
    qtbot.waitUntil(lambda: context.queue.jobs()[0].state is JobState.DONE, timeout=10_000)


def test_closing_can_pause_the_job(
    window: MainWindow, context: Context, document: Document, gate: Gate, qtbot: QtBot
) -> None:
    start_learning(context, document, gate)
    window.close()
    with qtbot.waitSignal(window.quit_wanted):
        _closing_question(window).pause_button.click()
    closing = threading.Thread(target=context.queue.close)  # as the program does after its last event
    closing.start()
    gate.open()
    closing.join()
    assert context.library.memories(document.id)[0].state is MemoryState.INTERRUPTED


def test_closing_can_leave_the_job_to_finish_without_the_window(
    window: MainWindow, context: Context, document: Document, gate: Gate, qtbot: QtBot
) -> None:
    start_learning(context, document, gate)
    window.show_jobs()
    window.show_memories()
    window.close()
    with qtbot.waitSignal(window.quit_wanted, timeout=15_000):
        _closing_question(window).finish_button.click()
        assert not any(shown.isVisible() for shown in QApplication.topLevelWidgets())
        window.come_to_front()
        assert [shown for shown in QApplication.topLevelWidgets() if shown.isVisible()] == [window]
        window.close()
        _closing_question(window).finish_button.click()
        gate.open()
    assert context.library.memories(document.id)[0].state is MemoryState.READY


@pytest.mark.parametrize("is_moved", [False, True])
def test_a_file_that_comes_while_the_data_folder_is_moved_waits(
    services: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_moved: bool
) -> None:
    started: list[list[Path]] = []
    monkeypatch.setattr(app, "start_again", lambda files: started.append(list(files)))
    program = app.Program(app.make_application(), services, SingleInstance(services.data_folder))
    hub, offered = program.context.hub, list[list[Path]]()
    hub.files_offered.connect(offered.append)
    hub.moving.emit(True)
    program.instance.files_received.emit([SAMPLE])
    assert program.window.isVisible() and offered == []
    if is_moved:
        hub.restart_requested.emit()
    else:
        hub.moving.emit(False)
    program.close()
    assert (offered, started) == (([], [[SAMPLE]]) if is_moved else ([[SAMPLE]], []))


def test_enter_presses_no_button_of_the_settings_pages(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    window.show_settings("models")
    [settings] = window.findChildren(SettingsDialog)
    pressed: list[str] = []
    for button in settings.findChildren(QPushButton):
        button.clicked.connect(lambda _, button=button: pressed.append(button.text().replace("&", "")))
    models = settings.pages["models"]
    assert isinstance(models, ModelsPage)
    models.search.setFocus()
    qtbot.keyClick(models.search, Qt.Key.Key_Return)
    assert settings.isVisible() and pressed == []
    window.show_settings("general")
    settings.list.setFocus()
    qtbot.keyClick(settings.list, Qt.Key.Key_Return)
    assert not settings.isVisible() and pressed == ["Close"]
    settle(qtbot, context)


def test_the_sheet_of_shortcuts_lists_what_the_menus_hold(window: MainWindow) -> None:
    window.show_shortcuts()
    sheet = window.findChildren(ShortcutsSheet)[0]
    groups = [sheet.list.topLevelItem(index) for index in range(sheet.list.topLevelItemCount())]
    lines = {
        group.child(row).text(0): group.child(row).text(1) for group in groups for row in range(group.childCount())
    }
    assert lines["Settings"] == "Ctrl+,"
    keys = [key for value in lines.values() for key in value.split(", ")]
    assert {"Ctrl+F", "Ctrl+L", "Ctrl+Q"} <= set(keys)
    assert len(keys) == len(set(keys)), "two actions have the same shortcut"
    sheet.close()
