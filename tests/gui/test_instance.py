"""One window for each data folder: real locks and sockets, a second start in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from lift_desktop import app
from lift_desktop.gui import instance
from lift_desktop.gui.instance import SingleInstance, read_message

SECOND = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from lift_desktop.gui.instance import SingleInstance
application = QCoreApplication([])
made = SingleInstance(Path(sys.argv[1]))
print(made.is_first, made.hand_over([Path(name) for name in sys.argv[2:]]), flush=True)
"""
CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from lift_desktop.gui.instance import SingleInstance
application = QCoreApplication([])
made = SingleInstance(Path(sys.argv[1]))
print(made.is_first, flush=True)
os._exit(1)
"""

CLOSING = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from lift_desktop.gui.instance import SingleInstance
application = QCoreApplication([])
made = SingleInstance(Path(sys.argv[1]))
made.stop_listening()
print(made.is_first, flush=True)
time.sleep(2)
made.close()
"""


@pytest.fixture
def first(qtbot: QtBot, tmp_path: Path) -> Iterator[SingleInstance]:
    made = SingleInstance(tmp_path / "data")
    assert made.is_first
    yield made
    made.close()


def send(qtbot: QtBot, folder: Path, message: bytes) -> bytes:
    """What the first instance answers to these bytes, until it closes the connection."""
    socket = QLocalSocket()
    with qtbot.waitSignal(socket.disconnected, timeout=10_000):
        socket.connectToServer(instance._socket_name(folder))
        assert socket.waitForConnected(2000)
        socket.write(message)
    return bytes(socket.readAll().data())


def test_a_second_start_hands_its_files_over(qtbot: QtBot, first: SingleInstance, tmp_path: Path) -> None:
    names = [str(tmp_path / "one.pdf"), str(tmp_path / "zwei ä \n.pdf")]
    command = [sys.executable, "-c", SECOND, str(tmp_path / "data"), *names]
    with subprocess.Popen(command) as second, qtbot.waitSignal(first.files_received, timeout=20_000) as received:
        pass
    assert second.returncode == 0
    assert received.args == [[Path(name) for name in names]]


def test_it_says_that_it_was_not_the_first_and_was_heard(qtbot: QtBot, first: SingleInstance, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SECOND, str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
        with qtbot.waitSignal(first.files_received, timeout=20_000) as received:
            pass
        assert second.stdout is not None
        assert second.stdout.read() == "False True\n"
    assert received.args == [[]]


def test_another_data_folder_is_another_window(first: SingleInstance, tmp_path: Path) -> None:
    other = SingleInstance(tmp_path / "other")
    assert other.is_first
    other.close()


def test_what_a_crash_left_is_no_obstacle(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = subprocess.run([sys.executable, "-c", CRASH, str(folder)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n"
    after = SingleInstance(folder)
    assert after.is_first
    with qtbot.waitSignal(after.files_received):
        assert send(qtbot, folder, b"[]\n") == b"taken\n"
    after.close()


def test_after_the_first_ended_the_next_is_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    for _ in range(2):
        made = SingleInstance(tmp_path / "data")
        assert made.is_first
        made.close()


def test_a_start_while_the_first_is_closing_waits_for_its_end(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with subprocess.Popen([sys.executable, "-c", CLOSING, str(folder)], stdout=subprocess.PIPE, text=True) as closing:
        assert closing.stdout is not None and closing.stdout.readline() == "True\n"
        after = SingleInstance(folder)
        assert not after.is_first and not after.hand_over([]) and not after.take_over(0.1)
        assert after.take_over(30) and after.is_first
    assert closing.returncode == 0
    with qtbot.waitSignal(after.files_received):
        assert send(qtbot, folder, b"[]\n") == b"taken\n"
    after.close()


def test_no_second_window_opens_beside_one_that_does_not_answer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    monkeypatch.setattr(app, "CLOSING_SECONDS", 0.1)
    monkeypatch.setattr(app.QMessageBox, "critical", lambda parent, title, text: told.append(text))
    mute = SingleInstance(tmp_path / "data")
    mute.stop_listening()
    assert app.run(tmp_path / "data", [], lambda folder: pytest.fail("A second window was made.")) == 1
    assert told == [app.STILL_OPEN]
    mute.close()


def test_without_a_first_nothing_can_be_handed_over(qtbot: QtBot, tmp_path: Path) -> None:
    made = SingleInstance(tmp_path / "data")
    made.close()
    assert not made.hand_over([tmp_path / "one.pdf"])


@pytest.mark.parametrize(
    "message",
    [
        b"\n",
        b"not json\n",
        b'{"a": 1}\n',
        b'["relative/path"]\n',
        b"[1]\n",
        b'["/a\\u0000b"]\n',
        json.dumps(["/x"] * (instance.MAX_FILES + 1)).encode() + b"\n",
        b"[" * 50_000 + b"\n",
        b"x" * (instance.MAX_MESSAGE_BYTES + 1),
        b"\xff\xfe\n",
    ],
)
def test_whatever_else_comes_is_dropped(qtbot: QtBot, first: SingleInstance, tmp_path: Path, message: bytes) -> None:
    received: list[object] = []
    first.files_received.connect(received.append)
    assert send(qtbot, tmp_path / "data", message) == b""
    assert received == []
    assert send(qtbot, tmp_path / "data", b"[]\n") == b"taken\n"  # and it goes on
    assert received == [[]]


def test_who_says_nothing_is_cut_off(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, first: SingleInstance, tmp_path: Path
) -> None:
    monkeypatch.setattr(instance, "TIMEOUT_MILLISECONDS", 50)
    assert send(qtbot, tmp_path / "data", b"") == b""


def test_where_no_lock_can_be_made_every_window_is_a_first_one(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = SingleInstance(tmp_path / "file" / "data")
    assert made.is_first
    made.close()


def test_messages() -> None:
    absolute = str(Path.cwd() / "a.pdf")
    assert read_message(json.dumps([absolute]).encode() + b"\n") == [Path(absolute)]
    assert read_message(b"[]\n") == []
