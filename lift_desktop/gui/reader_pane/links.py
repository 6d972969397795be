"""Where the shown pages lead to: asks the viewing process, remembers, and asks the user before leaving the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from ...documents import DocumentViewer, Link
from ...domain.errors import ChildDied, LiftError
from ..bridge import Task, Tasks

SCHEMES = ("http", "https", "mailto")
"""Other addresses could start programs; they are no links here."""


class LinkFinder(QObject):
    """Finds the links of pages, one page at a time, in the background. `found` names the page."""

    found = Signal(int)

    def __init__(self, viewer: DocumentViewer, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._tasks = viewer, tasks
        self._source: tuple[Path, str] | None = None
        self._links: dict[int, tuple[Link, ...]] = {}
        self._wanted: list[int] = []
        self._in_flight: tuple[int, Task] | None = None
        self._died: set[int] = set()  # pages whose links were being read when the process died

    def show_file(self, path: Path | None, password: str = "") -> None:
        """From now on the links of this file are found."""
        self._source = (path, password) if path is not None else None
        self._links.clear()
        self._died.clear()
        self._wanted.clear()
        if self._in_flight is not None:
            _, task = self._in_flight
            self._in_flight = None
            task.done.disconnect(self._on_done)
            task.failed.disconnect(self._on_failed)
            task.cancel()

    def want(self, pages: Sequence[int]) -> None:
        """The pages whose links are needed now."""
        self._wanted = [page for page in pages if page not in self._links]
        self._find_next()

    def on_page(self, page: int) -> tuple[Link, ...]:
        """What is known by now."""
        return self._links.get(page, ())

    def at(self, page: int, x: float, y: float) -> Link | None:
        """The link at a point of the page, in points."""
        return next((k for k in self.on_page(page) if k.x0 <= x <= k.x1 and k.y0 <= y <= k.y1), None)

    def _find_next(self) -> None:
        page = next((page for page in self._wanted if page not in self._links), None)
        if page is None or self._in_flight is not None or self._source is None:
            return
        viewer, (path, password), wanted = self._viewer, self._source, page
        task = self._tasks.run(f"links of page {page}", lambda: viewer.links(path, password, wanted))
        self._in_flight = (page, task)
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)

    @Slot(object)
    def _on_done(self, links: tuple[Link, ...]) -> None:
        assert self._in_flight is not None
        page, _ = self._in_flight
        self._in_flight = None
        self._links[page] = tuple(link for link in links if link.page or QUrl(link.uri).scheme() in SCHEMES)
        self.found.emit(page)
        self._find_next()

    @Slot(object)
    def _on_failed(self, error: LiftError) -> None:
        """A page whose links cannot be read has none; the page itself tells when it cannot be drawn."""
        assert self._in_flight is not None
        page, _ = self._in_flight
        if isinstance(error, ChildDied) and page not in self._died:
            self._died.add(page)  # drawing a page may have ended it: once more
            self._in_flight = None
            self._find_next()
        else:
            self._on_done(())


class LeaveQuestion(QMessageBox):
    """Asks before an address is opened in the browser or the mail program. Opens itself; yes opens the address."""

    def __init__(self, address: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._address = address
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(self.tr("Leave LIFT Desktop?"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(self.tr("The document leads to another place. Open it?"))
        self.setInformativeText(address)
        self.open_button = self.addButton(self.tr("Open"), QMessageBox.ButtonRole.AcceptRole)
        self.stay_button = self.addButton(self.tr("Stay here"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.stay_button)
        self.setEscapeButton(self.stay_button)
        self.accepted.connect(self._open_address)

    @Slot()
    def _open_address(self) -> None:
        QDesktopServices.openUrl(QUrl(self._address))
