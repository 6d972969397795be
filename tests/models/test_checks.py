"""Folders that are no model, no whole model, or no safe model."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from lift_desktop.domain.errors import ModelError, ModelMissing, UnknownModel, UnsafeModel
from lift_desktop.models.checks import check_model_folder, check_safetensors

from .making import safetensors, write_model


def test_a_sound_model_passes(tmp_path: Path) -> None:
    check_model_folder(write_model(tmp_path))


def test_shards_pass_when_all_are_there(tmp_path: Path) -> None:
    folder = _sharded(tmp_path, "model-1.safetensors", "model-2.safetensors")
    check_model_folder(folder)
    (folder / "model-2.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"model-2\.safetensors is missing"):
        check_model_folder(folder)


def test_an_index_may_not_point_out_of_its_folder(tmp_path: Path) -> None:
    folder = _sharded(tmp_path / "model", "model-1.safetensors")
    (tmp_path / "other.safetensors").write_bytes(safetensors(bytes(8)))
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../other.safetensors"}}')
    with pytest.raises(UnsafeModel, match="points out of its folder"):
        check_model_folder(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.PTH", "last.ckpt"])
def test_pickle_weights_are_refused(tmp_path: Path, name: str) -> None:
    write_model(tmp_path)
    (tmp_path / name).write_bytes(b"\x80\x04")
    check_model_folder(tmp_path)  # beside safetensors they are not looked at
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(UnsafeModel, match="pickle"):
        check_model_folder(tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"auto_map": {"AutoModelForCausalLM": "modeling_own.OwnModel"}},
        {"trust_remote_code": True},
        {"text_config": {"auto_map": {"AutoConfig": "own.Config"}}},
        {"parts": [{"auto_map": {"AutoConfig": "own.Config"}}]},
    ],
)
@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_models_with_code_of_their_own_are_refused(tmp_path: Path, settings: dict[str, object], name: str) -> None:
    write_model(tmp_path)
    (tmp_path / name).write_text(json.dumps({"model_type": "llama", **settings}))
    with pytest.raises(UnsafeModel, match="code of its own"):
        check_model_folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("config.json", None, UnknownModel),
        ("config.json", b"{", UnknownModel),
        ("config.json", b"\xff\xfe\x00", UnknownModel),
        ("config.json", b"[" * 100_000, UnknownModel),
        ("config.json", b"[]", UnknownModel),
        ("config.json", b"{}", UnknownModel),
        ("tokenizer.json", None, ModelMissing),
        ("model.safetensors", None, ModelMissing),
        ("model.safetensors", b"", UnsafeModel),
        ("model.safetensors.index.json", b'{"weight_map": 3}', ModelMissing),
    ],
)
def test_broken_folders(tmp_path: Path, name: str, content: bytes | None, error: type[ModelError]) -> None:
    write_model(tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error) as caught:
        check_model_folder(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel):
        check_model_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content",
    [
        b"short",
        struct.pack("<Q", 1 << 62) + b"{}",
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"nope",
        safetensors(bytes(64))[:-1],
        safetensors(bytes(64)) + b"x",
        safetensors(bytes(64), data_offsets=[0, 60]),
        safetensors(bytes(64), data_offsets=[4, 68]),
        safetensors(bytes(64), data_offsets=[64, 0]),
        safetensors(bytes(64), data_offsets="all"),
        safetensors(bytes(64), shape=[17]),
        safetensors(bytes(64), shape=None),
        safetensors(bytes(64), dtype=["F32"]),
    ],
)
def test_damaged_safetensors(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with pytest.raises(UnsafeModel, match="damaged"):
        check_safetensors(file)


def test_types_that_are_not_known_yet_pass(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(safetensors(bytes(64), dtype="F4", shape=[128]))
    check_safetensors(file)


def _sharded(folder: Path, *names: str) -> Path:
    write_model(folder)
    (folder / "model.safetensors").unlink()
    for name in names:
        (folder / name).write_bytes(safetensors(bytes(16)))
    index = {"weight_map": {f"weight.{number}": name for number, name in enumerate(names)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder
