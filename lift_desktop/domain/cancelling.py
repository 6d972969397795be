"""Calling off work that runs in another thread: a flag that whatever waits there looks at.

A thread runs its work in `cancelled_by(event)`; code deep inside that waits calls `check_cancelled`
now and then.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar

from .errors import RequestCancelled

_EVENT: ContextVar[threading.Event | None] = ContextVar("cancel event", default=None)


@contextlib.contextmanager
def cancelled_by(event: threading.Event) -> Iterator[None]:
    """What this thread does in the block ends with RequestCancelled soon after `event` was set."""
    token = _EVENT.set(event)
    try:
        yield
    finally:
        _EVENT.reset(token)


def check_cancelled() -> None:
    """Raises RequestCancelled when the work of this thread was called off."""
    event = _EVENT.get()
    if event is not None and event.is_set():
        raise RequestCancelled("Cancelled.")
