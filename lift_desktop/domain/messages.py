"""What crosses process borders: requests down, events up. Every request gets exactly one ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import LiftError


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a child: `body` is a frozen dataclass that the child's handler knows.

    An urgent call is served between two steps of a running one (asking while learning).
    """

    request_id: int
    body: Any
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class CancelCall:
    """Ends the call with this id at its next step."""

    request_id: int


@dataclass(frozen=True, slots=True)
class EndProcess:
    """Asks the child to end when nothing runs; its parent needs it no more."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long piece of work is. `done` of `total` steps of `stage`; sampled, so only the newest value counts.

    `fraction` is the share of the whole work (0 to 1), over all stages; `seconds_left` is None while unknown.
    """

    stage: str
    done: int
    total: int
    fraction: float
    seconds_left: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A piece of a streamed answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a call yielded on its way (Progress, AnswerText, ...)."""

    request_id: int
    value: Any


@dataclass(frozen=True, slots=True)
class Done:
    request_id: int
    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """`error` is an expected one, or None for a bug, of which `trace` tells."""

    request_id: int
    error: LiftError | None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    request_id: int


Ending = Done | Failed | Cancelled
