"""Where the pages lie when they are stacked: plain geometry in pixels. No widgets, no documents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF

from .opened import Box

GAP_PIXELS = 12
MARGIN_PIXELS = 12


class PageLayout:
    """Pages of `sizes` (points) one below the other at `scale` logical pixels a point, centred in `width` pixels.

    Coordinates are those of the whole stack, origin at its top left; page numbers count from 1.
    """

    def __init__(self, sizes: Sequence[tuple[float, float]], scale: float, width: int) -> None:
        self.scale = scale
        pixels = [(max(1, round(w * scale)), max(1, round(h * scale))) for w, h in sizes]
        self.width = max(width, max((w for w, _ in pixels), default=0) + 2 * MARGIN_PIXELS)
        self._rectangles: list[QRect] = []
        top = MARGIN_PIXELS
        for page_width, page_height in pixels:
            self._rectangles.append(QRect((self.width - page_width) // 2, top, page_width, page_height))
            top += page_height + GAP_PIXELS
        self._tops = [rectangle.top() for rectangle in self._rectangles]
        self.height = top - GAP_PIXELS + MARGIN_PIXELS if sizes else 0

    @property
    def page_count(self) -> int:
        return len(self._rectangles)

    def rectangle(self, number: int) -> QRect:
        return self._rectangles[number - 1]

    def page_at(self, y: float) -> int:
        """The page at this height; between two pages the upper one."""
        return max(1, bisect_right(self._tops, y))

    def pages_between(self, top: float, bottom: float) -> range:
        """The pages of which something lies between two heights."""
        if not self._rectangles:
            return range(0)
        first = self.page_at(top)
        if self._rectangles[first - 1].bottom() < top:
            first += 1
        return range(first, bisect_right(self._tops, bottom) + 1)

    def to_points(self, number: int, place: QPointF) -> tuple[float, float]:
        """A place of the stack as points on the page; outside of it too."""
        corner = self.rectangle(number).topLeft()
        return (place.x() - corner.x()) / self.scale, (place.y() - corner.y()) / self.scale

    def to_pixels(self, number: int, box: Box) -> QRectF:
        """A box on the page as a rectangle of the stack."""
        corner, scale = self.rectangle(number).topLeft(), self.scale
        width, height = (box.x1 - box.x0) * scale, (box.y1 - box.y0) * scale
        return QRectF(corner.x() + box.x0 * scale, corner.y() + box.y0 * scale, width, height)
