"""Questions on their way to an answer: one is answered at a time, whichever document it is about; the others wait.

Lives as long as the pane, so that an answer goes on while the user looks at another document. Knows no widget.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal, Slot

from ...chat import DocumentChat
from ...domain.errors import ChildDied, EngineError, LiftError
from ...domain.messages import AnswerText, Progress
from ...domain.models import AnswerMode, Document, StoredTurn
from ...jobs import model_reference
from ..bridge import Task
from ..context import Context


class LiveState(Enum):
    """Where a question stands that has no answer yet."""

    WAITING = auto()
    RUNNING = auto()
    STOPPING = auto()
    STOPPED = auto()  # before the first word came, or when others were to be replaced: these stay
    FAILED = auto()


class LiveTurn(QObject):
    """A question and what has come of its answer. `replaces_from` is the stored turn in whose place (and in that of
    all after it) the answer comes.
    """

    changed = Signal()

    def __init__(
        self, document: Document, conversation_id: str, question: str, mode: AnswerMode, replaces_from: int | None
    ) -> None:
        super().__init__()
        self.document_id, self.conversation_id = document.id, conversation_id
        self.question, self.mode, self.replaces_from = question, mode, replaces_from
        self.state = LiveState.WAITING
        self.text = ""
        self.progress: Progress | None = None  # of reading the whole document
        self.error: LiftError | None = None
        self.needs_model = False  # nothing was answered yet: the model has to be loaded first

    @property
    def is_active(self) -> bool:
        """Whether an answer may still come by itself."""
        return self.state in (LiveState.WAITING, LiveState.RUNNING, LiveState.STOPPING)

    def become(self, state: LiveState, error: LiftError | None = None) -> None:
        """Changes the state, and tells."""
        self.state, self.error = state, error
        self.changed.emit()


class Asker(QObject):
    """Asks, keeps what is not answered, and tells when the library holds an answer."""

    answered = Signal(object, object)  # LiveTurn, its StoredTurn
    changed = Signal()  # a question came, went, or changed its state

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._chats: dict[str, DocumentChat] = {}
        self._turns: list[LiveTurn] = []
        self._running: LiveTurn | None = None
        self._task: Task | None = None
        self._has_heard = False

    def of(self, conversation_id: str | None) -> list[LiveTurn]:
        """The questions of a conversation that are not answered, oldest first."""
        return [turn for turn in self._turns if turn.conversation_id == conversation_id]

    def ask(
        self,
        document: Document,
        conversation_id: str,
        question: str,
        mode: AnswerMode,
        replaces_from: int | None = None,
    ) -> LiveTurn:
        """Asks when those before have been answered. The answer is stored in the conversation."""
        if document.id not in self._chats:
            self._chats[document.id] = DocumentChat(self._context.library, self._context.services.engine, document)
        self._chats[document.id].document = document  # its title may have changed
        turn = LiveTurn(document, conversation_id, question, mode, replaces_from)
        self._turns.append(turn)
        self._go_on()
        self.changed.emit()
        return turn

    def retry(self, turn: LiveTurn, mode: AnswerMode) -> None:
        """Asks again what failed or was stopped."""
        turn.text, turn.progress, turn.mode = "", None, mode
        self._turns.remove(turn)
        self._turns.append(turn)
        turn.become(LiveState.WAITING)
        self._go_on()
        self.changed.emit()

    def stop(self, turn: LiveTurn) -> None:
        """What has come of the answer is kept, in place of no other."""
        if turn is self._running and self._task is not None:
            self._task.cancel()
            turn.become(LiveState.STOPPING)
        elif turn.is_active:
            turn.become(LiveState.STOPPED)
        self.changed.emit()

    def drop(self, turn: LiveTurn) -> None:
        """Forgets the question; of an answer that runs, nothing is shown any more."""
        self._turns.remove(turn)
        if turn is self._running and self._task is not None:
            self._task.cancel()
        self.changed.emit()

    def drop_conversation(self, conversation_id: str) -> None:
        for turn in self.of(conversation_id):
            self.drop(turn)

    def drop_document(self, document_id: str) -> None:
        self._chats.pop(document_id, None)
        for turn in [turn for turn in self._turns if turn.document_id == document_id]:
            self.drop(turn)

    def _go_on(self) -> None:
        if self._running is not None:
            return
        turn = next((turn for turn in self._turns if turn.state is LiveState.WAITING), None)
        if turn is None:
            return
        self._running = turn
        turn.needs_model = not self._has_heard
        turn.become(LiveState.RUNNING)
        preferred: str = self._context.preferences.get("model")
        chat = self._chats[turn.document_id]
        self._task = self._context.tasks.run("answer", lambda: self._work(turn, chat, preferred), is_lasting=True)
        self._task.stepped.connect(self._hear)
        self._task.done.connect(self._finish)
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(self._was_stopped)
        self._task.ended.connect(self._end)

    def _work(
        self, turn: LiveTurn, chat: DocumentChat, preferred: str
    ) -> Generator[AnswerText | Progress, None, StoredTurn]:
        """Runs outside the window's thread: finding a model reads its files."""
        services = self._context.services
        memory = services.library.best_memory(turn.document_id)
        found = services.models.resolve(memory.model if memory else preferred)
        model = model_reference(found, services.models, services.library)
        yield from chat.ask(
            turn.question,
            model=model,
            memory=memory,
            mode=turn.mode,
            conversation_id=turn.conversation_id,
            replaces_from=turn.replaces_from,
            keep_stopped=True,
        )
        return services.library.turns(turn.conversation_id)[-1]

    @property
    def _heard(self) -> LiveTurn | None:
        """The running question, unless it was dropped meanwhile."""
        return self._running if self._running in self._turns else None

    @Slot(object)
    def _hear(self, step: AnswerText | Progress) -> None:
        self._has_heard = True
        if turn := self._heard:
            if isinstance(step, Progress):
                turn.progress = step if step.stage == "gathering" else None
            else:
                turn.text += step.text
            turn.changed.emit()

    @Slot(object)
    def _finish(self, stored: StoredTurn) -> None:
        if turn := self._heard:
            self._turns.remove(turn)
            self.answered.emit(turn, stored)

    @Slot(object)
    def _fail(self, error: LiftError) -> None:
        self._has_heard = self._has_heard and not isinstance(error, ChildDied)
        if turn := self._heard:
            turn.become(LiveState.FAILED, error)

    @Slot()
    def _was_stopped(self) -> None:
        turn = self._heard
        if turn is None:
            return
        is_kept = turn.replaces_from is None and bool(turn.text.strip())
        stored = self._context.library.turns(turn.conversation_id) if is_kept else []
        if stored and stored[-1].answer.stopped and stored[-1].question == turn.question.strip():
            self._turns.remove(turn)
            self.answered.emit(turn, stored[-1])
        else:
            turn.become(LiveState.STOPPED)

    @Slot()
    def _end(self) -> None:
        turn = self._heard
        if turn is not None and turn.state in (LiveState.RUNNING, LiveState.STOPPING):  # a bug; the window tells of it
            turn.become(LiveState.FAILED, EngineError("The answer ended unexpectedly.", "Try again."))
        self._running = self._task = None
        self._go_on()
        self.changed.emit()
