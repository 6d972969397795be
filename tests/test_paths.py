"""The data folder that the user chose is used while it exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift_desktop import paths
from lift_desktop.cli import main
from lift_desktop.cli.arguments import parser_for
from lift_desktop.paths import choose_data_folder, chosen_data_folder, default_data_folder, system_data_folder
from lift_desktop.services import Services


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's own choice is neither seen nor changed."""
    monkeypatch.setattr(paths.platformdirs, "user_config_path", lambda *name, **options: tmp_path / "config")
    monkeypatch.setattr(paths.platformdirs, "user_data_path", lambda *name, **options: tmp_path / "system")


def test_without_a_choice_the_systems_folder_is_used(tmp_path: Path) -> None:
    assert chosen_data_folder() is None
    assert default_data_folder() == system_data_folder() == tmp_path / "system"


def test_a_choice_holds_while_the_folder_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "größer disk"
    folder.mkdir()
    choose_data_folder(folder)
    assert chosen_data_folder() == default_data_folder() == folder
    assert [path.name for path in (tmp_path / "config").iterdir()] == [paths.NOTE_NAME]
    folder.rmdir()  # the disk is not plugged in
    assert default_data_folder() == tmp_path / "system"
    assert chosen_data_folder() == folder


def test_choosing_the_systems_folder_takes_the_choice_back(tmp_path: Path) -> None:
    choose_data_folder(tmp_path)
    choose_data_folder(tmp_path / "system")
    assert chosen_data_folder() is None
    assert list((tmp_path / "config").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"relative/folder\n", b"\xff\xfe", b"/a\0b", b" \n\n"])
def test_a_note_that_names_no_folder_is_no_choice(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / paths.NOTE_NAME).write_bytes(content)
    assert chosen_data_folder() is None
    assert default_data_folder() == tmp_path / "system"


def test_a_choice_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose_data_folder(tmp_path)

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paths.os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        choose_data_folder(tmp_path / "other")
    assert chosen_data_folder() == tmp_path
    assert [path.name for path in (tmp_path / "config").iterdir()] == [paths.NOTE_NAME]


def test_the_command_line_uses_the_choice_unless_a_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chosen").mkdir()
    choose_data_folder(tmp_path / "chosen")
    used: list[Path] = []

    def make(folder: Path) -> Services:
        used.append(folder)
        return Services(folder)

    assert main(["list"], make) == 0
    assert main(["--data-dir", str(tmp_path / "named"), "list"], make) == 0
    assert used == [tmp_path / "chosen", tmp_path / "named"]


def test_a_tilde_that_the_shell_left_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    for folder in (home, here):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(here)
    assert main(["--data-dir=~/papers", "list"]) == 0
    assert {path.name for path in (home / "papers").iterdir()} >= {"library.sqlite3", "logs"}
    assert list(here.iterdir()) == []
    assert parser_for(["prepare"]).parse_args(["prepare", "--data", "a", "--out=~/skills"]).out == home / "skills"
    assert parser_for(["bench"]).parse_args(["bench", "qa", "~/a.jsonl", "--keep=~/kept"]).keep == home / "kept"
