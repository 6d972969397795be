"""From threads to signals: runs work outside the window's thread and tells the window what became of it.

All signals of a Task are emitted in the window's thread. Knows nothing of what the work is about.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ..domain.cancelling import cancelled_by, check_cancelled
from ..domain.errors import LiftError, RequestCancelled
from ..domain.messages import Progress
from ..domain.steps import follow

STOP_TIMEOUT_SECONDS = 5.0
"""So long does `Tasks.close` wait for each thread; cancelling a child process takes two seconds at most."""

Work = Callable[[], Any]
"""Returns a generator (its steps are signalled, its return value is the result) or the result itself."""


class Task(QObject):
    """A piece of work in a thread of its own. Exactly one of `done`, `failed`, `cancelled` and (for a bug)
    none of them is emitted, and `ended` after it in every case.

    Of several Progress steps that wait for the window only the newest is emitted; other steps all are.
    """

    stepped = Signal(object)
    done = Signal(object)  # the result
    failed = Signal(object)  # a LiftError
    cancelled = Signal()
    ended = Signal()

    def __init__(self, name: str, is_lasting: bool = False) -> None:
        super().__init__()
        self.name, self.is_lasting = name, is_lasting
        self.is_running = True
        self._cancel = threading.Event()

    def cancel(self) -> None:
        """Ends the work at its next step, or while it waits for a child process; `cancelled` follows."""
        self._cancel.set()


class Tasks(QObject):
    """Starts tasks, delivers their signals, and ends them all when the window closes."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._news: queue.SimpleQueue[tuple[Task, str, Any]] = queue.SimpleQueue()
        self._threads: dict[Task, threading.Thread] = {}
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, name: str, work: Work, is_lasting: bool = False) -> Task:
        """Starts `work` in a thread named `name`. The task's first signal comes after this call returned.

        `is_lasting` is work that leaves something behind, in the data folder or in a file of the user's.
        """
        task = Task(name, is_lasting)
        thread = threading.Thread(target=self._work, args=(task, work), name=name, daemon=True)
        self._threads[task] = thread
        thread.start()
        return task

    @property
    def running(self) -> list[Task]:
        return [task for task in self._threads if task.is_running]

    def close(self) -> None:
        """Cancels what runs and waits for it; nothing is signalled any more."""
        for task in self._threads:
            task.cancel()
        for thread in self._threads.values():
            thread.join(STOP_TIMEOUT_SECONDS)
        self._threads.clear()

    def _work(self, task: Task, work: Work) -> None:
        try:
            with cancelled_by(task._cancel):
                result = work()
                if isinstance(result, Generator):
                    check_cancelled()
                    result = follow(result, partial(self._step, task))
            self._tell(task, "done", result)
        except RequestCancelled:
            self._tell(task, "cancelled", None)
        except LiftError as error:
            self._tell(task, "failed", error)
        except Exception as error:  # a bug: it is raised again in the window's thread, for its exception hook
            self._tell(task, "bug", error)

    def _step(self, task: Task, step: Any) -> None:
        self._tell(task, "stepped", step)
        check_cancelled()

    def _tell(self, task: Task, news: str, value: Any) -> None:
        self._news.put((task, news, value))
        self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        waiting = [self._news.get() for _ in range(self._news.qsize())]
        newest = {task: place for place, (task, _, value) in enumerate(waiting) if isinstance(value, Progress)}
        for place, (task, news, value) in enumerate(waiting):
            if task not in self._threads or (isinstance(value, Progress) and newest[task] != place):
                continue
            if news == "stepped":
                task.stepped.emit(value)
            else:
                self._end(task, news, value)

    def _end(self, task: Task, news: str, value: Any) -> None:
        task.is_running = False
        self._threads.pop(task).join()
        try:
            if news == "bug":
                sys.excepthook(type(value), value, value.__traceback__)
            elif news == "cancelled":
                task.cancelled.emit()
            else:
                getattr(task, news).emit(value)
        finally:
            task.ended.emit()
