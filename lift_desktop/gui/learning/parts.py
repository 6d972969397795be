"""What the widgets about learning are made of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QScrollArea, QSizePolicy, QToolButton, QWidget

from ..icons import icon

_STEPS = 1000


def label(words: str = "", look: str = "") -> QLabel:
    """A label that wraps, shows `words` as they are, and is as high as they need."""
    made = QLabel(words, wordWrap=True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", look)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def set_look(widget: QWidget, look: str) -> None:
    """Another `look` for a widget that is shown already."""
    if widget.property("look") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_text(shown: QLabel, words: str) -> None:
    """Shows `words`, or nothing at all when there are none."""
    if shown.text() != words:
        shown.setText(words)
    shown.setVisible(bool(words))


def scrolling(inner: QWidget) -> QScrollArea:
    """`inner` in a frameless area that scrolls upwards and downwards, and is never too narrow for it."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    area.setMinimumWidth(inner.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
    return area


def tool_button(symbol: str) -> QToolButton:
    """A button with an icon alone, reachable by Tab; give it an accessible name and a tooltip."""
    made = QToolButton()
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setIcon(icon(symbol))
    return made


def name_button(button: QToolButton, name: str, of_what: str) -> None:
    """Its tooltip is what it does, its accessible name also says to what."""
    button.setToolTip(name)
    button.setAccessibleName(f"{name}: {of_what}")


class ThinBar(QProgressBar):
    """A progress bar without figures, some four pixels high at the usual size of letters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, textVisible=False, maximum=_STEPS)
        self._fit()

    def set_fraction(self, fraction: float) -> None:
        """Shows the share (0 to 1) that is done."""
        self.setValue(round(fraction * _STEPS))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        colours, painter = self.palette(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(colours.mid())
        painter.drawRoundedRect(self.rect(), radius, radius)
        done = self.rect()
        done.setWidth(max(self.height(), round(self.width() * self.value() / _STEPS)))
        painter.setBrush(colours.accent())
        if self.value():
            painter.drawRoundedRect(done, radius, radius)

    def _fit(self) -> None:
        self.setFixedHeight(max(4, self.fontMetrics().height() // 4))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().averageCharWidth() * 12, self.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().averageCharWidth() * 4, self.height())
