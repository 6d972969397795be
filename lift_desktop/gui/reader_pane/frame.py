"""The reader's widgets and where they stand: bars above, contents left, pages, strip beside them, legend below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ..bridge import Tasks
from .bar import ReaderBar
from .contents import ContentsPanel
from .drawing import PageDrawer
from .find_bar import FindBar
from .links import LinkFinder
from .selection_bar import SelectionBar
from .strip import RecallLegend, RecallStrip
from .view import PageView

CONTENTS_SHARE, PAGES_SHARE = 1, 3
WITH_SELECTION = ("copy", "ask_about", "explain", "summarise")
"""The actions that need selected words."""


class ReaderFrame(QWidget):
    """What is seen while a document is read. Places only; the pane connects."""

    def __init__(
        self, actions: dict[str, QAction], drawer: PageDrawer, links: LinkFinder, tasks: Tasks, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.bar = ReaderBar(actions, self)
        self.find_bar = FindBar(tasks, actions["find_next"], actions["find_previous"], self)
        self.contents = ContentsPanel(self)
        self.view = PageView(drawer, links, self)
        self.strip, self.legend = RecallStrip(self), RecallLegend(self)
        self.selection_bar = SelectionBar([actions[name] for name in WITH_SELECTION], self.view.viewport())
        pages = QWidget(self)
        row = QHBoxLayout(pages)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        row.addWidget(self.strip)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.contents)
        splitter.addWidget(pages)
        splitter.setStretchFactor(0, CONTENTS_SHARE)
        splitter.setStretchFactor(1, PAGES_SHARE)
        self.contents.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.find_bar)
        column.addWidget(splitter, 1)
        column.addWidget(self.legend)

    def show_recalls_of(self, has_memory: bool) -> None:
        """The strip and its legend are there only with a memory."""
        self.strip.setVisible(has_memory)
        self.legend.setVisible(has_memory)
