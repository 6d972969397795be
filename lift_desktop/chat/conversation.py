"""Asking a document: retrieve or gather, answer, judge by the evidence, store the turn.

Owns which mode is really used. Must not know how an answer is shown, nor where a model's files come from.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from ..domain.errors import BadSettings, LibraryError, ModelMismatch, NoMemory, RequestCancelled
from ..domain.messages import AnswerText, Progress
from ..domain.models import Answer, AnswerMode, Document, Memory, MemoryState, Passage, Turn
from ..domain.steps import changed
from ..engine.contract import (
    NOT_IN_DOCUMENT,
    AskRequest,
    Engine,
    GatherRequest,
    ModelReference,
    ReciteRequest,
    says_absent,
)
from ..library import Library
from .evidence import DocumentEvidence
from .following import context_of
from .gathering import Gathering
from .readings import best_reading, is_settled, needs_others, reading_of
from .reranking import best_passages
from .support import answer_or_clause, clause_about, is_short, is_silent, judge
from .topics import is_topic_alone
from .whole import whole_question

Heard = TypeVar("Heard")
Result = TypeVar("Result")

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
    ) -> Generator[AnswerText | Progress, None, Answer]:
        """Yields the answer's text as it comes, empty pieces while it is held back; returns the whole answer with its
        evidence.

        A question about the whole document is answered passage by passage, with Progress between; when nothing in
        the document speaks about a question, what the model says is heard out and shown only if it is supported.

        `memory` is a finished memory of the document, made with `model`. With a `conversation_id` the answer
        continues that conversation and is stored in it, when it is complete; with `replaces_from` in place of
        that turn and all after it, which it does not know. `keep_stopped` also stores what had come of an
        answer that is closed or cancelled, unless it was to replace others: these stay. Without a memory, or with a
        weak one, mode *both* falls back to *pages* (the answer's note says so). Raises BadSettings (no question),
        NoMemory (mode *memory* without one), ModelMismatch, and the errors of engine and library.
        """
        question = question.strip()
        if not question:
            raise BadSettings("There is no question.", "Write it after the document, in quotation marks.")
        mode, note = self._real_mode(mode, model, memory)
        heard = _Heard()
        gathering = self._gathering(question, model, memory, mode)
        turns = self._turns(conversation_id, replaces_from, question)
        try:
            if gathering is not None:
                yield from heard.follow(gathering.steps())
                text = gathering.text.strip()
            else:
                context = context_of(question, turns)
                heard.recited = yield from self._recited(f"{context} {question}".strip(), model, memory, mode)
                passages = yield from self._passages(question, context, model, mode)
                request = AskRequest(
                    model=model,
                    title=self.document.title,
                    question=question,
                    mode=mode,
                    adapter_folder=self._adapter(memory, mode),
                    passages=passages,
                    recited=heard.recited,
                    turns=turns,
                    max_new_tokens=max_new_tokens,
                )
                text = yield from self._asked(request, heard)
        except (GeneratorExit, RequestCancelled):
            is_kept = keep_stopped and replaces_from is None and bool(heard.text.strip())
            if is_kept and conversation_id is not None:
                with suppress(LibraryError):  # the conversation may be gone, too
                    answer = self._answer(question, heard.text.strip(), mode, heard, note, gathering, stopped=True)
                    self._library.add_turn(conversation_id, question, answer)
            raise
        answer = self._answer(question, text, mode, heard, note, gathering)
        if conversation_id is not None:
            self._library.add_turn(conversation_id, question, answer, replaces_from)
        return answer

    def _recited(
        self, question: str, model: ModelReference, memory: Memory | None, mode: AnswerMode
    ) -> Generator[Progress, None, tuple[str, ...]]:
        """What the memory remembers to the question; nothing without one."""
        adapter = self._adapter(memory, mode)
        if adapter is None:
            return ()
        request = ReciteRequest(model, self.document.title, (question,), adapter, self._evidence.sentence_texts)
        (recited,) = yield from self._engine.recite(request)
        return recited

    def _passages(
        self, question: str, context: str, model: ModelReference, mode: AnswerMode
    ) -> Generator[AnswerText, None, tuple[str, ...]]:
        """The texts that the model is shown, best first; none in mode *memory*."""
        if mode is AnswerMode.MEMORY:
            return ()
        engine, title = self._engine, self.document.title
        steps = best_passages(engine, model, title, question, self._evidence, self._search, context)
        return tuple(passage.text for passage in (yield from _quietly(steps)))

    def _asked(self, request: AskRequest, heard: _Heard) -> Generator[AnswerText, None, str]:
        """The model's answer as it comes; about what the document is silent, only a supported one. Where a clause
        speaks about just what is asked for, that clause stands in for an answer from elsewhere, or for none; a short
        answer without support, or beside a memory, is one of several readings of which the best is given."""
        steps, question = self._engine.ask(request), request.question
        if request.mode is AnswerMode.MEMORY:
            return (yield from heard.follow(steps)).text
        clause = clause_about(question, self._evidence, self._search) if is_topic_alone(question) else ""
        if clause:
            said = (yield from _quietly(steps)).text
            text = answer_or_clause(question, said, clause, self._evidence, self._search)
        elif request.turns or not is_silent(question, self._evidence, self._search):
            text = (yield from heard.follow(_held(steps))).text
            if heard.text:
                return text
            if says_absent(text):
                text = clause_about(question, self._evidence, self._search) or text
            else:
                text = yield from self._best_one(request, text)
        else:
            text = (yield from _quietly(steps)).text
            if not judge(question, text, self._evidence, self._search).supported:
                text = NOT_IN_DOCUMENT
        yield heard.hear(AnswerText(text))
        return text

    def _best_one(self, request: AskRequest, text: str) -> Generator[AnswerText, None, str]:
        """The best of the readings that `needs_others`, of which `text` is the first."""
        readings = [reading_of(request.question, text, self._evidence, self._search)]
        if not needs_others(readings[0], has_memory=bool(request.recited)):
            return text
        for other in self._other_readings(request):
            answer = (yield from _quietly(self._engine.ask(other))).text
            if not says_absent(answer):
                readings.append(reading_of(request.question, answer, self._evidence, self._search))
            if is_settled(readings):
                break
        best = yield from _quietly(best_reading(self._engine, request.model, request.title, readings))
        return best.told.answer

    def _other_readings(self, request: AskRequest) -> Iterator[AskRequest]:
        """What the memory says by itself; then what stands in the best of several passages."""
        if request.recited:
            yield replace(request, mode=AnswerMode.MEMORY, passages=())
        if len(request.passages) > 1:
            best = request.passages[:1]
            yield replace(request, mode=AnswerMode.PAGES, adapter_folder=None, recited=(), passages=best)

    def _gathering(
        self, question: str, model: ModelReference, memory: Memory | None, mode: AnswerMode
    ) -> Gathering | None:
        """The reading of the whole document that the question asks for, if it does."""
        whole = whole_question(question)
        if whole is None or mode is AnswerMode.MEMORY:
            return None

        def ask(asked: str, passages: Sequence[str]) -> Generator[Progress, None, tuple[str, ...]]:
            adapter = self._adapter(memory, mode)
            return self._engine.gather(GatherRequest(model, self.document.title, asked, tuple(passages), mode, adapter))

        gathering = Gathering(question, whole, self._evidence, ask)
        return gathering if gathering.can_begin else None

    def _adapter(self, memory: Memory | None, mode: AnswerMode) -> str | None:
        if memory is None or mode is AnswerMode.PAGES:
            return None
        return str(self._library.memory_folder(memory.id))

    def _answer(
        self,
        question: str,
        text: str,
        mode: AnswerMode,
        heard: _Heard,
        note: str,
        gathering: Gathering | None,
        stopped: bool = False,
    ) -> Answer:
        """The text as an answer, with its evidence and the verdict on it."""
        answer = Answer(text, mode, False, (), heard.seconds_to_first_token, heard.seconds, note, stopped)
        if mode is AnswerMode.MEMORY:
            answer = replace(answer, recited=heard.recited)
        if gathering is None:
            found = judge(question, text, self._evidence, self._search)
            return replace(
                answer,
                supported=found.supported,
                citations=found.citations,
                missing=found.missing,
                absent=found.absent,
            )
        cited = gathering.citations
        notes = " ".join(part for part in (note, gathering.note) if part)
        return replace(
            answer, supported=bool(cited), citations=cited, note=notes, absent=not cited, coverage=gathering.coverage
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
            weak = "The memory of this document is weak: it learned little or nothing."
            is_both = mode is AnswerMode.BOTH  # beside pages it would only disturb
            return (AnswerMode.PAGES, f"{weak} Answered from the pages alone.") if is_both else (mode, weak)
        if memory.state is MemoryState.STALE:
            return mode, "The file has changed since it was learned."
        return mode, ""

    def _turns(self, conversation_id: str | None, before: int | None, question: str) -> tuple[Turn, ...]:
        """The conversation so far (up to the turn `before`), oldest first; the engine shortens it further to what its
        model can hold.

        What was not supported is not told to the model again, nor what was answered to the same question: it would
        repeat it, whatever the pages say.
        """
        if conversation_id is None:
            return ()
        stored = [
            turn
            for turn in self._library.turns(conversation_id)
            if (before is None or turn.id < before) and turn.answer.supported and turn.question != question
        ]
        return tuple(Turn(turn.question, turn.answer.text) for turn in stored[-TURNS_IN_PROMPT:])

    def _search(self, words: str, limit: int) -> list[Passage]:
        return [found.passage for found in self._library.search(self.document.id, words, limit)]

    @cached_property
    def _evidence(self) -> DocumentEvidence:
        document_id = self.document.id
        return DocumentEvidence(
            self._library.text(document_id), self._library.passages(document_id), self._library.pages(document_id)
        )


def _held(steps: Generator[AnswerText, None, Result]) -> Generator[AnswerText, None, Result]:
    """The same steps, but while the text is short it is kept back (without any, they can still be stopped), and left
    out when it stays so."""
    held = ""
    with closing(steps):
        while is_short(held):
            try:
                held += next(steps).text
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield AnswerText("")
        yield AnswerText(held)
        return (yield from steps)


def _quietly(steps: Generator[Any, None, Result]) -> Generator[AnswerText, None, Result]:
    """The same steps without their text: they can be stopped."""
    return changed(steps, lambda _: AnswerText(""))


class _Heard:
    """What has come of an answer so far, and when: seconds count from its making."""

    def __init__(self) -> None:
        self._started, self._first = time.monotonic(), 0.0
        self.text = ""
        self.recited: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    @property
    def seconds_to_first_token(self) -> float:
        """All seconds while nothing has come."""
        return self._first or self.seconds

    def follow(self, steps: Generator[Any, None, Result]) -> Generator[Any, None, Result]:
        """Passes the steps on and remembers their text; returns the result."""
        return changed(steps, self.hear)

    def hear(self, step: Heard) -> Heard:
        """Remembers the text of a step."""
        if isinstance(step, AnswerText) and step.text:
            self._first = self._first or self.seconds
            self.text += step.text
        return step
