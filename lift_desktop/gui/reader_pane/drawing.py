"""Gets pages drawn by the viewing process: one request at a time, what is needed first first, a bounded cache.

Knows tiles and their pixels; not where they are shown.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QTimerEvent, Signal, Slot
from PySide6.QtGui import QImage

from ...documents import DocumentViewer, PageImage, PixelBox
from ...domain.errors import ChildDied, LiftError
from ..bridge import Task, Tasks

TILE_PIXELS = 1536
"""A page at usual sizes is one tile; more of them only when it is magnified."""

CACHE_BYTES = 64 << 20
PREVIEW_SCALE = 0.3  # pixels a point
PATIENCE_MILLISECONDS = 1000
"""So long may a page that nobody wants any more keep the others waiting."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of a page (the whole of it, mostly) at `scale` device pixels a point."""

    page: int
    scale: float
    column: int = 0
    row: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """Its top left in device pixels of the page."""
        return self.column * TILE_PIXELS, self.row * TILE_PIXELS


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """The image looks at the bytes, which must therefore live as long."""

    image: QImage
    rgb: bytes


def tiles_of(page: int, size: tuple[float, float], scale: float, shown: QRect | None = None) -> Iterator[Tile]:
    """The tiles of a page of this size (points), or those that `shown` (device pixels of the page) touches."""
    columns = max(1, math.ceil(math.ceil(size[0] * scale - 0.01) / TILE_PIXELS))
    rows = max(1, math.ceil(math.ceil(size[1] * scale - 0.01) / TILE_PIXELS))
    whole = QRect(0, 0, columns * TILE_PIXELS, rows * TILE_PIXELS)
    part = whole if shown is None else shown.intersected(whole)
    if part.isEmpty():
        return
    for row in range(part.top() // TILE_PIXELS, part.bottom() // TILE_PIXELS + 1):
        for column in range(part.left() // TILE_PIXELS, part.right() // TILE_PIXELS + 1):
            yield Tile(page, scale, column, row)


class PageDrawer(QObject):
    """`drawn` and `failed` name the page (from 1)."""

    drawn = Signal(int)
    failed = Signal(int)
    restarted = Signal()  # the process had died; another one draws

    def __init__(self, viewer: DocumentViewer, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._tasks = viewer, tasks
        self._source: tuple[Path, str] | None = None
        self._cache: OrderedDict[Tile, DrawnTile] = OrderedDict()
        self._cache_bytes = 0
        self._wanted: list[Tile] = []
        self._in_flight: tuple[Tile, Task] | None = None
        self._patience = 0
        self._process_id: int | None = None  # of the process that drew last
        self._died: set[int] = set()  # pages that were being drawn when the process died
        self.errors: dict[int, LiftError] = {}  # page -> why it could not be drawn
        self.usual_seconds = 0.0  # a tile takes so long, of late

    @property
    def cache_bytes(self) -> int:
        return self._cache_bytes

    @property
    def is_drawing(self) -> bool:
        return self._in_flight is not None

    def show_file(self, path: Path | None, password: str = "") -> None:
        """From now on pages of this file are drawn; what was drawn before is forgotten."""
        self._source = (path, password) if path is not None else None
        self._drop_request()
        self._cache.clear()
        self._cache_bytes = 0
        self._wanted.clear()
        self._died.clear()
        self.errors.clear()
        self.usual_seconds = 0.0

    def want(self, tiles: Sequence[Tile]) -> None:
        """What is needed now, most urgent first; earlier wishes are forgotten."""
        self._wanted = [tile for tile in tiles if tile not in self._cache]
        if self._in_flight is None:
            self._draw_next()
        elif self._in_flight[0] not in self._wanted and not self._patience:
            self._patience = self.startTimer(PATIENCE_MILLISECONDS)

    def tile(self, tile: Tile) -> QImage | None:
        found = self._cache.get(tile)
        if found is None:
            return None
        self._cache.move_to_end(tile)
        return found.image

    def others(self, page: int, scale: float) -> list[tuple[Tile, QImage]]:
        """What there is of the page at other scales, the coarsest first."""
        found = [
            (tile, drawn.image) for tile, drawn in self._cache.items() if tile.page == page and tile.scale != scale
        ]
        return sorted(found, key=lambda pair: pair[0].scale)

    def try_again(self, page: int) -> None:
        """Forgets that the page failed; it is drawn when it is wanted next."""
        self.errors.pop(page, None)
        self._died.discard(page)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802
        """The page that nobody wants any more has had its time."""
        self._stop_patience()
        if self._in_flight is not None and self._in_flight[0] not in self._wanted:
            self._drop_request()
            self._draw_next()

    def _draw_next(self) -> None:
        tile = next((tile for tile in self._wanted if tile.page not in self.errors and tile not in self._cache), None)
        if tile is None or self._source is None:
            return
        viewer, (path, password), (x, y) = self._viewer, self._source, tile.place
        part = PixelBox(x, y, TILE_PIXELS, TILE_PIXELS)

        def draw() -> tuple[QImage, PageImage, float]:
            started = time.monotonic()
            page = viewer.render(path, password, tile.page, tile.scale, part)
            image = QImage(page.rgb, page.width, page.height, page.stride, QImage.Format.Format_RGB888)
            return image, page, time.monotonic() - started

        task = self._tasks.run(f"draw page {tile.page}", draw)
        self._in_flight = (tile, task)
        task.done.connect(self._on_drawn)
        task.failed.connect(self._on_failed)
        task.cancelled.connect(self._on_cancelled)

    @Slot(object)
    def _on_drawn(self, result: tuple[QImage, PageImage, float]) -> None:
        tile = self._ended()
        image, page, seconds = result
        self._notice_restart()
        self.usual_seconds = 0.7 * self.usual_seconds + 0.3 * seconds
        self._died.discard(tile.page)
        self._cache[tile] = DrawnTile(image, page.rgb)
        self._cache_bytes += len(page.rgb)
        while self._cache_bytes > CACHE_BYTES and len(self._cache) > 1:
            self._cache_bytes -= len(self._cache.popitem(last=False)[1].rgb)
        self.drawn.emit(tile.page)
        self._draw_next_if_idle()

    @Slot(object)
    def _on_failed(self, error: LiftError) -> None:
        page = self._ended().page
        if isinstance(error, ChildDied) and page not in self._died:
            self._died.add(page)  # something else may have ended it: once more
        else:
            self.errors[page] = error
            self.failed.emit(page)
        self._draw_next_if_idle()

    @Slot()
    def _on_cancelled(self) -> None:
        self._ended()
        self._draw_next_if_idle()

    def _notice_restart(self) -> None:
        before, self._process_id = self._process_id, self._viewer.process_id
        if before not in (None, self._process_id):
            self.restarted.emit()

    def _draw_next_if_idle(self) -> None:
        if self._in_flight is None:  # whoever was told may have asked already
            self._draw_next()

    def _ended(self) -> Tile:
        assert self._in_flight is not None
        tile, _ = self._in_flight
        self._in_flight = None
        self._stop_patience()
        return tile

    def _drop_request(self) -> None:
        """Lets go of the request that runs: nothing of it is heard any more."""
        self._stop_patience()
        if self._in_flight is None:
            return
        _, task = self._in_flight
        self._in_flight = None
        task.done.disconnect(self._on_drawn)
        task.failed.disconnect(self._on_failed)
        task.cancelled.disconnect(self._on_cancelled)
        task.cancel()

    def _stop_patience(self) -> None:
        if self._patience:
            self.killTimer(self._patience)
            self._patience = 0
