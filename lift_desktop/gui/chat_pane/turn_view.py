"""One question with its answer, as it comes and as it is kept. Tells what the user wants done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...domain.models import AnswerMode, StoredTurn
from ..icons import icon
from ..wording import number
from .answer_footer import AnswerFooter, made_text
from .asking import LiveState, LiveTurn
from .flow_layout import FlowLabel, FlowLayout
from .flowing_text import FlowingText
from .problem_card import ProblemCard
from .question_input import QuestionInput


class TurnView(QWidget):
    """Shows a LiveTurn or a StoredTurn; exactly one of `live` and `turn` is not None."""

    citation_chosen = Signal(object)  # Citation
    copy_requested = Signal(object)  # this view, as in the following
    regenerate_requested = Signal(object)
    delete_requested = Signal(object)
    retry_requested = Signal(object, bool)  # and whether to use the pages alone
    dismiss_requested = Signal(object)
    controls_changed = Signal()  # what Tab goes through
    edited = Signal(object, str)  # and the new question
    model_requested = Signal()
    learn_requested = Signal()

    def __init__(self, item: LiveTurn | StoredTurn, model_offer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_offer = model_offer
        self.live: LiveTurn | None = None
        self.turn: StoredTurn | None = None
        self.footer: AnswerFooter | None = None
        self.problem: ProblemCard | None = None
        self.editor: QuestionInput | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 10)
        self._column.setSpacing(6)
        self._build_question()
        self.answer = FlowingText(self.tr("Answer"), self)
        self.status = QLabel(self)
        self.status.setProperty("look", "muted")
        self.status.setWordWrap(True)
        self._column.addWidget(self.answer)
        self._column.addWidget(self.status)
        self._build_buttons()
        if isinstance(item, LiveTurn):
            self._show_live(item)
        else:
            self.show_turn(item)

    # What is shown -------------------------------------------------------------------------------------------
    def show_turn(self, turn: StoredTurn) -> None:
        """Shows a finished answer, from now on."""
        if self.live is not None:
            self.live.changed.disconnect(self._refresh)
        self.live, self.turn = None, turn
        self._set_problem(None)
        self.question.set_text(turn.question)
        self.answer.set_markdown(turn.answer.text)
        self.answer.set_marked([(detail.start, detail.end) for detail in turn.answer.missing])
        self.answer.show()
        self.status.hide()
        if self.footer is not None:
            self.footer.deleteLater()
        self.footer = AnswerFooter(turn.answer, self)
        self.footer.citation_chosen.connect(self.citation_chosen)
        self._column.insertWidget(self._column.indexOf(self.buttons), self.footer)
        self.made.setText(made_text(turn.answer))
        self.buttons.show()
        self.set_changeable(is_last=False, is_idle=True)

    def set_changeable(self, is_last: bool, is_idle: bool) -> None:
        """Only the last answer can be made again; no question is asked anew while an answer comes."""
        self.regenerate.setVisible(is_last)
        self.regenerate.setEnabled(is_idle)
        self.edit.setVisible(self.turn is not None and self.editor is None)
        self.edit.setEnabled(is_idle)
        if self.editor is not None:
            self.take_edit.setEnabled(is_idle)

    def _show_live(self, live: LiveTurn) -> None:
        self.live = live
        self.question.set_text(live.question)
        self.edit.hide()
        self.buttons.hide()
        live.changed.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        live = self.live
        if live is None:
            return
        self.answer.set_markdown(live.text)
        self.answer.setVisible(bool(live.text))
        said = self._status_text(live)
        self.status.setText(said)
        self.status.setVisible(bool(said))
        is_over = live.state in (LiveState.FAILED, LiveState.STOPPED)
        card = ProblemCard(live.error, self._model_offer, bool(live.text), self) if is_over else None
        self._set_problem(card)

    def _status_text(self, live: LiveTurn) -> str:
        if live.state is LiveState.WAITING:
            return self.tr("Waits for the answer before it…")
        if live.state is LiveState.STOPPING:
            return self.tr("Stopping…")
        if live.state is LiveState.RUNNING and live.progress is not None:
            return self.tr("Reading passage {0} of {1}…").format(
                *map(number, (live.progress.done, live.progress.total))
            )
        if live.state is not LiveState.RUNNING or live.text:
            return ""
        if live.needs_model:
            return self.tr("Getting the model ready…")
        return {
            AnswerMode.MEMORY: self.tr("Remembering…"),
            AnswerMode.PAGES: self.tr("Looking through the pages…"),
            AnswerMode.BOTH: self.tr("Remembering, and looking through the pages…"),
        }[live.mode]

    def _set_problem(self, card: ProblemCard | None) -> None:
        if self.problem is not None:
            self.problem.hide()
            self.problem.deleteLater()
        self.problem = card
        if card is not None:
            card.retry_requested.connect(self._retry)
            card.pages_requested.connect(self._retry_with_pages)
            card.dismiss_requested.connect(self._dismiss)
            card.model_requested.connect(self.model_requested)
            card.learn_requested.connect(self.learn_requested)
            self._column.insertWidget(self._column.indexOf(self.buttons), card)
            self.controls_changed.emit()

    # The question --------------------------------------------------------------------------------------------
    def _build_question(self) -> None:
        self._question_row = QHBoxLayout()
        self._question_row.addStretch(1)
        self.edit = self._button("edit", self.tr("Edit question"), self.tr("Edit the question and ask it again"))
        self.edit.clicked.connect(self.begin_editing)
        self._question_row.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignVCenter)
        self.bubble = QFrame(self)
        self.bubble.setProperty("look", "bubble")
        inside = QVBoxLayout(self.bubble)
        inside.setContentsMargins(10, 6, 10, 6)
        self.question = FlowingText(self.tr("Question"), self.bubble)
        inside.addWidget(self.question)
        self._question_row.addWidget(self.bubble, 0)
        self._column.addLayout(self._question_row)

    @Slot()
    def begin_editing(self) -> None:
        """Puts an input in the question's place."""
        if self.turn is None or self.editor is not None:
            return
        self._editing = QFrame(self)
        self._editing.setProperty("look", "card")
        column = QVBoxLayout(self._editing)
        self.editor = QuestionInput(self.tr("Edited question"), self._editing, keeps_escape=True)
        self.editor.set_text(self.turn.question)
        self.editor.asked.connect(self._take_edited)
        self.editor.left.connect(self.end_editing)
        column.addWidget(self.editor)
        row = QHBoxLayout()
        row.addStretch(1)
        self.cancel_edit = QPushButton(self.tr("Cancel"), self._editing)
        self.cancel_edit.clicked.connect(self.end_editing)
        self.take_edit = QPushButton(self.tr("Ask again"), self._editing)
        self.take_edit.setProperty("look", "primary")
        self.take_edit.clicked.connect(self._take_edited)
        row.addWidget(self.cancel_edit)
        row.addWidget(self.take_edit)
        column.addLayout(row)
        self._column.insertWidget(1, self._editing)
        self.bubble.hide()
        self.edit.hide()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.controls_changed.emit()

    @Slot()
    def end_editing(self) -> None:
        """Shows the question as it was."""
        if self.editor is None:
            return
        self._editing.hide()
        self._editing.deleteLater()
        self.editor = None
        self.bubble.show()
        self.edit.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _take_edited(self) -> None:
        if self.editor is not None and self.editor.text() and self.take_edit.isEnabled():
            self.edited.emit(self, self.editor.text())

    # What can be done ----------------------------------------------------------------------------------------
    def _build_buttons(self) -> None:
        self.buttons = QWidget(self)
        row = FlowLayout(self.buttons)
        self.made = FlowLabel("", "muted", self.buttons)
        row.addWidget(self.made)
        self.copy = self._button("copy", self.tr("Copy answer"), self.tr("Copy the answer with its pages"))
        self.copy.clicked.connect(self._copy)
        self.regenerate = self._button("again", self.tr("Answer again"), self.tr("Answer again, in the chosen mode"))
        self.regenerate.clicked.connect(self._regenerate)
        self.delete = self._button("erase", self.tr("Delete"), self.tr("Delete this question and its answer"))
        self.delete.clicked.connect(self._delete)
        together = QWidget(self.buttons)
        side_by_side = QHBoxLayout(together)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.setSpacing(2)
        for button in (self.copy, self.regenerate, self.delete):
            side_by_side.addWidget(button)
        row.addWidget(together)
        self._column.addWidget(self.buttons)

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def controls(self) -> list[QWidget]:
        """What Tab goes through, from top to bottom."""
        found: list[QWidget] = [self.edit, self.question]
        if self.editor is not None:
            found += [self.editor, self.cancel_edit, self.take_edit]
        found.append(self.answer)
        if self.footer is not None:
            found += [*self.footer.chips, self.footer.more]
        if self.problem is not None:
            found += self.problem.findChildren(QPushButton)
        return [*found, self.copy, self.regenerate, self.delete]

    def _copy(self) -> None:
        self.copy_requested.emit(self)

    def _regenerate(self) -> None:
        self.regenerate_requested.emit(self)

    def _delete(self) -> None:
        self.delete_requested.emit(self)

    def _retry(self) -> None:
        self.retry_requested.emit(self, False)

    def _retry_with_pages(self) -> None:
        self.retry_requested.emit(self, True)

    def _dismiss(self) -> None:
        self.dismiss_requested.emit(self)
