"""Which rows are shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSortFilterProxyModel

from .. import wording
from .rows import DocumentRows, Index


class ShownRows(QSortFilterProxyModel):
    """Rows that hold every word of the search (in title, author or tags) and the chosen tag."""

    def __init__(self, rows: DocumentRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._tag = ""
        self._rows = rows
        self.setSourceModel(rows)

    @property
    def tag(self) -> str:
        """The tag that all shown documents have, "" for no choice."""
        return self._tag

    def search(self, text: str) -> None:
        """Shows what holds all words of `text`."""
        self._words = wording.searched(text).split()
        self.invalidate()

    def show_tag(self, tag: str) -> None:
        """Shows what has this tag, or everything for ""."""
        if tag != self._tag:  # looking at thousands of rows takes a tenth of a second
            self._tag = tag
            self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: N802
        if not self._words and not self._tag:
            return True
        row = self._rows.at(source_row)
        if self._tag and self._tag not in row.tags:
            return False
        haystack = row.haystack
        return all(word in haystack for word in self._words)
