"""Distillation: against a teacher with its whole vocabulary the loss is the cross-entropy, and KL plus entropy."""

from __future__ import annotations

import pytest
import torch

from lift_desktop.engine import distillation
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.batches import Group, Item, answer_logits, pack
from lift_desktop.engine.distillation import answer_loss, mixed_loss, sparse_cross_entropy, teach

WITH_PASSAGE = [Group((5, 6, 7, 8), (Item((9, 20, 21), 1, 0), Item((10, 30, 31, 32), 1, 1)))]
WITHOUT = [Group((5,), (Item((10, 30, 31, 32), 1, 1, 0.0), Item((9, 20, 21), 1, 0, 0.0)))]


def test_the_whole_vocabulary_gives_the_kl_divergence(
    base: BaseModel, adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distillation, "TOP_TOKENS", 10**6)
    taught: dict[int, distillation.Teaching] = {}
    for part in teach(base, adapters, None, WITH_PASSAGE, 64):
        taught |= part
    student = pack(WITHOUT)
    logits = answer_logits(base.model, student)
    loss = mixed_loss(student, logits, taught)

    teacher = answer_logits(base.model, pack(WITH_PASSAGE))
    order = [2, 3, 4, 0, 1]  # the student's items stand the other way round
    p = teacher[order].softmax(-1)
    kl = torch.nn.functional.kl_div(logits.log_softmax(-1), p, reduction="none").sum(-1)
    entropy = -(p * p.log()).sum(-1)
    torch.testing.assert_close(loss, kl + entropy, rtol=2e-3, atol=2e-3)  # probabilities are kept as float16


def test_top_tokens_are_a_distribution_and_the_likelihood_is_the_answers(base: BaseModel, adapters: Adapters) -> None:
    (taught,) = list(teach(base, adapters, None, WITH_PASSAGE, 64))
    assert taught[0].ids.shape == (2, 20) and taught[1].ids.shape == (3, 20)
    torch.testing.assert_close(taught[1].probabilities.float().sum(-1), torch.ones(3), rtol=0, atol=5e-3)
    packed = pack(WITH_PASSAGE)
    nll = answer_loss(packed, answer_logits(base.model, packed))
    assert taught[0].nll == pytest.approx(nll[:2].mean().item(), rel=1e-4)


def test_a_teacher_without_rounding_gives_the_kl_divergence_to_numerical_precision() -> None:
    dice = torch.Generator().manual_seed(4)
    student = pack(WITHOUT)
    logits, teacher = (torch.randn(5, 50, generator=dice, dtype=torch.float64) for _ in range(2))
    p = teacher.softmax(-1).float()  # exactly what is kept
    ids = torch.arange(50, dtype=torch.int32)
    taught = {
        1: distillation.Teaching(ids.expand(3, 50), p[:3], 0.0),
        0: distillation.Teaching(ids.expand(2, 50), p[3:], 0.0),
    }
    loss = mixed_loss(student, logits, taught)
    kl = torch.nn.functional.kl_div(logits.log_softmax(-1), p.double(), reduction="none").sum(-1)
    entropy = -(p.double() * p.double().log()).sum(-1)
    torch.testing.assert_close(loss, kl + entropy, rtol=1e-12, atol=1e-12)


def test_each_item_has_its_own_share_of_answer_and_teacher() -> None:
    dice = torch.Generator().manual_seed(5)
    shares = (0.25, 1.0, 0.0)
    packed = pack([Group((5,), tuple(Item((7 + key, 20, 21), 1, key, share) for key, share in enumerate(shares)))])
    ids = torch.tensor([[20, 3, 4], [9, 8, 21]], dtype=torch.int32)  # the answer's own tokens are among them
    taught = {key: distillation.Teaching(ids, torch.rand(2, 3, generator=dice), 0.0) for key in (0, 2)}
    logits = torch.randn(6, 50, generator=dice, dtype=torch.float64)
    logs, own = logits.log_softmax(-1), answer_loss(packed, logits)
    teacher = {
        key: -(each.probabilities.double() * logs[2 * key : 2 * key + 2].gather(1, each.ids.long())).sum(1)
        for key, each in taught.items()
    }
    expected = torch.cat([0.25 * own[:2] + 0.75 * teacher[0], own[2:4], teacher[2]])
    torch.testing.assert_close(mixed_loss(packed, logits, taught), expected)


def test_sparse_cross_entropy_is_that_of_the_whole_distribution() -> None:
    """Value and gradient, with ids that repeat and weights that do not sum to one."""
    torch.manual_seed(0)
    ids = torch.tensor([[1, 4, 4], [0, 2, 3], [5, 5, 5]])
    weights = torch.rand(3, 3, dtype=torch.float64)
    target = torch.zeros(3, 6, dtype=torch.float64).scatter_add_(1, ids, weights)
    results = []
    for loss_of in (
        lambda logits: sparse_cross_entropy(logits, ids, weights),
        lambda logits: -(target * logits.log_softmax(-1)).sum(1),
    ):
        logits = torch.linspace(-3, 3, 18, dtype=torch.float64).view(3, 6).requires_grad_()
        loss = loss_of(logits)
        (loss * torch.tensor([1.0, 2.0, 0.5])).sum().backward()
        results.append((loss.detach(), logits.grad))
    torch.testing.assert_close(results[0], results[1])
