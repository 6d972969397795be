"""One base model on the page of models: what it is, what it needs, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...domain.errors import LiftError, TokenNeeded
from ...domain.messages import Progress
from ...engine.contract import HardwareReport
from ...models import AvailableModel
from ..context import Context
from ..icons import icon
from ..model_list import forget_folder
from ..problems import ErrorBar
from ..wording import quoted, size
from .fetching import ModelFetch, model_fetch, progress_words, tell_when_hidden
from .fitting import fit_words
from .parts import ask, set_look, text, tr
from .token_dialog import TokenDialog

LANGUAGES_NAMED = 3


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
        if self._can_pause:
            self.stop_button = self._button("pause", self.tr("Pause"), self.tr("Pause getting {0}"))
        else:
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

    @property
    def _can_pause(self) -> bool:
        return self._model.catalogue is not None and self._model.catalogue.can_pause

    def matches(self, words: str) -> bool:
        """Whether each of `words` stands somewhere on the card, whatever its case."""
        shown = f"{self._title.text()} {self._facts.text()} {self.state.text()}".casefold()
        return all(word in shown for word in words.casefold().split())

    def _button(self, icon_name: str, words: str, name: str) -> QPushButton:
        button = QPushButton(icon(icon_name), words)
        button.setAccessibleName(name.format(self._model.title))
        return button

    def show_model(self, model: AvailableModel, report: HardwareReport | None) -> None:
        """The model as it is now, against the computer as far as it is known."""
        self._model = model
        self._facts.setText(self._facts_words())
        services = self._context.services
        words, look = fit_words(model, services.models.shape(model.name), report, services.data_folder / "models")
        self._fit.setText(words)
        self._fit.setVisible(bool(words))
        set_look(self._fit, look)
        self._show_state()

    def _facts_words(self) -> str:
        catalogue = self._model.catalogue
        if catalogue is None:
            folder = Path(self._model.name)
            return str(folder) if folder.is_absolute() else self.tr("In the data folder")
        facts = [_parameters(catalogue.parameters), self._languages(catalogue.languages)]
        facts.append(self.tr("licence {0}").format(catalogue.licence))
        if catalogue.gated:
            facts.append(self.tr("asks for an access token"))
        return f"{catalogue.description}\n{' · '.join(fact for fact in facts if fact)}"

    def _languages(self, codes: tuple[str, ...]) -> str:
        """ "English, German, French and 5 more"."""
        known = [code for code in codes if code != "mul"]
        names = ", ".join(QLocale.languageToString(QLocale(code).language()) for code in known[:LANGUAGES_NAMED])
        if "mul" in codes:
            return self.tr("{0} and many more").format(names)
        more = len(known) - LANGUAGES_NAMED
        return self.tr("{0} and {1} more").format(names, more) if more > 0 else names

    def _show_state(self) -> None:
        model, running = self._model, self._fetch is not None and self._fetch.is_running
        self.bar.setVisible(running)
        self.stop_button.setVisible(running)
        self.get_button.setVisible(not running and not model.downloaded)
        is_paused = not model.downloaded and model.fetched_bytes > 0
        self.remove_button.setVisible(not running and (model.downloaded or is_paused))
        is_added = Path(model.name).is_absolute()
        remove = self.tr("Discard…") if is_paused else self.tr("Remove…")
        self.remove_button.setText(self.tr("Take off the list…") if is_added else remove)
        if running:
            return
        if not model.downloaded and model.catalogue is not None:
            self._show_not_here(model.catalogue.download_bytes)
        elif is_added and not (Path(model.name) / "config.json").is_file():
            self._say(self.tr("The folder is not there any more."), "warning")
        else:
            here = self.tr("On this computer")
            self._say(f"{here} · {size(model.size_bytes)}" if model.size_bytes else here, "good")

    def _show_not_here(self, download_bytes: int) -> None:
        download, came = size(download_bytes), self._model.fetched_bytes
        self.get_button.setIcon(icon("resume" if came else "import"))
        if came:
            self._say(self.tr("Paused · {0} of {1} are here").format(size(came), download), "warning")
            self.get_button.setText(self.tr("Resume"))
        elif self._context.services.models.needs_network(self.name):
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
        fetch.failed.connect(self._failed)
        fetch.ended.connect(self._ended)
        if fetch.progress is not None:
            self._progressed(fetch.progress)

    @Slot(object)
    def _failed(self, error: LiftError) -> None:
        """A missing or wrong token is asked for, and the download begun again with it."""
        if not isinstance(error, TokenNeeded) or self._fetch is None:
            self._errors.show_error(error)
            tell_when_hidden(self, self._context.hub, error)
            return
        catalogue = self._model.catalogue
        dialog = TokenDialog(self._context, catalogue.repository if catalogue else "", error.message, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.stored.connect(self._fetch.begin)
        dialog.open()

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
        if self._can_pause:
            kept = self.tr("You can pause it; what has come is kept.")
        elif is_download:
            kept = self.tr("When you stop it now, it begins again from the start.")
        else:
            kept = self.tr("The download is complete; it is kept when you stop now.")
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
        elif not self._model.downloaded:
            question = self.tr("Discard what has come of {0}?").format(title)
            detail = self.tr("{0} are erased; the next download begins from the start.").format(
                size(self._model.fetched_bytes)
            )
            action = self.tr("&Discard")
        else:
            question = self.tr("Remove {0} from this computer?").format(title)
            detail = self.tr("Its files are erased ({0}).").format(size(self._model.size_bytes))
            action = self.tr("&Remove")
        needing = self.documents_that_need_it() if self._model.downloaded else []
        if needing:
            detail += "\n\n" + self.tr(
                "These documents have a memory that works with this model alone, and cannot be asked from memory "
                "without it: {0}."
            ).format(", ".join(needing))
        ask(self, question, detail, action, self._forget if is_added else self._remove, erases=True)

    def documents_that_need_it(self) -> list[str]:
        """The titles of documents with a memory of this model; of many only the first, and how many more."""
        library = self._context.library
        ids = {memory.document_id for memory in library.memories() if memory.model == self.name}
        titles = [document.title for document in library.documents() if document.id in ids]
        more = [self.tr("{0} more").format(len(titles) - 5)] if len(titles) > 5 else []
        return [*map(quoted, titles[:5]), *more]

    def _forget(self) -> None:
        forget_folder(self._context, self.name)

    def _remove(self) -> None:
        self._errors.clear()
        self.remove_button.setEnabled(False)
        models, name = self._context.services.models, self.name
        task = self._context.tasks.run("remove a model", lambda: models.remove(name), is_lasting=True)
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


def _parameters(count: int) -> str:
    """ "135 million parameters", "1.2 billion parameters"."""
    if count < 950_000_000:
        return tr("{0} million parameters").format(QLocale().toString(round(count / 1e6)))
    return tr("{0} billion parameters").format(QLocale().toString(count / 1e9, "f", 1))
