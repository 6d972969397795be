"""The bar above the pages: contents, back, the page box, zoom, find. What does not fit moves behind the arrow."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from .. import wording
from ..tool_bar import ToolBar

ZOOM_FACTORS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)


class PageBox(QLineEdit):
    """The current page's number; takes numbers and printed labels. `named` carries what was typed."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(self.tr("Page"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.returnPressed.connect(self._name)

    def show_page(self, page: int, label: str, count: int) -> None:
        self._page = str(page) if page else ""
        self.setText(self._page)
        hint = self.tr("Go to a page: its number, or what is printed on it")
        printed = "\n" + self.tr("Printed on this page: {0}").format(label) if label else ""
        self.setToolTip(hint + printed)
        digits = max(3, len(str(count)) + 1)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * digits + 18)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.setText(self._page)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text() != self._page:
            self.setText(self._page)
            self.selectAll()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _name(self) -> None:
        if self.text().strip():
            self.named.emit(self.text())


class ReaderBar(ToolBar):
    """`page_named` carries what was typed into the page box, `zoom_wanted` a factor (1.0 is as on paper)."""

    page_named = Signal(str)
    zoom_wanted = Signal(float)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Reader"))
        self.setMovable(False)
        self.setFloatable(False)
        self.box = PageBox(self)
        self.box.named.connect(self.page_named)
        self._count = QLabel(self)
        self._zoom = QToolButton(self)
        self._zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._zoom.setToolTip(self.tr("Zoom"))
        self._zoom.setMenu(self._zoom_menu(actions))
        for name in ("contents", "back"):
            self.addAction(actions[name])
        self.addSeparator()
        pages = QWidget(self)
        row = QHBoxLayout(pages)
        row.setContentsMargins(2, 0, 2, 0)
        row.addWidget(self.box)
        row.addWidget(self._count)
        self.addAction(actions["previous_page"])
        self.addWidget(pages)
        self.addAction(actions["next_page"])
        self.addSeparator()
        self.addAction(actions["zoom_out"])
        self.addWidget(self._zoom)
        for name in ("zoom_in", "fit_width", "fit_page"):
            self.addAction(actions[name])
        self.addSeparator()
        self.addAction(actions["find"])
        for action in self.actions():
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton) and action.text():
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(action.text())
        self.show_page(0, "", 0)
        self.show_zoom(1.0)

    def show_page(self, page: int, label: str, count: int) -> None:
        self.box.show_page(page, label, count)
        self.box.setEnabled(count > 0)
        self._count.setText(f"/ {wording.number(count)}" if count else "")
        self._count.setAccessibleName(self.tr("of {0} pages").format(count))

    def show_zoom(self, factor: float) -> None:
        self._zoom.setText(wording.percent(factor))
        self._zoom.setAccessibleName(self.tr("Zoom {0}").format(wording.percent(factor)))

    def set_enabled(self, enabled: bool) -> None:
        self._zoom.setEnabled(enabled)

    def _zoom_menu(self, actions: dict[str, QAction]) -> QMenu:
        menu = QMenu(self)
        for name in ("fit_width", "fit_page", "actual_size"):
            menu.addAction(actions[name])
        menu.addSeparator()
        for factor in ZOOM_FACTORS:
            action = menu.addAction(wording.percent(factor))
            action.setData(factor)
        menu.triggered.connect(self._wants_zoom)
        return menu

    @Slot(QAction)
    def _wants_zoom(self, action: QAction) -> None:
        factor = action.data()
        if isinstance(factor, float):
            self.zoom_wanted.emit(factor)
