"""Runs one command: from arguments to an exit code. Owns what becomes of errors and of Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..domain.errors import BadSettings, LiftError
from ..logs import log_error, log_start, logging_to
from ..paths import default_data_folder
from ..services import Services
from .arguments import parser_for

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None, make_services: Callable[[Path], Services] = Services) -> int:
    """Runs the command that `arguments` (by default the program's own) name; returns the exit code.

    0: done; 1: failed, with a sentence and a hint on standard error; 2: wrong usage; 130: stopped by Ctrl-C.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    _use_utf8()
    parser = parser_for(arguments)
    parsed = parser.parse_args(arguments)
    if parsed.command is None:
        parser.print_help()
        return 0
    from .commands import COMMANDS
    from .terminal import Terminal

    terminal = Terminal(as_json=getattr(parsed, "json", False))
    data_folder = parsed.data_dir or default_data_folder()
    with logging_to(data_folder) as log_file:
        log_start(parsed.command)
        try:
            with make_services(data_folder) as services:
                services.network.install()
                return COMMANDS[parsed.command](parsed, services, terminal)
        except KeyboardInterrupt:
            terminal.note(f"Stopped.{_how_to_go_on(parsed)}")
            return EXIT_INTERRUPTED
        except LiftError as error:
            log_error(error)
            terminal.error(error)
            return EXIT_USAGE if isinstance(error, BadSettings) else EXIT_FAILED
        except BrokenPipeError:  # the reader of our output has gone, as in `lift-desktop list | head -1`
            sys.stdout = None
            return EXIT_FAILED
        except Exception as error:
            log_error(error)
            if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
                terminal.error(
                    BadSettings(f"“{error.filename}” is too long for a file.", "Check the order of the words.")
                )
                return EXIT_USAGE
            terminal.note(f"Error: this is a bug in LIFT Desktop ({type(error).__name__}).")
            terminal.note(f"Please report it, with the end of {log_file}, which holds no text of your documents.")
            return EXIT_FAILED


def _how_to_go_on(parsed: argparse.Namespace) -> str:
    if parsed.command == "learn":
        return " Learning can be resumed: same command."
    if parsed.command == "prepare" or (parsed.command == "bench" and parsed.bench == "needle"):
        return " It can be resumed: same command."
    is_download = parsed.command == "models" and parsed.action == "get"
    return " The download can be resumed: same command." if is_download else ""


def _use_utf8() -> None:
    """Answers may hold any letter; a terminal that cannot show one gets a question mark instead of an
    error.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
