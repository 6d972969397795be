from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop.library import Library

from .making import Made, make_document


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "data") as opened:
        yield opened
        assert opened.check() == []


@pytest.fixture
def lease(tmp_path: Path) -> Made:
    return make_document(tmp_path)
