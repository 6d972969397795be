"""The library pane on a real library and reader, and an engine that waits at its first step of studying."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from pytestqt.qtbot import QtBot

from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.pane import LibraryPane

from ...documents.damaged_inputs import PASSWORD, pdf_of
from ...jobs.gate import Gate
from ...library.making import LEASE, RECIPES, add, make_document


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate("studying", at=1)
    yield made
    made.open()


@pytest.fixture
def engine(gate: Gate) -> FakeEngine:
    return FakeEngine(gate)


@pytest.fixture
def pane(qtbot: QtBot, context: Context) -> Iterator[LibraryPane]:
    """Shown, after its first look for changed files."""
    made = LibraryPane(context)
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    qtbot.waitExposed(made)
    settle(qtbot, context)
    yield made
    made.intake.adder.cancel()
    settle(qtbot, context)


@pytest.fixture
def lease(context: Context, tmp_path: Path) -> str:
    """The id of a document with four pages that was not learned."""
    return add(context.library, make_document(tmp_path, LEASE, "Lease"))


@pytest.fixture
def recipes(context: Context, tmp_path: Path) -> str:
    """The id of a second one, with three pages."""
    return add(context.library, make_document(tmp_path, RECIPES, "Recipes"))


def settle(qtbot: QtBot, context: Context) -> None:
    """Waits until no task runs."""
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)


def titles(pane: LibraryPane) -> list[str]:
    """As the list shows them."""
    return [pane.shown.index(place, 0).data() for place in range(pane.shown.rowCount())]


def locked_pdf(folder: Path, name: str = "locked.pdf") -> Path:
    path = folder / name
    with pymupdf.open(stream=pdf_of("Top secret and quite long enough."), filetype="pdf") as document:
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=PASSWORD, owner_pw="another")
    return path
