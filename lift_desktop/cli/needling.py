"""The bench `needle`: hidden facts, their recall as a table and, if wanted, as a heat map."""

from __future__ import annotations

import argparse
from typing import Any

from ..services import Services
from .finding import model_for
from .terminal import Terminal, duration

FOLDER = "needle-test"
"""In the data folder: finished lengths, and the library of the one that is being measured."""


def bench_needle(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Measures, shows and draws; a run that was stopped goes on where it was."""
    from ..bench.heat_map import check_drawing, draw
    from ..bench.needle import options_of, run_needle

    options = options_of(arguments)
    if arguments.plot is not None:
        check_drawing(arguments.plot)
    model = model_for(arguments.model, services, terminal, arguments=arguments)
    folder = services.data_folder / FOLDER
    steps = run_needle(services.engine, services.reader, model, options, folder, again=arguments.again)
    values: dict[str, Any] = terminal.follow(steps)
    if not terminal.as_json:
        _show(values, terminal)
    if arguments.plot is not None:
        draw(values, arguments.plot)
        terminal.note(f"The heat map is in {arguments.plot}.")
    terminal.result(values)
    return 0


def _show(values: dict[str, Any], terminal: Terminal) -> None:
    places = [f"{place:.0%}" for place in values["places"]]
    rows = []
    for mode, figures in values["modes"].items():
        for length, cells, mean, seconds in zip(
            values["lengths"], figures["cells"], figures["by_length"], values["learn_seconds"], strict=True
        ):
            recalls = [f"{cell['recall']:.2f}" for cell in cells]
            rows.append((mode, f"{length:,}", *recalls, _interval(mean), duration(seconds)))
        recalls = [f"{mean['recall']:.2f}" for mean in figures["by_place"]]
        rows.append((mode, "all", *recalls, _interval(figures["all"]), duration(sum(values["learn_seconds"]))))
    terminal.table(("mode", "tokens", *places, "recall (95 %)", "learning"), rows)
    facts = values["modes"]["memory"]["all"]["n"]
    terminal.say(f"Recall of the answers' words, {values['facts']} facts in each cell, {facts} in all.")


def _interval(mean: dict[str, Any]) -> str:
    low, high = mean["recall_ci"]
    return f"{mean['recall']:.2f} [{low:.2f}, {high:.2f}]"
