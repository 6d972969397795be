"""The three steps of the first run."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...domain.errors import LiftError
from ...domain.messages import Progress
from ...engine.contract import HardwareReport
from ...models import AvailableModel
from ...paths import default_data_folder
from ..context import Context
from ..icons import IconLabel, icon
from ..problems import ErrorBar
from ..settings.computer import Computer, device_words, free_bytes, memory_words, reason_words
from ..settings.fetching import ModelFetch, model_fetch, progress_words, tell_when_hidden
from ..settings.fitting import fit_words
from ..settings.moving import MoveDialog
from ..settings.parts import Page, set_look, text, title
from ..wording import size


class WelcomeStep(Page):
    """What this is, and what happens to a document."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows.addWidget(title(self.tr("Read, learn, ask")))
        self.rows.addWidget(
            text(
                self.tr(
                    "LIFT Desktop reads a contract, a report or a book with you, learns it, and answers your "
                    "questions with the pages that prove each answer."
                )
            )
        )
        self.rows.addSpacing(self.fontMetrics().lineSpacing() // 2)
        for picture, heading, words in (
            (
                "reader",
                self.tr("You open a document"),
                self.tr("A copy of it is kept in your data folder. You can read it and ask about its pages at once."),
            ),
            (
                "learn",
                self.tr("You let it be learned"),
                self.tr(
                    "The program writes questions about each page and practises on them until it knows the document. "
                    "The result is a memory, which you can keep, pass on or erase."
                ),
            ),
            (
                "chat",
                self.tr("You ask"),
                self.tr("Under each answer stand the pages that support it; if none does, the program says so."),
            ),
            (
                "network-off",
                self.tr("Nothing leaves this computer"),
                self.tr(
                    "Everything is done here, without the internet. The network is used only to download a model, "
                    "when you ask for it, and every attempt to use it is listed in the settings."
                ),
            ),
        ):
            self.rows.addLayout(_point(picture, heading, words))


def _point(picture: str, heading: str, words: str) -> QHBoxLayout:
    image = IconLabel(picture, 1.6)
    spacing = image.fontMetrics().lineSpacing()
    image.setFixedWidth(round(spacing * 2.2))
    said = QVBoxLayout()
    said.setSpacing(spacing // 6)
    said.setContentsMargins(0, 0, 0, spacing // 2)
    said.addWidget(text(heading, "heading"))
    said.addWidget(text(words, "muted"))
    said.addStretch(1)
    drawn = QVBoxLayout()
    drawn.addWidget(image)
    drawn.addStretch(1)
    line = QHBoxLayout()
    line.addLayout(drawn)
    line.addLayout(said, 1)
    return line


class ComputerStep(Page):
    """This computer, and the starter model: got here, or later."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._computer = Computer(context, self)
        self._computer.found.connect(self._show_computer)
        self._computer.failed.connect(self._show_failure)
        self.rows.addWidget(title(self.tr("This computer and its model")))
        self.device = text(self.tr("Looking at this computer…"))
        self.reason = text("", "muted")
        self.rows.addWidget(self.device)
        self.rows.addWidget(self.reason)
        model = context.services.models.available()[0]
        self._fetch: ModelFetch = model_fetch(context, model.name, model.title)
        self.errors = ErrorBar()
        self.rows.addWidget(self._model_card(model))
        self.rows.addWidget(self.errors)
        self.later = self.add_note(
            self.tr(
                "You can go on while it is downloaded, or get it later in Settings, Models. Reading works without "
                "it; learning and asking need it."
            )
        )
        self._connect()
        self._show_model()

    def appear(self) -> None:
        self._computer.ask()
        self._show_model()

    def _model_card(self, model: AvailableModel) -> QFrame:
        self.fit, self.state = text(), text()
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress of getting the model"))
        self.get_button = QPushButton(icon("import"), "")
        self.stop_button = QPushButton(icon("stop"), self.tr("St&op"))
        card = QFrame()
        card.setProperty("look", "card")
        layout = QVBoxLayout(card)
        layout.addWidget(text(model.title, "heading"))
        if model.catalogue is not None:
            layout.addWidget(text(model.catalogue.description, "muted"))
        for widget in (self.fit, self.state, self.bar):
            layout.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(self.get_button)
        line.addWidget(self.stop_button)
        line.addStretch(1)
        layout.addLayout(line)
        return card

    def _connect(self) -> None:
        self.get_button.clicked.connect(self._get)
        self.stop_button.clicked.connect(self._fetch.stop)
        self._fetch.started.connect(self._show_model)
        self._fetch.progressed.connect(self._show_progress)
        self._fetch.failed.connect(self._failed)
        self._fetch.ended.connect(self._show_model)
        self._context.hub.models_changed.connect(self._show_model)

    @property
    def _model(self) -> AvailableModel:
        models = self._context.services.models.available()
        return next(model for model in models if model.name == self._fetch.name)

    @Slot()
    def _get(self) -> None:
        """The text beside the button says that the network is used: pressing it is the permission."""
        self.errors.clear()
        self._fetch.begin()

    @Slot()
    def _show_model(self) -> None:
        model, running = self._model, self._fetch.is_running
        services = self._context.services
        shape = services.models.shape(model.name)
        words, look = fit_words(model, shape, self._computer.report, services.data_folder / "models")
        self.fit.setText(words)
        set_look(self.fit, look)
        self.bar.setVisible(running)
        self.stop_button.setVisible(running)
        self.get_button.setVisible(not running and not model.downloaded)
        self.later.setVisible(running or not model.downloaded)
        if running:
            self.bar.setRange(0, 0)
            self.state.setText(self.tr("Starting…"))
            if self._fetch.progress is not None:
                self._show_progress(self._fetch.progress)
        elif model.downloaded:
            self._say(self.tr("It is on this computer; nothing has to be downloaded."), "good")
        else:
            self._offer(model)

    def _offer(self, model: AvailableModel) -> None:
        if model.catalogue is None or not self._context.services.models.needs_network(model.name):
            self._say(self.tr("It comes with the program and only has to be prepared, without the network."), "")
            self.get_button.setText(self.tr("&Get it now (about a minute)"))
            return
        self._say(self.tr("Getting it uses the network once, for this download alone."), "")
        download = size(model.catalogue.download_bytes)
        self.get_button.setText(self.tr("&Get it now ({0}, about a minute)").format(download))

    @Slot(object)
    def _failed(self, error: LiftError) -> None:
        self.errors.show_error(error)
        tell_when_hidden(self, self._context.hub, error)

    def _say(self, words: str, look: str) -> None:
        self.state.setText(words)
        set_look(self.state, look)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        is_download = progress.stage == "downloading"
        self.bar.setRange(0, 1000 if is_download else 0)
        self.bar.setValue(round(1000 * progress.done / max(progress.total, 1)))
        self._say(progress_words(progress), "")

    @Slot(object)
    def _show_computer(self, report: HardwareReport) -> None:
        words = self.tr("{0}; {1} of memory")
        self.device.setText(words.format(device_words(report), memory_words(report)))
        self.reason.setText(reason_words(report))
        self._show_model()

    @Slot(object)
    def _show_failure(self, error: LiftError) -> None:
        self.device.setText(error.message)
        set_look(self.device, "bad")
        self.reason.setText(error.hint)


class DataStep(Page):
    """Where documents, memories and models lie; another folder can be chosen before anything is in it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        folder = context.services.data_folder
        self.rows.addWidget(title(self.tr("Where your data lies")))
        self.rows.addWidget(
            text(self.tr("Copies of your documents, what was learned of them, your chats and the models are kept in"))
        )
        self.folder = text(str(folder), "heading", selectable=True)
        self.folder.setAccessibleName(self.tr("Data folder"))
        self.rows.addWidget(self.folder)
        self.free = self.add_note()
        self.change_button = QPushButton(icon("folder"), self.tr("&Change…"))
        self.change_button.clicked.connect(self.open_move_dialog)
        line = QHBoxLayout()
        line.addWidget(self.change_button)
        line.addStretch(1)
        self.rows.addLayout(line)
        self.change_note = self.add_note(
            self.tr("After a change LIFT Desktop starts again and goes on here. Later you can move it in the settings.")
        )
        self.rows.addWidget(text(self.tr("All is ready. How do you want to begin?"), "heading"))
        self.rows.addWidget(
            text(
                self.tr(
                    "The sample contract comes with the program: eleven pages that you can read, learn and ask about."
                ),
                "muted",
            )
        )
        if folder != default_data_folder().absolute():
            self.change_button.hide()
            self.change_note.setText(self.tr("The folder was named when the program was started (--data-dir)."))

    def appear(self) -> None:
        folder = self._context.services.data_folder
        task = self._context.tasks.run("look at the disk", lambda: free_bytes(folder))
        task.done.connect(self._show_free)

    @Slot(object)
    def _show_free(self, free: int) -> None:
        self.free.setText(self.tr("{0} are free on this disk.").format(size(free)))

    @Slot()
    def open_move_dialog(self) -> None:
        MoveDialog(self._context, self).open()
