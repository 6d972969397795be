"""The page of what concerns the whole program: theme, language, and where the data lies."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QPushButton, QWidget

from ...library.copying import data_size_bytes
from ...paths import chosen_data_folder, default_data_folder
from ..context import Context
from ..icons import icon
from ..languages import language_name, languages
from ..wording import size
from .computer import free_bytes
from .moving import MoveDialog
from .parts import Page, set_look, text


class GeneralPage(Page):
    """Page "general"."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.add_heading(self.tr("Appearance"))
        self.theme = QComboBox()
        for name, words in (
            ("system", self.tr("Like the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            self.theme.addItem(words, name)
        self.language = QComboBox()
        self.language.addItem(self.tr("Like the system"), "")
        for code in languages():
            self.language.addItem(language_name(code), code)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(self.tr("&Theme:"), self.theme)
        form.addRow(self.tr("&Language:"), self.language)
        self.rows.addLayout(form)
        self.language_note = self.add_note(self.tr("The language changes when LIFT Desktop starts the next time."))
        self.language_note.hide()
        self._add_folder()
        for box, key in ((self.theme, "theme"), (self.language, "language")):
            box.setCurrentIndex(max(0, box.findData(context.preferences.get(key))))
        self.theme.activated.connect(self._choose_theme)
        self.language.activated.connect(self._choose_language)
        context.preferences.changed.connect(self._follow)

    def appear(self) -> None:
        folder = self._context.services.data_folder
        task = self._context.tasks.run("measure the data folder", lambda: (data_size_bytes(folder), free_bytes(folder)))
        task.done.connect(self._show_sizes)

    def _add_folder(self) -> None:
        self.add_heading(self.tr("Data folder"))
        folder = self._context.services.data_folder
        self.folder = text(str(folder), selectable=True)
        self.folder.setAccessibleName(self.tr("Data folder"))
        self.rows.addWidget(self.folder)
        self.sizes = self.add_note(self.tr("Documents, memories, chats and models are kept here."))
        self.show_button = QPushButton(icon("folder"), self.tr("&Show folder"))
        self.move_button = QPushButton(self.tr("&Move…"))
        self.show_button.clicked.connect(self._show_folder)
        self.move_button.clicked.connect(self.open_move_dialog)
        line = QHBoxLayout()
        line.addWidget(self.show_button)
        line.addWidget(self.move_button)
        line.addStretch(1)
        self.rows.addLayout(line)
        chosen = chosen_data_folder()
        if folder != default_data_folder().absolute():
            self.move_button.setEnabled(False)
            self.add_note(self.tr("It was named when the program was started (--data-dir), so it is not moved here."))
        elif chosen is not None and chosen.absolute() != folder:
            warning = self.add_note(
                self.tr("{0}, which you chose, is not there now; is its disk plugged in?").format(chosen)
            )
            set_look(warning, "warning")

    @Slot(object)
    def _show_sizes(self, sizes: tuple[int, int]) -> None:
        words = self.tr("Documents, memories, chats and models are kept here: {0}. {1} are free on this disk.")
        self.sizes.setText(words.format(size(sizes[0]), size(sizes[1])))

    @Slot()
    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.services.data_folder)))

    @Slot()
    def open_move_dialog(self) -> None:
        MoveDialog(self._context, self).open()

    @Slot(int)
    def _choose_theme(self, row: int) -> None:
        self._context.preferences.set("theme", self.theme.itemData(row))

    @Slot(str)
    def _follow(self, key: str) -> None:
        """The theme can be chosen in the menu as well."""
        if key == "theme":
            self.theme.setCurrentIndex(max(0, self.theme.findData(self._context.preferences.get(key))))

    @Slot(int)
    def _choose_language(self, row: int) -> None:
        before = self._context.preferences.get("language")
        self._context.preferences.set("language", self.language.itemData(row))
        if before != self.language.itemData(row):
            self.language_note.show()
