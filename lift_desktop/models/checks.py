"""What a folder must look like before its weights are loaded: complete, undamaged, and data only, no program.

Owns the rules. Reads headers and settings, never weights; must not know the store or the catalogue.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

from ..domain.errors import ModelMissing, UnknownModel, UnsafeModel

INDEX_NAME = "model.safetensors.index.json"
PICKLE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
HEADER_LIMIT_BYTES = 100_000_000  # the limit of the safetensors format itself
SETTINGS_LIMIT_BYTES = 50_000_000
INCOMPLETE_HINT = "Fetch the model's folder again, with all its files."
# Bits a value; of a type that is not listed only the place in the file is checked.
DTYPE_BITS = {
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "U16": 16,
    "I16": 16,
    "F16": 16,
    "BF16": 16,
}
DTYPE_BITS |= {"U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64}


def check_model_folder(folder: Path) -> None:
    """Raises UnknownModel (no model here), ModelMissing (a part is missing) or UnsafeModel unless `folder` is
    sound.
    """
    if not folder.is_dir():
        raise UnknownModel(f"There is no model folder at {folder}.")
    config = read_settings(folder / "config.json")
    if not isinstance(config.get("model_type"), str):
        raise UnknownModel(f"{folder} holds no language model: its config.json names no model type.")
    for name in ("config.json", "tokenizer_config.json"):
        if (folder / name).is_file():
            _refuse_code(folder / name, read_settings(folder / name))
    for weights in weight_files(folder):
        check_safetensors(weights)
    if not (folder / "tokenizer.json").is_file():
        raise ModelMissing(f"The model in {folder} has no tokenizer.json.", INCOMPLETE_HINT)


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of `folder`, sorted; raises UnsafeModel or ModelMissing when there are none, or
    not all.
    """
    found = sorted(path for path in folder.glob("*.safetensors") if path.is_file())
    if not found:
        if any(path.suffix.lower() in PICKLE_SUFFIXES for path in folder.iterdir()):
            raise UnsafeModel(f"The weights in {folder} are in pickle files, which can run programs when opened.")
        raise ModelMissing(f"The model in {folder} has no safetensors weights.", INCOMPLETE_HINT)
    missing = _shards(folder) - {path.name for path in found}
    if missing:
        raise ModelMissing(
            f"The model in {folder} is incomplete: {sorted(missing)[0]} is missing"
            + (f", and {len(missing) - 1} more." if len(missing) > 1 else "."),
            INCOMPLETE_HINT,
        )
    return found


def check_safetensors(file: Path) -> None:
    """Raises UnsafeModel unless the header of `file` describes exactly the bytes that follow it."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        start = stream.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= min(size - 8, HEADER_LIMIT_BYTES):
            raise _damaged(file)
        raw = stream.read(length)
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError):
        raise _damaged(file) from None
    if not isinstance(header, dict):
        raise _damaged(file)
    tensors = [tensor for name, tensor in header.items() if name != "__metadata__"]
    if not tensors or not _fill(tensors, size - 8 - length):
        raise _damaged(file)


def _fill(tensors: list[Any], data_bytes: int) -> bool:
    """Whether the tensors lie one after the other, without gap or overlap, over all of `data_bytes`."""
    try:
        spans = sorted(
            (int(start), int(end), t["dtype"], t["shape"]) for t in tensors for start, end in [t["data_offsets"]]
        )
        position = 0
        for start, end, dtype, shape in spans:
            bits = DTYPE_BITS.get(dtype)
            if start != position or end < start or (bits and (end - start) * 8 != math.prod(shape) * bits):
                return False
            position = end
    except (KeyError, TypeError, ValueError):
        return False
    return position == data_bytes


def _damaged(file: Path) -> UnsafeModel:
    return UnsafeModel(f"The weights in {file} are damaged or not safetensors.", "Fetch the model again.")


def _shards(folder: Path) -> set[str]:
    """The names of the weight files that the index of `folder` asks for; none when there is no index."""
    index = folder / INDEX_NAME
    if not index.is_file():
        return set()
    shards = read_settings(index).get("weight_map")
    if not isinstance(shards, dict) or not all(isinstance(name, str) for name in shards.values()):
        raise ModelMissing(f"{index} does not list the weights.", INCOMPLETE_HINT)
    outside = [name for name in shards.values() if Path(name).name != name or "\\" in name]
    if outside:
        raise UnsafeModel(f"{index} points out of its folder: {outside[0]}.")
    return set(shards.values())


def read_settings(file: Path) -> dict[str, Any]:
    """The JSON object in `file`; raises UnknownModel when there is none."""
    try:
        if file.stat().st_size > SETTINGS_LIMIT_BYTES:
            raise UnknownModel(f"{file} is too large to be a model's settings.")
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise UnknownModel(f"{file.parent} holds no language model: it has no {file.name}.") from None
    except (ValueError, RecursionError):
        raise UnknownModel(f"{file} is damaged.", INCOMPLETE_HINT) from None
    except OSError as error:
        raise UnknownModel(f"{file} cannot be read: {error.strerror}.") from None
    if not isinstance(value, dict):
        raise UnknownModel(f"{file} is damaged.", INCOMPLETE_HINT)
    return value


def _refuse_code(file: Path, settings: dict[str, Any]) -> None:
    """Raises UnsafeModel when the settings, at any depth, ask to run code that comes with the model."""
    waiting: list[Any] = [settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("auto_map") or value.get("trust_remote_code"):
                raise UnsafeModel(f"The model wants to run code of its own ({file}).")
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
