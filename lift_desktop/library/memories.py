"""Memories: their states, their folders, and what the recall check found. Knows nothing of what the files
mean.

A memory's files lie in `memories/<id>.partial/` until it is promoted, then in `memories/<id>/`: the name
tells whether they are whole.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..domain.errors import Busy, NoMemory
from ..domain.models import Depth, Memory, MemoryState, PageRecall, StudyQuestion
from ..domain.states import FINISHED, RESUMABLE, RUNNING, Event, next_state
from .chats import Chats
from .database import Row, now, storable
from .files import disk_errors, fsync_folder, fsync_tree, inside, remove, tree_size_bytes


class Memories(Chats):
    """The part of the library that holds memories."""

    def start_memory(self, document_id: str, *, model: str, model_sha256: str, method: str, depth: Depth) -> Memory:
        """A waiting memory: one that was interrupted, cancelled or failed before and can go on, or else a new
        one.

        Hold `learning_lock` before, or the next opening takes it for interrupted. Raises UnknownDocument, or
        Busy when such a memory is being learned.
        """
        with self._database.transaction():
            self.document(document_id)
            wanted = (document_id, model_sha256, method, depth)
            same = [memory for memory in self.memories(document_id) if _kind(memory) == wanted]
            if any(memory.state in RUNNING for memory in same):
                raise Busy("This document is being learned already.")
            resumable = [memory for memory in same if memory.state in RESUMABLE]
            if resumable:
                memory = self.change_state(resumable[0].id, Event.RESUME)
            else:
                memory = self._new_memory(document_id, model, model_sha256, method, depth)
                self._insert_memory(memory)
        self.partial_folder(memory.id)
        return memory

    def memories(self, document_id: str | None = None) -> list[Memory]:
        """All memories, or those of one document, the last changed first."""
        where = "" if document_id is None else "WHERE document_id = ?"
        values = () if document_id is None else (document_id,)
        rows = self._database.rows(f"SELECT * FROM memories {where} ORDER BY updated_at DESC, number DESC", *values)
        return [_memory(row) for row in rows]

    def memory(self, memory_id: str) -> Memory:
        """Raises NoMemory when there is none with exactly this id."""
        row = self._database.row("SELECT * FROM memories WHERE id = ?", storable(memory_id))
        if row is None:
            raise NoMemory(f"The library holds no memory '{memory_id}'.", "`lift-desktop list` shows what it holds.")
        return _memory(row)

    def best_memory(self, document_id: str) -> Memory | None:
        """The newest ready memory, else the newest weak or stale one. Raises UnknownDocument."""
        self.document(document_id)
        finished = [memory for memory in self.memories(document_id) if memory.state in FINISHED]
        ready = [memory for memory in finished if memory.state is MemoryState.READY]
        return next(iter(ready or finished), None)

    def change_state(self, memory_id: str, event: Event, message: str = "") -> Memory:
        """Takes the step that `domain.states` allows (else ValueError); `message` replaces the old one.

        Raises NoMemory. A memory becomes ready or weak by `promote` only.
        """
        if event in (Event.LEARNED, Event.LEARNED_NOTHING):
            raise ValueError("a memory is finished by promote")
        with self._database.transaction():
            state = next_state(self.memory(memory_id).state, event)
            self._database.change(
                "UPDATE memories SET state = ?, message = ?, updated_at = ? WHERE id = ?",
                state,
                storable(message),
                now(),
                memory_id,
            )
            return self.memory(memory_id)

    def add_seconds(self, memory_id: str, seconds: float) -> None:
        """Adds to the time spent learning, which is summed over resumes. Raises NoMemory."""
        changed = self._database.change("UPDATE memories SET seconds = seconds + ? WHERE id = ?", seconds, memory_id)
        if not changed:
            self.memory(memory_id)

    def partial_folder(self, memory_id: str) -> Path:
        """Where a memory that is being learned keeps its files (absolute; made when missing).

        Raises NoMemory, also for a finished memory.
        """
        memory = self.memory(memory_id)
        if memory.state in FINISHED:
            raise NoMemory(f"The memory '{memory_id}' is finished.", "Learn the document again.")
        folder = inside(self.folder, memory.folder)
        with disk_errors(self.folder):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def memory_folder(self, memory_id: str) -> Path:
        """Where a finished memory's files are (absolute). Raises NoMemory, also when it is not finished."""
        memory = self.memory(memory_id)
        if memory.state not in FINISHED:
            raise NoMemory(f"The memory '{memory_id}' is not finished; it is {memory.state}.")
        return inside(self.folder, memory.folder)

    def promote(
        self,
        memory_id: str,
        event: Event,
        *,
        recall_before: float,
        recall_after: float,
        page_recalls: Sequence[PageRecall],
        questions: Sequence[StudyQuestion],
    ) -> Memory:
        """Ends learning with Event.LEARNED or LEARNED_NOTHING: files to disk, folder renamed, one
        transaction.

        Older finished memories of the same document, model, method and depth go, with their files. Raises
        NoMemory, ValueError (the memory is not being checked), DiskFull, Busy, LibraryError; then it stays as
        it was.
        """
        with self._adding():
            memory = self.memory(memory_id)
            state = next_state(memory.state, event)
            if state not in FINISHED:
                raise ValueError(f"the event '{event}' does not finish a memory")
            with self._renamed_to_final(memory_id) as folder, self._database.transaction():
                self._database.change(
                    "UPDATE memories SET state = ?, message = '', questions = ?, recall_before = ?, "
                    "recall_after = ?, size_bytes = ?, updated_at = ? WHERE id = ?",
                    state,
                    len(questions),
                    recall_before,
                    recall_after,
                    tree_size_bytes(folder),
                    now(),
                    memory_id,
                )
                self._insert_findings(memory_id, page_recalls, questions)
                self._delete_older(memory)
        return self.memory(memory_id)

    def page_recalls(self, memory_id: str) -> list[PageRecall]:
        """What the recall check found, in page order. Raises NoMemory."""
        self.memory(memory_id)
        rows = self._database.rows("SELECT * FROM page_recalls WHERE memory_id = ? ORDER BY page", memory_id)
        return [PageRecall(row["page"], row["before"], row["after"], row["questions"]) for row in rows]

    def questions(self, memory_id: str) -> list[StudyQuestion]:
        """The study questions of a finished memory, in their order. Raises NoMemory."""
        self.memory(memory_id)
        rows = self._database.rows("SELECT * FROM questions WHERE memory_id = ? ORDER BY number", memory_id)
        return [
            StudyQuestion(
                passage=row["passage"],
                question=row["question"],
                answer=row["answer"],
                evidence=row["evidence"],
                kind=row["kind"],
                held_out=bool(row["held_out"]),
            )
            for row in rows
        ]

    def forget_memory(self, memory_id: str) -> None:
        """Erases a memory and its files without trace. Raises NoMemory, or Busy while it is being learned."""
        self.memory(memory_id)
        self.forget_memories([memory_id])

    def forget_memories(self, memory_ids: Collection[str]) -> None:
        """Erases several at once, all or none, which takes no longer than one. Those that are gone are passed over."""
        memories = [memory for memory in self.memories() if memory.id in memory_ids]
        with self._no_learner(memories), self._erasing():
            for memory in memories:
                self._delete_memory(memory.id)

    def forget_document(self, document_id: str) -> None:
        """Erases a document and all that was made of it without trace: its file, text, memories and chats.

        Raises UnknownDocument, Busy while it is being learned or when another program has its files open.
        """
        self.document(document_id)
        self.forget_documents([document_id])

    def forget_documents(self, document_ids: Collection[str]) -> None:
        """Erases several at once, all or none, as the database is rewritten for all of them together. Those that are
        gone are passed over."""
        memories = [memory for memory in self.memories() if memory.document_id in document_ids]
        with self._no_learner(memories), self._erasing():
            for memory in self.memories():
                if memory.document_id in document_ids:
                    self._delete_memory(memory.id)
            for document_id in document_ids:
                self._add_leftover(f"documents/{document_id}")
                self._database.change("DELETE FROM documents WHERE id = ?", document_id)
                self._drop_indexes(document_id)

    def _no_learner(self, memories: Sequence[Memory]) -> contextlib.AbstractContextManager[None]:
        """Raises Busy on entry when one of the memories is being learned."""
        is_running = any(memory.state in RUNNING for memory in memories)
        return self.learning_lock(timeout_seconds=0.2) if is_running else contextlib.nullcontext()

    def _delete_memory(self, memory_id: str) -> None:
        self._add_leftover(_folder(memory_id, finished=True))
        self._add_leftover(_folder(memory_id, finished=False))
        self._database.change("DELETE FROM memories WHERE id = ?", memory_id)

    def _delete_older(self, memory: Memory) -> None:
        for other in self.memories(memory.document_id):
            same = _kind(other) == _kind(memory)
            if same and other.state in FINISHED and other.id != memory.id:
                self._delete_memory(other.id)

    def _new_memory(self, document_id: str, model: str, model_sha256: str, method: str, depth: Depth) -> Memory:
        memory_id = secrets.token_hex(4)
        while self._is_taken(memory_id):
            memory_id = secrets.token_hex(4)
        folder, time = _folder(memory_id, finished=False), now()
        return Memory(
            id=memory_id,
            document_id=document_id,
            model=model,
            model_sha256=model_sha256,
            method=method,
            depth=depth,
            state=MemoryState.WAITING,
            folder=folder,
            created_at=time,
            updated_at=time,
        )

    def _insert_memory(self, memory: Memory) -> None:
        names = [name for name in Memory.__slots__ if name != "folder"]  # the state tells where the files are
        values = [getattr(memory, name) for name in names]
        self._database.change(
            f"INSERT INTO memories ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            *(storable(value) if type(value) is str else value for value in values),
        )

    def _free_memory(self, memory: Memory, document_id: str) -> Memory:
        """The record of a finished memory under an id and in a folder that are free here."""
        memory_id = memory.id
        while self._is_taken(memory_id):
            memory_id = secrets.token_hex(4)
        folder = _folder(memory_id, finished=True)
        return replace(memory, id=memory_id, document_id=document_id, folder=folder, updated_at=now())

    def _is_taken(self, memory_id: str) -> bool:
        if self._database.row("SELECT 1 FROM memories WHERE id = ?", memory_id) is not None:
            return True
        return any((self.folder / _folder(memory_id, finished=finished)).exists() for finished in (True, False))

    def _insert_finished(
        self, memory: Memory, page_recalls: Sequence[PageRecall], questions: Sequence[StudyQuestion]
    ) -> None:
        """The rows of a finished memory whose files are in place; call it in a transaction."""
        folder = inside(self.folder, memory.folder)
        memory = replace(memory, questions=len(questions), size_bytes=tree_size_bytes(folder))
        self._insert_memory(memory)
        self._insert_findings(memory.id, page_recalls, questions)
        self._keep(memory.folder)

    def _insert_findings(
        self, memory_id: str, page_recalls: Sequence[PageRecall], questions: Sequence[StudyQuestion]
    ) -> None:
        self._database.insert_many(
            "INSERT INTO page_recalls VALUES (?, ?, ?, ?, ?)",
            ((memory_id, found.page, found.before, found.after, found.questions) for found in page_recalls),
        )
        self._database.insert_many(
            "INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    memory_id,
                    number,
                    q.passage,
                    *map(storable, (q.question, q.answer, q.evidence, q.kind)),
                    q.held_out,
                )
                for number, q in enumerate(questions)
            ),
        )

    @contextlib.contextmanager
    def _renamed_to_final(self, memory_id: str) -> Iterator[Path]:
        """The partial folder under its final name; back to the old one when the block fails."""
        partial, final = self.partial_folder(memory_id), self.folder / _folder(memory_id, finished=True)
        remove(final)
        with disk_errors(self.folder):
            fsync_tree(partial)
            partial.rename(final)
            fsync_folder(final.parent)
        try:
            yield final
        except BaseException:
            final.rename(partial)
            raise

    def _undo_half_promotion(self, memory: Memory) -> None:
        """A promotion that died between its rename and its transaction: the folder gets its old name back."""
        partial, final = (self.folder / _folder(memory.id, finished=finished) for finished in (False, True))
        if final.is_dir():
            with disk_errors(self.folder):
                if partial.is_dir() and not any(partial.iterdir()):
                    partial.rmdir()
                if not partial.exists():
                    final.rename(partial)


def _kind(memory: Memory) -> tuple[str, str, str, Depth]:
    """Of memories that agree in this, the newest replaces the others."""
    return (memory.document_id, memory.model_sha256, memory.method, memory.depth)


def _folder(memory_id: str, *, finished: bool) -> str:
    return f"memories/{memory_id}" if finished else f"memories/{memory_id}.partial"


def _memory(row: Row) -> Memory:
    state = MemoryState(row["state"])
    folder = _folder(row["id"], finished=state in FINISHED)
    plain = {name: row[name] for name in Memory.__slots__ if name not in ("depth", "state", "folder")}
    return Memory(**plain, depth=Depth(row["depth"]), state=state, folder=folder)
