"""The sheet of keyboard shortcuts, read off the menus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMainWindow, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from .context import Context


class ShortcutsSheet(QDialog):
    """All actions of the main window that have a shortcut, under the names of their menus."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.list.setHeaderLabels([self.tr("What it does"), self.tr("Keys")])
        self.list.setRootIsDecorated(False)
        self.list.setAlternatingRowColors(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.list)
        layout.addWidget(buttons)
        if isinstance(parent, QMainWindow):
            self._fill(parent)
        self.list.expandAll()
        self.list.resizeColumnToContents(0)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 70, metrics.height() * 30)

    def _fill(self, window: QMainWindow) -> None:
        for entry in window.menuBar().actions():
            menu = entry.menu()
            if menu is None:
                continue
            found = [action for action in menu.actions() if not action.shortcut().isEmpty()]  # type: ignore[attr-defined]
            if found:
                group = QTreeWidgetItem(self.list, [_plain(entry), ""])
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = self.font()
                font.setBold(True)
                group.setFont(0, font)
                for action in found:
                    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                    QTreeWidgetItem(group, [_plain(action), keys])


def _plain(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…")
