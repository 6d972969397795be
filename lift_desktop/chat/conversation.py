"""Asking a document: retrieve, answer, find the evidence, store the turn.

Owns which mode is really used. Must not know how an answer is shown, nor where a model's files come from.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cached_property

from ..domain.errors import BadSettings, ModelMismatch, NoMemory
from ..domain.messages import AnswerText
from ..domain.models import Answer, AnswerMode, Document, Memory, MemoryState, Passage, StoredTurn, Turn
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
        max_new_tokens: int = 200,
    ) -> Generator[AnswerText, None, Answer]:
        """Yields the answer's text as it comes; returns the whole answer with its evidence.

        `memory` is a finished memory of the document, made with `model`. With a `conversation_id` the answer
        continues that conversation and is stored in it, when it is complete. Without a memory, mode *both*
        falls back to *pages* (the answer's note says so). Raises BadSettings (no question), NoMemory (mode
        *memory* without one), ModelMismatch, and the errors of engine and library.
        """
        question = question.strip()
        if not question:
            raise BadSettings("There is no question.", "Write it after the document, in quotation marks.")
        mode, note = self._real_mode(mode, model, memory)
        started = time.monotonic()
        passages: Sequence[Passage] = ()
        if mode is not AnswerMode.MEMORY:
            passages = retrieve(question, self._evidence, self._search)
        adapter = memory is not None and mode is not AnswerMode.PAGES
        request = AskRequest(
            model=model,
            title=self.document.title,
            question=question,
            mode=mode,
            adapter_folder=str(self._library.memory_folder(memory.id)) if memory and adapter else None,
            passages=tuple(passage.text for passage in passages),
            turns=self._turns(conversation_id),
            max_new_tokens=max_new_tokens,
        )
        seconds_to_first_token, result = yield from _timed(self._engine.ask(request), started)
        citations = find_citations(question, result.text, self._evidence, self._search)
        seconds = time.monotonic() - started
        answer = Answer(result.text, mode, bool(citations), citations, seconds_to_first_token, seconds, note)
        if conversation_id is not None:
            self._library.add_turn(conversation_id, question, answer)
        return answer

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

    def _turns(self, conversation_id: str | None) -> tuple[Turn, ...]:
        """The conversation so far, oldest first; the engine shortens it further to what its model can
        hold.
        """
        if conversation_id is None:
            return ()
        stored: list[StoredTurn] = self._library.turns(conversation_id)[-TURNS_IN_PROMPT:]
        return tuple(Turn(turn.question, turn.answer.text) for turn in stored)

    def _search(self, words: str, limit: int) -> list[Passage]:
        return [found.passage for found in self._library.search(self.document.id, words, limit)]

    @cached_property
    def _evidence(self) -> DocumentEvidence:
        document_id = self.document.id
        return DocumentEvidence(
            self._library.text(document_id), self._library.passages(document_id), self._library.pages(document_id)
        )


def _timed(
    steps: Generator[AnswerText, None, AskResult], started: float
) -> Generator[AnswerText, None, tuple[float, AskResult]]:
    """Passes the text on; returns the seconds until its first piece (all of them when there is none) and the
    result.
    """
    first: float | None = None
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                return first or time.monotonic() - started, stop.value
            if first is None:
                first = time.monotonic() - started
            yield step
