"""The process that speaks with the Hugging Face hub: what it is asked, and its main function.

A process of its own can be killed at any moment, whatever it waits for, and takes its memory with it. Its library is
imported when the first request arrives, never in the parent.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from ..child import Handler, serve
from ..network import allowed_in_this_child

NAME = "model download"
PART_SUFFIX = ".part"
"""Of a file that has not come whole."""
SETTINGS = {
    "HF_HUB_OFFLINE": "0",
    "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_XET": "1",  # its sockets are not Python's, and would pass the gate unseen
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
}
"""What the hub's library reads when it is imported: online, over plain HTTPS, with no token but the one it is given."""


@dataclass(frozen=True, slots=True)
class ListFiles:
    """What lies in `repository` at `revision`? Answered by a `Listing`. `purpose` is written into the list of attempts
    to use the network; `token` is "" for none.
    """

    endpoint: str
    repository: str
    revision: str
    purpose: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository. `checksum` is its SHA-256 for large files (`is_large`), else git's SHA-1 of it."""

    name: str
    size_bytes: int
    checksum: str
    is_large: bool

    @property
    def stored_name(self) -> str:
        """Under which it lies, whole and checked, until the model is installed."""
        return f"{self.checksum}-{self.name}"


@dataclass(frozen=True, slots=True)
class Listing:
    """`commit` is what the revision stood for; `is_gated` tells whether files are given only with a token."""

    commit: str
    is_gated: bool
    files: tuple[HubFile, ...]


@dataclass(frozen=True, slots=True)
class FetchFile:
    """Put `file` of that commit into `folder`, under its stored name; go on where an earlier try ended.

    The steps are bytes that have come so far.
    """

    endpoint: str
    repository: str
    commit: str
    file: HubFile
    folder: str
    purpose: str
    token: str = field(default="", repr=False)


def main(connection: Connection) -> None:
    """The process: serves requests until the parent closes the pipe."""
    serve(connection, _make_handler)


def _make_handler() -> Handler:
    os.environ.update(SETTINGS)
    from . import hub_library

    def handle(body: ListFiles | FetchFile) -> Generator[int, None, Listing | None]:
        with allowed_in_this_child(body.purpose):
            if isinstance(body, ListFiles):
                return hub_library.list_files(body)
            yield from hub_library.fetch_file(body)
            return None

    return handle
