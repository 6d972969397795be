"""A model of a hub in the window: paused, resumed, discarded, and let in with a token. The hub is on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.settings.computer import Computer
from lift_desktop.gui.settings.fetching import ModelFetch, model_fetch
from lift_desktop.gui.settings.model_card import ModelCard
from lift_desktop.gui.settings.models import ModelsPage
from lift_desktop.gui.settings.token_dialog import TokenDialog
from lift_desktop.models import ModelStore
from lift_desktop.models.tokens import read_token, store_token
from lift_desktop.services import Services

from ...models.hub_server import CHUNK_BYTES, Hub
from ...models.making import hub_model
from .conftest import press, question


@pytest.fixture
def services(tmp_path: Path, engine: FakeEngine, hub: Hub) -> Iterator[Services]:
    with Services(tmp_path / "data", engine=engine) as made:
        store = ModelStore(tmp_path / "data" / "models", catalogue=[hub_model()], network=made.network)
        made.__dict__["models"] = store
        yield made


@pytest.fixture
def page(qtbot: QtBot, context: Context) -> ModelsPage:
    made = ModelsPage(context, Computer(context))
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def card(page: ModelsPage) -> ModelCard:
    (card,) = page.cards
    return card


@pytest.fixture
def fetch(context: Context, card: ModelCard) -> ModelFetch:
    return model_fetch(context, "tiny", "Tiny Model")


def pause_in_the_middle(qtbot: QtBot, hub: Hub, card: ModelCard, fetch: ModelFetch) -> None:
    hub.hold_at = 5 * CHUNK_BYTES
    card.get_button.click()
    press(question(), "Download")
    assert card.stop_button.text() == "Pause"
    qtbot.waitUntil(lambda: fetch.progress is not None and fetch.progress.done >= 5 * CHUNK_BYTES, timeout=60_000)
    assert "what has come is kept" in card.state.text()
    assert card.bar.isVisible()
    with qtbot.waitSignal(fetch.ended, timeout=60_000):
        card.stop_button.click()
    hub.hold_at = None
    hub.go_on.set()


def test_pause_and_resume(qtbot: QtBot, context: Context, hub: Hub, card: ModelCard, fetch: ModelFetch) -> None:
    pause_in_the_middle(qtbot, hub, card, fetch)
    assert card.get_button.text() == "Resume"
    assert card.state.text().startswith("Paused · ")
    with qtbot.waitSignal(fetch.done, timeout=60_000):
        card.get_button.click()
        press(question(), "Download")
    assert context.services.models.resolve("tiny").name == "tiny"
    assert hub.ranges[-1] is not None
    assert card.state.text().startswith("On this computer")
    assert not context.services.network.is_allowed


def test_a_paused_download_is_discarded(
    qtbot: QtBot, context: Context, hub: Hub, card: ModelCard, fetch: ModelFetch
) -> None:
    pause_in_the_middle(qtbot, hub, card, fetch)
    assert card.remove_button.text() == "Discard…"
    card.remove_button.click()
    with qtbot.waitSignal(context.hub.models_changed, timeout=20_000):
        press(question(), "Discard")
    assert context.services.models.available()[0].fetched_bytes == 0
    assert card.get_button.text() == "Get"
    assert not card.remove_button.isVisible()


def test_a_gated_model_asks_for_the_token_and_goes_on(
    qtbot: QtBot, context: Context, hub: Hub, page: ModelsPage, card: ModelCard, fetch: ModelFetch
) -> None:
    hub.gated = True
    with qtbot.waitSignal(fetch.ended, timeout=60_000):
        card.get_button.click()
        press(question(), "Download")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TokenDialog)
    assert not page.errors.isVisible()
    assert not dialog.keep_button.isEnabled()
    dialog.token.setText("two words")
    dialog.keep_button.click()
    qtbot.waitUntil(dialog.errors.isVisible, timeout=20_000)
    dialog.token.setText("hf_right")
    with qtbot.waitSignal(fetch.done, timeout=60_000):
        dialog.keep_button.click()
    assert context.services.models.resolve("tiny").name == "tiny"
    assert read_token() == "hf_right"


def test_the_token_is_forgotten(qtbot: QtBot, context: Context, page: ModelsPage) -> None:
    store_token("hf_right")
    page.token_button.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TokenDialog)
    assert dialog.token.text() == ""
    with qtbot.waitSignal(context.hub.said, timeout=20_000) as said:
        dialog.forget_button.click()
    assert said.args == ["The access token is forgotten."]
    assert read_token() == ""
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)
