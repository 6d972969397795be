"""An engine process without a model: spawned processes import this module.

It stops for good at the second step of the stage that the environment variable STALL_AT names, so that a test can kill
it there.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from multiprocessing.connection import Connection
from typing import Any

from lift_desktop.child import Handler, serve
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.engine.contract import AskRequest, EstimateRequest, LearnRequest, ProbeRequest, WeighRequest
from lift_desktop.engine.fake import FakeEngine


class Stall:
    """Lets one step of a stage pass, and holds the next one back until the process is killed."""

    def __init__(self, stage: str) -> None:
        self._stage, self._passed = stage, 0

    def __call__(self, step: Progress | AnswerText) -> None:
        stage = step.stage if isinstance(step, Progress) else "answering"
        if stage == self._stage:
            self._passed += 1
            if self._passed > 1:
                threading.Event().wait()


def _make() -> Handler:
    engine = FakeEngine(Stall(os.environ.get("STALL_AT", "")))

    def handle(body: Any) -> Generator[Any, None, Any]:
        match body:
            case LearnRequest():
                return (yield from engine.learn(body))
            case AskRequest():
                return (yield from engine.ask(body))
            case WeighRequest():
                return (yield from engine.weigh(body))
            case EstimateRequest():
                return (yield from engine.estimate(body))
            case ProbeRequest():
                yield from ()
                return engine.probe()

    return handle


def main(connection: Connection) -> None:
    serve(connection, _make)
