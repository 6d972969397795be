"""Files that were changed on the disk after they were learned. Looks at sizes and times, and at bytes only when they
differ from what was last seen.
"""

from __future__ import annotations

from pathlib import Path

from ..documents import sha256_of_file
from ..domain.cancelling import check_cancelled
from ..domain.models import Document, MemoryState
from ..domain.states import FINISHED
from ..library import Library, SeenSource


def changed_documents(library: Library) -> frozenset[str]:
    """The ids of learned documents whose source file now holds something else that was not read yet.

    A file that is gone, or cannot be looked at, counts as unchanged. Raises RequestCancelled and the library's errors.
    """
    states: dict[str, set[MemoryState]] = {}
    for memory in library.memories():
        if memory.state in FINISHED:
            states.setdefault(memory.document_id, set()).add(memory.state)
    documents = library.documents()
    hashes = {document.sha256 for document in documents}
    seen = library.seen_sources()
    changed = set()
    for document in documents:
        check_cancelled()
        if document.id in states and document.source_path:
            sha256 = _current_sha256(library, document, seen.get(document.id))
            was_read = sha256 in hashes and MemoryState.READY not in states[document.id]
            if sha256 not in ("", document.sha256) and not was_read:
                changed.add(document.id)
    return frozenset(changed)


def _current_sha256(library: Library, document: Document, seen: SeenSource | None) -> str:
    """What the source file holds now, "" when that cannot be told."""
    path = Path(document.source_path)
    try:
        status = path.stat()
        if seen is not None and (status.st_size, status.st_mtime_ns) == (seen.size_bytes, seen.modified_ns):
            return seen.sha256
        sha256 = sha256_of_file(path)
    except (OSError, ValueError):
        return ""
    library.set_seen_source(document.id, SeenSource(status.st_size, status.st_mtime_ns, sha256))
    return sha256
