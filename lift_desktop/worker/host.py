"""The child side of the engine process. Torch is imported when the first call arrives, never before."""

from __future__ import annotations

import os
from collections.abc import Generator
from multiprocessing.connection import Connection
from typing import Any

from ..child import Handler, serve


def main(connection: Connection) -> None:
    """The engine process: serves calls until the parent closes the pipe."""
    os.environ.setdefault("TQDM_DISABLE", "1")  # libraries' own progress bars; ours goes through messages
    serve(connection, _make_handler)


def _make_handler() -> Handler:
    from ..engine.local import LocalEngine

    engine = LocalEngine()

    def handle(body: Any) -> Generator[Any, None, Any]:
        return engine.handle(body)

    return handle
