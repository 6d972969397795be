"""What stands under an answer: whether the document supports it, the pages that do, and how it was made."""

from __future__ import annotations

import html

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ...domain.models import Answer, AnswerMode, Citation
from .. import wording
from ..wording import tr
from .flow_layout import FlowLabel, FlowLayout


def support_text(answer: Answer) -> str:
    """ "Supported by 2 passages", or that nothing supports it."""
    count = len(answer.citations)
    if not answer.supported or not count:
        return tr("No supporting passage found")
    return tr("Supported by 1 passage") if count == 1 else tr("Supported by {0} passages").format(count)


def mode_text(mode: AnswerMode) -> str:
    """Where an answer came from."""
    return {
        AnswerMode.MEMORY: tr("From memory"),
        AnswerMode.PAGES: tr("From the pages"),
        AnswerMode.BOTH: tr("From memory and pages"),
    }[mode]


def made_text(answer: Answer) -> str:
    """ "From the pages · first words after 0.8 s", and whether it was stopped."""
    seconds = QLocale().toString(answer.seconds_to_first_token, "f", 1)
    parts = [mode_text(answer.mode), tr("first words after {0} s").format(seconds)]
    return " · ".join([*parts, tr("Stopped")] if answer.stopped else parts)


class CitationChip(QPushButton):
    """ "p. 4": shows the quote when pointed at, and the page when chosen by mouse, Enter or the space bar."""

    def __init__(self, citation: Citation, parent: QWidget | None = None) -> None:
        super().__init__(wording.page(citation.page, citation.label), parent)
        self.citation = citation
        quote = " ".join(citation.quote.split())
        self.setProperty("look", "chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Page {0}, quote: “{1}”").format(citation.page, quote))
        self.setAccessibleDescription(tr("Shows the words on the page"))
        what = tr("Click to see it on the page")
        self.setToolTip(f"<p>“{html.escape(quote)}”</p><p><i>{what}</i></p>")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class AnswerFooter(QWidget):
    """Made for one answer."""

    citation_chosen = Signal(object)  # Citation

    def __init__(self, answer: Answer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        evidence = QWidget(self)
        row = FlowLayout(evidence)
        self.support = FlowLabel(support_text(answer), "good" if answer.supported else "warning", evidence)
        row.addWidget(self.support)
        self.chips = [CitationChip(citation, evidence) for citation in answer.citations]
        for chip in self.chips:
            chip.clicked.connect(self._choose)
            row.addWidget(chip)
        column.addWidget(evidence)
        self.note = QLabel(answer.note, self)
        self.note.setProperty("look", "muted")
        self.note.setWordWrap(True)
        self.note.setVisible(bool(answer.note))
        column.addWidget(self.note)

    def _choose(self) -> None:
        chip = self.sender()
        if isinstance(chip, CitationChip):
            self.citation_chosen.emit(chip.citation)
