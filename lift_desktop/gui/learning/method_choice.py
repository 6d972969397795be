"""Which way to memorise: the usual one, and the others below "more". Knows no engine."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QToolButton, QVBoxLayout, QWidget

from ...domain.methods import METHODS
from ...settings import METHOD
from .. import wording
from .parts import label


class MethodChoice(QWidget):
    """Folded while the usual way is chosen. `chosen` names a method of METHODS."""

    chosen = Signal(str)

    def __init__(self, method: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        method = method if method in METHODS else METHOD
        self.more_button = QToolButton()
        self.more_button.setText(self.tr("More ways to learn"))
        self.more_button.setCheckable(True)
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more_button.toggled.connect(self._unfold)
        self.methods = QComboBox()
        self.methods.setAccessibleName(self.tr("Way of learning"))
        for name in METHODS:
            self.methods.addItem(wording.method(name), name)
        self.methods.setCurrentIndex(METHODS.index(method))
        self.methods.currentIndexChanged.connect(self._choose)
        self.explained = label("", "muted")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self.methods, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self.explained)
        self._explain()
        self.more_button.setChecked(method != METHOD)
        self._unfold(self.more_button.isChecked())

    @property
    def choice(self) -> str:
        return str(self.methods.currentData())

    @Slot(bool)
    def _unfold(self, is_open: bool) -> None:
        self.more_button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.methods.setVisible(is_open)
        self.explained.setVisible(is_open)

    @Slot(int)
    def _choose(self, row: int) -> None:
        self._explain()
        self.chosen.emit(self.choice)

    def _explain(self) -> None:
        words = wording.method_explained(self.choice)
        self.explained.setText(words)
        self.methods.setAccessibleDescription(words)
