"""Icons are drawn in the colours of the theme that is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lift_desktop.gui import theme
from lift_desktop.gui.icons import IconLabel


def test_a_shown_icon_follows_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    sheet, palette = qapp.styleSheet(), qapp.palette()
    try:
        theme.apply(qapp, "light")
        label = IconLabel("library", 2)
        qtbot.addWidget(label)
        label.show()
        on_light = _lightness(label)
        theme.apply(qapp, "dark")
        qtbot.wait(50)
        assert on_light < 110 < 150 < _lightness(label)
    finally:
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)


def _lightness(label: IconLabel) -> float:
    """The mean lightness (0 to 255) of the opaque points of its picture."""
    image = label.pixmap().toImage()
    colours = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    lines = [colour.lightness() for colour in colours if colour.alpha() > 200]
    return sum(lines) / len(lines)
