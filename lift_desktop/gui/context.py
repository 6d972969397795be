"""What every pane is given: the services, the threads, the news, the user's choices."""

from __future__ import annotations

from dataclasses import dataclass

from ..jobs.queue import JobQueue
from ..library import Library
from ..services import Services
from .bridge import Tasks
from .hub import Hub
from .preferences import Preferences


@dataclass(frozen=True)
class Context:
    """Made by `app`; lives as long as the window."""

    services: Services
    tasks: Tasks
    hub: Hub
    preferences: Preferences
    queue: JobQueue

    @property
    def library(self) -> Library:
        return self.services.library
