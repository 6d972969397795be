"""Fast tests first: those that need the starter model come last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from lift_desktop.models.hub import ENDPOINT_VARIABLES

from .models.drawer import Drawer
from .models.hub_server import Hub, repository, serving

settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
"""The same examples in every run; `pytest --hypothesis-profile default` looks for new ones."""


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawer]:
    """The system's keyring, empty."""
    with Drawer.used(monkeypatch) as made:
        yield made


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, drawer: Drawer) -> Iterator[Hub]:
    """A model hub on this computer, which the program takes for the hub."""
    with serving(Hub(repository())) as made:
        monkeypatch.setenv(ENDPOINT_VARIABLES[0], made.endpoint)
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the tests marked `model` to the end, the rest keeps its order."""
    items.sort(key=lambda item: item.get_closest_marker("model") is not None)
