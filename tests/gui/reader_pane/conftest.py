"""A small book with contents, links and labels, read by the real reader, shown by the real pane."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from lift_desktop.documents import DocumentReader, split_into_passages
from lift_desktop.domain.models import Document, DocumentText, Page
from lift_desktop.domain.steps import last
from lift_desktop.gui.context import Context
from lift_desktop.gui.reader_pane.layout import PageLayout
from lift_desktop.gui.reader_pane.opened import Box
from lift_desktop.gui.reader_pane.pane import ReaderPane
from lift_desktop.gui.reader_pane.view import PageView
from lift_desktop.library import Library

PASSWORD = "open sesame"
LINES = (
    "The {0} keeper polishes the lens of the lighthouse twice in each week.",
    "A broken {0} lamp is replaced within six",
    "hours. The owner supplies the {0} oil, the lamps and the brushes.",
    "Storms in {0} are written into the blue ledger.",
)
NAMES = ("Amber", "Basil", "Cedar", "Dover", "Ember", "Fjord", "Grove", "Haven", "Islet", "Jetty", "Kelp", "Loch")
"""One for each page: what stands on all pages alike would be taken for a running header."""


def make_book(path: Path, pages: int = 12, password: str = "") -> Path:
    """Pages of LINES under a heading; two pages of front matter, contents, and links on page 1."""
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=400, height=600)
            page.insert_text((50, 60), f"Chapter {number}: {NAMES[number - 1]}", fontsize=16)
            for line, text in enumerate(LINES):
                page.insert_text((50, 110 + 20 * line), text.format(NAMES[number - 1]), fontsize=10)
        document.set_toc([[1, f"Chapter {n}", n] if n % 2 else [2, f"Part {n}", n] for n in range(1, pages + 1)])
        document.set_page_labels(
            [{"startpage": 0, "style": "r", "firstpagenum": 1}, {"startpage": 2, "style": "D", "firstpagenum": 1}]
        )
        inner, outer, script = (
            pymupdf.Rect(50, 300, 150, 320),
            pymupdf.Rect(50, 340, 150, 360),
            pymupdf.Rect(50, 380, 150, 400),
        )
        target = pymupdf.Point(0, 100)
        document[0].insert_link({"kind": pymupdf.LINK_GOTO, "from": inner, "page": min(8, pages - 1), "to": target})
        document[0].insert_link({"kind": pymupdf.LINK_URI, "from": outer, "uri": "https://example.org/terms"})
        document[0].insert_link({"kind": pymupdf.LINK_URI, "from": script, "uri": "javascript:alert(1)"})
        encryption = (
            {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password, "owner_pw": "x"} if password else {}
        )
        document.save(path, **encryption)
    return path


@dataclass(frozen=True)
class ReadFile:
    path: Path
    content: DocumentText

    def add_to(self, library: Library) -> Document:
        sha256 = hashlib.sha256(self.path.read_bytes()).hexdigest()
        return library.add_document(self.path, sha256, self.content, split_into_passages(self.content))


@pytest.fixture(scope="session")
def read_book(tmp_path_factory: pytest.TempPathFactory) -> ReadFile:
    path = make_book(tmp_path_factory.mktemp("book") / "lighthouse.pdf")
    with DocumentReader() as reader:
        return ReadFile(path, last(reader.read(path)))


@pytest.fixture(scope="session")
def read_locked_book(tmp_path_factory: pytest.TempPathFactory) -> ReadFile:
    path = make_book(tmp_path_factory.mktemp("locked") / "locked.pdf", 3, PASSWORD)
    with DocumentReader() as reader:
        return ReadFile(path, last(reader.read(path, PASSWORD)))


@pytest.fixture
def book(context: Context, read_book: ReadFile) -> Document:
    """In the library, not yet shown."""
    return read_book.add_to(context.library)


@pytest.fixture
def pane(qtbot: QtBot, context: Context) -> ReaderPane:
    """Shown, without a document."""
    made = ReaderPane(context)
    qtbot.addWidget(made)
    made.resize(640, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


class Reading:
    """The pane with the book open at its first page, and what the tests look at."""

    def __init__(self, qtbot: QtBot, pane: ReaderPane, context: Context, document: Document) -> None:
        self.qtbot, self.pane, self.context, self.document = qtbot, pane, context, document
        self.text = context.library.text(document.id)

    @property
    def view(self) -> PageView:
        return self.pane.findChild(PageView)

    @property
    def layout(self) -> PageLayout:
        return self.view.layout_of_pages

    def page(self, number: int) -> Page:
        return self.context.library.page(self.document.id, number)

    def wait(self) -> None:
        """Until everything that is shown is drawn sharply."""
        self.qtbot.waitUntil(self.view.is_sharp, timeout=20_000)

    def place_of(self, number: int, box: Box) -> QPoint:
        """The middle of a box on the page, in the viewport."""
        rectangle = self.layout.to_pixels(number, box).translated(-QPointF(self.view.shown_rectangle().topLeft()))
        return rectangle.center().toPoint()

    def place_of_word(self, number: int, word: str, nth: int = 0) -> QPoint:
        """Where the word stands in the viewport."""
        found = [box for box in self.page(number).words if self.text[box.start : box.end].strip(".,") == word]
        return self.place_of(number, Box(found[nth].x0, found[nth].y0, found[nth].x1, found[nth].y1))

    def background(self, place: QPoint, image: QImage | None = None) -> QColor:
        """The commonest colour around a place of the viewport: the paper, or a mark on it."""
        grabbed = image or self.view.viewport().grab().toImage()
        counted: dict[int, int] = {}
        for x in range(max(0, place.x() - 4), place.x() + 5):
            for y in range(max(0, place.y() - 4), place.y() + 5):
                value = grabbed.pixel(x, y)
                counted[value] = counted.get(value, 0) + 1
        return QColor(max(counted, key=lambda value: counted[value]))

    def action(self, name: str) -> None:
        self.pane.actions()[name].trigger()


@pytest.fixture
def reading(qtbot: QtBot, pane: ReaderPane, context: Context, book: Document) -> Reading:
    pane.show_document(book)
    made = Reading(qtbot, pane, context, book)
    made.wait()
    return made


Told = list[object]


@pytest.fixture
def heard(context: Context) -> Callable[[str], Told]:
    """Everything that a signal of the hub carries from now on."""

    def listen(name: str) -> Told:
        told: Told = []
        getattr(context.hub, name).connect(told.append)
        return told

    return listen
