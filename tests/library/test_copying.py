"""A data folder copied to another place: all of it or nothing, and the original untouched."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from lift_desktop.domain.errors import Busy, DiskFull, LibraryDamaged, LibraryError
from lift_desktop.library import Library, copying
from lift_desktop.library.copying import (
    OLD_FOLDER_NOTE,
    copy_library,
    copy_target,
    data_size_bytes,
    erase_old_folder,
    keep_old_folder,
    old_folder,
)

from .making import add, learn, make_document


@pytest.fixture
def full(library: Library, tmp_path: Path) -> Library:
    """A library with a document, a memory, a chat, a model and a log."""
    learn(library, add(library, make_document(tmp_path)))
    library.set_setting("colour", "blue")
    (library.folder / "models" / "tiny").mkdir(parents=True)
    (library.folder / "models" / "tiny" / "model.safetensors").write_bytes(bytes(3_000_000))
    (library.folder / "models" / ".tiny.lock").touch()
    (library.folder / "models" / ".tiny.partial-1").mkdir()
    (library.folder / "models" / ".tiny.partial-1" / "half").write_bytes(b"half")
    (library.folder / "logs").mkdir()
    (library.folder / "logs" / "lift-desktop.log").write_text("a line\n")
    return library


def files(folder: Path) -> dict[str, str]:
    """The content of all files but the database's, which differs between two copies, and locks."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("library.sqlite3") and path.suffix != ".lock"
    }


def test_the_copy_is_a_whole_library(full: Library, tmp_path: Path) -> None:
    before = files(full.folder)
    steps = list(copy_library(full, tmp_path / "new"))
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert {step.stage for step in steps} == {"copying", "checking"}
    assert steps[-1].fraction == 1.0
    with Library(tmp_path / "new") as copy:
        assert copy.check() == []
        assert copy.documents() == full.documents()
        assert copy.memories() == full.memories()
        assert copy.setting("colour") == "blue"
        assert copy.text(copy.documents()[0].id) == full.text(full.documents()[0].id)
    copied = files(tmp_path / "new")
    assert copied.pop(OLD_FOLDER_NOTE)
    assert copied == {name: value for name, value in before.items() if ".partial-" not in name}
    assert files(full.folder) == before
    if os.name != "nt":
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("was_there", [True, False])
def test_stopped_half_way_leaves_nothing(full: Library, tmp_path: Path, was_there: bool) -> None:
    before, target = files(full.folder), tmp_path / "new"
    if was_there:
        target.mkdir()
    steps = copy_library(full, target)
    assert any(step.done > 1_000_000 for step in steps)
    assert any(target.rglob("*.safetensors"))
    steps.close()
    assert target.exists() == was_there
    assert not was_there or list(target.iterdir()) == []
    assert files(full.folder) == before
    assert full.check() == []


def test_what_a_killed_copy_left_is_replaced_unless_something_else_lies_there(full: Library, tmp_path: Path) -> None:
    steps = copy_library(full, tmp_path / "new")
    while next(steps).stage != "checking":
        pass
    target = Path(shutil.copytree(tmp_path / "new", tmp_path / "killed"))
    steps.close()
    (target / "models" / "gone.safetensors").write_bytes(b"not in the original")
    (target / "letter.txt").write_text("mine")
    assert copy_target(full.folder, target) == target / "LIFT Desktop"
    (target / "letter.txt").unlink()
    assert copy_target(full.folder, target) == target
    list(copy_library(full, target))
    assert old_folder(target) == full.folder and not (target / "models" / "gone.safetensors").exists()
    with Library(target) as copy:
        assert copy.check() == [] and copy.documents() == full.documents()
    assert copy_target(full.folder, target) == target / "LIFT Desktop"


def test_a_full_disk_leaves_nothing(full: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "require_space", lambda folder, size_bytes: _no_space(folder))
    with pytest.raises(DiskFull):
        list(copy_library(full, tmp_path / "new"))
    assert not (tmp_path / "new").exists()
    assert full.check() == []


def _no_space(folder: Path) -> None:
    raise DiskFull(f"There is no space left for {folder}.")


def test_a_disk_that_changes_what_it_was_given_is_noticed(full: Library, tmp_path: Path) -> None:
    def spoil() -> None:
        steps = copy_library(full, tmp_path / "new")
        for step in steps:
            if step.stage == "checking" and step.done == 0:
                (tmp_path / "new" / "models" / "tiny" / "model.safetensors").write_bytes(bytes(2_999_999) + b"x")

    with pytest.raises(LibraryDamaged, match="not the same"):
        spoil()
    assert not (tmp_path / "new").exists()


def test_a_database_that_lost_rows_is_noticed(full: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def empty(path: Path) -> None:
        with Library(path.parent):
            pass

    monkeypatch.setattr(full._database, "copy_to", empty)
    with pytest.raises(LibraryDamaged):
        list(copy_library(full, tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_nothing_is_copied_while_something_is_learned(full: Library, tmp_path: Path) -> None:
    with full.learning_lock(), pytest.raises(Busy):
        list(copy_library(full, tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(full: Library, tmp_path: Path) -> None:
    target = tmp_path / "new"
    target.mkdir()
    (target / "letter.txt").write_text("dear")
    with pytest.raises(LibraryError, match="not empty"):
        list(copy_library(full, target))
    assert (target / "letter.txt").read_text() == "dear"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_linked_model_stays_linked(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "config.json").write_text("{}")
    with Library(tmp_path / "old") as library:
        (library.folder / "models").mkdir()
        (library.folder / "models" / "linked").symlink_to(tmp_path / "elsewhere")
        list(copy_library(library, tmp_path / "new"))
    assert (tmp_path / "new" / "models" / "linked").resolve() == (tmp_path / "elsewhere").resolve()
    erase_old_folder(tmp_path / "new")
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "elsewhere" / "config.json").is_file()


# Where to ------------------------------------------------------------------------------------------------------------
def test_an_empty_or_missing_folder_is_taken_itself(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert copy_target(tmp_path / "data", tmp_path / "empty") == (tmp_path / "empty").resolve()
    assert copy_target(tmp_path / "data", tmp_path / "a" / "b") == (tmp_path / "a" / "b").resolve()


def test_in_a_folder_with_other_things_it_gets_one_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "disk" / "photos").mkdir(parents=True)
    target = copy_target(tmp_path / "data", tmp_path / "disk")
    assert target == (tmp_path / "disk" / "LIFT Desktop").resolve()
    target.mkdir()
    (target / "x").touch()
    with pytest.raises(LibraryError, match="not empty"):
        copy_target(tmp_path / "data", tmp_path / "disk")


def test_not_into_itself(tmp_path: Path) -> None:
    (tmp_path / "data" / "documents").mkdir(parents=True)
    for chosen in ("data", "data/documents", "data/new"):
        with pytest.raises(LibraryError):
            copy_target(tmp_path / "data", tmp_path / chosen)
    with pytest.raises(LibraryError):
        copy_target(tmp_path / "outer" / "data", tmp_path / "outer")  # missing yet: it would hold the old one


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError):
        copy_target(tmp_path / "data", tmp_path / "file")


def test_the_size_leaves_out_what_is_not_copied(full: Library) -> None:
    assert 3_000_000 < data_size_bytes(full.folder) < 3_500_000


# Afterwards -----------------------------------------------------------------------------------------------------------
def test_the_old_folder_can_be_kept(full: Library, tmp_path: Path) -> None:
    list(copy_library(full, tmp_path / "new"))
    assert old_folder(tmp_path / "new") == full.folder
    keep_old_folder(tmp_path / "new")
    assert old_folder(tmp_path / "new") is None
    assert erase_old_folder(tmp_path / "new") == 0
    assert full.check() == []


@pytest.mark.parametrize("other", ["", "letter.txt", "documents/letter.txt", "models/own/model.safetensors"])
def test_the_old_folder_can_be_erased_but_nothing_else_in_it(tmp_path: Path, other: str) -> None:
    with Library(tmp_path / "old") as library:
        learn(library, add(library, make_document(tmp_path)))
        list(copy_library(library, tmp_path / "new"))
    if other:
        (tmp_path / "old" / other).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "old" / other).write_text("dear")
    assert erase_old_folder(tmp_path / "new") > 1000
    left = [path.relative_to(tmp_path / "old").as_posix() for path in (tmp_path / "old").rglob("*") if path.is_file()]
    assert left == ([other] if other else [])
    assert (tmp_path / "old").exists() == bool(other)
    assert old_folder(tmp_path / "new") is None
    with Library(tmp_path / "new") as copy:
        assert copy.check() == []
        assert len(copy.documents()) == 1


def test_an_old_folder_in_use_is_not_erased(full: Library, tmp_path: Path) -> None:
    list(copy_library(full, tmp_path / "new"))
    with full.learning_lock(), pytest.raises(Busy):
        erase_old_folder(tmp_path / "new")
    assert old_folder(tmp_path / "new") == full.folder
    assert full.check() == []


@pytest.mark.parametrize("content", ["", "relative", "/\0", "{new}", "/nowhere/at/all"])
def test_a_note_that_names_no_other_library_means_nothing(full: Library, tmp_path: Path, content: str) -> None:
    list(copy_library(full, tmp_path / "new"))
    (tmp_path / "new" / OLD_FOLDER_NOTE).write_text(content.format(new=tmp_path / "new"))
    assert old_folder(tmp_path / "new") is None
    assert erase_old_folder(tmp_path / "new") == 0
