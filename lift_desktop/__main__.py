"""Starts the program: the window, or the command line. Nothing heavy is imported here: child processes import this
module too.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

INTERRUPTED = 130  # the exit code that a shell gives a program that Ctrl-C stopped


def main() -> None:
    """The entry point of the command `lift-desktop`; ends the process with the exit code.

    Without arguments, or with files alone, it opens the window; all else is for the command line.
    """
    multiprocessing.freeze_support()
    try:
        sys.exit(_run())
    except KeyboardInterrupt:  # while the program is being loaded
        sys.exit(INTERRUPTED)


def _run() -> int:
    wanted = window_arguments(sys.argv[1:])
    if wanted is not None and has_screen():
        from .app import run

        return run(*wanted)
    from .cli import main as command_line

    return command_line()


def window_arguments(arguments: Sequence[str]) -> tuple[Path | None, list[Path]] | None:
    """The data folder (None: the user's own) and the files to open, or None when a command was given."""
    from .cli.arguments import COMMAND_NAMES

    rest = list(arguments)
    data_folder = None
    if len(rest) >= 2 and rest[0] == "--data-dir":
        data_folder, rest = Path(rest[1]), rest[2:]
    elif rest and rest[0].startswith("--data-dir="):
        data_folder, rest = Path(rest[0].partition("=")[2]), rest[1:]
    files = [Path(argument) for argument in rest]
    if any(argument.startswith("-") for argument in rest) or (rest and rest[0] in COMMAND_NAMES):
        return None
    if not all(file.suffix or file.exists() for file in files):  # a command that was mistyped, rather
        return None
    return data_folder, files


def has_screen() -> bool:
    """Whether a window can be shown; on a server without one the command line says what it can do instead."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    main()
