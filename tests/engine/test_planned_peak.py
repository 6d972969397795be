"""The planner's prediction against the peak that was measured, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, Gemma2Config, LlamaConfig

from lift_desktop.domain.models import Quantisation
from lift_desktop.domain.planning import Workload

from .conftest import make_tokenizer
from .measured_peak import TOLERANCE, predicted_by_measured

linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's process status")


SHAPE: dict[str, Any] = {
    "vocab_size": 16000,
    "hidden_size": 512,
    "intermediate_size": 1536,
    "num_hidden_layers": 8,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 64,
}
CONFIGS = {"llama": LlamaConfig(**SHAPE), "gemma2": Gemma2Config(**SHAPE)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Models of 40 million parameters: large enough that what libraries take for themselves is small beside them."""
    folders = {}
    for family, config in CONFIGS.items():
        folders[family] = tmp_path_factory.mktemp(f"measured-{family}")
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(config).save_pretrained(folders[family])
        make_tokenizer().save_pretrained(folders[family])
    return folders


@linux
@pytest.mark.parametrize(
    ("family", "work"),
    [
        ("llama", Workload(number_bytes=4, tokens=1024, answer_share=0.2, adapters=1)),
        ("llama", Workload(number_bytes=2, tokens=1024, checkpointing=True, adapters=1)),
        ("llama", Workload(quantisation=Quantisation.NF4, number_bytes=2, tokens=1024, adapters=1)),
        ("gemma2", Workload(number_bytes=2, tokens=1024, adapters=1)),
    ],
    ids=["float32", "bfloat16 with checkpointing", "NF4", "a soft cap and norms in float32"],
)
def test_the_peak_is_as_predicted(
    folders: dict[str, Path], tiny_model_folder: Path, family: str, work: Workload
) -> None:
    assert predicted_by_measured(folders[family], tiny_model_folder, work) == pytest.approx(1.0, abs=TOLERANCE)
