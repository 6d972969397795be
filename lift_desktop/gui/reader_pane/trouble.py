"""Says on a page why it could not be drawn, and offers to try again. Knows the drawer's errors."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ...domain.errors import ChildDied, LiftError
from .drawing import PageDrawer
from .layout import PageLayout

WIDEST_PIXELS = 480


class Trouble(QFrame):
    """In the place of one page."""

    retry_wanted = Signal(int)

    def __init__(self, page: int, error: LiftError, parent: QWidget) -> None:
        super().__init__(parent)
        self.page, self.error = page, error
        self.setProperty("look", "card")
        title = QLabel(self.tr("This page could not be drawn"), self)
        message = QLabel(error.message, self)
        hint = QLabel(error.hint, self)
        self.button = QPushButton(self.tr("Try again"), self)
        self.button.setAccessibleName(self.tr("Try again to draw page {0}").format(page))
        self.button.clicked.connect(self._wants_retry)
        layout = QVBoxLayout(self)
        for label in (title, message, hint):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(label)
        title.setProperty("look", "heading")
        hint.setProperty("look", "muted")
        hint.setVisible(bool(error.hint) and not isinstance(error, ChildDied))  # the button says it
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(error.message)

    @Slot()
    def _wants_retry(self) -> None:
        self.retry_wanted.emit(self.page)


class Troubles(QObject):
    """Keeps a Trouble on every page that is shown and has failed."""

    retried = Signal()

    def __init__(self, drawer: PageDrawer, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._drawer, self._viewport = drawer, viewport
        self._shown: dict[int, Trouble] = {}

    def place(self, layout: PageLayout, shown: QRect) -> None:
        """Puts them where the pages are; `shown` is what the viewport shows of the stack."""
        errors = self._drawer.errors
        visible = {page for page in layout.pages_between(shown.top(), shown.bottom()) if page in errors}
        for page in [
            page for page in self._shown if page not in visible or self._shown[page].error is not errors[page]
        ]:
            trouble = self._shown.pop(page)
            trouble.hide()
            trouble.deleteLater()
        for page in visible:
            if page not in self._shown:
                trouble = self._shown[page] = Trouble(page, errors[page], self._viewport)
                trouble.retry_wanted.connect(self._try_again)
                trouble.show()
            self._put(self._shown[page], layout.rectangle(page).translated(-shown.topLeft()))

    def _put(self, trouble: Trouble, page: QRect) -> None:
        area = page.intersected(self._viewport.rect())
        width = max(1, min(WIDEST_PIXELS, area.width() - 16))
        trouble.resize(width, max(trouble.heightForWidth(width), trouble.minimumSizeHint().height()))
        corner = trouble.rect()
        corner.moveCenter(area.center())
        trouble.move(corner.topLeft())

    @Slot(int)
    def _try_again(self, page: int) -> None:
        self._drawer.try_again(page)
        self.retried.emit()
