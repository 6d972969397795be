"""Files on their way into the library: looked for in folders, then read one after the other.

Says what happens by signals; knows no widget. Every file ends in `added`, `imported`, `locked` or `failed`, or is
called off.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent

from ...documents import SUFFIXES, DocumentReader
from ...domain.cancelling import check_cancelled
from ...domain.errors import EncryptedDocument, LiftError, WrongPassword
from ...domain.messages import Progress
from ...domain.models import Document, Memory
from ...jobs import add_document
from ...library import Library, import_memory
from ...models import ModelStore
from ..bridge import Task
from ..context import Context

ARCHIVE_SUFFIX = ".liftmemory"


@dataclass(frozen=True, slots=True)
class Found:
    """What was offered: `files` in order, each once; `from_folders` of them lay in folders. `empty` are folders
    without a document.
    """

    files: tuple[Path, ...]
    from_folders: int
    empty: tuple[Path, ...]


def local_files(mime: QMimeData) -> list[Path]:
    """The files and folders of this computer that are dragged or pasted."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def copy_files(event: QDropEvent) -> None:
    """Accepts what is dragged or dropped as copied. One that moves (Shift in Windows’ Explorer) would be told that the
    files lie here now, and delete them there."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def find_files(paths: Iterable[Path]) -> Found:
    """Files as they are; of folders everything inside that has a known ending, hidden folders left out.

    Raises RequestCancelled.
    """
    files: dict[Path, bool] = {}
    empty = []
    for path in paths:
        if not path.is_dir():
            files.setdefault(path.absolute(), False)
            continue
        inside = _documents_in(path.absolute())
        if not inside:
            empty.append(path)
        for file in inside:
            files.setdefault(file, True)
    return Found(tuple(files), sum(files.values()), tuple(empty))


def _documents_in(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        check_cancelled()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        known = (name for name in sorted(names) if Path(name).suffix.lower() in (*SUFFIXES, ARCHIVE_SUFFIX))
        found += [Path(place, name) for name in known if not name.startswith((".", "~$"))]
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """The file that is read now: `progress` is None before its first page, `waiting` files come after it."""

    path: Path
    progress: Progress | None
    waiting: int


class Adder(QObject):
    """Reads files one at a time; a file that needs a password is put aside and does not hold up the others."""

    reading = Signal(object)  # Reading
    added = Signal(object, object, bool)  # Path, Document; whether it was in the library before
    imported = Signal(object, bool)  # Memory; whether its model is on this computer
    locked = Signal(object, bool)  # Path; whether a wrong password was given
    failed = Signal(object, object)  # Path, LiftError
    finished = Signal()  # nothing is left to read

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: deque[tuple[Path, str]] = deque()
        self._task: Task | None = None
        self._current = (Path(), "")

    @property
    def is_busy(self) -> bool:
        return self._task is not None

    def add(self, paths: Iterable[Path], password: str = "") -> None:
        """Reads the files after those that wait already; a file that waits or is read now is not taken twice."""
        taken = {path for path, _ in self._waiting} | ({self._current[0]} if self._task else set())
        self._waiting.extend((path, password) for path in paths if path not in taken)
        if self._task is None:
            self._next()
        elif self._waiting:
            self._say(None)

    def skip(self) -> None:
        """Calls off the file that is read now."""
        if self._task is not None:
            self._task.cancel()

    def cancel(self) -> None:
        """Calls off this file and all that wait."""
        self._waiting.clear()
        self.skip()

    def _next(self) -> None:
        if not self._waiting:
            self.finished.emit()
            return
        self._current = path, password = self._waiting.popleft()
        services, library, run = self._context.services, self._context.library, self._context.tasks.run
        if path.suffix.lower() == ARCHIVE_SUFFIX:
            self._task = run("import", lambda: _import(library, services.models, path), is_lasting=True)
        else:
            self._task = run("read", lambda: _read(library, services.reader, path, password), is_lasting=True)
        self._task.stepped.connect(self._say)
        self._task.done.connect(self._done)
        self._task.failed.connect(self._failed)
        self._task.ended.connect(self._ended)
        self._say(None)

    def _say(self, progress: Progress | None) -> None:
        self.reading.emit(Reading(self._current[0], progress, len(self._waiting)))

    def _done(self, result: tuple[Document | Memory, bool]) -> None:
        made, flag = result
        if isinstance(made, Memory):
            self.imported.emit(made, flag)
        else:
            self.added.emit(self._current[0], made, flag)

    def _failed(self, error: LiftError) -> None:
        path, password = self._current
        if wants_password(error):
            self.locked.emit(path, bool(password))
        else:
            self.failed.emit(path, error)

    def _ended(self) -> None:
        self._task = None
        self._next()


def wants_password(error: LiftError) -> bool:
    """Whether a password would help: a book that its seller locked cannot be opened by one."""
    if isinstance(error, WrongPassword):
        return True
    return isinstance(error, EncryptedDocument) and error.hint == EncryptedDocument.hint_default


def _read(
    library: Library, reader: DocumentReader, path: Path, password: str
) -> Generator[Progress, None, tuple[Document, bool]]:
    before = {document.id for document in library.documents()}
    document = yield from add_document(library, reader, path, password)
    return document, document.id in before


def _import(library: Library, models: ModelStore, path: Path) -> tuple[Memory, bool]:
    memory = import_memory(library, path)
    here = {model.name for model in models.available() if model.downloaded}
    return memory, memory.model in here or Path(memory.model).is_dir()
