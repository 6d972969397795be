"""Pages as pixels, links and contents, from a child process that may be killed."""

from __future__ import annotations

import base64
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pymupdf
import pytest

from lift_desktop.child import Child, serve
from lift_desktop.documents import DocumentViewer, Heading, PageImage, PixelBox, viewing_host
from lift_desktop.domain.errors import (
    ChildDied,
    DamagedDocument,
    EncryptedDocument,
    MissingFile,
    TooLarge,
    UnreadableInTime,
    WrongPassword,
)

from .damaged_inputs import DAMAGED, PASSWORD, pdf_of, raw_pdf, written
from .sample_files import SAMPLES, epub, fb2

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="ends the process with a POSIX signal")


@pytest.fixture(scope="module")
def viewer() -> Iterator[DocumentViewer]:
    with DocumentViewer() as made:
        yield made


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Three pages of 400 x 600 points with a black square at (100, 200) to (150, 250); the third is turned by 90°."""
    path = tmp_path / "book.pdf"
    target = pymupdf.Point(0, 300)
    with pymupdf.open() as document:
        for _ in range(3):
            page = document.new_page(width=400, height=600)
            page.draw_rect(pymupdf.Rect(100, 200, 150, 250), color=(0, 0, 0), fill=(0, 0, 0))
        for page in (document[0], document[2]):
            page.insert_link(
                {"kind": pymupdf.LINK_GOTO, "from": pymupdf.Rect(10, 20, 110, 40), "page": 1, "to": target}
            )
            page.insert_link(
                {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(10, 60, 110, 80), "uri": "https://example.org/"}
            )
            page.insert_link({"kind": pymupdf.LINK_LAUNCH, "from": pymupdf.Rect(10, 90, 110, 99), "file": "calc.exe"})
        document[2].set_rotation(90)
        document.set_toc([[1, "One", 1], [2, "Two,  below", 2], [1, "Three", 3], [1, "Nowhere", -1]])
        document.set_page_labels([{"startpage": 0, "style": "r", "firstpagenum": 1}])
        document.save(path)
    return path


def pixel(image: PageImage, x: int, y: int) -> tuple[int, ...]:
    start = y * image.stride + 3 * x
    return tuple(image.rgb[start : start + 3])


WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def test_facts(viewer: DocumentViewer, book: Path) -> None:
    facts = viewer.open(book)
    assert facts.page_count == 3
    assert facts.sizes == ((400, 600), (400, 600), (600, 400))
    assert facts.labels == ("i", "ii", "iii")
    assert not facts.reflowable


def test_contents(viewer: DocumentViewer, book: Path) -> None:
    expected = (Heading(1, "One", 1), Heading(2, "Two, below", 2), Heading(1, "Three", 3), Heading(1, "Nowhere", 0))
    assert viewer.contents(book) == expected


def test_no_contents(viewer: DocumentViewer, tmp_path: Path) -> None:
    assert viewer.contents(written(tmp_path / "plain.pdf", pdf_of("one"))) == ()


def test_a_page_at_a_scale(viewer: DocumentViewer, book: Path) -> None:
    image = viewer.render(book, "", 1, 2.0)
    assert (image.width, image.height) == (800, 1200)
    assert len(image.rgb) == image.stride * image.height
    assert pixel(image, 198, 398) == WHITE
    assert pixel(image, 202, 402) == BLACK
    assert pixel(image, 298, 498) == BLACK
    assert pixel(image, 303, 503) == WHITE


def test_a_turned_page_is_drawn_as_it_is_displayed(viewer: DocumentViewer, book: Path) -> None:
    image = viewer.render(book, "", 3, 1.0)
    assert (image.width, image.height) == (600, 400)
    assert pixel(image, 375, 125) == BLACK  # (x, y) of the upright page stands at (600 - y, x)
    assert pixel(image, 125, 225) == WHITE


@pytest.mark.parametrize("scale", [0.37, 1.0, 1.3333, 2.71])
def test_parts_of_a_page_fit_together(viewer: DocumentViewer, book: Path, scale: float) -> None:
    whole = viewer.render(book, "", 1, scale)
    side = 100
    for y in range(0, whole.height, side):
        for x in range(0, whole.width, side):
            part = viewer.render(book, "", 1, scale, PixelBox(x, y, side, side))
            assert (part.width, part.height) == (min(side, whole.width - x), min(side, whole.height - y))
            for row in range(part.height):
                start = (y + row) * whole.stride + 3 * x
                ours = part.rgb[row * part.stride : row * part.stride + 3 * part.width]
                assert ours == whole.rgb[start : start + 3 * part.width]


def test_what_is_too_large_at_once_can_be_drawn_in_parts(viewer: DocumentViewer, book: Path) -> None:
    with pytest.raises(TooLarge, match=r"^Page 2 could not be drawn: it is too large to be drawn at once\.$"):
        viewer.render(book, "", 2, 64.0)
    part = viewer.render(book, "", 2, 64.0, PixelBox(110 * 64, 210 * 64, 256, 256))
    assert pixel(part, 10, 10) == BLACK


def test_links(viewer: DocumentViewer, book: Path) -> None:
    inner, outer = viewer.links(book, "", 1)
    assert (inner.page, inner.top, inner.uri) == (2, 300, "")
    assert (outer.page, outer.uri) == (0, "https://example.org/")
    assert (outer.x0, outer.y0, outer.x1, outer.y1) == (10, 60, 110, 80)
    assert viewer.links(book, "", 2) == ()


def test_links_of_a_turned_page_stand_where_they_are_displayed(viewer: DocumentViewer, book: Path) -> None:
    inner = viewer.links(book, "", 3)[0]
    assert (inner.x0, inner.y0, inner.x1, inner.y1) == (560, 10, 580, 110)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_is_drawn(name: str, viewer: DocumentViewer, tmp_path: Path) -> None:
    path = SAMPLES[name](tmp_path)
    facts = viewer.open(path)
    image = viewer.render(path, "", 1, 1.0)
    assert abs(image.width - facts.sizes[0][0]) <= 1 and abs(image.height - facts.sizes[0][1]) <= 1
    assert len(set(image.rgb)) > 10  # grey edges of letters


def test_a_book_has_the_pages_that_were_read(viewer: DocumentViewer, tmp_path: Path) -> None:
    facts = viewer.open(epub(tmp_path))
    assert facts.reflowable
    assert facts.sizes == ((420, 595),)


def test_a_book_s_pictures_are_drawn_beside_one_that_cannot_be_opened(viewer: DocumentViewer, tmp_path: Path) -> None:
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 30, 30))
    pixels.set_rect(pixels.irect, (0, 128, 0))
    good = base64.b64encode(pixels.tobytes("png")).decode()
    picture = '<body><section><p><image l:href="#good"/></p></section></body>'
    path = fb2(tmp_path, f'{picture}<binary id="good">{good}</binary><binary id="bad">broken</binary>')
    pages = [viewer.render(path, "", number, 1.0) for number in range(1, viewer.open(path).page_count + 1)]
    assert any(bytes((0, 128, 0)) * 15 in page.rgb for page in pages)


def test_passwords(viewer: DocumentViewer, tmp_path: Path) -> None:
    path = DAMAGED["encrypted"][0](tmp_path)
    with pytest.raises(EncryptedDocument, match="protected by a password"):
        viewer.open(path)
    with pytest.raises(WrongPassword):
        viewer.open(path, "The Right One")
    assert viewer.open(path, PASSWORD).page_count == 1
    assert viewer.render(path, PASSWORD, 1, 1.0).width > 0


def test_a_damaged_page_ends_alone(viewer: DocumentViewer, tmp_path: Path) -> None:
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 2>>"
    good = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>"
    path = written(tmp_path / "half.pdf", raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", pages, good))
    facts = viewer.open(path)
    assert facts.sizes == ((300, 300), (0, 0))
    assert viewer.render(path, "", 1, 1.0).width == 300
    with pytest.raises(DamagedDocument, match="Page 2 could not be drawn: "):
        viewer.render(path, "", 2, 1.0)
    assert viewer.render(path, "", 1, 1.0).width == 300


def test_a_missing_file(viewer: DocumentViewer, tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        viewer.open(tmp_path / "none.pdf")
    with pytest.raises(MissingFile):
        viewer.render(tmp_path / "none.pdf", "", 1, 1.0)


def test_released_files_are_opened_again(book: Path) -> None:
    with DocumentViewer() as viewer:
        viewer.release()
        assert viewer.process_id is None
        viewer.open(book)
        viewer.release()
        assert str(book) not in _open_files(viewer.process_id)
        assert viewer.render(book, "", 1, 1.0).width == 400
        assert viewer.process_id is not None


def _open_files(process_id: int | None) -> list[str]:
    folder = Path(f"/proc/{process_id}/fd")
    return [str(link.readlink()) for link in folder.iterdir()] if folder.is_dir() else []


@needs_signals
def test_a_killed_child_is_started_again(book: Path) -> None:
    with DocumentViewer() as viewer:
        viewer.open(book)
        process_id = viewer.process_id
        assert process_id is not None
        os.kill(process_id, signal.SIGKILL)
        try:
            viewer.render(book, "", 1, 1.0)
        except ChildDied as error:  # the end came while it drew
            assert error.message == "The process that draws the pages has ended unexpectedly."
        assert viewer.render(book, "", 1, 1.0).width == 400
        assert viewer.process_id != process_id


class _Trap:
    """A real viewer that crashes at page 2 and stalls at page 3, as the engine does on bad files."""

    def __init__(self) -> None:
        self._viewer, self._pipe = viewing_host.Viewer(), Pipe(duplex=False)

    def handle(self, request: viewing_host.Request) -> object:
        if isinstance(request, viewing_host.DrawRequest) and request.page == 2:
            os.kill(os.getpid(), signal.SIGSEGV)
        if isinstance(request, viewing_host.DrawRequest) and request.page == 3:
            self._pipe[0].recv()
        return self._viewer.handle(request)


def _trapped_main(connection: Connection) -> None:
    serve(connection, lambda: _Trap().handle)  # type: ignore[arg-type,return-value]


@needs_signals
@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda viewer, path: viewer.render(path, "", 2, 1.0), ChildDied, "ended unexpectedly"),
        (lambda viewer, path: viewer.render(path, "", 3, 1.0), UnreadableInTime, "Page 3 could not be drawn in 4 sec"),
    ],
)
def test_pages_that_crash_or_stall(
    draw: Callable[[DocumentViewer, Path], PageImage], error: type[Exception], message: str, book: Path
) -> None:
    with DocumentViewer(seconds_per_request=4.0) as viewer:
        viewer._child = Child("page drawing", _trapped_main)
        with pytest.raises(error, match=message):
            draw(viewer, book)
        assert viewer.process_id is None
        assert viewer.render(book, "", 1, 1.0).width == 400


def test_parent_imports_no_pymupdf() -> None:
    import subprocess

    code = "import sys, lift_desktop.documents.viewing; sys.exit('pymupdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
