"""The settings: a list of pages on the left, the chosen page on the right. Every choice holds at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..context import Context
from ..icons import icon
from .about import AboutPage
from .computer import Computer
from .general import GeneralPage
from .learning import LearningPage
from .models import ModelsPage
from .parts import Page
from .privacy import PrivacyPage


class SettingsDialog(QDialog):
    """Shows `page`: "general", "models", "learning", "privacy" or "about"."""

    def __init__(self, context: Context, page: str = "general", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        computer = Computer(context, self)
        self.pages: dict[str, Page] = {
            "general": GeneralPage(context),
            "models": ModelsPage(context, computer),
            "learning": LearningPage(context, computer),
            "privacy": PrivacyPage(context),
            "about": AboutPage(context, computer),
        }
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Pages of the settings"))
        self._stack = QStackedWidget()
        for name, title, picture in (
            ("general", self.tr("General"), "settings"),
            ("models", self.tr("Models"), "memory"),
            ("learning", self.tr("Learning"), "learn"),
            ("privacy", self.tr("Privacy"), "network-off"),
            ("about", self.tr("About"), "information"),
        ):
            self.list.addItem(QListWidgetItem(icon(picture), title))
            self.pages[name].setAccessibleName(title)
            self._stack.addWidget(self.pages[name])
        self._lay_out()
        self.list.currentRowChanged.connect(self._turn)
        self.show_page(page)

    def show_page(self, page: str) -> None:
        """Turns to a page by its name. Raises KeyError."""
        self.list.setCurrentRow(self._stack.indexOf(self.pages[page]))

    def _lay_out(self) -> None:
        letters = self.fontMetrics()
        self.list.setFixedWidth(self.list.sizeHintForColumn(0) + letters.averageCharWidth() * 4)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle = QHBoxLayout()
        middle.addWidget(self.list)
        middle.addWidget(self._stack, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(middle, 1)
        layout.addWidget(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)  # else Enter presses one of a page
        available = self.screen().availableSize()
        width, height = letters.averageCharWidth() * 110, letters.lineSpacing() * 38
        self.resize(min(width, available.width()), min(height, available.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter ends a search, not the settings."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (is_enter and isinstance(self.focusWidget(), QLineEdit)):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        if not event.spontaneous():
            self._turn(self.list.currentRow())

    @Slot(int)
    def _turn(self, row: int) -> None:
        page = self._stack.widget(row)
        self._stack.setCurrentIndex(row)
        if self.isVisible() and isinstance(page, Page):
            page.appear()
