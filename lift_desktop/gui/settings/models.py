"""The page of base models: what there is, what fits this computer, get and remove them, add a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...models import AvailableModel, LocalModel
from ..context import Context
from ..icons import icon
from ..model_list import added_folders, known_models, remember_folder
from ..problems import ErrorBar
from ..wording import size
from .computer import Computer
from .model_card import ModelCard
from .parts import Page, text
from .token_dialog import TokenDialog

LONG_LIST = 6
"""So many models can be looked through without a search field."""


class ModelsPage(Page):
    """Page "models"."""

    def __init__(self, context: Context, computer: Computer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._computer = context, computer
        self.cards: list[ModelCard] = []
        self.errors = ErrorBar()
        self.rows.addWidget(self.errors)
        self.add_heading(self.tr("Model for learning and asking"))
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Model for learning and asking"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(20)
        self.choice.activated.connect(self._choose)
        self.rows.addWidget(self.choice)
        self.add_note(self.tr("A memory works with the model that it was made with, whichever is chosen here."))
        self.add_heading(self.tr("Models"))
        self._add_search()
        self._list = QVBoxLayout()
        self.rows.addLayout(self._list)
        self.nothing_found = text(self.tr("No model matches the search."), "muted")
        self.rows.addWidget(self.nothing_found)
        self._add_buttons()
        context.hub.models_changed.connect(self._fill)
        computer.found.connect(self._fill)
        self._fill()

    def appear(self) -> None:
        self._computer.ask()
        self._fill()

    def _add_search(self) -> None:
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setPlaceholderText(self.tr("Search names, languages, licences"))
        self.search.setAccessibleName(self.tr("Search the models"))
        self.search.textChanged.connect(self._filter)
        self.rows.addWidget(self.search)

    @Slot()
    def _filter(self) -> None:
        """Shows the cards that match; all of a short list."""
        is_long = len(self.cards) > LONG_LIST
        self.search.setVisible(is_long)
        words = self.search.text() if is_long else ""
        matching = [card.matches(words) for card in self.cards]
        for card, is_shown in zip(self.cards, matching, strict=True):
            card.setVisible(is_shown)
        self.nothing_found.setVisible(not any(matching))

    def _add_buttons(self) -> None:
        self.add_button = QPushButton(icon("folder"), self.tr("Add a &folder…"))
        self.add_button.setToolTip(self.tr("A folder with a language model that lies on this computer already"))
        self.add_button.clicked.connect(self._ask_for_folder)
        self.token_button = QPushButton(icon("link"), self.tr("Access &token…"))
        self.token_button.setToolTip(self.tr("For models that are given only to those who accepted their licence"))
        self.token_button.clicked.connect(self._open_token_dialog)
        line = QHBoxLayout()
        line.addWidget(self.add_button)
        line.addWidget(self.token_button)
        line.addStretch(1)
        self.rows.addLayout(line)
        self.checking: QLabel = self.add_note(
            self.tr("For a model in the Hugging Face format (safetensors). The folder stays where it is.")
        )

    @Slot()
    def _fill(self) -> None:
        """Shows what there is now. Cards of the same model stay, so that the keyboard's focus does too."""
        self._fill_choice()
        models = {model.name: model for model in self._models()}
        for card in [card for card in self.cards if card.name not in models]:
            self.cards.remove(card)
            card.deleteLater()
        known = {card.name: card for card in self.cards}
        for name, model in models.items():
            card = known.get(name) or self._new_card(model)
            card.show_model(model, self._computer.report)
        self._filter()

    def _new_card(self, model: AvailableModel) -> ModelCard:
        card = ModelCard(self._context, model, self.errors)
        self.cards.append(card)
        self._list.addWidget(card)
        return card

    def _models(self) -> list[AvailableModel]:
        """Those of the store, then the user's folders: their size is not known without reading them."""
        folders = [AvailableModel(folder, Path(folder).name, True, 0) for folder in added_folders(self._context)]
        return [*self._context.services.models.available(), *folders]

    def _fill_choice(self) -> None:
        """The models that are here, and the chosen one."""
        self.choice.clear()
        chosen = self._context.preferences.get("model")
        for model in (each for each in known_models(self._context) if each.is_here or each.name == chosen):
            title = model.title if model.is_here else self.tr("{0} (not here yet)").format(model.title)
            self.choice.addItem(title, model.name)
        self.choice.setCurrentIndex(self.choice.findData(chosen))

    @Slot(int)
    def _choose(self, row: int) -> None:
        self._context.preferences.set("model", self.choice.itemData(row))
        self._context.hub.models_changed.emit()

    @Slot()
    def _open_token_dialog(self) -> None:
        dialog = TokenDialog(self._context, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # Folders ------------------------------------------------------------------------------------------------
    @Slot()
    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder with a model"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.add_folder)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def add_folder(self, folder: str) -> None:
        """Checks the folder, then lists it; what is wrong with it is said above."""
        self.errors.clear()
        self.add_button.setEnabled(False)
        self.checking.setText(self.tr("Checking {0}…").format(folder))
        models = self._context.services.models
        task = self._context.tasks.run("check a model", lambda: models.resolve(folder))
        task.done.connect(self._added)
        task.failed.connect(self.errors.show_error)
        task.failed.connect(self._not_added)

    @Slot(object)
    def _added(self, model: LocalModel) -> None:
        self.add_button.setEnabled(True)
        self.checking.setText(
            self.tr("{0} is added; it takes {1}.").format(Path(model.name).name, size(model.size_bytes))
        )
        if Path(model.name).is_absolute():
            remember_folder(self._context, model.name)

    @Slot()
    def _not_added(self) -> None:
        self.add_button.setEnabled(True)
        self.checking.setText(self.tr("The folder was not added."))
