"""Where a question is written: grows with its text up to some lines. Enter asks, Shift+Enter begins a line."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QTextEdit, QWidget

MOST_LINES = 7


class QuestionInput(QTextEdit):
    """Plain text. `left` is emitted for Esc, when `keeps_escape`; `recall_wanted` for Up in an empty input."""

    asked = Signal(str)  # the question, without blanks around it
    recall_wanted = Signal()
    left = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, keeps_escape: bool = False) -> None:
        super().__init__(parent)
        self._keeps_escape, self._hint = keeps_escape, ""
        self.setAccessibleName(name)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def text(self) -> str:
        """What is written, without blanks around it."""
        return self.toPlainText().strip()

    def set_text(self, text: str) -> None:
        """Replaces what is written; can be undone. The cursor goes to the end."""
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().averageCharWidth() * 24, self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().averageCharWidth() * 10, self.height())

    @Slot()
    def _fit(self) -> None:
        around = 2 * self.frameWidth() + self.contentsMargins().top() + self.contentsMargins().bottom()
        line = self.fontMetrics().lineSpacing()
        margins = 2 * math.ceil(self.document().documentMargin())
        wanted = max(math.ceil(self.document().size().height()), line + margins)
        if self.document().isEmpty():
            wanted = max(wanted, self._hint_box().height() + margins)
        most = MOST_LINES * line + margins
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if wanted > most else policy.ScrollBarAlwaysOff)
        self.setFixedHeight(min(wanted, most) + around)

    def set_hint(self, text: str) -> None:
        """What is shown while nothing is written; Qt's own placeholder would be cut off where there is no room."""
        self._hint = text
        self.setAccessibleDescription(text)
        self._fit()
        self.viewport().update()

    def _hint_box(self) -> QRect:
        margin = math.ceil(self.document().documentMargin())
        room = self.viewport().rect().adjusted(margin, margin, -margin, 0)
        return self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self._hint)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        being_composed = self.textCursor().block().layout().preeditAreaText()  # by an input method or a dead key
        if self.document().isEmpty() and self._hint and not being_composed:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self._hint_box(), Qt.TextFlag.TextWordWrap, self._hint)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def event(self, event: QEvent) -> bool:
        is_override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_override and self._keeps_escape and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files are left to the window, which adds them to the library; Qt would write their addresses here."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if self.text():
                self.asked.emit(self.text())
        elif event.key() == Qt.Key.Key_Escape and self._keeps_escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText():
            self.recall_wanted.emit()
        else:
            super().keyPressEvent(event)
