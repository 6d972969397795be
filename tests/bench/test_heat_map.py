"""The heat map: a PNG with a panel for each mode, and clear words when it cannot be drawn."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.bench.heat_map import check_drawing, draw
from lift_desktop.domain.errors import BadSettings


def _values(recall: float) -> dict[str, Any]:
    mean = {"n": 2, "recall": recall, "recall_ci": [0.0, 1.0]}
    figures = {"cells": [[mean] * 3] * 2, "by_length": [mean] * 2, "by_place": [mean] * 3, "all": mean}
    return {"lengths": [1000, 2000], "places": [0.0, 0.5, 1.0], "modes": {"memory": figures, "both": figures}}


def test_it_draws_what_was_measured(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for recall in (0.0, 1.0):
        draw(_values(recall), tmp_path / f"{recall}.png")
    images = [(tmp_path / f"{recall}.png").read_bytes() for recall in (0.0, 1.0)]
    assert all(image.startswith(b"\x89PNG") for image in images) and images[0] != images[1]


def test_what_cannot_be_drawn_is_said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    check_drawing(tmp_path / "map.png")
    with pytest.raises(BadSettings, match="PNG"):
        check_drawing(tmp_path / "map.pdf")
    with pytest.raises(BadSettings, match="no folder"):
        check_drawing(tmp_path / "missing" / "map.png")
    with pytest.raises(BadSettings, match="cannot be written"):
        (tmp_path / "folder.png").mkdir()
        draw(_values(0.5), tmp_path / "folder.png")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadSettings, match="matplotlib") as caught:
        check_drawing(tmp_path / "map.png")
    assert "lift-desktop[bench]" in caught.value.hint
