"""What rows say, how they are searched and sorted, and that only what changed is painted again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import Depth, Document, Memory, MemoryState
from lift_desktop.domain.states import Event
from lift_desktop.gui import wording
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.pane import LibraryPane
from lift_desktop.gui.library_pane.rows import SORT_KEYS, DocumentRows, Row, RowAction, telling
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobState, JobView

from ...library.making import learn, start
from .conftest import titles

DOCUMENT = Document("d", "A lease", "Ann", "a.pdf", "documents/d/source.pdf", "/a.pdf", "0", 1, 12, 9, "2024-01-01")


def memory(state: MemoryState, message: str = "", number: int = 1) -> Memory:
    return Memory(
        f"m{number}", "d", "starter", "0", "lora", Depth.QUICK, state, "", message, recall_before=0.1, recall_after=0.71
    )


def job(state: JobState, progress: Progress | None = None, message: str = "", stopping: bool = False) -> JobView:
    settings = LearnSettings(Depth.QUICK)
    return JobView("j", "d", "A lease", "starter", settings, state, progress, message, is_stopping=stopping)


STUDYING = Progress("studying", 42, 100, 0.42, 180.0)


@pytest.mark.parametrize(
    ("row", "state", "action"),
    [
        (Row(DOCUMENT), ("Not learned", "muted"), RowAction.NONE),
        (
            Row(DOCUMENT, job=job(JobState.RUNNING, STUDYING)),
            ("Studying 42 % · 3 min left", "accent"),
            RowAction.PAUSE,
        ),
        (Row(DOCUMENT, job=job(JobState.WAITING)), ("Waiting to be learned", "accent"), RowAction.PAUSE),
        (Row(DOCUMENT, job=job(JobState.PAUSED)), ("Paused", "warning"), RowAction.RESUME),
        (Row(DOCUMENT, job=job(JobState.FAILED, message="No.")), ("Failed: No.", "bad"), RowAction.RETRY),
        (Row(DOCUMENT, memory(MemoryState.READY)), ("Ready · recalls 71 %", "good"), RowAction.NONE),
        (Row(DOCUMENT, memory(MemoryState.WEAK)), ("Weak · recalls 71 %", "warning"), RowAction.NONE),
        (Row(DOCUMENT, memory(MemoryState.INTERRUPTED)), ("Interrupted", "warning"), RowAction.RESUME),
        (Row(DOCUMENT, memory(MemoryState.CANCELLED)), ("Cancelled", "muted"), RowAction.RESUME),
        (Row(DOCUMENT, memory(MemoryState.FAILED, "Full.")), ("Failed: Full.", "bad"), RowAction.RETRY),
        (Row(DOCUMENT, memory(MemoryState.STALE)), ("Memory is out of date", "warning"), RowAction.NONE),
        (
            Row(DOCUMENT, memory(MemoryState.READY), is_changed=True),
            ("Memory is out of date", "warning"),
            RowAction.READ_AGAIN,
        ),
        (
            Row(DOCUMENT, memory(MemoryState.READY), job=job(JobState.DONE)),
            ("Ready · recalls 71 %", "good"),
            RowAction.NONE,
        ),
        (
            Row(DOCUMENT, memory(MemoryState.READY), job=job(JobState.WAITING), is_changed=True),
            ("Waiting to be learned", "accent"),
            RowAction.PAUSE,
        ),
    ],
)
def test_the_state_in_words_and_what_is_offered(row: Row, state: tuple[str, str], action: RowAction) -> None:
    assert row.state == state
    assert row.action is action
    assert bool(row.action_text) == (action is not RowAction.NONE)


def test_a_job_that_is_stopping_offers_nothing() -> None:
    assert Row(DOCUMENT, job=job(JobState.RUNNING, STUDYING, stopping=True)).action is RowAction.NONE


@pytest.mark.parametrize(
    ("states", "told", "best"),
    [
        ([], None, None),
        ([MemoryState.READY], 0, 0),
        ([MemoryState.WEAK, MemoryState.READY], 1, 1),
        ([MemoryState.CANCELLED, MemoryState.READY], 1, 1),
        ([MemoryState.INTERRUPTED, MemoryState.READY], 0, 1),
        ([MemoryState.FAILED, MemoryState.WEAK], 0, 1),
        ([MemoryState.READY, MemoryState.FAILED], 0, 0),
        ([MemoryState.CANCELLED, MemoryState.FAILED], 0, None),
    ],
)
def test_which_memory_is_told_of(states: list[MemoryState], told: int | None, best: int | None) -> None:
    memories = [memory(state, number=number) for number, state in enumerate(states)]
    expected = (None if told is None else memories[told], None if best is None else memories[best])
    assert telling(memories) == expected


def test_a_screen_reader_hears_the_whole_row() -> None:
    row = Row(DOCUMENT, memory(MemoryState.READY), tags=("rent", "2024"))
    assert row.spoken == "A lease, Ann · 12 pages, Ready · recalls 71 %, rent, 2024"


def test_the_model_keeps_the_rules_of_models(
    qtmodeltester: ModelTester, context: Context, lease: str, recipes: str
) -> None:
    rows = DocumentRows(context.library, context.queue)
    qtmodeltester.check(rows)
    context.library.set_tags(lease, ["rent"])
    rows.refresh(lease)
    context.library.forget_document(recipes)
    rows.refresh(recipes)
    qtmodeltester.check(rows)
    assert [row.tags for row in rows.rows()] == [("rent",)]


def test_search_looks_at_titles_authors_and_tags(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    context.library.set_tags(lease, ["Zürich", "rent"])
    context.hub.document_changed.emit(lease)
    for text, found in (
        ("rec", ["Recipes"]),
        ("AUTHOR lea", ["Lease"]),
        ("zür", ["Lease"]),
        ("author", ["Recipes", "Lease"]),
    ):
        pane.header.search.setText(text)
        assert titles(pane) == found, text
    assert pane.count.text() == "2 documents"
    pane.header.search.setText("nowhere")
    assert pane.stack.currentWidget() is pane.nothing_found
    assert pane.nothing_found.text.text() == "No document matches “nowhere”."
    assert pane.count.text() == "0 of 2 documents"
    qtbot.mouseClick(pane.nothing_found.clear, Qt.MouseButton.LeftButton)
    assert titles(pane) == ["Recipes", "Lease"]


def test_accents_are_found_however_they_are_written_and_sorted_beside_their_letters(
    context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    context.library.rename_document(lease, "U\N{COMBINING DIAERESIS}bersicht")  # as names of files on a Mac may be
    context.library.rename_document(recipes, "Zoo")
    context.hub.document_changed.emit(lease)
    context.hub.document_changed.emit(recipes)
    pane._choose_sort("title")
    assert [row.document.id for row in pane.rows.rows()] == [lease, recipes]
    pane.header.search.setText("über")
    assert pane.shown.rowCount() == 1
    words = ["apfel", "Äpfel", "Österreich", "Zoo"]
    assert sorted(words, key=wording.sorted_by) == words


def test_only_documents_with_a_tag_are_shown(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    context.library.set_tags(lease, ["rent & more"])
    context.hub.document_changed.emit(lease)
    _, only = pane.header.tag_menu.actions()
    only.trigger()
    assert titles(pane) == ["Lease"]
    assert pane.count.text() == "1 of 2 documents · tag “rent & more”"
    context.library.set_tags(lease, [])
    context.hub.document_changed.emit(lease)  # the tag is gone: everything is shown again
    assert titles(pane) == ["Recipes", "Lease"]
    assert not pane.header.tag_menu.isEnabled()


def test_sorting_is_kept(qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane) -> None:
    learn(context.library, lease)
    context.hub.memories_changed.emit(lease)
    actions = {str(action.data()): action for action in pane.header.sort_menu.actions() if action.data()}
    for key, expected in (
        ("title", ["Lease", "Recipes"]),
        ("added", ["Recipes", "Lease"]),
        ("pages", ["Lease", "Recipes"]),
        ("recall", ["Lease", "Recipes"]),
        ("author", ["Lease", "Recipes"]),
    ):
        actions[key].trigger()
        assert titles(pane) == expected, key
    assert context.preferences.get("library_sort") == "author"
    again = LibraryPane(context)
    qtbot.addWidget(again)
    assert titles(again) == ["Lease", "Recipes"]


def test_a_step_of_a_job_paints_one_row(
    qtbot: QtBot, context: Context, lease: str, recipes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = DocumentRows(context.library, context.queue)
    running = replace(job(JobState.RUNNING, STUDYING), document_id=lease)
    changed: list[int] = []
    rows.dataChanged.connect(lambda first, last: changed.extend((first.row(), last.row())))
    monkeypatch.setattr(context.queue, "jobs", lambda: [running])
    monkeypatch.setattr(context.queue, "job_of", lambda document_id: running if document_id == lease else None)
    rows.refresh_jobs()
    rows.refresh_jobs()
    assert changed == [1, 1]
    row = rows.row(lease)
    assert row is not None and row.fraction == pytest.approx(0.42)
    monkeypatch.setattr(context.queue, "jobs", list)
    monkeypatch.setattr(context.queue, "job_of", lambda document_id: None)
    rows.refresh_jobs()
    assert changed == [1, 1, 1, 1]
    assert rows.row(lease).state == ("Not learned", "muted")  # type: ignore[union-attr]


def test_opening_by_click_and_enter(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    opened: list[str] = []
    context.hub.open_requested.connect(opened.append)
    second = pane.list.visualRect(pane.shown.index(1, 0))
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=second.topLeft() + QPoint(20, 12))
    assert opened == [lease]
    qtbot.keyClick(pane.list, Qt.Key.Key_Up)
    assert opened == [lease]  # the arrow keys only choose
    qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert opened == [lease, recipes]
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, control, second.center())
    assert opened == [lease, recipes]
    assert len(pane.chosen) == 2


def test_the_open_document_is_chosen_and_marked(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    pane.header.search.setText("recipes")
    context.hub.document_opened.emit(context.library.document(lease))
    assert pane.header.search.text() == ""  # it hid the document
    assert [row.document.id for row in pane.chosen] == [lease]
    assert pane.list.rows_look.open_id == lease
    context.hub.document_opened.emit(None)
    assert pane.list.rows_look.open_id == ""


def test_news_of_one_document_looks_at_no_other_row(
    context: Context, lease: str, recipes: str, pane: LibraryPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There may be thousands, of which one after the other is added."""
    looked: list[bool] = []
    monkeypatch.setattr(pane.shown, "invalidate", lambda: looked.append(True))
    context.hub.document_changed.emit(lease)
    assert looked == []


def test_a_new_tag_sorts_no_rows_and_reads_no_chosen_ones(
    context: Context, lease: str, recipes: str, pane: LibraryPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands may be chosen, and get it one after the other."""
    pane.list.selectAll()
    looked: list[str] = []
    monkeypatch.setitem(SORT_KEYS, "added", lambda row: looked.append(row.document.id) or 0)
    monkeypatch.setattr(LibraryPane, "chosen", property(lambda pane: pytest.fail("nothing is done with them")))
    context.library.set_tags(lease, ["rent"])
    context.hub.document_changed.emit(lease)
    assert set(looked) == {lease}
    assert pane.actions()["tags"].isEnabled() and not pane.actions()["rename"].isEnabled()


def test_from_the_search_to_the_list_by_keyboard(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    pane.focus_search()
    assert pane.header.search.hasFocus()
    qtbot.keyClicks(pane.header.search, "lea")
    qtbot.keyClick(pane.header.search, Qt.Key.Key_Down)
    assert pane.list.hasFocus()
    assert [row.document.title for row in pane.chosen] == ["Lease"]
    pane.focus_search()
    qtbot.keyClick(pane.header.search, Qt.Key.Key_Escape)
    assert pane.header.search.text() == ""


def test_an_unfinished_memory_is_offered_for_resuming(
    qtbot: QtBot, context: Context, lease: str, pane: LibraryPane
) -> None:
    begun = start(context.library, lease)
    context.library.change_state(begun.id, Event.STUDY)
    context.library.change_state(begun.id, Event.PROGRAM_DIED, "The program ended while it learned.")
    context.hub.memories_changed.emit(lease)
    row = pane.rows.row(lease)
    assert row is not None
    assert (row.state[0], row.action_text) == ("Interrupted", "Resume")


def test_a_right_click_on_a_rows_action_chooses_the_row_and_does_nothing(
    qtbot: QtBot, context: Context, lease: str, recipes: str, pane: LibraryPane
) -> None:
    begun = start(context.library, lease)
    context.library.change_state(begun.id, Event.CANCEL, "Cancelled.")
    context.hub.memories_changed.emit(lease)
    pane.select(recipes)
    index = pane.shown.mapFromSource(pane.rows.index_of(lease))
    option = QStyleOptionViewItem()
    pane.list.initViewItemOption(option)
    option.rect = pane.list.visualRect(index)
    action = pane.list.rows_look.action_rect(option, index)
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.RightButton, pos=action.center())
    assert context.queue.jobs() == []
    assert [row.document.id for row in pane.chosen] == [lease]  # the menu is about it
