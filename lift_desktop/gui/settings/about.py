"""The page about the program: version, licences, and the diagnostics report."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ... import __version__
from ...engine.contract import HardwareReport
from ..context import Context
from ..icons import icon
from ..problems import fixed_font
from .computer import Computer
from .diagnostics import LibraryLicence, diagnostics, used_libraries
from .parts import Page, lay_out_table, text, title


class AboutPage(Page):
    """Page "about"."""

    def __init__(self, context: Context, computer: Computer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._computer = context, computer
        self._has_libraries = False
        self.rows.addLayout(self._name_line())
        self.rows.addWidget(
            text(
                self.tr(
                    "It learns a document into a language model on this computer, and answers questions about it "
                    "with the pages that prove each answer."
                )
            )
        )
        self.add_note(
            self.tr(
                "Free software under the GNU Affero General Public License, version 3 or later. You may use, study, "
                "share and change it; it comes without any warranty."
            )
        )
        self._add_libraries()
        self._add_diagnostics()
        computer.found.connect(self._make_report)
        computer.failed.connect(self._make_report)

    def _name_line(self) -> QHBoxLayout:
        picture = QLabel()
        side = self.fontMetrics().lineSpacing() * 3
        picture.setPixmap(icon("lift-desktop").pixmap(side, side))
        line = QHBoxLayout()
        line.addWidget(picture)
        line.addWidget(title(self.tr("LIFT Desktop {0}").format(__version__)), 1)
        return line

    def appear(self) -> None:
        if not self._has_libraries:
            self._has_libraries = True
            self._context.tasks.run("list the libraries", used_libraries).done.connect(self._show_libraries)
        self._make_report()
        self._computer.ask()

    # Licences -----------------------------------------------------------------------------------------------
    def _add_libraries(self) -> None:
        self.add_heading(self.tr("Libraries it uses"))
        names = [self.tr("Library"), self.tr("Version"), self.tr("Licence")]
        self.libraries = QTableWidget(0, len(names))
        self.libraries.setHorizontalHeaderLabels(names)
        lay_out_table(self.libraries, self.tr("Libraries it uses"))
        self.rows.addWidget(self.libraries)

    @Slot(object)
    def _show_libraries(self, libraries: list[LibraryLicence]) -> None:
        self.libraries.setRowCount(len(libraries))
        for row, library in enumerate(libraries):
            for column, words in enumerate(library):
                self.libraries.setItem(row, column, QTableWidgetItem(words))

    # Diagnostics --------------------------------------------------------------------------------------------
    def _add_diagnostics(self) -> None:
        self.add_heading(self.tr("Diagnostics"))
        self.add_note(
            self.tr("For a report about a mistake in the program. It holds no text of your documents or chats.")
        )
        self.report = QPlainTextEdit(readOnly=True)
        self.report.setAccessibleName(self.tr("Diagnostics report"))
        self.report.setFont(fixed_font(self.font()))
        self.report.setTabChangesFocus(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.report.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        self.report.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.rows.addWidget(self.report)
        self.copy_button = QPushButton(icon("copy"), self.tr("&Copy report"))
        self.copy_button.clicked.connect(self._copy)
        line = QHBoxLayout()
        line.addWidget(self.copy_button)
        line.addStretch(1)
        self.rows.addLayout(line)

    @Slot()
    def _make_report(self) -> None:
        services, report = self._context.services, self._computer.report
        task = self._context.tasks.run("write the diagnostics", lambda: (report, diagnostics(services, report)))
        task.done.connect(self._show_report)

    @Slot(object)
    def _show_report(self, made: tuple[HardwareReport | None, str]) -> None:
        report, words = made
        if report is self._computer.report:  # not an older one that took longer
            self.report.setPlainText(words)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self._context.hub.said.emit(self.tr("The report is in the clipboard."))
