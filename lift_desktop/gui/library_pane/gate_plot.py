"""How strongly a gated memory speaks in each layer of its model: a bar for each, drawn here. Knows no library."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from .. import theme, wording
from .notices import label

GAP_SHARE = 0.2  # of a bar's place
LINES = 4  # of the scale


class GateBars(QWidget):
    """The bars, from the first layer to the last. Give it values from 0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gates: tuple[float, ...] = ()
        self.setAccessibleName(self.tr("How strongly the memory speaks in each layer"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_gates(self, gates: Sequence[float]) -> None:
        self._gates = tuple(gates)
        shares = ", ".join(wording.percent(gate) for gate in gates)
        self.setAccessibleDescription(self.tr("From the first layer to the last: {0}").format(shares))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        letters = self.fontMetrics()
        return QSize(letters.averageCharWidth() * 50, letters.lineSpacing() * 10)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        letters = self.fontMetrics()
        return QSize(letters.averageCharWidth() * 20, letters.lineSpacing() * 6)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if not self._gates:
            return
        painter, colours, letters = QPainter(self), theme.colours(), self.fontMetrics()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = scale_end(max(self._gates))
        left = letters.horizontalAdvance(wording.percent(top)) + letters.averageCharWidth() * 2
        line = letters.lineSpacing()
        plot = QRectF(left, line, self.width() - left - letters.averageCharWidth(), self.height() - 2.5 * line)
        for step in range(LINES + 1):
            height = plot.bottom() - plot.height() * step / LINES
            painter.setPen(QColor(colours.border))
            painter.drawLine(round(plot.left()), round(height), round(plot.right()), round(height))
            painter.setPen(QColor(colours.muted))
            place = QRectF(0, height - line / 2, left - letters.averageCharWidth(), line)
            shown = wording.percent(top * step / LINES)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        self._draw_bars(painter, plot, top)
        painter.setPen(QColor(colours.muted))
        below = QRectF(plot.left(), plot.bottom() + line / 4, plot.width(), line)
        for align, number in ((Qt.AlignmentFlag.AlignLeft, 1), (Qt.AlignmentFlag.AlignRight, len(self._gates))):
            painter.drawText(below, align, self.tr("layer {0}").format(number))

    def _draw_bars(self, painter: QPainter, plot: QRectF, top: float) -> None:
        width = plot.width() / len(self._gates)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours().accent))
        for number, gate in enumerate(self._gates):
            height = plot.height() * gate / top
            bar = QRectF(plot.left() + width * (number + GAP_SHARE / 2), plot.bottom() - height, 0, height)
            bar.setWidth(width * (1 - GAP_SHARE))
            painter.drawRect(bar)


def scale_end(highest: float) -> float:
    """A round share at or above `highest`, where the scale ends."""
    return next((end for end in (0.04, 0.08, 0.2, 0.4) if highest <= end), 1.0)


class GatePlot(QWidget):
    """The bars below what they mean in plain words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = GateBars()
        words = self.tr(
            "A language model works through its layers, one after the other. Each bar shows how strongly this memory "
            "speaks in one of them, beside what comes from reading the question and what stands before it."
        )
        rows = QVBoxLayout(self)
        rows.addWidget(label(words, "muted"))
        rows.addWidget(self.bars, 1)

    def show_gates(self, gates: Sequence[float]) -> None:
        self.bars.show_gates(gates)
