"""Packs many short texts with shared prefixes into one sequence, so that a prefix is computed once.

A batch is one row of tokens, `[prefix A][item A1][item A2][prefix B][item B1]...`. An attention mask lets each item see
its prefix and itself, and positions restart after the prefix, so that each item gets exactly what it would get alone.
There is no padding but at the end of a batch (`filled`), and only answer tokens get logits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import torch

from .packed_attention import Layout, arrange

LENGTHS = 16
"""How many lengths batches have between one power of two and the next. Where each batch has a length of its own, the
library that multiplies matrices keeps a program for each, and what one batch gives back to the heap fits no other."""


@dataclass(frozen=True, slots=True)
class Item:
    """What follows a prefix: `tokens[answer_start:]` is the answer that is learned or scored.

    `key` is the caller's own number for it; `answer_share` (0 to 1) says how much of its loss is the answer itself, the
    rest being a teacher's distribution.
    """

    tokens: tuple[int, ...]
    answer_start: int
    key: int = -1
    answer_share: float = 1.0

    @property
    def answer_length(self) -> int:
        return len(self.tokens) - self.answer_start


@dataclass(frozen=True, slots=True)
class Group:
    """Items that share a prefix (not empty: an item's first token is predicted from what stands before it)."""

    prefix: tuple[int, ...]
    items: tuple[Item, ...]

    def __len__(self) -> int:
        return len(self.prefix) + sum(len(item.tokens) for item in self.items)


def grouped(members: Iterable[tuple[tuple[int, ...], Item]]) -> list[Group]:
    """The groups of items that are given with their prefixes, in the order in which the prefixes first come."""
    by_prefix: dict[tuple[int, ...], list[Item]] = {}
    for prefix, item in members:
        by_prefix.setdefault(prefix, []).append(item)
    return [Group(prefix, tuple(items)) for prefix, items in by_prefix.items()]


@dataclass(frozen=True, slots=True)
class Packed:
    """Tensors of one packed sequence of T tokens with A answer tokens.

    input_ids, position_ids: [1, T]; mask: [1, 1, T, T], True where a token may look; predicting: [A], the places whose
    output predicts an answer token; targets: [A], those tokens; owners: [A], the index in `items` of each.
    """

    input_ids: torch.Tensor
    position_ids: torch.Tensor
    mask: torch.Tensor
    predicting: torch.Tensor
    targets: torch.Tensor
    owners: torch.Tensor
    items: tuple[Item, ...] = ()
    layout: Layout | None = None

    def to(self, device: torch.device) -> Packed:
        """The same on `device`."""
        names = [field.name for field in fields(self) if field.name not in ("items", "layout")]
        moved = {name: getattr(self, name).to(device) for name in names}
        return replace(self, **moved, layout=self.layout and self.layout.to(device))


def pack(groups: Sequence[Group]) -> Packed:
    """One packed sequence of all `groups`."""
    total = sum(len(group) for group in groups)
    mask = torch.zeros(total, total, dtype=torch.bool)
    tokens: list[int] = []
    positions: list[int] = []
    predicting: list[int] = []
    targets: list[int] = []
    owners: list[int] = []
    items: list[Item] = []
    for group in groups:
        prefix_start, prefix_length = len(tokens), len(group.prefix)
        prefix_end = prefix_start + prefix_length
        mask[prefix_start:prefix_end, prefix_start:prefix_end] = _causal(prefix_length)
        tokens += group.prefix
        positions += range(prefix_length)
        for item in group.items:
            start, length = len(tokens), len(item.tokens)
            mask[start : start + length, prefix_start:prefix_end] = True
            mask[start : start + length, start : start + length] = _causal(length)
            tokens += item.tokens
            positions += range(prefix_length, prefix_length + length)
            for index in range(item.answer_start, length):
                predicting.append(start + index - 1 if index else prefix_end - 1)
                targets.append(item.tokens[index])
                owners.append(len(items))
            items.append(item)
    return Packed(
        torch.tensor([tokens]),
        torch.tensor([positions]),
        mask[None, None],
        torch.tensor(predicting),
        torch.tensor(targets),
        torch.tensor(owners),
        tuple(items),
        arrange([(len(group.prefix), [len(item.tokens) for item in group.items]) for group in groups]),
    )


def _causal(length: int) -> torch.Tensor:
    return torch.ones(length, length, dtype=torch.bool).tril()


def split_groups(groups: Iterable[Group], max_tokens: int) -> Iterator[list[Group]]:
    """Batches of at most `max_tokens` tokens, in order. A group that is longer is cut between items (each part with
    the prefix); a single item that is longer still goes alone."""
    batch: list[Group] = []
    used = 0
    for group in groups:
        waiting = list(group.items)
        while waiting:
            room = max_tokens - used - len(group.prefix)
            taken = 0
            while taken < len(waiting) and (room := room - len(waiting[taken].tokens)) >= 0:
                taken += 1
            if taken == 0 and batch:
                yield batch
                batch, used = [], 0
                continue
            taken = max(taken, 1)
            part = Group(group.prefix, tuple(waiting[:taken]))
            waiting = waiting[taken:]
            batch.append(part)
            used += len(part)
    if batch:
        yield batch


def filled(groups: Sequence[Group]) -> list[Group]:
    """`groups` and a text without answers that fills them up to one of LENGTHS, by a sixteenth at most."""
    tokens = sum(len(group) for group in groups)
    missing = -tokens % max(1, 2 ** (tokens.bit_length() - 1) // LENGTHS)
    return [*groups, Group((0,) * missing, ())] if missing else list(groups)


def answer_logits(model: torch.nn.Module, packed: Packed) -> torch.Tensor:
    """The model's logits for each answer token, [A, vocabulary], in its own number type; nothing is computed for other
    tokens."""
    output = model(
        input_ids=packed.input_ids,
        position_ids=packed.position_ids,
        attention_mask=packed.mask,
        logits_to_keep=packed.predicting,
        use_cache=False,
        layout=packed.layout,
    )
    logits: torch.Tensor = output.logits.squeeze(0)
    return logits
