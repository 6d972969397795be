"""The SQLite file: connection, transactions, migrations, integrity. Knows no table by name."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..domain.errors import Busy, DiskFull, LibraryDamaged, LibraryError, LibraryTooNew
from .schema import MIGRATIONS

BUSY_TIMEOUT_SECONDS = 20.0

Row = sqlite3.Row

_SURROGATE = re.compile("[\ud800-\udfff]")


def now() -> str:
    """The current time: ISO 8601, UTC, exact enough to put what follows each other in order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def storable(text: str) -> str:
    """`text` with lone surrogates (which UTF-8 cannot hold) replaced; its length stays."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


@contextlib.contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's complaints about the file `path` into library errors; all others are bugs and pass."""
    try:
        yield
    except UnicodeDecodeError as error:  # of a name in the schema
        raise LibraryDamaged(f"The library {path} is damaged: {error}.") from error
    except sqlite3.DatabaseError as error:
        if str(error).startswith("Could not decode to UTF-8"):  # Python's own complaint, which has no code
            raise LibraryDamaged(f"The library {path} is damaged: {error}.") from error
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                raise LibraryDamaged(f"The library {path} is damaged: {error}.") from error
            case sqlite3.SQLITE_FULL:
                raise DiskFull(f"There is no space left for {path}.") from error
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise Busy(f"Another program uses {path}.") from error
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PERM:
                hint = "Check that the folder exists, that you may write to it, and that its disk has space."
                raise LibraryError(f"The library {path} cannot be used: {error}.", hint) from error
        raise


class Database:
    """One connection for all threads of this process, one at a time; other processes may have their own.

    Raises LibraryDamaged, LibraryTooNew, DiskFull, Busy (another process wrote for 20 seconds) or
    LibraryError.
    """

    def __init__(self, path: Path, migrations: tuple[str, ...] = MIGRATIONS) -> None:
        self.path = path
        self._lock = threading.RLock()
        with sqlite_errors(path):
            self._connection = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
        self._connection.row_factory = sqlite3.Row
        try:
            with sqlite_errors(path):
                self._open(migrations)
        except BaseException:
            self._connection.close()
            raise

    def _open(self, migrations: tuple[str, ...]) -> None:
        if self.version() > len(migrations):  # looked at before anything is written
            raise LibraryTooNew(f"The library {self.path} was made by a newer version of LIFT Desktop.")
        # Erased rows are overwritten with zeros; no copy of the text goes to the system's temporary folder.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        problems = self._connection.execute("PRAGMA quick_check").fetchall()
        if [row[0] for row in problems] != ["ok"]:
            raise LibraryDamaged(f"The library {self.path} is damaged: {problems[0][0]}.")
        for version in range(self.version(), len(migrations)):
            self._migrate(version, migrations[version])

    def _migrate(self, version: int, script: str) -> None:
        """From `version` to the next, wholly or not at all; another process may have done it meanwhile."""
        with self.transaction() as connection:
            if self.version() != version:
                return
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")

    def version(self) -> int:
        """The number of migrations that the file has gone through; 0 for a new file."""
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. A transaction inside a transaction is a part of it."""
        with self._lock, sqlite_errors(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads in the block see the same state."""
        with self._lock, sqlite_errors(self.path):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def rows(self, query: str, *values: Any) -> list[Row]:
        with self._lock, sqlite_errors(self.path):
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> Row | None:
        found = self.rows(query, *values)
        return found[0] if found else None

    def change(self, statement: str, *values: Any) -> int:
        """Runs one statement (in the current transaction, or its own); returns how many rows it changed."""
        with self.transaction() as connection:
            return connection.execute(statement, values).rowcount

    def insert_many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with self.transaction() as connection:
            connection.executemany(statement, rows)

    def scrub(self) -> None:
        """Rewrites the file without any trace of deleted rows, and empties the log beside it.

        Raises Busy when another process reads the old state for too long; then call it again later.
        """
        with self._lock, sqlite_errors(self.path):
            self._connection.execute("VACUUM")
            (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Busy(f"Another program uses {self.path}.")

    def copy_to(self, path: Path) -> None:
        """Writes the whole database, as it is at one moment, into the new file `path`. Raises like the class."""
        with self._lock, sqlite_errors(path), contextlib.closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    def problems(self) -> list[str]:
        """What SQLite's own full checks find; empty when all is well."""
        found = [str(row[0]) for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]
        broken = self.rows("PRAGMA foreign_key_check")
        return found + [f"a row of {row['table']} refers to a missing row of {row['parent']}" for row in broken]


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
