"""The main window: three panes side by side, menus, toolbar, status bar, and what happens at its closing.

Places the panes and tells them which document is open; what a pane does is its own business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from ..domain.errors import UnknownDocument
from ..domain.models import Document
from ..jobs.queue import JobState
from . import theme
from .chat_pane.pane import ChatPane
from .context import Context
from .icons import icon
from .learning.closing import ClosingChoice, ClosingQuestion
from .learning.dialog import LearnDialog
from .learning.result import LearnedBanner
from .learning.sheet import JobsSheet
from .learning.watch import QueueWatch
from .library_pane.adding import copy_files, local_files
from .library_pane.memories import MemoriesSheet
from .library_pane.pane import LibraryPane
from .menus import fill_menus
from .problems import ErrorBar
from .reader_pane.pane import ReaderPane
from .settings.dialog import SettingsDialog
from .shortcuts import ShortcutsSheet
from .status import StatusBar
from .tool_bar import ToolBar

PANE_WIDTHS = (270, 620, 430)  # at the first start; in proportion to the window's width


class MainWindow(QMainWindow):
    """The program's window. `quit_wanted` is emitted when the program is to end."""

    quit_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.document: Document | None = None
        self._finishing = False  # closed, but the running job goes on
        self._sheets: dict[str, QWidget] = {}
        self.setWindowTitle("LIFT Desktop")
        self.setWindowIcon(icon("lift-desktop"))
        self.setAcceptDrops(True)
        self.library_pane = LibraryPane(context)
        self.reader_pane = ReaderPane(context)
        self.chat_pane = ChatPane(context)
        self.watch = QueueWatch(context, self)
        self._place()
        self.actions_here = self._make_actions()
        fill_menus(self)
        self._add_toolbar()
        self._connect()
        self._restore()

    # Building -------------------------------------------------------------------------------------------------------
    def _place(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        for pane, name in zip(self.panes, ("library", "reader", "chat"), strict=True):
            pane.setObjectName(name)
            self.splitter.addWidget(pane)
        self.splitter.setStretchFactor(1, 1)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.errors = ErrorBar()
        self.banner = LearnedBanner(self.context)
        layout.addWidget(self.errors)
        layout.addWidget(self.banner)
        layout.addWidget(self.splitter, 1)
        self.setCentralWidget(middle)
        self.status = StatusBar(self.context)
        self.setStatusBar(self.status)

    @property
    def panes(self) -> tuple[LibraryPane, ReaderPane, ChatPane]:
        return self.library_pane, self.reader_pane, self.chat_pane

    def _make_actions(self) -> dict[str, QAction]:
        """The actions that belong to no pane."""
        actions = {
            "quit": QAction(self.tr("Quit"), self),
            "settings": QAction(icon("settings"), self.tr("Settings…"), self),
            "jobs": QAction(icon("jobs"), self.tr("Jobs"), self),
            "memories": self.library_pane.actions()["memories"],
            "shortcuts": QAction(icon("help"), self.tr("Keyboard shortcuts"), self),
            "first_run": QAction(self.tr("First steps…"), self),
            "sample": QAction(icon("sample"), self.tr("Open the sample contract"), self),
            "about": QAction(icon("information"), self.tr("About LIFT Desktop"), self),
            "library": QAction(icon("pane-left"), self.tr("Library"), self),
            "reader": QAction(icon("reader"), self.tr("Reader"), self),
            "chat": QAction(icon("pane-right"), self.tr("Chat"), self),
        }
        keys = {
            "quit": "Ctrl+Q",
            "settings": "Ctrl+,",
            "jobs": "Ctrl+J",
            "shortcuts": "F1",
            "library": "F9",
            "reader": "F10",
            "chat": "F11",
        }
        roles = {
            "quit": QAction.MenuRole.QuitRole,
            "settings": QAction.MenuRole.PreferencesRole,
            "about": QAction.MenuRole.AboutRole,
        }
        for name, key in keys.items():
            actions[name].setShortcut(QKeySequence(key))
        for name, role in roles.items():
            actions[name].setMenuRole(role)
        for name in ("library", "reader", "chat"):
            actions[name].setCheckable(True)
            actions[name].setChecked(True)
        return actions

    def _add_toolbar(self) -> None:
        bar = ToolBar(self.tr("Toolbar"), self)
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        library = self.library_pane.actions()
        for action in (library["add"], library["learn"], library["memories"], self.actions_here["jobs"]):
            bar.addAction(action)
        space = QWidget()
        space.setSizePolicy(space.sizePolicy().Policy.Expanding, space.sizePolicy().Policy.Preferred)
        bar.addWidget(space)
        for name in ("library", "reader", "chat", "settings"):
            bar.addAction(self.actions_here[name])
        for action in bar.actions():
            button = bar.widgetForAction(action)
            if button is not None and button is not space:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(action.text().replace("&", "").rstrip("…"))
        self.addToolBar(bar)
        self.toolbar = bar

    def _connect(self) -> None:
        hub, here = self.context.hub, self.actions_here
        hub.open_requested.connect(self.open_document)
        hub.document_arrived.connect(self._open_arrived)
        hub.document_removed.connect(self._document_removed)
        hub.document_changed.connect(self._document_changed)
        hub.learn_requested.connect(self.show_learn)
        hub.learn_deeper_requested.connect(self.show_learn_deeper)
        hub.settings_requested.connect(self.show_settings)
        hub.citation_chosen.connect(self._show_reader)
        hub.question_asked.connect(self._show_chat)
        hub.question_drafted.connect(self._show_chat)
        for name in ("focus_question", "new_chat"):
            self.chat_pane.actions()[name].triggered.connect(self._show_chat)
        self.reader_pane.actions()["find"].triggered.connect(self._show_reader)
        self.context.preferences.changed.connect(self._preference_changed)
        here["quit"].triggered.connect(self.close)
        here["settings"].triggered.connect(self.show_settings_general)
        here["jobs"].triggered.connect(self.show_jobs)
        here["shortcuts"].triggered.connect(self.show_shortcuts)
        here["sample"].triggered.connect(self.library_pane.add_sample)
        here["about"].triggered.connect(self.show_about)
        here["memories"].triggered.connect(self.show_memories)
        self.status.jobs_wanted.connect(self.show_jobs)
        self.reader_pane.open_wanted.connect(self.library_pane.choose_files)
        self.reader_pane.sample_wanted.connect(self.library_pane.add_sample)
        hub.failed.connect(self.errors.show_error)
        self.context.preferences.failed.connect(self.errors.show_error)
        self.banner.details_requested.connect(self.show_memory)
        self.banner.ask_requested.connect(self._ask_learned)
        self.watch.idle.connect(self._end_when_finished)
        self.watch.raise_requested.connect(self.come_to_front)
        for name, pane in zip(("library", "reader", "chat"), self.panes, strict=True):
            here[name].toggled.connect(pane.setVisible)

    # The open document ----------------------------------------------------------------------------------------------
    def open_document(self, document_id: str) -> None:
        """Shows the document in all panes."""
        if self.document is not None and self.document.id == document_id:
            return
        try:
            document = self.context.library.document(document_id)
        except UnknownDocument:
            return
        self._keep_reading_place()
        self._show(document)
        self.reader_pane.restore(self.context.preferences.get("reading").get(document_id, {}))

    def _show(self, document: Document | None) -> None:
        self.document = document
        self.setWindowTitle(f"{document.title} – LIFT Desktop" if document else "LIFT Desktop")
        self.context.preferences.set("open_document", document.id if document else "")
        if document is not None:
            self.library_pane.select(document.id)
        self.reader_pane.show_document(document)
        self.chat_pane.show_document(document)
        self.context.hub.document_opened.emit(document)

    def _open_arrived(self, document_id: str) -> None:
        """A question that is being written stays before the user's eyes, with its document."""
        if not self.chat_pane.is_writing:
            self.open_document(document_id)

    def _document_removed(self, document_id: str) -> None:
        """Where it was read is forgotten, too: its id comes from what it holds."""
        was_read = dict(self.context.preferences.get("reading"))
        if was_read.pop(document_id, None) is not None:
            self.context.preferences.set("reading", was_read)
        if self.document is not None and self.document.id == document_id:
            self._show(None)

    def _document_changed(self, document_id: str) -> None:
        if self.document is not None and self.document.id == document_id:
            self.document = self.context.library.document(document_id)
            self.setWindowTitle(f"{self.document.title} – LIFT Desktop")

    def _keep_reading_place(self) -> None:
        if self.document is not None:
            places: dict[str, Any] = dict(self.context.preferences.get("reading"))
            places[self.document.id] = self.reader_pane.state()
            self.context.preferences.set("reading", places)

    def _show_reader(self) -> None:
        self.actions_here["reader"].setChecked(True)

    def _show_chat(self) -> None:
        self.actions_here["chat"].setChecked(True)

    def _ask_learned(self, document_id: str) -> None:
        self.open_document(document_id)
        self._show_chat()
        self.chat_pane.actions()["focus_question"].trigger()

    # Dialogs and sheets ---------------------------------------------------------------------------------------------
    def show_learn(self, document_id: str) -> None:
        LearnDialog(self.context, self.context.library.document(document_id), parent=self).open()

    def show_learn_deeper(self, document_id: str) -> None:
        document = self.context.library.document(document_id)
        memory = self.context.library.best_memory(document_id)
        dialog = LearnDialog(self.context, document, depth=memory.depth.deeper if memory else None, parent=self)
        dialog.open()

    def show_settings(self, page: str) -> None:
        sheet = self._sheet("settings")
        assert isinstance(sheet, SettingsDialog)
        sheet.show_page(page)

    def show_settings_general(self) -> None:
        self.show_settings("general")

    def show_about(self) -> None:
        self.show_settings("about")

    def show_jobs(self) -> None:
        self._sheet("jobs")

    def show_memories(self) -> None:
        self._sheet("memories")

    def show_memory(self, memory_id: str) -> None:
        """The sheet of memories, with this one chosen."""
        sheet = self._sheet("memories")
        assert isinstance(sheet, MemoriesSheet)
        sheet.choose({memory_id})

    def show_shortcuts(self) -> None:
        self._sheet("shortcuts")

    def _sheet(self, name: str) -> QWidget:
        """The one sheet of this name, shown and in front."""
        if name not in self._sheets:
            made: dict[str, Callable[[], QWidget]] = {
                "jobs": lambda: JobsSheet(self.context, self),
                "memories": lambda: MemoriesSheet(self.context, self),
                "settings": lambda: SettingsDialog(self.context, parent=self),
                "shortcuts": lambda: ShortcutsSheet(self.context, self),
            }
            self._sheets[name] = made[name]()
        sheet = self._sheets[name]
        sheet.show()
        sheet.raise_()
        sheet.activateWindow()
        return sheet

    # Dropping files -------------------------------------------------------------------------------------------------
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if local_files(event.mimeData()):
            copy_files(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        copy_files(event)
        self.context.hub.files_offered.emit(local_files(event.mimeData()))

    # Looks and remembered places ------------------------------------------------------------------------------------
    def _preference_changed(self, key: str) -> None:
        if key == "theme":
            application = QApplication.instance()
            assert isinstance(application, QApplication)
            theme.apply(application, self.context.preferences.get("theme"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.library_pane.look_for_changed_files()

    def _restore(self) -> None:
        kept = self.context.preferences.get("window")
        self.resize(1280, 800)
        if not self.restoreGeometry(_bytes(kept.get("geometry", ""))):
            available = self.screen().availableGeometry()
            self.resize(min(1320, available.width() - 40), min(860, available.height() - 60))
        if not self.splitter.restoreState(_bytes(kept.get("splitter", ""))):
            share = self.width() / sum(PANE_WIDTHS)
            self.splitter.setSizes([round(width * share) for width in PANE_WIDTHS])
        for name, pane in zip(("library", "reader", "chat"), self.panes, strict=True):
            visible = kept.get(f"{name}_visible", True)
            self.actions_here[name].setChecked(visible)
            pane.setVisible(visible)

    def open_last(self) -> None:
        """Opens the document that was open when the program ended."""
        document_id = self.context.preferences.get("open_document")
        if document_id:
            self.open_document(document_id)

    def _keep(self) -> None:
        self._keep_reading_place()
        kept = {
            "geometry": _text(self.saveGeometry()),
            "splitter": _text(self.splitter.saveState()),
            **{f"{name}_visible": self.actions_here[name].isChecked() for name in ("library", "reader", "chat")},
        }
        self.context.preferences.set("window", kept)

    # Closing --------------------------------------------------------------------------------------------------------
    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._keep()
        if self.context.queue.is_idle or self._finishing:
            event.accept()
            self.quit_wanted.emit()
            return
        event.ignore()
        question = ClosingQuestion(self.context, parent=self)
        question.chosen.connect(self._close_as)
        question.open()

    def _close_as(self, choice: ClosingChoice) -> None:
        if choice is ClosingChoice.KEEP_OPEN:
            return
        if choice is ClosingChoice.FINISH:
            self._finishing = True
            for window in (*self._sheets.values(), self):  # sheets are not shown again by themselves with the window
                window.hide()
            self._end_when_finished()
            return
        running = [job for job in self.context.queue.jobs() if job.state is JobState.RUNNING]
        if choice is ClosingChoice.CANCEL and running:
            self.context.queue.cancel(running[0].id)
        self._finishing = True  # closing the queue pauses what is left
        QTimer.singleShot(0, self.close)

    def _end_when_finished(self) -> None:
        """Ends the hidden program when its last job is done."""
        if self._finishing and self.isHidden() and self.context.queue.is_idle:
            self.quit_wanted.emit()

    def come_to_front(self) -> None:
        """Shows the window when a second start, or a notification, asks for it."""
        self._finishing = False
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)  # one that was maximised stays so
        self.show()
        self.raise_()
        self.activateWindow()


def _text(value: QByteArray) -> str:
    return bytes(value.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))
