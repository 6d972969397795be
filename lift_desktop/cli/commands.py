"""Which function carries out which command. Each takes (arguments, services, terminal) and returns an exit
code.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ..services import Services
from .asking import ask
from .benching import bench
from .doctor import doctor
from .learning import learn
from .managing import export, forget, importing, list_documents, show
from .models import models
from .preparing import prepare
from .terminal import Terminal

COMMANDS: dict[str, Callable[[argparse.Namespace, Services, Terminal], int]] = {
    "learn": learn,
    "ask": ask,
    "list": list_documents,
    "show": show,
    "forget": forget,
    "export": export,
    "import": importing,
    "models": models,
    "prepare": prepare,
    "doctor": doctor,
    "bench": bench,
}
