"""The child process crashes, stalls and is killed; the reading goes on and says which page did it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pymupdf
import pytest

from lift_desktop.child import Child, serve
from lift_desktop.documents import DocumentReader, client, host
from lift_desktop.domain.errors import ChildDied, DamagedDocument, DocumentError, TooLarge, UnreadableInTime
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.steps import last

from .damaged_inputs import pdf_of, written


def _long_pdf(folder: Path, pages: int) -> Path:
    """Pages that say "This is sheet ab." (the first), "This is sheet ac.", and so on."""
    names = [f"{'abcdefgh'[number // 10]}{'abcdefghij'[number % 10]}" for number in range(1, pages + 1)]
    return written(folder / "long.pdf", pdf_of(*(f"This is sheet {name}." for name in names)))


class _Trap:
    """A real reader that comes to grief at some pages, as the engine does on bad files."""

    def __init__(self, crash: frozenset[int], stall: frozenset[int]) -> None:
        self._reader, self._crash, self._stall = host.Reader(), crash, stall

    def handle(self, request: host.OpenRequest | host.PagesRequest) -> Generator[object, None, object]:
        steps = self._reader.handle(request)
        while True:
            try:
                page = next(steps)
            except StopIteration as stop:
                return stop.value
            if page.number in self._crash:
                os.kill(os.getpid(), signal.SIGSEGV)
            if page.number in self._stall:
                Connection.recv(_never())
            yield page


def _never() -> Connection:
    from multiprocessing import Pipe

    receiving, sending = Pipe(duplex=False)
    _Trap.kept_open = sending  # type: ignore[attr-defined]
    return receiving


def _trapped_main(connection: Connection, crash: frozenset[int], stall: frozenset[int]) -> None:
    serve(connection, lambda: _Trap(crash, stall).handle)


def _trapped_reader(
    *, crash: frozenset[int] = frozenset(), stall: frozenset[int] = frozenset(), seconds: float = 30.0
) -> DocumentReader:
    reader = DocumentReader(seconds_per_request=seconds)
    reader._child = Child("document reader", _trapped_main, (crash, stall))
    return reader


needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="ends the process with a POSIX signal")


@needs_signals
def test_pages_that_crash_the_engine_become_warnings(tmp_path: Path) -> None:
    path = _long_pdf(tmp_path, 26)
    with _trapped_reader(crash=frozenset({1, 7, 8, 26})) as reader:
        document = last(reader.read(path))
    assert document.warnings == tuple(
        f"Page {number} could not be read: it crashes the PDF engine." for number in (1, 7, 8, 26)
    )
    assert len(document.pages) == 26
    assert [page.number for page in document.pages if page.start == page.end] == [1, 7, 8, 26]
    assert "sheet ag." in document.text and "sheet aj." in document.text and "sheet ah." not in document.text


@needs_signals
def test_a_document_that_crashes_on_every_page_is_damaged(tmp_path: Path) -> None:
    with (
        _trapped_reader(crash=frozenset({1, 2, 3})) as reader,
        pytest.raises(DamagedDocument, match="it crashes the PDF engine"),
    ):
        last(reader.read(_long_pdf(tmp_path, 3)))


def test_a_page_that_takes_forever_becomes_a_warning(tmp_path: Path) -> None:
    with _trapped_reader(stall=frozenset({2}), seconds=4.0) as reader:
        document = last(reader.read(_long_pdf(tmp_path, 3)))
    assert document.warnings == ("Page 2 could not be read: it takes more than 4 seconds.",)
    assert document.text == "This is sheet ab.\n\nThis is sheet ad."


def test_a_document_of_nothing_but_such_pages_is_unreadable_in_time(tmp_path: Path) -> None:
    with _trapped_reader(stall=frozenset({1}), seconds=4.0) as reader, pytest.raises(UnreadableInTime):
        last(reader.read(_long_pdf(tmp_path, 1)))


@needs_signals
def test_the_child_killed_while_reading_is_started_again(tmp_path: Path) -> None:
    path = _long_pdf(tmp_path, 70)
    with DocumentReader() as reader:
        reading = reader.read(path)
        next(reading)
        process_id = reader.process_id
        assert process_id is not None
        os.kill(process_id, signal.SIGKILL)
        document = last(reading)
        assert reader.process_id != process_id
    assert document.warnings == ()
    assert len(document.text.split("\n\n")) == 70


@needs_signals
def test_the_child_killed_between_two_files_is_started_again(tmp_path: Path) -> None:
    """The next call may come before anyone has noticed: the file is not to blame."""
    path = _long_pdf(tmp_path, 2)
    with DocumentReader() as reader:
        for _ in range(5):
            last(reader.read(path))
            process_id = reader.process_id
            assert process_id is not None
            os.kill(process_id, signal.SIGKILL)
        assert last(reader.read(path)).warnings == ()


def _crashing_main(connection: Connection) -> None:
    def handle(request: object) -> Generator[object, None, object]:
        if not isinstance(request, host.ReadyRequest):
            os.kill(os.getpid(), signal.SIGSEGV)
        yield from ()
        return None

    serve(connection, lambda: handle)


@needs_signals
def test_a_document_that_crashes_at_its_opening_is_damaged(tmp_path: Path) -> None:
    with DocumentReader() as reader:
        reader._child = Child("document reader", _crashing_main)
        with pytest.raises(DamagedDocument, match="opening it crashes the PDF engine"):
            last(reader.read(_long_pdf(tmp_path, 1)))


def _main_that_cannot_start(connection: Connection) -> None:
    sys.exit(1)  # as where PyMuPDF cannot be imported


def test_where_no_file_can_be_read_none_is_called_damaged(tmp_path: Path) -> None:
    with DocumentReader() as reader:
        reader._child = Child("document reader", _main_that_cannot_start)
        with pytest.raises(ChildDied, match="does not start") as raised:
            last(reader.read(_long_pdf(tmp_path, 1)))
    assert "not to blame" in raised.value.hint


def test_progress_counts_pages_up_to_the_end(tmp_path: Path) -> None:
    with DocumentReader() as reader:
        steps = list(reader.read(_long_pdf(tmp_path, 45)))
    assert all(isinstance(step, Progress) and step.stage == "reading" and step.total == 45 for step in steps)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].fraction == 1.0


def test_reading_can_be_given_up_and_begun_anew(tmp_path: Path) -> None:
    path = _long_pdf(tmp_path, 60)
    with DocumentReader() as reader:
        with closing(reader.read(path)) as reading:
            next(reading)
        assert len(last(reader.read(path)).pages) == 60


@pytest.mark.parametrize("name", ["report.pdf", "report.txt"])
def test_a_file_that_has_changed_is_read_as_it_is_now(name: str, tmp_path: Path) -> None:
    with DocumentReader() as reader:
        for text in ("It lasts five years.", "It lasts nine years and ends then."):
            written(tmp_path / "new", pdf_of(text) if name.endswith("pdf") else text.encode()).replace(tmp_path / name)
            assert last(reader.read(tmp_path / name)).text == text


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files cannot be listed")
def test_a_file_that_was_read_is_not_kept_open(tmp_path: Path) -> None:
    path = _long_pdf(tmp_path, 45)
    with DocumentReader() as reader:
        last(reader.read(path))
        links = Path(f"/proc/{reader.process_id}/fd").iterdir()
        assert str(path) not in [str(link.readlink()) for link in links]


@pytest.mark.parametrize("is_portfolio", [True, False])
def test_the_files_of_a_portfolio_are_spoken_of(is_portfolio: bool, tmp_path: Path) -> None:
    with pymupdf.open(stream=pdf_of("Open this in Acrobat.")) as document:
        document.embfile_add("lease.pdf", pdf_of("Rent."))
        if is_portfolio:
            document.xref_set_key(document.pdf_catalog(), "Collection", "<</View/T>>")
        document.save(tmp_path / "all.pdf")
    with DocumentReader() as reader:
        warnings = last(reader.read(tmp_path / "all.pdf")).warnings
    assert [("portfolio" in warning, "(1)" in warning) for warning in warnings] == [(True, True)] * is_portfolio


def test_too_many_lost_pages_end_the_reading(tmp_path: Path) -> None:
    facts = client.FileFacts(page_count=500, title="", author="", reflowable=False)
    reading = client._Reading(tmp_path / "x.pdf", "", facts)
    with DocumentReader() as reader:
        for _ in range(client.MAX_LOST_PAGES - 1):
            reader._lose(reading, TooLarge("it needs too much memory"))
        with pytest.raises(TooLarge, match="20 of its first 20 pages failed"):
            reader._lose(reading, TooLarge("it needs too much memory"))


def test_parent_imports_no_pymupdf() -> None:
    import subprocess

    code = "import sys, lift_desktop.documents; sys.exit('pymupdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_errors_cross_the_process_border_whole(tmp_path: Path) -> None:
    path = written(tmp_path / "x.pdf", b"%PDF-1.7\n")
    with DocumentReader() as reader, pytest.raises(DocumentError) as raised:
        last(reader.read(path))
    assert raised.value.hint == DamagedDocument.hint_default
    assert str(tmp_path) not in raised.value.message
