"""Context distillation: the same model with the passage in its prompt teaches the model without it.

The teacher's most probable tokens at each answer token are computed once and kept. Source: "Cartridges" (Eyuboglu et
al., arXiv 2506.06266) and "Knowledge Modules" (Caccia et al., arXiv 2503.08727); the loss is the cross-entropy against
the teacher's distribution, cut to its top tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Packed, answer_logits, pack, split_groups

TOP_TOKENS = 20
VALUES_AT_ONCE = 2**19
"""So many logits are in float32 at once, where the model computes in fewer bits."""


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
                logits = answer_logits(model, packed).float()
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


def mixed_loss(packed: Packed, logits: torch.Tensor, taught: dict[int, Teaching]) -> torch.Tensor:
    """For each answer token, [A], the loss of the answer itself and the cross-entropy against the teacher, each in the
    share that its item says; logits: [A, vocabulary]."""
    device = logits.device
    shares = torch.tensor([item.answer_share for item in packed.items], device=device)[packed.owners]
    distilled = shares < 1
    if not distilled.any():
        return sparse_cross_entropy(logits, packed.targets[:, None], shares[:, None])
    items = tuple(item for item in packed.items if item.answer_share < 1)
    ids, probabilities = _teaching_of(replace(packed, items=items), taught, device)
    all_ids = packed.targets[:, None].expand(-1, 1 + ids.shape[1]).clone()
    weights = torch.zeros(all_ids.shape, device=device)
    all_ids[distilled, 1:] = ids
    weights[distilled, 1:] = probabilities * (1 - shares[distilled, None])
    weights[:, 0] = shares
    return sparse_cross_entropy(logits, all_ids, weights)


def answer_loss(packed: Packed, logits: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of each answer token itself, [A]: plain supervised fine-tuning."""
    return sparse_cross_entropy(logits, packed.targets[:, None], logits.new_ones(len(packed.targets), 1))


def _teaching_of(
    packed: Packed, taught: dict[int, Teaching], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and probabilities, [A, TOP_TOKENS], of all items of `packed`."""
    ids = torch.cat([taught[item.key].ids for item in packed.items]).to(device).long()
    probabilities = torch.cat([taught[item.key].probabilities for item in packed.items]).to(device)
    return ids, probabilities.float()


def sparse_cross_entropy(logits: torch.Tensor, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """sum_k weights[a, k] * -log softmax(logits[a])[ids[a, k]] for each of A tokens, [A], in float32 at least.

    logits: [A, vocabulary]; ids, weights: [A, k] (an id may repeat). The gradient is computed with the loss, some rows
    at a time: composed of PyTorch's own functions the same takes some ten passes over all logits, each in new memory.
    """
    loss: torch.Tensor = _SparseCrossEntropy.apply(logits, ids, weights)  # type: ignore[no-untyped-call]
    return loss


class _SparseCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: torch.Tensor, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        kind = torch.promote_types(logits.dtype, torch.float32)
        weights = weights.to(kind)
        losses = logits.new_empty(len(logits), dtype=kind)
        to_logits = torch.empty_like(logits) if ctx.needs_input_grad[0] else None
        rows = max(1, VALUES_AT_ONCE // logits.shape[-1])
        for start in range(0, len(logits), rows):
            part = slice(start, start + rows)
            values, own, share = logits[part], ids[part], weights[part]
            probabilities, total = values.softmax(-1, dtype=kind), share.sum(1)
            norms = values.amax(-1) - probabilities.amax(-1).log()  # PyTorch's logsumexp is slower than all of softmax
            losses[part] = total * norms - (share * values.gather(1, own)).sum(1)
            if to_logits is not None:
                to_logits[part] = probabilities.mul_(total[:, None]).scatter_add_(1, own, -share)
        ctx.save_for_backward(to_logits)
        return losses

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        (to_logits,) = ctx.saved_tensors
        # in two number types this takes 37 times as long
        return to_logits.mul_(grad.to(to_logits.dtype)[:, None]), None, None  # a second backward pass is refused
