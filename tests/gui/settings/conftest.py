"""A window's parts whose data folder is the chosen one, as in a program that was started without `--data-dir`."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from lift_desktop import paths
from lift_desktop.services import Services


@pytest.fixture
def chosen_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, services: Services) -> Path:
    """The data folder of `context`, named in a note of the user's configuration."""
    monkeypatch.setattr(paths.platformdirs, "user_config_path", lambda *name, **options: tmp_path / "config")
    services.library.setting("x")  # it is there now
    paths.choose_data_folder(services.data_folder)
    return services.data_folder


def question() -> QMessageBox:
    """The question that is asked now."""
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    return box


def press(box: QMessageBox, words: str) -> None:
    """Presses the button with these words (without the mark of its key)."""
    found = [each for each in box.buttons() if each.text().replace("&", "") == words]
    assert len(found) == 1, [each.text() for each in box.buttons()]
    button = found[0]
    assert isinstance(button, QPushButton)
    button.click()
