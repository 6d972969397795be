"""The list of documents: opening by click or Enter, the action in a row, renaming in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QStyleOptionViewItem, QWidget

from .delegate import Option, RowDelegate


class RowList(QListView):
    """A click or Enter opens; with Ctrl or Shift a click selects more. The action of a row has a place of its own."""

    open_wanted = Signal(QModelIndex)
    action_wanted = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_look = RowDelegate(self)
        self.setItemDelegate(self.rows_look)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QListView.Shape.NoFrame)
        self._pressed = self._pressed_action = QPersistentModelIndex()

    def show_open(self, document_id: str) -> None:
        """Marks the row of the document that the other panes show."""
        self.rows_look.open_id = document_id
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        is_editing = self.state() is QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid() and not is_editing:
            self.open_wanted.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        index = self._action_at(event) if event.button() is Qt.MouseButton.LeftButton else QModelIndex()
        self._pressed_action = QPersistentModelIndex(index)
        self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()))
        if not index.isValid():
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed_action.isValid():
            index = self._action_at(event)
            if index == self._pressed_action:
                self.action_wanted.emit(index)
            self._pressed_action = QPersistentModelIndex()
            return
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_plain = QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and index == self._pressed and is_plain:
            self.open_wanted.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.rows_look.pointer = event.position().toPoint()
        over_action = self._action_at(event).isValid()
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over_action else Qt.CursorShape.ArrowCursor)
        self.update(self.indexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.scheduleDelayedItemsLayout()

    def _action_at(self, event: QMouseEvent) -> QModelIndex:
        """The row whose action lies under the pointer, else an invalid index."""
        point = event.position().toPoint()
        index = self.indexAt(point)
        if not index.isValid():
            return QModelIndex()
        option: Option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        return index if self.rows_look.action_rect(option, index).contains(point) else QModelIndex()
