"""The steps of the tour: what a new user does, and what is photographed of it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget

from lift_desktop.app import Program, make_application
from lift_desktop.domain.models import AnswerMode, Depth
from lift_desktop.gui import theme
from lift_desktop.gui.instance import SingleInstance
from lift_desktop.jobs.queue import JobState
from lift_desktop.services import Services

from .tour import SAMPLE, wait, wait_until

Widget = TypeVar("Widget", bound=QWidget)

QUESTION = "How soon must a security breach be reported?"


class Tour:
    """One walk through the program; pictures go to `folder`, the program's data to `data`."""

    def __init__(self, folder: Path, data: Path) -> None:
        self._folder, self._data, self._number = folder, data, 0
        self._application = make_application()
        folder.mkdir(parents=True, exist_ok=True)

    def run(self) -> None:
        """First start, a second one on the same data, pictures of both."""
        self._start()
        self._first_steps()
        self._read()
        self._learn()
        self._ask()
        self._look_around()
        self._stop()
        self._start()
        wait_until(lambda: self.window.document is not None, "the last document came back", 20)
        wait(1500)
        self.picture("second-start")
        self._erase()
        self._stop()

    # Starting and stopping ------------------------------------------------------------------------------------------
    def _start(self) -> None:
        self.program = Program(self._application, Services(self._data), SingleInstance(self._data))
        self.window, self.context = self.program.window, self.program.context
        self.window.showMaximized()
        QTest.qWaitForWindowExposed(self.window)
        self.window.open_last()
        wait(500)

    def _stop(self) -> None:
        self.window.close()
        self.program.close()
        wait(200)

    # Pictures and hands ---------------------------------------------------------------------------------------------
    def picture(self, name: str) -> None:
        """The whole screen, light and dark."""
        self._number += 1
        for look in ("light", "dark"):
            theme.apply(self._application, look)
            wait(700)
            shot = self._application.primaryScreen().grabWindow(0)
            shot.save(str(self._folder / f"{self._number:02d}-{name}-{look}.png"))
        theme.apply(self._application, "light")
        print(f"{self._number:02d} {name}", flush=True)

    def button(self, text: str, inside: QWidget) -> QAbstractButton:
        """The visible button that says (or is named) `text`."""
        for button in inside.findChildren(QAbstractButton):
            named = button.text().replace("&", "") or button.accessibleName()
            if button.isVisible() and named.startswith(text):
                return button
        raise LookupError(f"no button “{text}” in {inside}")

    def press(self, text: str, inside: QWidget) -> None:
        QTest.mouseClick(self.button(text, inside), Qt.MouseButton.LeftButton)
        wait(300)

    def dialog(self, kind: type[Widget]) -> Widget:
        """The visible dialog of this type."""
        found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
        if not found:
            raise LookupError(f"no {kind.__name__} is shown")
        return found[0]

    def trigger(self, name: str) -> None:
        """The action of this name, as if chosen in its menu."""
        for actions in (
            self.window.actions_here,
            self.window.library_pane.actions(),
            self.window.reader_pane.actions(),
            self.window.chat_pane.actions(),
        ):
            if name in actions:
                actions[name].trigger()
                wait(400)
                return
        raise LookupError(name)

    # The steps ------------------------------------------------------------------------------------------------------
    def _first_steps(self) -> None:
        self.picture("empty-window")
        self.program.show_first_run()
        wait(800)
        first_run = self.program.first_run
        assert first_run is not None
        self.picture("first-run-what")
        self.press("Next", first_run)
        wait(8000)
        self.picture("first-run-computer")
        self.press("Next", first_run)
        self.picture("first-run-data")
        first_run.close()
        wait(300)

    def _read(self) -> None:
        self._drop(SAMPLE)
        wait_until(lambda: self.window.document is not None, "the dropped file was read", 60)
        wait(2500)
        self.picture("dropped-and-read")
        self.window.reader_pane.go_to_page(6)
        wait(1500)
        self.trigger("contents")
        wait(800)
        self.picture("page-six-with-contents")
        self.trigger("contents")

    def _drop(self, path: Path) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        enter = QDragEnterEvent(
            QPoint(400, 300),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self.window, enter)
        drop = QDropEvent(
            QPointF(QPoint(400, 300)),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self.window, drop)

    def _learn(self) -> None:
        from lift_desktop.gui.learning.dialog import LearnDialog

        self.ask("List all amounts.", AnswerMode.PAGES)
        self.picture("answered-from-pages-before-learning")
        self.trigger("learn")
        wait(1500)
        dialog = self.dialog(LearnDialog)
        self.picture("learn-measuring")
        wait_until(lambda: not dialog.measuring_line.isVisible(), "the estimates", 240)
        dialog.depths.cards[Depth.QUICK].button.click()
        wait(300)
        self.picture("learn-estimates")
        dialog.learn_button.click()
        job = self._job
        wait_until(lambda: job() == "training" or not self._is_learning, "training began")
        wait(3000)
        self.picture("learning")
        self.ask(QUESTION, AnswerMode.PAGES)
        self.picture("asked-while-learning")
        self.trigger("jobs")
        wait(600)
        self.picture("jobs")
        self._close_dialogs()
        wait_until(lambda: not self._is_learning, "learning ended")
        wait(1000)
        self.picture("learned")

    @property
    def _is_learning(self) -> bool:
        return any(job.state in (JobState.RUNNING, JobState.WAITING) for job in self.context.queue.jobs())

    def _job(self) -> str:
        for job in self.context.queue.jobs():
            if job.progress is not None:
                return job.progress.stage
        return ""

    def ask(self, question: str, mode: AnswerMode) -> None:
        """Types the question, and waits for the whole answer."""
        self.trigger(f"mode_{mode.value}")
        self.window.chat_pane.draft(question)
        wait(200)
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Return)
        wait(300)
        stop = self.window.chat_pane.actions()["stop"]
        wait_until(lambda: not stop.isEnabled(), "the answer ended", 180)
        wait(400)

    def _ask(self) -> None:
        self.trigger("new_chat")
        self.picture("suggested-questions")
        for mode in AnswerMode:
            self.ask(QUESTION, mode)
        self.picture("three-modes")
        chips = [b for b in self.window.chat_pane.findChildren(QAbstractButton) if b.property("look") == "chip"]
        shown = [chip for chip in chips if chip.isVisible() and chip.text().startswith("p. ")]
        QTest.mouseClick(shown[-1], Qt.MouseButton.LeftButton)
        wait(1500)
        self.picture("citation")
        self.trigger("find")
        focus = QApplication.focusWidget()
        assert isinstance(focus, QLineEdit)
        QTest.keyClicks(focus, "breach")
        wait(1500)
        self.picture("find")
        QTest.keyClick(focus, Qt.Key.Key_Escape)

    def _look_around(self) -> None:
        self.trigger("memories")
        wait(800)
        self.picture("memories")
        self._close_dialogs()
        for page in ("general", "models", "learning", "privacy", "about"):
            self.window.show_settings(page)
            wait(1500)
            self.picture(f"settings-{page}")
        self._close_dialogs()
        self.trigger("shortcuts")
        self.picture("shortcuts")
        self._close_dialogs()

    def _erase(self) -> None:
        self.trigger("erase")
        wait(600)
        self.picture("erase-question")
        question = QApplication.activeModalWidget() or self.dialog(QDialog)
        self.press("Erase", question)
        wait_until(lambda: not self.context.library.documents(), "the document was erased", 30)
        wait(800)
        self.picture("erased")

    def _close_dialogs(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.close()
        wait(300)
