"""Text that is as high as it needs to be: a question or an answer, to be read, selected and copied."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from .. import theme

MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
NARROWEST_LETTERS = 8


class FlowingText(QTextBrowser):
    """Read-only text without scroll bars. Links in it lead nowhere, and nothing is loaded from disk or network.

    Many changes in a row are drawn once.
    """

    _draw_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown: str | None = None
        self._marked: tuple[tuple[int, int], ...] = ()
        self._draw_wanted.connect(self._draw, Qt.ConnectionType.QueuedConnection)
        self._is_stale = False
        self._focus_by_keyboard = False
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(Qt.GlobalColor.transparent))
        self.setPalette(palette)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def set_text(self, text: str) -> None:
        """Shows plain text."""
        self._markdown = None
        self.setPlainText(text)
        self.updateGeometry()

    def set_markdown(self, text: str) -> None:
        """Shows Markdown; what is selected stays selected. Drawn when the event loop has time."""
        if text == self._markdown:
            return
        self._markdown = text
        if not self._is_stale:
            self._is_stale = True
            self._draw_wanted.emit()

    def set_marked(self, spans: Sequence[tuple[int, int]]) -> None:
        """Underlines these stretches of the Markdown (start and end of each), from the next drawing on."""
        self._marked = tuple(spans)
        self._is_stale = True
        self._draw_wanted.emit()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802
        """Nothing: an answer must not make the program read a file."""
        return None

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = self.fontMetrics()
        lines = self.toPlainText().split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines)
        return QSize(width + 2 * math.ceil(self.document().documentMargin()) + 2, self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().averageCharWidth() * NARROWEST_LETTERS, self.height())

    @Slot()
    def _draw(self) -> None:
        if not self._is_stale:
            return
        self._is_stale = False
        cursor = self.textCursor()
        anchor, position = cursor.anchor(), cursor.position()
        self.document().setMarkdown(self._markdown or "", MARKDOWN)
        self._wrap_code()
        self._underline()
        if anchor != position:
            last = self.document().characterCount() - 1
            cursor = self.textCursor()
            cursor.setPosition(min(anchor, last))
            cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
        self._fit()

    def _underline(self) -> None:
        """A wave under each marked stretch: as many equal ones stand before it on the screen as in the Markdown."""
        form = QTextCharFormat()
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        form.setUnderlineColor(QColor(theme.colours().warning))
        source, shown, selections = self._markdown or "", self.toPlainText(), []
        for start, end in self._marked:
            text, place = source[start:end], -1
            for _ in range(source.count(text, 0, start) + 1 if text else 0):
                place = shown.find(text, place + 1)
                if place < 0:
                    break
            if place >= 0:
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(self.document())
                selection.cursor.setPosition(place)
                selection.cursor.setPosition(place + len(text), QTextCursor.MoveMode.KeepAnchor)
                selection.format = form
                selections.append(selection)
        self.setExtraSelections(selections)

    def _wrap_code(self) -> None:
        """Lines of code are broken, too, where there is no room for them."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().nonBreakableLines():
                form = block.blockFormat()
                form.setNonBreakableLines(False)
                QTextCursor(block).setBlockFormat(form)
            block = block.next()

    @Slot()
    def _fit(self) -> None:
        height = math.ceil(self.document().size().height())
        if height != self.height() or height != self.maximumHeight():
            self.setFixedHeight(height)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._markdown is not None:
            self._is_stale = True
            self._draw_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()  # it scrolls the chat, and does not zoom this text alone

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._focus_by_keyboard = event.reason() in keyboard
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self.hasFocus() and self._focus_by_keyboard:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.colours().accent))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
            painter.end()
