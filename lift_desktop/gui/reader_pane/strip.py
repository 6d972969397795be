"""Beside the scroll bar: what the memory recalls of each page, and the legend that explains the colours."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from ...domain.models import PageRecall
from .. import theme, wording

WIDTH_PIXELS = 11
LEGEND_SHARES = (0.0, 0.5, 1.0)


def recall_colour(share: float) -> QColor:
    """From bad (0) over warning (0.5) to good (1)."""
    colours = theme.colours()
    low, high = (colours.bad, colours.warning) if share < 0.5 else (colours.warning, colours.good)
    part = min(max(share, 0.0), 1.0) * 2 % 1.0 if share < 1.0 else 1.0
    first, second = QColor(low), QColor(high)
    return QColor(
        round(first.red() + part * (second.red() - first.red())),
        round(first.green() + part * (second.green() - first.green())),
        round(first.blue() + part * (second.blue() - first.blue())),
    )


class RecallStrip(QWidget):
    """One stretch a page, as high as the page is in the stack. `page_chosen` names the page (from 1)."""

    page_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_count = 0
        self._current = 0
        self._recalls: Mapping[int, PageRecall] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("What the memory recalls of each page"))

    def show_recalls(self, page_count: int, recalls: Mapping[int, PageRecall]) -> None:
        self._page_count, self._recalls = page_count, recalls
        self._describe()
        self.update()

    def show_current(self, page: int) -> None:
        """The page that the reader shows."""
        if page != self._current:
            self._current = page
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(WIDTH_PIXELS, 60)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def page_at(self, y: int) -> int:
        """0 without pages."""
        share = min(max(y, 0), self.height() - 1) / max(1, self.height())
        return min(self._page_count, int(share * self._page_count) + 1)

    def rectangle(self, page: int) -> QRect:
        top = round((page - 1) * self.height() / self._page_count)
        bottom = round(page * self.height() / self._page_count)
        return QRect(0, top, self.width(), max(1, bottom - top))

    def said_of(self, page: int) -> str:
        """ "Page 4: recalls 60 % (3 questions)"."""
        found = self._recalls.get(page)
        if found is None:
            return self.tr("Page {0}: not asked").format(page)
        asked = self.tr("1 question") if found.questions == 1 else self.tr("{0} questions").format(found.questions)
        return self.tr("Page {0}: recalls {1} ({2})").format(page, wording.percent(found.after), asked)

    def colour_at(self, y: int) -> QColor:
        """Of several pages on one line of pixels: the mean of those that were asked."""
        first, last = self.page_at(y), max(self.page_at(y), self.page_at(y + 1) - 1)
        asked = [self._recalls[page] for page in range(first, last + 1) if page in self._recalls]
        if not asked:
            return QColor(theme.colours().border)
        return recall_colour(sum(found.after for found in asked) / len(asked))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        colours = theme.colours()
        painter.fillRect(self.rect(), QColor(colours.window))
        if self._page_count == 0:
            return
        inner = self.rect().adjusted(2, 0, -2, 0)
        for y in range(self.height()):
            painter.fillRect(inner.left(), y, inner.width(), 1, self.colour_at(y))
        if self.height() >= 4 * self._page_count:  # room for a line between two pages
            for page in range(2, self._page_count + 1):
                painter.fillRect(inner.left(), self.rectangle(page).top(), inner.width(), 1, QColor(colours.window))
        if self._current:
            self._frame(painter, self.rectangle(self._current), colours.text)
        if self.hasFocus():
            self._frame(painter, self.rect(), colours.accent)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self._page_count:
            QToolTip.showText(event.globalPos(), self.said_of(self.page_at(event.pos().y())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._choose_at(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._page_count == 0:
            event.ignore()
            return
        self.page_chosen.emit(min(max(self._current + step, 1), self._page_count))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()

    def _choose_at(self, place: QPoint) -> None:
        if self._page_count:
            self.page_chosen.emit(self.page_at(place.y()))

    def _describe(self) -> None:
        self.setAccessibleDescription(self.said_of(self._current) if self._current and self._page_count else "")

    def _frame(self, painter: QPainter, rectangle: QRect, colour: str) -> None:
        painter.setPen(QPen(QColor(colour), 1))
        painter.drawRect(rectangle.adjusted(0, 0, -1, -1))


class RecallLegend(QLabel):
    """One line, or more when it must wrap: what the strip's colours mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setProperty("look", "small")
        self.setContentsMargins(8, 2, 8, 2)
        self._say()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._say()

    def _say(self) -> None:
        parts = [self.tr("The memory recalls of a page:")]
        parts += [
            f'<span style="color:{recall_colour(share).name()}">■</span>&nbsp;{wording.percent(share)}'
            for share in LEGEND_SHARES
        ]
        grey, not_asked = theme.colours().border, self.tr("not asked")
        parts.append(f'<span style="color:{grey}">■</span>&nbsp;{not_asked}')
        self.setText(" &nbsp; ".join(parts))
