"""What was last seen of the files that documents came from: a change on the disk is found without reading them all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .database import storable
from .documents import Documents


@dataclass(frozen=True, slots=True)
class SeenSource:
    """The file at a document's `source_path` as it was last seen: its size, its time, and the SHA-256 of its bytes."""

    size_bytes: int
    modified_ns: int
    sha256: str


class Sources(Documents):
    """The part of the library that remembers source files. What is remembered of a document is erased with it."""

    def seen_sources(self) -> dict[str, SeenSource]:
        """What was last seen, by document id; documents whose file was never looked at are not in it."""
        rows = self._database.rows("SELECT * FROM seen_sources")
        return {row["document_id"]: SeenSource(row["size_bytes"], row["modified_ns"], row["sha256"]) for row in rows}

    def set_source(self, document_id: str, path: Path, seen: SeenSource) -> None:
        """The document comes from the file at `path` (absolute) now, which looks so."""
        with self._database.transaction():
            self._database.change("UPDATE documents SET source_path = ? WHERE id = ?", storable(str(path)), document_id)
            self.set_seen_source(document_id, seen)

    def set_seen_source(self, document_id: str, seen: SeenSource) -> None:
        """Remembers how the file looks now; nothing for a document that is gone."""
        self._database.change(
            "INSERT OR REPLACE INTO seen_sources SELECT id, ?, ?, ? FROM documents WHERE id = ?",
            seen.size_bytes,
            seen.modified_ns,
            seen.sha256,
            document_id,
        )
