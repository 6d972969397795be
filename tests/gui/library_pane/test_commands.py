"""What can be done with documents: names, tags, files, learning, export, erasing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Depth, MemoryState
from lift_desktop.domain.states import Event
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.erasing import erase_button
from lift_desktop.gui.library_pane.pane import LibraryPane
from lift_desktop.gui.library_pane.rows import RowAction
from lift_desktop.gui.library_pane.tags_dialog import TagsDialog
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobState

from ... import texts
from ...jobs.gate import Gate
from ...library.making import answer, learn, start
from .conftest import settle, titles


def enabled(pane: LibraryPane) -> set[str]:
    return {name for name, action in pane.actions().items() if action.isEnabled()}


def state_of(pane: LibraryPane, document_id: str) -> tuple[str, RowAction]:
    pane.rows.refresh_jobs()
    row = pane.rows.row(document_id)
    assert row is not None
    return row.state[0], row.action


def modal(qtbot: QtBot) -> QMessageBox:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    return box


ALWAYS = {"add", "import", "memories"}


def test_actions_follow_what_is_chosen(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    assert enabled(pane) == ALWAYS
    pane.select(lease)
    one = ALWAYS | {"learn", "rename", "tags", "show_file", "erase"}
    assert enabled(pane) == one
    learn(context.library, lease, Depth.STANDARD)
    context.hub.memories_changed.emit(lease)
    assert enabled(pane) == one | {"export", "learn_deeper"}
    learn(context.library, lease, Depth.DEEP)
    context.hub.memories_changed.emit(lease)
    assert enabled(pane) == one | {"export"}
    pane.list.selectAll()
    assert enabled(pane) == ALWAYS | {"tags", "erase"}
    pane.list.clearSelection()
    assert enabled(pane) == ALWAYS


def test_every_action_has_text_icon_and_usual_keys(pane: LibraryPane) -> None:
    actions = pane.actions()
    assert all(action.text() and not action.icon().isNull() for action in actions.values())
    keys = {name: action.shortcut().toString() for name, action in actions.items() if not action.shortcut().isEmpty()}
    assert keys == {"add": "Ctrl+O", "learn": "Ctrl+L", "rename": "F2", "tags": "Ctrl+T", "erase": "Del"}


def test_learning_is_asked_for_through_the_hub(qtbot: QtBot, context: Context, lease: str, pane: LibraryPane) -> None:
    learn(context.library, lease)
    context.hub.memories_changed.emit(lease)
    pane.select(lease)
    with qtbot.waitSignal(context.hub.learn_requested) as asked:
        pane.actions()["learn"].trigger()
    with qtbot.waitSignal(context.hub.learn_deeper_requested) as deeper:
        pane.actions()["learn_deeper"].trigger()
    assert asked.args == deeper.args == [lease]


def test_renaming_in_the_row(qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane) -> None:
    pane.select(lease)
    pane.actions()["rename"].trigger()
    editor = pane.list.findChild(QLineEdit)
    assert editor is not None and editor.text() == "Lease"
    editor.setText("  Flat in Zürich ")
    with qtbot.waitSignal(context.hub.document_changed) as changed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert changed.args == [lease]
    assert context.library.document(lease).title == "Flat in Zürich"
    assert titles(pane) == ["Recipes", "Flat in Zürich"]


def test_learning_leaves_the_title_alone_that_is_being_typed(
    qtbot: QtBot, context: Context, lease: str, pane: LibraryPane, gate: Gate
) -> None:
    pane.select(lease)
    pane.actions()["rename"].trigger()
    editor = pane.list.findChild(QLineEdit)
    assert editor is not None and editor.selectedText() == "Lease"
    qtbot.keyClicks(editor, "My flat")
    context.queue.add(lease, context.preferences.get("model"), LearnSettings())
    gate.wait()
    context.hub.jobs_changed.emit()
    assert state_of(pane, lease)[1] is RowAction.PAUSE and editor.text() == "My flat"
    with qtbot.waitSignal(context.hub.document_changed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert titles(pane) == ["My flat"]
    gate.open()
    qtbot.waitUntil(lambda: context.queue.is_idle)


@pytest.mark.parametrize("text", ["", "Other"])
def test_renaming_called_off(qtbot: QtBot, context: Context, lease: str, pane: LibraryPane, text: str) -> None:
    pane.select(lease)
    pane.actions()["rename"].trigger()
    editor = pane.list.findChild(QLineEdit)
    assert editor is not None
    editor.setText(text)
    qtbot.keyClick(editor, Qt.Key.Key_Escape if text else Qt.Key.Key_Return)
    assert context.library.document(lease).title == "Lease"


def test_tags_of_several_documents(qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane) -> None:
    context.library.set_tags(lease, ["both", "one", "rent"])
    context.library.set_tags(recipes, ["both"])
    for document_id in (lease, recipes):
        context.hub.document_changed.emit(document_id)
    pane.list.selectAll()
    pane.actions()["tags"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TagsDialog)
    both, one, rent = (dialog.tags.item(place) for place in range(3))
    assert (both.checkState(), one.checkState()) == (Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked)
    both.setCheckState(Qt.CheckState.Unchecked)
    rent.setCheckState(Qt.CheckState.Checked)
    qtbot.keyClicks(dialog.new_tag, "  New one ")
    qtbot.keyClick(dialog.new_tag, Qt.Key.Key_Return)  # adds it to the list
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.new_tag, "last")
    dialog.accept()  # what still stands in the field counts
    assert context.library.tags(lease) == ("last", "New one", "one", "rent")
    assert context.library.tags(recipes) == ("last", "New one", "rent")
    assert {row.tags for row in pane.rows.rows()} == {("last", "New one", "one", "rent"), ("last", "New one", "rent")}


class Opened(QObject):
    """Takes the place of the system's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.urls.append(url)


def test_the_folder_of_the_file_is_shown(qtbot: QtBot, context: Context, lease: str, pane: LibraryPane) -> None:
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "open")
    try:
        pane.select(lease)
        pane.actions()["show_file"].trigger()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert [Path(url.toLocalFile()) for url in opened.urls] == [context.library.file(lease).parent]


def test_a_memory_is_exported(qtbot: QtBot, context: Context, lease: str, pane: LibraryPane, tmp_path: Path) -> None:
    learn(context.library, lease)
    context.hub.memories_changed.emit(lease)
    pane.select(lease)
    pane.actions()["export"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == "Lease.liftmemory"
    said: list[str] = []
    context.hub.said.connect(said.append)
    target = tmp_path / "Lease v1.2.liftmemory"
    dialog.fileSelected.emit(str(tmp_path / "Lease v1.2"))
    dialog.reject()
    settle(qtbot, context)
    qtbot.waitUntil(lambda: any(text.startswith(f"Exported to {target} (") for text in said))
    assert target.is_file()


def test_an_export_that_fails_says_why(
    qtbot: QtBot, context: Context, lease: str, pane: LibraryPane, tmp_path: Path
) -> None:
    learn(context.library, lease)
    context.hub.memories_changed.emit(lease)
    pane.select(lease)
    pane.actions()["export"].trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "no such folder" / "out.liftmemory"))
    dialog.reject()
    qtbot.waitUntil(lambda: len(pane.intake.notices.notices) == 1)
    assert "could not be read or written" in pane.intake.notices.notices[0].message


# Erasing ----------------------------------------------------------------------------------------------------
def test_erasing_says_what_goes_and_erases_it(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    learn(context.library, lease)
    conversation = context.library.start_conversation(lease)
    context.library.add_turn(conversation.id, "What is due?", answer())
    pane.select(lease)
    qtbot.keyClick(pane.list, Qt.Key.Key_Delete)
    box = modal(qtbot)
    assert box.text() == "Erase “Lease”?"
    told = box.informativeText()
    for part in (
        "the library’s copy of the file",
        "the text of 4 pages",
        "1 memory (",
        "1 chat",
        "original file stays",
    ):
        assert part in told
    with qtbot.waitSignal(context.hub.document_removed, timeout=10_000) as removed:
        erase_button(box).click()
    assert removed.args == [lease]
    assert [document.id for document in context.library.documents()] == [recipes]
    assert titles(pane) == ["Recipes"]


def test_erasing_can_be_called_off_and_is_not_the_default(
    qtbot: QtBot, context: Context, lease: str, pane: LibraryPane
) -> None:
    pane.select(lease)
    pane.actions()["erase"].trigger()
    box = modal(qtbot)
    assert box.defaultButton() is not erase_button(box)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not context.tasks.running
    assert titles(pane) == ["Lease"]


def test_several_documents_are_erased_together(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    pane.list.selectAll()
    pane.actions()["erase"].trigger()
    box = modal(qtbot)
    assert box.text() == "Erase 2 documents?"
    assert "the text of 7 pages" in box.informativeText()
    erase_button(box).click()
    settle(qtbot, context)
    qtbot.waitUntil(lambda: titles(pane) == [])
    assert pane.stack.currentWidget() is pane.empty


def test_a_document_that_is_being_learned_is_stopped_and_erased(
    qtbot: QtBot, context: Context, document: object, gate: Gate, pane: LibraryPane
) -> None:
    [own] = context.library.documents()
    context.hub.document_changed.emit(own.id)
    context.queue.add(own.id, context.preferences.get("model"), LearnSettings(Depth.QUICK))
    gate.wait()
    pane.rows.refresh_jobs()
    pane.select(own.id)
    pane.actions()["erase"].trigger()
    box = modal(qtbot)
    assert "Learning stops." in box.informativeText()
    erase_button(box).click()
    gate.open()
    settle(qtbot, context)
    qtbot.waitUntil(lambda: titles(pane) == [])
    assert context.library.memories() == []
    assert context.queue.job_of(own.id) is None


# Learning goes on -------------------------------------------------------------------------------------------
def click_action(qtbot: QtBot, pane: LibraryPane, document_id: str) -> None:
    """Clicks on the word at the right of the row's state."""
    index = pane.shown.mapFromSource(pane.rows.index_of(document_id))
    row = pane.list.visualRect(index)
    for y in range(row.top(), row.bottom()):
        point = QPoint(row.right() - 24, y)
        qtbot.mouseMove(pane.list.viewport(), point)
        if pane.list.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor:
            qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=point)
            return
    raise AssertionError("the row offers no action")


def test_pause_and_resume_in_the_row(
    qtbot: QtBot, context: Context, document: object, gate: Gate, pane: LibraryPane
) -> None:
    opened: list[str] = []
    context.hub.open_requested.connect(opened.append)
    [own] = context.library.documents()
    context.hub.document_changed.emit(own.id)
    context.queue.add(own.id, context.preferences.get("model"), LearnSettings(Depth.QUICK))
    gate.wait()
    qtbot.waitUntil(lambda: state_of(pane, own.id)[0].startswith(("Studying", "Loading")))
    assert state_of(pane, own.id)[1] is RowAction.PAUSE
    click_action(qtbot, pane, own.id)
    gate.open()
    qtbot.waitUntil(lambda: state_of(pane, own.id) == ("Paused", RowAction.RESUME))
    click_action(qtbot, pane, own.id)
    qtbot.waitUntil(lambda: state_of(pane, own.id) == ("Ready · recalls 90 %", RowAction.NONE))
    assert opened == []  # a click on the action does not open the document


def test_a_failed_memory_is_tried_again_from_the_menu(
    qtbot: QtBot, context: Context, document: object, gate: Gate, pane: LibraryPane, model_folder: Path
) -> None:
    gate.open()
    [own] = context.library.documents()
    model = context.services.models.resolve(str(model_folder))
    made = context.library.start_memory(
        own.id, model=model.name, model_sha256=model.sha256, method="lora", depth=Depth.QUICK
    )
    begun = {"options": {"rank": "8"}, "distil": False}  # at the command line
    (context.library.partial_folder(made.id) / "request.json").write_text(json.dumps(begun))
    context.library.change_state(made.id, Event.FAIL, "The disk was full.")
    context.hub.document_changed.emit(own.id)
    assert state_of(pane, own.id) == ("Failed: The disk was full.", RowAction.RETRY)
    pane.select(own.id)
    go_on = pane.actions()["go_on"]
    assert (go_on.text(), go_on.isEnabled()) == ("Try again", True)
    go_on.trigger()
    assert [job.settings for job in context.queue.jobs()] == [
        LearnSettings(Depth.QUICK, distil=False, options=(("rank", "8"),))
    ]
    qtbot.waitUntil(lambda: state_of(pane, own.id)[0] == "Ready · recalls 90 %")
    assert context.library.memory(made.id).state is MemoryState.READY
    job = context.queue.job_of(own.id)
    assert job is not None and job.state is JobState.DONE


def test_the_context_menu_offers_what_is_possible(
    qtbot: QtBot, context: Context, lease: str, pane: LibraryPane
) -> None:
    pane.select(lease)
    pane.list.customContextMenuRequested.emit(QPoint(30, 30))
    [menu] = [menu for menu in pane.findChildren(QMenu) if menu.isVisible()]
    shown = [action.text() for action in menu.actions() if action.isEnabled() and action.text()]
    assert shown == ["Learn…", "Rename", "Tags…", "Show file", "Erase…"]
    menu.close()


# Files that changed -----------------------------------------------------------------------------------------
def test_a_changed_file_makes_the_memory_out_of_date_and_can_be_read(
    qtbot: QtBot, context: Context, pane: LibraryPane, tmp_path: Path
) -> None:
    path = texts.write_file(tmp_path)
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        pane.add_files([path])
    [old] = context.library.documents()
    memory = learn(context.library, old.id)
    context.hub.memories_changed.emit(old.id)
    pane.look_for_changed_files()
    settle(qtbot, context)
    assert state_of(pane, old.id) == ("Ready · recalls 95 %", RowAction.NONE)
    path.write_text(path.read_text("utf-8").replace("$4,250", "$9,999"), "utf-8")
    pane.look_for_changed_files()
    qtbot.waitUntil(lambda: state_of(pane, old.id) == ("Memory is out of date", RowAction.READ_AGAIN))
    with qtbot.waitSignal(pane.intake.adder.finished, timeout=20_000):
        click_action(qtbot, pane, old.id)
    settle(qtbot, context)
    assert context.library.memory(memory.id).state is MemoryState.STALE
    qtbot.waitUntil(lambda: state_of(pane, old.id) == ("Memory is out of date", RowAction.NONE))
    [new] = [document for document in context.library.documents() if document.id != old.id]
    assert state_of(pane, new.id) == ("Not learned", RowAction.NONE)


def test_an_interrupted_memory_that_another_model_made_says_why_it_cannot_go_on(
    qtbot: QtBot, context: Context, lease: str, pane: LibraryPane
) -> None:
    begun = start(context.library, lease)  # with a model that is not here
    context.library.change_state(begun.id, Event.CANCEL, "Cancelled.")
    context.hub.memories_changed.emit(lease)
    assert state_of(pane, lease) == ("Cancelled", RowAction.RESUME)
    pane.select(lease)
    pane.actions()["go_on"].trigger()
    qtbot.waitUntil(lambda: state_of(pane, lease)[1] is RowAction.RETRY)
    assert state_of(pane, lease)[0].startswith("Failed: There is no model named “starter”")
