"""Erasing documents and memories: the question that says exactly what goes, and the work."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ...documents import DocumentViewer
from ...domain.cancelling import check_cancelled
from ...domain.models import Document, Memory
from ...domain.states import RUNNING
from ...library import Library
from .. import wording
from ..wording import tr

LEARNER_TIMEOUT_SECONDS = 20.0
"""So long is waited for a job that was cancelled; then the library says that it is busy."""


def ask_about_documents(
    library: Library, documents: Sequence[Document], is_learning: bool, parent: QWidget
) -> QMessageBox:
    """The question, not yet shown. Its accepting button is `erase_button`."""
    memories = [memory for document in documents for memory in library.memories(document.id)]
    chats = sum(len(library.conversations(document.id)) for document in documents)
    copies = wording.size(sum(document.size_bytes for document in documents))
    page_count = wording.pages(sum(document.page_count for document in documents))
    goes = [
        tr("the library’s copy of the file ({0})").format(copies)
        if len(documents) == 1
        else tr("the library’s copies of the files ({0})").format(copies),
        tr("the text of {0}").format(page_count),
    ]
    if memories:
        size = wording.size(sum(memory.size_bytes for memory in memories))
        goes.append(f"{wording.memories(len(memories))} ({size})")
    if chats:
        goes.append(tr("1 chat") if chats == 1 else tr("{0} chats").format(wording.number(chats)))
    notes = [tr("The original file stays where it is.") if len(documents) == 1 else tr("The original files stay.")]
    if is_learning:
        notes.insert(0, tr("Learning stops."))
    title = wording.quoted(documents[0].title) if len(documents) == 1 else wording.documents(len(documents))
    return _question(tr("Erase {0}?").format(title), goes, " ".join(notes), parent)


def ask_about_memories(memories: Sequence[Memory], titles: Sequence[str], parent: QWidget) -> QMessageBox:
    """The question, not yet shown; `titles` are those of the memories' documents, in their order."""
    size = wording.size(sum(memory.size_bytes for memory in memories))
    questions = wording.number(sum(memory.questions for memory in memories))
    goes = [
        f"{wording.memories(len(memories))} ({size})",
        tr("what they know: {0} questions and answers").format(questions)
        if len(memories) > 1
        else tr("what it knows: {0} questions and answers").format(questions),
    ]
    asked = (
        tr("Erase the memory of “{0}”?").format(titles[0])
        if len(memories) == 1
        else tr("Erase {0}?").format(wording.memories(len(memories)))
    )
    return _question(asked, goes, tr("Documents and chats stay. Learning again takes as long as before."), parent)


def _question(asked: str, goes: Sequence[str], note: str, parent: QWidget) -> QMessageBox:
    box = QMessageBox(QMessageBox.Icon.Warning, tr("Erase"), wording.breakable(asked), parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(tr("This is erased for good:") + "\n• " + "\n• ".join(goes) + "\n\n" + note)
    erase = box.addButton(tr("Erase"), QMessageBox.ButtonRole.DestructiveRole)
    erase.setObjectName("erase")
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.setEscapeButton(QMessageBox.StandardButton.Cancel)
    return box


def erase_button(box: QMessageBox) -> object:
    """The button that means yes."""
    return next(button for button in box.buttons() if button.objectName() == "erase")


def erase_documents(
    library: Library, viewer: DocumentViewer, document_ids: Sequence[str]
) -> Generator[str, None, None]:
    """Yields the id of each document when all are gone. Raises Busy and the library's errors: mostly all stay then."""
    for document_id in document_ids:
        _wait_for_learner(library, document_id)
    viewer.release()  # Windows deletes no file that is open
    try:
        library.forget_documents(document_ids)
    finally:  # they may be gone, but for traces
        left = {document.id for document in library.documents()}
        yield from (document_id for document_id in document_ids if document_id not in left)


def erase_memories(library: Library, memories: Sequence[Memory]) -> Generator[Memory, None, None]:
    """Yields each memory when all are gone. Raises Busy and the library's errors: mostly all stay then."""
    for document_id in {memory.document_id for memory in memories}:
        _wait_for_learner(library, document_id)
    try:
        library.forget_memories([memory.id for memory in memories])
    finally:
        left = {memory.id for memory in library.memories()}
        yield from (memory for memory in memories if memory.id not in left)


def _wait_for_learner(library: Library, document_id: str) -> None:
    """Until a cancelled job has ended: nothing that is being written can be erased."""
    pause, deadline = threading.Event(), time.monotonic() + LEARNER_TIMEOUT_SECONDS
    while any(memory.state in RUNNING for memory in library.memories(document_id)) and time.monotonic() < deadline:
        check_cancelled()
        pause.wait(0.05)
