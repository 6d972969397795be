"""The one place where a memory's state changes."""

from __future__ import annotations

from enum import StrEnum

from .models import MemoryState as S


class Event(StrEnum):
    """What can happen to a memory."""

    READ = "read"  # reading the file begins
    STUDY = "study"
    TRAIN = "train"
    CHECK = "check"
    LEARNED = "learned"  # the recall check found that it knows more than before
    LEARNED_NOTHING = "learned nothing"
    FAIL = "fail"
    CANCEL = "cancel"
    PAUSE = "pause"
    PROGRAM_DIED = "program died"  # found running at the next start
    RESUME = "resume"
    DOCUMENT_CHANGED = "document changed"
    DOCUMENT_BACK = "document back"  # its file holds again what was learned


RUNNING = frozenset({S.WAITING, S.READING, S.STUDYING, S.TRAINING, S.CHECKING})
FINISHED = frozenset({S.READY, S.WEAK, S.STALE})
RESUMABLE = frozenset({S.INTERRUPTED, S.CANCELLED, S.FAILED})

_STEPS: dict[tuple[S, Event], S] = {
    (S.WAITING, Event.READ): S.READING,
    (S.WAITING, Event.STUDY): S.STUDYING,
    (S.READING, Event.STUDY): S.STUDYING,
    (S.STUDYING, Event.TRAIN): S.TRAINING,
    (S.STUDYING, Event.CHECK): S.CHECKING,  # resumed after training had ended
    (S.TRAINING, Event.CHECK): S.CHECKING,
    (S.CHECKING, Event.LEARNED): S.READY,
    (S.CHECKING, Event.LEARNED_NOTHING): S.WEAK,
    **{(state, Event.FAIL): S.FAILED for state in RUNNING},
    **{(state, Event.CANCEL): S.CANCELLED for state in RUNNING},
    (S.INTERRUPTED, Event.CANCEL): S.CANCELLED,
    **{(state, Event.PAUSE): S.INTERRUPTED for state in RUNNING},
    **{(state, Event.PROGRAM_DIED): S.INTERRUPTED for state in RUNNING},
    **{(state, Event.RESUME): S.WAITING for state in RESUMABLE},
    (S.READY, Event.DOCUMENT_CHANGED): S.STALE,
    (S.STALE, Event.DOCUMENT_BACK): S.READY,
}


def next_state(state: S, event: Event) -> S:
    """The state after `event`. Raises ValueError for an event that cannot happen in `state`: that is a bug."""
    try:
        return _STEPS[state, event]
    except KeyError:
        raise ValueError(f"a memory that is {state} cannot take the event '{event}'") from None
