"""Packing changes what is computed together, never what is computed."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lift_desktop.engine.batches import LENGTHS, Group, Item, answer_logits, filled, pack, split_groups

from .conftest import make_model

VOCABULARY = 97


def _groups() -> list[Group]:
    dice = torch.Generator().manual_seed(1)

    def tokens(count: int) -> tuple[int, ...]:
        return tuple(torch.randint(0, VOCABULARY, (count,), generator=dice).tolist())

    return [
        Group(tokens(7), (Item(tokens(5), 2), Item(tokens(9), 4), Item(tokens(3), 0))),
        Group(tokens(2), (Item(tokens(6), 1),)),
    ]


def _alone(model: torch.nn.Module, group: Group, item: Item) -> torch.Tensor:
    """The logits of the item's answer tokens, computed by itself without any mask of ours."""
    whole = torch.tensor([group.prefix + item.tokens])
    start = len(group.prefix) + item.answer_start - 1
    return model(input_ids=whole).logits[0, start:-1]


def test_packed_logits_and_gradients_equal_the_plain_ones() -> None:
    model = make_model(VOCABULARY).double()
    groups = _groups()
    packed = pack(groups)
    output = model(
        input_ids=packed.input_ids,
        position_ids=packed.position_ids,
        attention_mask=packed.mask,
        logits_to_keep=packed.predicting,
    ).logits[0]
    plain = torch.cat([_alone(model, group, item) for group in groups for item in group.items])
    torch.testing.assert_close(output, plain, rtol=1e-5, atol=1e-6)

    loss = torch.nn.functional.cross_entropy(output, packed.targets)
    plain_loss = torch.nn.functional.cross_entropy(plain, packed.targets)
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    plain_gradients = torch.autograd.grad(plain_loss, list(model.parameters()))
    for ours, theirs in zip(gradients, plain_gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)  # norms compute in float32


def test_a_filled_batch_is_of_a_round_length_and_gives_the_same() -> None:
    model, groups = make_model(VOCABULARY).double(), [*_groups(), Group((1,), (Item((2, 3), 1),))]
    plain, whole = pack(groups), pack(filled(groups))
    assert whole.input_ids.shape[1] > plain.input_ids.shape[1]
    assert len(filled(filled(groups))) == len(groups) + 1
    gradients = []
    for packed in (plain, whole):
        logits = answer_logits(model, packed)
        loss = torch.nn.functional.cross_entropy(logits, packed.targets)
        gradients.append((logits, *torch.autograd.grad(loss, list(model.parameters()))))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)


def test_filled_batches_have_few_lengths_and_little_filling() -> None:
    lengths = {tokens: sum(map(len, filled([Group((0,) * tokens, ())]))) for tokens in range(1, 2049)}
    assert all(0 <= length - tokens < max(1, tokens / LENGTHS) for tokens, length in lengths.items())
    assert len({lengths[tokens] for tokens in range(1025, 2049)}) == LENGTHS


def test_targets_and_owners_are_the_answers() -> None:
    groups = _groups()
    packed = pack(groups)
    items = [item for group in groups for item in group.items]
    assert packed.items == tuple(items)
    for index, item in enumerate(items):
        assert tuple(packed.targets[packed.owners == index].tolist()) == item.tokens[item.answer_start :]
    assert answer_logits(make_model(VOCABULARY), packed).shape == (len(packed.targets), VOCABULARY)


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.lists(st.integers(1, 15), min_size=1, max_size=6)), min_size=1, max_size=6
    ),
    st.integers(5, 60),
)
@settings(max_examples=200, deadline=None)
def test_split_groups_keeps_every_item_once_and_the_limit(shape: list[tuple[int, list[int]]], limit: int) -> None:
    groups, key = [], 0
    for prefix, lengths in shape:
        items = []
        for length in lengths:
            items.append(Item((1,) * length, 0, key))
            key += 1
        groups.append(Group((2,) * prefix, tuple(items)))
    batches = list(split_groups(groups, limit))
    assert [item.key for batch in batches for group in batch for item in group.items] == list(range(key))
    for batch in batches:
        alone = len(batch) == 1 and len(batch[0].items) == 1
        assert alone or sum(len(group) for group in batch) <= limit
