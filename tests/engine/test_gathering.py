"""One question to many passages: each is answered as if it were asked alone, and stopping ends it."""

from __future__ import annotations

import pytest
import torch

from lift_desktop.domain.errors import NoMemory
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import AnswerMode
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import AskRequest, GatherRequest, ModelReference
from lift_desktop.engine.gathering import GATHER_ROWS
from lift_desktop.engine.local import LocalEngine

PASSAGES = tuple(
    f"The fee of house {number} is {300 + number} euros a month." * (1 + number % 3) for number in range(11)
)


def test_each_passage_is_answered_as_if_asked_alone(reference: ModelReference, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lift_desktop.engine.hardware.number_type", lambda device: (torch.float32, "for a test"))
    engine = LocalEngine()
    request = GatherRequest(reference, "T", "What is the fee?", PASSAGES, AnswerMode.PAGES, max_new_tokens=6)
    assert len(PASSAGES) > GATHER_ROWS
    answers = last(engine.handle(request))
    alone = [
        last(engine.handle(AskRequest(reference, "T", request.question, AnswerMode.PAGES, None, (text,), (), 6))).text
        for text in PASSAGES
    ]
    whole = [answer.rstrip("\ufffd") for answer in answers]  # a last character may lack its other tokens
    assert whole == alone and len(set(whole)) > 1


def test_progress_counts_passages_and_comes_with_every_token(reference: ModelReference) -> None:
    request = GatherRequest(reference, "T", "What is the fee?", PASSAGES, AnswerMode.PAGES, max_new_tokens=6)
    steps = list(LocalEngine().handle(request))
    assert all(isinstance(step, Progress) and step.total == len(PASSAGES) for step in steps)
    done = [step.done for step in steps]
    assert done == sorted(done) and set(done) >= {0, GATHER_ROWS} and len(done) > 4


def test_nothing_to_read_gives_nothing(reference: ModelReference) -> None:
    assert last(LocalEngine().handle(GatherRequest(reference, "T", "Why?", (), AnswerMode.PAGES))) == ()


def test_both_needs_a_memory(reference: ModelReference) -> None:
    with pytest.raises(NoMemory):
        last(LocalEngine().handle(GatherRequest(reference, "T", "Why?", PASSAGES, AnswerMode.BOTH)))
