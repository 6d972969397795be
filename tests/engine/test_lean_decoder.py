"""The decoder for a few tokens computes what transformers does, for each kind of model that it is used for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peft
import pytest
import torch
import transformers as hf
from transformers.cache_utils import Cache, DynamicCache

from lift_desktop.engine.generation import _Roomy
from lift_desktop.engine.lean_decoder import lean_decoder
from lift_desktop.engine.low_rank import use_fused_layers
from lift_desktop.engine.quick_weights import copy_eight_bits, copy_four_bits

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


@pytest.mark.parametrize("copy", [copy_eight_bits, copy_four_bits])
def test_copies_and_adapters_are_used_as_the_layers_use_them(copy: Callable[[torch.nn.Linear], None]) -> None:
    """A model with smaller copies and an adapter: a few tokens by either way, which round in different places."""
    torch.manual_seed(0)
    sizes = SIZES | {"hidden_size": 128, "intermediate_size": 192, "head_dim": 64}
    model = hf.LlamaForCausalLM(hf.LlamaConfig(**sizes)).eval()
    for layer in model.model.layers.modules():
        if isinstance(layer, torch.nn.Linear):
            copy(layer)
    config = peft.LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
    use_fused_layers(config)
    with_adapter = peft.get_peft_model(model, config).eval()
    ids = torch.randint(96, (1, 12))
    logits = []
    for is_lean in (False, True):
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            with_adapter(ids[:, :9], cache=cache, use_cache=True)
            if is_lean:
                decoder = lean_decoder(with_adapter)
                assert decoder is not None
                logits.append(decoder.logits(ids[0, 9:], 9, cache))
            else:
                logits.append(with_adapter(ids[:, 9:], cache=cache, use_cache=True).logits[0])
    error = (logits[0] - logits[1]).norm() / logits[0].norm()
    assert 0 < error < 0.01


@pytest.mark.parametrize("stored", [torch.bfloat16, torch.float32])
def test_the_cache_keeps_the_number_type_of_the_weights(stored: torch.dtype) -> None:
    """Long answers make the cache grow while they are written."""
    torch.manual_seed(0)
    model = MODELS["llama"]().to(stored).eval()
    decoder, cache = lean_decoder(model), Cache(layers=[_Roomy(), _Roomy()])
    assert decoder is not None
    with torch.inference_mode():
        model(torch.randint(96, (1, 3)), cache=cache, use_cache=True)
        for position in range(3, 3 + 2 * _Roomy.ROOM):
            decoder.logits(torch.tensor([7]), position, cache)
        logits = decoder.logits(torch.tensor([7, 8, 9]), 3 + 2 * _Roomy.ROOM, cache)
    assert logits.shape == (3, 96) and logits.isfinite().all()
    assert {buffer.dtype for layer in cache.layers for buffer in layer._buffers} == {stored}
