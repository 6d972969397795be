"""Files that changed on the disk after they were learned."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.documents import DocumentReader
from lift_desktop.domain.errors import LibraryDamaged
from lift_desktop.domain.models import Document, MemoryState
from lift_desktop.jobs import add_document, changed_documents
from lift_desktop.library import Library, SeenSource, export_memory

from .. import texts
from ..library.making import learn


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as made:
        yield made


def result(steps: Generator[Any, None, Document]) -> Document:
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            document: Document = stop.value
            return document


def change(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("$4,250", "$9,999"), "utf-8")


def test_only_a_learned_document_whose_file_changed_is_found(
    library: Library, reader: DocumentReader, tmp_path: Path
) -> None:
    path = texts.write_file(tmp_path)
    document = result(add_document(library, reader, path))
    change(path)
    assert changed_documents(library) == frozenset()  # nothing was learned of it
    memory = learn(library, document.id)
    assert changed_documents(library) == {document.id}
    new = result(add_document(library, reader, path))
    assert new.id != document.id
    assert library.memory(memory.id).state is MemoryState.STALE
    assert changed_documents(library) == frozenset()  # the change was read


def test_bytes_are_looked_at_only_when_size_or_time_differ(
    library: Library, reader: DocumentReader, tmp_path: Path
) -> None:
    path = texts.write_file(tmp_path)
    document = result(add_document(library, reader, path))
    learn(library, document.id)
    status = path.stat()
    library.set_seen_source(document.id, SeenSource(status.st_size, status.st_mtime_ns, "f" * 64))
    assert changed_documents(library) == {document.id}  # believed without reading the file
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))
    assert changed_documents(library) == frozenset()  # read again: it is the same
    assert library.seen_sources()[document.id].sha256 == document.sha256


def test_a_file_that_is_gone_counts_as_unchanged(library: Library, reader: DocumentReader, tmp_path: Path) -> None:
    path = texts.write_file(tmp_path)
    learn(library, result(add_document(library, reader, path)).id)
    path.unlink()
    assert changed_documents(library) == frozenset()


def test_a_change_that_is_a_document_already_makes_the_old_memory_stale(
    library: Library, reader: DocumentReader, tmp_path: Path
) -> None:
    path = texts.write_file(tmp_path)
    old = result(add_document(library, reader, path))
    memory = learn(library, old.id)
    other = tmp_path / "other.txt"
    other.write_bytes(path.read_bytes())
    change(other)
    known = result(add_document(library, reader, other))
    change(path)
    assert changed_documents(library) == {old.id}
    assert result(add_document(library, reader, path)).id == known.id
    assert library.memory(memory.id).state is MemoryState.STALE
    assert changed_documents(library) == frozenset()


def test_a_memory_is_no_longer_stale_when_the_file_holds_again_what_was_learned(
    library: Library, reader: DocumentReader, tmp_path: Path
) -> None:
    path = texts.write_file(tmp_path)
    was = path.read_bytes()
    memory = learn(library, result(add_document(library, reader, path)).id)
    change(path)
    new = result(add_document(library, reader, path))
    later = learn(library, new.id)
    path.write_bytes(was)
    assert changed_documents(library) == {new.id}
    result(add_document(library, reader, path))
    assert library.memory(memory.id).state is MemoryState.READY and library.memory(memory.id).message == ""
    assert library.memory(later.id).state is MemoryState.STALE
    assert changed_documents(library) == frozenset()


def test_a_file_that_was_moved_is_where_its_document_comes_from(
    library: Library, reader: DocumentReader, tmp_path: Path
) -> None:
    path, copy, moved = texts.write_file(tmp_path), tmp_path / "copy.txt", tmp_path / "moved.txt"
    document = result(add_document(library, reader, path))
    memory = learn(library, document.id)
    copy.write_bytes(path.read_bytes())
    assert result(add_document(library, reader, copy)).source_path == str(path)
    path.rename(moved)
    assert result(add_document(library, reader, moved)).source_path == str(moved)
    change(moved)
    assert changed_documents(library) == {document.id}
    result(add_document(library, reader, moved))
    assert library.memory(memory.id).state is MemoryState.STALE
    result(add_document(library, reader, copy))
    assert library.memory(memory.id).state is MemoryState.READY and changed_documents(library) == frozenset()


def test_a_copy_that_was_lost_comes_back_with_the_file(
    library: Library, reader: DocumentReader, tmp_path: Path
) -> None:
    path = texts.write_file(tmp_path)
    document = result(add_document(library, reader, path))
    memory = learn(library, document.id)
    library.file(document.id).unlink()
    with pytest.raises(LibraryDamaged, match="is missing"):
        export_memory(library, memory.id, tmp_path / "x.liftmemory")
    assert result(add_document(library, reader, path)) == document
    assert library.file(document.id).read_bytes() == path.read_bytes()
    assert library.memory(memory.id).state is MemoryState.READY and library.check() == []
