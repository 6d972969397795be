"""What the child processes of the network's tests do; spawned processes import this module."""

from __future__ import annotations

import socket
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from lift_desktop.child import Handler, serve

OUTSIDE = ("192.0.2.1", 9)
"""An address that belongs to nobody (RFC 5737): where the gate failed, nobody would answer."""


@dataclass(frozen=True)
class Connect:
    """Connects to the address and says what became of it: "connected", or the name of the error."""

    host: str
    port: int


def connect(host: str, port: int) -> str:
    with socket.socket() as made:
        made.settimeout(1)
        try:
            made.connect((host, port))
        except OSError as error:
            return type(error).__name__
    return "connected"


def _make() -> Handler:
    def handle(body: Connect) -> Generator[Any, None, str]:
        yield from ()
        return connect(body.host, body.port)

    return handle


def main(connection: Connection) -> None:
    serve(connection, _make)
