"""Attention over shared prefixes gives what each text gets alone, in every family of models, forward and backward."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma3TextConfig,
    LlamaConfig,
    MistralConfig,
    Phi3Config,
    Qwen2Config,
    Qwen3Config,
)
from transformers.cache_utils import Cache, DynamicLayer

from lift_desktop.domain.steps import last
from lift_desktop.engine.attention import ATTENTION, Rows, attend
from lift_desktop.engine.base_model import BaseModel, compute_again
from lift_desktop.engine.batches import Group, Item, Packed, answer_logits, pack
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.generation import write_batch, write_streamed
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.prompts import Prompt

from .conftest import make_tokenizer

SMALL: dict[str, Any] = {
    "vocab_size": 400,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "initializer_range": 0.3,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
WINDOW = 9  # tokens: shorter than the texts
CONFIGS = {
    "llama": LlamaConfig(**SMALL),
    "one key head for each": LlamaConfig(**{**SMALL, "num_key_value_heads": 4}),
    "mistral with a window": MistralConfig(**SMALL, sliding_window=WINDOW),
    "mistral with a window that is nearly as long": MistralConfig(**SMALL, sliding_window=20),
    "qwen2": Qwen2Config(**SMALL, tie_word_embeddings=True),
    "qwen3": Qwen3Config(**SMALL, head_dim=8),
    "gemma2": Gemma2Config(**SMALL, head_dim=8, sliding_window=WINDOW, attn_logit_softcapping=2.0),
    "gemma3": Gemma3TextConfig(**SMALL, head_dim=8, sliding_window=WINDOW),
    "phi3": Phi3Config(**SMALL),
}


def _model(name: str, attention: str) -> Any:
    torch.manual_seed(0)
    config = type(CONFIGS[name]).from_dict(CONFIGS[name].to_dict())
    model = AutoModelForCausalLM.from_config(config, attn_implementation=attention).double().eval()
    model.generation_config.eos_token_id = 2
    return model


def _tokens(count: int, seed: int) -> tuple[int, ...]:
    dice = torch.Generator().manual_seed(seed)
    return tuple(torch.randint(3, 400, (count,), generator=dice).tolist())


def _groups() -> list[Group]:
    return [
        Group(_tokens(12, 1), (Item(_tokens(5, 2), 2), Item(_tokens(14, 3), 4), Item(_tokens(3, 4), 0))),
        Group(_tokens(2, 5), (Item(_tokens(20, 6), 1),)),
        Group(_tokens(1, 7), (Item(_tokens(4, 8), 0), Item(_tokens(4, 9), 3))),
    ]


def _alone(model: Any, group: Group, item: Item) -> torch.Tensor:
    whole = torch.tensor([group.prefix + item.tokens])
    start = len(group.prefix) + item.answer_start - 1
    return model(input_ids=whole, use_cache=False).logits[0, start:-1]


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("name", CONFIGS)
def test_packed_texts_get_what_each_gets_alone(name: str, checkpointing: bool) -> None:
    model, plain_model = _model(name, ATTENTION), _model(name, "eager")
    if checkpointing:
        compute_again(model)
        model.train()
    packed, groups = pack(_groups()), _groups()
    logits = answer_logits(model, packed)
    plain = torch.cat([_alone(plain_model, group, item) for group in groups for item in group.items])
    torch.testing.assert_close(logits.double(), plain, rtol=1e-5, atol=1e-5)
    gradients = torch.autograd.grad(_loss(logits, packed), list(model.parameters()))
    plain_gradients = torch.autograd.grad(_loss(plain, packed), list(plain_model.parameters()))
    for ours, theirs in zip(gradients, plain_gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)  # norms compute in float32


def _loss(logits: torch.Tensor, packed: Packed) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(logits, packed.targets)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_padding_stays_a_number_however_low_the_scores(dtype: torch.dtype) -> None:
    """What hides a key is added to its score: together they must not be minus infinity, which all of a padding's keys
    would have."""
    first, second = torch.tensor([[0, 1, 2]]), torch.tensor([[3, 4], [-1, 3]])
    rows = Rows(
        [-torch.ones(1, 1, 3, 4).to(dtype)], [torch.ones(1, 1, 3, 4).to(dtype)], first, first[0, [0, 0]], second
    )
    layer = torch.nn.Module()
    layer.layer_idx = 0  # type: ignore[assignment]
    query, key = torch.full((2, 1, 2, 4), 100.0, dtype=dtype), torch.full((2, 1, 2, 4), -1.0, dtype=dtype)
    out, _ = attend(layer, query, key, torch.ones_like(key), None, layout=rows, scaling=0.5)
    torch.testing.assert_close(out, torch.ones_like(out), rtol=0.01, atol=0.01)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_long_text_without_a_layout_is_the_usual_attention(name: str) -> None:
    ids = torch.tensor([_tokens(30, 11)])
    ours, theirs = (_model(name, attention)(ids).logits for attention in (ATTENTION, "eager"))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("name", CONFIGS)
def test_rows_write_what_each_prompt_writes_alone(name: str) -> None:
    tokenizer = make_tokenizer()
    hardware = Hardware(torch.device("cpu"), torch.float32)
    base = BaseModel(_model(name, ATTENTION), tokenizer, hardware, ModelReference("m", "m", "m"))
    plain_model = _model(name, "eager")
    shared, other = _tokens(11, 21), _tokens(17, 22)
    prompts = [Prompt(prefix, _tokens(3 + seed, seed)) for prefix in (shared, other) for seed in (31, 34, 39)]
    prompts += [Prompt(_tokens(6, 23), ()), Prompt((), _tokens(7, 24))]
    expected = [_greedy(plain_model, tokenizer, prompt, 12) for prompt in prompts]
    written = last(write_batch(base, base.model, prompts, 12))
    assert written == expected
    for prompt, text in zip(prompts[::3], expected[::3], strict=True):
        streamed = "".join(piece for piece, _ in write_streamed(base, base.model, [prompt], 12))
        assert streamed.strip() == text.rstrip("\ufffd").strip()  # a character that stays incomplete is not shown


def _greedy(model: Any, tokenizer: Any, prompt: Prompt, count: int) -> str:
    """One token after another, with transformers' own attention and cache."""
    ids = torch.tensor([prompt.prefix + prompt.rest])
    cache = Cache(layer_class_to_replicate=DynamicLayer)
    new: list[int] = []
    for _ in range(count):
        with torch.no_grad():
            token = int(model(ids, cache=cache, use_cache=True).logits[0, -1].argmax())
        if token == 2:
            break
        new.append(token)
        ids = torch.tensor([[token]])
    return tokenizer.decode(new, skip_special_tokens=True).strip()
