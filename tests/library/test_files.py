from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lift_desktop.domain.errors import DiskFull, LibraryError, NotReadable
from lift_desktop.library.files import (
    atomic_target,
    copy_document,
    disk_errors,
    file_sha256,
    inside,
    remove,
    require_space,
    write_atomic,
)

if sys.platform != "win32":
    import resource


def test_write_atomic(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", "größe")
    write_atomic(tmp_path / "a", b"\x00\xff")
    assert (tmp_path / "a").read_bytes() == b"\x00\xff"
    write_atomic(tmp_path / "a", "größe")
    assert (tmp_path / "a").read_text("utf-8") == "größe"
    assert file_sha256(tmp_path / "a") == "d353a2671b67afff0941ae456e5c76e9394bd6579774ae7542a6185fb9843384"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", "old")
    with pytest.raises(KeyError), atomic_target(tmp_path / "a") as temporary:
        temporary.write_text("half of the ne")
        raise KeyError
    assert (tmp_path / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    with pytest.raises(LibraryError, match="could not be read or written"):
        write_atomic(tmp_path / "missing folder" / "a", "new")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set otherwise there")
def test_a_disk_that_gets_full(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    write_atomic(tmp_path / "a", "old")
    (tmp_path / "source").write_bytes(bytes(300_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(DiskFull, match="no space left"):
            write_atomic(tmp_path / "a", bytes(200_000))
        with pytest.raises(DiskFull):
            copy_document(tmp_path / "source", tmp_path / "b", file_sha256(tmp_path / "source"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "a").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "source"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_no_space_left_on_device(tmp_path: Path) -> None:
    with pytest.raises(DiskFull), disk_errors(tmp_path), Path("/dev/full").open("wb") as writer:
        writer.write(b"x")


def test_other_errors_of_a_disk(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="Input/output error") as caught, disk_errors(tmp_path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert not isinstance(caught.value, DiskFull)


def test_space_is_looked_at_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_space(tmp_path, 0)
    with pytest.raises(DiskFull, match="MB are needed"):
        require_space(tmp_path, 1 << 60)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=20_000_000))
    require_space(tmp_path, 1_000_000)
    with pytest.raises(DiskFull, match=r"27 MB are needed in .*, but only 20 MB are free"):
        require_space(tmp_path, 10_000_000)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", "a\\b", "C:/x", ".."])
def test_paths_that_lead_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(LibraryError, match="does not lie in"):
        inside(tmp_path, path)


def test_paths_inside(tmp_path: Path) -> None:
    assert inside(tmp_path, "documents/ab/source.pdf") == tmp_path / "documents" / "ab" / "source.pdf"


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights there")
def test_remove_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    remove(tmp_path / "link")
    remove(tmp_path / "nothing there")
    assert (tmp_path / "kept" / "file").exists()
    assert not (tmp_path / "link").exists()
    remove(tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(NotReadable):
        copy_document(tmp_path, tmp_path / "copy", "")
