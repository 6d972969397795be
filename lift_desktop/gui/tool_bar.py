"""A tool bar whose button for what has no room can be seen and has a name."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QToolBar, QToolButton

from .icons import icon


class ToolBar(QToolBar):
    """Fixed in its place. Qt makes the button ("qt_toolbar_ext_button") itself; `theme` gives all of it to its icon."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        if isinstance(more, QToolButton):
            more.setIcon(icon("more"))
            more.setAccessibleName(self.tr("More"))
            more.setToolTip(self.tr("More"))
