"""Calling off work that runs in another thread: a flag that whatever waits there looks at.

A thread runs its work in `cancelled_by(event)`; code deep inside that waits calls `check_cancelled`
now and then.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar

from .errors import RequestCancelled, RequestPaused


class StopFlag(threading.Event):
    """A flag that also tells why: work that is *paused* is to be taken up again and may end the step it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.is_pause = False

    def pause(self) -> None:
        """Stops the work; when it was cancelled before, it stays cancelled."""
        if not self.is_set():
            self.is_pause = True
            self.set()

    def cancel(self) -> None:
        """Stops the work; makes a pause that has not come about yet a cancel."""
        self.is_pause = False
        self.set()


_EVENT: ContextVar[threading.Event | None] = ContextVar("cancel event", default=None)


@contextlib.contextmanager
def cancelled_by(event: threading.Event) -> Iterator[None]:
    """What this thread does in the block ends with RequestCancelled soon after `event` was set, or with its child
    RequestPaused when `event` is a StopFlag that pauses."""
    token = _EVENT.set(event)
    try:
        yield
    finally:
        _EVENT.reset(token)


def is_pausing() -> bool:
    """Whether the work of this thread is being paused."""
    event = _EVENT.get()
    return isinstance(event, StopFlag) and event.is_set() and event.is_pause


def check_cancelled() -> None:
    """Raises RequestCancelled when the work of this thread was called off, RequestPaused when it is paused."""
    event = _EVENT.get()
    if event is None or not event.is_set():
        return
    raise RequestPaused("Paused.") if is_pausing() else RequestCancelled("Cancelled.")
