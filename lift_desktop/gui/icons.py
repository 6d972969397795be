"""Icons drawn from SVG in the colours of the theme, sharp at every size.

The files are in `resources/icons/`, 24 by 24, with strokes in `currentColor`.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ..paths import resources_folder


def icon(name: str) -> QIcon:
    """The icon `resources/icons/<name>.svg`; follows the theme by itself. Raises FileNotFoundError."""
    return QIcon(_Engine(name))


@cache
def _source(name: str) -> str:
    return (resources_folder() / "icons" / f"{name}.svg").read_text("utf-8")


class _Engine(QIconEngine):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        _source(name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = QApplication.palette()
        disabled = mode is QIcon.Mode.Disabled
        group = QPalette.ColorGroup.Disabled if disabled else QPalette.ColorGroup.Active
        role = QPalette.ColorRole.HighlightedText if mode is QIcon.Mode.Selected else QPalette.ColorRole.ButtonText
        colour = palette.color(group, role).name()
        renderer = QSvgRenderer(QByteArray(_source(self._name).replace("currentColor", colour).encode()))
        renderer.render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name)


class IconLabel(QLabel):
    """Shows an icon, so many lines of text high and wide; a theme or a font that changes draws it anew."""

    def __init__(self, name: str, lines: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_icon(name)

    def show_icon(self, name: str) -> None:
        """Shows another icon; none without a name."""
        self._name = name
        side = round(self.fontMetrics().height() * self._lines)
        self.setPixmap(icon(name).pixmap(side, side) if name else QPixmap())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.show_icon(self._name)
