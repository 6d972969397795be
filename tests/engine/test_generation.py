"""Batches, shared prefixes and early ends give the same text as one prompt alone in plain transformers."""

from __future__ import annotations

import torch

from lift_desktop.domain.steps import last
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.generation import prefix_cache, write_batch, write_streamed
from lift_desktop.engine.lean_decoder import lean_decoder
from lift_desktop.engine.prompts import Prompt, answer_prompt, common_prefix

QUESTIONS = ("Who?", "When was the tower built, and of what stone?", "What is the fee for a month?", "Why?")


def _prompts(base: BaseModel) -> list[Prompt]:
    return [answer_prompt(base.tokenizer, "T", question, ["The fee is 300 euros."]) for question in QUESTIONS]


def _greedy_with_transformers(base: BaseModel, prompt: Prompt, count: int) -> str:
    ids = torch.tensor([prompt.prefix + prompt.rest])
    output = base.model.double().generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, do_sample=False
    )
    return base.tokenizer.decode(output[0, ids.shape[1] :], skip_special_tokens=True).strip()


def test_batch_with_shared_prefix_equals_generate(base: BaseModel) -> None:
    base.model.double()
    prompts = _prompts(base)
    expected = [_greedy_with_transformers(base, prompt, 20) for prompt in prompts]
    assert len(set(expected)) > 1
    assert last(write_batch(base, base.model, prompts, 20)) == expected
    cache = prefix_cache(base, base.model, prompts[0].prefix)
    for _ in range(2):  # the cache of the prefix is not used up
        assert last(write_batch(base, base.model, prompts, 20, start=cache)) == expected


def test_rows_that_end_early_leave_the_others_alone(base: BaseModel) -> None:
    base.model.double()
    prompts = _prompts(base)
    free = last(write_batch(base, base.model, prompts, 20))
    # A model whose output layer likes the end of a turn better after some tokens than others.
    base.model.get_output_embeddings().weight.data[2] *= 6
    mixed = last(write_batch(base, base.model, prompts, 20))
    assert mixed == [_greedy_with_transformers(base, prompt, 20) for prompt in prompts]
    assert mixed != free


def test_streamed_pieces_join_to_the_same_text(base: BaseModel) -> None:
    base.model.double()
    prompt = _prompts(base)[1]
    pieces = list(write_streamed(base, base.model, [prompt], 20))
    assert len(pieces) > 1
    text = "".join(piece for piece, _ in pieces)
    assert _greedy_with_transformers(base, prompt, 20).startswith(text.strip())


def test_prefixes_of_several_passages_are_read_once_each(base: BaseModel) -> None:
    """Passages of different lengths, several prompts below each, a common start that was computed before."""
    base.model.double()
    passages = ("The fee is 300 euros.", "The tower is 45 metres high and was built of granite.", "Anna founded it.")
    prompts = [
        answer_prompt(base.tokenizer, "T", question, [passage]) for passage in passages for question in QUESTIONS
    ]
    prompts.insert(3, answer_prompt(base.tokenizer, "T", "Alone?", ["One prompt has a passage of its own."]))
    expected = [_greedy_with_transformers(base, prompt, 12) for prompt in prompts]
    assert len(set(expected)) > len(passages)
    assert last(write_batch(base, base.model, prompts, 12)) == expected
    start = prefix_cache(base, base.model, common_prefix([prompt.prefix for prompt in prompts]))
    assert start is not None and start.get_seq_length() > 3
    assert last(write_batch(base, base.model, prompts, 12, start=start)) == expected


def test_guesses_save_passes_and_change_no_word(base: BaseModel) -> None:
    """A model that goes in circles: what follows is guessed, and several tokens come of one pass."""
    base.model.double()
    for name, parameter in base.model.named_parameters():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            parameter.data.zero_()  # each token then depends on the last one alone
    tokens, passes = 0, []
    for prompt in _prompts(base):
        hook = base.model.register_forward_hook(lambda *_: passes.append(1))
        pieces = list(write_streamed(base, base.model, [prompt], 120))
        hook.remove()
        whole = _greedy_with_transformers(base, prompt, 120)
        assert "".join(piece for piece, _ in pieces).strip() == whole.rstrip("\ufffd").strip()
        tokens += pieces[-1][1]
    assert tokens > len(passes)


def test_adapters_speak_the_same_in_streams_and_batches(base: BaseModel, adapters: Adapters) -> None:
    """One text is read by a decoder of its own, token for token; a batch by the model itself."""
    # Of other weights the text may end in half a character, which a stream and a batch cut otherwise.
    torch.manual_seed(0)
    base.model.double()
    prompts = _prompts(base)
    bare = last(write_batch(base, base.model, prompts, 20))
    for name in ("one", "two"):
        adapters.make(name, 2)
        adapters.set_weights(name, {key: torch.randn_like(value) for key, value in adapters.weights(name).items()})
    written = []
    for name in ("one", "two", None):
        with adapters.using(name) as model:
            written.append(last(write_batch(base, model, prompts, 20)))
            streams = ["".join(piece for piece, _ in write_streamed(base, model, [each], 20)) for each in prompts]
        assert [text.strip() for text in streams] == [text.rstrip("\ufffd").strip() for text in written[-1]]
    assert written[0] != written[1] != bare
    assert written[2] == bare


def test_one_text_is_read_by_the_lean_decoder_where_nothing_hooks_in(base: BaseModel) -> None:
    assert lean_decoder(base.model) is not None
    hook = base.model.get_decoder().layers[0].register_forward_hook(lambda *_: None)
    assert lean_decoder(base.model) is None
    hook.remove()
    base.model.config.model_type = "gemma2"
    assert lean_decoder(base.model) is None
