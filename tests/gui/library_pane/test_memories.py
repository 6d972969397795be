"""The memories sheet: a table that sorts and filters, what a memory knows, export and erasing of several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Depth
from lift_desktop.domain.states import Event
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.erasing import erase_button
from lift_desktop.gui.library_pane.memories import MemoriesSheet
from lift_desktop.gui.library_pane.memory_rows import (
    DEPTH,
    DOCUMENT,
    LEARNED,
    MODEL,
    RECALL,
    SIZE,
    STATE,
    MemoryRows,
)
from lift_desktop.jobs import LearnSettings

from ...jobs.gate import Gate
from ...library.making import QUESTIONS, learn, start
from .conftest import settle


@pytest.fixture
def sheet(qtbot: QtBot, context: Context, lease: str, recipes: str) -> Iterator[MemoriesSheet]:
    """With two finished memories of the lease and an interrupted one of the recipes."""
    learn(context.library, lease, Depth.DEEP)
    learn(context.library, lease, Depth.QUICK)
    begun = start(context.library, recipes, Depth.STANDARD)
    context.library.change_state(begun.id, Event.STUDY)
    context.library.change_state(begun.id, Event.PROGRAM_DIED, "The program ended while it learned.")
    made = MemoriesSheet(context)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    settle(qtbot, context)


def column(sheet: MemoriesSheet, number: int) -> list[str]:
    return [sheet.found.index(place, number).data() for place in range(sheet.found.rowCount())]


def question(qtbot: QtBot) -> QMessageBox:
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    return box


def test_the_table_tells_all_of_each_memory(sheet: MemoriesSheet) -> None:
    sheet.table.sortByColumn(DOCUMENT, Qt.SortOrder.AscendingOrder)
    assert column(sheet, DOCUMENT) == ["Lease", "Lease", "Recipes"]
    assert column(sheet, MODEL) == ["starter"] * 3
    assert set(column(sheet, DEPTH)) == {"Quick", "Deep", "Standard"}
    assert column(sheet, RECALL) == ["5 % → 95 %", "5 % → 95 %", "–"]
    assert column(sheet, STATE) == ["Ready", "Ready", "Interrupted"]
    assert column(sheet, SIZE)[2] == column(sheet, LEARNED)[2] == "–"
    assert all(column(sheet, LEARNED)[:2])
    sizes = sum(entry.memory.size_bytes for entry in sheet.rows.entries)
    assert sizes > 0
    assert sheet.total.text() == f"3 memories · {sizes} bytes on the disk"


def test_depths_are_sorted_by_what_they_mean(sheet: MemoriesSheet) -> None:
    sheet.table.sortByColumn(DEPTH, Qt.SortOrder.AscendingOrder)
    assert column(sheet, DEPTH) == ["Quick", "Standard", "Deep"]
    sheet.table.sortByColumn(DEPTH, Qt.SortOrder.DescendingOrder)
    assert column(sheet, DEPTH) == ["Deep", "Standard", "Quick"]


def test_filtering_looks_at_all_cells(qtbot: QtBot, sheet: MemoriesSheet) -> None:
    qtbot.keyClicks(sheet.search, "lease deep")
    assert column(sheet, DEPTH) == ["Deep"]
    sheet.search.setText("interrupted")
    assert column(sheet, DOCUMENT) == ["Recipes"]
    sheet.search.setText("nowhere")
    assert sheet.total.text() == "No memory matches “nowhere”."
    qtbot.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    assert len(column(sheet, DOCUMENT)) == 3
    qtbot.keyClick(sheet.search, Qt.Key.Key_Down)
    assert sheet.table.hasFocus()
    assert len(sheet.chosen) == 1


def test_what_a_memory_knows(qtbot: QtBot, context: Context, sheet: MemoriesSheet) -> None:
    sheet.search.setText("lease quick")
    sheet.table.selectRow(0)
    qtbot.waitUntil(lambda: sheet.details.questions.rowCount() == len(QUESTIONS))
    first = [sheet.details.questions.item(0, column).text() for column in range(3)]
    assert first == ["p. 1 (p1)", "What does Zanzibarova pay?", "1,250 euros"]
    second = [sheet.details.pages.item(1, column).text() for column in range(4)]
    assert second == ["p. 2 (p2)", "1", "0 %", "100 %"]
    assert sheet.details.title.text() == "What it knows of “Lease” · recalled 5 % before, 95 % after"
    assert sheet.details.tabs.tabText(0) == "Questions (2)"
    sheet.search.setText("")
    sheet.table.selectAll()
    assert sheet.details.hint.text() == "3 memories are chosen."


def test_an_unfinished_memory_knows_nothing_and_cannot_be_exported(sheet: MemoriesSheet) -> None:
    sheet.search.setText("recipes")
    sheet.table.selectRow(0)
    assert sheet.details.hint.isVisible()
    assert "not finished" in sheet.details.hint.text()
    assert not sheet.export.isEnabled()
    assert sheet.erase.isEnabled()


def test_several_are_erased_after_a_question(
    qtbot: QtBot, context: Context, sheet: MemoriesSheet, lease: str, recipes: str
) -> None:
    changed: list[str] = []
    context.hub.memories_changed.connect(changed.append)
    sheet.search.setText("lease")
    qtbot.keyClick(sheet.search, Qt.Key.Key_Down)
    sheet.table.selectAll()
    qtbot.keyClick(sheet.table, Qt.Key.Key_Delete)
    box = question(qtbot)
    assert box.text() == "Erase 2 memories?"
    assert "what they know: 4 questions and answers" in box.informativeText()
    assert "Documents and chats stay" in box.informativeText()
    erase_button(box).click()
    qtbot.waitUntil(lambda: changed == [lease, lease], timeout=10_000)
    assert [memory.document_id for memory in context.library.memories()] == [recipes]
    sheet.search.setText("")
    assert column(sheet, DOCUMENT) == ["Recipes"]
    assert len(context.library.documents()) == 2


def test_erasing_can_be_called_off(qtbot: QtBot, context: Context, sheet: MemoriesSheet) -> None:
    sheet.table.selectRow(0)
    sheet.erase.trigger()
    question(qtbot).reject()
    settle(qtbot, context)
    assert len(context.library.memories()) == 3


def test_several_are_exported_into_a_folder(
    qtbot: QtBot, context: Context, sheet: MemoriesSheet, tmp_path: Path
) -> None:
    (tmp_path / "Lease.liftmemory").write_text("another file of this name")
    sheet.search.setText("lease")
    sheet.table.selectAll()
    sheet.export.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    with qtbot.waitSignal(context.hub.said, check_params_cb=lambda text: text.startswith("Exported 2 memories")):
        dialog.fileSelected.emit(str(tmp_path))
        dialog.reject()
    written = sorted(path.name for path in tmp_path.glob("*.liftmemory"))
    assert written == ["Lease-2.liftmemory", "Lease-3.liftmemory", "Lease.liftmemory"]
    assert (tmp_path / "Lease.liftmemory").read_text() == "another file of this name"


def test_a_failed_export_is_told_in_the_sheet(qtbot: QtBot, sheet: MemoriesSheet, tmp_path: Path) -> None:
    sheet.search.setText("lease quick")
    sheet.table.selectRow(0)
    sheet.export.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "missing" / "a.liftmemory"))
    dialog.reject()
    qtbot.waitUntil(lambda: len(sheet.notices.notices) == 1)
    assert "could not be read or written" in sheet.notices.notices[0].message


def test_the_document_is_opened(qtbot: QtBot, context: Context, sheet: MemoriesSheet, recipes: str) -> None:
    sheet.search.setText("recipes")
    sheet.table.selectRow(0)
    with qtbot.waitSignal(context.hub.open_requested) as opened:
        sheet.show_document.trigger()
    assert opened.args == [recipes]


def test_what_is_chosen_stays_chosen_when_the_table_is_read_again(
    qtbot: QtBot, context: Context, sheet: MemoriesSheet, lease: str, recipes: str
) -> None:
    sheet.search.setText("quick")
    sheet.table.selectRow(0)
    [before] = sheet.chosen
    learn(context.library, recipes, Depth.QUICK)
    context.hub.memories_changed.emit(recipes)
    qtbot.waitUntil(lambda: sheet.rows.rowCount() == 4)
    assert [entry.memory.id for entry in sheet.chosen] == [before.memory.id]


def test_the_library_is_read_once_for_memories_that_go_together(
    qtbot: QtBot, context: Context, sheet: MemoriesSheet, recipes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reload, read = sheet.rows.reload, list[bool]()
    monkeypatch.setattr(sheet.rows, "reload", lambda: (read.append(True), reload()))
    learn(context.library, recipes, Depth.QUICK)
    for _ in range(5):
        context.hub.memories_changed.emit(recipes)
    qtbot.waitUntil(lambda: sheet.rows.rowCount() == 4)
    assert len(read) == 1


def test_memories_are_chosen_from_elsewhere(qtbot: QtBot, context: Context, sheet: MemoriesSheet) -> None:
    wanted = sheet.rows.entries[2].memory.id
    sheet.search.setText("nowhere")
    sheet.choose({wanted})
    assert [entry.memory.id for entry in sheet.chosen] == [wanted]


def test_a_memory_that_is_being_learned_shows_how_far_it_is(
    qtbot: QtBot, context: Context, sheet: MemoriesSheet, document: object, gate: Gate
) -> None:
    [own] = [each for each in context.library.documents() if each.title.startswith("Lighthouse")]
    context.queue.add(own.id, context.preferences.get("model"), LearnSettings(Depth.QUICK))
    gate.wait()
    sheet.search.setText("lighthouse")

    def shows_progress() -> bool:
        context.hub.memories_changed.emit(own.id)  # it began
        context.hub.jobs_changed.emit()
        return any(text.startswith(("Studying", "Starting", "Loading")) for text in column(sheet, STATE))

    qtbot.waitUntil(shows_progress)
    gate.open()

    def shows_recall() -> bool:
        context.hub.memories_changed.emit(own.id)
        return column(sheet, RECALL) == ["10 % → 90 %"]

    qtbot.waitUntil(shows_recall)
    assert column(sheet, MODEL) == ["tiny-model"]


def test_a_hidden_sheet_reads_nothing_and_reads_all_when_shown(
    qtbot: QtBot, context: Context, sheet: MemoriesSheet, recipes: str
) -> None:
    sheet.close()
    learn(context.library, recipes, Depth.QUICK)
    context.hub.memories_changed.emit(recipes)
    assert sheet.rows.rowCount() == 3
    sheet.show()
    assert sheet.rows.rowCount() == 4


def test_an_empty_sheet_says_what_to_do(qtbot: QtBot, context: Context) -> None:
    made = MemoriesSheet(context)
    qtbot.addWidget(made)
    made.show()
    assert made.total.text() == "There is no memory yet. Choose a document and press Learn."
    assert not made.erase.isEnabled()


def test_the_model_keeps_the_rules_of_models(qtmodeltester: ModelTester, context: Context, lease: str) -> None:
    learn(context.library, lease)
    rows = MemoryRows(context.library, context.queue)
    rows.reload()
    assert rows.rowCount() == 1
    qtmodeltester.check(rows)
