"""Killable child processes: a call goes down, its steps and exactly one ending come up.

Used by `documents` and `worker`, which put their own meaning into the calls. Standard library, `domain` and
`network` only. Child side: `serve`. Parent side: `Child`. A child never outlives its parent: it ends when the pipe
closes.
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

from .domain.cancelling import check_cancelled, is_pausing
from .domain.errors import ChildDied, LiftError, RequestCancelled
from .domain.messages import Call, CancelCall, Cancelled, Done, Ending, EndProcess, Failed, Progress, Step
from .network import guard_child

Handler = Callable[[Any], Generator[Any, None, Any]]
"""Takes a call's body, yields steps, returns the result; cancelling closes it between two steps."""

CANCEL_GRACE_SECONDS = 1.5
PAUSE_GRACE_SECONDS = 30.0
"""A paused call may end the step it is in, and save it; a cancelled one loses that step when it is long."""
END_GRACE_SECONDS = 1.0
PROGRESS_INTERVAL_SECONDS = 0.1
INTERRUPT_INTERVAL_SECONDS = 0.2
LONGEST_TURN_SECONDS = 1.0
"""So much of a waiting counts, whose turn is over in a fifth of it."""


# Child side
# ----------------------------------------------------------------------------------------------------------
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
            message = self._receive()
            if isinstance(message, Call):
                return message  # a cancel of a call that has ended already means nothing

    def _receive(self) -> Call | CancelCall:
        message: Call | CancelCall | EndProcess = self._connection.recv()
        if isinstance(message, EndProcess):
            raise EOFError
        return message

    def _run(self, call: Call) -> None:
        steps: Generator[Any, None, Any] | None = None
        ending: Ending | None = None
        try:
            while ending is None:
                self._look_at_inbox()
                try:
                    if steps is None:
                        steps = self._handler(call.body)
                    if call.request_id in self._cancelled:
                        steps.close()
                        ending = Cancelled(call.request_id)
                        continue
                    value = next(steps)
                except StopIteration as stop:
                    ending = Done(call.request_id, stop.value)
                except LiftError as error:
                    ending = Failed(call.request_id, error)
                except Exception:  # the loop lives on; the parent raises the bug, with this trace
                    ending = Failed(call.request_id, None, traceback.format_exc())
                else:
                    self._send_step(call, value)
        except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent is gone
            if steps is not None:
                steps.close()
            raise
        self._cancelled.discard(call.request_id)
        self._connection.send(ending)

    def _look_at_inbox(self) -> None:
        while self._connection.poll():
            message = self._receive()
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
        """Sends `value`; of Progress only some ten a second, and each change and end of a stage."""
        if isinstance(value, Progress):
            now, (last, stage) = time.monotonic(), self._last_progress
            is_soon = value.stage == stage and now - last < PROGRESS_INTERVAL_SECONDS
            if is_soon and value.done != value.total:
                return
            self._last_progress = (now, value.stage)
        self._connection.send(Step(call.request_id, value))


def serve(connection: Connection, make_handler: Callable[[], Handler]) -> None:
    """The child's main loop, until the parent closes the pipe. No network; Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard_child()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _Server(connection, make_handler()).run_forever()


def limit_memory(limit_bytes: int) -> None:
    """Limits this process's address space where the system can (Linux); beyond it, Python raises
    MemoryError.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


# Parent side
# ---------------------------------------------------------------------------------------------------------
Inbox = queue.SimpleQueue[Step | Ending]


class _Running:
    """One process with its pipe, its reader thread and its open calls. It ends once; `Child` then makes
    another.
    """

    def __init__(self, name: str, main: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self._name = name
        self._lock = threading.Lock()  # guards the inboxes and `_death`
        self._sending = threading.Lock()
        self._inboxes: dict[int, Inbox] = {}
        self._urgent: set[int] = set()
        self._death: ChildDied | None = None
        context = multiprocessing.get_context("spawn")
        self._connection, child_end = context.Pipe()
        self.process = context.Process(target=main, args=(child_end, *arguments), name=name, daemon=True)
        with _interrupts_ignored():  # inherited: Ctrl-C in a terminal reaches children too
            self.process.start()
        child_end.close()
        self._reader = threading.Thread(target=self._read, name=f"{name} reader", daemon=True)
        self._reader.start()

    @property
    def has_ended(self) -> bool:
        with self._lock:
            return self._death is not None

    def open(self, request_id: int, inbox: Inbox, urgent: bool) -> None:
        """From now on `inbox` gets what comes for this call; ChildDied too, when the process has ended."""
        with self._lock:
            self._inboxes[request_id] = inbox
            if urgent:
                self._urgent.add(request_id)
            if self._death is not None:
                inbox.put(Failed(request_id, self._death))

    def has_open(self, *, urgent: bool) -> bool:
        """Whether an urgent call is open, or one that such calls interrupt."""
        with self._lock:
            return bool(self._urgent if urgent else self._inboxes.keys() - self._urgent)

    def forget(self, request_id: int) -> None:
        with self._lock:
            self._inboxes.pop(request_id, None)
            self._urgent.discard(request_id)

    def send(self, message: Call | CancelCall | EndProcess) -> None:
        """Sends it; when the process has ended, the reader thread tells the open calls."""
        with self._sending, contextlib.suppress(OSError):
            self._connection.send(message)

    def end(self) -> None:
        """Lets the process end by itself, so that it can tidy up; kills it when it takes too long."""
        self.send(EndProcess())
        self._reader.join(END_GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Ends the process and returns when all its calls know."""
        self.process.kill()
        if self._reader is not threading.current_thread():
            self._reader.join()

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                message = self._connection.recv()
                with self._lock:
                    inbox = self._inboxes.get(message.request_id)
                if inbox is not None:
                    inbox.put(message)
        self.process.join()
        code = self.process.exitcode
        why = "" if code is None else f" (exit code {code})"
        with self._lock:
            self._death = ChildDied(f"The {self._name} process ended unexpectedly{why}.")
            for request_id, inbox in self._inboxes.items():
                inbox.put(Failed(request_id, self._death))
        with self._sending:
            self._connection.close()


class Child:
    """Starts the process when the first call needs it, and again after it died.

    `main` is a module-level function that takes the child's end of the pipe (and `arguments`) and calls
    `serve`. Calls may come from several threads.
    """

    def __init__(self, name: str, main: Callable[..., None], arguments: tuple[Any, ...] = ()) -> None:
        self._name, self._main, self._arguments = name, main, arguments
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._running: _Running | None = None

    @property
    def process_id(self) -> int | None:
        """The running process's id, None when there is none."""
        running = self._running
        return running.process.pid if running is not None and not running.has_ended else None

    def call(
        self,
        body: Any,
        *,
        urgent: bool = False,
        timeout_seconds: float | None = None,
        grace_seconds: float = CANCEL_GRACE_SECONDS,
    ) -> Generator[Any, None, Any]:
        """Sends `body`; yields the call's steps and returns its result.

        Closing the generator (or an exception in its user, Ctrl-C too) cancels the call: politely first, and
        when no ending comes within `grace_seconds` (30 when it is paused) by killing the process; but an urgent
        call and one that it interrupts never die for each other. Raises the child's LiftError, RequestCancelled,
        ChildDied, TimeoutError (nothing heard for `timeout_seconds`; the process is killed), or RuntimeError
        with the child's trace for a bug.
        """
        request_id, inbox = next(self._ids), Inbox()
        running = self._started()
        running.open(request_id, inbox, urgent)
        ended = False
        try:
            running.send(Call(request_id, body, urgent))
            while True:
                message = _next_message(inbox, timeout_seconds)
                if message is None:
                    ended = True
                    running.kill()
                    raise TimeoutError(f"{self._name}: no answer in {timeout_seconds:.0f} seconds")
                if isinstance(message, Step):
                    yield message.value
                    continue
                ended = True
                return self._result(message)
        finally:
            if not ended:
                _cancel(running, request_id, inbox, grace_seconds, urgent)
            running.forget(request_id)

    def kill(self) -> None:
        """Ends the process at once; its running calls end with ChildDied. The next call starts a new one."""
        with self._lock:
            running = self._running
        if running is not None:
            running.kill()

    def close(self) -> None:
        """Ends the process, idle or not; the object may still be used again."""
        with self._lock:
            running = self._running
        if running is not None:
            running.end()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _started(self) -> _Running:
        with self._lock:
            if self._running is None or self._running.has_ended:
                self._running = _Running(self._name, self._main, self._arguments)
            return self._running

    def _result(self, ending: Ending) -> Any:
        if isinstance(ending, Done):
            return ending.value
        if isinstance(ending, Cancelled):
            raise RequestCancelled("Cancelled.")
        if ending.error is not None:
            raise ending.error
        raise RuntimeError(f"bug in the {self._name} process:\n{ending.trace}")


def _next_message(inbox: Inbox, timeout_seconds: float | None) -> Step | Ending | None:
    """The next message, None after `timeout_seconds` without one. Raises RequestCancelled.

    Waits in short turns: Windows lets no Ctrl-C through while a thread waits for a lock. A turn that takes long is
    none in which the child could work: the computer slept (Windows' clock does not), or both were stopped (Ctrl-Z).
    """
    left = float("inf") if timeout_seconds is None else timeout_seconds
    while True:
        began = time.monotonic()
        check_cancelled()
        with contextlib.suppress(queue.Empty):
            return inbox.get(timeout=min(INTERRUPT_INTERVAL_SECONDS, left))
        left -= min(time.monotonic() - began, LONGEST_TURN_SECONDS)
        if left <= 0:
            return None


def _cancel(running: _Running, request_id: int, inbox: Inbox, grace_seconds: float, urgent: bool) -> None:
    """Ends a call that nobody waits for any more: by asking, then by force. A pause may become a cancel meanwhile.

    Force ends every call of the process. So a call waits as long as an urgent one interrupts it, and an urgent one is
    left to end by itself, after the step of the other that keeps it.
    """
    running.send(CancelCall(request_id))
    asked_at = time.monotonic()
    while True:
        if not urgent and running.has_open(urgent=True):
            asked_at = time.monotonic()
        left = asked_at + (PAUSE_GRACE_SECONDS if is_pausing() else grace_seconds) - time.monotonic()
        if left <= 0:
            break
        with contextlib.suppress(queue.Empty):
            message = inbox.get(timeout=min(left, INTERRUPT_INTERVAL_SECONDS))
            if not isinstance(message, Step):
                return
    if not (urgent and running.has_open(urgent=False)):
        running.kill()


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignores Ctrl-C for the block, so that a process that is started in it does too. Only the main thread
    can.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
