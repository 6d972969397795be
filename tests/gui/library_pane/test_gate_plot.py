"""The bars of a gated memory: shown for such a memory alone, drawn to scale, told to a screen reader."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from lift_desktop.gui import theme
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.gate_plot import GateBars, scale_end
from lift_desktop.gui.library_pane.memory_details import MemoryDetails
from lift_desktop.gui.library_pane.memory_rows import Entry

from ...library.making import learn
from .conftest import settle


@pytest.fixture
def details(qtbot: QtBot, context: Context) -> Iterator[MemoryDetails]:
    made = MemoryDetails(context)
    qtbot.addWidget(made)
    made.show()
    yield made
    settle(qtbot, context)


def test_only_a_gated_memory_has_the_tab(
    qtbot: QtBot, context: Context, lease: str, recipes: str, details: MemoryDetails
) -> None:
    gated, plain = learn(context.library, lease), learn(context.library, recipes)
    manifest = context.library.memory_folder(gated.id) / "manifest.json"
    manifest.write_text(json.dumps({"prompts_version": "2", "gates": [0.05, 0.1]}), encoding="utf-8")
    for memory, expected in ((gated, True), (plain, False), (gated, True)):
        details.show_entries([Entry(memory, "Title")])
        qtbot.waitUntil(lambda: details.stack.currentWidget() is not details.hint)
        qtbot.waitUntil(lambda expected=expected: (details.tabs.indexOf(details.gates) >= 0) is expected)
    assert "5 %, 10 %" in details.gates.bars.accessibleDescription()


def test_bars_are_as_high_as_their_gates(qtbot: QtBot) -> None:
    bars = GateBars()
    qtbot.addWidget(bars)
    bars.resize(600, 300)
    bars.show_gates([0.2, 0.1, 0.05])
    image = bars.grab().toImage()
    accent = QColor(theme.colours().accent).rgb()
    heights = []
    for column in range(image.width()):
        height = sum(image.pixel(column, row) == accent for row in range(image.height()))
        if height > 3 and (not heights or abs(height - heights[-1]) > 5):
            heights.append(height)
    assert len(heights) == 3
    assert heights[0] == pytest.approx(2 * heights[1], abs=3) and heights[1] == pytest.approx(2 * heights[2], abs=3)


@pytest.mark.parametrize(("highest", "end"), [(0.01, 0.04), (0.05, 0.08), (0.2, 0.2), (0.5, 1.0)])
def test_the_scale_ends_at_a_round_share(highest: float, end: float) -> None:
    assert scale_end(highest) == end
