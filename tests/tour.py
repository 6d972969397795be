"""Drives the real program, with the real starter model, from the first start to the second, and photographs each step.

    python -m tests.tour FOLDER [--models MODELS_FOLDER] [--scale 1.0]

Writes `NN-step-light.png` and `NN-step-dark.png` into FOLDER: pictures of the whole screen, to be looked at. Without a
display it starts itself again under `xvfb-run` (with a window manager when openbox is there). `--models` names the
folder `models` of a data folder that has the starter model already; without it the model is downloaded.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "resources" / "sample" / "services-agreement.pdf"
LONGEST_WAIT_SECONDS = 3600.0


def main() -> None:
    """Starts the screen if there is none, then the tour."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="of all text")
    arguments = parser.parse_args()
    if "DISPLAY" not in os.environ:
        sys.exit(_under_a_screen())
    from PySide6.QtWidgets import QApplication

    from lift_desktop.app import make_application

    application = make_application()
    font = application.font()
    font.setPointSizeF(font.pointSizeF() * arguments.scale)
    QApplication.setFont(font)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if arguments.models:
            shutil.copytree(arguments.models, data / "models")
        from .tour_steps import Tour

        Tour(arguments.folder, data).run()


def _under_a_screen() -> int:
    program = [sys.executable, "-m", "tests.tour", *sys.argv[1:]]
    manager = "openbox & " if shutil.which("openbox") else ""
    line = f'{manager}exec "$@"'
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", "sh", "-c", line, "sh", *program]
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return subprocess.call(screen, env=environment)


def wait(milliseconds: int) -> None:
    """Serves the window for so long. (QTest.qWait would not let Python's other threads run.)"""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(happened: Callable[[], bool], what: str, seconds: float = LONGEST_WAIT_SECONDS) -> None:
    """Serves the window until `happened`; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen in {seconds:.0f} seconds")
        wait(30)


if __name__ == "__main__":
    main()
