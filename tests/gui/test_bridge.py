"""Work in threads, told to the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from lift_desktop.domain.cancelling import check_cancelled
from lift_desktop.domain.errors import DiskFull, LiftError
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.gui.bridge import Task, Tasks


def steps(*values: object) -> Generator[object, None, str]:
    yield from values
    return "result"


@pytest.fixture
def tasks(qtbot: QtBot) -> Generator[Tasks, None, None]:
    made = Tasks()
    yield made
    made.close()


def record(task: Task) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    task.stepped.connect(lambda value: found.append(("stepped", value)))
    task.done.connect(lambda value: found.append(("done", value)))
    task.failed.connect(lambda value: found.append(("failed", type(value))))
    task.cancelled.connect(lambda: found.append(("cancelled", None)))
    task.ended.connect(lambda: found.append(("ended", QThread.currentThread())))
    return found


def test_steps_result_and_end_arrive_in_order_in_the_windows_thread(qtbot: QtBot, tasks: Tasks) -> None:
    words = [AnswerText(word) for word in ["one", "two", "three"]]
    task = tasks.run("answer", lambda: steps(*words))
    found = record(task)
    qtbot.waitSignal(task.ended).wait()
    expected = [*(("stepped", word) for word in words), ("done", "result"), ("ended", tasks.thread())]
    assert found == expected
    assert not task.is_running
    assert tasks.running == []


def test_only_the_newest_progress_that_waits_is_told(qtbot: QtBot, tasks: Tasks) -> None:
    finished = threading.Event()

    def work() -> Generator[Progress, None, None]:
        for done in range(100):
            yield Progress("training", done, 100, done / 100)
        finished.set()

    task = tasks.run("progress", work)
    found = record(task)
    finished.wait(10)  # the window's thread is busy: all hundred values wait
    qtbot.waitSignal(task.ended).wait()
    told = [value for kind, value in found if kind == "stepped"]
    assert told == [Progress("training", 99, 100, 0.99)]


def test_a_result_without_steps(qtbot: QtBot, tasks: Tasks) -> None:
    task = tasks.run("plain", lambda: 42)
    with qtbot.waitSignal(task.done) as done:
        pass
    assert done.args == [42]


def test_an_expected_error_is_told(qtbot: QtBot, tasks: Tasks) -> None:
    def work() -> None:
        raise DiskFull("The disk is full.")

    task = tasks.run("fails", work)
    found = record(task)
    qtbot.waitSignal(task.ended).wait()
    assert found[0] == ("failed", DiskFull)
    assert issubclass(DiskFull, LiftError)


def test_a_bug_reaches_the_exception_hook(qtbot: QtBot, tasks: Tasks) -> None:
    task = tasks.run("bug", lambda: 1 // 0)
    found = record(task)
    with qtbot.captureExceptions() as exceptions:
        qtbot.waitSignal(task.ended).wait()
    assert [error[0] for error in exceptions] == [ZeroDivisionError]
    assert [kind for kind, _ in found] == ["ended"]


def test_cancelling_ends_a_generator_and_closes_it(qtbot: QtBot, tasks: Tasks) -> None:
    closed, pause = threading.Event(), threading.Event()

    def work() -> Generator[AnswerText, None, None]:
        try:
            while not pause.wait(0.01):
                yield AnswerText("word ")
        finally:
            closed.set()

    task = tasks.run("endless", work)
    found = record(task)
    qtbot.waitSignal(task.stepped).wait()
    task.cancel()
    qtbot.waitSignal(task.ended).wait()
    assert [kind for kind, _ in found][-2:] == ["cancelled", "ended"]
    assert closed.is_set()


def test_cancelling_ends_work_that_looks_at_the_flag_itself(qtbot: QtBot, tasks: Tasks) -> None:
    pause = threading.Event()

    def work() -> None:
        while True:
            check_cancelled()
            pause.wait(0.01)

    task = tasks.run("waits", work)
    found = record(task)
    task.cancel()
    qtbot.waitSignal(task.ended).wait()
    assert [kind for kind, _ in found] == ["cancelled", "ended"]


def test_closing_ends_all_and_tells_nothing_more(qtbot: QtBot, tasks: Tasks) -> None:
    pause = threading.Event()

    def work() -> Generator[AnswerText, None, None]:
        while not pause.wait(0.01):
            yield AnswerText("word ")

    task = tasks.run("endless", work)
    found = record(task)
    tasks.close()
    qtbot.wait(20)
    assert found == []
    assert "endless" not in {thread.name for thread in threading.enumerate()}
