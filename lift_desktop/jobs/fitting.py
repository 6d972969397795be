"""Whether a model fits this computer, before it is fetched or loaded: the planner's figures beside the hardware's."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..domain.models import Quantisation
from ..domain.planning import MARGIN, ModelShape, least_needs
from ..engine.contract import HardwareReport

BOTH = (Quantisation.NONE, Quantisation.NF4)


@dataclass(frozen=True, slots=True)
class Fit:
    """What learning with a model takes against what the computer has, in bytes.

    `least_bytes` with weights compressed as far as the device can, `plain_bytes` with weights of 16 bits; both with
    the planner's margin. `memory_bytes` is 0 while it is unknown.
    """

    least_bytes: int
    plain_bytes: int
    memory_bytes: int = 0

    @property
    def is_known(self) -> bool:
        return self.memory_bytes > 0

    @property
    def fits(self) -> bool:
        """Whether learning is possible, as far as it is known."""
        return not self.is_known or self.least_bytes <= self.memory_bytes


def fit(shape: ModelShape, report: HardwareReport | None) -> Fit:
    """For the first device of this computer that the model fits, else its first; for any computer without a report."""
    if report is None:
        return _fit(shape, "cpu", BOTH, 0)
    if not report.offers:
        return _fit(shape, report.device, BOTH, report.memory_bytes)
    found = [_fit(shape, offer.device, offer.quantisations, offer.total_bytes) for offer in report.offers]
    return next((each for each in found if each.fits), found[0])


def _fit(shape: ModelShape, device: str, quantisations: tuple[Quantisation, ...], memory_bytes: int) -> Fit:
    plain, *others = (
        math.ceil(least_needs(shape, quantisation, device).learning_bytes * (1 + MARGIN))
        for quantisation in (Quantisation.NONE, *quantisations)
    )
    return Fit(min(plain, *others), plain, memory_bytes)
