"""The page of learning: the depth that is offered first, the method, and what the computer uses for it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from ...domain.errors import LiftError
from ...domain.models import Depth
from ...engine.contract import HardwareReport
from ..context import Context
from ..learning.method_choice import MethodChoice
from .computer import Computer, device_words, memory_words, reason_words
from .device_choice import DeviceChoice
from .parts import Page, set_look, text


class LearningPage(Page):
    """Page "learning"."""

    def __init__(self, context: Context, computer: Computer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._computer = context, computer
        self.add_heading(self.tr("Depth"))
        self.add_note(self.tr("What the learning dialog proposes. The time it takes is measured there."))
        self.depths: dict[Depth, QRadioButton] = {}
        group = QButtonGroup(self)
        for depth, words in (
            (Depth.QUICK, self.tr("Quick: the main points, in the shortest time")),
            (Depth.STANDARD, self.tr("Standard: most of the text")),
            (Depth.DEEP, self.tr("Deep: as much as possible; takes the longest")),
        ):
            button = QRadioButton(words)
            button.setChecked(context.preferences.get("depth") == depth.value)
            button.clicked.connect(self._choose_depth)
            group.addButton(button)
            self.rows.addWidget(button)
            self.depths[depth] = button
        self._add_method()
        self.add_heading(self.tr("This computer"))
        self.device = text(self.tr("Looking at this computer…"))
        self.reason = text("", "muted")
        self.rows.addWidget(self.device)
        self.rows.addWidget(self.reason)
        self.choice = DeviceChoice(context)
        self.rows.addWidget(self.choice)
        computer.found.connect(self._show_computer)
        computer.failed.connect(self._show_failure)

    def appear(self) -> None:
        self._computer.ask()

    def _add_method(self) -> None:
        self.add_heading(self.tr("Method"))
        self.add_note(self.tr("How a document is memorised. The usual way answers best for most documents."))
        self.method = MethodChoice(self._context.preferences.get("method"))
        self.method.chosen.connect(self._choose_method)
        self.rows.addWidget(self.method)

    @Slot()
    def _choose_depth(self) -> None:
        chosen = next(depth for depth, button in self.depths.items() if button.isChecked())
        self._context.preferences.set("depth", chosen.value)

    @Slot(str)
    def _choose_method(self, method: str) -> None:
        self._context.preferences.set("method", method)

    @Slot(object)
    def _show_computer(self, report: HardwareReport) -> None:
        words = self.tr("{0}; {1} of memory")
        self.device.setText(words.format(device_words(report), memory_words(report)))
        self.reason.setText(reason_words(report))
        self.choice.show_report(report)

    @Slot(object)
    def _show_failure(self, error: LiftError) -> None:
        self.device.setText(error.message)
        set_look(self.device, "bad")
        self.reason.setText(error.hint)
