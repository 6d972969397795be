"""Whether models fit computers of several sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lift_desktop.domain.models import Quantisation
from lift_desktop.domain.planning import DeviceOffer
from lift_desktop.engine.contract import HardwareReport
from lift_desktop.jobs import fit
from lift_desktop.models import read_catalogue

MODELS = {model.name: model for model in read_catalogue()}


def computer(gigabytes: float, device: str = "cpu") -> HardwareReport:
    return HardwareReport(device, "test", "bfloat16", 4, round(gigabytes * 1e9), {})


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_larger_model_needs_more(device: str) -> None:
    needs = [
        fit(MODELS[name].shape, computer(8, device)) for name in ("qwen3-0.6b", "qwen3-1.7b", "qwen3-4b", "qwen3-8b")
    ]
    assert [each.least_bytes for each in needs] == sorted(each.least_bytes for each in needs)
    assert all(each.least_bytes < each.plain_bytes for each in needs)


def test_nine_billion_parameters_do_not_fit_eight_gigabytes_and_the_starter_does() -> None:
    assert not fit(MODELS["gemma-2-9b-it"].shape, computer(8)).fits
    assert fit(MODELS["smollm2-135m-instruct"].shape, computer(8)).fits


def test_compression_lets_a_model_fit_that_would_not() -> None:
    found = fit(MODELS["qwen3-8b"].shape, computer(16, "cuda"))
    assert found.fits
    assert found.plain_bytes > found.memory_bytes


def test_what_the_devices_offer_decides() -> None:
    shape = MODELS["qwen3-8b"].shape
    plain_only = DeviceOffer("cuda", "test", "bfloat16", 2, 0, 16_000_000_000)
    compressing = replace(plain_only, quantisations=(Quantisation.NONE, Quantisation.NF4))
    large = DeviceOffer("cpu", "test", "bfloat16", 2, 0, 64_000_000_000)
    assert not fit(shape, replace(computer(0), offers=(plain_only,))).fits
    assert fit(shape, replace(computer(0), offers=(compressing,))).fits
    beside = fit(shape, replace(computer(0), offers=(plain_only, large)))
    assert beside.fits and beside.memory_bytes == large.total_bytes


def test_an_unknown_computer_refuses_nothing() -> None:
    found = fit(MODELS["gemma-2-9b-it"].shape, None)
    assert found.fits and not found.is_known
