"""Every file that cannot be read ends in its named error, and the reader goes on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop.documents import DocumentReader
from lift_desktop.domain.errors import DocumentError, EncryptedDocument, NoText, TooLarge, WrongPassword
from lift_desktop.domain.steps import last

from .conftest import Read
from .damaged_inputs import DAMAGED, PASSWORD, Maker, pdf_of, written


@contextlib.contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Gives up the right of an administrator to read everything."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(("maker", "error"), DAMAGED.values(), ids=DAMAGED.keys())
def test_ends_in_its_named_error_and_the_next_file_reads(
    maker: Maker, error: type[DocumentError], tmp_path: Path, reader: DocumentReader
) -> None:
    path = maker(tmp_path)
    with pytest.raises(error) as raised:  # noqa: SIM117
        with as_ordinary_user() if maker.__name__ == "_no_permission" else contextlib.nullcontext():
            last(reader.read(path))
    assert raised.type is error
    assert raised.value.message.endswith(".")
    assert raised.value.hint
    good = written(tmp_path / "good.pdf", pdf_of("All is well."))
    assert last(reader.read(good)).text == "All is well."


def test_there_are_enough_of_them() -> None:
    assert len(DAMAGED) >= 20


def test_wrong_and_right_password(tmp_path: Path, reader: DocumentReader) -> None:
    path = DAMAGED["encrypted"][0](tmp_path)
    with pytest.raises(EncryptedDocument, match="protected by a password"):
        last(reader.read(path))
    with pytest.raises(WrongPassword):
        last(reader.read(path, "The Right One"))
    assert last(reader.read(path, PASSWORD)).text == "Top secret."


def test_a_scan_says_how_many_pages(tmp_path: Path, read: Read) -> None:
    with pytest.raises(NoText, match="no text on 3 of 3 pages"):
        read(DAMAGED["scan"][0](tmp_path))


def test_too_many_pages_for_the_reader(tmp_path: Path) -> None:
    path = written(tmp_path / "three.pdf", pdf_of("one", "two", "three"))
    with DocumentReader(max_pages=2) as reader, pytest.raises(TooLarge, match="3 pages; the limit is 2"):
        last(reader.read(path))


def test_a_page_that_needs_too_much_memory_ends_alone(tmp_path: Path) -> None:
    """With little memory the page fails in the engine; the reader restarts it and reads another file."""
    bomb = DAMAGED["a page of millions of words"][0](tmp_path)
    with DocumentReader(memory_limit_bytes=400 << 20) as reader:
        with pytest.raises(TooLarge, match="too much memory"):
            last(reader.read(bomb))
        assert last(reader.read(written(tmp_path / "good.pdf", pdf_of("Well.")))).text == "Well."
