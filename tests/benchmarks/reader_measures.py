"""What `tests.benchmarks.reader` measures, apart from it: its child processes import the main module again."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pymupdf
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from lift_desktop.domain.models import Document
from lift_desktop.domain.steps import last
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui import theme
from lift_desktop.gui.bridge import Tasks
from lift_desktop.gui.context import Context
from lift_desktop.gui.hub import Hub
from lift_desktop.gui.preferences import Preferences
from lift_desktop.gui.reader_pane.pane import ReaderPane
from lift_desktop.gui.reader_pane.view import PageView
from lift_desktop.jobs import add_document
from lift_desktop.jobs.queue import JobQueue
from lift_desktop.services import Services

PROSE = """
the supplier shall deliver hosting services under this agreement within thirty days after receipt of a written order
and the customer shall pay every undisputed invoice unless notice of termination was given before
"""
TURNS = 60


def make_pdf(path: Path, pages: int) -> None:
    """Full pages of prose, A4."""
    dice, words = random.Random(1), PROSE.split()
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=595, height=842)
            page.insert_text((60, 50), f"{number}. Section", fontsize=14)
            for line in range(50):
                page.insert_text((60, 80 + 14 * line), " ".join(dice.choices(words, k=13)), fontsize=10.5)
        document.save(path)


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
        if time.monotonic() > deadline:
            raise TimeoutError("nothing was shown")


def is_shown(view: PageView) -> bool:
    return view.opened is not None and view.is_sharp()


def seconds_to_show(pane: ReaderPane, document: Document) -> float:
    """From the call to the first page's pixels on the screen."""
    view = pane.findChild(PageView)
    started = time.monotonic()
    pane.show_document(document)
    wait_until(lambda: is_shown(view))
    view.viewport().repaint()
    return time.monotonic() - started


def turn(view: PageView, pages: Sequence[int]) -> list[float]:
    """Milliseconds from each jump to the page's sharp pixels."""
    found = []
    for page in pages:
        started = time.monotonic()
        view.go_to(page)
        view.viewport().repaint()
        wait_until(lambda: is_shown(view))
        view.viewport().repaint()
        found.append((time.monotonic() - started) * 1000)
        for _ in range(5):  # time to read: the neighbours are drawn
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.02)
    return found


def scroll(view: PageView) -> list[float]:
    """Milliseconds that each of many small steps keeps the window's thread busy."""
    found = []
    bar = view.verticalScrollBar()
    for _ in range(400):
        started = time.monotonic()
        bar.setValue(bar.value() + 48)
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        view.viewport().repaint()
        found.append((time.monotonic() - started) * 1000)
    return found


def say(name: str, milliseconds: list[float]) -> None:
    print(f"{name:44} median {statistics.median(milliseconds):6.1f} ms   worst {max(milliseconds):6.1f} ms", flush=True)


def measure(folder: Path, file: Path) -> None:
    with Services(folder / "data", engine=FakeEngine()) as services:
        started = time.monotonic()
        document = last(add_document(services.library, services.reader, file))
        print(f"{'read and add ' + str(document.page_count) + ' pages':44} {time.monotonic() - started:6.2f} s")
        tasks = Tasks()
        queue = JobQueue(services.library, services.engine, services.models)
        pane = ReaderPane(Context(services, tasks, Hub(), Preferences(services.library), queue))
        pane.resize(1000, 900)
        pane.show()
        QCoreApplication.processEvents()
        print(f"{'open + first page, drawing process cold':44} {seconds_to_show(pane, document):6.2f} s")
        pane.show_document(None)
        print(f"{'open + first page, drawing process warm':44} {seconds_to_show(pane, document):6.2f} s")
        view = pane.findChild(PageView)
        view.set_zoom(1.0)
        wait_until(lambda: is_shown(view))
        dice = random.Random(2)
        last_page = max(1, document.page_count - TURNS - 1)
        say("page turn at 100 %, next page", turn(view, range(2, min(TURNS, document.page_count) + 2)))
        say("page turn at 100 %, any page", turn(view, [dice.randint(1, last_page) for _ in range(TURNS)]))
        view.go_to(1)
        say("one step of scrolling", scroll(view))
        pane.close()
        queue.close()
        tasks.close()


def run(pages: int, other_file: Path | None) -> None:
    """Measures and prints."""
    application = QApplication([])
    theme.apply(application, "light")
    with tempfile.TemporaryDirectory() as name:
        file = other_file or Path(name) / "long.pdf"
        if other_file is None:
            make_pdf(file, pages)
        measure(Path(name), file)
