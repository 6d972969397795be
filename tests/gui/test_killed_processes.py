"""Child processes that are killed while they are in use: the window stays, says what happened, and goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from lift_desktop.domain.models import Depth, Document
from lift_desktop.gui.bridge import Tasks
from lift_desktop.gui.context import Context
from lift_desktop.gui.hub import Hub
from lift_desktop.gui.preferences import Preferences
from lift_desktop.gui.window import MainWindow
from lift_desktop.jobs import LearnSettings
from lift_desktop.jobs.queue import JobQueue, JobState
from lift_desktop.services import Services
from lift_desktop.worker.client import EngineClient

from ..worker import fake_host

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "services-agreement.pdf"
WAIT_MILLISECONDS = 30_000


@pytest.fixture
def context(
    qtbot: QtBot, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Context]:
    """With an engine in a process of its own, which stops for good in the stage that the test names."""
    monkeypatch.setenv("STALL_AT", getattr(request, "param", ""))
    with Services(tmp_path / "data", engine=EngineClient(fake_host.main)) as services:
        queue = JobQueue(services.library, services.engine, services.models)
        context = Context(services, Tasks(), Hub(), Preferences(services.library), queue)
        context.preferences.set("model", str(model_folder))
        yield context
        queue.close()
        context.tasks.close()


@pytest.fixture
def window(qtbot: QtBot, context: Context) -> Iterator[MainWindow]:
    made = MainWindow(context)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    context.hub.files_offered.emit([SAMPLE])
    qtbot.waitUntil(lambda: made.document is not None, timeout=WAIT_MILLISECONDS)
    yield made
    made.hide()
    made.watch.close()


def said(window: MainWindow) -> str:
    """All that labels of the window say now."""
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisibleTo(window))


def kill(process_id: int | None) -> None:
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)


def engine(context: Context) -> EngineClient:
    made = context.services.engine
    assert isinstance(made, EngineClient)
    return made


@pytest.mark.parametrize("context", ["answering"], indirect=True)
def test_the_engine_killed_while_it_answers(
    window: MainWindow, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = window.chat_pane
    chat.ask("Who must notify the Customer of a breach?")
    stop = chat.actions()["stop"]
    qtbot.waitUntil(
        lambda: any(view.answer.toPlainText() for view in chat.transcript.views()), timeout=WAIT_MILLISECONDS
    )
    monkeypatch.delenv("STALL_AT")
    kill(engine(context).process_id)
    qtbot.waitUntil(lambda: "ended unexpectedly" in said(window), timeout=WAIT_MILLISECONDS)
    assert not stop.isEnabled()

    chat.ask("Within what time must a breach be notified?")
    turns = context.library.turns
    conversation = context.library.conversations(window.document.id)[0] if window.document else None
    assert conversation is not None
    qtbot.waitUntil(lambda: len(turns(conversation.id)) == 1, timeout=WAIT_MILLISECONDS)
    assert turns(conversation.id)[0].answer.text


@pytest.mark.parametrize("context", ["training"], indirect=True)
def test_the_engine_killed_while_it_learns(
    window: MainWindow, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.document is not None
    job = context.queue.add(window.document.id, str(context.preferences.get("model")), LearnSettings(Depth.QUICK))

    def stage() -> str:
        running = context.queue.running
        return running.progress.stage if running is not None and running.progress is not None else ""

    qtbot.waitUntil(lambda: stage() == "training", timeout=WAIT_MILLISECONDS)
    monkeypatch.delenv("STALL_AT")
    kill(engine(context).process_id)
    qtbot.waitUntil(lambda: context.queue.job(job.id).state is JobState.PAUSED, timeout=WAIT_MILLISECONDS)
    assert window.isVisible()

    context.queue.resume(job.id)
    qtbot.waitUntil(lambda: context.queue.job(job.id).state is JobState.DONE, timeout=WAIT_MILLISECONDS)
    qtbot.waitUntil(lambda: "is learned" in said(window), timeout=WAIT_MILLISECONDS)


def test_the_drawing_process_killed_while_reading(window: MainWindow, context: Context, qtbot: QtBot) -> None:
    viewer = context.services.viewer
    qtbot.waitUntil(lambda: viewer.process_id is not None and not context.tasks.running, timeout=WAIT_MILLISECONDS)
    before = viewer.process_id
    kill(before)
    window.reader_pane.go_to_page(7)
    qtbot.waitUntil(lambda: viewer.process_id not in (None, before), timeout=WAIT_MILLISECONDS)
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=WAIT_MILLISECONDS)
    assert window.isVisible()
    assert "could not be drawn" not in said(window)
    assert document_page(window.reader_pane.state()) == 7


def document_page(state: dict[str, object]) -> object:
    return state["page"]


def test_the_reading_process_killed_between_two_files(
    window: MainWindow, context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    kill(context.services.reader.process_id)
    second = tmp_path / "second.txt"
    second.write_text("The keeper of the second lamp is Ole Berg, who polishes it every Monday before breakfast.")
    context.hub.files_offered.emit([second])

    def titles() -> list[Document]:
        return [document for document in context.library.documents() if document.file_name == "second.txt"]

    qtbot.waitUntil(lambda: len(titles()) == 1, timeout=WAIT_MILLISECONDS)
