"""The chat about the open document: places its parts, and does what the user asks of them.

Knows the library, the Asker and its own widgets; never an engine's work nor another pane.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ...domain.errors import LibraryError
from ...domain.models import AnswerMode, Conversation, Document, Memory, StoredTurn
from .. import wording
from ..bridge import Work
from ..context import Context
from .announcing import announce
from .answer_footer import verdict_text
from .asking import Asker, LiveState, LiveTurn
from .empty_states import NoDocument, NoModel, NoQuestions
from .export_chat import MARKDOWN_ENDING, PDF_ENDING, ChatExporter
from .exporting import copied_text
from .last_chats import NEW, LastChats
from .overview import Overview, look, starter_model_bytes
from .questions_first import ask_title, confirm_asking_again, confirm_deleting_chat, confirm_deleting_turn
from .turn_view import TurnView
from .view import ChatView

TITLE_LETTERS = 60


class ChatPane(ChatView):
    """See the module. Connects itself to the hub, but for `document_opened`: the window calls `show_document`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: Document | None = None
        self._conversation: Conversation | None = None
        self._memory: Memory | None = None
        self._overview: Overview | None = None
        self._turns: list[StoredTurn] = []
        self._empty_key: tuple[object, ...] = ()
        self._asker = Asker(context, self)
        self._exporter = ChatExporter(context, self)
        self._last_chats = LastChats(context)
        self._connect_hub()
        self._connect_parts()
        self.show_document(None)

    # For the window ------------------------------------------------------------------------------------------
    def show_document(self, document: Document | None) -> None:
        """Shows the conversation about this document that was open last; answers of another one go on."""
        self._document, self._overview = document, None
        self._memory = None if document is None else self._context.library.best_memory(document.id)
        self._show_open(document is not None)
        self._open_conversation(self._last_chats.of(document))
        self._show_modes()
        self._look()

    def ask(self, question: str) -> bool:
        """Asks about the open document, after the answer that comes just now; False when there is nothing to ask or no
        chat can be kept."""
        if not question.strip() or self._document is None:
            return False
        if self._conversation is None:
            title = " ".join(question.split())[:TITLE_LETTERS]
            try:
                self._conversation = self._context.library.start_conversation(self._document.id, title)
            except LibraryError as error:
                self._context.hub.failed.emit(error)
                return False
            self._remember()
            self._show_conversations()
        self.transcript.go_to_end()
        self._asker.ask(self._document, self._conversation.id, question.strip(), self._mode)
        return True

    def draft(self, text: str) -> None:
        """Puts text into the input, to be changed and asked."""
        if self._document is not None:
            self.input.set_text(text)
            self.input.setFocus(Qt.FocusReason.OtherFocusReason)

    # Connecting ---------------------------------------------------------------------------------------------
    def _connect_hub(self) -> None:
        hub = self._context.hub
        hub.question_asked.connect(self.ask)
        hub.question_drafted.connect(self.draft)
        hub.document_changed.connect(self._on_document_changed)
        hub.document_removed.connect(self._on_document_removed)
        hub.memories_changed.connect(self._on_memories_changed)
        hub.models_changed.connect(self._look)
        self._context.preferences.changed.connect(self._on_preference_changed)

    def _connect_parts(self) -> None:
        self._asker.changed.connect(self._refresh)
        self._asker.answered.connect(self._on_answered)
        self.bar.chosen.connect(self._open_conversation)
        self.transcript.view_made.connect(self._connect_view)
        self.modes.learn_requested.connect(self._learn)
        self.input.asked.connect(self._send)
        self.input.recall_wanted.connect(self._recall)
        self.send.clicked.connect(self._send_or_stop)
        for name, go in {
            "new_chat": self._new_chat,
            "stop": self._stop,
            "regenerate": self._regenerate_last,
            "rename_chat": self._rename_chat,
            "delete_chat": self._delete_chat,
            "export_markdown": partial(self._export, MARKDOWN_ENDING),
            "export_pdf": partial(self._export, PDF_ENDING),
            "focus_question": self._focus_question,
        }.items():
            self._actions[name].triggered.connect(go)
        for mode in AnswerMode:
            self._actions[f"mode_{mode.value}"].triggered.connect(partial(self._choose_mode, mode))

    def _connect_view(self, view: TurnView) -> None:
        view.citation_chosen.connect(self._context.hub.citation_chosen)
        view.copy_requested.connect(self._copy)
        view.regenerate_requested.connect(self._regenerate_last)
        view.delete_requested.connect(self._delete_turn)
        view.edited.connect(self._edit)
        view.retry_requested.connect(self._retry)
        view.dismiss_requested.connect(self._dismiss)
        view.model_requested.connect(self._get_model)
        view.learn_requested.connect(self._learn)
        view.controls_changed.connect(self._order_tabs)

    # What is shown -------------------------------------------------------------------------------------------
    @property
    def _mode(self) -> AnswerMode:
        """The chosen mode; nothing but the pages before there is a memory."""
        return AnswerMode(self._context.preferences.get("mode")) if self._memory is not None else AnswerMode.PAGES

    @property
    def _lives(self) -> list[LiveTurn]:
        return [] if self._conversation is None else self._asker.of(self._conversation.id)

    @Slot(str)
    def _open_conversation(self, conversation_id: str) -> None:
        self._conversation = self._context.library.conversation(conversation_id) if conversation_id else None
        self._remember()
        self.transcript.clear()
        self._reload()

    def _reload(self) -> None:
        """Reads the shown conversation again."""
        shown = self._conversation
        self._turns = [] if shown is None else self._context.library.turns(shown.id)
        self._show_conversations()
        self._refresh()

    def _show_conversations(self) -> None:
        document, shown = self._document, self._conversation
        found = [] if document is None else self._context.library.conversations(document.id)
        self.bar.show_conversations(found, None if shown is None else shown.id)

    @Slot()
    def _refresh(self) -> None:
        lives = self._lives
        self.transcript.show_turns(self._turns, lives)
        self._show_empty(bool(self._turns or lives))
        is_active = any(live.is_active for live in lives)
        for name, enabled in {
            "new_chat": self._document is not None,
            "stop": any(live.is_active and live.state is not LiveState.STOPPING for live in lives),
            "regenerate": bool(self._turns) and not is_active,
            "rename_chat": self._conversation is not None,
            "delete_chat": self._conversation is not None,
            "export_markdown": bool(self._turns),
            "export_pdf": bool(self._turns),
            "focus_question": self._document is not None,
        }.items():
            self._actions[name].setEnabled(enabled)
        self._show_send()
        self._order_tabs()

    def _show_empty(self, has_turns: bool) -> None:
        key: tuple[object, ...] = (has_turns, self._document, self._overview)
        if key == self._empty_key:
            return
        self._empty_key = key
        widget: NoDocument | NoModel | NoQuestions | None = None
        if self._document is None:
            widget = NoDocument()
        elif has_turns or self._overview is None:
            widget = None
        elif not self._overview.has_model:
            widget = NoModel(self.transcript.model_offer)
            widget.model_requested.connect(self._get_model)
        else:
            widget = NoQuestions(self._document.title, self._overview.suggestions)
            widget.question_chosen.connect(self.ask)
        self.transcript.set_empty(widget)

    def _show_modes(self) -> None:
        self._show_mode(self._mode, self._memory is not None, self._document is not None)

    def _remember(self) -> None:
        if self._document is not None:
            self._last_chats.remember(self._document.id, NEW if self._conversation is None else self._conversation.id)

    @Slot()
    def _look(self) -> None:
        """Finds out, beside the window, what can be asked and with what."""
        size = starter_model_bytes(self._context.services.models)
        self.transcript.model_offer = self.tr("Get the starter model ({0})").format(wording.size(size))
        if self._document is not None:
            services, preferred = self._context.services, self._context.preferences.get("model")
            task = self._context.tasks.run("look", partial(look, services, self._document.id, preferred))
            task.done.connect(self._on_overview)

    # What happens --------------------------------------------------------------------------------------------
    @Slot(object)
    def _on_overview(self, overview: Overview) -> None:
        if self._document is not None and overview.document_id == self._document.id:
            self._overview = overview
            self._refresh()

    @Slot(object, object)
    def _on_answered(self, live: LiveTurn, turn: StoredTurn) -> None:
        if self._conversation is None or live.conversation_id != self._conversation.id:
            return
        self.transcript.adopt(live, turn)
        self._turns = self._context.library.turns(live.conversation_id)
        self._refresh()
        announce(self, self.tr("Answer: {0}\n{1}").format(turn.answer.text, verdict_text(turn.answer)))

    @Slot(str)
    def _on_document_changed(self, document_id: str) -> None:
        if self._document is not None and document_id == self._document.id:
            self._document = self._context.library.document(document_id)
            self._refresh()

    @Slot(str)
    def _on_document_removed(self, document_id: str) -> None:
        self._asker.drop_document(document_id)
        self._last_chats.forget(document_id)
        if self._document is not None and document_id == self._document.id:
            self.show_document(None)

    @Slot(str)
    def _on_memories_changed(self, document_id: str) -> None:
        if self._document is not None and document_id == self._document.id:
            self._memory = self._context.library.best_memory(document_id)
            self._show_modes()
            self._look()

    @Slot(str)
    def _on_preference_changed(self, key: str) -> None:
        if key == "mode":
            self._show_modes()
        elif key == "model":
            self._look()

    # What the user does --------------------------------------------------------------------------------------
    def _choose_mode(self, mode: AnswerMode) -> None:
        self._context.preferences.set("mode", mode.value)

    @Slot(str)
    def _send(self, question: str) -> None:
        if self.ask(question):
            self.input.set_text("")

    @Slot()
    def _send_or_stop(self) -> None:
        if self._actions["stop"].isEnabled():
            self._stop()
        elif self.input.text():
            self._send(self.input.text())

    @Slot()
    def _stop(self) -> None:
        """Stops the answer that comes, or takes back the question that waits."""
        active = [live for live in self._lives if live.is_active]
        running = [live for live in active if live.state is LiveState.RUNNING]
        for live in running or active[-1:]:
            self._asker.stop(live)

    @Slot()
    def _recall(self) -> None:
        asked = [turn.question for turn in self._turns] + [live.question for live in self._lives]
        if asked:
            self.input.set_text(asked[-1])

    @Slot()
    def _focus_question(self) -> None:
        self.input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _learn(self) -> None:
        if self._document is not None:
            self._context.hub.learn_requested.emit(self._document.id)

    @Slot()
    def _get_model(self) -> None:
        self._context.hub.settings_requested.emit("models")

    @Slot()
    def _new_chat(self) -> None:
        self._open_conversation(NEW)
        self._focus_question()

    def _copy(self, view: TurnView) -> None:
        if view.turn is not None:
            QGuiApplication.clipboard().setText(copied_text(view.turn.answer))
            self._context.hub.said.emit(self.tr("Answer copied"))

    @Slot()
    def _regenerate_last(self) -> None:
        if self._turns and self._document is not None and self._conversation is not None:
            last = self._turns[-1]
            self.transcript.go_to_end()
            self._asker.ask(self._document, self._conversation.id, last.question, self._mode, replaces_from=last.id)
            self._focus_question()

    def _edit(self, view: TurnView, question: str) -> None:
        turn, shown = view.turn, self._conversation
        if turn is not None and shown is not None:
            go = partial(self._ask_from, shown.id, turn.id, question)
            confirm_asking_again(self, self._count_after(turn.id), go)

    def _count_after(self, turn_id: int | None) -> int:
        """How many questions were asked after that turn, if there is one; of some the answer still comes."""
        if turn_id is None:
            return 0
        return sum(turn.id > turn_id for turn in self._turns) + sum(live.is_active for live in self._lives)

    def _ask_from(self, conversation_id: str, turn_id: int, question: str) -> None:
        """Nothing is asked when another chat is shown by now: what was agreed to was said of this one."""
        shown = self._conversation
        if self._document is not None and shown is not None and shown.id == conversation_id:
            self._asker.ask(self._document, shown.id, question, self._mode, replaces_from=turn_id)
            self._focus_question()

    def _delete_turn(self, view: TurnView) -> None:
        turn, conversation = view.turn, self._conversation
        if turn is not None and conversation is not None:
            work = partial(self._context.library.delete_turn, conversation.id, turn.id)
            confirm_deleting_turn(self, turn.question, partial(self._run, "delete turn", work))

    def _retry(self, view: TurnView, pages_alone: bool) -> None:
        live = view.live
        if live is not None:
            go = partial(self._ask_again, live, AnswerMode.PAGES if pages_alone else self._mode)
            confirm_asking_again(self, self._count_after(live.replaces_from), go)

    def _ask_again(self, live: LiveTurn, mode: AnswerMode) -> None:
        if live in self._lives:
            self._asker.retry(live, mode)
            self._focus_question()

    def _dismiss(self, view: TurnView) -> None:
        if view.live is not None:
            self._asker.drop(view.live)
            self._focus_question()

    @Slot()
    def _rename_chat(self) -> None:
        if self._conversation is not None:
            rename = partial(self._context.library.rename_conversation, self._conversation.id)
            go = partial(self._run, "rename chat")
            ask_title(self, self._conversation.title, lambda title: go(partial(rename, title)))

    @Slot()
    def _delete_chat(self) -> None:
        shown = self._conversation
        if shown is not None:
            go = partial(self._delete_conversation, shown.id)
            confirm_deleting_chat(self, shown.title, len(self._turns), go)

    def _delete_conversation(self, conversation_id: str) -> None:
        self._asker.drop_conversation(conversation_id)
        self._run("delete chat", partial(self._context.library.delete_conversation, conversation_id))

    def _export(self, ending: str) -> None:
        if self._document is not None and self._conversation is not None and self._turns:
            self._exporter.begin(self._document, self._conversation.title, self._turns, ending)

    def _run(self, name: str, work: Work) -> None:
        """Changes the library beside the window, then shows what it holds."""
        task = self._context.tasks.run(name, work, is_lasting=True)
        task.failed.connect(self._context.hub.failed)
        task.ended.connect(self._show_changed)

    @Slot()
    def _show_changed(self) -> None:
        if self._document is None:
            return
        found = {each.id: each for each in self._context.library.conversations(self._document.id)}
        if self._conversation is not None and self._conversation.id not in found:
            self._open_conversation(next(iter(found), NEW))
        else:
            self._conversation = found[self._conversation.id] if self._conversation is not None else None
            self._reload()
