"""The status bar: passing remarks, the running job, the model, the device, and whether the network is on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar

from ..engine.contract import HardwareReport
from .context import Context
from .icons import icon
from .learning.status import JobStatus

REMARK_MILLISECONDS = 8000


class StatusBar(QStatusBar):
    """See the module; `jobs_wanted` is emitted when the running job is clicked."""

    jobs_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, self.fontMetrics().averageCharWidth(), 0)  # where the grip would be
        self.job = JobStatus(context)
        self.job.clicked.connect(self.jobs_wanted)
        self.model = QPushButton()
        self.model.setProperty("look", "link")
        self.model.setToolTip(self.tr("The model that new memories are made with: click to choose"))
        self.model.clicked.connect(self._show_models)
        self.device = QLabel()
        self.device.setProperty("look", "small")
        self.network = QPushButton()
        self.network.setProperty("look", "link")
        self.network.clicked.connect(self._show_privacy)
        for widget in (self.job, self.model, self.device, self.network):
            self.addPermanentWidget(widget)
        context.hub.said.connect(self._say)
        context.hub.models_changed.connect(self._refresh)
        context.preferences.changed.connect(self._refresh)
        self._refresh()

    @Slot(object)
    def show_device(self, report: HardwareReport) -> None:
        """What the engine computes on."""
        kinds = {"cpu": self.tr("processor"), "cuda": self.tr("graphics card"), "mps": self.tr("Apple graphics")}
        self.device.setText(self.tr("on the {0}").format(kinds.get(report.device, report.device)))
        self.device.setToolTip(report.device_name)

    def _say(self, remark: str) -> None:
        self.showMessage(remark, REMARK_MILLISECONDS)

    def _refresh(self, *_: object) -> None:
        name = str(self._context.preferences.get("model"))
        titles = {model.name: model.title for model in self._context.services.models.available()}
        shown = titles.get(name, name.replace("\\", "/").rstrip("/").rpartition("/")[2])
        self.model.setText(shown)
        self.model.setAccessibleName(self.tr("Model: {0}").format(shown))
        on = bool(self._context.preferences.get("network_allowed"))
        self.network.setText(self.tr("Network on") if on else self.tr("Network off"))
        self.network.setIcon(icon("network" if on else "network-off"))
        self.network.setToolTip(
            self.tr("Downloads of models may use the network.")
            if on
            else self.tr("Nothing leaves this computer. Click to see every attempt.")
        )
        self.network.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def _show_models(self) -> None:
        self._context.hub.settings_requested.emit("models")

    def _show_privacy(self) -> None:
        self._context.hub.settings_requested.emit("privacy")
