"""A file becomes a document of the library: hashed, read, cut into passages, stored."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ..documents import DocumentReader, sha256_of_file, split_into_passages
from ..domain.messages import Progress
from ..domain.models import Document, MemoryState
from ..domain.states import Event
from ..library import Library, SeenSource


def add_document(
    library: Library, reader: DocumentReader, path: Path, password: str = ""
) -> Generator[Progress, None, Document]:
    """Yields Progress (stage "reading") and returns the document; a file that is there already is not read
    again, unless the library has lost its copy, which then comes back.

    A file with new content is a new document, and what was learned of the same file before becomes stale, until the
    file holds that again. A document that comes from another place, and is no longer where it was, moves there. Raises
    the errors of reading (DocumentError) and of the library.
    """
    path = path.absolute()
    reader.check(path)
    status = path.stat()
    sha256 = sha256_of_file(path)
    document = library.document_by_hash(sha256)
    if document is None or not library.file(document.id).is_file():
        content = yield from reader.read(path, password)
        document = library.add_document(path, sha256, content, split_into_passages(content))
    if document.source_path == str(path) or not _holds(Path(document.source_path), sha256):
        library.set_source(document.id, path, SeenSource(status.st_size, status.st_mtime_ns, sha256))
    _mark_memories(library, path, document.id)
    return library.document(document.id)


def _holds(path: Path, sha256: str) -> bool:
    try:
        return sha256_of_file(path) == sha256
    except (OSError, ValueError):
        return False


def _mark_memories(library: Library, path: Path, document_id: str) -> None:
    """Those of what `path` holds now are no longer stale, those of what it held before are."""
    for document in library.documents():
        for memory in library.memories(document.id) if document.source_path == str(path) else ():
            if document.id == document_id and memory.state is MemoryState.STALE:
                library.change_state(memory.id, Event.DOCUMENT_BACK)
            elif document.id != document_id and memory.state is MemoryState.READY:
                library.change_state(memory.id, Event.DOCUMENT_CHANGED, "The file has changed since.")
