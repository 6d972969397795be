"""The program's own catalogue: whole, and its figures agree with each other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lift_desktop.models.catalogue import CatalogueModel, HubSource, read_catalogue

CATALOGUE = read_catalogue()
OF_THE_HUB = [model for model in CATALOGUE if isinstance(model.source, HubSource)]


def name(model: CatalogueModel) -> str:
    return model.name


def test_the_starter_model_is_the_first() -> None:
    starter = CATALOGUE[0]
    assert starter.name == "smollm2-135m-instruct"
    assert starter.licence == "Apache-2.0"
    assert starter.download_bytes == 92_871_040
    assert starter.disk_bytes > 700_000_000
    assert not starter.gated and not starter.can_pause
    assert starter.skills_folder is not None
    for folder in (starter.skills_folder, starter.skills_folder / "nf4"):
        assert (folder / "adapter_config.json").is_file()
        assert (folder / "adapter_model.safetensors").stat().st_size < 12_000_000


def test_the_families_and_sizes_that_people_use() -> None:
    assert len(CATALOGUE) >= 10
    for family in ("smollm2", "qwen3", "llama-3", "gemma", "phi", "mistral"):
        assert any(model.name.startswith(family) for model in CATALOGUE), family
    sizes = [model.parameters for model in CATALOGUE]
    assert sizes == sorted(sizes)
    assert sizes[0] > 0.1e9 and 9e9 < sizes[-1] < 10e9


@pytest.mark.parametrize("model", CATALOGUE, ids=name)
def test_an_entry_is_whole(model: CatalogueModel) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", model.name)
    assert model.title and model.description.endswith(".") and model.licence
    assert len(model.description) < 100
    assert model.languages[0] == "en"
    assert all(re.fullmatch(r"[a-z]{2}|mul", code) for code in model.languages)
    assert model.context_tokens >= 8192 and model.context_tokens % 1024 == 0


@pytest.mark.parametrize("model", CATALOGUE, ids=name)
def test_the_shape_counts_to_the_parameters(model: CatalogueModel) -> None:
    """Embeddings (once when they are tied) and the layers' linear maps; norms are the small rest."""
    shape = model.shape
    embeddings = shape.vocabulary * shape.hidden * (1 if shape.tied else 2)
    assert shape.linear + embeddings == pytest.approx(shape.parameters, rel=4e-4)
    assert shape.heads % shape.key_value_heads == 0


@pytest.mark.parametrize("model", OF_THE_HUB, ids=name)
def test_the_weights_are_two_bytes_a_parameter(model: CatalogueModel) -> None:
    """Some repositories hold the tied output layer a second time."""
    assert isinstance(model.source, HubSource)
    stored = model.source.weight_bytes / 2
    twice = model.parameters + model.shape.vocabulary * model.shape.hidden
    assert any(stored == pytest.approx(count, rel=1e-4) for count in (model.parameters, twice))
    assert 1e6 < model.source.other_bytes < 50e6
    assert model.installed_bytes == model.disk_bytes == model.download_bytes


@pytest.mark.parametrize("model", OF_THE_HUB, ids=name)
def test_each_is_pinned_to_a_commit_of_a_repository(model: CatalogueModel) -> None:
    assert isinstance(model.source, HubSource)
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", model.source.repository)
    assert re.fullmatch(r"[0-9a-f]{40}", model.source.revision)
    assert model.source.gated == (model.licence not in ("Apache-2.0", "MIT"))


def test_two_models_of_one_name_are_a_bug(tmp_path: Path) -> None:
    entries = json.loads((Path(__file__).parents[2] / "resources" / "models.json").read_text())["models"]
    file = tmp_path / "models.json"
    file.write_text(json.dumps({"models": [entries[1], entries[1]]}))
    with pytest.raises(ValueError, match="same name"):
        read_catalogue(file)
