"""What has no room in a tool bar is reached through a button that can be seen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from lift_desktop.gui import theme
from lift_desktop.gui.tool_bar import ToolBar


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_button_for_the_rest_can_be_seen_and_has_a_name(qapp: QApplication, qtbot: QtBot, look: str) -> None:
    theme.apply(qapp, look)
    bar = ToolBar()
    qtbot.addWidget(bar)
    for number in range(20):
        bar.addAction(f"Action {number}")
    bar.resize(200, 40)
    bar.show()
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert isinstance(more, QToolButton) and more.isVisible()
    assert more.accessibleName() == more.toolTip() == "More"
    image = bar.grab(more.geometry()).toImage()
    ground = image.pixelColor(0, 0).lightness()
    columns = {
        x
        for x in range(image.width())
        for y in range(image.height())
        if abs(image.pixelColor(x, y).lightness() - ground) > 60
    }
    assert len(columns) >= 6
