"""Opens the document's file in the viewing process, with its password when it needs one, and reads its contents.

Passwords are kept here, in memory, and nowhere else.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ...documents import DocumentViewer, Heading, ViewFacts
from ...domain.errors import ChildDied, EncryptedDocument, LiftError
from ..bridge import Task, Tasks


class Opening(QObject):
    """One file at a time. After `open`, exactly one of `opened`, `locked` and `failed` comes, unless it is called
    again or `close` is.
    """

    opened = Signal(object)  # ViewFacts
    locked = Signal(object)  # EncryptedDocument, or WrongPassword: call `unlock`
    failed = Signal(object)  # LiftError
    contents_read = Signal(object)  # tuple of Heading
    contents_failed = Signal(object)  # LiftError

    def __init__(self, viewer: DocumentViewer, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._tasks = viewer, tasks
        self._passwords: dict[str, str] = {}  # document id -> password
        self._file: tuple[str, Path] | None = None  # document id, path
        self.password = ""  # of the file that is open, or is being opened
        self._task: Task | None = None
        self._contents_task: Task | None = None
        self._has_died = False
        self.is_open = False

    def open(self, document_id: str, path: Path) -> None:
        self.close()
        self._file = (document_id, path)
        self._start(self._passwords.get(document_id, ""))

    def unlock(self, password: str) -> None:
        """Tries again with this password."""
        if self._file is not None and self._task is None:
            self._start(password)

    def try_again(self) -> None:
        if self._file is not None and self._task is None:
            self._has_died = False
            self._start(self.password)

    def read_contents(self) -> bool:
        """Whether a reading began; it does not while another one runs or no file is open."""
        if not self.is_open or self._file is None or self._contents_task is not None:
            return False
        viewer, (_, path), password = self._viewer, self._file, self.password
        self._contents_task = self._tasks.run("contents", lambda: viewer.contents(path, password))
        self._contents_task.done.connect(self._on_contents)
        self._contents_task.failed.connect(self._on_no_contents)
        return True

    def close(self) -> None:
        """Nothing more is heard of the file."""
        if self._task is not None:
            self._task.done.disconnect(self._on_opened)
            self._task.failed.disconnect(self._on_failed)
            self._task.cancel()
        if self._contents_task is not None:
            self._contents_task.done.disconnect(self._on_contents)
            self._contents_task.failed.disconnect(self._on_no_contents)
            self._contents_task.cancel()
        self._task = self._contents_task = self._file = None
        self._has_died = self.is_open = False

    def forget_password(self, document_id: str) -> None:
        self._passwords.pop(document_id, None)

    def _start(self, password: str) -> None:
        assert self._file is not None
        viewer, (_, path) = self._viewer, self._file
        self.password = password
        self._task = self._tasks.run("open document", lambda: viewer.open(path, password))
        self._task.done.connect(self._on_opened)
        self._task.failed.connect(self._on_failed)

    @Slot(object)
    def _on_opened(self, facts: ViewFacts) -> None:
        assert self._file is not None
        self._task = None
        self.is_open = True
        self._passwords[self._file[0]] = self.password
        self.opened.emit(facts)

    @Slot(object)
    def _on_failed(self, error: LiftError) -> None:
        self._task = None
        if isinstance(error, EncryptedDocument):
            self.locked.emit(error)
        elif isinstance(error, ChildDied) and not self._has_died:
            self._has_died = True  # something else may have ended it: once more
            self._start(self.password)
        else:
            self.failed.emit(error)

    @Slot(object)
    def _on_contents(self, headings: tuple[Heading, ...]) -> None:
        self._contents_task = None
        self.contents_read.emit(headings)

    @Slot(object)
    def _on_no_contents(self, error: LiftError) -> None:
        self._contents_task = None
        self.contents_failed.emit(error)
