"""Moving the data folder: choose, check, copy with progress, start again; then, erase the old one."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...domain.errors import Busy, LiftError
from ...domain.messages import Progress
from ...library.copying import (
    copy_library,
    copy_target,
    data_size_bytes,
    erase_old_folder,
    keep_old_folder,
    old_folder,
)
from ...library.files import disk_errors, remove
from ...paths import choose_data_folder
from ..bridge import Task
from ..context import Context
from ..icons import icon
from ..problems import ErrorBar, show_error
from ..wording import size
from .computer import free_bytes
from .parts import set_look, text, tr


class MoveDialog(QDialog):
    """Copies the data folder to another place. When that is done the program starts again at once: nothing may be
    written into the old folder any more. Until then every failure leaves all as it was.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Move the data folder"))
        self._context = context
        self._task: Task | None = None
        self._target: Path | None = None
        self.errors = ErrorBar()
        self.state = text(self.tr("Choose where your documents, memories and models shall be kept."))
        self.path = QLineEdit(readOnly=True, placeholderText=self.tr("No folder chosen yet"))
        self.path.setAccessibleName(self.tr("New data folder"))
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress of the move"))
        self.bar.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(self.errors)
        layout.addWidget(text(self.tr("Now in {0}").format(context.services.data_folder), "muted"))
        layout.addLayout(self._path_line())
        layout.addWidget(self.state)
        layout.addWidget(self.bar)
        layout.addStretch(1)
        layout.addLayout(self._button_line())
        letters = self.fontMetrics()
        self.resize(letters.averageCharWidth() * 75, letters.lineSpacing() * 14)

    def _path_line(self) -> QHBoxLayout:
        self.choose_button = QPushButton(icon("folder"), self.tr("&Choose…"))
        self.choose_button.clicked.connect(self._ask_for_folder)
        line = QHBoxLayout()
        line.addWidget(self.path, 1)
        line.addWidget(self.choose_button)
        return line

    def _button_line(self) -> QHBoxLayout:
        self.move_button = QPushButton(self.tr("&Move"))
        self.move_button.setEnabled(False)
        self.move_button.setProperty("look", "primary")
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.move_button.clicked.connect(self._move)
        self.cancel_button.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.cancel_button)
        line.addWidget(self.move_button)
        return line

    # Choosing -----------------------------------------------------------------------------------------------
    @Slot()
    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose the new data folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.choose)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def choose(self, folder: str) -> None:
        """Looks at the folder; what is wrong with it is said, else the move can begin."""
        self.errors.clear()
        self.move_button.setEnabled(False)
        source = self._context.services.data_folder

        def look() -> tuple[Path, int, int]:
            target = copy_target(source, Path(folder))
            return target, data_size_bytes(source), free_bytes(target)

        task = self._context.tasks.run("look at a folder", look)
        task.done.connect(self._chosen)
        task.failed.connect(self.errors.show_error)

    @Slot(object)
    def _chosen(self, found: tuple[Path, int, int]) -> None:
        target, needed, free = found
        self._target = target
        self.path.setText(str(target))
        words = self.tr("{0} will be copied; {1} are free there.").format(size(needed), size(free))
        fits = free > needed
        then = self.tr("After that, LIFT Desktop starts again with the new folder.")
        self.state.setText(f"{words} {then}" if fits else self.tr("There is not enough space. ") + words)
        set_look(self.state, "" if fits else "bad")
        self.move_button.setEnabled(fits)

    # Moving -------------------------------------------------------------------------------------------------
    @Slot()
    def _move(self) -> None:
        if self._is_held_up():
            return
        self.errors.clear()
        self._context.hub.moving.emit(True)
        self.choose_button.setEnabled(False)
        self.move_button.setEnabled(False)
        self.bar.show()
        self._task = self._context.tasks.run("move the data folder", self._work)
        self._task.stepped.connect(self._step)
        self._task.done.connect(self._moved)
        self._task.failed.connect(self._fail)
        self._task.cancelled.connect(self._stopped)

    def _is_held_up(self) -> bool:
        """Whether something is at work in the data folder; then that is said."""
        busy = None
        if not self._context.queue.is_idle:
            busy = Busy(self.tr("A document is being learned."), self.tr("Pause it, then try again."))
        elif any(task.is_lasting for task in self._context.tasks.running):
            said = self.tr("The program is still at work on a file, an answer or a download.")
            busy = Busy(said, self.tr("Wait until that is done, then try again."))
        if busy is not None:
            self.errors.show_error(busy)
        return busy is not None

    def _work(self) -> Generator[Progress, None, None]:
        assert self._target is not None
        yield from copy_library(self._context.library, self._target)
        try:
            with disk_errors(self._target):
                choose_data_folder(self._target)
        except LiftError:
            remove(self._target)
            raise

    @Slot(object)
    def _step(self, progress: Progress) -> None:
        self.bar.setValue(round(1000 * progress.fraction))
        said = self.tr("Copying…") if progress.stage == "copying" else self.tr("Comparing the copy…")
        self.state.setText(f"{said} {size(progress.done)} / {size(progress.total)}")

    @Slot(object)
    def _fail(self, error: LiftError) -> None:
        self.errors.show_error(error)
        self._reset(self.tr("Nothing was moved; all is as it was."))

    @Slot()
    def _stopped(self) -> None:
        self._reset(self.tr("Stopped; all is as it was."))

    def _reset(self, words: str) -> None:
        self._task = None
        self._context.hub.moving.emit(False)
        self.bar.hide()
        self.state.setText(words)
        self.choose_button.setEnabled(True)
        self.cancel_button.setEnabled(True)
        self.move_button.setEnabled(True)

    @Slot()
    def _moved(self) -> None:
        """Closed first: an open dialog would hold the program back from quitting."""
        self._task = None
        self.accept()
        self._context.hub.restart_requested.emit()

    def reject(self) -> None:
        """Stops a copy that runs."""
        if self._task is not None:
            self.cancel_button.setEnabled(False)
            self._task.cancel()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        if self._task is not None:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)


def offer_to_erase_old_folder(context: Context, window: QWidget) -> QMessageBox | None:
    """After a move and a start with the new folder: asks whether the old one shall go. None when there is
    none.
    """
    folder = context.services.data_folder
    old = old_folder(folder)
    if old is None:
        return None
    box = QMessageBox(QMessageBox.Icon.Question, tr("Data folder moved"), tr("Erase the old data folder?"))
    box.setParent(window, box.windowFlags())
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    detail = tr(
        "Your data now lies in {0}. The old copy of your documents, memories, chats and models is still in {1}."
    )
    box.setInformativeText(detail.format(folder, old))
    erase = box.addButton(tr("&Erase the old copy"), QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(tr("&Keep it"), QMessageBox.ButtonRole.AcceptRole)
    later = box.addButton(tr("Ask &later"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(later)
    box.setEscapeButton(later)

    def erase_it() -> None:
        task = context.tasks.run("erase the old data folder", lambda: erase_old_folder(folder))
        task.done.connect(lambda freed: context.hub.said.emit(tr("{0} are free again.").format(size(freed))))
        task.failed.connect(context.hub.failed)

    def keep_it() -> None:
        try:
            keep_old_folder(folder)
        except LiftError as error:
            show_error(error, window)

    erase.clicked.connect(erase_it)
    keep.clicked.connect(keep_it)
    box.open()
    return box
