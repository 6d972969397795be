"""What stands in the pane when no page can: nothing is open yet, a password is needed, the file cannot be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...domain.errors import LiftError, WrongPassword
from .. import wording
from ..icons import IconLabel

WIDEST_CHARACTERS = 60


class Notice(QScrollArea):
    """A title, a line and a row of widgets, in the middle; scrolls when there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget(self)
        inner.setMaximumWidth(self.fontMetrics().averageCharWidth() * WIDEST_CHARACTERS)
        self.picture = IconLabel("", 3, inner)
        self.title, self.text = QLabel(inner), QLabel(inner)
        self.title.setProperty("look", "title")
        self.text.setProperty("look", "muted")
        for label in (self.title, self.text):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.rows = QVBoxLayout()
        layout = QVBoxLayout(inner)
        layout.addStretch(2)
        for widget in (self.picture, self.title, self.text):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addLayout(self.rows)
        layout.addStretch(3)
        around = QWidget(self)
        centred = QHBoxLayout(around)
        centred.addStretch(1)
        centred.addWidget(inner, 10)
        centred.addStretch(1)
        self.setWidget(around)


class EmptyNotice(Notice):
    """Nothing is open: what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title.setText(self.tr("Open a document to read it"))
        self.text.setText(self.tr("Drop a PDF or a book here, or choose one."))
        self.open_button = QPushButton(self.tr("Open…"), self)
        self.open_button.setProperty("look", "primary")
        self.sample_button = QPushButton(self.tr("Try the sample contract"), self)
        self.sample_button.setProperty("look", "link")
        for button in (self.open_button, self.sample_button):
            self.rows.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        self.picture.show_icon("reader")


class PasswordNotice(Notice):
    """The file is protected. `given` carries what was typed; it is kept nowhere here."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title.setText(self.tr("This document is protected"))
        label = QLabel(self.tr("&Password"), self)
        self.input = QLineEdit(self)
        self.input.setEchoMode(QLineEdit.EchoMode.Password)
        self.input.returnPressed.connect(self._give)
        label.setBuddy(self.input)
        self.input.setAccessibleName(self.tr("Password"))
        self.button = QPushButton(self.tr("Unlock"), self)
        self.button.setProperty("look", "primary")
        self.button.clicked.connect(self._give)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.input, 1)
        row.addWidget(self.button)
        self.rows.addLayout(row)
        self.picture.show_icon("warning")

    def ask(self, error: LiftError) -> None:
        """Empties the field; after a wrong password it says so."""
        if isinstance(error, WrongPassword):
            self.text.setText(self.tr("This password does not open the document. Check it; capitals matter."))
        else:
            self.text.setText(
                self.tr("Its password is needed to show the pages. It is kept only until LIFT Desktop is closed.")
            )
        self.input.clear()

    @Slot()
    def _give(self) -> None:
        if self.input.text():
            self.given.emit(self.input.text())


class ErrorNotice(Notice):
    """The file cannot be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(self.tr("Try again"), self)
        self.rows.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        self.picture.show_icon("warning")

    def show_error(self, error: LiftError) -> None:
        self.title.setText(wording.breakable(error.message))
        self.text.setText(error.hint)
