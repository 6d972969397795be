"""Steps with fixed places, as a GPU needs them for recording, write what transformers writes; here they run on the CPU,
where `record` gives the step back as it is."""

from __future__ import annotations

import itertools

import pytest
import torch
from transformers.cache_utils import Cache

from lift_desktop.domain.steps import last
from lift_desktop.engine import generation, recorded_steps
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.generation import SingleText, write_streamed
from lift_desktop.engine.lean_decoder import LeanDecoder, lean_decoder
from lift_desktop.engine.prompts import recite_prompt
from lift_desktop.engine.quick_weights import FEW_ROWS
from lift_desktop.engine.reciting import recite
from lift_desktop.engine.recorded_steps import RecordedSteps, record

from .test_generation import _greedy_with_transformers, _prompts
from .test_lean_decoder import MODELS


@pytest.fixture(params=[recorded_steps.ROOM, 5])
def on_the_cpu(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps as on a GPU; also with buffers that have to grow often."""
    monkeypatch.setattr(generation, "RECORDED", frozenset({"cpu"}))
    monkeypatch.setattr(recorded_steps, "ROOM", request.param)


@pytest.mark.usefixtures("on_the_cpu")
def test_answers_are_those_of_transformers(base: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    plain = RecordedSteps.logits

    def counted(steps: RecordedSteps, ids: torch.Tensor, position: int) -> torch.Tensor:
        asked.append(len(ids))
        return plain(steps, ids, position)

    monkeypatch.setattr(RecordedSteps, "logits", counted)
    for prompt in _prompts(base):
        whole = _greedy_with_transformers(base, prompt, 60)
        pieces = "".join(piece for piece, _ in write_streamed(base, base.model, [prompt], 60))
        assert pieces.strip() == whole.rstrip("\ufffd").strip()
    assert min(asked) == 1 < max(asked)  # single tokens and guessed ones


@pytest.mark.usefixtures("on_the_cpu")
def test_a_text_turns_back_to_where_it_was(base: BaseModel, adapters: Adapters) -> None:
    """Reciting to one question goes back over more tokens than a step has, an adapter being active."""
    torch.manual_seed(0)
    base.model.double()
    adapters.make("memory", 2)
    adapters.set_weights("memory", {key: torch.randn_like(part) for key, part in adapters.weights("memory").items()})
    with adapters.using("memory") as model:
        one = last(recite(base, model, "T", ["Who?"]))
        several = last(recite(base, model, "T", ["Who?", "Why?"]))
        text = SingleText(base, model, recite_prompt(base.tokenizer, "T", "Who?"))
        asked = text._length + text._ids.shape[1]
        first = text.next_logits(1)
        new = [int(first.argmax()), *range(2, 14)]
        text.add(new)
        assert len(text.next_logits(len(new))) > FEW_ROWS
        text.turn_back(asked - 1, [int(recite_prompt(base.tokenizer, "T", "Who?").rest[-1])])
        torch.testing.assert_close(text.next_logits(1), first)
    assert one[0] == several[0] and len(one[0]) > 1


def test_what_is_masked_and_filled_up_changes_nothing() -> None:
    """Each number of tokens a step may have, at places that were written before."""
    torch.manual_seed(0)
    model = MODELS["qwen3"]().double().eval()
    ids = torch.randint(96, (1, 30))
    decoder = lean_decoder(model)
    assert decoder is not None
    with torch.inference_mode():
        wanted = model(ids).logits[0].float()
        cache = Cache(layers=[generation._Roomy(), generation._Roomy()])
        model(ids[:, :9], cache=cache, use_cache=True)
        steps = RecordedSteps(decoder, [layer.known for layer in cache.layers])
        for count, start in itertools.product((1, 2, FEW_ROWS, FEW_ROWS + 3), (9, 12, 9)):
            if start > 9:
                steps.logits(ids[0, 9:start], 9)
            found = steps.logits(ids[0, start : start + count], start)
            torch.testing.assert_close(found, wanted[start : start + count], rtol=1e-6, atol=1e-6)


def test_a_step_stays_on_its_device() -> None:
    """Shapes and devices alone (a device without numbers): what was left on the CPU would be an error, as on a GPU."""
    decoder = LeanDecoder(MODELS["qwen2"]().bfloat16().eval().to("meta"))
    known = [(torch.zeros(1, 2, 9, 8, device="meta", dtype=torch.bfloat16),) * 2 for _ in range(2)]
    with torch.inference_mode():
        steps = RecordedSteps(decoder, known)
        for count in (1, 3, FEW_ROWS + 3):
            logits = steps.logits(torch.zeros(count, dtype=torch.long, device="meta"), 9)
            assert logits.shape == (count, 96) and logits.device.type == "meta"


def test_without_a_gpu_the_step_itself_is_used() -> None:
    def compute() -> torch.Tensor:
        return torch.ones(1)

    assert record(compute, torch.ones(1)) is compute
