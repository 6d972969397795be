"""What the pages of the settings are made of: a page that scrolls, its headings, texts and questions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QMessageBox,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..wording import tr as tr  # as the pages of the settings import it


def text(words: str = "", look: str = "", *, selectable: bool = False) -> QLabel:
    """A label that wraps and shows `words` as they are, whatever letters are in them."""
    label = QLabel(words, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    if selectable:
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        label.setTextInteractionFlags(flags)
    return label


def title(words: str) -> QLabel:
    """The large words above a page; they grow with the font of the program."""
    label = text(words)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    font.setBold(True)
    label.setFont(font)
    return label


def set_look(widget: QWidget, look: str) -> None:
    """Another `look` for a widget that is shown already."""
    widget.setProperty("look", look)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def lay_out_table(table: QTableView, name: str) -> None:
    """A quiet table of rows: Tab leaves it, columns are as wide as what is in them."""
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setMinimumHeight(table.fontMetrics().lineSpacing() * 9)


class Page(QScrollArea):
    """A page of the settings: put widgets into `rows`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        letters = self.fontMetrics()
        self.setMinimumSize(letters.averageCharWidth() * 42, letters.lineSpacing() * 12)
        inner = QWidget()
        outer = QVBoxLayout(inner)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(self.fontMetrics().lineSpacing() // 2)
        outer.addLayout(self.rows)
        outer.addStretch(1)
        self.setWidget(inner)

    def add_heading(self, words: str) -> QLabel:
        """Begins a section."""
        if self.rows.count():
            self.rows.addSpacing(self.fontMetrics().lineSpacing() // 2)
        label = text(words, "heading")
        self.rows.addWidget(label)
        return label

    def add_note(self, words: str = "") -> QLabel:
        """A remark under what it explains."""
        label = text(words, "muted")
        self.rows.addWidget(label)
        return label

    def appear(self) -> None:
        """The page is shown now: what may have changed meanwhile is looked at again."""


def ask(
    parent: QWidget, question: str, detail: str, action: str, then: Callable[[], object], *, erases: bool = False
) -> QMessageBox:
    """Asks before `then` is done; returns at once. The safe answer is the default where something is erased."""
    icon = QMessageBox.Icon.Warning if erases else QMessageBox.Icon.Question
    box = QMessageBox(icon, parent.window().windowTitle(), question, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(detail)
    yes = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(no if erases else yes)
    box.setEscapeButton(no)
    yes.clicked.connect(lambda: then())
    box.open()
    return box
