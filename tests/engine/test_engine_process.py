"""The real engine in its real process: killed and cancelled in each stage, it goes on where it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lift_desktop.domain.errors import ChildDied
from lift_desktop.domain.models import AnswerMode, Depth
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import AskRequest, LearnRequest, LearnResult, ModelReference
from lift_desktop.worker.client import EngineClient

from .conftest import PAIRS, assert_same_memory, make_passages

STAGES = ("studying", "training", "checking")


@pytest.fixture(scope="module")
def client() -> Iterator[EngineClient]:
    with EngineClient() as client:
        yield client


def _request(reference: ModelReference, folder: Path) -> LearnRequest:
    return LearnRequest(reference, "T", make_passages(), str(folder), Depth.QUICK)


@pytest.fixture(scope="module")
def whole(
    client: EngineClient, writer_reference: ModelReference, tmp_path_factory: pytest.TempPathFactory
) -> tuple[LearnResult, Path]:
    """A memory that was learned without any accident."""
    folder = tmp_path_factory.mktemp("whole")
    return last(client.learn(_request(writer_reference, folder))), folder


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_engine_resumes_to_the_same_memory(
    client: EngineClient,
    writer_reference: ModelReference,
    whole: tuple[LearnResult, Path],
    tmp_path: Path,
    stage: str,
) -> None:
    steps = client.learn(_request(writer_reference, tmp_path))
    with pytest.raises(ChildDied):
        for progress in steps:
            if progress.stage == stage and (process_id := client.process_id) is not None:
                os.kill(process_id, signal.SIGKILL)
    result = last(client.learn(_request(writer_reference, tmp_path)))
    assert result.questions == whole[0].questions
    assert_same_memory(tmp_path, whole[1])


@pytest.mark.parametrize("stage", STAGES)
def test_a_cancelled_engine_lives_and_resumes(
    client: EngineClient,
    writer_reference: ModelReference,
    whole: tuple[LearnResult, Path],
    tmp_path: Path,
    stage: str,
) -> None:
    steps = client.learn(_request(writer_reference, tmp_path))
    next(progress for progress in steps if progress.stage == stage)
    before = client.process_id
    steps.close()
    assert client.process_id == before is not None  # it ended politely, nobody had to kill it
    assert last(client.learn(_request(writer_reference, tmp_path))).questions == whole[0].questions
    assert_same_memory(tmp_path, whole[1])


def test_a_cancelled_answer_leaves_the_engine_ready(
    client: EngineClient, writer_reference: ModelReference, whole: tuple[LearnResult, Path]
) -> None:
    question, _ = PAIRS[0][0]
    request = AskRequest(writer_reference, "T", question, AnswerMode.MEMORY, str(whole[1]), max_new_tokens=30)
    answer = client.ask(request)
    next(answer)
    before = client.process_id
    answer.close()
    assert client.process_id == before
    assert last(client.ask(request)).text
