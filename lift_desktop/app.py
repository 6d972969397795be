"""The desktop program: builds its parts, connects them, runs, and takes them down in order. Knows them all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from . import __version__
from .domain.errors import LiftError
from .gui import languages, theme
from .gui.bridge import Tasks
from .gui.context import Context
from .gui.first_run.wizard import FirstRun
from .gui.hub import Hub
from .gui.icons import icon
from .gui.instance import SingleInstance, start_again
from .gui.preferences import Preferences
from .gui.problems import install_exception_hook
from .gui.settings.fetching import NetworkSwitch
from .gui.settings.moving import offer_to_erase_old_folder
from .gui.window import MainWindow
from .jobs.queue import JobQueue
from .logs import log_error, log_start, logging_to
from .paths import default_data_folder
from .services import Services

WARM_UP_MILLISECONDS = 1500
"""After the window is visible, so that it is not slowed down."""
CLOSING_SECONDS = 20.0
"""More than a window takes to close that has to end a step of learning first."""
STILL_OPEN = (
    "LIFT Desktop is open already, but its window does not answer.\n\n"
    "Wait a moment and start it again. If that does not help, end it in the system’s list of programs first."
)


def run(data_folder: Path | None, files: Sequence[Path], make_services: Callable[[Path], Services] = Services) -> int:
    """Opens the window, with `files` added to the library; returns the exit code when it was closed.

    A second start with the same data folder hands its files to the first and ends.
    """
    folder = (data_folder or default_data_folder()).expanduser().absolute()
    application = make_application()
    instance = SingleInstance(folder)
    if not instance.is_first:
        offered = [file.absolute() for file in files]
        if instance.hand_over(offered):
            return 0
        if not instance.take_over(CLOSING_SECONDS):
            if instance.hand_over(offered):
                return 0
            QMessageBox.critical(None, "LIFT Desktop", STILL_OPEN)
            return 1
    with logging_to(folder):
        log_start("window")
        try:
            services = make_services(folder)
            program = Program(application, services, instance)
        except LiftError as error:
            log_error(error)
            QMessageBox.critical(None, "LIFT Desktop", f"{error.message}\n\n{error.hint}")
            return 1
        try:
            return program.run(files)
        finally:
            program.close()


def make_application() -> QApplication:
    """The one QApplication, with the program's name and icon."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("lift-desktop")
    application.setApplicationDisplayName("LIFT Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("lift-desktop")
    application.setWindowIcon(icon("lift-desktop"))
    application.setQuitOnLastWindowClosed(False)  # a hidden window may still finish its job
    return application


class Program:
    """The parts of a running program. Raises the errors of opening a library."""

    def __init__(self, application: QApplication, services: Services, instance: SingleInstance) -> None:
        self.application, self.services, self.instance = application, services, instance
        services.network.install()
        library = services.library  # opened first: what follows needs it
        self.tasks, hub, preferences = Tasks(), Hub(), Preferences(library)
        self.queue = JobQueue(library, services.engine, services.models)
        self.context = Context(services, self.tasks, hub, preferences, self.queue)
        self._translators = languages.speak(application, preferences.get("language"))
        theme.apply(application, preferences.get("theme"))
        self._network = NetworkSwitch(self.context)
        self.window = MainWindow(self.context)
        self._remove_hook = install_exception_hook(self.window, application.quit)
        self.first_run: FirstRun | None = None
        self.window.quit_wanted.connect(application.quit)
        self.window.actions_here["first_run"].triggered.connect(self.show_first_run)
        instance.files_received.connect(self._take_over)
        self._restarts = self._is_moving = False
        self._kept: list[Path] = []  # files that came while the data folder was being moved
        hub.moving.connect(self._set_moving)
        hub.restart_requested.connect(self._restart)
        application.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    def run(self, files: Sequence[Path]) -> int:
        """Shows the window and serves it until it is closed."""
        self.window.show()
        QTimer.singleShot(0, self.window.open_last)
        offer_to_erase_old_folder(self.context, self.window)
        QTimer.singleShot(WARM_UP_MILLISECONDS, self._warm_up)
        if files:
            offered = [file.absolute() for file in files]
            QTimer.singleShot(0, lambda: self.context.hub.files_offered.emit(offered))
        elif not self.context.preferences.get("first_run_done"):
            QTimer.singleShot(0, self.show_first_run)
        return self.application.exec()

    def _warm_up(self) -> None:
        """Starts the engine's process, so that the first answer need not wait for it, and shows what it computes on."""
        self.tasks.run("probe", self.services.engine.probe).done.connect(self.window.status.show_device)

    def show_first_run(self) -> None:
        """The three first steps."""
        self.first_run = FirstRun(self.context, parent=self.window)
        self.first_run.sample_wanted.connect(self.window.library_pane.add_sample)
        self.first_run.open_wanted.connect(self.window.library_pane.choose_files)
        self.first_run.open()

    def close(self) -> None:
        """Ends jobs (they can be resumed), threads and child processes, in this order; then the library. Until all is
        done no other window opens."""
        self.window.hide()
        self.instance.stop_listening()
        self.window.watch.close()
        self.queue.close()
        self.services.engine.close()
        self.tasks.close()
        self._remove_hook()
        self.window.deleteLater()
        self.services.close()
        self.instance.close()
        if self._restarts:
            start_again(self._kept)

    def _restart(self) -> None:
        self._restarts = True
        self.application.quit()

    def _set_moving(self, is_moving: bool) -> None:
        self._is_moving = is_moving
        kept, self._kept = self._kept, []
        if kept:
            self.context.hub.files_offered.emit(kept)

    def _take_over(self, files: list[Path]) -> None:
        self.window.come_to_front()
        if self._is_moving:
            self._kept += files
        elif files:
            self.context.hub.files_offered.emit(files)

    def _scheme_changed(self) -> None:
        if self.context.preferences.get("theme") == "system":
            theme.apply(self.application, "system")
