"""Paints a page: paper, pixels, and the marks on it. Knows colours and rectangles, no events."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from .. import theme
from .drawing import PageDrawer, Tile, tiles_of
from .layout import PageLayout
from .opened import OpenDocument, Span
from .selection import Selection

PAPER = QColor(Qt.GlobalColor.white)
PAPER_EDGE = QColor(0, 0, 0, 60)
SELECTION_ALPHA = 85
UNDERLINE_PIXELS = 2


class Mark(Enum):
    """Why words are marked."""

    CITED = auto()
    FOUND = auto()
    CURRENT = auto()  # the found place that the find bar shows
    SELECTED = auto()


@dataclass(slots=True)
class Marks:
    """The marked stretches of the document's text; `found` is sorted, `current` an index into it or -1."""

    cited: Span | None = None
    found: Sequence[Span] = ()
    current: int = -1
    selection: Selection | None = None
    _starts: list[int] = field(default_factory=list)

    def show_found(self, found: Sequence[Span], current: int) -> None:
        if found is not self.found:
            self.found, self._starts = found, [start for start, _ in found]
        self.current = current

    def on_page(self, opened: OpenDocument, number: int) -> Iterable[tuple[Mark, Span]]:
        """What touches the page, in the order in which it is painted."""
        page = opened.pages[number - 1]
        if self.cited is not None and _touch(self.cited, (page.start, page.end)):
            yield Mark.CITED, self.cited
        first = max(0, bisect_left(self._starts, page.start) - 1)  # the one before may reach over the page's edge
        for index in range(first, bisect_left(self._starts, page.end)):
            if _touch(self.found[index], (page.start, page.end)):
                yield Mark.CURRENT if index == self.current else Mark.FOUND, self.found[index]
        if self.selection is not None and _touch(self.selection.span, (page.start, page.end)):
            yield Mark.SELECTED, self.selection.span


def paint_page(
    painter: QPainter, layout: PageLayout, number: int, offset: QPointF, drawer: PageDrawer, device_ratio: float
) -> None:
    """The page as far as it is drawn; `offset` is the place of the stack's origin in the viewport."""
    rectangle = layout.rectangle(number).translated(offset.toPoint())
    painter.fillRect(rectangle, PAPER)
    painter.save()
    painter.setClipRect(rectangle, Qt.ClipOperation.IntersectClip)
    painter.scale(1 / device_ratio, 1 / device_ratio)  # from here on one unit is one pixel of the screen
    corner = QPointF(round(rectangle.x() * device_ratio), round(rectangle.y() * device_ratio))
    scale = device_scale(layout, device_ratio)
    size = (layout.rectangle(number).width() / layout.scale, layout.rectangle(number).height() / layout.scale)
    tiles = [(tile, drawer.tile(tile)) for tile in tiles_of(number, size, scale)]
    if any(image is None for _, image in tiles):
        _paint_previews(painter, drawer, number, scale, corner)
    for tile, image in tiles:
        if image is not None:
            painter.drawImage(corner + QPointF(*tile.place), image)
    painter.restore()
    painter.setPen(QPen(PAPER_EDGE, 1))
    painter.drawRect(QRectF(rectangle).adjusted(-0.5, -0.5, 0.5, 0.5))


def device_scale(layout: PageLayout, device_ratio: float) -> float:
    """Device pixels a point, as tiles are named."""
    return round(layout.scale * device_ratio, 6)


def shown_tiles(layout: PageLayout, number: int, viewport: QRect, device_ratio: float) -> list[Tile]:
    """The tiles of the page that `viewport` (a rectangle of the stack) shows."""
    page = layout.rectangle(number)
    part = page.intersected(viewport).translated(-page.topLeft())
    if part.isEmpty():
        return []
    left, top = int(part.left() * device_ratio), int(part.top() * device_ratio)
    pixels = QRect(left, top, int(part.width() * device_ratio) + 1, int(part.height() * device_ratio) + 1)
    size = (page.width() / layout.scale, page.height() / layout.scale)
    return list(tiles_of(number, size, device_scale(layout, device_ratio), pixels))


def paint_marks(
    painter: QPainter, layout: PageLayout, number: int, offset: QPointF, opened: OpenDocument, marks: Marks
) -> None:
    """Marks lie over the page like a highlighter; an underline helps those who do not see the colour."""
    colours = theme.colours()
    for mark, span in marks.on_page(opened, number):
        boxes = [layout.to_pixels(number, box).translated(offset) for box in opened.boxes(number, span)]
        for box in boxes:
            _paint_mark(painter, box.adjusted(-1, 0, 1, 0), mark, colours)


def _paint_mark(painter: QPainter, box: QRectF, mark: Mark, colours: theme.Colours) -> None:
    if mark is Mark.SELECTED:
        colour = QColor(theme.LIGHT.accent)  # the paper is white in the dark theme, too
        colour.setAlpha(SELECTION_ALPHA)
        painter.fillRect(box, colour)
        return
    colour = QColor(colours.mark if mark is Mark.CITED else colours.found)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    painter.fillRect(box, colour)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    if mark is Mark.CURRENT:
        painter.setPen(QPen(QColor(theme.LIGHT.accent), UNDERLINE_PIXELS))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(-1, -1, 1, 1))
    elif mark is Mark.CITED:
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), UNDERLINE_PIXELS), colour.darker(140))


def _paint_previews(painter: QPainter, drawer: PageDrawer, number: int, scale: float, corner: QPointF) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for tile, image in drawer.others(number, scale):
        ratio = scale / tile.scale
        painter.drawImage(QRectF(corner + QPointF(*tile.place) * ratio, QSizeF(image.size()) * ratio), image)


def wanted_tiles(
    layout: PageLayout,
    viewport: QRect,
    opened: OpenDocument,
    drawer: PageDrawer,
    device_ratio: float,
    slow_seconds: float,
    preview_scale: float,
) -> list[Tile]:
    """What is needed to show `viewport` (a rectangle of the stack): pages near its middle first, a coarse preview
    before what takes long, then the pages above and below.
    """
    scale = device_scale(layout, device_ratio)
    middle = viewport.center().y()
    visible = layout.pages_between(viewport.top(), viewport.bottom())
    order = sorted(visible, key=lambda number: abs(layout.rectangle(number).center().y() - middle))
    wanted: list[Tile] = []
    for number in order:
        tiles = shown_tiles(layout, number, viewport, device_ratio)
        is_slow = len(tiles) * drawer.usual_seconds > slow_seconds and preview_scale < scale
        if is_slow and not drawer.others(number, scale) and not any(drawer.tile(tile) for tile in tiles):
            wanted += list(tiles_of(number, opened.sizes[number - 1], preview_scale))
        wanted += tiles
    for number, rows in ((visible.stop, viewport.height()), (visible.start - 1, -viewport.height())):
        if visible and 1 <= number <= layout.page_count:
            wanted += shown_tiles(layout, number, viewport.translated(0, rows), device_ratio)
    return wanted


def _touch(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]
