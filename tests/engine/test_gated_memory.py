"""Gated memory against its formula written out plainly, on the shapes of many decoders, in float64."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf

from lift_desktop.domain.errors import ModelError
from lift_desktop.domain.steps import last
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.batches import Group, Item, answer_logits, pack
from lift_desktop.engine.gated_memory import GatedMemory, attention_modules
from lift_desktop.engine.generation import write_batch
from lift_desktop.engine.prompts import Prompt

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
HEAD = {"head_dim": 12}  # other than hidden size / heads
DECODERS: dict[str, Callable[[], Any]] = {
    "llama": lambda: hf.LlamaForCausalLM(hf.LlamaConfig(**SIZES)),
    "mistral": lambda: hf.MistralForCausalLM(hf.MistralConfig(**SIZES, **HEAD, sliding_window=None)),
    "qwen2": lambda: hf.Qwen2ForCausalLM(hf.Qwen2Config(**SIZES)),
    "qwen3": lambda: hf.Qwen3ForCausalLM(hf.Qwen3Config(**SIZES, **HEAD)),
    "gemma2": lambda: hf.Gemma2ForCausalLM(hf.Gemma2Config(**SIZES, **HEAD)),
    "gemma3": lambda: hf.Gemma3ForCausalLM(hf.Gemma3TextConfig(**SIZES, **HEAD)),
    "phi3": lambda: hf.Phi3ForCausalLM(hf.Phi3Config(**SIZES)),
}
TOKENS = torch.tensor([[5, 6, 7, 8, 9, 10], [11, 12, 13, 14, 15, 16]])


def _decoder(name: str) -> Any:
    torch.manual_seed(0)
    return DECODERS[name]().double().eval()


def _memory(model: Any, form: str, *, random: bool = True) -> GatedMemory:
    torch.manual_seed(1)
    memory = GatedMemory(model, form)
    for layer in memory.layers:
        for name in layer.NAMES:
            values = getattr(layer, name).detach().double()
            setattr(layer, name, torch.nn.Parameter(torch.randn_like(values) if random else values))
    return memory


def _reference(memory: GatedMemory, number: int, attended: torch.Tensor, query: torch.Tensor) -> torch.Tensor:
    """The formula, one head and one token after the other."""
    layer = memory.layers[number]
    heads, size = layer.shape.heads, layer.shape.head_size
    result = torch.empty_like(attended)
    for row in range(attended.shape[0]):
        for place in range(attended.shape[1]):
            for head in range(heads):
                part = slice(head * size, (head + 1) * size)
                q, a = query[row, place, part], attended[row, place, part]
                inner = layer.memory_in[head] @ q
                m = layer.memory_out[head] @ (inner / (1 + torch.exp(-inner)))
                narrow = layer.gate_in[head] @ q
                score = layer.gate_out[head] @ (narrow / (1 + torch.exp(-narrow)))
                g = 1 / (1 + torch.exp(-3 * (score - 1)))
                result[row, place, part] = (1 - g) * a + g * m if memory.form == "paper" else a + g * m
    return result


def _reference_logits(model: Any, memory: GatedMemory) -> torch.Tensor:
    """The model with each output projection fed by the reference; queries are computed from what attention reads."""
    hooks, seen = [], {}
    for number, attention in enumerate(attention_modules(model)):

        def keep(module: Any, inputs: Any, options: dict[str, Any], number: int = number) -> None:
            hidden = options["hidden_states"] if "hidden_states" in options else inputs[0]
            projection = module.q_proj if hasattr(module, "q_proj") else module.qkv_proj
            shape = memory.layers[number].shape
            seen[number] = projection(hidden)[..., : shape.heads * shape.head_size]

        def mix(module: Any, inputs: Any, number: int = number) -> torch.Tensor:
            return _reference(memory, number, inputs[0], seen[number])

        hooks += [attention.register_forward_pre_hook(keep, with_kwargs=True)]
        hooks += [attention.o_proj.register_forward_pre_hook(mix)]
    logits = model(input_ids=TOKENS).logits
    for hook in hooks:
        hook.remove()
    return logits


@pytest.mark.parametrize("form", ["identity", "paper"])
@pytest.mark.parametrize("name", DECODERS)
def test_it_is_the_formula_in_every_layer(name: str, form: str) -> None:
    model = _decoder(name)
    memory = _memory(model, form)
    with torch.no_grad():
        expected = _reference_logits(model, memory)
        memory.attach(model)
        found = model(input_ids=TOKENS).logits
        memory.detach()
        bare = model(input_ids=TOKENS).logits
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)  # norms and rotations compute in float32
    assert (found - bare).abs().max() > 1e-3


def test_one_layer_is_the_formula_to_the_last_digits() -> None:
    memory = _memory(_decoder("llama"), "paper")
    dice = torch.Generator().manual_seed(2)
    attended, query = (torch.randn(2, 3, 32, generator=dice, dtype=torch.float64) for _ in range(2))
    with torch.no_grad():
        found = memory.layers[1].mixed(attended.view(2, 3, 4, 8), query.view(2, 3, 4, 8)).view(2, 3, 32)
        torch.testing.assert_close(found, _reference(memory, 1, attended, query), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", DECODERS)
def test_with_nothing_in_w2_the_model_is_untouched(name: str) -> None:
    model = _decoder(name)
    memory = _memory(model, "identity", random=False)
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    with torch.no_grad():
        before = model(input_ids=TOKENS).logits
        memory.attach(model)
        assert torch.equal(model(input_ids=TOKENS).logits, before)
        memory.detach()
    after = model.state_dict()
    assert weights.keys() == after.keys() and all(torch.equal(weights[key], after[key]) for key in weights)


def test_the_paper_s_form_weakens_attention_by_the_gate_even_with_nothing_in_w2() -> None:
    layer = _memory(_decoder("llama"), "paper").layers[0]
    with torch.no_grad():
        layer.memory_out.zero_()
        attended, query = torch.randn(2, 1, 4, 8, dtype=torch.float64)
        torch.testing.assert_close(layer.mixed(attended, query), (1 - layer.gate(query)) * attended)


def test_sizes_and_the_gate_s_start_are_the_paper_s() -> None:
    """4.6 million parameters on the starter model's shape, and gates of about sigmoid(-3)."""
    config = hf.LlamaConfig(
        vocab_size=97,
        hidden_size=576,
        intermediate_size=16,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
    )
    with torch.device("meta"):
        model = hf.LlamaForCausalLM(config)
    memory = GatedMemory(model, "paper")
    assert sum(parameter.numel() for parameter in memory.parameters()) == 30 * 9 * (4 * 64 * 64 + 64 * 8 + 8)
    model = _decoder("llama")
    memory = GatedMemory(model, "paper")
    memory.attach(model.float())
    memory.record(True)
    with torch.no_grad():
        model(input_ids=TOKENS)
    assert memory.mean_gates() == pytest.approx([1 / (1 + math.e**3)] * 2, abs=0.02)


def test_gates_are_counted_only_while_they_are_recorded() -> None:
    model = _decoder("llama")
    memory = _memory(model, "paper")
    layer = memory.layers[0]
    query = torch.randn(3, 4, 8, dtype=torch.float64)
    with torch.no_grad():
        layer.mixed(query, query)
        memory.record(True)
        layer.mixed(query, query)
        memory.record(False)
        layer.mixed(2 * query, 2 * query)
        assert memory.mean_gates()[0] == pytest.approx(layer.gate(query).mean().item())
    assert memory.mean_gates()[1] == 0


def test_a_model_without_such_attention_is_refused() -> None:
    model = hf.GPT2LMHeadModel(hf.GPT2Config(vocab_size=97, n_embd=32, n_layer=1, n_head=4))
    with pytest.raises(ModelError):
        GatedMemory(model)


# With the rest of the engine ------------------------------------------------------------------------------------------
def _attached(adapters: Adapters, base: BaseModel, name: str = "gated", below: str | None = None) -> GatedMemory:
    torch.manual_seed(1)
    memory = GatedMemory(base.model, "identity")
    with torch.no_grad():
        for layer in memory.layers:
            layer.memory_out.normal_()
    adapters.add(name, memory, below=below)
    return memory


def _logits(adapters: Adapters, name: str | None) -> torch.Tensor:
    with adapters.using(name) as model, torch.inference_mode():
        return model(input_ids=TOKENS).logits.clone()


def test_packed_texts_get_what_they_would_get_alone(base: BaseModel, adapters: Adapters) -> None:
    _attached(adapters, base)
    group = Group((5, 6, 7), (Item((8, 9, 20), 1), Item((10, 30, 31, 32), 2)))
    with adapters.using("gated") as model, torch.inference_mode():
        packed = answer_logits(model, pack([group]))
        alone = [answer_logits(model, pack([Group(group.prefix, (item,))])) for item in group.items]
    torch.testing.assert_close(packed, torch.cat(alone), rtol=1e-4, atol=1e-4)


def test_rows_with_padding_and_a_cache_are_written_as_each_alone(base: BaseModel, adapters: Adapters) -> None:
    _attached(adapters, base)
    prompts = [Prompt((5, 6, 7), (8, 9)), Prompt((5, 6, 7), (20, 21, 22, 23, 24, 25))]
    with adapters.using("gated") as model:
        together = last(write_batch(base, model, prompts, 8))
        alone = [last(write_batch(base, model, [prompt], 8)) for prompt in prompts]
    assert together == [texts[0] for texts in alone if texts is not None]


def test_it_stands_beside_and_above_other_adapters(base: BaseModel, adapters: Adapters, tmp_path: Path) -> None:
    bare = _logits(adapters, None)
    adapters.make("skills", 4)
    weights = {key: 0.1 * torch.randn_like(value) for key, value in adapters.weights("skills").items()}
    adapters.set_weights("skills", weights)
    skills = _logits(adapters, "skills")
    _attached(adapters, base, "alone")
    memory = _attached(adapters, base, "above", below="skills")
    alone, above = _logits(adapters, "alone"), _logits(adapters, "above")
    assert len({tuple(values.flatten().tolist()) for values in (bare, skills, alone, above)}) == 4
    with adapters.using("above"):
        assert {id(p) for p in adapters.parameters("above")} == {id(p) for p in memory.parameters()}
        assert not any(p.requires_grad for p in adapters.model.parameters())
        assert torch.equal(_logits(adapters, None), bare)
    adapters.save("above", tmp_path, torch.float32)
    assert json.loads((tmp_path / "adapter_config.json").read_text())["peft_type"] == "GATED_MEMORY"
    adapters.remove("above")
    assert torch.equal(_logits(adapters, "skills"), skills)
    adapters.load("again", tmp_path, below="skills")
    assert torch.equal(_logits(adapters, "again"), above)
    for strength, same in ((0.0, skills), (1.0, above)):
        adapters.blend("mixed", "skills", "again", strength)
        torch.testing.assert_close(_logits(adapters, "mixed"), same)
    for name in ("again", "mixed", "alone", "skills"):
        adapters.remove(name)
    assert torch.equal(_logits(adapters, None), bare)
