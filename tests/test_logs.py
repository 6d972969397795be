"""The log tells where an error came from and never what a document says."""

from __future__ import annotations

import logging
from logging import FileHandler
from pathlib import Path

import pytest

from lift_desktop.child import Child
from lift_desktop.domain.steps import last
from lift_desktop.logs import FILE_NAME, describe_error, log_error, log_event, log_start, logging_to

from . import child_handlers as handlers

SECRET = "the keeper's blue ledger"


def fail() -> None:
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"wrong: {SECRET}") from error


def test_an_error_is_described_without_its_words() -> None:
    with pytest.raises(ValueError, match="wrong") as caught:
        fail()
    lines = describe_error(caught.value).splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["ValueError", "KeyError"]
    assert any("test_logs.py" in line and line.endswith(" fail") for line in lines)
    assert SECRET not in "\n".join(lines)


def test_an_error_in_a_child_is_described_too() -> None:
    with Child("test", handlers.main) as child, pytest.raises(RuntimeError) as caught:
        last(child.call(handlers.Fail(SECRET)))
    description = describe_error(caught.value)
    assert description.startswith("RuntimeError (KeyError in a child process)")
    assert "child_handlers.py" in description
    assert SECRET not in description


def test_the_log_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    with logging_to(tmp_path / "data") as file:
        log_start("learn")
        log_event("learned", memory="abc", seconds=3)
        log_error(OSError(SECRET))
    log_start("after the end")
    written = file.read_text("utf-8")
    assert file == tmp_path / "data" / "logs" / FILE_NAME
    assert "learn: version" in written and "learned memory=abc seconds=3" in written and "OSError" in written
    assert SECRET not in written and "after the end" not in written
    assert not any(isinstance(each, FileHandler) for each in logging.getLogger("lift_desktop").handlers)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_is_full_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / FILE_NAME).symlink_to("/dev/full")
    with logging_to(tmp_path):
        log_start("list")
        log_error(OSError(SECRET))
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should be")
    with logging_to(tmp_path / "data"):
        log_start("learn")
