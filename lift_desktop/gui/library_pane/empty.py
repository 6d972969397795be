"""What stands in place of the list: how to begin, or that a search found nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ..icons import IconLabel
from .notices import label


class EmptyLibrary(QWidget):
    """Invites to drop a document, to choose one, or to try the sample."""

    add_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.symbol = IconLabel("library", 3)
        title = label(self.tr("Drop a PDF or a book here"), "heading")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        explanation = label(
            self.tr("Read it, let the program learn it, and ask about it. Nothing leaves this computer."), "muted"
        )
        explanation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add = QPushButton(self.tr("Add files…"))
        self.add.setProperty("look", "primary")
        self.add.clicked.connect(self.add_wanted)
        self.sample = QPushButton(self.tr("Try the sample contract"))
        self.sample.clicked.connect(self.sample_wanted)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.symbol)
        column.addWidget(title)
        column.addWidget(explanation)
        column.addSpacing(self.fontMetrics().height() // 2)
        for button in (self.add, self.sample):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


class NothingFound(QWidget):
    """Says that no document matches, and offers to show all."""

    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = label("", "muted")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clear = QPushButton(self.tr("Show all documents"))
        self.clear.clicked.connect(self.clear_wanted)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.text)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, searched: str, tag: str) -> None:
        """Names what was looked for."""
        if searched and tag:
            said = self.tr("No document with the tag “{0}” matches “{1}”.").format(tag, searched)
        elif tag:
            said = self.tr("No document has the tag “{0}”.").format(tag)
        else:
            said = self.tr("No document matches “{0}”.").format(searched)
        self.text.setText(said)
