"""How a document's row looks, and where in it the action and the title are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QWidget

from .. import theme
from .rows import ROW, Row

Index = QModelIndex | QPersistentModelIndex
Option = Any
"""A QStyleOptionViewItem, of whose fields PySide's type descriptions know nothing."""


@dataclass(frozen=True, slots=True)
class _Fonts:
    """The fonts of a row, made from the view's."""

    title: QFont
    plain: QFont
    small: QFont

    @classmethod
    def of(cls, font: QFont) -> _Fonts:
        title, small = QFont(font), QFont(font)
        title.setBold(True)
        if font.pointSizeF() > 0:
            small.setPointSizeF(font.pointSizeF() * 0.9)
        else:
            small.setPixelSize(max(1, round(font.pixelSize() * 0.9)))
        return cls(title, font, small)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the parts of a row stand; `chips` are tags with their places, those that fit."""

    title: QRect
    byline: QRect
    state: QRect
    action: QRect
    chips: tuple[tuple[str, QRect], ...]
    bar: QRect


class RowDelegate(QStyledItemDelegate):
    """Title, author and pages, state, tags; a thin bar while learning goes on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.open_id = ""
        self.pointer = QPoint(-1, -1)
        self._heights: dict[tuple[str, bool], int] = {}

    # Sizes --------------------------------------------------------------------------------------------------
    def sizeHint(self, option: Option, index: Index) -> QSize:  # noqa: N802
        row: Row = index.data(ROW)
        key = (option.font.key(), bool(row.tags))
        if key not in self._heights:
            fonts = _Fonts.of(option.font)
            pad, gap = _spaces(QFontMetrics(fonts.plain))
            title, plain, small = (QFontMetrics(font).height() for font in (fonts.title, fonts.plain, fonts.small))
            chips = small + 2 * gap if row.tags else 0
            self._heights[key] = 2 * pad + title + gap + small + gap + plain + chips
        return QSize(0, self._heights[key])

    def _layout(self, option: Option, row: Row) -> _Layout:
        fonts = _Fonts.of(option.font)
        metrics, small = QFontMetrics(fonts.plain), QFontMetrics(fonts.small)
        pad, gap = _spaces(metrics)
        inside = option.rect.adjusted(pad + gap, pad, -pad, -pad)
        title = QRect(inside.left(), inside.top(), inside.width(), QFontMetrics(fonts.title).height())
        byline = QRect(inside.left(), title.bottom() + 1 + gap, inside.width(), small.height())
        line = QRect(inside.left(), byline.bottom() + 1 + gap, inside.width(), metrics.height())
        action_width = metrics.horizontalAdvance(row.action_text) + gap if row.action_text else 0
        action = QRect(line.right() + 1 - action_width, line.top(), action_width, line.height())
        state = line.adjusted(0, 0, -(action_width + 2 * gap) if action_width else 0, 0)
        chips = _chips(row.tags, small, QRect(inside.left(), line.bottom() + 1 + gap, inside.width(), 0), gap)
        thickness = max(2, gap)
        bar = QRect(inside.left(), option.rect.bottom() - thickness - 1, inside.width(), thickness)
        return _Layout(title, byline, state, action, chips, bar)

    def action_rect(self, option: Option, index: Index) -> QRect:
        """Where the row's action can be clicked; empty when it offers none."""
        row: Row = index.data(ROW)
        rect = self._layout(option, row).action
        return rect.adjusted(-4, -2, 4, 2) if row.action_text else QRect()

    # Painting -----------------------------------------------------------------------------------------------
    def paint(self, painter: QPainter, option: Option, index: Index) -> None:
        row: Row = index.data(ROW)
        colours, fonts, layout = theme.colours(), _Fonts.of(option.font), self._layout(option, row)
        painter.save()
        self._paint_ground(painter, option, row, colours)
        _write(painter, layout.title, fonts.title, colours.text, row.document.title)
        _write(painter, layout.byline, fonts.small, colours.muted, row.byline)
        said, look = row.state
        _write(painter, layout.state, fonts.plain, getattr(colours, look), said)
        if row.action_text:
            font = QFont(fonts.plain)
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            font.setUnderline(hovered and layout.action.contains(self.pointer))
            _write(painter, layout.action, font, colours.accent, row.action_text)
        for tag, place in layout.chips:
            _paint_chip(painter, place, fonts.small, tag, colours)
        if row.fraction is not None:
            _paint_bar(painter, layout.bar, row.fraction, colours)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: Option, row: Row, colours: theme.Colours) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours.selection))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.raised))
        painter.setPen(QColor(colours.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if row.document.id == self.open_id:
            width = max(3, _spaces(QFontMetrics(option.font))[1])
            painter.fillRect(QRect(rect.left(), rect.top(), width, rect.height() - 1), QColor(colours.accent))
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_Active:
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))

    # Renaming in place --------------------------------------------------------------------------------------
    def createEditor(self, parent: QWidget, option: Option, index: Index) -> QWidget:  # noqa: N802
        editor = QLineEdit(parent)
        editor.setAccessibleName(self.tr("Title"))
        editor.setFont(_Fonts.of(option.font).title)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """What was typed stays, whatever becomes of the row meanwhile: learning changes it several times a second."""
        title = str(index.data(Qt.ItemDataRole.EditRole))
        if isinstance(editor, QLineEdit) and not editor.isModified() and editor.text() != title:
            editor.setText(title)

    def updateEditorGeometry(self, editor: QWidget, option: Option, index: Index) -> None:  # noqa: N802
        title = self._layout(option, index.data(ROW)).title
        height = editor.sizeHint().height()
        top = max(option.rect.top(), title.center().y() - height // 2)
        editor.setGeometry(QRect(title.left() - 4, top, title.width() + 4, height))


def _spaces(metrics: QFontMetrics) -> tuple[int, int]:
    """The padding of a row and the gap between its lines, in pixels."""
    return max(6, round(metrics.height() * 0.5)), max(2, round(metrics.height() * 0.12))


def _chips(tags: tuple[str, ...], metrics: QFontMetrics, line: QRect, gap: int) -> tuple[tuple[str, QRect], ...]:
    left = line.left()
    found: list[tuple[str, QRect]] = []
    for place, tag in enumerate(tags):
        width = metrics.horizontalAdvance(tag) + metrics.height()
        if left + width > line.right():
            rest = f"+{len(tags) - place}"
            width = metrics.horizontalAdvance(rest) + metrics.height()
            if left + width > line.right() and found:
                rest = f"+{len(tags) - place + 1}"
                left = found.pop()[1].left()
                width = metrics.horizontalAdvance(rest) + metrics.height()
            found.append((rest, QRect(left, line.top(), min(width, line.right() - left), metrics.height() + gap)))
            break
        found.append((tag, QRect(left, line.top(), width, metrics.height() + gap)))
        left += width + 2 * gap
    return tuple(found)


def _write(painter: QPainter, rect: QRect, font: QFont, colour: str, text: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # else Arabic seems to begin with the ellipsis
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), fitting)


def _paint_chip(painter: QPainter, rect: QRect, font: QFont, tag: str, colours: theme.Colours) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colours.border))
    painter.setBrush(QColor(colours.raised))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), rect.height() / 2, rect.height() / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font)
    painter.setPen(QColor(colours.muted))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), tag)


def _paint_bar(painter: QPainter, rect: QRect, fraction: float, colours: theme.Colours) -> None:
    painter.fillRect(rect, QColor(colours.border))
    done = QRect(rect)
    done.setWidth(round(rect.width() * min(1.0, max(0.0, fraction))))
    painter.fillRect(done, QColor(colours.accent))
