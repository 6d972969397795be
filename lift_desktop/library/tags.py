"""Tags: short words that the user gives to documents to find them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .database import storable
from .sources import Sources

LONGEST_TAG = 40


class Tags(Sources):
    """The part of the library that holds tags. They are erased with their document."""

    def tags(self, document_id: str) -> tuple[str, ...]:
        """The document's tags in alphabetical order. Raises UnknownDocument."""
        self.document(document_id)
        rows = self._database.rows("SELECT tag FROM document_tags WHERE document_id = ?", document_id)
        return tuple(sorted((row["tag"] for row in rows), key=str.casefold))

    def tags_by_document(self) -> dict[str, tuple[str, ...]]:
        """The tags of every document that has some, by document id."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self._database.rows("SELECT document_id, tag FROM document_tags"):
            found[row["document_id"]] = (*found.get(row["document_id"], ()), row["tag"])
        return {document_id: tuple(sorted(tags, key=str.casefold)) for document_id, tags in found.items()}

    def all_tags(self) -> tuple[str, ...]:
        """Every tag that some document has, in alphabetical order."""
        rows = self._database.rows("SELECT DISTINCT tag FROM document_tags")
        return tuple(sorted((row["tag"] for row in rows), key=str.casefold))

    def set_tags(self, document_id: str, tags: Iterable[str]) -> tuple[str, ...]:
        """Replaces the document's tags and returns them as they are kept. Raises UnknownDocument.

        Blanks are tidied; of tags that differ in capitals only the first stays, written as other documents have it.
        """
        self.set_tags_of({document_id: tags})
        return self.tags(document_id)

    def set_tags_of(self, tags_by_document: Mapping[str, Iterable[str]]) -> None:
        """Replaces the tags of several documents, all or none, as `set_tags` does. Raises UnknownDocument."""
        with self._database.transaction():
            known = {tag.casefold(): tag for tag in self.all_tags()}
            for document_id, tags in tags_by_document.items():
                self.document(document_id)
                wanted = {tag.casefold(): known.setdefault(tag.casefold(), tag) for tag in map(tidy, tags) if tag}
                self._database.change("DELETE FROM document_tags WHERE document_id = ?", document_id)
                self._database.insert_many(
                    "INSERT INTO document_tags VALUES (?, ?)", ((document_id, tag) for tag in wanted.values())
                )


def tidy(tag: str) -> str:
    """`tag` as it is kept: without line breaks and double blanks, and not too long; "" when nothing is left."""
    return storable(" ".join(tag.split())[:LONGEST_TAG].strip())
