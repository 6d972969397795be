"""The queue's changes as the window's thread sees them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import OutOfMemory
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import Document
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.learning.notifier import Notifier
from lift_desktop.gui.learning.watch import INTERVAL_SECONDS, QueueWatch
from lift_desktop.jobs.estimate import SETTING as ESTIMATES
from lift_desktop.jobs.queue import JobState, JobView

from ...jobs.gate import Gate

Learn = Callable[[Document], JobView]
Reaches = Callable[[JobView, JobState], JobView]


def test_a_job_is_told_from_its_beginning_to_its_end(
    qtbot: QtBot, context: Context, watch: QueueWatch, document: Document, learn: Learn, reaches: Reaches, gate: Gate
) -> None:
    told: list[tuple[str, object]] = []
    context.hub.memories_changed.connect(lambda document_id: told.append(("memories", document_id)))
    context.hub.learned.connect(lambda memory_id: told.append(("learned", memory_id)))
    context.hub.said.connect(lambda said: told.append(("said", said)))
    context.hub.jobs_changed.connect(lambda: told.append(("thread", QThread.currentThread() is watch.thread())))
    watch.idle.connect(lambda: told.append(("idle", None)))
    gate.hold("training")
    job = learn(document)
    reaches(job, JobState.RUNNING)
    assert ("memories", document.id) in told and "learned" not in dict(told)
    with qtbot.waitSignal(watch.idle):
        gate.open()
    done = reaches(job, JobState.DONE)
    ends = [news for news in told if news[0] in ("learned", "said", "idle")]
    assert ends == [
        ("said", "“Lighthouse Keeping Agreement” is learned: recalls 90 % (before: 10 %)"),
        ("learned", done.memory_id),
        ("idle", None),
    ]
    assert {is_own for kind, is_own in told if kind == "thread"} == {True}


def test_many_changes_are_told_a_few_times_a_second(qtbot: QtBot, context: Context) -> None:
    told: list[int] = []
    context.hub.jobs_changed.connect(lambda: told.append(1))
    pause = threading.Event()

    def change_often() -> None:
        for _ in range(300):
            context.queue.changed()
            pause.wait(0.002)

    thread = threading.Thread(target=change_often)
    started = time.monotonic()
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive() and len(told) >= 2)
    thread.join()
    qtbot.wait(round(INTERVAL_SECONDS * 1000) + 50)
    assert len(told) <= 2 + (time.monotonic() - started) / INTERVAL_SECONDS


def test_a_failure_is_said(
    qtbot: QtBot, context: Context, engine: FakeEngine, document: Document, learn: Learn
) -> None:
    def fail(step: Progress | AnswerText) -> None:
        raise OutOfMemory("There is not enough memory.")

    engine._at_step = fail
    with qtbot.waitSignal(context.hub.said) as said:
        learn(document)
    assert said.args == ["“Lighthouse Keeping Agreement” could not be learned: There is not enough memory."]


def test_a_bug_reaches_the_exception_hook(
    qtbot: QtBot, context: Context, engine: FakeEngine, document: Document, learn: Learn
) -> None:
    def fail(step: Progress | AnswerText) -> None:
        raise ZeroDivisionError

    engine._at_step = fail
    with qtbot.captureExceptions() as exceptions:
        with qtbot.waitSignal(context.hub.said):
            learn(document)
        qtbot.waitUntil(lambda: bool(exceptions))
    assert [error[0] for error in exceptions] == [ZeroDivisionError]


def test_what_is_erased_leaves_the_queue(
    qtbot: QtBot,
    context: Context,
    document: Document,
    second: Document,
    learn: Learn,
    reaches: Reaches,
    gate: Gate,
) -> None:
    gate.hold("training")
    job = learn(document)
    gate.wait()
    context.queue.pause(job.id)
    gate.open()
    paused = reaches(job, JobState.PAUSED)
    context.library.set_setting(ESTIMATES, [{"document": second.id, "model": "m", "passages": 1, "seconds": {}}])
    context.library.rename_document(document.id, "Beacon")
    context.hub.document_changed.emit(document.id)
    assert [each.title for each in context.queue.jobs()] == ["Beacon"]
    context.library.forget_memory(paused.memory_id)
    context.hub.memories_changed.emit(document.id)
    assert context.queue.jobs() == []
    context.library.forget_document(second.id)
    context.hub.document_removed.emit(second.id)
    assert context.library.setting(ESTIMATES) == []


def test_a_closed_watch_tells_nothing(
    qtbot: QtBot, context: Context, watch: QueueWatch, document: Document, learn: Learn
) -> None:
    told: list[int] = []
    context.hub.jobs_changed.connect(lambda: told.append(1))
    learn(document)
    watch.close()
    qtbot.waitUntil(lambda: context.queue.is_idle)
    qtbot.wait(round(INTERVAL_SECONDS * 1000) + 50)
    assert told == []


def test_nobody_is_called_while_the_window_has_the_focus(qtbot: QtBot) -> None:
    notifier, window = Notifier(), QWidget()
    qtbot.addWidget(window)
    assert notifier.notify("Learned", "“A” is learned.")  # no window is active
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert not notifier.notify("Learned", "“A” is learned.")
