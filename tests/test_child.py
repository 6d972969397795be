"""Calls to real spawned processes: every call gets exactly one ending, whatever happens to the child."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.child import Child
from lift_desktop.domain.cancelling import StopFlag, cancelled_by, check_cancelled
from lift_desktop.domain.errors import ChildDied, NotADocument, RequestCancelled, RequestPaused
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.steps import last

from . import child_handlers as handlers


@pytest.fixture
def child() -> Iterator[Child]:
    with Child("test", handlers.main) as child:
        yield child
    assert not [thread for thread in threading.enumerate() if thread.name == "test reader"]


def test_steps_and_result(child: Child) -> None:
    assert child.process_id is None
    calls = child.call(handlers.Count(4))
    assert [next(calls) for _ in range(4)] == [0, 1, 2, 3]
    assert last(calls) == 6
    assert last(child.call(handlers.WhoAmI())) == child.process_id


def test_an_expected_error_keeps_its_words(child: Child) -> None:
    with pytest.raises(NotADocument) as caught:
        last(child.call(handlers.Fail()))
    assert (caught.value.message, caught.value.hint) == ("That is a cake.", "Eat it.")


@pytest.mark.parametrize("bug", ["cake", "end of file"])
def test_a_bug_brings_its_trace_and_the_child_lives_on(child: Child, bug: str) -> None:
    first = last(child.call(handlers.WhoAmI()))
    with pytest.raises(RuntimeError, match=r"child_handlers\.py"):
        last(child.call(handlers.Fail(bug)))
    assert last(child.call(handlers.WhoAmI())) == first


@pytest.mark.parametrize(("is_paused", "lives_on"), [(True, True), (False, False)])
def test_a_paused_call_may_end_its_step(child: Child, is_paused: bool, lives_on: bool) -> None:
    flag = StopFlag()
    with cancelled_by(flag):
        calls = child.call(handlers.Slow(seconds=0.6), grace_seconds=0.1)
        next(calls)
        process = child.process_id
        if is_paused:
            flag.pause()
        else:
            flag.cancel()
        with pytest.raises(RequestPaused if is_paused else RequestCancelled) as caught:
            last(calls)
    assert isinstance(caught.value, RequestPaused) is is_paused
    assert (last(child.call(handlers.WhoAmI())) == process) is lives_on


def test_a_pause_can_become_a_cancel() -> None:
    flag = StopFlag()
    with cancelled_by(flag):
        check_cancelled()
        flag.pause()
        with pytest.raises(RequestPaused):
            check_cancelled()
        flag.cancel()
        flag.pause()  # too late
        with pytest.raises(RequestCancelled) as caught:
            check_cancelled()
    assert not isinstance(caught.value, RequestPaused)


def test_closing_a_call_cancels_it_between_two_steps(child: Child, tmp_path: Path) -> None:
    calls = child.call(handlers.Forever(tmp_path / "closed"))
    next(calls)
    process = child.process_id
    calls.close()
    assert (tmp_path / "closed").read_text() == "closed"
    assert last(child.call(handlers.WhoAmI())) == process


def test_a_child_that_does_not_listen_is_killed(child: Child) -> None:
    calls = child.call(handlers.Stubborn())
    next(calls)
    process, started = child.process_id, time.monotonic()
    calls.close()
    assert time.monotonic() - started < 3
    assert last(child.call(handlers.WhoAmI())) != process


def test_time_in_which_the_computer_slept_is_no_silence(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    last(child.call(handlers.WhoAmI()))
    process, falls_asleep, clock = child.process_id, time.monotonic() + 0.3, time.monotonic

    def with_sleep() -> float:
        return clock() + (3600 if clock() > falls_asleep else 0)

    monkeypatch.setattr("lift_desktop.child.time.monotonic", with_sleep)
    assert last(child.call(handlers.Work(1, 0.6), timeout_seconds=20.0)) == 1
    assert child.process_id == process


def test_silence_beyond_the_limit_kills(child: Child) -> None:
    calls = child.call(handlers.Silent(), timeout_seconds=0.3)
    next(calls)
    with pytest.raises(TimeoutError):
        next(calls)
    assert child.process_id is None
    assert last(child.call(handlers.Count(2))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_child_ends_its_calls_and_the_next_one_works(child: Child) -> None:
    calls = child.call(handlers.Forever())
    next(calls)
    assert child.process_id is not None
    os.kill(child.process_id, signal.SIGKILL)
    with pytest.raises(ChildDied, match="exit code -9"):
        last(calls)
    assert last(child.call(handlers.Count(3))) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_child_that_died_between_calls_is_replaced(child: Child) -> None:
    for _ in range(3):
        process = last(child.call(handlers.WhoAmI()))
        [reader] = [thread for thread in threading.enumerate() if thread.name == "test reader"]
        os.kill(process, signal.SIGKILL)
        reader.join()
        assert last(child.call(handlers.WhoAmI())) != process


def test_an_urgent_call_is_served_while_another_runs(child: Child) -> None:
    long = child.call(handlers.Forever())
    assert next(long) == "on"
    assert last(child.call(handlers.Count(5), urgent=True)) == 10
    assert next(long) == "on"
    long.close()


@pytest.mark.parametrize("cancelled_is_urgent", [True, False])
def test_neither_an_urgent_call_nor_what_it_interrupts_dies_for_the_other(
    child: Child, cancelled_is_urgent: bool
) -> None:
    work, asked = (
        child.call(handlers.Work(3, 0.5), grace_seconds=0.1),
        child.call(handlers.Work(3, 0.5), urgent=True, grace_seconds=0.1),
    )
    assert next(work) == 0
    assert next(asked) == 0
    process = child.process_id
    cancelled, other = (asked, work) if cancelled_is_urgent else (work, asked)
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(last(other)))
    thread.start()
    cancelled.close()
    thread.join(timeout=30)
    assert result == [3] and last(child.call(handlers.WhoAmI())) == process


def test_a_plain_call_waits_for_its_turn_and_can_be_cancelled_there(child: Child) -> None:
    long = child.call(handlers.Forever())
    next(long)
    process = child.process_id
    waiting = child.call(handlers.Count(2), timeout_seconds=30)
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(last(waiting)))
    thread.start()
    assert next(long) == "on" and not result
    long.close()
    thread.join(timeout=30)
    assert result == [1] and child.process_id == process


def test_two_threads_call_at_once(child: Child) -> None:
    results: list[int] = []

    def work() -> None:
        results.extend(last(child.call(handlers.Count(number))) for number in range(20))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted([sum(range(number)) for number in range(20)] * 2)


def test_killing_ends_the_calls_of_other_threads(child: Child) -> None:
    begun, errors = threading.Event(), []

    def work() -> None:
        try:
            for _ in child.call(handlers.Forever()):
                begun.set()
        except ChildDied as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(timeout=30)
    child.kill()
    thread.join(timeout=30)
    assert len(errors) == 1


def test_progress_is_sampled_but_no_stage_is_lost(child: Child) -> None:
    started = time.monotonic()
    steps: list[Progress] = list(child.call(handlers.Report(3000)))
    seconds = time.monotonic() - started
    assert [step.stage for step in steps][-1] == "second"
    assert steps[0].done == 0
    assert len(steps) <= 3 + 10 * (seconds + 1)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_the_child_ends_with_its_parent() -> None:
    command = [sys.executable, "-m", "tests.child_handlers"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        grandchild = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _is_running(grandchild):
        assert time.monotonic() < deadline, "the child outlives its parent"


def _is_running(process_id: int) -> bool:
    """Whether the process is there and no zombie that nobody has waited for yet."""
    status = Path(f"/proc/{process_id}/stat")
    if Path("/proc").is_dir():
        try:
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
