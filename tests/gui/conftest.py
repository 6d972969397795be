"""The window's parts on a data folder of their own: the real library, the real reader process, an engine without a
model. Fails a test that leaves a thread, a running timer, a process or a top-level window behind.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lift_desktop.chat import conversation
from lift_desktop.domain.models import Document
from lift_desktop.engine.contract import NOT_IN_DOCUMENT
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.bridge import Tasks
from lift_desktop.gui.context import Context
from lift_desktop.gui.hub import Hub
from lift_desktop.gui.preferences import Preferences
from lift_desktop.jobs.queue import JobQueue
from lift_desktop.services import Services

from .. import texts
from ..models.making import write_model

ENDING_SECONDS = 5


@pytest.fixture(autouse=True)
def nothing_leaks(qapp: QApplication) -> Iterator[None]:
    """After the test: no window, no thread, no active timer, no child process that was not there before."""
    threads = set(threading.enumerate())
    windows = set(QApplication.topLevelWidgets())
    processes = set(multiprocessing.active_children())
    yield
    qapp.processEvents()
    left = [window for window in QApplication.topLevelWidgets() if window not in windows and window.isVisible()]
    assert not left, f"windows left open: {left}"
    gc.collect()
    timers = [timer for timer in _all_timers() if timer.isActive()]
    assert not timers, f"timers left running: {[(timer.parent(), timer.interval()) for timer in timers]}"
    children = set(multiprocessing.active_children()) - processes
    for child in children:
        child.join(ENDING_SECONDS)  # one that was told to end may still be at it
    children = {child for child in children if child.is_alive()}
    assert not children, f"processes left running: {children}"
    left_threads = {thread for thread in set(threading.enumerate()) - threads if thread.is_alive()}
    assert not left_threads, f"threads left running: {left_threads}"


def _all_timers() -> list[QTimer]:
    """Asks for the type itself: some lazy objects of libraries complain when `isinstance` looks at them."""
    return [found for found in gc.get_objects() if issubclass(type(found), QTimer) and _is_alive(found)]


def _is_alive(thing: QObject) -> bool:
    from shiboken6 import isValid

    return bool(isValid(thing))


@pytest.fixture(autouse=True)
def answers_come_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake engine's answers are short, and short ones are held back until they are judged (tests/chat); here all
    are shown as long ones are, but for a denial."""
    monkeypatch.setattr(conversation, "is_short", lambda text: NOT_IN_DOCUMENT.startswith(text.strip()))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def services(tmp_path: Path, engine: FakeEngine) -> Iterator[Services]:
    with Services(tmp_path / "data", engine=engine) as made:
        yield made


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A model that passes all checks; FakeEngine needs no more."""
    return write_model(tmp_path / "tiny-model")


@pytest.fixture
def context(qtbot: QtBot, services: Services, model_folder: Path) -> Iterator[Context]:
    """As `app` makes it, with the model of `model_folder` chosen."""
    queue = JobQueue(services.library, services.engine, services.models)
    context = Context(services, Tasks(), Hub(), Preferences(services.library), queue)
    context.preferences.set("model", str(model_folder))
    yield context
    queue.close()
    context.tasks.close()


@pytest.fixture
def document(services: Services, tmp_path: Path) -> Document:
    """The short agreement of `tests.texts`, in the library."""
    return texts.add_to(services.library, tmp_path)
