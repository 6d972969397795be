"""A file becomes a document of the library: hashed, read, cut into passages, stored."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ..documents import DocumentReader, sha256_of_file, split_into_passages
from ..domain.messages import Progress
from ..domain.models import Document, MemoryState
from ..domain.states import FINISHED, Event
from ..library import Library, SeenSource


def add_document(
    library: Library, reader: DocumentReader, path: Path, password: str = ""
) -> Generator[Progress, None, Document]:
    """Yields Progress (stage "reading") and returns the document; a file that is there already is not read
    again, unless the library has lost its copy, which then comes back.

    A file with new content is a new document; memories of what the same file held before become stale. Raises
    the errors of reading (DocumentError) and of the library.
    """
    path = path.absolute()
    reader.check(path)
    status = path.stat()
    sha256 = sha256_of_file(path)
    document = library.document_by_hash(sha256)
    if document is None or not library.file(document.id).is_file():
        content = yield from reader.read(path, password)
        is_new = document is None
        document = library.add_document(path, sha256, content, split_into_passages(content))
        if is_new:
            library.set_seen_source(document.id, SeenSource(status.st_size, status.st_mtime_ns, sha256))
    _mark_stale(library, path, document)
    return document


def _mark_stale(library: Library, path: Path, new: Document) -> None:
    for document in library.documents():
        if document.source_path == str(path) and document.id != new.id:
            for memory in library.memories(document.id):
                if memory.state in FINISHED and memory.state is not MemoryState.STALE:
                    library.change_state(memory.id, Event.DOCUMENT_CHANGED, "The file has changed since.")
