"""The little bar that floats beside a selection: copy, ask, explain, summarise."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

GAP_PIXELS = 6


class SelectionBar(QFrame):
    """A child of the viewport. Shows words beside the icons as long as there is room for them."""

    def __init__(self, actions: Sequence[QAction], viewport: QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self.setProperty("look", "card")
        self.setAccessibleName(self.tr("What to do with the selected words"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAutoFillBackground(True)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        self._buttons = []
        for action in actions:
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
            self._buttons.append(button)
        self.hide()

    def show_at(self, selected: QRect) -> None:
        """Below the selected words (a rectangle of the viewport), above them when there is no room."""
        viewport = self._viewport.rect()
        if not selected.intersects(viewport):
            self.hide()
            return
        self._set_style(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        if self.sizeHint().width() > viewport.width() - 2 * GAP_PIXELS:
            self._set_style(Qt.ToolButtonStyle.ToolButtonIconOnly)
        size = self.sizeHint()
        x = min(max(GAP_PIXELS, selected.left()), max(GAP_PIXELS, viewport.width() - size.width() - GAP_PIXELS))
        y = selected.bottom() + GAP_PIXELS
        if y + size.height() > viewport.height():
            y = selected.top() - GAP_PIXELS - size.height()
        self.setGeometry(x, max(GAP_PIXELS, y), size.width(), size.height())
        self.raise_()
        self.show()

    def _set_style(self, style: Qt.ToolButtonStyle) -> None:
        for button in self._buttons:
            button.setToolButtonStyle(style)
        self._row.invalidate()
