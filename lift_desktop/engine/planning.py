"""The plan for one model on this computer, from what stands in its folder. Reads headers, never weights; no torch."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path

from ..domain.planning import Demand, DeviceOffer, ModelShape, Plan, choose_plan
from .contract import ModelReference

_HEADER_LIMIT_BYTES = 100_000_000  # the limit of the safetensors format itself


def read_shape(folder: Path) -> ModelShape | None:
    """The model's shape, with the weights counted in its safetensors headers; None where its config names other sizes
    than the families that are known do (nothing can be planned then, and it is loaded as it is)."""
    try:
        config = json.loads((folder / "config.json").read_bytes())
        return ModelShape.from_config(config, sum(map(_count_weights, folder.glob("*.safetensors"))))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        return None


def _count_weights(file: Path) -> int:
    """How many numbers stand in a safetensors file. Raises OSError, ValueError, KeyError, TypeError, struct.error."""
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        if length > _HEADER_LIMIT_BYTES:
            raise ValueError("no safetensors header")
        header = json.loads(stream.read(length))
    return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")


def plan_for(
    reference: ModelReference,
    offers: Sequence[DeviceOffer],
    *,
    learns: bool = True,
    demand: Demand | None = None,
) -> Plan | None:
    """The plan for `reference` as it wants to be used; None for a model of unknown shape. Raises ModelTooLarge."""
    shape = read_shape(Path(reference.folder))
    if shape is None:
        return None
    return choose_plan(
        shape,
        offers,
        name=reference.name,
        device=reference.device,
        quantisation=reference.quantisation,
        learns=learns,
        candidates=reference.alternatives,
        demand=demand,
    )
