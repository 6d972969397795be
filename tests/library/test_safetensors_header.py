from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.library.safetensors_header import check_safetensors

from .making import safetensors


def tensors(header: Any, data: bytes = b"") -> bytes:
    packed = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(packed)) + packed + data


@pytest.mark.parametrize(
    ("content", "fits"),
    [
        (safetensors(), True),
        (tensors({"__metadata__": {"format": "pt"}}), True),
        (tensors({"a": {"dtype": "BF16", "shape": [], "data_offsets": [0, 2]}}, bytes(2)), True),
        (b"", False),
        (struct.pack("<Q", 1 << 60) + b"{}", False),
        (tensors(b"not json"), False),
        (tensors([]), False),
        (tensors({"__metadata__": {"a": 1}}), False),
        (tensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, bytes(4)), False),
        (tensors({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}, bytes(4)), False),
        (tensors({"a": {"dtype": "PY", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)), False),
        (tensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, bytes(8)), False),
        (safetensors() + b"more", False),
    ],
)
def test_safetensors_header(tmp_path: Path, content: bytes, fits: bool) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    if fits:
        check_safetensors(path)
    else:
        with pytest.raises(ValueError):
            check_safetensors(path)
