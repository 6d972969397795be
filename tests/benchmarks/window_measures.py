"""What `tests.benchmarks.window` measures."""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QTimer

from lift_desktop.app import Program, make_application
from lift_desktop.domain.models import AnswerMode, Depth
from lift_desktop.gui.instance import SingleInstance
from lift_desktop.jobs import LearnSettings
from lift_desktop.services import Services

from ..tour import SAMPLE, wait, wait_until

STARTS = 4
START = """
import sys, time
from pathlib import Path
from lift_desktop.app import Program, SingleInstance, make_application
from lift_desktop.services import Services
folder, started = Path(sys.argv[1]), float(sys.argv[2])
application = make_application()
program = Program(application, Services(folder), SingleInstance(folder))
program.window.show()
while not program.window.windowHandle().isExposed():
    application.processEvents()
program.window.repaint()
print(time.time() - started)
program.close()
"""
TICK_MILLISECONDS = 5
QUESTION = "How soon must a security breach be reported?"


class Stalls:
    """How long the event loop was away at the longest, in milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(TICK_MILLISECONDS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, 1000 * (now - self._last) - TICK_MILLISECONDS)
        self._last = now


def measure(models: Path) -> None:
    """Starts, learns, asks, prints."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(models, data / "models")
        starts = [_start_seconds(data) for _ in range(STARTS)]
        print(f"window visible after the start of the process: first {starts[0]:.2f} s, then {_listed(starts[1:])} s")
        program = Program(make_application(), Services(data), SingleInstance(data))
        try:
            _measure(program)
        finally:
            program.close()


def _start_seconds(data: Path) -> float:
    command = [sys.executable, "-c", START, str(data), str(time.time())]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1])


def _measure(program: Program) -> None:
    window, context, stalls = program.window, program.context, Stalls()
    window.resize(1300, 850)
    window.show()
    context.hub.files_offered.emit([SAMPLE])
    wait_until(lambda: window.document is not None, "the sample was read", 60)
    wait(3000)
    assert window.document is not None
    _ask(program)  # loads the model
    idle = [_ask(program) for _ in range(3)]
    context.queue.add(window.document.id, str(context.preferences.get("model")), LearnSettings(Depth.QUICK))
    wait_until(lambda: _stage(program) == "studying", "studying")
    stalls.start()
    busy = []
    while not context.queue.is_idle:
        before = _stage(program)
        wait(5000)
        if not context.queue.is_idle and len(busy) < 8:
            stalls.stop()
            busy.append((before, _ask(program)))
            stalls.start()
    stalls.stop()
    print(f"longest stall of the event loop while learning: {stalls.longest:.0f} ms")
    print(f"first words of an answer, idle: {statistics.median(idle):.2f} s ({_listed(idle)})")
    while_busy = [seconds for _, seconds in busy]
    print(f"first words while learning: {statistics.median(while_busy):.2f} s ({_listed(while_busy)})")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"memory of the window's process: {_resident():.0f} MB now, {peak:.0f} MB at most")
    print(f"torch in the window's process: {'torch' in sys.modules}")


def _ask(program: Program) -> float:
    """Seconds to the first words of an answer in mode pages."""
    window = program.window
    window.chat_pane.actions()[f"mode_{AnswerMode.PAGES.value}"].trigger()
    window.chat_pane.ask(QUESTION)
    wait(50)
    stop = window.chat_pane.actions()["stop"]
    wait_until(lambda: not stop.isEnabled(), "an answer", 180)
    assert window.document is not None
    conversation = program.context.library.conversations(window.document.id)[0]
    return program.context.library.turns(conversation.id)[-1].answer.seconds_to_first_token


def _stage(program: Program) -> str:
    running = program.queue.running
    return running.progress.stage if running is not None and running.progress is not None else ""


def _resident() -> float:
    """Megabytes of this process; 0 where the system does not tell so simply."""
    file = Path("/proc/self/status")
    lines = file.read_text().splitlines() if file.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _listed(values: list[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
