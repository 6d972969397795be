"""The choice of what a model runs on and how much memory its weights may take, from what was tried on this computer."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QVBoxLayout, QWidget

from ...domain.models import Quantisation
from ...domain.planning import DeviceOffer
from ...engine.contract import AUTO, HardwareReport
from ..context import Context
from .parts import text


class DeviceChoice(QWidget):
    """Two lists that are filled when the computer was looked at; a choice holds from the next question on."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = context.preferences
        self._offers: tuple[DeviceOffer, ...] = ()
        self.devices, self.quantisations = QComboBox(), QComboBox()
        self.why = text("", "muted")
        self.why.hide()
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for name, box in (
            (self.tr("Models run on"), self.devices),
            (self.tr("Their weights take"), self.quantisations),
        ):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(24)
            form.addRow(name, box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.why)
        self.devices.activated.connect(self._choose_device)
        self.quantisations.activated.connect(self._choose_quantisation)
        self._fill()

    def show_report(self, report: HardwareReport) -> None:
        """Offers what `report` found to work, and says why the rest does not."""
        self._offers = report.offers
        self._fill()

    def _fill(self) -> None:
        devices = {
            AUTO: self.tr("What is fastest"),
            "cuda": self.tr("The graphics processor"),
            "mps": self.tr("The graphics processor of this Mac"),
            "cpu": self.tr("The processor"),
        }
        offered = [offer.device for offer in self._offers]
        self._list(self.devices, "device", {key: devices[key] for key in (AUTO, *offered)})
        chosen = self._preferences.get("device")
        offers = [offer for offer in self._offers if chosen in (AUTO, offer.device)][:1]
        works = [kind for offer in offers for kind in offer.quantisations]
        weights = {
            AUTO: self.tr("As much as fits well"),
            Quantisation.NONE.value: self.tr("All the memory they need"),
            Quantisation.INT8.value: self.tr("About half of it (8 bits)"),
            Quantisation.NF4.value: self.tr("About a quarter of it (4 bits)"),
        }
        self._list(self.quantisations, "quantisation", {key: weights[key] for key in (AUTO, *works)})
        refused = [
            self.tr("“{0}” is not offered. {1}").format(weights[kind.value], why)
            for offer in offers
            for kind, why in offer.refused
        ]
        self.why.setText("\n".join(refused))
        self.why.setVisible(bool(refused))

    def _list(self, box: QComboBox, key: str, entries: dict[str, str]) -> None:
        """Fills `box`; what was chosen stays, even while it is not known yet whether it works."""
        chosen = self._preferences.get(key)
        box.clear()
        for value, words in entries.items():
            box.addItem(words, value)
        if box.findData(chosen) < 0:
            box.addItem(self.tr("{0} (not on this computer)").format(chosen), chosen)
        box.setCurrentIndex(box.findData(chosen))
        box.setEnabled(bool(self._offers))

    @Slot(int)
    def _choose_device(self, row: int) -> None:
        self._preferences.set("device", self.devices.itemData(row))
        self._fill()

    @Slot(int)
    def _choose_quantisation(self, row: int) -> None:
        self._preferences.set("quantisation", self.quantisations.itemData(row))
