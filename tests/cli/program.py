"""The real program with an engine process that holds no model and may hang; see tests/worker/fake_host.py."""

from __future__ import annotations

import sys
from pathlib import Path

from lift_desktop.chat import conversation
from lift_desktop.cli import main
from lift_desktop.services import Services
from lift_desktop.worker.client import EngineClient

from ..worker import fake_host


def services(folder: Path) -> Services:
    return Services(folder, engine=EngineClient(fake_host.main))


if __name__ == "__main__":
    conversation.is_short = lambda text: not text  # a test waits for the first word of a short answer
    sys.exit(main(None, services))
