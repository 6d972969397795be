"""The library as the rest of the program sees it: one data folder, one object.

Layout: `library.sqlite3`, `documents/<document id>/source.<ending>`, `memories/<memory id>/`, and
`memories/<memory id>.partial/` while learning. All paths inside are relative, so the folder can be moved. One
process or several may use a folder at once, and each object serves several threads.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..domain.errors import Busy, LibraryError
from ..domain.models import Document, DocumentText, Memory, PageRecall, Passage, StudyQuestion
from ..domain.states import FINISHED, RUNNING, Event
from .files import disk_errors, fsync_folder, fsync_tree, inside
from .memories import Memories


@dataclass(frozen=True, slots=True)
class Learned:
    """A memory and its document as they come from an archive, checked. `source` and `files` are in a folder
    that `Library.incoming` gave; ids and paths of the records are not yet this library's.
    """

    document: Document
    source: Path
    content: DocumentText
    passages: tuple[Passage, ...]
    memory: Memory
    files: Path
    page_recalls: tuple[PageRecall, ...]
    questions: tuple[StudyQuestion, ...]


class Library(Memories):
    """The data folder `folder` (made when missing): see Documents, Chats and Memories for what it can do.

    Opening checks the database, ends what a crash left half done, and marks memories whose learner died as
    interrupted. Raises LibraryDamaged, LibraryTooNew, DiskFull, Busy, LibraryError.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        try:
            self.recover()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def recover(self) -> None:
        """Ends what a crash left half done. What another process is at work on is left to it."""
        if self._database.row("SELECT 1 FROM leftovers") is not None:
            with contextlib.suppress(LibraryError), self._changing_files(timeout_seconds=0):
                self._remove_leftovers()
        if self._is_learning():
            with contextlib.suppress(Busy), self.learning_lock(timeout_seconds=0):
                self.end_abandoned()

    def end_abandoned(self) -> None:
        """Marks as interrupted what is said to be learned; call it with `learning_lock`, which no learner holds then.

        It was left behind by one that was killed, or that could not write down how it ended.
        """
        if not self._is_learning():
            return
        with self._changing_files():
            for memory in self.memories():
                if memory.state in RUNNING:
                    self._undo_half_promotion(memory)
                    self.change_state(memory.id, Event.PROGRAM_DIED, "The program ended while it learned.")

    def _is_learning(self) -> bool:
        return any(memory.state in RUNNING for memory in self.memories())

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Path]:
        """An empty folder inside the data folder for files that may be adopted; removed after the block."""
        with self._adding():
            name = f"incoming.{secrets.token_hex(4)}"
            self._add_leftover(name)
            with disk_errors(self.folder):
                (self.folder / name).mkdir()
            yield self.folder / name

    def adopt(self, learned: Learned) -> Memory:
        """Takes over what an archive held, all or nothing; call it in the block of `incoming`.

        The document is added unless the library has one with its hash. A memory whose id is taken gets a new
        one.
        """
        existing = self.document_by_hash(learned.document.sha256)
        document = existing or self._new_place(learned)
        memory = self._free_memory(learned.memory, document.id)
        with disk_errors(self.folder):
            if existing is None:
                _move(learned.source, inside(self.folder, document.file_path))
            self._add_leftover(memory.folder)
            _move(learned.files, inside(self.folder, memory.folder))
        with self._database.transaction():
            if existing is None:
                self._insert_document(document, learned.content, learned.passages)
            self._insert_finished(memory, learned.page_recalls, learned.questions)
        return self.memory(memory.id)

    def _new_place(self, learned: Learned) -> Document:
        """The record of a new document, with this library's id and path, for which a leftover now stands."""
        document_id = self._new_id(learned.document.sha256)
        self._add_leftover(f"documents/{document_id}")
        relative = f"documents/{document_id}/{learned.source.name}"
        return replace(learned.document, id=document_id, file_path=relative)

    def check(self) -> list[str]:
        """Looks for damage: the database's own checks, files that rows need, and folders that nothing refers
        to.

        Returns one line for each problem, an empty list for a healthy library.
        """
        found = self._database.problems()
        with self._database.snapshot():
            documents, memories = self.documents(), self.memories()
        for document in documents:
            file = inside(self.folder, document.file_path)
            if not file.is_file():
                found.append(f"the file of the document {document.id} ({document.title}) is missing")
            elif file.stat().st_size != document.size_bytes:
                found.append(f"the file of the document {document.id} ({document.title}) was changed")
        found += [
            f"the files of the memory {memory.id} are missing"
            for memory in memories
            if memory.state in FINISHED and not inside(self.folder, memory.folder).is_dir()
        ]
        expected = {f"documents/{document.id}" for document in documents} | {memory.folder for memory in memories}
        for room in ("documents", "memories"):
            for path in sorted((self.folder / room).iterdir()):
                if f"{room}/{path.name}" not in expected:
                    found.append(f"nothing refers to {room}/{path.name}")
        return found


def _move(source: Path, target: Path) -> None:
    """Renames a file or folder within the data folder, its bytes being on the disk before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fsync_tree(source.parent)
    source.rename(target)
    fsync_folder(target.parent)
