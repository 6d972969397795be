"""Killable child processes: a call goes down, its steps and exactly one ending come up.

Used by `documents` and `worker`, which put their own meaning into the calls. Standard library and `domain` only.
Child side: `serve`. Parent side: `Child`. A child never outlives its parent: it ends when the pipe closes.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import queue
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection
from typing import Any

from .domain.errors import ChildDied, LiftError, RequestCancelled
from .domain.messages import Call, Cancelled, CancelCall, Done, Ending, Failed, Progress, Step

Handler = Callable[[Any], Generator[Any, None, Any]]
"""Takes a call's body, yields steps, returns the result; cancelling closes it between two steps."""

CANCEL_GRACE_SECONDS = 2.0
PROGRESS_INTERVAL_SECONDS = 0.1


# Child side ----------------------------------------------------------------------------------------------------------
class _Server:
    def __init__(self, connection: Connection, handler: Handler) -> None:
        self._connection = connection
        self._handler = handler
        self._waiting: deque[Call] = deque()
        self._cancelled: set[int] = set()
        self._last_progress = (float("-inf"), "")

    def run_forever(self) -> None:
        while True:
            self._run(self._waiting.popleft() if self._waiting else self._next_call())

    def _next_call(self) -> Call:
        while True:
            message = self._connection.recv()
            if isinstance(message, Call):
                return message  # a cancel of a call that has ended already means nothing

    def _run(self, call: Call) -> None:
        ending: Ending
        steps = self._handler(call.body)
        try:
            while True:
                self._look_at_inbox()
                if call.request_id in self._cancelled:
                    steps.close()
                    ending = Cancelled(call.request_id)
                    break
                try:
                    value = next(steps)
                except StopIteration as stop:
                    ending = Done(call.request_id, stop.value)
                    break
                self._send_step(call, value)
        except LiftError as error:
            ending = Failed(call.request_id, error)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            steps.close()
            raise
        except Exception:  # the loop lives on; the parent raises the bug, with this trace
            ending = Failed(call.request_id, None, traceback.format_exc())
        self._cancelled.discard(call.request_id)
        self._connection.send(ending)

    def _look_at_inbox(self) -> None:
        while self._connection.poll():
            message = self._connection.recv()
            if isinstance(message, CancelCall):
                self._cancel(message.request_id)
            elif message.urgent:
                self._run(message)
            else:
                self._waiting.append(message)

    def _cancel(self, request_id: int) -> None:
        for call in self._waiting:
            if call.request_id == request_id:
                self._waiting.remove(call)
                self._connection.send(Cancelled(request_id))
                return
        self._cancelled.add(request_id)

    def _send_step(self, call: Call, value: Any) -> None:
        """Sends `value`; of Progress only some ten a second, and each change of stage."""
        if isinstance(value, Progress):
            now, (last, stage) = time.monotonic(), self._last_progress
            if value.stage == stage and now - last < PROGRESS_INTERVAL_SECONDS:
                return
            self._last_progress = (now, value.stage)
        self._connection.send(Step(call.request_id, value))


def serve(connection: Connection, make_handler: Callable[[], Handler]) -> None:
    """The child's main loop, until the parent closes the pipe. Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _Server(connection, make_handler()).run_forever()


def limit_memory(limit_bytes: int) -> None:
    """Limits this process's address space where the system can (Linux); beyond it, Python raises MemoryError."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


# Parent side ---------------------------------------------------------------------------------------------------------
class Child:
    """Starts the process when the first call needs it, and again after it died.

    `main` is a module-level function that takes the child's end of the pipe (and `arguments`) and calls `serve`.
    Calls may come from several threads.
    """

    def __init__(self, name: str, main: Callable[..., None], arguments: tuple[Any, ...] = ()) -> None:
        self._name, self._main, self._arguments = name, main, arguments
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._inboxes: dict[int, queue.SimpleQueue[Step | Ending]] = {}
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._reader: threading.Thread | None = None

    @property
    def process_id(self) -> int | None:
        """The running process's id, None when there is none."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def call(
        self, body: Any, *, urgent: bool = False, timeout_seconds: float | None = None
    ) -> Generator[Any, None, Any]:
        """Sends `body`; yields the call's steps and returns its result.

        Closing the generator (or an exception in its user, Ctrl-C too) cancels the call: politely first, and when no
        ending comes within two seconds by killing the process. Raises the child's LiftError, RequestCancelled,
        ChildDied, TimeoutError (nothing heard for `timeout_seconds`; the process is killed), or RuntimeError with the
        child's trace for a bug.
        """
        request_id, inbox = next(self._ids), queue.SimpleQueue[Step | Ending]()
        self._start_and_send(request_id, inbox, Call(request_id, body, urgent))
        ended = False
        try:
            while True:
                try:
                    message = inbox.get(timeout=timeout_seconds)
                except queue.Empty:
                    ended = True
                    self.kill()
                    raise TimeoutError(f"{self._name}: no answer in {timeout_seconds:.0f} seconds") from None
                if isinstance(message, Step):
                    yield message.value
                    continue
                ended = True
                return self._result(message)
        finally:
            if not ended:
                self._cancel(request_id, inbox)
            self._inboxes.pop(request_id, None)

    def kill(self) -> None:
        """Ends the process at once; its running calls end with ChildDied. The next call starts a new one."""
        with self._lock:
            process, reader = self._process, self._reader
        if process is not None:
            process.kill()
        if reader is not None and reader is not threading.current_thread():
            reader.join()

    def close(self) -> None:
        """Ends the process; the object may still be used again."""
        self.kill()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _start_and_send(self, request_id: int, inbox: queue.SimpleQueue[Step | Ending], call: Call) -> None:
        with self._lock:
            if self._process is None or not self._process.is_alive():
                self._start()
            assert self._connection is not None
            self._inboxes[request_id] = inbox
            try:
                self._connection.send(call)
            except (BrokenPipeError, OSError):
                inbox.put(Failed(request_id, self._death()))

    def _start(self) -> None:
        if self._reader is not None:
            self._reader.join()
        context = multiprocessing.get_context("spawn")
        parent_end, child_end = context.Pipe()
        self._process = context.Process(
            target=self._main, args=(child_end, *self._arguments), name=self._name, daemon=True
        )
        self._process.start()
        child_end.close()
        self._connection = parent_end
        self._reader = threading.Thread(
            target=self._read, args=(parent_end, self._process), name=f"{self._name} reader", daemon=True
        )
        self._reader.start()

    def _read(self, connection: Connection, process: multiprocessing.process.BaseProcess) -> None:
        """The reader thread: hands each message to its call; when the process ends, ends all open calls."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                message = connection.recv()
                inbox = self._inboxes.get(message.request_id)
                if inbox is not None:
                    inbox.put(message)
        process.join()
        with self._lock:
            for request_id, inbox in list(self._inboxes.items()):
                inbox.put(Failed(request_id, self._death(process.exitcode)))
            connection.close()
            self._process = self._connection = None

    def _death(self, exit_code: int | None = None) -> ChildDied:
        why = "" if exit_code is None else f" (exit code {exit_code})"
        return ChildDied(f"The {self._name} process ended unexpectedly{why}.")

    def _result(self, ending: Ending) -> Any:
        if isinstance(ending, Done):
            return ending.value
        if isinstance(ending, Cancelled):
            raise RequestCancelled("Cancelled.")
        if ending.error is not None:
            raise ending.error
        raise RuntimeError(f"bug in the {self._name} process:\n{ending.trace}")

    def _cancel(self, request_id: int, inbox: queue.SimpleQueue[Step | Ending]) -> None:
        with self._lock:
            if self._connection is None:
                return
            try:
                self._connection.send(CancelCall(request_id))
            except (BrokenPipeError, OSError):
                return
        deadline = time.monotonic() + CANCEL_GRACE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = inbox.get(timeout=left)
            except queue.Empty:
                break
            if not isinstance(message, Step):
                return
        self.kill()


def last(steps: Iterator[Any] | Generator[Any, None, Any]) -> Any:
    """Runs a call to its end and returns its result, letting its steps go by."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


