"""The states of a memory: what may follow what, in one table."""

from __future__ import annotations

import pytest

from lift_desktop.domain.models import MemoryState as S
from lift_desktop.domain.states import FINISHED, RESUMABLE, RUNNING, Event, next_state

ALLOWED = {
    (S.WAITING, Event.READ): S.READING,
    (S.WAITING, Event.STUDY): S.STUDYING,
    (S.READING, Event.STUDY): S.STUDYING,
    (S.STUDYING, Event.TRAIN): S.TRAINING,
    (S.STUDYING, Event.CHECK): S.CHECKING,
    (S.TRAINING, Event.CHECK): S.CHECKING,
    (S.CHECKING, Event.LEARNED): S.READY,
    (S.CHECKING, Event.LEARNED_NOTHING): S.WEAK,
    (S.WAITING, Event.FAIL): S.FAILED,
    (S.READING, Event.FAIL): S.FAILED,
    (S.STUDYING, Event.FAIL): S.FAILED,
    (S.TRAINING, Event.FAIL): S.FAILED,
    (S.CHECKING, Event.FAIL): S.FAILED,
    (S.WAITING, Event.CANCEL): S.CANCELLED,
    (S.READING, Event.CANCEL): S.CANCELLED,
    (S.STUDYING, Event.CANCEL): S.CANCELLED,
    (S.TRAINING, Event.CANCEL): S.CANCELLED,
    (S.CHECKING, Event.CANCEL): S.CANCELLED,
    (S.INTERRUPTED, Event.CANCEL): S.CANCELLED,
    (S.WAITING, Event.PAUSE): S.INTERRUPTED,
    (S.READING, Event.PAUSE): S.INTERRUPTED,
    (S.STUDYING, Event.PAUSE): S.INTERRUPTED,
    (S.TRAINING, Event.PAUSE): S.INTERRUPTED,
    (S.CHECKING, Event.PAUSE): S.INTERRUPTED,
    (S.WAITING, Event.PROGRAM_DIED): S.INTERRUPTED,
    (S.READING, Event.PROGRAM_DIED): S.INTERRUPTED,
    (S.STUDYING, Event.PROGRAM_DIED): S.INTERRUPTED,
    (S.TRAINING, Event.PROGRAM_DIED): S.INTERRUPTED,
    (S.CHECKING, Event.PROGRAM_DIED): S.INTERRUPTED,
    (S.INTERRUPTED, Event.RESUME): S.WAITING,
    (S.CANCELLED, Event.RESUME): S.WAITING,
    (S.FAILED, Event.RESUME): S.WAITING,
    (S.READY, Event.DOCUMENT_CHANGED): S.STALE,
    (S.STALE, Event.DOCUMENT_BACK): S.READY,
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", Event)
def test_every_pair_of_state_and_event(state: S, event: Event) -> None:
    if (state, event) in ALLOWED:
        assert next_state(state, event) is ALLOWED[state, event]
    else:
        with pytest.raises(ValueError, match="cannot take the event"):
            next_state(state, event)


def test_each_state_is_running_finished_or_resumable() -> None:
    assert set(S) == RUNNING | FINISHED | RESUMABLE
    assert not (RUNNING & FINISHED or RUNNING & RESUMABLE or FINISHED & RESUMABLE)
