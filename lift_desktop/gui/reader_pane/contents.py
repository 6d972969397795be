"""The table of contents that the file brings, as a tree. Knows headings, not how they are found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QLabel, QStackedWidget, QTreeWidget, QTreeWidgetItem, QWidget

from ...documents import Heading
from .. import wording

PAGE_ROLE = Qt.ItemDataRole.UserRole
OPEN_LEVELS = 1  # deeper headings are folded at first
FEW_HEADINGS = 40  # unless there are no more than these


class ContentsPanel(QStackedWidget):
    """`page_chosen` names the page (from 1)."""

    page_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[tuple[int, QTreeWidgetItem]] = []  # page -> heading, in the order of the pages
        self._tree = QTreeWidget(self)
        self._tree.setColumnCount(2)
        self._tree.setHeaderHidden(True)
        self._tree.setAccessibleName(self.tr("Contents"))
        self._tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._tree.setUniformRowHeights(True)
        self._tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._tree.itemClicked.connect(self._choose)
        self._tree.itemActivated.connect(self._choose)
        self._message = QLabel(self)
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setProperty("look", "muted")
        self._message.setContentsMargins(12, 12, 12, 12)
        self.addWidget(self._message)
        self.addWidget(self._tree)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 16)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a message."""
        return self.currentWidget() is self._message

    def show_message(self, message: str) -> None:
        self._items.clear()
        self._tree.clear()
        self._message.setText(message)
        self.setCurrentWidget(self._message)

    def show_headings(self, headings: Sequence[Heading]) -> None:
        """An empty sequence: says that the document has no contents."""
        if not headings:
            self.show_message(self.tr("This document has no table of contents."))
            return
        self._tree.clear()
        self._items.clear()
        branch: list[QTreeWidgetItem] = []  # the headings that are open, one a level
        for heading in headings:
            del branch[heading.level - 1 :]
            item = QTreeWidgetItem([heading.title, str(heading.page) if heading.page else ""])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, PAGE_ROLE, heading.page)
            item.setToolTip(0, wording.tool_tip(heading.title))
            if branch:
                branch[-1].addChild(item)
            else:
                self._tree.addTopLevelItem(item)
            branch.append(item)
            if heading.page:
                self._items.append((heading.page, item))
        self._tree.setRootIsDecorated(any(heading.level > 1 for heading in headings))
        self._items.sort(key=lambda pair: pair[0])
        if len(headings) <= FEW_HEADINGS:
            self._tree.expandAll()
        else:
            self._tree.expandToDepth(OPEN_LEVELS - 1)
        self.setCurrentWidget(self._tree)

    def show_current(self, page: int) -> None:
        """Selects the last heading that begins on the page or before it, if it is not folded away."""
        before = [item for first, item in self._items if first <= page]
        item = before[-1] if before else None
        while item is not None and (above := item.parent()) is not None and not above.isExpanded():
            item = above
        current = self._tree.currentItem()
        if item is not None and (current is None or current.data(0, PAGE_ROLE) != item.data(0, PAGE_ROLE)):
            self._tree.setCurrentItem(item)

    def focus(self) -> None:
        shown = self.currentWidget()
        if shown is not None:
            shown.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(QTreeWidgetItem)
    def _choose(self, item: QTreeWidgetItem) -> None:
        page = item.data(0, PAGE_ROLE)
        if page:
            self.page_chosen.emit(page)
