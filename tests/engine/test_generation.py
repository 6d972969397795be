"""Batches, shared prefixes and early ends give the same text as one prompt alone in plain transformers."""

from __future__ import annotations

import torch

from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.generation import Sampling, prefix_cache, write_batch, write_streamed
from lift_desktop.engine.prompts import Prompt, answer_prompt

QUESTIONS = ("Who?", "When was the tower built, and of what stone?", "What is the fee for a month?", "Why?")


def _prompts(base: BaseModel) -> list[Prompt]:
    return [answer_prompt(base.tokenizer, "T", question, ["The fee is 300 euros."]) for question in QUESTIONS]


def _greedy_with_transformers(base: BaseModel, prompt: Prompt, count: int) -> str:
    ids = torch.tensor([prompt.prefix + prompt.rest])
    output = base.model.double().generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, do_sample=False
    )
    return base.tokenizer.decode(output[0, ids.shape[1] :], skip_special_tokens=True).strip()


def _last(steps: object) -> list[str]:
    return [value for value in steps if value is not None][-1]  # type: ignore[attr-defined]


def test_batch_with_shared_prefix_equals_generate(base: BaseModel) -> None:
    base.model.double()
    prompts = _prompts(base)
    expected = [_greedy_with_transformers(base, prompt, 20) for prompt in prompts]
    assert len(set(expected)) > 1
    assert _last(write_batch(base, base.model, prompts, 20)) == expected
    cache = prefix_cache(base, base.model, prompts[0].prefix)
    for _ in range(2):  # the cache of the prefix is not used up
        assert _last(write_batch(base, base.model, prompts, 20, prefix=cache)) == expected


def test_rows_that_end_early_leave_the_others_alone(base: BaseModel) -> None:
    base.model.double()
    prompts = _prompts(base)
    free = _last(write_batch(base, base.model, prompts, 20))
    # A model whose output layer likes the end of a turn better after some tokens than others.
    base.model.get_output_embeddings().weight.data[2] *= 6
    mixed = _last(write_batch(base, base.model, prompts, 20))
    assert mixed == [_greedy_with_transformers(base, prompt, 20) for prompt in prompts]
    assert mixed != free


def test_streamed_pieces_join_to_the_same_text(base: BaseModel) -> None:
    base.model.double()
    prompt = _prompts(base)[1]
    pieces = list(write_streamed(base, base.model, prompt, 20))
    assert len(pieces) > 1
    text = "".join(piece for piece, _ in pieces)
    assert _greedy_with_transformers(base, prompt, 20).startswith(text.strip())


def test_sampling_repeats_with_its_seed(base: BaseModel) -> None:
    def draw(seed: int) -> list[str]:
        random = torch.Generator().manual_seed(seed)
        steps = write_batch(base, base.model, _prompts(base), 12, sampling=Sampling(1.0, 0.9), random=random)
        return _last(steps)

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
