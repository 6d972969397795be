"""The sheet with all jobs, and the line in the status bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import OutOfMemory
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import Document, MemoryState
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.learning.job_row import JobRow
from lift_desktop.gui.learning.sheet import JobsSheet
from lift_desktop.gui.learning.status import JobStatus
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobState, JobView

from ... import texts
from ...jobs.gate import Gate
from .checks import assert_nothing_is_cut_off, assert_usable_without_a_mouse

Learn = Callable[..., JobView]
Reaches = Callable[[JobView, JobState], JobView]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sheet(qtbot: QtBot, context: Context) -> Iterator[JobsSheet]:
    sheet = JobsSheet(context)
    qtbot.addWidget(sheet)
    sheet.show()
    yield sheet
    sheet.close()


def row_of(sheet: JobsSheet, job: JobView) -> JobRow:
    row = sheet.row(job.id)
    assert row is not None
    return row


def order(sheet: JobsSheet) -> list[str]:
    rows = sorted(sheet.findChildren(JobRow), key=lambda row: row.y())
    return [row.title.text() for row in rows if row.isVisible()]


def test_an_empty_sheet_says_what_to_do(sheet: JobsSheet) -> None:
    assert sheet.empty.isVisible() and "press Learn" in sheet.empty.text()
    assert not sheet.clear_button.isEnabled()


def test_a_job_is_shown_paused_resumed_and_removed(
    qtbot: QtBot,
    context: Context,
    sheet: JobsSheet,
    document: Document,
    learn: Learn,
    reaches: Reaches,
    engine: FakeEngine,
    gate: Gate,
) -> None:
    gate.hold("training")
    job = learn(document)
    gate.wait()
    qtbot.waitUntil(lambda: sheet.row(job.id) is not None and row_of(sheet, job).bar.value() > 0)
    row = row_of(sheet, job)
    assert row.title.text() == document.title and row.about.text() == "Quick · tiny-model"
    assert row.state.text().startswith(("Studying", "Training")) and "left" in row.state.text()
    assert row.bar.isVisible() and not row.remove_button.isVisible() and not row.up_button.isVisible()
    assert_usable_without_a_mouse(sheet)
    assert_nothing_is_cut_off(sheet)
    row.go_button.setFocus()
    qtbot.keyClick(row.go_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: row.state.text() == "Stopping…")
    assert not row.go_button.isEnabled()
    gate.open()
    reaches(job, JobState.PAUSED)
    assert row.state.text() == "Paused" and row.go_button.toolTip() == "Resume"
    assert row_of(sheet, job) is row
    qtbot.mouseClick(row.go_button, LEFT)
    done = reaches(job, JobState.DONE)
    assert row.state.text() == "Ready · recalls 90 %"
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"
    qtbot.mouseClick(row.remove_button, LEFT)
    qtbot.waitUntil(sheet.empty.isVisible)
    assert context.library.memory(done.memory_id).state is MemoryState.READY


def test_cancel_and_resume(
    qtbot: QtBot, sheet: JobsSheet, document: Document, learn: Learn, reaches: Reaches, gate: Gate
) -> None:
    gate.hold("training")
    job = learn(document)
    gate.wait()
    qtbot.waitUntil(lambda: sheet.row(job.id) is not None)
    row = row_of(sheet, job)
    qtbot.mouseClick(row.cancel_button, LEFT)
    gate.open()
    reaches(job, JobState.CANCELLED)
    assert row.state.text() == "Cancelled. What was done is kept: it can be resumed or erased."
    qtbot.mouseClick(row.go_button, LEFT)
    reaches(job, JobState.DONE)


def test_removing_a_paused_job_cancels_it_for_good(
    qtbot: QtBot, context: Context, sheet: JobsSheet, document: Document, learn: Learn, reaches: Reaches, gate: Gate
) -> None:
    gate.hold("training")
    job = learn(document)
    gate.wait()
    context.queue.pause(job.id)
    gate.open()
    paused = reaches(job, JobState.PAUSED)
    qtbot.mouseClick(row_of(sheet, job).remove_button, LEFT)
    qtbot.waitUntil(sheet.empty.isVisible)
    assert context.library.memory(paused.memory_id).state is MemoryState.CANCELLED


def test_a_failure_is_told_with_its_hint_and_tried_again(
    qtbot: QtBot, sheet: JobsSheet, document: Document, learn: Learn, reaches: Reaches, engine: FakeEngine
) -> None:
    failures = [OutOfMemory("There is not enough memory.")]

    def fail(step: Progress | AnswerText) -> None:
        if failures:
            raise failures.pop()

    engine._at_step = fail
    job = learn(document)
    reaches(job, JobState.FAILED)
    row = row_of(sheet, job)
    assert row.state.text() == "Failed: There is not enough memory."
    assert row.detail.text() == OutOfMemory.hint_default
    assert not row.models_button.isVisible()
    assert row.go_button.toolTip() == "Try again"
    qtbot.mouseClick(row.go_button, LEFT)
    reaches(job, JobState.DONE)


def test_a_missing_model_leads_to_the_settings(
    qtbot: QtBot, context: Context, sheet: JobsSheet, document: Document, reaches: Reaches
) -> None:
    job = context.queue.add(document.id, "smollm2-135m-instruct", LearnSettings())
    reaches(job, JobState.FAILED)
    row = row_of(sheet, job)
    assert "is not on this computer yet" in row.state.text()
    assert "lift-desktop" not in row.detail.text()
    with qtbot.waitSignal(context.hub.settings_requested) as requested:
        qtbot.mouseClick(row.models_button, LEFT)
    assert requested.args == ["models"]


def test_the_order_of_waiting_jobs_is_changed_by_the_keyboard(
    qtbot: QtBot,
    context: Context,
    sheet: JobsSheet,
    document: Document,
    second: Document,
    learn: Learn,
    gate: Gate,
    tmp_path: Path,
) -> None:
    gate.hold("studying")
    third = texts.add_another(context.library, tmp_path, "Third agreement")
    learn(document)
    gate.wait()
    learn(second)
    last = learn(third)
    qtbot.waitUntil(lambda: order(sheet) == [document.title, second.title, "Third agreement"])
    row = row_of(sheet, last)
    assert row.up_button.isEnabled() and not row.down_button.isEnabled()
    row.up_button.setFocus()
    qtbot.keyClick(row.up_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: order(sheet) == [document.title, "Third agreement", second.title])
    assert not row.up_button.isEnabled() and row.down_button.isEnabled()
    qtbot.mouseClick(row.remove_button, LEFT)  # a waiting job that has not begun is gone
    qtbot.waitUntil(lambda: order(sheet) == [document.title, second.title])
    gate.open()
    qtbot.waitUntil(lambda: context.queue.is_idle)
    qtbot.waitUntil(sheet.clear_button.isEnabled)
    qtbot.mouseClick(sheet.clear_button, LEFT)
    assert context.queue.jobs() == [] and sheet.empty.isVisible()


def test_the_tab_key_goes_through_the_rows_in_their_order(
    qtbot: QtBot, context: Context, sheet: JobsSheet, document: Document, second: Document, learn: Learn, gate: Gate
) -> None:
    gate.hold("studying")
    first, waiting = learn(document), learn(second)
    gate.wait()
    qtbot.waitUntil(lambda: sheet.row(waiting.id) is not None and row_of(sheet, first).bar.isVisible())
    sheet.activateWindow()
    qtbot.waitUntil(sheet.isActiveWindow)
    row_of(sheet, first).go_button.setFocus()
    seen = []
    for _ in range(4):
        seen.append(sheet.focusWidget().accessibleName())
        qtbot.keyClick(sheet.focusWidget(), Qt.Key.Key_Tab)
    one, two = document.title, second.title
    assert seen == [f"Pause: {one}", f"Cancel: {one}", f"Pause: {two}", f"Remove from this list: {two}"]


def test_the_status_bar_shows_the_running_job(
    qtbot: QtBot, context: Context, document: Document, second: Document, learn: Learn, gate: Gate
) -> None:
    status = JobStatus(context)
    qtbot.addWidget(status)
    assert status.isHidden()
    gate.hold("training")
    learn(document)
    learn(second)
    gate.wait()
    qtbot.waitUntil(lambda: not status.isHidden() and status.bar.value() > 0)
    assert status.button.text().endswith("left · 1 waiting")
    assert_usable_without_a_mouse(status)
    with qtbot.waitSignal(status.clicked):
        qtbot.keyClick(status.button, Qt.Key.Key_Space)
    gate.open()
    qtbot.waitUntil(status.isHidden)
