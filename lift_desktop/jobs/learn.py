"""Learning a document: the steps from passages to a finished memory, and what becomes of it when one of them
fails.

Owns the order of a memory's states. What can be resumed lies in the memory's folder and belongs to the
engine.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

from ..domain.cancelling import check_cancelled
from ..domain.errors import ChildDied, LibraryError, LiftError, RequestCancelled, RequestPaused
from ..domain.messages import Progress
from ..domain.models import Depth, Document, Memory, MemoryState, PageRecall, Passage
from ..domain.states import RESUMABLE, RUNNING, Event
from ..engine.contract import STAGES, Engine, LearnRequest, LearnResult, ModelReference, QuestionRecall
from ..library import Library
from .manifests import MadeWith, begun_with, is_same_way

SAVE_INTERVAL_SECONDS = 10.0
"""So much of the time spent is forgotten at most when the program is killed."""

PAUSED = "Paused."
"""The message of a memory, and of a job, that the user paused."""

_STAGE_EVENTS = (Event.STUDY, Event.TRAIN, Event.CHECK)


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """How to learn; see `engine.contract.LearnRequest`."""

    depth: Depth = Depth.STANDARD
    method: str = "lora"
    distil: bool = True
    preset: str = "ours"
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LearnedResult:
    """A finished memory (ready or weak) and its document."""

    document: Document
    memory: Memory


def finished_memory(
    library: Library, document_id: str, model: ModelReference, settings: LearnSettings
) -> Memory | None:
    """The memory that learning with these settings would make, when it is there already."""
    wanted = (MemoryState.READY, MemoryState.WEAK)
    same = _same(library, document_id, model, settings)
    way = MadeWith(settings.preset, settings.options, settings.distil)
    finished = (memory for memory in same if memory.state in wanted)
    return next((memory for memory in finished if is_same_way(library, memory.id, way)), None)


def resumable_memory(
    library: Library, document_id: str, model: ModelReference, settings: LearnSettings
) -> Memory | None:
    """The unfinished memory that learning with these settings would take up again."""
    same = _same(library, document_id, model, settings)
    return next((memory for memory in same if memory.state in RESUMABLE), None)


def begun_settings(library: Library, memory: Memory) -> LearnSettings:
    """What an unfinished memory was begun with, and must go on with. Raises NoMemory."""
    way = begun_with(library, memory.id)
    return LearnSettings(memory.depth, memory.method, way.distil, way.preset, way.options)


def _same(library: Library, document_id: str, model: ModelReference, settings: LearnSettings) -> list[Memory]:
    wanted = (model.sha256, settings.method, settings.depth)
    memories = library.memories(document_id)
    return [memory for memory in memories if (memory.model_sha256, memory.method, memory.depth) == wanted]


def learn_document(
    library: Library, engine: Engine, document: Document, model: ModelReference, settings: LearnSettings
) -> Generator[Progress, None, LearnedResult]:
    """Learns, or goes on where an earlier try ended; yields Progress with the stages of
    `engine.contract.STAGES`.

    Closing the generator (or Ctrl-C in it, or a set flag of `cancelled_by`) cancels: the memory is
    *cancelled*, and what was done so far is kept. When it is paused by a `StopFlag`, or the engine's process
    dies, it is *interrupted*, at any other error *failed*; the next call resumes each of them. Raises Busy when
    another process learns, ChildDied, RequestCancelled (RequestPaused), and the errors of engine and library.
    """
    with library.learning_lock():
        library.end_abandoned()
        memory = library.start_memory(
            document.id,
            model=model.name,
            model_sha256=model.sha256,
            method=settings.method,
            depth=settings.depth,
        )
        work = _Work(library, memory)
        try:
            passages = library.passages(document.id)
            request = LearnRequest(
                model=model,
                title=document.title,
                passages=passages,
                folder=str(library.partial_folder(memory.id)),
                depth=settings.depth,
                method=settings.method,
                distil=settings.distil,
                preset=settings.preset,
                options=settings.options,
            )
            result = yield from work.follow(engine.learn(request))
            work.advance(STAGES[-1])
            work.save_seconds()
            memory = _promote(library, memory, result, passages)
        except BaseException as error:
            with suppress(LibraryError):  # a full disk, say: then the next to learn ends it
                work.save_seconds()
                if library.memory(memory.id).state in RUNNING:  # else Ctrl-C came just after the end
                    library.change_state(memory.id, *ending(error))
            raise
    return LearnedResult(document, memory)


class _Work:
    """A memory on its way through the stages, and the time that it took."""

    def __init__(self, library: Library, memory: Memory) -> None:
        self._library, self._memory_id = library, memory.id
        self._stages_begun = 0
        self._saved_at = time.monotonic()

    def follow(self, steps: Generator[Progress, None, LearnResult]) -> Generator[Progress, None, LearnResult]:
        """Passes the engine's progress on, and keeps the library informed."""
        with closing(steps):
            while True:
                try:
                    step = next(steps)
                except StopIteration as stop:
                    result: LearnResult = stop.value
                    return result
                self.advance(step.stage)
                if time.monotonic() - self._saved_at > SAVE_INTERVAL_SECONDS:
                    self.save_seconds()
                yield step
                check_cancelled()

    def advance(self, stage: str) -> None:
        """Takes the memory's state as far as `stage`, through the ones before; other stages change nothing."""
        while stage in STAGES and self._stages_begun <= STAGES.index(stage):
            self._library.change_state(self._memory_id, _STAGE_EVENTS[self._stages_begun])
            self._stages_begun += 1

    def save_seconds(self) -> None:
        now = time.monotonic()
        self._library.add_seconds(self._memory_id, now - self._saved_at)
        self._saved_at = now


def ending(error: BaseException) -> tuple[Event, str]:
    """What an error makes of a memory, and what to tell about it."""
    if isinstance(error, RequestPaused):
        return Event.PAUSE, PAUSED
    if isinstance(error, GeneratorExit | KeyboardInterrupt | RequestCancelled):
        return Event.CANCEL, "Cancelled."
    if isinstance(error, ChildDied):
        return Event.PROGRAM_DIED, error.message
    if isinstance(error, LiftError):
        return Event.FAIL, error.message
    return Event.FAIL, f"An unexpected error ended it ({type(error).__name__})."


def _promote(library: Library, memory: Memory, result: LearnResult, passages: Sequence[Passage]) -> Memory:
    return library.promote(
        memory.id,
        Event.LEARNED if result.learned else Event.LEARNED_NOTHING,
        recall_before=result.recall_before,
        recall_after=result.recall_after,
        page_recalls=page_recalls(result.recalls, passages),
        questions=result.questions,
    )


def page_recalls(recalls: Sequence[QuestionRecall], passages: Sequence[Passage]) -> list[PageRecall]:
    """The mean recall of each page's questions, in page order; a question counts for the page its passage
    begins on.
    """
    of_page: dict[int, list[QuestionRecall]] = defaultdict(list)
    first_pages = {passage.number: passage.first_page for passage in passages}
    for recall in recalls:
        of_page[first_pages[recall.passage]].append(recall)
    return [
        PageRecall(
            page,
            before=sum(recall.before for recall in found) / len(found),
            after=sum(recall.after for recall in found) / len(found),
            questions=len(found),
        )
        for page, found in sorted(of_page.items())
    ]
