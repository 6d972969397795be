"""Makes what the tests need: small models with real safetensors headers, and a real wheel with a GGUF file in
it.
"""

from __future__ import annotations

import hashlib
import json
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

from lift_desktop.domain.planning import ModelShape
from lift_desktop.models.catalogue import CatalogueModel, HubSource, WheelSource

TINY_SHAPE = ModelShape(
    parameters=16,
    layers=1,
    hidden=4,
    intermediate=4,
    heads=1,
    key_value_heads=1,
    head_size=4,
    vocabulary=4,
)
MEMBER = "tiny_model/tiny.gguf"
WHEEL_NAME = "tiny_model-1.0-py3-none-any.whl"


def safetensors(values: bytes, **changes: Any) -> bytes:
    """A safetensors file with one tensor of float32 values; `changes` spoil its description."""
    tensor = {"dtype": "F32", "shape": [len(values) // 4], "data_offsets": [0, len(values)], **changes}
    header = json.dumps({"__metadata__": {"format": "pt"}, "weight": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + values


def write_model(folder: Path, values: bytes = bytes(64), **config: Any) -> Path:
    """Fills `folder` with a model that passes all checks; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", **config}))
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')
    (folder / "model.safetensors").write_bytes(safetensors(values))
    return folder


def gguf_bytes(size_bytes: int = 400_000) -> bytes:
    """A GGUF file without tensors: magic, version, two counts, then filling that does not compress."""
    head = struct.pack("<4sIQQ", b"GGUF", 3, 0, 0)
    return head + random.Random(7).randbytes(size_bytes - len(head))


def write_wheel(folder: Path, content: bytes) -> Path:
    """A wheel that pip accepts, with `content` as its GGUF file."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / WHEEL_NAME
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(MEMBER, content)
        information = "tiny_model-1.0.dist-info"
        archive.writestr(f"{information}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{information}/WHEEL", tags)
        archive.writestr(f"{information}/RECORD", "")
    return wheel


def catalogue_model(wheel: Path, content: bytes, **changes: Any) -> CatalogueModel:
    """The catalogue's entry for `wheel`; `changes` are wrong values of its source."""
    described: dict[str, Any] = {
        "package": "tiny-model",
        "version": "1.0",
        "wheel": WHEEL_NAME,
        "wheel_bytes": wheel.stat().st_size,
        "wheel_sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "member": MEMBER,
        "gguf_bytes": len(content),
        "gguf_sha256": hashlib.sha256(content).hexdigest(),
    }
    source = WheelSource(**{**described, **changes})
    return CatalogueModel("tiny", "Tiny Model", "For tests.", "CC0-1.0", TINY_SHAPE, 128, 1_000_000, source)


def hub_model(**changes: Any) -> CatalogueModel:
    """The catalogue's entry for a model of the hub; `changes` are other values of its source."""
    described: dict[str, Any] = {"repository": "someone/tiny", "revision": "main", "weight_bytes": 1000}
    source = HubSource(**{**described, "other_bytes": 100, **changes})
    return CatalogueModel("tiny", "Tiny Model", "For tests.", "CC0-1.0", TINY_SHAPE, 128, 1_100, source)


def convert(gguf: Path, target: Path) -> None:
    """Stands for the engine's conversion: a sound model whose weights come out of the GGUF file."""
    write_model(target, gguf.read_bytes()[-64:])
