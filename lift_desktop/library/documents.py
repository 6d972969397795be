"""Documents in the library: their files, texts, pages and passages, and the search in them."""

from __future__ import annotations

import json
import struct
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..domain.errors import AmbiguousDocument, LibraryDamaged, LibraryError, UnknownDocument
from ..domain.models import Document, DocumentText, Page, Passage, WordBox
from .database import Row, now, storable
from .files import copy_document, disk_errors, inside, require_space, safe_suffix
from .search import PassageIndex, ScoredPassage
from .store import Store

SHORTEST_ID = 8
INDEXES_KEPT = 4
"""So many documents' search indexes stay in memory."""

_WORD_BOX = struct.Struct("<IIdddd")


class Documents(Store):
    """The part of the library that holds documents."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._indexes: OrderedDict[tuple[str, str], PassageIndex] = OrderedDict()

    def close(self) -> None:
        """Ends the use of the library; the object cannot be used again."""
        for document_id, _ in list(self._indexes):
            self._drop_indexes(document_id)
        self._database.close()

    def add_document(self, source: Path, sha256: str, content: DocumentText, passages: Sequence[Passage]) -> Document:
        """Copies the file and stores what was read from it, all or nothing.

        A document with this hash that is there already is returned as it is. Raises MissingFile, NotReadable,
        DocumentError (the file is not the one that was read), DiskFull, Busy, LibraryError.
        """
        check_spans(content, passages)
        with disk_errors(source):
            size_bytes = source.stat().st_size if source.exists() else 0
        require_space(self.folder, size_bytes + 8 * len(content.text))
        with self._adding():
            existing = self.document_by_hash(sha256)
            if existing is not None and self.file(existing.id).exists():
                return existing
            document_id = self._new_id(sha256)
            relative = existing.file_path if existing else f"documents/{document_id}/source{safe_suffix(source)}"
            if existing is None:
                self._add_leftover(f"documents/{document_id}")
            target = inside(self.folder, relative)
            with disk_errors(self.folder):
                target.parent.mkdir(parents=True, exist_ok=True)
            size_bytes = copy_document(source, target, sha256)
            document = existing or Document(
                id=document_id,
                title=storable(content.title or source.stem),
                author=storable(content.author),
                file_name=storable(source.name),
                file_path=relative,
                source_path=storable(str(source.absolute())),
                sha256=sha256,
                size_bytes=size_bytes,
                page_count=len(content.pages),
                passage_count=len(passages),
                added_at=now(),
                warnings=tuple(map(storable, content.warnings)),
            )
            if existing is None:
                self._insert_document(document, content, passages)
        return document

    def documents(self) -> list[Document]:
        """All documents, the newest first."""
        return [
            _document(row) for row in self._database.rows("SELECT * FROM documents ORDER BY added_at DESC, rowid DESC")
        ]

    def document(self, document_id: str) -> Document:
        """The document with exactly this id. Raises UnknownDocument."""
        row = self._database.row("SELECT * FROM documents WHERE id = ?", storable(document_id))
        if row is None:
            raise UnknownDocument(f"The library holds no document '{document_id}'.")
        return _document(row)

    def document_by_hash(self, sha256: str) -> Document | None:
        """The document whose file has this SHA-256 (hexadecimal), if it is there."""
        row = self._database.row("SELECT * FROM documents WHERE sha256 = ?", sha256)
        return _document(row) if row else None

    def find_document(self, key: str) -> Document:
        """The document that a user means by an id, a title, a file name or path, or by the beginning of an
        id, title or file name; capitals do not matter. Raises UnknownDocument or AmbiguousDocument.
        """
        wanted = key.strip().casefold()
        documents = self.documents() if wanted else []
        whole = [document for document in documents if wanted in _names(document)]
        begun = [document for document in documents if any(n.startswith(wanted) for n in _names(document)[:3])]
        found = whole or begun
        if not found:
            raise UnknownDocument(f"The library holds no document '{key.strip()}'.")
        if len(found) > 1:
            which = ", ".join(f"{document.id} ({document.title})" for document in found[:5])
            raise AmbiguousDocument(f"'{key.strip()}' may be any of {len(found)} documents: {which}.")
        return found[0]

    def rename_document(self, document_id: str, title: str) -> Document:
        """Changes the title that is shown. Raises UnknownDocument, or LibraryError for an empty title."""
        if not title.strip():
            raise LibraryError("A document needs a title.")
        with self._database.transaction():
            self.document(document_id)
            self._database.change("UPDATE documents SET title = ? WHERE id = ?", storable(title.strip()), document_id)
            return self.document(document_id)

    def file(self, document_id: str) -> Path:
        """The absolute path of the library's copy of the document's file. Raises UnknownDocument."""
        return inside(self.folder, self.document(document_id).file_path)

    def content(self, document_id: str) -> DocumentText:
        """What was read from the file, with word boxes and the title as read. Raises UnknownDocument."""
        with self._database.snapshot():
            document = self.document(document_id)
            row = self._database.row("SELECT title, text FROM texts WHERE document_id = ?", document_id)
            if row is None:
                raise LibraryDamaged(f"The text of '{document.title}' is missing from the library.")
            pages = self.pages(document_id, words=True)
        return DocumentText(row["title"], document.author, row["text"], pages, document.warnings)

    def text(self, document_id: str) -> str:
        """The document's whole text. Raises UnknownDocument."""
        row = self._database.row("SELECT text FROM texts WHERE document_id = ?", document_id)
        if row is None:
            raise UnknownDocument(f"The library holds no document '{document_id}'.")
        return str(row["text"])

    def pages(self, document_id: str, *, words: bool = False) -> tuple[Page, ...]:
        """All pages in order, with their word boxes when `words` is set. Raises UnknownDocument."""
        self.document(document_id)
        boxes = "words" if words else "NULL"
        rows = self._database.rows(
            f'SELECT number, label, start, "end", width, height, {boxes} AS words FROM pages '
            "WHERE document_id = ? ORDER BY number",
            document_id,
        )
        return tuple(map(_page, rows))

    def page(self, document_id: str, number: int) -> Page:
        """One page (from 1) with its word boxes. Raises UnknownDocument; LibraryError for no such page."""
        document = self.document(document_id)
        row = self._database.row("SELECT * FROM pages WHERE document_id = ? AND number = ?", document_id, number)
        if row is None:
            raise LibraryError(f"'{document.title}' has no page {number}; it has {document.page_count} pages.")
        return _page(row)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """All passages in order. Raises UnknownDocument."""
        with self._database.snapshot():
            text = self.text(document_id)
            rows = self._database.rows("SELECT * FROM passages WHERE document_id = ? ORDER BY number", document_id)
        return tuple(
            Passage(
                number=row["number"],
                start=row["start"],
                end=row["end"],
                text=text[row["start"] : row["end"]],
                first_page=row["first_page"],
                last_page=row["last_page"],
            )
            for row in rows
        )

    def search(self, document_id: str, query: str, limit: int = 3) -> list[ScoredPassage]:
        """The passages of the document that fit `query` best, best first; any text is a query.

        Raises UnknownDocument. The first search in a document builds its index (0.1 seconds for a long book).
        """
        with self._database.snapshot():  # keeps this process's other threads out, too
            return self._index(document_id).search(query, limit)

    def _index(self, document_id: str) -> PassageIndex:
        key = (document_id, self.document(document_id).added_at)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = PassageIndex(self.passages(document_id))
        self._indexes.move_to_end(key)
        while len(self._indexes) > INDEXES_KEPT:
            self._indexes.popitem(last=False)[1].close()
        return index

    def _drop_indexes(self, document_id: str) -> None:
        for key in [key for key in self._indexes if key[0] == document_id]:
            self._indexes.pop(key).close()

    def _new_id(self, sha256: str) -> str:
        """The shortest beginning of the hash that no document has as its id."""
        taken = {str(row["id"]) for row in self._database.rows("SELECT id FROM documents")}
        return next(sha256[:n] for n in range(SHORTEST_ID, 65) if sha256[:n] not in taken)

    def _insert_document(self, document: Document, content: DocumentText, passages: Sequence[Passage]) -> None:
        """All rows of a document whose files are in place, in one transaction."""
        values = (
            document.id,
            document.sha256,
            document.title,
            document.author,
            document.file_name,
            document.file_path,
            document.source_path,
            document.size_bytes,
            document.page_count,
            document.passage_count,
            document.added_at,
            json.dumps(document.warnings),
        )
        pages = ((document.id, *_page_values(page)) for page in content.pages)
        spans = ((document.id, p.number, p.start, p.end, p.first_page, p.last_page) for p in passages)
        texts = (document.id, storable(content.title), storable(content.text))
        with self._database.transaction():
            self._database.insert_many(f"INSERT INTO documents VALUES ({_marks(12)})", [values])
            self._database.insert_many(f"INSERT INTO texts VALUES ({_marks(3)})", [texts])
            self._database.insert_many(f"INSERT INTO pages VALUES ({_marks(8)})", pages)
            self._database.insert_many(f"INSERT INTO passages VALUES ({_marks(6)})", spans)
            self._keep(f"documents/{document.id}")


def check_spans(content: DocumentText, passages: Sequence[Passage]) -> None:
    """Raises ValueError unless pages, words and passages lie in the text and are numbered without gaps."""
    length, page_count = len(content.text), len(content.pages)
    for expected, page in enumerate(content.pages, start=1):
        if page.number != expected or not 0 <= page.start <= page.end <= length:
            raise ValueError(f"page {page.number}: wrong number or span")
        if any(not 0 <= word.start <= word.end <= length for word in page.words):
            raise ValueError(f"page {page.number}: a word box outside the text")
    for expected, passage in enumerate(passages):
        in_text = 0 <= passage.start < passage.end <= length
        if passage.number != expected or not in_text:
            raise ValueError(f"passage {passage.number}: wrong number or span")
        if content.text[passage.start : passage.end] != passage.text:
            raise ValueError(f"passage {passage.number}: not the text of its span")
        if not 1 <= passage.first_page <= passage.last_page <= page_count:
            raise ValueError(f"passage {passage.number}: pages {passage.first_page} to {passage.last_page}")


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _names(document: Document) -> list[str]:
    names = (document.id, document.title, document.file_name, document.source_path)
    return [name.casefold() for name in names]


def _document(row: Row) -> Document:
    values = {name: row[name] for name in Document.__slots__ if name != "warnings"}
    return Document(**values, warnings=tuple(json.loads(row["warnings"])))


def _page_values(page: Page) -> tuple[object, ...]:
    boxes = b"".join(_WORD_BOX.pack(w.start, w.end, w.x0, w.y0, w.x1, w.y1) for w in page.words)
    words = zlib.compress(boxes, level=1)
    return (page.number, storable(page.label), page.start, page.end, page.width, page.height, words)


def _page(row: Row) -> Page:
    try:
        words = tuple(_word_boxes(row["words"]))
    except (zlib.error, struct.error) as error:
        raise LibraryDamaged(f"Page {row['number']} of a document is damaged in the library: {error}.") from error
    return Page(
        number=row["number"],
        label=row["label"],
        start=row["start"],
        end=row["end"],
        width=row["width"],
        height=row["height"],
        words=words,
    )


def _word_boxes(packed: bytes | None) -> Iterator[WordBox]:
    return (WordBox(*values) for values in _WORD_BOX.iter_unpack(zlib.decompress(packed) if packed else b""))
