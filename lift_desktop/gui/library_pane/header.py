"""The search field of the library, and the menu that sorts and filters by tag."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from ..icons import icon
from .notices import symbol_size


class SearchField(QLineEdit):
    """Escape clears it; arrow down and Enter lead to the list."""

    down_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)  # files are added, not looked for
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.setPlaceholderText(self.tr("Search titles, authors, tags"))
        self.setAccessibleName(self.tr("Search the library"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down_wanted.emit()
        else:
            super().keyPressEvent(event)


class Header(QWidget):
    """Search, sort menu, and the button that adds files."""

    sort_chosen = Signal(str)
    tag_chosen = Signal(str)

    def __init__(self, add: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField()
        self.sort_button = QToolButton()
        self.sort_button.setIcon(icon("sort"))
        self.sort_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.sort_button.setAccessibleName(self.tr("Sort and filter"))
        self.sort_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sort_menu = QMenu(self.sort_button)
        self.sort_button.setMenu(self.sort_menu)
        self.add_button = QToolButton()
        self.add_button.setDefaultAction(add)
        self.add_button.setAccessibleName(self.tr("Add files"))
        self.add_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for button in (self.sort_button, self.add_button):
            button.setIconSize(symbol_size(self))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addWidget(self.sort_button)
        row.addWidget(self.add_button)
        self._sorts = QActionGroup(self)
        self._tags = QActionGroup(self)
        self._fill_sorts()
        self.sort_menu.addSeparator()
        self.tag_menu = self.sort_menu.addMenu(icon("tag"), self.tr("Show only the tag"))

    def _fill_sorts(self) -> None:
        words = {
            "added": self.tr("Recently added"),
            "title": self.tr("Title"),
            "author": self.tr("Author"),
            "pages": self.tr("Pages"),
            "recall": self.tr("Recall"),
        }
        for key, word in words.items():
            action = self.sort_menu.addAction(word)
            action.setCheckable(True)
            action.setData(key)
            self._sorts.addAction(action)
        self._sorts.triggered.connect(self._sort)
        self._tags.triggered.connect(self._tag)

    def show_sort(self, key: str) -> None:
        """Ticks the order that is in force."""
        for action in self._sorts.actions():
            if action.data() == key:
                action.setChecked(True)
                self.sort_button.setToolTip(self.tr("Sort and filter: {0}").format(action.text()))

    def show_tags(self, tags: Sequence[str], chosen: str) -> None:
        """Fills the menu of tags; `chosen` is "" for all documents."""
        self.tag_menu.clear()
        for action in self._tags.actions():
            self._tags.removeAction(action)
        for tag in ("", *tags):
            action = self.tag_menu.addAction(tag.replace("&", "&&") or self.tr("All documents"))
            action.setCheckable(True)
            action.setData(tag)
            action.setChecked(tag == chosen)
            self._tags.addAction(action)
        self.tag_menu.setEnabled(bool(tags))

    def _sort(self, action: QAction) -> None:
        self.sort_chosen.emit(str(action.data()))

    def _tag(self, action: QAction) -> None:
        self.tag_chosen.emit(str(action.data()))
