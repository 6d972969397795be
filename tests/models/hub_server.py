"""A small model hub on this computer: what `huggingface_hub` asks of the real one, and how that can go wrong.

Knows one repository. Serves its files with ranges from another host than they are asked of (a redirect, as the real
one does), lists them with sizes and checksums, and keeps what was asked.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from .making import safetensors

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHUNK_BYTES = 20_000
CONFIG = json.dumps({"model_type": "llama"}).encode()
WEIGHTS = safetensors(random.Random(3).randbytes(400_000))


def repository() -> dict[str, bytes]:
    """What belongs to a model, and what must never come."""
    return {
        "config.json": CONFIG,
        "tokenizer.json": b'{"version": "1.0"}',
        "special_tokens_map.json": b"{}",
        "added_tokens.json": b"{}",  # the same bytes under another name
        "model.safetensors": WEIGHTS,
        "pytorch_model.bin": b"a pickle",
        "modeling_own.py": b"print('code')",
        "consolidated.safetensors": b"the weights once more",
        "onnx/model.safetensors": b"of another kind",
        "README.md": b"# Model",
    }


@dataclass
class Hub:
    """What the hub holds and how it behaves; tests change it at any time."""

    files: dict[str, bytes]
    repository: str = "someone/tiny"
    gated: bool = False
    token: str = "hf_right"
    has_accepted: bool = True  # whether the token's owner was let in
    lying: set[str] = field(default_factory=set)  # files of which it serves other bytes than it announced
    short: set[str] = field(default_factory=set)  # files of which it serves fewer
    drop_after: list[int] = field(default_factory=list)  # the next answers break off after so many bytes
    knows_ranges: bool = True
    hold_at: int | None = None  # an answer waits there until `go_on` is set
    go_on: threading.Event = field(default_factory=threading.Event)
    endpoint: str = ""
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # path, range, authorization

    @property
    def ranges(self) -> list[str | None]:
        """Of each answer with a file's bytes the range that was asked for."""
        return [wanted for path, wanted, _ in self.asked if path.startswith("/bytes/")]

    def listing(self) -> dict[str, Any]:
        """The answer of the hub's `/api/models/...?blobs=true`."""
        siblings = []
        for name, content in self.files.items():
            entry: dict[str, Any] = {"rfilename": name, "size": len(content)}
            entry["blobId"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            if name.endswith(".safetensors"):
                sha256 = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 134}
            siblings.append(entry)
        return {"id": self.repository, "sha": COMMIT, "gated": "manual" if self.gated else False, "siblings": siblings}


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub answers at `hub.endpoint` in the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"hub": hub}))
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((path, self.headers.get("Range"), self.headers.get("Authorization")))
        repository = self.hub.repository
        if path == f"/api/models/{repository}/revision/main":
            self._answer(200, json.dumps(self.hub.listing()).encode(), {"Content-Type": "application/json"})
        elif path.startswith(f"/{repository}/resolve/{COMMIT}/"):
            self._resolve(path.rsplit("/", 1)[1])
        elif path.startswith("/bytes/"):
            self._send_bytes(path.removeprefix("/bytes/"))
        elif path.startswith(f"/api/models/{repository}/"):
            self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        else:
            self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})

    def _resolve(self, name: str) -> None:
        given = self.headers.get("Authorization")
        if self.hub.gated and given != f"Bearer {self.hub.token}":
            if given is None:
                self._answer(401, b"", {"X-Error-Code": "GatedRepo"})
            else:
                self._answer(401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"})
        elif self.hub.gated and not self.hub.has_accepted:
            self._answer(403, b"", {"X-Error-Code": "GatedRepo"})
        elif name not in self.hub.files:
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        else:
            port = urlsplit(self.hub.endpoint).port
            self._answer(302, b"", {"Location": f"http://localhost:{port}/bytes/{name}"})

    def _send_bytes(self, name: str) -> None:
        content = self.hub.files[name]
        if name in self.hub.lying:
            content = content[:-1] + bytes([content[-1] ^ 1])
        if name in self.hub.short:
            content = content[:-1]
        start = 0
        if self.hub.knows_ranges and (wanted := self.headers.get("Range")):
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self._answer(416, b"", {})
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self._write(content[start:])

    def _write(self, content: bytes) -> None:
        stop = self.hub.drop_after.pop(0) if self.hub.drop_after else None
        for place in range(0, len(content), CHUNK_BYTES):
            if stop is not None and place >= stop:
                self.close_connection = True
                return
            if self.hub.hold_at is not None and place >= self.hub.hold_at:
                self.hub.go_on.wait()
            try:
                self.wfile.write(content[place : place + CHUNK_BYTES])
            except OSError:  # nobody listens any more
                self.close_connection = True
                return

    def _answer(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing on the terminal."""
