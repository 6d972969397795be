"""A small real model, downloaded from a hub on this computer in two pieces, answers in the engine."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from lift_desktop.domain.models import AnswerMode
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import AskRequest, AskResult
from lift_desktop.engine.local import LocalEngine
from lift_desktop.jobs import model_reference
from lift_desktop.models import ModelStore
from lift_desktop.models.hub import ENDPOINT_VARIABLES

from ..engine.conftest import TEXTS, make_model, make_tokenizer
from .hub_server import CHUNK_BYTES, Hub, serving
from .making import hub_model


@pytest.fixture
def repository(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "upstream"
    tokenizer = make_tokenizer()
    make_model(len(tokenizer)).save_pretrained(folder, max_shard_size="80KB")
    tokenizer.save_pretrained(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_downloaded_model_answers(
    repository: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ModelStore(tmp_path / "models", catalogue=[hub_model()])
    with serving(Hub(repository, drop_after=[CHUNK_BYTES] * 3)) as hub:
        monkeypatch.setenv(ENDPOINT_VARIABLES[0], hub.endpoint)
        model = last(store.get("tiny", lambda gguf, target: None))
    assert len(list(model.folder.glob("model-*-of-*.safetensors"))) > 1
    request = AskRequest(
        model_reference(model), "Ferry", "Who founded the company?", AnswerMode.PAGES, passages=TEXTS, max_new_tokens=4
    )
    with closing(LocalEngine().ask(request)) as answer:
        result = last(answer)
    assert isinstance(result, AskResult)
    assert result.tokens > 0
