"""Reads the header of a safetensors file and checks that it fits the file. Loads no weights, needs no
library.

The format: eight bytes (little endian) with the header's length, the header as JSON, then the tensors' bytes.
https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import json
import math
from pathlib import Path

MAX_HEADER_BYTES = 100_000_000
"""The limit of the format's own reader."""

ITEM_BITS = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64"), 64),
}


def check_safetensors(path: Path) -> None:
    """Raises ValueError unless the file has a header whose tensors fill the rest of it exactly."""
    size_bytes = path.stat().st_size
    with path.open("rb") as reader:
        header_bytes = int.from_bytes(reader.read(8), "little")
        if size_bytes < 10 or header_bytes > min(size_bytes - 8, MAX_HEADER_BYTES):
            raise ValueError("too short for its header")
        header = json.loads(reader.read(header_bytes))
    if not isinstance(header, dict):
        raise ValueError("its header is no JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("its metadata is not text")
    end = 0
    for begin, tensor_end in sorted(_span(name, tensor) for name, tensor in header.items()):
        if begin != end:
            raise ValueError("its tensors overlap or leave a gap")
        end = tensor_end
    if end != size_bytes - 8 - header_bytes:
        raise ValueError("its tensors do not fill the file")


def _span(name: str, tensor: object) -> tuple[int, int]:
    """Where the tensor's bytes begin and end, after the header."""
    match tensor:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(begin), int(end)]}:
            is_known = dtype in ITEM_BITS and all(type(size) is int and size >= 0 for size in shape)
            if is_known and begin >= 0 and math.prod(shape) * ITEM_BITS[dtype] == 8 * (end - begin):
                return begin, end
    raise ValueError(f"the tensor {name!r} does not fit its description")
