"""Whether a model fits this computer, in plain words."""

from __future__ import annotations

from pathlib import Path

from ...domain.planning import ModelShape
from ...engine.contract import HardwareReport
from ...jobs import Fit, fit
from ...models import AvailableModel
from ..wording import size
from .computer import free_bytes
from .parts import tr


def fit_words(
    model: AvailableModel, shape: ModelShape | None, report: HardwareReport | None, models_folder: Path
) -> tuple[str, str]:
    """What learning with the model takes against what this computer has, and the look of it ("muted", "good",
    "warning"); that the disk is too full to get it. "" for a model whose shape is not known.
    """
    if shape is None:
        return "", "muted"
    found = fit(shape, report)
    words, look = _memory_words(found)
    if not model.downloaded and model.catalogue is not None:
        needed, free = model.catalogue.disk_bytes - model.fetched_bytes, free_bytes(models_folder)
        if free < needed:
            disk = tr("To get it, {0} on the disk are needed, and {1} are free.").format(size(needed), size(free))
            return f"{words} {disk}", "warning"
    return words, look


def _memory_words(found: Fit) -> tuple[str, str]:
    least, plain, here = size(found.least_bytes), size(found.plain_bytes), size(found.memory_bytes)
    if not found.is_known:
        words = tr("Needs {0} of memory to learn, {1} when it is compressed.")
        return words.format(plain, least), "muted"
    if found.plain_bytes <= found.memory_bytes:
        return tr("Needs {0} of memory to learn; this computer has {1}.").format(plain, here), "good"
    if found.fits:
        words = tr("Needs {0} of memory to learn, compressed; this computer has {1}.")
        return words.format(least, here), "good"
    words = tr("Too large for this computer: needs {0} of memory to learn, even compressed; this computer has {1}.")
    return words.format(least, here), "warning"
