"""What a finished job gave: recall before and after, in a banner that does not stand in the way."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ...domain.errors import LiftError
from ...domain.models import Depth, Memory, MemoryState
from .. import theme, wording
from ..context import Context
from .parts import label, name_button, set_text, tool_button


class LearnedBanner(QFrame):
    """Hidden until the hub's `learned`; shows the newest memory until it is closed, or that memory is erased."""

    details_requested = Signal(str)  # memory id: show what it recalls
    ask_requested = Signal(str)  # document id, after the hub's `open_requested`: give the chat the focus

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._memory: Memory | None = None
        self.setProperty("look", "banner")
        self.title, self.detail = label(look="heading"), label(look="muted")
        self.recall = RecallBars()
        self.ask_button = QPushButton(self.tr("&Ask it"))
        self.deeper_button = QPushButton(self.tr("Learn &deeper…"))
        self.details_button = QPushButton(self.tr("See what it &recalls"))
        self.details_button.setProperty("look", "link")
        self.close_button = tool_button("cancel")
        name_button(self.close_button, self.tr("Close"), self.tr("Result of learning"))
        self._lay_out()
        self.ask_button.clicked.connect(self._ask)
        self.deeper_button.clicked.connect(self._learn_deeper)
        self.details_button.clicked.connect(self._show_details)
        self.close_button.clicked.connect(self.hide)
        context.hub.learned.connect(self.show_memory)
        context.hub.memories_changed.connect(self._hide_when_gone)
        context.hub.document_removed.connect(self._hide_when_gone)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(self.fontMetrics().descent())
        words.addWidget(self.title)
        words.addWidget(self.detail)
        buttons = QHBoxLayout()
        for button in (self.ask_button, self.deeper_button, self.details_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        words.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setSpacing(self.fontMetrics().averageCharWidth() * 2)
        layout.addWidget(self.recall, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    @Slot(str)
    def show_memory(self, memory_id: str) -> None:
        """Shows what the memory recalls, and what can be done with it."""
        try:
            memory = self._context.library.memory(memory_id)
            title = self._context.library.document(memory.document_id).title
        except LiftError:  # erased in the meantime
            return
        self._memory = memory
        is_weak = memory.state is MemoryState.WEAK
        said = self.tr("The memory of “{0}” is weak") if is_weak else self.tr("“{0}” is learned")
        self.title.setText(said.format(wording.breakable(title)))
        set_text(self.detail, self._explained(memory))
        self.recall.show_recall(memory.recall_before or 0.0, memory.recall_after or 0.0, is_weak=is_weak)
        self.deeper_button.setVisible(is_weak and memory.depth is not Depth.DEEP)
        self.show()

    def _explained(self, memory: Memory) -> str:
        before, after = wording.percent(memory.recall_before), wording.percent(memory.recall_after)
        if memory.state is not MemoryState.WEAK:
            said = self.tr("Asked without its pages, it recalls {0} of the answers; before learning it was {1}.")
            return said.format(after, before)
        said = self.tr(
            "Asked without its pages, it recalls {0} of the answers, hardly more than before ({1}). Answers from the "
            "pages are as good as ever."
        ).format(after, before)
        if memory.depth is Depth.DEEP:
            return said
        return said + " " + self.tr("Learning it deeper usually helps.")

    @Slot(str)
    def _hide_when_gone(self, document_id: str) -> None:
        if self._memory is not None and self._memory.document_id == document_id:
            left = {memory.id for memory in self._context.library.memories(document_id)}
            if self._memory.id not in left:
                self.hide()

    # The buttons -----------------------------------------------------------------------------------------------------
    @Slot()
    def _ask(self) -> None:
        if self._memory is not None:
            self.hide()
            self._context.hub.open_requested.emit(self._memory.document_id)
            self.ask_requested.emit(self._memory.document_id)

    @Slot()
    def _learn_deeper(self) -> None:
        if self._memory is not None:
            self.hide()
            self._context.hub.learn_deeper_requested.emit(self._memory.document_id)

    @Slot()
    def _show_details(self) -> None:
        if self._memory is not None:
            self.details_requested.emit(self._memory.id)


class RecallBars(QWidget):
    """Two bars, before and after, with their shares above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = self._after = 0.0
        self._is_weak = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_recall(self, before: float, after: float, *, is_weak: bool) -> None:
        """Shares from 0 to 1."""
        self._before, self._after, self._is_weak = before, after, is_weak
        said = self.tr("Recall before learning {0}, after it {1}")
        self.setAccessibleName(said.format(wording.percent(before), wording.percent(after)))
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        letters = self.fontMetrics()
        return QSize(letters.horizontalAdvance("100 %") * 2 + letters.averageCharWidth() * 3, letters.lineSpacing() * 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        colours, painter = theme.colours(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letters = self.fontMetrics()
        ground, top = self.height() - 1, letters.lineSpacing() + 2
        width = self.width() // 2
        after_colour = colours.warning if self._is_weak else colours.good
        for place, (share, colour) in enumerate(((self._before, colours.muted), (self._after, after_colour))):
            high = round((ground - top) * min(1.0, share))
            middle = place * width + width // 2
            bar_width = letters.averageCharWidth() * 3
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(middle - bar_width // 2, ground - max(2, high), bar_width, max(2, high), 2, 2)
            painter.setPen(QColor(colours.text))
            line = ground - max(2, high) - letters.descent() - 2
            said = wording.percent(share)
            painter.drawText(middle - letters.horizontalAdvance(said) // 2, line, said)
        painter.setPen(QColor(colours.border))
        painter.drawLine(0, ground, self.width(), ground)
