"""Tags: short words that the user gives to documents to find them again."""

from __future__ import annotations

from collections.abc import Iterable

from .database import storable
from .sources import Sources

LONGEST_TAG = 40


class Tags(Sources):
    """The part of the library that holds tags. They are erased with their document."""

    def tags(self, document_id: str) -> tuple[str, ...]:
        """The document's tags in alphabetical order. Raises UnknownDocument."""
        self.document(document_id)
        return self.tags_by_document().get(document_id, ())

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
        with self._database.transaction():
            self.document(document_id)
            known = {tag.casefold(): tag for tag in self.all_tags()}
            wanted: dict[str, str] = {}
            for tag in map(tidy, tags):
                if tag:
                    wanted.setdefault(tag.casefold(), known.get(tag.casefold(), tag))
            self._database.change("DELETE FROM document_tags WHERE document_id = ?", document_id)
            self._database.insert_many(
                "INSERT INTO document_tags VALUES (?, ?)", ((document_id, tag) for tag in wanted.values())
            )
            return self.tags(document_id)


def tidy(tag: str) -> str:
    """`tag` as it is kept: without line breaks and double blanks, and not too long; "" when nothing is left."""
    return storable(" ".join(tag.split())[:LONGEST_TAG].strip())
