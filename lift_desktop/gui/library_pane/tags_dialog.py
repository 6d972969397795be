"""Choosing the tags of one or several documents."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...library.tags import LONGEST_TAG, tidy
from .. import wording
from .notices import label

_TITLES_NAMED = 3


class TagsDialog(QDialog):
    """A list of all tags to tick, and a field for a new one. A tag that only some documents have is half ticked, and
    stays as it is until it is touched.
    """

    def __init__(
        self,
        titles: Sequence[str],
        tags: Sequence[tuple[str, ...]],
        all_tags: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        """`tags` are those of each document, in the order of `titles`."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tags"))
        self._documents = list(tags)
        self.tags = QListWidget()
        self.tags.setAccessibleName(self.tr("Tags"))
        for tag in sorted({*all_tags, *(tag for own in tags for tag in own)}, key=wording.sorted_by):
            self._add_item(tag, self._state(tag))
        self.new_tag = QLineEdit()
        self.new_tag.setMaxLength(LONGEST_TAG)
        self.new_tag.setPlaceholderText(self.tr("New tag"))
        self.new_tag.setAccessibleName(self.tr("New tag"))
        self.new_tag.textChanged.connect(self._offer_adding)
        self.add_button = QPushButton(self.tr("Add"))
        self.add_button.clicked.connect(self.add_tag)
        line = QHBoxLayout()
        line.addWidget(self.new_tag, 1)
        line.addWidget(self.add_button)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(label(self._heading(titles), "heading"))
        column.addLayout(line)
        column.addWidget(self.tags, 1)
        column.addWidget(self.buttons)
        self._offer_adding()
        self.new_tag.setFocus()

    def chosen(self) -> list[tuple[str, ...]]:
        """The tags of each document, as they now should be."""
        states = {
            self.tags.item(place).text(): self.tags.item(place).checkState() for place in range(self.tags.count())
        }
        return [
            tuple(
                tag
                for tag, state in states.items()
                if state is Qt.CheckState.Checked or (state is Qt.CheckState.PartiallyChecked and tag in own)
            )
            for own in self._documents
        ]

    def add_tag(self) -> None:
        """Puts the new tag into the list, ticked; one that is there is ticked."""
        tag = tidy(self.new_tag.text())
        if tag:
            same = [item for item in self._items() if item.text().casefold() == tag.casefold()]
            item = same[0] if same else self._add_item(tag, Qt.CheckState.Checked)
            item.setCheckState(Qt.CheckState.Checked)
            self.tags.scrollToItem(item)
        self.new_tag.clear()

    def accept(self) -> None:
        """Takes what still stands in the field, too."""
        self.add_tag()
        super().accept()

    def _items(self) -> list[QListWidgetItem]:
        return [self.tags.item(place) for place in range(self.tags.count())]

    def _add_item(self, tag: str, state: Qt.CheckState) -> QListWidgetItem:
        item = QListWidgetItem(tag)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(state)
        self.tags.addItem(item)
        return item

    def _state(self, tag: str) -> Qt.CheckState:
        having = sum(tag in own for own in self._documents)
        if having == 0:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if having == len(self._documents) else Qt.CheckState.PartiallyChecked

    def _heading(self, titles: Sequence[str]) -> str:
        if len(titles) > _TITLES_NAMED:
            return self.tr("Tags of {0}").format(wording.documents(len(titles)))
        return self.tr("Tags of {0}").format(", ".join(map(wording.quoted, titles)))

    def _offer_adding(self) -> None:
        """Enter adds what is typed; with an empty field it closes the dialog."""
        typed = bool(tidy(self.new_tag.text()))
        self.add_button.setEnabled(typed)
        self.add_button.setDefault(typed)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setDefault(not typed)
