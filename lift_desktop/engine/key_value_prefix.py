"""A trained key-value prefix ("cartridge"): keys and values that stand before every text, in every layer.

Source: "Cartridges" (Eyuboglu et al., arXiv 2506.06266). Weights, file and configuration are PEFT's (`CartridgeConfig`,
`CartridgeEncoder`); they are put into the model's cache here, because PEFT's own way knows neither packed sequences nor
adapters below. Positions of the text begin after the prefix. Knows no document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import torch
from peft import CartridgeConfig
from peft.tuners.cartridge import CartridgeEncoder
from peft.tuners.cartridge.utils import prompt_embeddings_from_past_key_values
from transformers import DynamicCache

from ..domain.errors import ModelError
from .attention import Rows

PEFT_TYPE = "CARTRIDGE"
FROZEN_TOKENS = 1  # the first token gathers attention that goes nowhere else; changing it harms


class KeyValuePrefix:
    """A prefix of `tokens` tokens for `model`: an `Attachment`. Raises ModelError for a model with sliding windows,
    out of which a prefix would slide."""

    def __init__(self, model: Any, tokens: int) -> None:
        config = model.config.get_text_config()
        kinds = getattr(config, "layer_types", None)  # some configurations have a window alone
        if "sliding_attention" in kinds if kinds else getattr(config, "sliding_window", None):
            raise ModelError("This model reads through sliding windows, out of which a cartridge would slide.")
        heads = int(getattr(config, "num_key_value_heads", None) or config.num_attention_heads)
        size = int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)
        self.config = CartridgeConfig(
            task_type="CAUSAL_LM",
            num_virtual_tokens=tokens,
            num_frozen_tokens=min(FROZEN_TOKENS, tokens - 1),
            num_layers=config.num_hidden_layers,
            num_attention_heads=heads,
            token_dim=heads * size,
            num_transformer_submodules=1,
        )
        self._encoder = CartridgeEncoder(self.config).to(model.device)
        self._hook: Any = None
        self._model_config = config
        self._dtype = model.get_input_embeddings().weight.dtype

    @property
    def tokens(self) -> int:
        return int(self.config.num_virtual_tokens)

    def start_from(self, model: Any, token_ids: tuple[int, ...]) -> None:
        """Sets keys and values to those that `model` computes for the first tokens of `token_ids`."""
        cache = DynamicCache(config=model.config)
        ids = torch.tensor([token_ids[: self.tokens]], device=model.device)
        with torch.no_grad():
            model(input_ids=ids, cache=cache, use_cache=True, logits_to_keep=1)
        layers = [(layer.keys, layer.values) for layer in cache.layers]
        embeddings = prompt_embeddings_from_past_key_values(layers, num_virtual_tokens=self.tokens)
        self._encoder.load_prompt_embeddings(embeddings.float())

    def attach(self, model: Any) -> None:
        self._hook = model.get_decoder().register_forward_pre_hook(self._put_before, with_kwargs=True)

    def detach(self) -> None:
        if self._hook is not None:
            self._hook.remove()
        self._hook = None

    def parameters(self) -> list[torch.nn.Parameter]:
        return [self._encoder.trainable_embedding]

    def weights(self) -> dict[str, torch.Tensor]:
        """PEFT's name; [tokens, layers * 2 * key-value heads * head size]."""
        return {"prompt_embeddings": self._encoder.weight.detach().cpu().contiguous()}

    def set_weights(self, weights: dict[str, torch.Tensor]) -> None:
        self._encoder.load_prompt_embeddings(weights["prompt_embeddings"])

    def save_config(self, folder: Path, model_name: str) -> None:
        self.config.base_model_name_or_path = model_name
        self.config.save_pretrained(str(folder))

    def scaled(self, strength: float) -> Self:
        """The same: how much a prefix counts is decided by what attends to it."""
        copy = type(self).__new__(type(self))
        copy.__dict__ |= self.__dict__ | {"_hook": None}
        return copy

    def _put_before(
        self, decoder: Any, inputs: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Fills an empty cache with the prefix, and widens mask and positions by it."""
        if decoder.training and getattr(decoder, "gradient_checkpointing", False):
            raise ModelError("A cartridge cannot be trained while intermediate results are computed twice.")
        given = options.get("input_ids", inputs[0] if inputs else None)
        rows = (given if given is not None else options["inputs_embeds"]).shape[0]
        cache = options.get("cache")
        if cache is None:
            cache = DynamicCache(config=self._model_config)
        if cache.get_seq_length() == 0 and not isinstance(options.get("layout"), Rows):  # rows have it already
            self._fill(cache, rows)
        changed = {**options, "cache": cache}
        if options.get("position_ids") is not None:
            changed["position_ids"] = options["position_ids"] + self.tokens
        if options.get("attention_mask") is not None:
            changed["attention_mask"] = self._widened(options["attention_mask"])
        return inputs, changed

    def _fill(self, cache: DynamicCache, rows: int) -> None:
        config = self.config
        size = config.token_dim // config.num_attention_heads
        layers = self._encoder.weight.to(self._dtype)
        layers = layers.view(self.tokens, config.num_layers, 2, config.num_attention_heads, size)
        layers = layers.permute(1, 2, 3, 0, 4)  # layer, key or value, head, token
        for number, (keys, values) in enumerate(layers):
            cache.update(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1), number)

    def _widened(self, mask: torch.Tensor) -> torch.Tensor:
        """A mask of places [rows, width], or of pairs [rows, 1, from, to], with the prefix before it, seen by all."""
        is_seen = 1 if mask.dtype == torch.bool or mask.dim() == 2 else 0
        return torch.nn.functional.pad(mask, (self.tokens, 0), value=is_seen)
