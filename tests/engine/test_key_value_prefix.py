"""A key-value prefix: started from a text it says what the text would, and it goes with packing, padding and caches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import peft
import pytest
import torch
import transformers as hf

from lift_desktop.domain.errors import ModelError
from lift_desktop.domain.steps import last
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.batches import Group, Item, answer_logits, pack
from lift_desktop.engine.generation import write_batch
from lift_desktop.engine.key_value_prefix import KeyValuePrefix
from lift_desktop.engine.prompts import Prompt

TINY: dict[str, Any] = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
PREFIX = (40, 41, 42, 43, 44, 45)
GROUP = Group((5, 6, 7), (Item((8, 9, 20), 1), Item((10, 30, 31, 32), 2)))


def _added(base: BaseModel, adapters: Adapters, name: str = "prefix") -> KeyValuePrefix:
    prefix = KeyValuePrefix(base.model, len(PREFIX))
    with adapters.using(None) as model:
        prefix.start_from(model, PREFIX)
    adapters.add(name, prefix)
    return prefix


def test_it_starts_as_the_text_itself(base: BaseModel, adapters: Adapters) -> None:
    _added(base, adapters)
    with adapters.using("prefix") as model, torch.inference_mode():
        found = answer_logits(model, pack([GROUP]))
        plain = model(input_ids=torch.tensor([GROUP.prefix])).logits
    with adapters.using(None) as model, torch.inference_mode():
        expected = answer_logits(model, pack([Group(PREFIX + GROUP.prefix, GROUP.items)]))
        whole = model(input_ids=torch.tensor([PREFIX + GROUP.prefix])).logits[:, len(PREFIX) :]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(plain, whole, rtol=1e-4, atol=1e-4)


def test_rows_with_padding_and_a_cache_are_written_as_below_the_text(base: BaseModel, adapters: Adapters) -> None:
    _added(base, adapters)
    rests = [(8, 9), (20, 21, 22, 23, 24, 25)]
    with adapters.using("prefix") as model:
        found = last(write_batch(base, model, [Prompt((5, 6, 7), rest) for rest in rests], 8))
    with adapters.using(None) as model:
        prompts = [Prompt((*PREFIX, 5, 6, 7), rest) for rest in rests]
        expected = [last(write_batch(base, model, [prompt], 8)) for prompt in prompts]
    assert found == [texts[0] for texts in expected if texts is not None]


def test_all_but_its_first_token_is_trained_and_the_base_model_is_not(base: BaseModel, adapters: Adapters) -> None:
    prefix = _added(base, adapters)
    before = prefix.weights()["prompt_embeddings"]
    with adapters.using("prefix") as model:
        optimizer = torch.optim.AdamW(adapters.parameters("prefix"), lr=1e-2, weight_decay=0.0)
        answer_logits(model, pack([GROUP])).square().mean().backward()
        optimizer.step()
    after = prefix.weights()["prompt_embeddings"]
    assert torch.equal(before[0], after[0]) and not torch.equal(before[1:], after[1:])
    assert all(parameter.grad is None for parameter in base.model.parameters())


def test_its_files_are_peft_s_and_come_back(base: BaseModel, adapters: Adapters, tmp_path: Path) -> None:
    _added(base, adapters)
    with adapters.using("prefix") as model, torch.inference_mode():
        expected = answer_logits(model, pack([GROUP]))
    adapters.save("prefix", tmp_path, torch.float32)
    assert peft.PeftConfig.from_pretrained(str(tmp_path)).peft_type == peft.PeftType.CARTRIDGE
    adapters.remove("prefix")
    adapters.load("again", tmp_path)
    with adapters.using("again") as model, torch.inference_mode():
        assert torch.equal(answer_logits(model, pack([GROUP])), expected)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (hf.Gemma3ForCausalLM, hf.Gemma3TextConfig(**TINY, head_dim=8)),
        (hf.MistralForCausalLM, hf.MistralConfig(**TINY, num_key_value_heads=2, sliding_window=16)),
    ],
)
def test_a_model_with_sliding_windows_is_refused(kind: Any, config: Any) -> None:
    with pytest.raises(ModelError, match="sliding"):
        KeyValuePrefix(kind(config), 8)


def test_a_model_that_has_windows_but_does_not_use_them_is_taken() -> None:
    config = hf.Qwen2Config(**TINY, num_key_value_heads=2, sliding_window=16, use_sliding_window=False)
    assert KeyValuePrefix(hf.Qwen2ForCausalLM(config), 8).tokens == 8
