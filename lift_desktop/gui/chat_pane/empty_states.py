"""What stands in the place of questions and answers while there are none: what to do, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from .. import wording
from ..icons import icon

PICTURE_SIZE = QSize(48, 48)
TITLE_LETTERS = 60  # of a document, in a heading


class Picture(QWidget):
    """An icon, large and quiet."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon(name)
        self.setFixedSize(PICTURE_SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        self._icon.paint(painter, self.rect(), Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Disabled)
        painter.end()


class EmptyState(QWidget):
    """A heading and a line of text below a picture, in the middle."""

    def __init__(self, picture: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setSpacing(8)
        self.column.addStretch(1)
        self.column.addWidget(Picture(picture, self), 0, Qt.AlignmentFlag.AlignHCenter)
        self.heading = QLabel(self)
        self.heading.setProperty("look", "heading")
        self.text = QLabel(self)
        self.text.setProperty("look", "muted")
        for label in (self.heading, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.column.addWidget(label)
        self.column.addStretch(1)

    def _add(self, widget: QWidget) -> None:
        self.column.insertWidget(self.column.count() - 1, widget)


class NoDocument(EmptyState):
    """Nothing is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chat", parent)
        self.heading.setText(self.tr("Ask a document"))
        self.text.setText(self.tr("Open a document from the library, then ask about it here."))


class NoModel(EmptyState):
    """There is nothing that could answer."""

    model_requested = Signal()

    def __init__(self, offer: str, parent: QWidget | None = None) -> None:
        super().__init__("memory", parent)
        self.heading.setText(self.tr("No model on this computer yet"))
        self.text.setText(self.tr("A model writes the answers. It is fetched once and then works without a network."))
        self.get_model = QPushButton(offer, self)
        self.get_model.setProperty("look", "primary")
        self.get_model.clicked.connect(self.model_requested)
        self.column.insertWidget(self.column.count() - 1, self.get_model, 0, Qt.AlignmentFlag.AlignHCenter)


class NoQuestions(EmptyState):
    """A chat that has not begun: questions to begin with."""

    question_chosen = Signal(str)

    def __init__(self, title: str, suggestions: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("chat", parent)
        self.heading.setText(
            self.tr("Ask about “{0}”").format(wording.breakable(wording.shortened(title, TITLE_LETTERS)))
        )
        self.text.setText(self.tr("Under each answer stand the pages that support it. You could begin with:"))
        self.buttons = [SuggestionButton(question, self) for question in suggestions]
        for button in self.buttons:
            button.chosen.connect(self.question_chosen)
            self._add(button)


class SuggestionButton(QPushButton):
    """A question whose words go on in the next line where the button is narrow."""

    chosen = Signal(str)

    def __init__(self, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        self.setProperty("look", "suggestion")
        self.setAccessibleName(question)
        self.setToolTip(self.tr("Ask this"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        self.label = QLabel(question, self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column.addWidget(self.label)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(self._choose)

    def _choose(self) -> None:
        self.chosen.emit(self.question)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else super().heightForWidth(width)

    def sizeHint(self) -> QSize:  # noqa: N802
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        layout = self.layout()
        return layout.minimumSize() if layout is not None else super().minimumSizeHint()
