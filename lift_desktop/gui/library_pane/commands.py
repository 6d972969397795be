"""What can be done with the chosen documents: the actions for menus, and the work behind them.

Knows no list and no row on the screen; the pane says which documents are chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMessageBox, QWidget

from ...domain.errors import LiftError
from ...jobs import begun_settings
from ...jobs.queue import JobState
from ..context import Context
from ..icons import icon
from .erasing import ask_about_documents, erase_button, erase_documents
from .exporting import Exporter
from .rows import Row, RowAction
from .tags_dialog import TagsDialog


class Commands(QObject):
    """Actions by name; they are enabled as the `chosen` documents allow. `pane` is where dialogs belong to.

    Whoever shows the sheet of all memories listens to the action "memories".
    """

    add_wanted = Signal()
    import_wanted = Signal()
    rename_wanted = Signal(str)  # document id
    read_again_wanted = Signal(str)  # document id
    failed = Signal(object)  # LiftError

    def __init__(self, context: Context, pane: QWidget, chosen: Callable[[], list[Row]]) -> None:
        super().__init__(pane)
        self._context, self._pane, self._chosen = context, pane, chosen
        self.exporter = Exporter(context, pane)
        self.exporter.failed.connect(self.failed)
        self.by_name = {
            "add": self._action(self.tr("Add files…"), "add", self.add_wanted.emit, "Ctrl+O"),
            "learn": self._action(self.tr("Learn…"), "learn", self._learn, "Ctrl+L"),
            "learn_deeper": self._action(self.tr("Learn deeper…"), "learn", self._learn_deeper),
            "go_on": self._action(self.tr("Resume"), "resume", self._go_on),
            "rename": self._action(self.tr("Rename"), "edit", self._rename, "F2", in_pane=True),
            "tags": self._action(self.tr("Tags…"), "tag", self._choose_tags, "Ctrl+T", in_pane=True),
            "show_file": self._action(self.tr("Show file"), "folder", self._show_file),
            "export": self._action(self.tr("Export memory…"), "export", self._export),
            "import": self._action(self.tr("Import memory…"), "import", self.import_wanted.emit),
            "erase": self._action(self.tr("Erase…"), "erase", self._ask_to_erase, "Del", in_pane=True),
            "memories": self._action(self.tr("Memories"), "memory"),
        }
        self.show_choice(0, None)

    def show_choice(self, count: int, one: Row | None) -> None:
        """So many documents are chosen; `one` is the only one, as it is now."""
        is_learning = one is not None and one.telling_job is not None and one.telling_job.state is not JobState.FAILED
        can_go_deeper = one is not None and one.finished is not None and one.finished.depth.deeper is not None
        enabled = {
            "learn": one is not None and not is_learning,
            "learn_deeper": one is not None and not is_learning and can_go_deeper,
            "go_on": one is not None and one.action is not RowAction.NONE,
            "rename": one is not None,
            "tags": count > 0,
            "show_file": one is not None,
            "export": one is not None and one.finished is not None,
            "erase": count > 0,
        }
        for name, is_enabled in enabled.items():
            self.by_name[name].setEnabled(is_enabled)
        self.by_name["go_on"].setText((one.action_text if one is not None else "") or self.tr("Resume"))
        symbols = {RowAction.PAUSE: "pause", RowAction.RETRY: "again", RowAction.READ_AGAIN: "again"}
        self.by_name["go_on"].setIcon(icon(symbols.get(one.action, "resume") if one is not None else "resume"))

    def act(self, row: Row) -> None:
        """Does what the row itself offers."""
        queue, job = self._context.queue, row.telling_job
        if row.action is RowAction.READ_AGAIN:
            self.read_again_wanted.emit(row.document.id)
        elif row.action is RowAction.PAUSE and job is not None:
            queue.pause(job.id)
        elif row.action is not RowAction.NONE and job is not None:
            queue.resume(job.id)
        elif row.action is not RowAction.NONE and row.memory is not None:
            memory = row.memory
            try:
                queue.add(row.document.id, memory.model, begun_settings(self._context.library, memory))
            except LiftError as error:
                self.failed.emit(error)
        self._context.hub.jobs_changed.emit()

    # The actions --------------------------------------------------------------------------------------------
    def _action(
        self, text: str, symbol: str, do: Callable[[], object] | None = None, keys: str = "", *, in_pane: bool = False
    ) -> QAction:
        """With `in_pane` the shortcut works only while the pane has the focus."""
        action = QAction(icon(symbol), text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setToolTip(
                f"{text.rstrip('…')} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})"
            )
        if in_pane:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if do is not None:
            action.triggered.connect(lambda: do())
        self._pane.addAction(action)
        return action

    def _learn(self) -> None:
        self._context.hub.learn_requested.emit(self._chosen()[0].document.id)

    def _learn_deeper(self) -> None:
        self._context.hub.learn_deeper_requested.emit(self._chosen()[0].document.id)

    def _go_on(self) -> None:
        self.act(self._chosen()[0])

    def _rename(self) -> None:
        self.rename_wanted.emit(self._chosen()[0].document.id)

    def _choose_tags(self) -> None:
        rows = self._chosen()
        dialog = TagsDialog(
            [row.document.title for row in rows],
            [row.tags for row in rows],
            self._context.library.all_tags(),
            self._pane.window(),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self._set_tags, dialog, [row.document.id for row in rows]))
        dialog.open()

    def _set_tags(self, dialog: TagsDialog, document_ids: Sequence[str]) -> None:
        try:
            self._context.library.set_tags_of(dict(zip(document_ids, dialog.chosen(), strict=True)))
        except LiftError as error:
            self.failed.emit(error)
            return
        for document_id in document_ids:
            self._context.hub.document_changed.emit(document_id)

    def _show_file(self) -> None:
        folder = self._context.library.file(self._chosen()[0].document.id).parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _export(self) -> None:
        row = self._chosen()[0]
        if row.finished is not None:
            self.exporter.ask_where([(row.finished, row.document.title)])

    # Erasing ------------------------------------------------------------------------------------------------
    def _ask_to_erase(self) -> None:
        rows = self._chosen()
        is_learning = any(row.job is not None and row.job.state is JobState.RUNNING for row in rows)
        library = self._context.library
        box = ask_about_documents(library, [row.document for row in rows], is_learning, self._pane.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(partial(self._erase_if_agreed, box, [row.document.id for row in rows]))
        box.open()

    def _erase_if_agreed(self, box: QMessageBox, document_ids: Sequence[str], result: int) -> None:
        if box.clickedButton() is not erase_button(box):
            return
        context = self._context
        for document_id in document_ids:
            job = context.queue.job_of(document_id)
            if job is not None:
                context.queue.cancel(job.id)
        services = context.services
        work = partial(erase_documents, services.library, services.viewer, document_ids)
        task = context.tasks.run("erase", work, is_lasting=True)
        task.stepped.connect(self._erased)
        task.failed.connect(self.failed)
        context.hub.said.emit(self.tr("Erasing…"))

    def _erased(self, document_id: str) -> None:
        self._context.queue.refresh()
        self._context.hub.document_removed.emit(document_id)
        self._context.hub.said.emit(self.tr("Erased."))
