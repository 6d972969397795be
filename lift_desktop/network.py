"""The promise that nothing leaves this computer, kept and shown: a gate in every process of the program.

Python reports each use of a socket to the gate before it happens (audit events). What does not stay on this
computer is refused unless the user allowed it, and written down in either case. Child processes are never
allowed anything, but for the one that downloads models. Must not know why somebody wants to connect. What a
library does with sockets of its own, outside Python, is not seen; the one that the program has, a downloader of
the Hugging Face hub (xet), is switched off.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache, wraps
from pathlib import Path
from typing import Any

from .domain.errors import NetworkOff

LOG_NAME = "network.jsonl"
LOG_VARIABLE = "LIFT_DESKTOP_NETWORK_LOG"
STAY_OFFLINE = ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_XET")
"""Variables of libraries that could use the network by themselves; set to 1 in children."""
MAX_LOG_BYTES = 200_000
"""A log of this size becomes the old one, which is kept until the next has grown as large."""

_IP_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_LOCAL_FAMILIES = tuple(getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG") if hasattr(socket, name))
_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_ASKING_FOR_ADDRESS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_ASKING_FOR_NAME = frozenset({"socket.gethostbyaddr", "socket.getnameinfo"})
_EVENTS = _SENDING | _ASKING_FOR_ADDRESS | _ASKING_FOR_NAME

_PURPOSE: ContextVar[str] = ContextVar("purpose of using the network", default="")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wanted to reach `host`. `time` is ISO 8601, UTC; `port` is 0 where there is none.

    `purpose` is what the user allowed it for, "" when nobody asked.
    """

    time: str
    process: str
    host: str
    port: int
    purpose: str
    allowed: bool


class AttemptLog:
    """The attempts of all processes, in `file` (JSON lines) and the older one beside it; bounded in size."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._old = file.with_suffix(".old.jsonl")
        self._lock = threading.Lock()

    def add(self, attempt: Attempt) -> None:
        """Appends it. A disk that takes nothing more changes nothing about what is allowed."""
        line = json.dumps(asdict(attempt), ensure_ascii=False) + "\n"
        with self._lock, contextlib.suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.file.open("ab") as stream:
                stream.write(line.encode("utf-8", "replace"))
                size_bytes = stream.tell()
            if size_bytes > MAX_LOG_BYTES:
                self.file.replace(self._old)

    def attempts(self) -> list[Attempt]:
        """All that are kept, oldest first; lines that are no attempts (half written ones) are left out."""
        found = []
        for file in (self._old, self.file):
            with contextlib.suppress(OSError):
                found += [_read(line) for line in file.read_text("utf-8", "replace").splitlines()]
        return [attempt for attempt in found if attempt is not None]

    def clear(self) -> None:
        """Forgets them all. Raises OSError."""
        with self._lock:
            for file in (self._old, self.file):
                file.unlink(missing_ok=True)


def _read(line: str) -> Attempt | None:
    try:
        values = json.loads(line)
        attempt = Attempt(**values)
    except (ValueError, TypeError, RecursionError):
        return None
    kinds = {"port": int, "allowed": bool}
    is_sound = all(type(getattr(attempt, each.name)) is kinds.get(each.name, str) for each in fields(attempt))
    return attempt if is_sound else None


class NetworkGate:
    """Lets this process use the network, or not. Is in force from `install` to `close`; closed at first.

    `process` names this process to the user; `log` is where attempts are written down (None: nowhere).
    """

    def __init__(self, process: str, log: AttemptLog | None) -> None:
        self.log = log
        self._process = process
        self._is_on = False
        self._changed: list[Callable[[], None]] = []

    def install(self) -> None:
        """From now on this process passes this gate, and its children keep theirs in the same log."""
        _install(self)
        if self.log is not None:
            os.environ[LOG_VARIABLE] = str(self.log.file)

    def close(self) -> None:
        """The gate is no longer there; not installed is fine."""
        with contextlib.suppress(ValueError):
            _gates.remove(self)
        os.environ.pop(LOG_VARIABLE, None)

    @property
    def is_on(self) -> bool:
        """Whether the user switched the network on for all that this process does."""
        return self._is_on

    @property
    def is_allowed(self) -> bool:
        """Whether an attempt of this thread would pass now."""
        return self._is_on or bool(_PURPOSE.get())

    def switch(self, on: bool) -> None:
        self._is_on = on

    @contextlib.contextmanager
    def allowed(self, purpose: str) -> Iterator[None]:
        """What this thread does in the block may use the network, for `purpose`, whatever the switch says."""
        token = _PURPOSE.set(purpose)
        try:
            yield
        finally:
            _PURPOSE.reset(token)

    def pass_through(self, host: str, port: int = 0, purpose: str = "") -> None:
        """Writes the attempt down. Raises NetworkOff unless it is allowed.

        Who starts a program that uses the network calls this first: that program has no gate.
        """
        is_allowed = self.is_allowed
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if self.log is not None:
            self.log.add(Attempt(now, self._process, host, port, _PURPOSE.get() or purpose, is_allowed))
        if not is_allowed:
            raise NetworkOff("The network is switched off.")

    def attempts(self) -> list[Attempt]:
        """What all processes tried, oldest first."""
        return [] if self.log is None else self.log.attempts()


def guard_child() -> None:
    """The gate of a child process, closed; only the process that downloads models opens it. The parent's log comes
    with the environment.
    """
    os.environ.update(dict.fromkeys(STAY_OFFLINE, "1"))
    file = os.environ.get(LOG_VARIABLE)
    name = multiprocessing.current_process().name
    _install(NetworkGate(name, AttemptLog(Path(file)) if file else None))


def allowed_in_this_child(purpose: str) -> contextlib.AbstractContextManager[None]:
    """For the process that downloads models alone: what this thread does in the block may use the network.

    Its parent has passed its own gate before it started the process, for the same purpose.
    """
    return _gates[-1].allowed(purpose)


# The hook
# ----------------------------------------------------------------------------------------------------------
_gates: list[NetworkGate] = []
"""The gates that are in force; the last one decides."""


def _install(gate: NetworkGate) -> None:
    _gates.append(gate)
    _add_hook()


@cache
def _add_hook() -> None:
    """Once in a process: a hook cannot be taken away. Without a gate it lets everything pass."""
    sys.addaudithook(_hook)
    for name in ("connect", "connect_ex", "sendto", "sendmsg"):
        if hasattr(socket.socket, name):
            setattr(socket.socket, name, _with_a_look_at_the_name(getattr(socket.socket, name)))


def _with_a_look_at_the_name(method: Callable[..., Any]) -> Callable[..., Any]:
    """The socket's method, but a name in its address (the last argument) passes the gate first: Python asks the
    network for the name's number before it reports the event.
    """

    @wraps(method)
    def look(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1] if arguments else None
        if self.family in _IP_FAMILIES and isinstance(address, tuple):
            _hook("socket.getaddrinfo", address)
        return method(self, *arguments)

    return look


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _EVENTS and _gates:
        target = _target(event, arguments)
        if target is not None:
            _gates[-1].pass_through(*target)


def _target(event: str, arguments: tuple[Any, ...]) -> tuple[str, int] | None:
    """The host and port that the event wants to reach; None when it stays on this computer."""
    port: Any = 0
    if event in _SENDING:
        family, address = arguments[0].family, arguments[1]
        if family in _LOCAL_FAMILIES or address is None:  # None: the socket was connected before
            return None
        if family not in _IP_FAMILIES:
            return str(address), 0
        host, port = address[:2]
    elif event in _ASKING_FOR_ADDRESS:
        host, port = _text(arguments[0]), arguments[1] if len(arguments) > 1 else 0
        if _is_number(host):  # nobody is asked
            return None
    else:
        host = arguments[0] if isinstance(arguments[0], str) else arguments[0][0]
    host = _text(host)
    return None if _is_local(host) else (str(host), port if isinstance(port, int) else 0)


def _text(host: Any) -> Any:
    """A name in bytes as text; four or sixteen bytes would be read as a number."""
    return host.decode("utf-8", "replace") if isinstance(host, bytes | bytearray) else host


def _is_number(host: Any) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_local(host: Any) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified
