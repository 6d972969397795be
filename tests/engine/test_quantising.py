"""Quantised models: offered where they work, they learn, are saved and answer; what is mended of bitsandbytes."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lift_desktop.domain.errors import ModelMismatch, ModelTooLarge
from lift_desktop.domain.models import AnswerMode, Quantisation
from lift_desktop.domain.planning import ADAMW, PAGED_ADAMW, DeviceOffer
from lift_desktop.engine import hardware, probing, quantising
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.batches import Group, Item, answer_logits, pack
from lift_desktop.engine.contract import PROMPTS_VERSION, AskRequest, LearnRequest, ModelReference, ProbeRequest
from lift_desktop.engine.distillation import answer_loss
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.learning import MANIFEST_FILE
from lift_desktop.engine.local import OTHER_SKILLS, SKILLS, LocalEngine
from lift_desktop.engine.prompts import answer_prompt, answer_tokens
from lift_desktop.engine.training import Trainer, TrainingSettings

from .conftest import make_passages, make_tokenizer

CPU = torch.device("cpu")
REAL = (Quantisation.NF4, Quantisation.INT8)
OFFERED = [kind for kind in REAL if not probing.why_not(kind, CPU, torch.float32)]
needs_both = pytest.mark.skipif(len(OFFERED) < 2, reason="bitsandbytes does not work on this processor")


def quantised(reference: ModelReference, kind: Quantisation, **more: Any) -> BaseModel:
    return load(reference, Hardware(CPU, torch.float32, quantisation=kind, **more))


def lesson(base: BaseModel) -> Group:
    prompt = answer_prompt(base.tokenizer, "T", "What ends the agreement?", [])
    tokens = answer_tokens(base.tokenizer, "ninety days' written notice")
    return Group(prompt.prefix, (Item(prompt.rest + tokens, len(prompt.rest)),))


def trainer(base: BaseModel, adapters: Adapters, folder: Path, steps: int = 12) -> Trainer:
    settings = TrainingSettings(learning_rate=3e-2, checkpoint_seconds=1e9)
    return Trainer(base, adapters, "learning", [[lesson(base)]] * steps, answer_loss, settings, folder)


def finish(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_the_probe_says_what_works_and_why_the_rest_does_not() -> None:
    (offer,) = [each for each in hardware.offers() if each.device == "cpu"]
    refused = dict(offer.refused)
    assert offer.quantisations[0] is Quantisation.NONE
    assert {*offer.quantisations, *refused} == set(Quantisation)
    assert all(why.endswith(".") for why in refused.values())
    assert 0 < offer.free_bytes <= offer.total_bytes
    report = finish(LocalEngine().probe(ProbeRequest()))
    assert report.offers[0].device == report.device


def test_without_bitsandbytes_nothing_is_offered_but_the_plain_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantising, "bitsandbytes", None)
    monkeypatch.setattr(quantising, "WHY_MISSING", "No module named 'bitsandbytes'")
    why = probing.why_not(Quantisation.NF4, CPU, torch.float32)
    assert why == "bitsandbytes cannot be used: No module named 'bitsandbytes'."


def test_a_quantisation_with_wrong_gradients_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(torch.nn.Module):
        """Reads well, but hands nothing back."""

        def __init__(self, weights: torch.Tensor) -> None:
            super().__init__()
            self.weights = weights

        def forward(self, given: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.linear(given.detach() + 0.0 * given, self.weights)

    monkeypatch.setattr(quantising, "bitsandbytes", object())
    monkeypatch.setattr(quantising, "linear", lambda kind, weights, dtype: Stuck(weights))
    assert "gradients are wrong" in probing.why_not(Quantisation.NF4, CPU, torch.float32)


@needs_both
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", REAL)
def test_a_layer_that_was_read_with_still_has_its_gradients(kind: Quantisation, dtype: torch.dtype) -> None:
    assert probing._likeness(kind, CPU, dtype) > 0.99


@needs_both
@pytest.mark.parametrize("kind", REAL)
def test_only_the_linear_layers_are_quantised(reference: ModelReference, kind: Quantisation) -> None:
    base = quantised(reference, kind)
    whole = {name for name, weights in base.model.named_parameters() if weights.dtype == torch.float32}
    assert whole == {name for name, _ in base.model.named_parameters() if not name.endswith("proj.weight")}
    assert not any(weights.requires_grad for weights in base.model.parameters())


@needs_both
def test_few_weights_share_a_scale_on_a_processor(reference: ModelReference) -> None:
    """In a loaded model as in the layer that is tried: small blocks, whose scales are quantised, too."""
    torch.manual_seed(0)
    weights = torch.randn(64, 64)
    states = [
        layer.weight.quant_state
        for layer in quantised(reference, Quantisation.NF4).model.modules()
        if hasattr(getattr(layer, "weight", None), "quant_state")
    ] + [quantising.linear(Quantisation.NF4, weights, torch.float32).weight.quant_state]
    assert len(states) > 1 and {state.blocksize for state in states} == {32}
    assert all(state.nested for state in states)


@needs_both
def test_a_quantised_model_has_the_skills_that_were_made_for_it(reference: ModelReference, tmp_path: Path) -> None:
    """And a memory finds the skills on which it stands, though the model is kept otherwise now."""
    torch.manual_seed(0)
    maker = Adapters(quantised(reference, Quantisation.NF4))
    made = {}
    for folder in (tmp_path, tmp_path / "nf4"):
        folder.mkdir(exist_ok=True)
        maker.make("skills", 2)
        maker.set_weights("skills", {key: torch.randn_like(part) for key, part in maker.weights("skills").items()})
        maker.save("skills", folder)
        maker.load("skills", folder)
        made[folder.name] = maker.fingerprint("skills")
    for chosen, own, other in (("nf4", "nf4", tmp_path.name), ("none", tmp_path.name, "nf4")):
        engine = LocalEngine()
        _, adapters = engine._model(replace(reference, skills_folder=str(tmp_path), quantisation=chosen, device="cpu"))
        assert adapters.fingerprint(SKILLS) == made[own] != made[other]
        assert engine._below(adapters, {"stands_on": made[own]}) == SKILLS
        assert engine._below(adapters, {"stands_on": made[other]}) == OTHER_SKILLS
        with pytest.raises(ModelMismatch, match="prepared anew"):
            engine._below(adapters, {"stands_on": "others"})


@needs_both
def test_a_memory_that_is_refused_leaves_the_one_before_it_usable(reference: ModelReference, tmp_path: Path) -> None:
    """The one before stands on skills that the refused one made go."""
    torch.manual_seed(0)
    maker = Adapters(quantised(reference, Quantisation.NF4))
    folders = {name: tmp_path / name for name in ("usual", "usual/nf4", "kept", "refused")}
    made = {}
    for name, folder in folders.items():
        folder.mkdir()
        maker.make(name, 2)
        maker.set_weights(name, {key: torch.randn_like(part) for key, part in maker.weights(name).items()})
        maker.save(name, folder)
        made[name] = maker.fingerprint(name)
    for name, below in (("kept", made["usual/nf4"]), ("refused", "others")):
        manifest = {"prompts_version": PROMPTS_VERSION, "stands_on": below}
        (folders[name] / MANIFEST_FILE).write_text(json.dumps(manifest))
    engine = LocalEngine()
    skilled = replace(reference, skills_folder=str(folders["usual"]), quantisation="none", device="cpu")
    kept, refused = (
        AskRequest(skilled, "T", "Who?", AnswerMode.MEMORY, str(folders[name]), max_new_tokens=5)
        for name in ("kept", "refused")
    )
    before = finish(engine.ask(kept))
    with pytest.raises(ModelMismatch):
        finish(engine.ask(refused))
    assert finish(engine.ask(kept)).text == before.text


@needs_both
@pytest.mark.parametrize("kind", REAL)
def test_learning_on_quantised_weights_lowers_the_loss(
    reference: ModelReference, kind: Quantisation, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    base = quantised(reference, kind)
    adapters = Adapters(base)
    adapters.make("learning", 8)
    with torch.inference_mode():
        answer_logits(base.model, pack([lesson(base)]))  # read with first, as study does
    losses = [step.loss for step in trainer(base, adapters, tmp_path).run()][1:]
    assert losses[-1] < losses[0] / 2


@needs_both
def test_checkpointing_changes_nothing_but_the_memory(reference: ModelReference, tmp_path: Path) -> None:
    losses = []
    for checkpointing in (False, True):
        torch.manual_seed(0)
        base = quantised(reference, Quantisation.NF4, checkpointing=checkpointing)
        adapters = Adapters(base)
        adapters.make("learning", 8)
        folder = tmp_path / str(checkpointing)
        folder.mkdir()
        losses.append([step.loss for step in trainer(base, adapters, folder, 4).run()])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


@needs_both
@pytest.mark.parametrize("optimizer", [ADAMW, PAGED_ADAMW])
def test_a_stopped_training_goes_on_with_the_optimizer_s_memory(
    reference: ModelReference, optimizer: str, tmp_path: Path
) -> None:
    ended = {}
    for stops in (False, True):
        torch.manual_seed(0)
        folder = tmp_path / str(stops)
        folder.mkdir()
        base = quantised(reference, Quantisation.NF4, optimizer=optimizer)
        adapters = Adapters(base)
        adapters.make("learning", 8)
        if stops:
            first = trainer(base, adapters, folder).run()
            while next(first).done < 5:
                pass
            first.close()
            adapters.make("learning", 8)  # what was trained comes from the file alone
        ended[stops] = [step.loss for step in trainer(base, adapters, folder).run()][-1]
    assert ended[True] == pytest.approx(ended[False], rel=0.02)


@needs_both
@pytest.mark.parametrize("kind", REAL)
def test_a_memory_learned_on_quantised_weights_answers_after_reloading(
    reference: ModelReference, kind: Quantisation, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    base = quantised(reference, kind)
    adapters = Adapters(base)
    adapters.make("learning", 8)
    for _ in trainer(base, adapters, tmp_path, 80).run():
        pass
    adapters.save("learning", tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"prompts_version": PROMPTS_VERSION}), encoding="utf-8")
    chosen = replace(reference, device="cpu", quantisation=kind.value)
    engine = LocalEngine()
    question = AskRequest(chosen, "T", "What ends the agreement?", AnswerMode.MEMORY, str(tmp_path), max_new_tokens=20)
    assert finish(engine.ask(question)).text == "ninety days' written notice"
    assert engine.plan is not None
    assert engine.plan.work.quantisation is kind


def test_another_choice_loads_the_model_anew(reference: ModelReference) -> None:
    engine = LocalEngine()
    request = AskRequest(reference, "T", "How high is it?", AnswerMode.PAGES, max_new_tokens=1)
    finish(engine.ask(request))
    loaded = engine._base
    finish(engine.ask(replace(request, model=replace(reference, alternatives=()))))
    assert engine._base is loaded
    finish(engine.ask(replace(request, model=replace(reference, device="cpu"))))
    assert engine._base is not loaded


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded(
    reference: ModelReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = DeviceOffer("cpu", "a processor", "float32", 4, 1_000_000, 8_000_000_000)
    monkeypatch.setattr(hardware, "offers", lambda: (small,))
    engine = LocalEngine()
    with pytest.raises(ModelTooLarge, match="too large for this computer"):
        finish(engine.learn(LearnRequest(reference, "T", make_passages(), str(tmp_path / "memory"))))
    assert engine._base is None


def test_attention_with_a_soft_cap_sees_its_own_prefix_alone(tmp_path: Path) -> None:
    """Such models compute attention step by step, and add the mask instead of asking it."""
    from transformers import Gemma2Config, Gemma2ForCausalLM

    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    config = Gemma2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        query_pre_attn_scalar=8,
        initializer_range=0.3,
    )
    Gemma2ForCausalLM(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    base = load(ModelReference("gemma", str(tmp_path), "4" * 64), Hardware(CPU, torch.float32))
    first, second = (Group((5, 6, 7), (Item((number, 9, 10), 1),)) for number in (11, 12))
    with torch.inference_mode():
        together = answer_logits(base.model, pack([first, second]))
        alone = [answer_logits(base.model, pack([group])) for group in (first, second)]
    assert torch.allclose(together, torch.cat(alone), atol=1e-5)
