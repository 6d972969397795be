"""bitsandbytes behind one door: whether it is there, how it is asked for, and what is mended of it.

Owns everything that is known of bitsandbytes. Must be imported before PEFT, which imports bitsandbytes where it is
installed and could not be used beside a broken one.
"""

from __future__ import annotations

import logging
import sys
import warnings
from functools import cache
from typing import Any

import torch

from ..domain.models import Quantisation

PROBLEMS = (ImportError, OSError, RuntimeError, ValueError, AttributeError, TypeError, AssertionError)
"""What a library that does not suit this computer raises, on import or at work."""


def _import() -> tuple[Any, str]:
    """The library, or None and why it cannot be used; then no other library finds it either."""
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import bitsandbytes
    except PROBLEMS as error:
        sys.modules["bitsandbytes"] = None  # type: ignore[assignment]
        return None, first_line(error)
    return bitsandbytes, ""


def first_line(error: BaseException) -> str:
    """What an error of a library says, in one line."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


bitsandbytes, WHY_MISSING = _import()
QLORA_BLOCK = 64
"""What bitsandbytes takes of itself."""


def block_size(device: torch.device) -> int:
    """How many weights share a scale in NF4: 64 as in QLoRA, for which GPUs have kernels; 32 on a processor, where it
    costs a fortieth more memory. A small model loses half as much (tests/benchmarks/RESULTS.md)."""
    return 32 if device.type == "cpu" else QLORA_BLOCK


def config(quantisation: Quantisation, dtype: torch.dtype, device: torch.device) -> Any:
    """What transformers is asked for; None without quantisation. The output layer and the embeddings stay as they are.

    NF4 with double quantisation: Dettmers et al., "QLoRA" (arXiv 2305.14314).
    """
    import transformers

    match quantisation:
        case Quantisation.NF4:
            made = transformers.BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=dtype,
            )
            if (block := block_size(device)) != QLORA_BLOCK:
                made.quant_method = _method(block)
            return made
        case Quantisation.INT8:
            return transformers.BitsAndBytesConfig(load_in_8bit=True)
        case _:
            return None


@cache
def _method(block: int) -> str:
    """The name by which transformers knows NF4 in such blocks; its own settings have no place for their size."""
    from transformers.quantizers.auto import register_quantizer
    from transformers.quantizers.quantizer_bnb_4bit import Bnb4BitHfQuantizer

    class InBlocks(Bnb4BitHfQuantizer):  # type: ignore[misc]
        def _process_model_before_weight_loading(self, model: Any, *args: Any, **settings: Any) -> None:
            super()._process_model_before_weight_loading(model, *args, **settings)
            for parameter in model.parameters():
                if isinstance(parameter, bitsandbytes.nn.Params4bit):
                    parameter.blocksize = block

    name = f"nf4_in_blocks_of_{block}"
    register_quantizer(name)(InBlocks)
    return name


def keep_trainable(model: torch.nn.Module) -> None:
    """Keeps 4-bit layers in the form that has gradients.

    On processors with bfloat16 instructions bitsandbytes turns a layer, the first time that it is only read with, into
    a packed form without a backward pass (it warns, and the gradient stops there). Study reads before training.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            vars(module)["support_avx512bf16_for_cpu"] = False


def linear(quantisation: Quantisation, weights: torch.Tensor, dtype: torch.dtype) -> torch.nn.Module:
    """One quantised linear layer with these weights [outputs, inputs], on their device. For trying it."""
    outputs, inputs = weights.shape
    layers = bitsandbytes.nn
    if quantisation is Quantisation.NF4:
        layer = layers.Linear4bit(
            inputs, outputs, bias=False, compute_dtype=dtype, compress_statistics=True, quant_type="nf4"
        )
        layer.weight = layers.Params4bit(
            weights.cpu(),
            requires_grad=False,
            blocksize=block_size(weights.device),
            compress_statistics=True,
            quant_type="nf4",
            module=layer,
        )
    else:
        layer = layers.Linear8bitLt(inputs, outputs, bias=False, has_fp16_weights=False, threshold=6.0)
        layer.weight = layers.Int8Params(weights.cpu(), requires_grad=False, has_fp16_weights=False)
    made: torch.nn.Module = layer.to(weights.device)
    keep_trainable(made)
    return made
