"""How commands end that do not end well: Ctrl-C, damaged files, wrong usage, bugs. The library is never harmed."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lift_desktop.domain.errors import ChildDied, OutOfMemory
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import MemoryState
from lift_desktop.engine.contract import STAGES
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.library import Library
from lift_desktop.logs import FILE_NAME

from ..documents.damaged_inputs import DAMAGED, TIGHT_LIMITS
from .conftest import CommandLine

QUESTION = "What is the governing law of this agreement?"
STREAMED = "How often does the Keeper polish the lens?"
"""A question whose answer is shown as it comes."""


class Once:
    """Raises an error at the second step of a stage (or of an answer), once."""

    def __init__(self, stage: str, error: BaseException) -> None:
        self._stage, self._error, self._left = stage, error, 2

    def __call__(self, step: Progress | AnswerText) -> None:
        stage = step.stage if isinstance(step, Progress) else "answering"
        if stage == self._stage and self._left:
            self._left -= 1
            if not self._left:
                raise self._error


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_while_learning(cli: CommandLine, stage: str) -> None:
    cli.engine = FakeEngine(Once(stage, KeyboardInterrupt()))
    outcome = cli.learn("--json")
    assert outcome.code == 130
    assert "Learning can be resumed: same command." in outcome.err and outcome.out == ""
    assert _states(cli) == [MemoryState.CANCELLED]
    assert cli.problems() == []
    resumed = cli.learn("--json")
    assert resumed.values["state"] == "ready"
    assert "Going on where the last run ended." in resumed.err
    assert len(cli.engine.steps) == len(set(cli.engine.steps)), "work was done twice"


def test_ctrl_c_while_answering(cli: CommandLine) -> None:
    cli.engine = FakeEngine(Once("answering", KeyboardInterrupt()))
    assert cli.ask(QUESTION).code == 130
    assert cli.problems() == []
    assert cli.ask(QUESTION).code == 0


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ChildDied("The engine process ended unexpectedly."), MemoryState.INTERRUPTED),
        (OutOfMemory("There is too little memory."), MemoryState.FAILED),
    ],
)
def test_an_engine_that_fails(cli: CommandLine, stage: str, error: Exception, state: MemoryState) -> None:
    cli.engine = FakeEngine(Once(stage, error))
    outcome = cli.learn()
    assert outcome.code == 1
    last_lines = outcome.err.splitlines()[-2:]
    assert last_lines[0] == f"Error: {error}"
    assert last_lines[1]
    assert "Traceback" not in outcome.err
    assert _states(cli) == [state]
    assert cli.problems() == []
    assert cli.learn("--json").values["state"] == "ready"


def test_a_bug_is_reported_without_a_trace_or_text(cli: CommandLine) -> None:
    cli.engine = FakeEngine(Once("training", ZeroDivisionError("the blue ledger")))
    outcome = cli.learn()
    assert outcome.code == 1
    log = cli.folder / "logs" / FILE_NAME
    assert "ZeroDivisionError" in outcome.err and str(log) in outcome.err
    assert "Traceback" not in outcome.err
    written = log.read_text("utf-8")
    assert "ZeroDivisionError" in written and "fake.py" in written
    assert "blue ledger" not in written
    assert _states(cli) == [MemoryState.FAILED]


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_end_in_their_error(cli: CommandLine, name: str, tmp_path: Path) -> None:
    maker, error = DAMAGED[name]
    folder = tmp_path / "damaged"
    folder.mkdir()
    if name == "no permission" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    cli.limits = dict(TIGHT_LIMITS)
    outcome = cli.learn("--json", file=maker(folder))
    assert outcome.code == 1, f"{error.__name__} was expected"
    assert outcome.out == ""
    assert "Error: " in outcome.err and "Traceback" not in outcome.err
    assert error.__name__ in (cli.folder / "logs" / FILE_NAME).read_text("utf-8")
    assert cli.run("list", "--json").values == {"documents": []}
    assert cli.problems() == []


def _states(cli: CommandLine) -> list[MemoryState]:
    with Library(cli.folder) as library:
        return [memory.state for memory in library.memories()]


# In a process of its own ----------------------------------------------------------------------------
PROGRAM = [sys.executable, "-m", "lift_desktop"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["learn"],
        ["learn", "a.pdf", "--depth", "abysmal"],
        ["ask", "a.pdf"],
        ["ask", "a.pdf", "Why?", "--mode", "guess"],
        ["ask", "a.pdf", "  "],
        ["models"],
        ["list", "--colour"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, "--data-dir", str(tmp_path), *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "When does it end, and who said so? " * 9, "contract"),
        ("ask", "contract", "When does it end?", "--model", "m" * 300),
        ("export", "contract", "x" * 300),
    ],
)
def test_what_is_too_long_for_a_file_is_wrong_usage(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    cli.learn()
    done = cli.run(*(word.replace("contract", str(cli.file)) for word in arguments))
    assert done.code == 2 and "too long" in done.err and "bug" not in done.err


def test_a_missing_file_in_a_real_process(tmp_path: Path) -> None:
    command = [*PROGRAM, "--data-dir", str(tmp_path / "data"), "learn", str(tmp_path / "gone.pdf"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2 and done.stderr.startswith("Error: ")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_json_keeps_every_letter_in_any_encoding(cli: CommandLine, encoding: str) -> None:
    assert cli.learn(file=cli.file.rename(cli.file.with_name("Łódź – größer.txt"))).code == 0
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [*PROGRAM, "--data-dir", str(cli.folder), "list", "--json"], capture_output=True, env=environment
    )
    assert json.loads(done.stdout.decode("utf-8"))["documents"][0]["file"] == "Łódź – größer.txt"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("output", ["a full disk", "closed"])
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"]])
def test_output_that_cannot_be_written(arguments: list[str], output: str, tmp_path: Path) -> None:
    command = [*PROGRAM, "--data-dir", str(tmp_path), *arguments]
    shell = f"{shlex.join(command)} {'>/dev/full' if output == 'a full disk' else '>&-'}"
    done = subprocess.run(["sh", "-c", shell], stderr=subprocess.PIPE, text=True)
    assert done.returncode == (1 if output == "a full disk" else 0)
    assert "bug" not in done.stderr and "Exception" not in done.stderr
    assert ("Error: The output could not be written: No space" in done.stderr) is (output == "a full disk")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["learn", "--help"], []])
def test_help_in_a_real_process(arguments: list[str]) -> None:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")  # without one there is no window to open
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    done = subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "lift-desktop" in done.stdout


def _hear_interrupts() -> None:
    """As in a terminal, also when the tests themselves run in the background, where Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize("stage", [*STAGES, "answering"])
def test_a_real_ctrl_c_ends_it_in_three_seconds(cli: CommandLine, stage: str) -> None:
    """The engine process hangs in the stage when the signal comes."""
    folder, root = cli.folder, Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.cli.program", "--data-dir", str(folder)]
    if stage == "answering":
        command += ["ask", str(cli.file), STREAMED, "--model", str(cli.model)]
    else:
        command += ["learn", str(cli.file), "--model", str(cli.model)]
    environment = {**os.environ, "STALL_AT": stage}
    with subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_interrupts,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        if stage == "answering":
            assert process.stdout.read(1)
        else:
            while not process.stderr.readline().startswith(f"{stage.capitalize()} ...".encode()):
                assert process.poll() is None
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        _, errors = process.communicate(timeout=30)
        assert time.monotonic() - started < 3
    assert process.returncode == 130
    assert b"Stopped." in errors and b"Traceback" not in errors
    assert _states(cli) == ([] if stage == "answering" else [MemoryState.CANCELLED])
    assert cli.problems() == []
