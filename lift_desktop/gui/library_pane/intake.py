"""What comes into the library, and what is said about it: the question before many files, the file that is read now,
passwords, errors and remarks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from ...domain.errors import LiftError
from ...domain.models import Document, Memory
from .. import wording
from ..context import Context
from ..writing import focused_input, is_writing
from .adding import Adder, Found, find_files
from .notices import Notice, NoticeList, PasswordNotice, ReadingBanner

MANY_FILES = 20
"""More files than this are not added without a question."""


class Intake(QWidget):
    """Takes files and tells by `arrived` which document came of each; takes no room while there is nothing to say."""

    arrived = Signal(object, bool)  # Document; whether the user wants to see it now
    memory_arrived = Signal(object)  # Memory

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._to_open: dict[Path, str] = {}  # and the document that was open when the file was offered
        self._count_new = 0
        self.adder = Adder(context, self)
        self.banner, self.notices = ReadingBanner(), NoticeList(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.notices)
        self.adder.reading.connect(self.banner.show_reading)
        self.adder.finished.connect(self._finished)
        self.adder.added.connect(self._added)
        self.adder.imported.connect(self._imported)
        self.adder.locked.connect(self._ask_password)
        self.adder.failed.connect(self._failed)
        self.banner.cancel_wanted.connect(self.adder.cancel)
        self.banner.skip_wanted.connect(self.adder.skip)

    def offer(self, paths: Sequence[Path]) -> None:
        """Takes files and what lies in folders; a single file is shown as soon as it is read, unless another document
        was opened meanwhile."""
        wanted, shown = list(paths), self._context.preferences.get("open_document")
        task = self._context.tasks.run("find files", lambda: find_files(wanted), is_lasting=True)
        task.done.connect(partial(self._found, shown))

    def say(self, message: str, hint: str = "", look: str = "") -> Notice:
        """Shows a notice that stays until it is dismissed."""
        notice = Notice(message, hint, look)
        self.notices.add(notice)
        return notice

    def say_error(self, error: LiftError) -> None:
        """Shows an error with its hint."""
        self.say(error.message, wording.hint(error), "bad")

    # On the way in ------------------------------------------------------------------------------------------
    def _found(self, shown: str, found: Found) -> None:
        for folder in found.empty:
            self.say(self.tr("There is no document in “{0}” that can be read.").format(folder.name or str(folder)))
        if len(found.files) > MANY_FILES:
            self._ask_about_many(found)
            return
        if len(found.files) == 1:
            self._to_open[found.files[0]] = shown
        self.adder.add(found.files)

    def _ask_about_many(self, found: Found) -> None:
        count = wording.documents(len(found.files))
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Add files"), "", parent=self.window())
        box.setText(self.tr("Add {0}?").format(count))
        box.setInformativeText(self.tr("They are read one after the other; you can go on working, or stop it."))
        add = box.addButton(self.tr("Add"), QMessageBox.ButtonRole.AcceptRole)
        add.setObjectName("add")
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(add)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add.clicked.connect(lambda: self.adder.add(found.files))
        box.open()

    def _ask_password(self, path: Path, wrong: bool) -> None:
        notice = PasswordNotice(path, wrong)
        notice.given.connect(partial(self._use_password, notice))
        self.notices.add(notice)
        if self._has_keyboard():
            notice.field.setFocus()

    def _has_keyboard(self) -> bool:
        """Whether nothing is written, nor about to be, but for an empty input of this pane."""
        focused, pane = focused_input(), self.parentWidget() or self
        return focused is None or (pane.isAncestorOf(focused) and not is_writing())

    def _use_password(self, notice: PasswordNotice, password: str) -> None:
        self.notices.remove(notice)
        self.adder.add([notice.path], password)

    # What became of it --------------------------------------------------------------------------------------
    def _added(self, path: Path, document: Document, was_known: bool) -> None:
        hub = self._context.hub
        if was_known:
            hub.said.emit(self.tr("“{0}” is in the library already.").format(document.title))
        else:
            self._count_new += 1
            hub.said.emit(self.tr("“{0}” was added.").format(document.title))
            hub.document_changed.emit(document.id)
            if document.warnings:
                self.say(wording.quoted(document.title), "\n".join(document.warnings), "warning")
        wants_to_see = self._to_open.pop(path, None) == self._context.preferences.get("open_document")
        self.arrived.emit(document, wants_to_see)

    def _imported(self, memory: Memory, model_is_here: bool) -> None:
        hub, title = self._context.hub, self._context.library.document(memory.document_id).title
        hub.document_changed.emit(memory.document_id)
        hub.memories_changed.emit(memory.document_id)
        hub.said.emit(self.tr("The memory of “{0}” is in the library.").format(title))
        if not model_is_here:
            message = self.tr("The memory of “{0}” needs the model {1}, which is not on this computer.")
            notice = self.say(message.format(title, memory.model), look="warning")
            notice.add_action(self.tr("Show models")).clicked.connect(partial(hub.settings_requested.emit, "models"))
        self.memory_arrived.emit(memory)

    def _failed(self, path: Path, error: LiftError) -> None:
        self._to_open.pop(path, None)
        self.say_error(error)

    def _finished(self) -> None:
        self.banner.hide()
        if self._count_new > 1:
            self._context.hub.said.emit(self.tr("{0} were added.").format(wording.documents(self._count_new)))
        self._count_new = 0
