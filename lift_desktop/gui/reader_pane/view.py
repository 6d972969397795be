"""The stack of pages in a scroll area: geometry, scrolling, zoom, painting, keys. The mouse is `pointing`'s.

Knows the open document and the drawer; not the bars around it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimerEvent, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QWidget

from .. import theme
from . import keys
from .drawing import PREVIEW_SCALE, PageDrawer
from .layout import GAP_PIXELS, MARGIN_PIXELS, PageLayout
from .links import LinkFinder
from .opened import Box, OpenDocument
from .painting import Marks, paint_marks, paint_page, shown_tiles, wanted_tiles
from .pointing import Pointer
from .selection import Selection, Words
from .trouble import Troubles

FIT_WIDTH, FIT_PAGE = "width", "page"
Zoom = str | float
"""FIT_WIDTH, FIT_PAGE, or a factor: 1.0 shows a page as large as it is on paper."""

SMALLEST_ZOOM, LARGEST_ZOOM = 0.1, 8.0
ZOOM_STEP = 1.2
LINE_PIXELS = 48
SLOW_SECONDS = 0.05
CURRENT_SHARE = 0.4  # so far down in the viewport lies the page that counts as the current one
REVEAL_SHARE = 0.3


FOCUS_RULE = """
PageView { border: 1px solid palette(window); } PageView:focus { border: 1px solid palette(highlight); }
"""


class PageView(QAbstractScrollArea):
    """Pages count from 1. `page_changed` tells the current page, `link_chosen` a Link, `menu_wanted` a global place."""

    page_changed = Signal(int)
    zoom_changed = Signal()
    scrolled = Signal()
    selection_changed = Signal()
    selection_finished = Signal()
    link_chosen = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(self, drawer: PageDrawer, links: LinkFinder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawer, self._links = drawer, links
        self._opened: OpenDocument | None = None
        self._layout = PageLayout([], 1.0, 0)
        self._zoom: Zoom = FIT_WIDTH
        self._chosen = 0  # the page that was jumped to, as long as nobody scrolled
        self._held: tuple[int, float, int] | None = None  # where to: page, points, pixels above; a new layout keeps it
        self._placing = False
        self._told_page = 0
        self._marks = Marks()
        self._pointer = Pointer(self)
        # One pixel: what the page says, for screen readers. A QAccessibleTextInterface made in Python ends the process
        # with a segmentation fault as soon as AT-SPI asks for the page's interfaces (PySide6 6.10 and 6.11.3).
        self._spoken = QLabel(self)
        self._spoken.setFixedSize(1, 1)
        self._spoken.lower()
        self._troubles = Troubles(drawer, self.viewport())
        self._troubles.retried.connect(self._refresh)
        self.setStyleSheet(FOCUS_RULE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(self.tr("Pages"))
        self.horizontalScrollBar().setAccessibleName(self.tr("Scroll sideways"))
        self.verticalScrollBar().setAccessibleName(self.tr("Scroll through the pages"))
        drawer.drawn.connect(self._on_drawn)
        drawer.failed.connect(self._on_drawn)

    # What is shown ----------------------------------------------------------------------------------------------------
    @property
    def opened(self) -> OpenDocument | None:
        return self._opened

    @property
    def layout_of_pages(self) -> PageLayout:
        return self._layout

    @property
    def marks(self) -> Marks:
        return self._marks

    @property
    def links(self) -> LinkFinder:
        return self._links

    def is_sharp(self) -> bool:
        """Whether all that is shown is drawn at its own scale."""
        shown, ratio = self.shown_rectangle(), self.viewport().devicePixelRatioF()
        return all(
            self._drawer.tile(tile) is not None
            for page in self._layout.pages_between(shown.top(), shown.bottom())
            for tile in shown_tiles(self._layout, page, shown, ratio)
        )

    def show_document(self, opened: OpenDocument | None) -> None:
        """From its first page, without marks."""
        self._opened = opened
        self._marks = Marks()
        self._told_page = self._chosen = 0
        self._layout, self._held = PageLayout([], 1.0, 0), None
        self._pointer.forget()
        self.lay_out_again()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self.selection_changed.emit()
        self._tell_page()

    def lay_out_again(self) -> None:
        """After the pages' sizes or the viewport's changed: what stood at the top stays there."""
        self._lay_out(QPointF(self.viewport().width() / 2, 0))

    def repaint_marks(self) -> None:
        """After `marks` changed."""
        self.viewport().update()

    # Selection --------------------------------------------------------------------------------------------------------
    @property
    def words(self) -> Words | None:
        return Words(self._opened) if self._opened is not None else None

    @property
    def selection(self) -> Selection | None:
        return self._marks.selection

    def select(self, selection: Selection | None) -> None:
        if self._marks.selection != selection:
            self._marks.selection = selection
            self.viewport().update()
            self.selection_changed.emit()

    # Places -----------------------------------------------------------------------------------------------------------
    @property
    def current_page(self) -> int:
        """0 without a document."""
        if self._layout.page_count == 0:
            return 0
        height = self.viewport().height() * CURRENT_SHARE
        return self._chosen or self._layout.page_at(self.verticalScrollBar().value() + height)

    def go_to(self, page: int, top: float = 0.0) -> None:
        """Shows the page from `top` points below its upper edge on."""
        self._jump(page, top, MARGIN_PIXELS if top <= 0 else 2 * MARGIN_PIXELS)

    def place(self) -> tuple[int, float]:
        """The page at the top of the viewport, and the share of its height that is scrolled past it."""
        if self._held is not None and self._held[2] == 0:
            page, top, _ = self._held
            return page, top * self._layout.scale / self._layout.rectangle(page).height()
        top_pixel = self.verticalScrollBar().value()
        page = self._layout.page_at(top_pixel + GAP_PIXELS)
        rectangle = self._layout.rectangle(page)
        return page, (top_pixel - rectangle.top()) / rectangle.height()

    def go_to_place(self, page: int, offset: float) -> None:
        """Back to what `place` gave."""
        if self._layout.page_count:
            page = min(max(page, 1), self._layout.page_count)
            self._jump(page, offset * self._layout.rectangle(page).height() / self._layout.scale, 0)

    def reveal(self, page: int, box: Box) -> None:
        """Scrolls, if need be, until the box on the page can be seen."""
        if not self.isVisible():
            self._jump(page, box.y0, 2 * MARGIN_PIXELS)
            return
        wanted = self._layout.to_pixels(page, box).toAlignedRect()
        shown = self.shown_rectangle()
        if not (shown.top() + LINE_PIXELS <= wanted.top() and wanted.bottom() <= shown.bottom() - LINE_PIXELS):
            self.verticalScrollBar().setValue(wanted.top() - round(self.viewport().height() * REVEAL_SHARE))
        if not (shown.left() <= wanted.left() and wanted.right() <= shown.right()):
            self.horizontalScrollBar().setValue(wanted.left() - self.viewport().width() // 4)
        self._chosen = page
        self._tell_page()

    def reveal_span(self, span: tuple[int, int]) -> None:
        """Scrolls until the first words of the stretch can be seen."""
        if self._opened is None:
            return
        for page in self._opened.pages_of(span):
            boxes = self._opened.boxes(page, span)
            if boxes:
                self.reveal(page, boxes[0])
                return
        self.go_to(self._opened.page_at(span[0]))

    def _jump(self, page: int, top: float, above: int) -> None:
        """Puts the place `top` points below the page's upper edge `above` pixels below the viewport's."""
        if self._layout.page_count == 0:
            return
        page = min(max(page, 1), self._layout.page_count)
        self._placing = True
        self.verticalScrollBar().setValue(self._layout.rectangle(page).top() + round(top * self._layout.scale) - above)
        self._placing = False
        self._chosen, self._held = page, (page, top, above)
        self._tell_page()

    def shown_rectangle(self) -> QRect:
        """What the viewport shows of the stack."""
        corner = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        return QRect(corner, self.viewport().size())

    def page_and_point(self, position: QPointF) -> tuple[int, float, float]:
        """The page at a place of the viewport (the nearest one above), and the place on it in points."""
        place = position + QPointF(self.shown_rectangle().topLeft())
        page = self._layout.page_at(place.y())
        return page, *self._layout.to_points(page, place)

    # Zoom -------------------------------------------------------------------------------------------------------------
    @property
    def zoom(self) -> Zoom:
        return self._zoom

    @property
    def zoom_factor(self) -> float:
        """How large pages are now; 1.0 is as on paper."""
        return self._layout.scale * 72 / self.logicalDpiX()

    def set_zoom(self, zoom: Zoom, around: QPointF | None = None) -> None:
        """What stands at `around` (a place of the viewport, its top by default) stays there."""
        if isinstance(zoom, float | int):
            zoom = min(max(float(zoom), SMALLEST_ZOOM), LARGEST_ZOOM)
        self._zoom = zoom
        if around is not None:
            self._held = None
        self._lay_out(around or QPointF(self.viewport().width() / 2, 0))

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        self.set_zoom(self.zoom_factor * factor, around)

    def _scale(self) -> float:
        if self._opened is None:
            return 1.0
        if isinstance(self._zoom, float):
            return self._zoom * self.logicalDpiX() / 72
        width, height = self._opened.usual_size
        room = self.viewport().size()
        scale = (room.width() - 2 * MARGIN_PIXELS) / width
        if self._zoom == FIT_PAGE:
            scale = min(scale, (room.height() - 2 * MARGIN_PIXELS) / height)
        unit = self.logicalDpiX() / 72
        return min(max(scale, SMALLEST_ZOOM * unit), LARGEST_ZOOM * unit)

    def _lay_out(self, around: QPointF) -> None:
        before = self.page_and_point(around) if self._layout.page_count else None
        chosen, held = self._chosen, self._held
        sizes = self._opened.sizes if self._opened is not None else []
        self._layout = PageLayout(sizes, self._scale(), self.viewport().width())
        room = self.viewport().size()
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, self._layout.height - room.height()))
        vertical.setPageStep(max(LINE_PIXELS, room.height() - LINE_PIXELS))
        vertical.setSingleStep(LINE_PIXELS)
        horizontal.setRange(0, max(0, self._layout.width - room.width()))
        horizontal.setPageStep(room.width())
        horizontal.setSingleStep(LINE_PIXELS)
        if before is not None and before[0] <= self._layout.page_count:
            page, x, y = before
            now = self._layout.to_pixels(page, Box(x, y, x, y)).topLeft() - around
            horizontal.setValue(round(now.x()))
            vertical.setValue(round(now.y()))
        if held is not None:
            self._jump(*held)
        self._chosen, self._held = chosen, held
        self._refresh()
        self.zoom_changed.emit()
        self._tell_page()

    # Events -----------------------------------------------------------------------------------------------------------
    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        if not self._placing:
            self._chosen, self._held = 0, None
        self.viewport().scroll(dx, dy)
        self._troubles.place(self._layout, self.shown_rectangle())
        self._pointer.scrolled()
        self.scrolled.emit()
        self._tell_page()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.lay_out_again()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(theme.colours().desk))
        opened = self._opened
        if opened is None:
            return
        shown, ratio = self.shown_rectangle(), self.viewport().devicePixelRatioF()
        exposed = event.rect().translated(shown.topLeft())
        offset = QPointF(-shown.topLeft())
        for page in self._layout.pages_between(exposed.top() - 1, exposed.bottom() + 1):
            paint_page(painter, self._layout, page, offset, self._drawer, ratio)
            paint_marks(painter, self._layout, page, offset, opened, self._marks)
        painter.end()
        wanted = wanted_tiles(self._layout, shown, opened, self._drawer, ratio, SLOW_SECONDS, PREVIEW_SCALE)
        self._drawer.want(wanted)
        self._links.want(self._layout.pages_between(shown.top(), shown.bottom()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
        elif event.type() is QEvent.Type.Leave:
            self._pointer.left()
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointer.pressed(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointer.moved(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointer.released(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pointer.double_clicked(event)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802
        self._pointer.tick()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self.menu_wanted.emit(event.globalPos())
        else:
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.viewport().rect().center()))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._say_page()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not keys.press(self, event):
            event.ignore()

    # News -------------------------------------------------------------------------------------------------------------
    @Slot(int)
    def _on_drawn(self, page: int) -> None:
        if 1 <= page <= self._layout.page_count:
            self._troubles.place(self._layout, self.shown_rectangle())
            area = self._layout.rectangle(page).translated(-self.shown_rectangle().topLeft())
            self.viewport().update(area.adjusted(-1, -1, 2, 2))

    @Slot()
    def _refresh(self) -> None:
        self._troubles.place(self._layout, self.shown_rectangle())
        self.viewport().update()

    def _tell_page(self) -> None:
        page = self.current_page
        if page != self._told_page:
            self._told_page = page
            self._say_page()
            self.page_changed.emit(page)

    def _say_page(self) -> None:
        """Screen readers learn which page is shown and what it says."""
        page, opened = self.current_page, self._opened
        if opened is None or page == 0:
            self.setAccessibleName(self.tr("Pages"))
            self._spoken.setAccessibleName("")
            return
        self.setAccessibleName(self.tr("Page {0} of {1}").format(page, opened.page_count))
        if self.hasFocus():  # the text is read from the library only when somebody may listen
            self._spoken.setAccessibleName(opened.page_text(page))
