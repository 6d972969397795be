"""Fast tests first: those that need the starter model come last."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Moves the tests marked `model` to the end, the rest keeps its order."""
    items.sort(key=lambda item: item.get_closest_marker("model") is not None)
