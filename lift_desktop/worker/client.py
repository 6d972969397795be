"""The parent's view of the engine process: the engine's contract, call by call. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Generator
from multiprocessing.connection import Connection
from typing import Any

from ..child import Child
from ..domain.messages import AnswerText, Progress
from ..domain.steps import last
from ..engine.contract import (
    AskRequest,
    AskResult,
    ConvertRequest,
    Estimate,
    EstimateRequest,
    GatherRequest,
    HardwareReport,
    LearnRequest,
    LearnResult,
    PrepareRequest,
    PrepareResult,
    ProbeRequest,
    ReciteRequest,
    Score,
    ScoreRequest,
    SpeedRequest,
    SpeedResult,
    WeighRequest,
)
from .host import main

ESTIMATE_GRACE_SECONDS = 20.0
"""A measurement that is called off may end the step it is in: killing it would take the loaded model with it."""


class EngineClient:
    """The engine in a child process, started with the first call and again after it died.

    `main` is what the process runs; tests put an engine without a model into it.
    """

    def __init__(self, main: Callable[[Connection], None] = main) -> None:
        self._child = Child("engine", main)

    @property
    def process_id(self) -> int | None:
        """The engine's process id, None while it does not run."""
        return self._child.process_id

    def learn(self, request: LearnRequest) -> Generator[Progress, None, LearnResult]:
        return self._call(request)

    def ask(self, request: AskRequest) -> Generator[AnswerText, None, AskResult]:
        return self._call(request, urgent=True)

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]:
        return self._call(request, urgent=True)

    def gather(self, request: GatherRequest) -> Generator[Progress, None, tuple[str, ...]]:
        return self._call(request, urgent=True)

    def estimate(self, request: EstimateRequest) -> Generator[Progress, None, Estimate]:
        return self._child.call(request, grace_seconds=ESTIMATE_GRACE_SECONDS)

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]:
        return self._call(request)

    def weigh(self, request: WeighRequest) -> Generator[Progress, None, tuple[float, ...]]:
        return self._call(request, urgent=True)

    def convert(self, request: ConvertRequest) -> Generator[Progress, None, None]:
        return self._call(request)

    def prepare(self, request: PrepareRequest) -> Generator[Progress, None, PrepareResult]:
        return self._call(request)

    def speed(self, request: SpeedRequest) -> Generator[Progress, None, SpeedResult]:
        return self._call(request)

    def probe(self) -> HardwareReport:
        report: HardwareReport = last(self._call(ProbeRequest(), urgent=True))  # answered while it learns, too
        return report

    def close(self) -> None:
        self._child.close()

    def __enter__(self) -> EngineClient:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _call(self, request: Any, urgent: bool = False) -> Generator[Any, None, Any]:
        return self._child.call(request, urgent=urgent)
