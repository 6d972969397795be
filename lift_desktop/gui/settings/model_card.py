"""One base model on the page of models: what it is, what it needs, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...domain.messages import Progress
from ...engine.contract import HardwareReport
from ...models import AvailableModel
from ..context import Context
from ..icons import icon
from ..model_list import forget_folder
from ..problems import ErrorBar
from ..wording import size
from .computer import fit_words
from .fetching import ModelFetch, model_fetch, progress_words
from .parts import ask, set_look, text


class ModelCard(QFrame):
    """Shows `model`; errors go to `errors`, the bar above all cards."""

    def __init__(
        self, context: Context, model: AvailableModel, errors: ErrorBar, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.name = model.name
        self._context, self._model, self._errors = context, model, errors
        self._fetch: ModelFetch | None = None
        self.setProperty("look", "card")
        self._title = text(model.title, "heading")
        self._facts, self._fit, self.state = text("", "muted"), text(), text()
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress of getting {0}").format(model.title))
        self.bar.hide()
        layout = QVBoxLayout(self)
        for label in (self._title, self._facts, self._fit, self.state):
            layout.addWidget(label)
        layout.addWidget(self.bar)
        layout.addLayout(self._buttons())
        if model.catalogue is not None:
            self._follow(model_fetch(context, model.name, model.title))

    def _buttons(self) -> QHBoxLayout:
        self.get_button = self._button("import", self.tr("Get"), self.tr("Get {0}"))
        self.stop_button = self._button("stop", self.tr("Stop"), self.tr("Stop getting {0}"))
        self.remove_button = self._button("erase", self.tr("Remove…"), self.tr("Remove {0}"))
        self.get_button.clicked.connect(self._get)
        self.stop_button.clicked.connect(self._stop)
        self.remove_button.clicked.connect(self._ask_to_remove)
        line = QHBoxLayout()
        for button in (self.get_button, self.stop_button, self.remove_button):
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _button(self, icon_name: str, words: str, name: str) -> QPushButton:
        button = QPushButton(icon(icon_name), words)
        button.setAccessibleName(name.format(self._model.title))
        return button

    def show_model(self, model: AvailableModel, report: HardwareReport | None) -> None:
        """The model as it is now, against the computer as far as it is known."""
        self._model = model
        self._facts.setText(self._facts_words())
        words, look = fit_words(model, report, self._context.services.data_folder / "models")
        self._fit.setText(words)
        self._fit.setVisible(model.size_bytes > 0)
        set_look(self._fit, look)
        self._show_state()

    def _facts_words(self) -> str:
        catalogue = self._model.catalogue
        if catalogue is None:
            folder = Path(self._model.name)
            return str(folder) if folder.is_absolute() else self.tr("In the data folder")
        millions = QLocale().toString(round(catalogue.parameters / 1e6))
        facts = self.tr("{0} million parameters · licence {1}").format(millions, catalogue.licence)
        return f"{catalogue.description}\n{facts}"

    def _show_state(self) -> None:
        model, running = self._model, self._fetch is not None and self._fetch.is_running
        self.bar.setVisible(running)
        self.stop_button.setVisible(running)
        self.get_button.setVisible(not running and not model.downloaded)
        self.remove_button.setVisible(not running and model.downloaded)
        is_added = Path(model.name).is_absolute()
        self.remove_button.setText(self.tr("Take off the list…") if is_added else self.tr("Remove…"))
        if running:
            return
        if not model.downloaded and model.catalogue is not None:
            self._show_not_here(size(model.catalogue.download_bytes))
        elif is_added and not (Path(model.name) / "config.json").is_file():
            self._say(self.tr("The folder is not there any more."), "warning")
        else:
            here = self.tr("On this computer")
            self._say(f"{here} · {size(model.size_bytes)}" if model.size_bytes else here, "good")

    def _show_not_here(self, download: str) -> None:
        if self._context.services.models.needs_network(self.name):
            self._say(self.tr("Not on this computer · {0} to download").format(download), "muted")
            self.get_button.setText(self.tr("Get"))
        else:
            self._say(self.tr("The download is complete and kept; it has to be prepared."), "muted")
            self.get_button.setText(self.tr("Prepare"))

    def _say(self, words: str, look: str) -> None:
        self.state.setText(words)
        set_look(self.state, look)

    # Getting ------------------------------------------------------------------------------------------------
    def _follow(self, fetch: ModelFetch) -> None:
        self._fetch = fetch
        fetch.started.connect(self._started)
        fetch.progressed.connect(self._progressed)
        fetch.failed.connect(self._errors.show_error)
        fetch.ended.connect(self._ended)
        if fetch.progress is not None:
            self._progressed(fetch.progress)

    @Slot()
    def _get(self) -> None:
        self._errors.clear()
        if self._fetch is not None:
            self._fetch.start(self)

    @Slot()
    def _stop(self) -> None:
        if self._fetch is not None:
            self.stop_button.setEnabled(False)
            self._fetch.stop()

    @Slot()
    def _started(self) -> None:
        self.bar.setRange(0, 0)
        self._say(self.tr("Starting…"), "muted")
        self.stop_button.setEnabled(True)
        had_focus = self.get_button.hasFocus()
        self._show_state()
        if had_focus:
            self.stop_button.setFocus()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        is_download = progress.stage == "downloading"
        self.bar.setRange(0, 1000 if is_download else 0)  # how long preparing takes is not known: a moving bar
        self.bar.setValue(round(1000 * progress.done / max(progress.total, 1)))
        kept = (
            self.tr("When you stop it now, it begins again from the start.")
            if is_download
            else self.tr("The download is complete; it is kept when you stop now.")
        )
        self._say(f"{progress_words(progress)}\n{kept}", "muted")

    @Slot()
    def _ended(self) -> None:
        self._context.hub.models_changed.emit()  # the page shows every model as it is now

    # Removing -----------------------------------------------------------------------------------------------
    @Slot()
    def _ask_to_remove(self) -> None:
        is_added = Path(self.name).is_absolute()
        title = self._model.title
        if is_added:
            question = self.tr("Take {0} off the list?").format(title)
            detail = self.tr("Its files in {0} stay where they are.").format(self.name)
            action = self.tr("&Take off the list")
        else:
            question = self.tr("Remove {0} from this computer?").format(title)
            detail = self.tr("Its files are erased ({0}).").format(size(self._model.size_bytes))
            action = self.tr("&Remove")
        needing = self.documents_that_need_it()
        if needing:
            detail += "\n\n" + self.tr(
                "These documents have a memory that works with this model alone, and cannot be asked from memory "
                "without it: {0}."
            ).format(", ".join(f"“{each}”" for each in needing))
        ask(self, question, detail, action, self._forget if is_added else self._remove, erases=True)

    def documents_that_need_it(self) -> list[str]:
        """The titles of documents with a memory of this model; of many only the first, and how many more."""
        library = self._context.library
        ids = {memory.document_id for memory in library.memories() if memory.model == self.name}
        titles = [document.title for document in library.documents() if document.id in ids]
        more = [self.tr("{0} more").format(len(titles) - 5)] if len(titles) > 5 else []
        return titles[:5] + more

    def _forget(self) -> None:
        forget_folder(self._context, self.name)

    def _remove(self) -> None:
        self._errors.clear()
        self.remove_button.setEnabled(False)
        models, name = self._context.services.models, self.name
        task = self._context.tasks.run("remove a model", lambda: models.remove(name))
        task.done.connect(self._removed)
        task.failed.connect(self._errors.show_error)
        task.ended.connect(self._removal_ended)

    @Slot(object)
    def _removed(self, freed_bytes: int) -> None:
        self._context.hub.said.emit(self.tr("{0} are free again.").format(size(freed_bytes)))

    @Slot()
    def _removal_ended(self) -> None:
        self.remove_button.setEnabled(True)
        self._context.hub.models_changed.emit()
