"""The decoder for a few tokens computes what transformers does, for each kind of model that it is used for."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import transformers as hf
from transformers.cache_utils import DynamicCache

from lift_desktop.engine.lean_decoder import lean_decoder

SIZES: dict[str, Any] = {
    "vocab_size": 96,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
MODELS = {
    "llama": lambda: hf.LlamaForCausalLM(hf.LlamaConfig(**SIZES)),
    "mistral": lambda: hf.MistralForCausalLM(hf.MistralConfig(**SIZES, sliding_window=None)),
    "qwen2": lambda: hf.Qwen2ForCausalLM(hf.Qwen2Config(**SIZES)),
    "qwen3": lambda: hf.Qwen3ForCausalLM(hf.Qwen3Config(**SIZES, head_dim=16)),
}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("new", [1, 3])
def test_logits_are_those_of_transformers(kind: str, new: int) -> None:
    torch.manual_seed(0)
    model = MODELS[kind]().double().eval()
    for name, parameter in model.named_parameters():
        if name.endswith(("norm.weight", "bias")):  # else all ones and zeros, which would hide their loss
            parameter.data = torch.rand_like(parameter) + 0.5
    ids = torch.randint(96, (1, 9 + new))
    cache = DynamicCache(config=model.config)
    decoder = lean_decoder(model)
    assert decoder is not None
    with torch.inference_mode():
        wanted = model(ids).logits[0, -new:]
        model(ids[:, :9], cache=cache, use_cache=True)
        found = decoder.logits(ids[0, 9:], 9, cache)
    torch.testing.assert_close(found, wanted.float(), rtol=1e-6, atol=1e-6)
