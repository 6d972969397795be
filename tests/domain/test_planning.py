"""The planner: what is counted, what is chosen, and what is refused with which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lift_desktop.domain.errors import ModelTooLarge, OutOfMemory
from lift_desktop.domain.models import Quantisation
from lift_desktop.domain.planning import (
    MARGIN,
    PAGED_ADAMW,
    Candidate,
    Demand,
    DeviceOffer,
    ModelShape,
    Plan,
    Workload,
    choose_plan,
    largest_that_fits,
    least_needs,
    needs,
)

GEMMA_9B = {  # config.json of Gemma 2 9B, what matters of it
    "model_type": "gemma2",
    "num_hidden_layers": 42,
    "hidden_size": 3584,
    "intermediate_size": 14336,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 256,
    "vocab_size": 256000,
    "attn_logit_softcapping": 50.0,
}
LLAMA_8B = ModelShape(8_030_261_248, 32, 4096, 14336, 32, 8, 128, 128256, tied=False)
SMOLLM_135M = ModelShape(134_515_008, 30, 576, 1536, 9, 3, 64, 49152)
QWEN_1_7B = ModelShape(1_720_574_976, 28, 2048, 6144, 16, 8, 128, 151936)
CATALOGUE = (
    Candidate("SmolLM2 135M", SMOLLM_135M),
    Candidate("Qwen3 1.7B", QWEN_1_7B),
    Candidate("Llama 3.1 8B", LLAMA_8B),
)
ALL = (Quantisation.NONE, Quantisation.NF4, Quantisation.INT8)
GB = 1_000_000_000


def cpu(free_gb: float, kinds: tuple[Quantisation, ...] = ALL, number_bytes: int = 2) -> DeviceOffer:
    free = round(free_gb * GB)
    return DeviceOffer("cpu", "a processor", "bfloat16", number_bytes, free, 2 * free, kinds)


def gpu(free_gb: float) -> DeviceOffer:
    return DeviceOffer("cuda", "a GPU", "bfloat16", 2, round(free_gb * GB), 24 * GB, ALL)


def test_parameters_are_counted_as_the_models_have_them() -> None:
    shape = ModelShape.from_config(GEMMA_9B)
    assert shape.parameters == pytest.approx(9_241_705_984, rel=1e-3)
    assert shape.soft_cap and shape.wide_norms
    assert SMOLLM_135M.low_rank(16) == 4_884_480  # as PEFT makes it


NO_HEADS = {"num_attention_heads": 0, "num_key_value_heads": 0, "head_dim": None}


@pytest.mark.parametrize(
    "broken", [{}, {**GEMMA_9B, "hidden_size": 0}, {**GEMMA_9B, "vocab_size": None}, {**GEMMA_9B, **NO_HEADS}]
)
def test_a_config_of_another_kind_has_no_shape(broken: dict) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        ModelShape.from_config(broken)


def test_each_saving_saves() -> None:
    usual = Workload("cuda", number_bytes=2)
    peak = needs(LLAMA_8B, usual).learning_bytes
    for saving in (
        replace(usual, quantisation=Quantisation.NF4),
        replace(usual, quantisation=Quantisation.INT8),
        replace(usual, checkpointing=True),
        replace(usual, tokens=896),
        replace(usual, optimizer=PAGED_ADAMW),
        replace(usual, adapters=1),
    ):
        assert needs(LLAMA_8B, saving).learning_bytes < peak, saving
    spared = replace(usual, checkpointing=True)
    assert needs(LLAMA_8B, replace(spared, offload=True)).activations < needs(LLAMA_8B, spared).activations


def test_nf4_weights_of_an_8b_model_take_under_six_gigabytes() -> None:
    found = needs(LLAMA_8B, Workload("cuda", Quantisation.NF4, 2))
    assert 5.5 * GB < found.weights < 6 * GB


def test_an_8b_model_is_learned_in_nf4_under_16_gb() -> None:
    plan = choose_plan(LLAMA_8B, [gpu(16)])
    assert plan.work.quantisation is Quantisation.NF4
    assert plan.needed_bytes < 16 * GB


def test_a_small_model_stays_as_it_is() -> None:
    assert choose_plan(SMOLLM_135M, [cpu(8)]).work == Workload("cpu", number_bytes=2)
    assert choose_plan(QWEN_1_7B, [gpu(24)]).work.quantisation is Quantisation.NONE


def test_the_largest_plan_that_fits_is_taken() -> None:
    plans = [choose_plan(QWEN_1_7B, [cpu(free)]) for free in (40, 13, 8.5, 7, 5.6)]
    needed = [plan.needed_bytes for plan in plans]
    assert needed == sorted(needed, reverse=True)
    assert len(set(needed)) > 2
    for plan in plans:
        assert plan.needed_bytes * (1 + MARGIN) <= plan.free_bytes


def test_what_was_chosen_is_kept_to() -> None:
    assert choose_plan(SMOLLM_135M, [cpu(8)], quantisation="nf4").work.quantisation is Quantisation.NF4
    assert choose_plan(SMOLLM_135M, [gpu(8), cpu(8)], device="cpu").work.device == "cpu"


def test_the_processor_is_used_when_the_gpu_is_too_small() -> None:
    assert choose_plan(QWEN_1_7B, [gpu(1), cpu(16)]).work.device == "cpu"


def test_a_9b_model_on_a_computer_with_8_gb_is_refused_with_what_would_fit() -> None:
    gemma = ModelShape.from_config(GEMMA_9B)
    offer = replace(cpu(6.5), total_bytes=8 * GB)
    with pytest.raises(ModelTooLarge) as refused:
        choose_plan(gemma, [offer], name="Gemma 2 9B", candidates=CATALOGUE)
    assert "Gemma 2 9B is too large for this computer" in refused.value.message
    assert "6.5 GB free of 8.0 GB" in refused.value.message
    assert refused.value.message.endswith("Qwen3 1.7B would fit.")
    assert isinstance(refused.value, OutOfMemory)


def test_without_anything_that_fits_nothing_is_promised() -> None:
    with pytest.raises(ModelTooLarge) as refused:
        choose_plan(LLAMA_8B, [cpu(0.5)], candidates=CATALOGUE)
    assert "would fit" not in refused.value.message


def test_what_is_not_offered_is_refused_with_the_reason() -> None:
    offer = replace(cpu(8, (Quantisation.NONE,)), refused=((Quantisation.NF4, "The processor has no AVX2."),))
    with pytest.raises(ModelTooLarge) as refused:
        choose_plan(SMOLLM_135M, [offer], quantisation="nf4")
    assert refused.value.hint == "The processor has no AVX2."
    with pytest.raises(ModelTooLarge):
        choose_plan(SMOLLM_135M, [offer], device="cuda")


def test_answering_needs_less_than_learning() -> None:
    offer = cpu(9.2)
    with pytest.raises(ModelTooLarge):
        choose_plan(LLAMA_8B, [offer])
    plan = choose_plan(LLAMA_8B, [offer], learns=False)
    assert plan.needed_bytes == plan.needs.answering_bytes < offer.free_bytes


def test_a_processor_keeps_a_quick_copy_of_the_output_layer_of_a_quantised_model() -> None:
    head = LLAMA_8B.vocabulary * LLAMA_8B.hidden
    works = (Workload(device=device, quantisation=Quantisation.NF4) for device in ("cpu", "cuda"))
    on_cpu, on_gpu = (needs(LLAMA_8B, work).weights for work in works)
    assert on_cpu - on_gpu == head


def test_a_method_s_demand_is_planned_for() -> None:
    usual, larger = (choose_plan(QWEN_1_7B, [cpu(64)], demand=Demand(rank)) for rank in (16, 128))
    assert larger.needs.adapter == 8 * usual.needs.adapter
    segments = choose_plan(QWEN_1_7B, [cpu(64)], demand=Demand(most_tokens=6144, least_tokens=2048))
    assert segments.work.tokens == 6144
    tight = [cpu(5.6)]
    assert choose_plan(QWEN_1_7B, tight).work.checkpointing
    with pytest.raises(ModelTooLarge):
        choose_plan(QWEN_1_7B, tight, demand=Demand(may_checkpoint=False))


def test_the_largest_of_the_catalogue_grows_with_the_memory() -> None:
    found = [largest_that_fits(free * GB, CATALOGUE) for free in (1, 2, 6, 24)]
    assert [each and each.title for each in found] == [None, "SmolLM2 135M", "Qwen3 1.7B", "Llama 3.1 8B"]


def test_least_needs_are_those_of_the_smallest_plan() -> None:
    for candidate in CATALOGUE:
        least = least_needs(candidate.shape, Quantisation.NF4).learning_bytes
        assert least < least_needs(candidate.shape, Quantisation.NONE).learning_bytes
        assert least < needs(candidate.shape, Workload("cuda", Quantisation.NF4, 2)).learning_bytes


def test_a_plan_to_answer_only_needs_what_answering_needs() -> None:
    work = Workload("cpu", number_bytes=2)
    found = needs(SMOLLM_135M, work)
    assert Plan(work, found, 1, 1, can_learn=False).needed_bytes == found.answering_bytes
    assert Plan(work, found, 1, 1).needed_bytes == found.learning_bytes
