"""What stands under an answer: whether the document supports it, the pages that do, what they do not hold, how much
was read, and how it was made.
"""

from __future__ import annotations

import html

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ...domain.models import Answer, AnswerMode, Citation
from .. import wording
from ..wording import tr
from .flow_layout import FlowLabel, FlowLayout

CHIPS_AT_ONCE = 12
"""So many pages are shown; a click shows the others."""
DETAIL_LETTERS = 60
SHORTEST_SECONDS = 0.05  # what is not shown as 0.0


def support_text(answer: Answer) -> str:
    """ "Supported by 2 passages", that passages speak about the question alone, or that there are none."""
    count = len(answer.citations)
    if answer.absent:
        if count:
            return tr("The model found no answer; these passages speak about it")
        return tr("Not in this document") if answer.coverage is None else tr("Nothing found")
    if not count:
        return tr("No supporting passage found")
    if answer.missing:
        return tr("These passages are about the question, but do not hold all of the answer")
    if not answer.supported:
        return tr("These passages are about the question, but do not confirm the answer")
    return tr("Supported by 1 passage") if count == 1 else tr("Supported by {0} passages").format(count)


def details_text(answer: Answer) -> str:
    """ "1 detail of this answer is not in the cited passages: “$5,000”"; "" when all are."""
    quoted = (" ".join(answer.text[detail.start : detail.end].split()) for detail in answer.missing)
    listed = ", ".join(wording.quoted(wording.shortened(text, DETAIL_LETTERS)) for text in quoted)
    if len(answer.missing) < 2:
        return tr("1 detail of this answer is not in the cited passages: {0}").format(listed) if listed else ""
    return tr("{0} details of this answer are not in the cited passages: {1}").format(len(answer.missing), listed)


def coverage_text(answer: Answer) -> str:
    """ "Read all 48 passages, pages 1–12", "Read 40 of 212 passages, pages 3–60"; "" when not asked about the whole."""
    coverage = answer.coverage
    if coverage is None:
        return ""
    if coverage.first_page == coverage.last_page:
        pages = tr("page {0}").format(coverage.first_page)
    else:
        pages = tr("pages {0}–{1}").format(coverage.first_page, coverage.last_page)
    read, passages = wording.number(coverage.read), wording.number(coverage.passages)
    if coverage.read < coverage.passages:
        return tr("Read {0} of {1} passages, {2}").format(read, passages, pages)
    if coverage.passages == 1:
        return tr("Read 1 passage, {0}").format(pages)
    return tr("Read all {0} passages, {1}").format(passages, pages)


def recited_text(answer: Answer) -> str:
    """ "The memory recalls: “The rent is due on the first.”", a line for each sentence; "" when it was not asked."""
    quoted = "\n".join(map(wording.quoted, answer.recited))
    return tr("The memory recalls: {0}").format(quoted) if quoted else ""


def verdict_text(answer: Answer) -> str:
    """All that is said of an answer's support, in lines."""
    return "\n".join(filter(None, (support_text(answer), details_text(answer), coverage_text(answer))))


def look_of(answer: Answer) -> str:
    """The look of the support: "good", "warning", or "muted" for an answer that claims nothing."""
    return "muted" if answer.absent else "good" if answer.supported else "warning"


def mode_text(mode: AnswerMode) -> str:
    """Where an answer came from."""
    return {
        AnswerMode.MEMORY: tr("From memory"),
        AnswerMode.PAGES: tr("From the pages"),
        AnswerMode.BOTH: tr("From memory and pages"),
    }[mode]


def made_text(answer: Answer) -> str:
    """ "From the pages · first words after 0.8 s", and whether it was stopped; no time where it would be 0.0."""
    parts = [mode_text(answer.mode)]
    if answer.seconds_to_first_token >= SHORTEST_SECONDS:
        seconds = QLocale().toString(answer.seconds_to_first_token, "f", 1)
        parts.append(tr("first words after {0}\u00a0s").format(seconds))
    return " · ".join([*parts, tr("Stopped")] if answer.stopped else parts)


class CitationChip(QPushButton):
    """ "p. 4": shows the quote when pointed at, and the page when chosen by mouse, Enter or the space bar.

    With a `number` it is the source of that item of the answer: "[3] p. 4".
    """

    def __init__(self, citation: Citation, parent: QWidget | None = None, number: int | None = None) -> None:
        page = wording.page(citation.page, citation.label)
        super().__init__(page if number is None else f"[{number}] {page}", parent)
        self.citation = citation
        quote = " ".join(citation.quote.split())
        self.setProperty("look", "chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Page {0}, quote: “{1}”").format(citation.page, quote))
        self.setAccessibleDescription(tr("Shows the words on the page"))
        what = tr("Click to see it on the page")
        self.setToolTip(f"<p>{wording.quoted(html.escape(quote))}</p><p><i>{what}</i></p>")

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
        self.support = FlowLabel(support_text(answer), look_of(answer), evidence)
        row.addWidget(self.support)
        is_numbered = answer.coverage is not None
        self.chips = [
            CitationChip(citation, evidence, number if is_numbered else None)
            for number, citation in enumerate(answer.citations, start=1)
        ]
        for place, chip in enumerate(self.chips):
            chip.clicked.connect(self._choose)
            chip.setVisible(place < CHIPS_AT_ONCE)
            row.addWidget(chip)
        self.more = QPushButton(tr("Show all {0} pages").format(len(self.chips)), evidence)
        self.more.setProperty("look", "link")
        self.more.clicked.connect(self._show_all)
        self.more.setVisible(len(self.chips) > CHIPS_AT_ONCE)
        row.addWidget(self.more)
        column.addWidget(evidence)
        self.details = self._line(details_text(answer), "warning")
        self.coverage = self._line(coverage_text(answer), "muted")
        self.recited = self._line(recited_text(answer), "muted")
        self.note = self._line(answer.note, "muted")
        for line in (self.details, self.coverage, self.recited, self.note):
            column.addWidget(line)

    def _line(self, text: str, look: str) -> QLabel:
        line = QLabel(text, self)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.setProperty("look", look)
        line.setWordWrap(True)
        line.setVisible(bool(text))
        return line

    def _show_all(self) -> None:
        for chip in self.chips:
            chip.show()
        self.chips[CHIPS_AT_ONCE].setFocus(Qt.FocusReason.OtherFocusReason)
        self.more.hide()

    def _choose(self) -> None:
        chip = self.sender()
        if isinstance(chip, CitationChip):
            self.citation_chosen.emit(chip.citation)
