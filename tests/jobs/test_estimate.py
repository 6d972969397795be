"""How long learning takes, measured or worked out from other documents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lift_desktop.domain.models import Depth, Document
from lift_desktop.domain.steps import last
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import model_reference
from lift_desktop.jobs.estimate import (
    MOST_QUICK_PASSAGES,
    forget_estimates,
    is_too_long,
    known_estimate,
    measure_estimate,
)

from .conftest import Place


def test_estimates_are_kept_and_worked_out_from_others(place: Place, document: Document) -> None:
    model = model_reference(place.models.resolve(place.model))
    assert known_estimate(place.library, document, model.sha256, "lora") is None
    measured = last(measure_estimate(place.library, FakeEngine(), document, model, "lora"))
    assert measured.is_measured and measured.seconds[Depth.QUICK] == 0.5 * document.passage_count
    assert known_estimate(place.library, document, model.sha256, "lora") == measured
    assert known_estimate(place.library, document, "another model", "lora") is None
    assert known_estimate(place.library, document, model.sha256, "cartridge") is None
    other = place.document("Other")
    guessed = known_estimate(place.library, other, model.sha256, "lora")
    assert guessed is not None and not guessed.is_measured
    assert guessed.seconds[Depth.DEEP] == pytest.approx(2.0 * other.passage_count)
    forget_estimates(place.library, document.id)
    assert known_estimate(place.library, document, model.sha256, "lora") is None


def test_only_a_quick_memory_is_too_little_for_a_long_document(document: Document) -> None:
    short, long = (replace(document, passage_count=MOST_QUICK_PASSAGES + more) for more in (0, 1))
    assert [depth for depth in Depth if is_too_long(long, depth)] == [Depth.QUICK]
    assert not any(is_too_long(short, depth) for depth in Depth)
