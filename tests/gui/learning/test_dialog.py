"""The dialog that starts learning."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import ModelTooLarge
from lift_desktop.domain.models import Depth, Document
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.learning.dialog import LearnDialog
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.estimate import MOST_QUICK_PASSAGES
from lift_desktop.jobs.queue import JobState, JobView

from ...jobs.gate import Gate
from ...models.making import write_model
from .checks import assert_nothing_is_cut_off, assert_usable_without_a_mouse

Learn = Callable[..., JobView]
Reaches = Callable[[JobView, JobState], JobView]


@pytest.fixture
def open_dialog(qtbot: QtBot, context: Context) -> Callable[..., LearnDialog]:
    def make(document: Document, depth: Depth | None = None) -> LearnDialog:
        dialog = LearnDialog(context, document, depth)
        qtbot.addWidget(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # tests look at it after it was closed
        dialog.open()
        return dialog

    return make


Open = Callable[..., LearnDialog]


def times(dialog: LearnDialog) -> list[str]:
    return [card.time.text() for card in dialog.depths.cards.values()]


def settled(qtbot: QtBot, context: Context) -> None:
    """Waits until no thread looks for times any more."""
    qtbot.waitUntil(lambda: not context.tasks.running)


def test_times_are_measured_and_then_known(
    qtbot: QtBot, context: Context, document: Document, second: Document, open_dialog: Open, gate: Gate
) -> None:
    gate.hold("measuring", at=1)
    dialog = open_dialog(document)
    qtbot.waitUntil(lambda: times(dialog) == ["…", "…", "…"])
    gate.open()
    qtbot.waitUntil(lambda: times(dialog) == ["about 2 s", "about 4 s", "about 8 s"])
    settled(qtbot, context)
    assert not dialog.measuring_line.isVisible()
    dialog.reject()
    gate.hold("measuring", at=1)
    again = open_dialog(document)  # would hang if it were measured again
    qtbot.waitUntil(lambda: times(again) == ["about 2 s", "about 4 s", "about 8 s"])
    settled(qtbot, context)
    again.reject()
    other = open_dialog(second)
    qtbot.waitUntil(lambda: times(other) == ["roughly 2 s", "roughly 4 s", "roughly 8 s"])
    gate.open()
    qtbot.waitUntil(lambda: times(other)[0].startswith("about"))
    other.reject()


def test_a_model_that_is_too_large_stays_so_until_another_is_chosen(
    qtbot: QtBot, context: Context, document: Document, second: Document, open_dialog: Open, gate: Gate
) -> None:
    gate.error = ModelTooLarge("The model is too large.")
    dialog = open_dialog(document)
    qtbot.waitUntil(lambda: dialog.notice.text().startswith("The model is too large."))
    context.hub.memories_changed.emit(second.id)
    dialog.depths.cards[Depth.QUICK].button.setChecked(True)
    assert dialog.notice.text().startswith("The model is too large.") and not dialog.learn_button.isEnabled()
    gate.error = None
    context.hub.models_changed.emit()
    settled(qtbot, context)
    assert dialog.notice.text() == "" and dialog.learn_button.isEnabled()
    dialog.reject()


def test_measuring_can_be_skipped(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open, gate: Gate
) -> None:
    gate.hold("measuring", at=1)
    dialog = open_dialog(document)
    qtbot.waitUntil(lambda: times(dialog) == ["…", "…", "…"])
    qtbot.waitUntil(dialog.measuring_line.isVisible)
    qtbot.mouseClick(dialog.skip_button, Qt.MouseButton.LeftButton)
    assert times(dialog) == ["not measured"] * 3
    assert not dialog.measuring_line.isVisible()
    gate.open()
    settled(qtbot, context)
    assert times(dialog) == ["not measured"] * 3
    assert dialog.learn_button.isEnabled()
    dialog.reject()


def test_learning_begins_with_what_was_chosen(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open, reaches: Reaches
) -> None:
    dialog = open_dialog(document)
    assert dialog.settings.depth is Depth.STANDARD
    qtbot.mouseClick(dialog.depths.cards[Depth.DEEP], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.learn_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    [job] = context.queue.jobs()
    assert (job.document_id, job.settings) == (document.id, LearnSettings(Depth.DEEP))
    done = reaches(job, JobState.DONE)
    assert context.library.memory(done.memory_id).depth is Depth.DEEP


def test_it_works_from_the_keyboard(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open, reaches: Reaches
) -> None:
    dialog = open_dialog(document)
    settled(qtbot, context)
    assert_usable_without_a_mouse(dialog)
    dialog.depths.cards[Depth.STANDARD].button.setFocus()
    qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Up)
    assert dialog.settings.depth is Depth.QUICK
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    [job] = context.queue.jobs()
    assert job.depth is Depth.QUICK
    reaches(job, JobState.DONE)


def test_without_a_model_it_leads_to_the_settings(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open, tmp_path: Path
) -> None:
    context.preferences.set("model", "smollm2-135m-instruct")
    dialog = open_dialog(document)
    assert not dialog.learn_button.isEnabled()
    assert dialog.no_model.text() == "There is no model on this computer yet."
    assert_usable_without_a_mouse(dialog)
    with qtbot.waitSignal(context.hub.settings_requested) as requested:
        qtbot.mouseClick(dialog.models_button, Qt.MouseButton.LeftButton)
    assert requested.args == ["models"]
    context.preferences.set("model", str(write_model(tmp_path / "another-model")))
    context.hub.models_changed.emit()
    assert dialog.learn_button.isEnabled() and not dialog.no_model.isVisible()
    assert dialog.models.currentText() == "another-model"
    settled(qtbot, context)
    dialog.reject()


def test_a_broken_model_is_named(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open, model_folder: Path
) -> None:
    (model_folder / "model.safetensors").write_bytes(b"nonsense")
    dialog = open_dialog(document)
    qtbot.waitUntil(lambda: dialog.notice.property("look") == "bad")
    assert dialog.notice.text() and not dialog.learn_button.isEnabled()
    dialog.reject()


def test_it_says_what_is_there_already(
    qtbot: QtBot,
    context: Context,
    document: Document,
    open_dialog: Open,
    learn: Learn,
    reaches: Reaches,
    engine: FakeEngine,
) -> None:
    reaches(learn(document, Depth.QUICK), JobState.DONE)
    dialog = open_dialog(document, Depth.QUICK)
    qtbot.waitUntil(lambda: "Learned already at this depth: recalls 90 %" in dialog.notice.text())
    assert dialog.learn_button.text() == "&Learn again"
    dialog.depths.cards[Depth.DEEP].button.setChecked(True)
    assert dialog.notice.text() == "" and dialog.learn_button.text() == "&Learn"
    settled(qtbot, context)
    dialog.depths.cards[Depth.QUICK].button.setChecked(True)
    [before] = context.library.memories(document.id)
    dialog.accept()
    reaches(context.queue.jobs()[0], JobState.DONE)
    [after] = context.library.memories(document.id)
    assert after.id != before.id


def test_it_warns_where_a_depth_is_too_little_for_a_long_document(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open
) -> None:
    dialog = open_dialog(dataclasses.replace(document, passage_count=MOST_QUICK_PASSAGES + 1), Depth.QUICK)
    qtbot.waitUntil(lambda: "This document is long" in dialog.notice.text())
    assert dialog.notice.property("look") == "warning" and dialog.learn_button.isEnabled()
    qtbot.waitUntil(lambda: assert_nothing_is_cut_off(dialog))  # the times have come, too, and have their room
    dialog.resize(dialog.width(), dialog.minimumSizeHint().height())  # however little room there is, it is in sight
    qtbot.waitUntil(lambda: dialog.notice.visibleRegion().boundingRect() == dialog.notice.rect())
    dialog.depths.cards[Depth.STANDARD].button.setChecked(True)
    assert dialog.notice.text() == ""
    dialog.reject()


def test_a_paused_one_is_resumed(
    qtbot: QtBot,
    context: Context,
    document: Document,
    open_dialog: Open,
    learn: Learn,
    reaches: Reaches,
    engine: FakeEngine,
    gate: Gate,
) -> None:
    gate.hold("training")
    job = learn(document, Depth.QUICK)
    gate.wait()
    context.queue.pause(job.id)
    gate.open()
    reaches(job, JobState.PAUSED)
    dialog = open_dialog(document, Depth.QUICK)
    qtbot.waitUntil(lambda: dialog.learn_button.text() == "&Resume")
    assert dialog.notice.text() == "This was begun before: it goes on where it ended."
    settled(qtbot, context)
    dialog.accept()
    assert reaches(job, JobState.DONE)
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"


def test_nothing_is_measured_while_a_job_is_at_work(
    qtbot: QtBot, context: Context, document: Document, second: Document, open_dialog: Open, learn: Learn, gate: Gate
) -> None:
    gate.hold("training")
    learn(document)
    gate.wait()
    own = open_dialog(document)
    qtbot.waitUntil(lambda: times(own) == ["not measured yet"] * 3)
    assert not own.learn_button.isEnabled()
    assert own.notice.text() == "This document is being learned already, or waits for its turn."
    own.reject()
    other = open_dialog(second)
    qtbot.waitUntil(lambda: other.notice.text() == "Another document is being learned; this one comes after it.")
    assert other.learn_button.isEnabled()
    settled(qtbot, context)
    other.accept()
    assert [job.state for job in context.queue.jobs()] == [JobState.RUNNING, JobState.WAITING]
    gate.open()
    qtbot.waitUntil(lambda: context.queue.is_idle)


def test_closing_it_ends_the_measurement(
    qtbot: QtBot, context: Context, document: Document, open_dialog: Open, gate: Gate
) -> None:
    gate.hold("measuring", at=1)
    dialog = open_dialog(document)
    gate.wait()
    [task] = context.tasks.running
    dialog.close()
    with qtbot.waitSignal(task.cancelled):
        gate.open()
    assert context.library.setting("estimates", []) == []


@pytest.mark.parametrize("width", [300, 1200])
@pytest.mark.parametrize("points", [10, 20])
def test_nothing_is_cut_off(
    qtbot: QtBot, qapp: QApplication, context: Context, document: Document, open_dialog: Open, width: int, points: int
) -> None:
    font = qapp.font()
    larger = qapp.font()
    larger.setPointSize(points)
    qapp.setFont(larger)
    try:
        warned = dataclasses.replace(document, warnings=("Two pages seem to be scanned: they hold no text.",))
        dialog = open_dialog(warned)
        settled(qtbot, context)
        dialog.resize(width, 900)
        qtbot.waitUntil(lambda: dialog.layout() is not None and dialog.height() >= 300)
        QApplication.processEvents()
        assert_nothing_is_cut_off(dialog)
        dialog.reject()
    finally:
        qapp.setFont(font)
