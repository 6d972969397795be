"""Asking a document: retrieve, answer, find the evidence, store the turn.

Owns which mode is really used. Must not know how an answer is shown, nor where a model's files come from.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from functools import cached_property

from ..domain.errors import BadSettings, LibraryError, ModelMismatch, NoMemory, RequestCancelled
from ..domain.messages import AnswerText
from ..domain.models import Answer, AnswerMode, Document, Memory, MemoryState, Passage, Turn
from ..domain.steps import changed
from ..engine.contract import AskRequest, AskResult, Engine, ModelReference
from ..library import Library
from .citations import find_citations
from .evidence import DocumentEvidence
from .retrieval import retrieve

TURNS_IN_PROMPT = 6
NO_SUPPORT = "No supporting passage found."


class DocumentChat:
    """Questions about one document. Keeps what is needed for its evidence; one `ask` at a time."""

    def __init__(self, library: Library, engine: Engine, document: Document) -> None:
        self._library, self._engine, self.document = library, engine, document

    def ask(
        self,
        question: str,
        *,
        model: ModelReference,
        memory: Memory | None,
        mode: AnswerMode = AnswerMode.BOTH,
        conversation_id: str | None = None,
        replaces_from: int | None = None,
        keep_stopped: bool = False,
        max_new_tokens: int = 200,
    ) -> Generator[AnswerText, None, Answer]:
        """Yields the answer's text as it comes; returns the whole answer with its evidence.

        `memory` is a finished memory of the document, made with `model`. With a `conversation_id` the answer
        continues that conversation and is stored in it, when it is complete; with `replaces_from` in place of
        that turn and all after it, which it does not know. `keep_stopped` also stores what had come of an
        answer that is closed or cancelled. Without a memory, mode *both* falls back to *pages* (the answer's
        note says so). Raises BadSettings (no question), NoMemory (mode *memory* without one), ModelMismatch,
        and the errors of engine and library.
        """
        question = question.strip()
        if not question:
            raise BadSettings("There is no question.", "Write it after the document, in quotation marks.")
        mode, note = self._real_mode(mode, model, memory)
        heard = _Heard()
        request = self._request(
            question, model, memory, mode, self._turns(conversation_id, replaces_from), max_new_tokens
        )
        try:
            result = yield from heard.follow(self._engine.ask(request))
        except (GeneratorExit, RequestCancelled):
            if keep_stopped and conversation_id is not None and heard.text.strip():
                with suppress(LibraryError):  # the conversation may be gone, too
                    answer = self._answer(question, heard.text.strip(), mode, heard, note, stopped=True)
                    self._library.add_turn(conversation_id, question, answer, replaces_from)
            raise
        answer = self._answer(question, result.text, mode, heard, note)
        if conversation_id is not None:
            self._library.add_turn(conversation_id, question, answer, replaces_from)
        return answer

    def _request(
        self,
        question: str,
        model: ModelReference,
        memory: Memory | None,
        mode: AnswerMode,
        turns: tuple[Turn, ...],
        max_new_tokens: int,
    ) -> AskRequest:
        passages: Sequence[Passage] = ()
        if mode is not AnswerMode.MEMORY:
            passages = retrieve(question, self._evidence, self._search)
        adapter = memory is not None and mode is not AnswerMode.PAGES
        return AskRequest(
            model=model,
            title=self.document.title,
            question=question,
            mode=mode,
            adapter_folder=str(self._library.memory_folder(memory.id)) if memory and adapter else None,
            passages=tuple(passage.text for passage in passages),
            turns=turns,
            max_new_tokens=max_new_tokens,
        )

    def _answer(
        self, question: str, text: str, mode: AnswerMode, heard: _Heard, note: str, stopped: bool = False
    ) -> Answer:
        """The text as an answer, with its evidence."""
        citations = find_citations(question, text, self._evidence, self._search)
        return Answer(
            text, mode, bool(citations), citations, heard.seconds_to_first_token, heard.seconds, note, stopped
        )

    def _real_mode(self, mode: AnswerMode, model: ModelReference, memory: Memory | None) -> tuple[AnswerMode, str]:
        """The mode that can be used, and what to tell the user about it."""
        if mode is AnswerMode.PAGES:
            return mode, ""
        if memory is None:
            if mode is AnswerMode.MEMORY:
                raise NoMemory(f"“{self.document.title}” has not been learned yet.")
            return AnswerMode.PAGES, "There is no memory of this document yet: answered from its pages alone."
        if memory.model_sha256 != model.sha256:
            raise ModelMismatch(f"The memory was made with another version of the model {memory.model}.")
        if memory.state is MemoryState.WEAK:
            return mode, "The memory of this document is weak: it learned little or nothing."
        if memory.state is MemoryState.STALE:
            return mode, "The file has changed since it was learned."
        return mode, ""

    def _turns(self, conversation_id: str | None, before: int | None) -> tuple[Turn, ...]:
        """The conversation so far (up to the turn `before`), oldest first; the engine shortens it further to what its
        model can hold.
        """
        if conversation_id is None:
            return ()
        stored = [turn for turn in self._library.turns(conversation_id) if before is None or turn.id < before]
        return tuple(Turn(turn.question, turn.answer.text) for turn in stored[-TURNS_IN_PROMPT:])

    def _search(self, words: str, limit: int) -> list[Passage]:
        return [found.passage for found in self._library.search(self.document.id, words, limit)]

    @cached_property
    def _evidence(self) -> DocumentEvidence:
        document_id = self.document.id
        return DocumentEvidence(
            self._library.text(document_id), self._library.passages(document_id), self._library.pages(document_id)
        )


class _Heard:
    """What has come of an answer so far, and when: seconds count from its making."""

    def __init__(self) -> None:
        self._started, self._first = time.monotonic(), 0.0
        self.text = ""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    @property
    def seconds_to_first_token(self) -> float:
        """All seconds while nothing has come."""
        return self._first or self.seconds

    def follow(self, steps: Generator[AnswerText, None, AskResult]) -> Generator[AnswerText, None, AskResult]:
        """Passes the text on and remembers it; returns the result."""
        return changed(steps, self._hear)

    def _hear(self, step: AnswerText) -> AnswerText:
        self._first = self._first or self.seconds
        self.text += step.text
        return step
