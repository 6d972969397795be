"""A folder whose model cannot be used is refused with what is wrong with it, before anything is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3TextConfig, SiglipVisionConfig

from lift_desktop.domain.errors import ModelError
from lift_desktop.engine.base_model import load
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.hardware import Hardware

from .conftest import CHAT_TEMPLATE

WEIGHTS = "model.safetensors"
SIZES = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def _load(folder: Path) -> None:
    load(ModelReference("tiny", str(folder), "0" * 64), Hardware(torch.device("cpu"), torch.float32))


def test_weights_that_were_cut_off_are_named(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cannot be loaded"):
        _load(folder)


def test_weights_that_are_missing_are_not_made_up(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    weights = {name: value.clone() for name, value in weights.items() if "layers.1.mlp" not in name}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"3 of its weights are missing, such as model\.layers\.1\.mlp"):
        _load(folder)


def test_a_config_that_makes_no_sense_is_named(folder: Path) -> None:
    (folder / "config.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be loaded"):
        _load(folder)


def test_a_model_for_pictures_too_is_refused(folder: Path) -> None:
    text = Gemma3TextConfig(**SIZES, num_key_value_heads=1, head_dim=8, vocab_size=400)
    vision = SiglipVisionConfig(**SIZES, image_size=28, patch_size=14)
    config = Gemma3Config(text_config=text.to_dict(), vision_config=vision.to_dict(), mm_tokens_per_image=4)
    Gemma3ForConditionalGeneration(config).save_pretrained(folder)
    with pytest.raises(ModelError, match="pictures"):
        _load(folder)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("", "has no chat template"),
        ("{% for %}", "cannot be used: Expected an expression"),
        ("{{ raise_exception('Only with pictures.') }}", "cannot be used: Only with pictures"),
        ("{% for message in messages %}{{ message['content'] | upper }}{% endfor %}", "messages as they are"),
    ],
)
def test_a_chat_template_that_makes_no_prompts_is_named(folder: Path, template: str, reason: str) -> None:
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    with pytest.raises(ModelError, match=reason):
        _load(folder)


@pytest.mark.parametrize(
    "start", ["<|im_start|>", "{{ bos_token }}", "{% if messages[0]['role'] == 'system' %}x{% endif %}"]
)
def test_other_chat_templates_are_taken(folder: Path, start: str) -> None:
    (folder / "chat_template.jinja").write_text(
        start + CHAT_TEMPLATE.replace("['content']", "['content'] | trim"), "utf-8"
    )
    _load(folder)
