"""The page that shows the promise: the network's switch, every attempt to use it, and what is stored where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QTableView, QWidget

from ...library.copying import data_size_bytes
from ...library.files import disk_errors
from ...network import Attempt
from ..context import Context
from ..icons import icon
from ..wording import number, size
from .parts import Page, ask, lay_out_table, text, tr

MAX_ROWS = 2000
Index = QModelIndex | QPersistentModelIndex


class PrivacyPage(Page):
    """Page "privacy"."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.add_heading(self.tr("Network"))
        self.rows.addWidget(
            text(
                self.tr(
                    "Nothing of your documents, questions and answers leaves this computer. The network is used to "
                    "download models, and for nothing else. While it is off, a download asks first."
                )
            )
        )
        self.switch = QCheckBox(self.tr("&Allow downloads without asking each time"))
        self.switch.setChecked(context.preferences.get("network_allowed"))
        self.switch.toggled.connect(self._switch)
        context.preferences.changed.connect(self._follow)
        self.rows.addWidget(self.switch)
        self.add_note(
            self.tr(
                "Reading, learning and answering run in processes of their own, which are always cut off from the "
                "network."
            )
        )
        self._add_attempts()
        self.add_heading(self.tr("What is stored where"))
        self.stored = text(self._stored_words(None), selectable=True)
        self.rows.addWidget(self.stored)

    def appear(self) -> None:
        self.refresh()
        services = self._context.services
        task = self._context.tasks.run("measure the data folder", lambda: data_size_bytes(services.data_folder))
        task.done.connect(self._show_size)

    # The switch ---------------------------------------------------------------------------------------------
    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self._context.preferences.set("network_allowed", on)

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key == "network_allowed":
            self.switch.setChecked(self._context.preferences.get(key))

    # Attempts -----------------------------------------------------------------------------------------------
    def _add_attempts(self) -> None:
        self.add_heading(self.tr("Every attempt to use the network"))
        self.summary = self.add_note()
        self.attempts = AttemptsModel()
        self.table = QTableView()
        self.table.setModel(self.attempts)
        lay_out_table(self.table, self.tr("Every attempt to use the network"))
        self.rows.addWidget(self.table)
        self.refresh_button = QPushButton(icon("again"), self.tr("&Refresh"))
        self.clear_button = QPushButton(icon("erase"), self.tr("&Clear the list…"))
        self.refresh_button.clicked.connect(self.refresh)
        self.clear_button.clicked.connect(self._ask_to_clear)
        line = QHBoxLayout()
        line.addWidget(self.refresh_button)
        line.addWidget(self.clear_button)
        line.addStretch(1)
        self.rows.addLayout(line)
        self._show_attempts([])

    @Slot()
    def refresh(self) -> None:
        """Reads the list again."""
        task = self._context.tasks.run("read the attempts", self._context.services.network.attempts)
        task.done.connect(self._show_attempts)

    @Slot(object)
    def _show_attempts(self, attempts: list[Attempt]) -> None:
        self.attempts.show(attempts)
        refused = sum(not attempt.allowed for attempt in attempts)
        if attempts:
            words = self.tr("{0} attempts, {1} of them refused. The list holds no text of your documents.")
            self.summary.setText(words.format(number(len(attempts)), number(refused)))
        else:
            self.summary.setText(self.tr("Nothing has tried to use the network."))
        self.table.setVisible(bool(attempts))
        self.clear_button.setEnabled(bool(attempts))

    @Slot()
    def _ask_to_clear(self) -> None:
        question = self.tr("Clear the list of attempts?")
        ask(self, question, self.tr("It cannot be brought back."), self.tr("&Clear"), self._clear, erases=True)

    def _clear(self) -> None:
        log = self._context.services.network.log
        if log is None:
            return

        def clear() -> None:
            with disk_errors(log.file.parent):
                log.clear()

        task = self._context.tasks.run("clear the attempts", clear)
        task.done.connect(self.refresh)
        task.failed.connect(self._context.hub.failed)

    # What is stored -----------------------------------------------------------------------------------------
    @Slot(object)
    def _show_size(self, size_bytes: int) -> None:
        self.stored.setText(self._stored_words(size_bytes))

    def _stored_words(self, size_bytes: int | None) -> str:
        folder = self._context.services.data_folder
        total = "" if size_bytes is None else f" ({size(size_bytes)})"
        lines = (
            self.tr("Everything is in {0}{1}, readable by you alone:").format(folder, total),
            self.tr("• documents: a copy of each file that you added"),
            self.tr("• library.sqlite3: their text, your chats and your settings"),
            self.tr("• memories: what was learned, with the questions written for it"),
            self.tr("• models: the models that you got"),
            self.tr("• logs: what the program did, without any text of yours; and the list above"),
        )
        return "\n".join(lines)


class AttemptsModel(QAbstractTableModel):
    """The newest attempt first; no more than MAX_ROWS."""

    def __init__(self) -> None:
        super().__init__()
        self._attempts: list[Attempt] = []

    def show(self, attempts: list[Attempt]) -> None:
        self.beginResetModel()
        self._attempts = attempts[: -MAX_ROWS - 1 : -1]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's
        return 0 if parent.isValid() else len(self._attempts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("When"), tr("Result"), tr("Where to"), tr("Who"), tr("What for"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return _cells(self._attempts[index.row()])[index.column()]


def _cells(attempt: Attempt) -> tuple[str, ...]:
    where = f"{attempt.host}:{attempt.port}" if attempt.port else attempt.host
    result = tr("Allowed") if attempt.allowed else tr("Refused")
    return (_when(attempt.time), result, where, attempt.process, attempt.purpose or "–")


def _when(time: str) -> str:
    try:
        moment = QDateTime.fromSecsSinceEpoch(int(datetime.fromisoformat(time).timestamp()))
    except ValueError:
        return time
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
