"""What the parts of the library share: the folder, the database, the locks, and the removal of what is not
needed.

Erasing and adding survive a crash by one rule: a path that holds nothing of value (yet, or any more) stands
in the table `leftovers`, and whoever opens the library next removes it. Nothing else is ever deleted unasked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ..domain.errors import Busy, LibraryError
from .database import Database
from .files import disk_errors, inside, remove

DATABASE_NAME = "library.sqlite3"
CHANGE_TIMEOUT_SECONDS = 60.0
LEARNING_TIMEOUT_SECONDS = 1.0
"""Long enough for another process's glance at the lock, short enough to tell the user at once."""


class Store:
    """Base of the library's parts. Opening creates the folder, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in ("documents", "memories"):
                (self.folder / name).mkdir(exist_ok=True)
        self._database = Database(self.folder / DATABASE_NAME)

    @contextlib.contextmanager
    def learning_lock(self, timeout_seconds: float = LEARNING_TIMEOUT_SECONDS) -> Iterator[None]:
        """Held by the one process that learns, from before `start_memory` until the memory has ended.

        Not re-entrant. Raises Busy when it is held already, here or in another process.
        """
        with self._lock_file("learning.lock", timeout_seconds, "Another run is learning a document."):
            yield

    @contextlib.contextmanager
    def _changing_files(self, timeout_seconds: float = CHANGE_TIMEOUT_SECONDS) -> Iterator[None]:
        """Held while files and rows change together. Not re-entrant. Raises Busy."""
        with self._lock_file("library.lock", timeout_seconds, "Another program is changing the library."):
            yield

    @contextlib.contextmanager
    def _lock_file(self, name: str, timeout_seconds: float, message: str) -> Iterator[None]:
        lock = FileLock(self.folder / name, timeout=timeout_seconds)
        with disk_errors(self.folder):
            try:
                lock.acquire()
            except Timeout:
                raise Busy(message) from None
        try:
            yield
        finally:
            lock.release()

    def _add_leftover(self, relative: str) -> None:
        self._database.change("INSERT OR IGNORE INTO leftovers VALUES (?)", relative)

    def _keep(self, relative: str) -> None:
        """The path is of value from now on (call it in the transaction that inserts the rows)."""
        self._database.change("DELETE FROM leftovers WHERE path = ?", relative)

    def _remove_leftovers(self) -> None:
        """Removes what stands in `leftovers`; the caller holds `_changing_files`.

        Raises Busy or LibraryError when something is in use; what is left is removed at the next opening.
        """
        leftovers = {str(row["path"]) for row in self._database.rows("SELECT path FROM leftovers")}
        for relative in sorted(leftovers - {DATABASE_NAME}):
            remove(inside(self.folder, relative))
            self._keep(relative)
        if DATABASE_NAME in leftovers:  # last, as the rows above were traces, too
            self._database.scrub()
            self._keep(DATABASE_NAME)

    @contextlib.contextmanager
    def _adding(self) -> Iterator[None]:
        """A block that calls `_add_leftover` for what it creates, then `_keep`; what is not kept goes."""
        with self._changing_files():
            try:
                yield
            finally:
                with contextlib.suppress(LibraryError):  # the next opening tries again
                    self._remove_leftovers()

    @contextlib.contextmanager
    def _erasing(self) -> Iterator[None]:
        """One transaction that deletes rows (and calls `_add_leftover`); after it no trace is left."""
        with self._changing_files():
            with self._database.transaction():
                self._add_leftover(DATABASE_NAME)
                yield
            try:
                self._remove_leftovers()
            except Busy as error:
                hint = "Close the other program; the rest is erased when LIFT Desktop starts next."
                raise Busy(f"It is forgotten, but traces are left: {error.message}", hint) from error
