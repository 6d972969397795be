"""Tells the user who looks elsewhere: the system's notification where there is one, else the window's entry flashes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from ..icons import icon


class Notifier(QObject):
    """Shows an icon in the tray only while it has something to tell, and nothing while the window has the focus."""

    clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray: QSystemTrayIcon | None = None
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._hide_when_seen)

    def notify(self, title: str, text: str) -> bool:
        """Returns whether the user had to be called, because no window of ours has the focus."""
        if QApplication.activeWindow() is not None:
            return False
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._shown_tray()
            tray.setToolTip(title)
            tray.showMessage(title, text, icon("lift-desktop"))
        else:
            for window in QApplication.topLevelWidgets():
                if window.isVisible():
                    QApplication.alert(window)
        return True

    @Slot()
    def hide(self) -> None:
        """Takes the icon out of the tray."""
        if self._tray is not None:
            self._tray.hide()

    def _shown_tray(self) -> QSystemTrayIcon:
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("lift-desktop"), self)
            self._tray.messageClicked.connect(self.clicked)
            self._tray.activated.connect(self._activated)
        self._tray.show()
        return self._tray

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        self.clicked.emit()

    @Slot(QWindow)
    def _hide_when_seen(self, window: QWindow | None) -> None:
        if window is not None:
            self.hide()
