"""Starts the program. Nothing heavy is imported here: child processes import this module too."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> None:
    """The entry point of the command `lift-desktop`; ends the process with the command's exit code."""
    multiprocessing.freeze_support()
    from .cli import main as command_line

    sys.exit(command_line())


if __name__ == "__main__":
    main()
