"""The command `bench`: what we claim, measured and shown as a table."""

from __future__ import annotations

import argparse
from typing import Any

from ..services import Services
from .finding import model_for
from .needling import bench_needle
from .racing import bench_speed
from .terminal import Terminal


def bench(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Runs the bench that was asked for and shows its figures."""
    if arguments.bench == "needle":
        return bench_needle(arguments, services, terminal)
    if arguments.bench == "speed":
        return bench_speed(arguments, services, terminal)
    from ..bench.qa import options_of, run_qa

    model = model_for(arguments.model, services, terminal, arguments=arguments)
    steps = run_qa(services.engine, model, arguments.file, options_of(arguments))
    values: dict[str, Any] = terminal.follow(steps)
    if not terminal.as_json:
        _show(values, terminal)
    terminal.result(values)
    return 0


def _show(values: dict[str, Any], terminal: Terminal) -> None:
    rows = [
        (
            name,
            str(arm["n"]),
            *(
                f"{arm[key]:.3f} [{arm[key + '_ci'][0]:.3f}, {arm[key + '_ci'][1]:.3f}]"
                for key in ("nll", "recall", "f1")
            ),
            f"{arm['seconds']:.0f}",
        )
        for name, arm in values["arms"].items()
    ]
    terminal.table(("arm", "n", "NLL (95 %)", "recall (95 %)", "F1 (95 %)", "seconds"), rows)
    for pair, differences in values["differences"].items():
        parts = [
            f"{key} {mean['value']:+.3f} [{mean['low']:+.3f}, {mean['high']:+.3f}]" for key, mean in differences.items()
        ]
        terminal.say(f"{pair}: {', '.join(parts)}")
    terminal.say(f"Learning took {values['learn_seconds']:.0f} seconds.")
    if values["weak_memories"]:
        terminal.say(f"Weak memories: {values['weak_memories']}. There, both shows the pages alone.")
