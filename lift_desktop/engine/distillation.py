"""Context distillation: the same model with the passage in its prompt teaches the model without it.

The teacher's most probable tokens at each answer token are computed once and kept. Source: "Cartridges" (Eyuboglu et
al., arXiv 2506.06266) and "Knowledge Modules" (Caccia et al., arXiv 2503.08727); the loss is the cross-entropy against
the teacher's distribution, cut to its top tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Packed, answer_logits, pack, split_groups

TOP_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Teaching:
    """What the teacher says about one item's A answer tokens: ids and probabilities [A, TOP_TOKENS] (the rest of the
    distribution is left out; each row is scaled to sum to 1), and its mean negative log-likelihood of the answer."""

    ids: torch.Tensor
    probabilities: torch.Tensor
    nll: float


def teach(
    base: BaseModel, adapters: Adapters, teacher: str | None, groups: Sequence[Group], max_tokens: int
) -> Iterator[dict[int, Teaching]]:
    """Runs the teacher (an adapter's name, or None for the bare model) over `groups`, whose prefixes hold the passages.

    Yields after each batch the teaching of its items, by their keys.
    """
    with adapters.using(teacher) as model:
        for batch in split_groups(groups, max_tokens):
            packed = pack(batch).to(base.device)
            with torch.inference_mode(), base.computing():
                logits = answer_logits(model, packed)
            log_probabilities = logits.log_softmax(dim=-1)
            top = log_probabilities.exp().topk(min(TOP_TOKENS, logits.shape[-1]), dim=-1)
            nll = -log_probabilities.gather(1, packed.targets[:, None]).squeeze(1)
            taught: dict[int, Teaching] = {}
            for index, item in enumerate(packed.items):
                mine = packed.owners == index
                values = top.values[mine]
                taught[item.key] = Teaching(
                    top.indices[mine].int().cpu(),
                    (values / values.sum(-1, keepdim=True)).half().cpu(),
                    float(nll[mine].mean()),
                )
            yield taught


def distillation_loss(packed: Packed, logits: torch.Tensor, taught: dict[int, Teaching]) -> torch.Tensor:
    """Cross-entropy of the student against the teacher for each answer token, [A]; logits: [A, vocabulary]."""
    ids = torch.cat([taught[item.key].ids for item in packed.items]).to(logits.device).long()
    probabilities = torch.cat([taught[item.key].probabilities for item in packed.items]).to(logits.device)
    chosen = logits.log_softmax(dim=-1).gather(1, ids)
    return -(probabilities.float() * chosen).sum(dim=-1)


def mixed_loss(packed: Packed, logits: torch.Tensor, taught: dict[int, Teaching]) -> torch.Tensor:
    """For each answer token, [A], the loss of the answer itself and the teacher's, in each item's own shares."""
    shares = torch.tensor([item.answer_share for item in packed.items], device=logits.device)[packed.owners]
    loss = shares * answer_loss(packed, logits)
    distilled = shares < 1
    if not distilled.any():
        return loss
    items = tuple(item for item in packed.items if item.answer_share < 1)
    part = replace(packed, targets=packed.targets[distilled], items=items)
    from_teacher = torch.zeros_like(loss)
    from_teacher[distilled] = distillation_loss(part, logits[distilled], taught)
    return loss + (1 - shares) * from_teacher


def answer_loss(packed: Packed, logits: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of each answer token itself, [A]: plain supervised fine-tuning."""
    return torch.nn.functional.cross_entropy(logits, packed.targets, reduction="none")
