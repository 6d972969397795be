"""One window for each data folder: a second start hands its files to the first and ends.

Owns the lock and the local socket between them. What comes in is checked: other programs may connect too.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout
from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LOCK_NAME = "window.lock"
MAX_MESSAGE_BYTES = 1 << 16
MAX_FILES = 200
MAX_CONNECTIONS = 10
TIMEOUT_MILLISECONDS = 3000
_TAKEN = b"taken\n"


class SingleInstance(QObject):
    """Tells whether this is the first window on `data_folder`, and brings what later starts hand over.

    `files_received` is emitted in the thread of this object, with absolute paths; with none when the program was
    just started again, so that the window comes to the front.
    """

    files_received = Signal(list)  # list[Path]

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data_folder, self._name = data_folder, _socket_name(data_folder)
        self._server: QLocalServer | None = None
        self._lock = FileLock(data_folder / LOCK_NAME)
        self._waiting: dict[QLocalSocket, bytes] = {}
        self.is_first = False
        self.take_over(0)

    def hand_over(self, files: list[Path]) -> bool:
        """Gives the files (none is fine) to the first window; whether it took them. Waits some seconds at most; not at
        all for one that is closing."""
        paths = [str(file.expanduser().absolute()) for file in files[:MAX_FILES]]
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(TIMEOUT_MILLISECONDS):
            return False
        socket.write(json.dumps(paths).encode() + b"\n")
        answer = b""
        while _TAKEN not in answer and socket.waitForReadyRead(TIMEOUT_MILLISECONDS):
            answer += bytes(socket.readAll().data())
        socket.close()
        return answer == _TAKEN

    def take_over(self, seconds: float) -> bool:
        """Waits until the first window has ended, and is the first from then on; whether it ended in time."""
        self.is_first = self._take_lock(seconds)
        if self.is_first:
            self._listen()
        return self.is_first

    def stop_listening(self) -> None:
        """Nothing can be handed over from now on; another start has to wait."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for socket in list(self._waiting):
            self._drop(socket)

    def close(self) -> None:
        """Lets another start be the first."""
        self.stop_listening()
        self._lock.release()
        self.is_first = False

    def _take_lock(self, seconds: float) -> bool:
        """A lock of the system ends with its process, however that ends. Where it cannot be had, every window
        is a first one.
        """
        with contextlib.suppress(OSError):
            self._data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._lock.acquire(timeout=seconds)
            except Timeout:
                return False
        return True

    def _listen(self) -> None:
        QLocalServer.removeServer(self._name)  # what a crash left; nobody else holds the lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(MAX_CONNECTIONS)
        self._server.newConnection.connect(self._accept)
        self._server.listen(self._name)

    def _accept(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            self._waiting[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)
            patience = QTimer(socket)
            patience.setSingleShot(True)
            patience.timeout.connect(partial(self._drop, socket))
            patience.start(TIMEOUT_MILLISECONDS)

    def _read(self) -> None:
        socket = self.sender()
        if not isinstance(socket, QLocalSocket) or socket not in self._waiting:
            return
        message = self._waiting[socket] + bytes(socket.readAll().data())
        self._waiting[socket] = message
        if len(message) > MAX_MESSAGE_BYTES:
            self._drop(socket)
        elif message.endswith(b"\n"):
            files = read_message(message)
            if files is not None:
                socket.write(_TAKEN)
                socket.flush()
            socket.disconnectFromServer()
            if files is not None:
                self.files_received.emit(files)

    def _forget(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._drop(socket)

    def _drop(self, socket: QLocalSocket) -> None:
        if self._waiting.pop(socket, None) is not None:
            socket.disconnected.disconnect(self._forget)
            for patience in socket.findChildren(QTimer):
                patience.stop()
            socket.abort()
            socket.deleteLater()


def start_again(files: Sequence[Path] = ()) -> bool:
    """Starts the program anew, with nothing but these files, and does not wait for it; call it when all is closed."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "lift_desktop"]
    if image := os.environ.get("APPIMAGE"):  # what runs inside it goes away with it
        program = [image]
    started: bool = QProcess.startDetached(program[0], [*program[1:], *map(str, files)])[0]
    return started


def read_message(message: bytes) -> list[Path] | None:
    """The paths in a message; None unless it is a list of absolute paths."""
    try:
        values = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) > MAX_FILES:
        return None
    if not all(isinstance(value, str) and "\0" not in value for value in values):
        return None
    paths = [Path(value) for value in values]
    return paths if all(path.is_absolute() for path in paths) else None


def _socket_name(data_folder: Path) -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this user
        user = ""
    digest = hashlib.sha256(f"{user}\n{data_folder.expanduser().resolve()}".encode()).hexdigest()
    return f"lift-desktop-{digest[:20]}"
