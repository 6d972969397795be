from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lift_desktop.domain.errors import Busy, DiskFull, LibraryDamaged, LibraryError, LibraryTooNew
from lift_desktop.library import Library
from lift_desktop.library import database as database_module
from lift_desktop.library.database import Database
from lift_desktop.library.schema import MIGRATIONS

from .making import Made, add, make_document

SECOND_STEP = """
    ALTER TABLE documents ADD COLUMN colour TEXT NOT NULL DEFAULT 'white';
    CREATE TABLE shelves (name TEXT);
"""


def columns(database: Database, table: str) -> set[str]:
    return {row["name"] for row in database.rows(f"PRAGMA table_info({table})")}


def test_a_new_library_has_the_newest_version_and_is_set_up(library: Library) -> None:
    database = library._database
    assert database.version() == len(MIGRATIONS)
    values = {name: database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "foreign_keys", "secure_delete")}
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


def test_a_newer_library_is_refused_untouched(tmp_path: Path) -> None:
    Library(tmp_path).close()
    path = tmp_path / "library.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LibraryTooNew, match="newer version"):
        Library(tmp_path)
    assert path.read_bytes() == before


def test_an_old_library_is_led_on_with_its_rows(tmp_path: Path) -> None:
    with Library(tmp_path / "data") as library:
        document_id = add(library, make_document(tmp_path))
    database = Database(tmp_path / "data" / "library.sqlite3", (*MIGRATIONS, SECOND_STEP))
    assert database.version() == len(MIGRATIONS) + 1
    [row] = database.rows("SELECT id, colour FROM documents")
    assert tuple(row) == (document_id, "white")
    database.close()
    with pytest.raises(LibraryTooNew):
        Library(tmp_path / "data")


def test_a_migration_that_fails_half_way_leaves_the_old_version(tmp_path: Path) -> None:
    with Library(tmp_path / "data") as library:
        add(library, make_document(tmp_path))
    broken = SECOND_STEP + "INSERT INTO no_such_table VALUES (1);"
    with pytest.raises(sqlite3.OperationalError, match="no_such_table"):
        Database(tmp_path / "data" / "library.sqlite3", (*MIGRATIONS, broken))
    with Library(tmp_path / "data") as library:
        assert library._database.version() == len(MIGRATIONS)
        assert "colour" not in columns(library._database, "documents")
        assert columns(library._database, "shelves") == set()
        assert len(library.documents()) == 1
        assert library.check() == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite3").write_bytes(b"This is a letter, not a library. " * 100)
    with pytest.raises(LibraryDamaged, match="damaged"):
        Library(tmp_path)


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    with Library(tmp_path / "data") as library:
        add(library, make_document(tmp_path, tuple(f"Sentence number {n} of many." for n in range(500))))
    path = tmp_path / "data" / "library.sqlite3"
    content = bytearray(path.read_bytes())
    content[8 * 4096 : 9 * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(LibraryDamaged):
        Library(tmp_path / "data")


@pytest.mark.parametrize(
    "damage",
    ["UPDATE texts SET text = CAST(x'66ff66' AS TEXT)", "UPDATE pages SET words = x'00112233' WHERE number = 1"],
)
def test_a_row_that_a_failing_disk_changed_is_damage(tmp_path: Path, damage: str) -> None:
    """SQLite's own checks find nothing there."""
    with Library(tmp_path) as library:
        document_id = add(library, make_document(tmp_path))
        library._database.change(damage)
        assert library.check() == []
        with pytest.raises(LibraryDamaged, match="damaged"):
            library.content(document_id)


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError):
        Library(tmp_path / "file" / "data")


def test_a_full_disk_stops_the_database_and_nothing_is_half_there(library: Library, tmp_path: Path) -> None:
    many = make_document(tmp_path, tuple(f"Sentence number {n} of many." for n in range(5000)))
    pages = library._database.rows("PRAGMA page_count")[0][0]
    library._database.rows(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(DiskFull, match="no space left"):
        add(library, many)
    assert library.documents() == []
    assert library.check() == []
    library._database.rows("PRAGMA max_page_count = 1000000")
    assert library.passages(add(library, many)) == many.passages


def test_a_library_that_another_program_holds_is_busy(
    library: Library, lease: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_SECONDS", 0.05)
    with Library(library.folder) as other, library._database.transaction():
        with pytest.raises(Busy):
            other.set_setting("zoom", 2)
        assert other.setting("zoom") is None  # reading goes on


def test_a_transaction_inside_a_transaction_ends_with_it(library: Library) -> None:
    with pytest.raises(KeyError), library._database.transaction():
        library.set_setting("zoom", 2)
        raise KeyError
    assert library.setting("zoom") is None
