"""The choice of a depth: one card for each, with the time that it takes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ...domain.models import Depth
from ...jobs.estimate import KnownEstimate
from .. import wording
from .parts import label, set_look


class DepthCard(QFrame):
    """One depth; a click anywhere on it chooses it."""

    def __init__(self, depth: Depth, description: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.button = QRadioButton(wording.depth(depth))
        bold = QFont()
        bold.setBold(True)
        self.button.setFont(bold)
        self.description = description
        self.time = QLabel()
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QGridLayout(self)
        layout.addWidget(self.button, 0, 0)
        layout.addWidget(self.time, 0, 1)
        layout.addWidget(label(description, "muted"), 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.button.toggled.connect(self._mark)
        self.show_time("")

    def show_time(self, said: str) -> None:
        """What is said of the time that this depth takes; "" for nothing yet."""
        self.time.setText(said)
        self.button.setAccessibleDescription(f"{self.description} {said}".strip())

    @Slot(bool)
    def _mark(self, is_chosen: bool) -> None:
        set_look(self, "chosen" if is_chosen else "card")

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.button.setFocus(Qt.FocusReason.MouseFocusReason)
        self.button.setChecked(True)


class DepthCards(QWidget):
    """All depths below each other; the arrow keys go from one to the next."""

    chosen = Signal(object)  # Depth

    def __init__(self, depth: Depth, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        descriptions = {
            Depth.QUICK: self.tr("Studies every passage once. Good for a first try; recalls the least."),
            Depth.STANDARD: self.tr("Studies every passage again, and practises longer. Right for most documents."),
            Depth.DEEP: self.tr("Studies every passage many times. Recalls the most, and takes the longest."),
        }
        self.cards = {each: DepthCard(each, descriptions[each]) for each in Depth}
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for each, card in self.cards.items():
            self._group.addButton(card.button)
            card.button.setChecked(each is depth)
            layout.addWidget(card)
        self._group.buttonToggled.connect(self._toggled)
        self.setFocusProxy(self.cards[depth].button)

    @property
    def choice(self) -> Depth:
        """The chosen depth."""
        return next(depth for depth, card in self.cards.items() if card.button.isChecked())

    def show_times(self, estimate: KnownEstimate | None, unknown: str) -> None:
        """Shows how long each depth takes, or `unknown` while that is not known."""
        for depth, card in self.cards.items():
            card.show_time(unknown if estimate is None else self._time(estimate, depth))

    def _time(self, estimate: KnownEstimate, depth: Depth) -> str:
        said = wording.duration(estimate.seconds[depth])
        return self.tr("about {0}").format(said) if estimate.is_measured else self.tr("roughly {0}").format(said)

    @Slot(QAbstractButton, bool)
    def _toggled(self, button: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self.chosen.emit(self.choice)
