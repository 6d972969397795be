"""One file is kept open; what the system says about a file becomes a named error."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift_desktop.documents.kept_file import KeptFile
from lift_desktop.domain.errors import DocumentError, MissingFile, NotReadable, TooLarge


class Opened:
    def __init__(self, path: Path, password: str) -> None:
        self.path, self.password, self.is_open = path, password, True

    def close(self) -> None:
        self.is_open = False


def test_the_last_file_stays_open_until_another_is_asked_for() -> None:
    kept = KeptFile(Opened)
    first = kept.get(Path("a"), "")
    assert kept.get(Path("a"), "") is first and first.is_open
    again = kept.get(Path("a"), "word")
    assert again.password == "word" and not first.is_open
    other = kept.get(Path("b"), "word")
    assert other.path == Path("b") and not again.is_open
    kept.close()
    assert not other.is_open
    assert kept.get(Path("b"), "word") is not other


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (FileNotFoundError(2, "No such file or directory"), MissingFile),
        (PermissionError(13, "Permission denied"), NotReadable),
        (MemoryError(), TooLarge),
    ],
)
def test_troubles_are_named_and_leave_nothing_open(raised: BaseException, expected: type[DocumentError]) -> None:
    trouble: list[BaseException] = []

    def open_file(path: Path, password: str) -> Opened:
        if trouble:
            raise trouble.pop()
        return Opened(path, password)

    kept = KeptFile(open_file)
    first = kept.get(Path("a.pdf"), "")
    trouble.append(raised)
    with pytest.raises(expected, match=r"b\.pdf"):
        kept.get(Path("b.pdf"), "")
    assert not first.is_open
    assert kept.get(Path("b.pdf"), "").path == Path("b.pdf")
