"""The find bar: what to look for, how often it was found, next and previous, the list of places.

Searches in the background, one search at a time. Knows the document's text, not its pages' pixels.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .. import wording
from ..bridge import Task, Tasks
from ..icons import icon
from .finding import excerpt, find_all
from .opened import OpenDocument, Span

ROWS_SHOWN = 6
MAX_LISTED = 5000


class HitList(QAbstractListModel):
    """One row for each place: its page and what stands around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: OpenDocument | None = None
        self._hits: Sequence[Span] = ()

    def show_hits(self, opened: OpenDocument | None, hits: Sequence[Span]) -> None:
        self.beginResetModel()
        self._opened, self._hits = opened, hits[:MAX_LISTED]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        opened = self._opened
        if opened is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        span = self._hits[index.row()]
        page = opened.page_at(span[0])
        found = f"{wording.page(page, opened.label(page))}   {''.join(excerpt(opened.text, span))}"
        return wording.tool_tip(found) if role == Qt.ItemDataRole.ToolTipRole else found


class FindBar(QFrame):
    """Hidden until `start`. `found` comes when the places changed, `chosen` with the index of the one to show."""

    found = Signal()
    chosen = Signal(int)
    closed = Signal()

    def __init__(self, tasks: Tasks, following: QAction, preceding: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._opened: OpenDocument | None = None
        self._task: Task | None = None
        self._searched = ""
        self._from = 0  # the place in the text from which on the first hit is chosen
        self._stays = False  # what is found is not gone to: the reader stands where the user left the document
        self.shown_from: Callable[[], int] = lambda: 0  # tells where in the text the reader stands
        self.hits: Sequence[Span] = ()
        self.current = -1
        self.setProperty("look", "banner")
        self._input = QLineEdit(self)
        self._input.setPlaceholderText(self.tr("Find in this document"))
        self._input.setAccessibleName(self.tr("Find in this document"))
        self._input.setClearButtonEnabled(True)
        self._input.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)
        self._input.textChanged.connect(self._search)
        self._input.returnPressed.connect(following.trigger)
        self._input.installEventFilter(self)
        self._count = QLabel(self)
        self._count.setProperty("look", "muted")
        self._count.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self._list = QListView(self)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Places where it was found"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._model = HitList(self)
        self._list.setModel(self._model)
        self._list.clicked.connect(self._choose_row)
        self._list.activated.connect(self._choose_row)
        self._toggle = QToolButton(self)
        self._toggle.setIcon(icon("list"))
        self._toggle.setCheckable(True)
        self._toggle.setToolTip(self.tr("Show the list of places"))
        self._toggle.setAccessibleName(self.tr("List of places"))
        self._toggle.toggled.connect(self._show_list)
        self._place(following, preceding)
        self._show_list(False)
        self.hide()

    def _place(self, following: QAction, preceding: QAction) -> None:
        row = QHBoxLayout()
        row.addWidget(self._input, 1)
        row.addWidget(self._count)
        for action in (preceding, following):
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.text())
            row.addWidget(button)
        row.addWidget(self._toggle)
        close = QToolButton(self)
        close.setIcon(icon("cancel"))
        close.setToolTip(self.tr("Close (Esc)"))
        close.setAccessibleName(self.tr("Close the find bar"))
        close.clicked.connect(self.close_bar)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addLayout(row)
        layout.addWidget(self._list)

    def show_document(self, opened: OpenDocument | None) -> None:
        """Forgets what was found; with an open bar, the same is looked for in the new document, and marked there."""
        self._opened = opened
        self._cancel()
        self._searched = ""
        self._from = 0
        self._take([])
        if opened is None:
            self.hide()
        elif not self.isHidden():
            self._search()
            self._stays = True

    def start(self, text: str, near: int) -> None:
        """Shows the bar, ready to type; `text` (when there is some) is looked for, first from character `near` on."""
        self._from = near
        self.show()
        self._input.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self._input.setText(text)
        self._input.selectAll()
        self._search()

    @property
    def query(self) -> str:
        return self._input.text()

    @Slot()
    def close_bar(self) -> None:
        """Hides the bar and its marks; what was typed stays for the next time."""
        self._cancel()
        self._searched = ""
        self.hide()
        self._take([])
        self.closed.emit()

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) place; goes round."""
        if self.isHidden():
            self.show()
            self._search()
        elif self.hits:
            self._choose((self.current + by) % len(self.hits))

    def eventFilter(self, watched: Any, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_return and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.step(-1)
                return True
            if event.key() == Qt.Key.Key_Down and self._toggle.isChecked():
                self._list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height())

    @Slot()
    def _search(self) -> None:
        """Looks for what is typed now, when the search that runs has ended."""
        query, opened = self.query.strip(), self._opened
        if query == self._searched or opened is None:
            return
        self._searched, self._stays = query, False
        self._cancel()
        if not query:
            self._take([])
            return
        self._count.setText(self.tr("Searching…"))
        text = opened.text
        self._task = self._tasks.run("find", lambda: find_all(text, query))
        self._task.done.connect(self._take)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.done.disconnect(self._take)
            self._task.cancel()
            self._task = None

    @Slot(object)
    def _take(self, hits: list[Span]) -> None:
        self._task = None
        self.hits = hits
        self.current = -1
        self._model.show_hits(self._opened, hits)
        self._show_list(self._toggle.isChecked())
        if hits and self._stays:
            self._make_current(bisect_left(hits, (self.shown_from(), 0)) % len(hits))
            self.found.emit()
            return
        self.found.emit()
        if hits:
            self._choose(bisect_left(hits, (self._from, 0)) % len(hits))
        else:
            self._say_count()

    @Slot(QModelIndex)
    def _choose_row(self, index: QModelIndex) -> None:
        self._choose(index.row())

    def _choose(self, place: int) -> None:
        self._make_current(place)
        self.chosen.emit(place)

    def _make_current(self, place: int) -> None:
        self.current = place
        self._from = self.hits[place][0]
        if place < self._model.rowCount():
            self._list.setCurrentIndex(self._model.index(place))
        self._say_count()

    def _say_count(self) -> None:
        if not self._searched:
            said = ""
        elif not self.hits:
            said = self.tr("Not found")
        else:
            said = self.tr("{0} of {1}").format(wording.number(self.current + 1), wording.number(len(self.hits)))
        self._count.setText(said)
        self._count.setProperty("look", "warning" if self._searched and not self.hits else "muted")
        self._count.style().polish(self._count)

    @Slot(bool)
    def _show_list(self, shown: bool) -> None:
        self._list.setVisible(shown)
        row = max(self._list.sizeHintForRow(0), self.fontMetrics().height())
        self._list.setFixedHeight(row * ROWS_SHOWN)
        self.updateGeometry()
