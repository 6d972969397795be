"""The command `bench`: hands over to the part of the program that measures."""

from __future__ import annotations

import argparse
import importlib
import json
from typing import Any

from .services import Services
from .terminal import Terminal


def bench(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Runs the bench that was asked for and shows its figures."""
    values: dict[str, Any] = importlib.import_module(f"lift_desktop.bench.{arguments.bench}").run(arguments, services)
    if not terminal.as_json:
        terminal.say(json.dumps(values, indent=2, ensure_ascii=False))
    terminal.result(values)
    return 0
