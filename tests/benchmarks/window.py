"""Measures the window with the real starter model; prints figures, asserts nothing.

    python -m tests.benchmarks.window MODELS_FOLDER

MODELS_FOLDER is the folder `models` of a data folder that has the starter model. Runs on whatever platform Qt finds
(`xvfb-run -a`, or QT_QPA_PLATFORM=offscreen). Prints: seconds from the start of the process to the visible window, the
longest stall of the event loop while the sample is learned, memory of the window's process, and the time to an answer's
first words, idle and while learning. `tests.benchmarks.reader` measures the pages.

Imports nothing heavy itself: child processes import the main module, too.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    from .window_measures import measure

    measure(Path(sys.argv[1]))
