"""The head of the pane: which conversation is shown, a new one, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from ...domain.models import Conversation
from .. import wording
from ..icons import icon

SHORTEST_LETTERS = 8


class TitleBox(QComboBox):
    """Shortens a long title with "…"."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 4
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)
        option.currentText = text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


class ConversationBar(QWidget):
    """The first entry is a chat that has not begun, while that is what is shown."""

    chosen = Signal(str)  # conversation id, by the user

    def __init__(self, new: QAction, others: Sequence[QAction | None], parent: QWidget | None = None) -> None:
        """`others` go into a menu; None is a line between them."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(4)
        self.box = TitleBox(self)
        self.box.setAccessibleName(self.tr("Chat"))
        self.box.setToolTip(self.tr("Chats about this document"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(SHORTEST_LETTERS)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.activated.connect(self._choose)
        row.addWidget(self.box, 1)
        self.new = QToolButton(self)
        self.new.setDefaultAction(new)
        self.new.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row.addWidget(self.new)
        self.more = QToolButton(self)
        self.more.setIcon(icon("more"))
        self.more.setAccessibleName(self.tr("More about this chat"))
        self.more.setToolTip(self.tr("Rename, delete, export"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self.more)
        for action in others:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        self.more.setMenu(menu)
        row.addWidget(self.more)

    def show_conversations(self, conversations: Sequence[Conversation], shown: str | None) -> None:
        """Lists them, newest first; `shown` is the id of the chosen one, None for a chat that has not begun."""
        self.box.clear()
        if shown is None:
            self.box.addItem(self.tr("New chat"), "")
        for conversation in conversations:
            self.box.addItem(conversation.title or self.tr("New chat"), conversation.id)
            tip = wording.tool_tip(conversation.title)
            self.box.setItemData(self.box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.box.setCurrentIndex(max(0, self.box.findData(shown or "")))

    @Slot(int)
    def _choose(self, index: int) -> None:
        conversation_id = self.box.itemData(index)
        if conversation_id:
            self.chosen.emit(conversation_id)
