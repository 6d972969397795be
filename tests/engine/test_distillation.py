"""Distillation: against a teacher with its whole vocabulary the loss is the cross-entropy, and KL plus entropy."""

from __future__ import annotations

import pytest
import torch

from lift_desktop.engine import distillation
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.batches import Group, Item, answer_logits, pack
from lift_desktop.engine.distillation import distillation_loss, teach

WITH_PASSAGE = [Group((5, 6, 7, 8), (Item((9, 20, 21), 1, 0), Item((10, 30, 31, 32), 1, 1)))]
WITHOUT = [Group((5,), (Item((10, 30, 31, 32), 1, 1), Item((9, 20, 21), 1, 0)))]


def test_the_whole_vocabulary_gives_the_kl_divergence(
    base: BaseModel, adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distillation, "TOP_TOKENS", 10**6)
    taught: dict[int, distillation.Teaching] = {}
    for part in teach(base, adapters, None, WITH_PASSAGE, 64):
        taught |= part
    student = pack(WITHOUT)
    logits = answer_logits(base.model, student)
    loss = distillation_loss(student, logits, taught)

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
    nll = distillation.answer_loss(packed, answer_logits(base.model, packed))
    assert taught[0].nll == pytest.approx(nll[:2].mean().item(), rel=1e-4)
