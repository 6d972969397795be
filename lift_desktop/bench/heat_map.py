"""The heat map of the needle test: one panel a mode, lengths to the right, places downwards, recall as colour.

The only user of matplotlib, which is an optional part of the program.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from ..domain.errors import BadSettings

COLOURS = "cividis"  # even in lightness, and the same to all eyes (Nuñez et al., 2018)
INCHES_PER_CELL = 0.75
DARK_BELOW = 0.55  # on darker cells than this the figure is written in white
TITLES = {"memory": "From memory alone", "both": "Memory and pages"}


def check_drawing(file: Path) -> None:
    """Raises BadSettings when no heat map could be written to `file`: better before a long measurement than after."""
    if importlib.util.find_spec("matplotlib") is None:
        raise BadSettings("Drawing needs matplotlib, which is not installed.", "pip install 'lift-desktop[bench]'")
    if file.suffix.lower() != ".png":
        raise BadSettings(f"{file} is no name of a PNG file.", "For example: --plot needle.png")
    if not file.absolute().parent.is_dir():
        raise BadSettings(f"There is no folder {file.absolute().parent}.", "Make it first, or choose another one.")


def draw(values: dict[str, Any], file: Path) -> None:
    """Draws what `bench.needle.run_needle` returned to the PNG `file`. Raises BadSettings when it cannot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lengths, places, modes = values["lengths"], values["places"], values["modes"]
    width = 2.4 + len(modes) * max(2.6, INCHES_PER_CELL * len(lengths))
    figure = Figure(figsize=(width, 1.9 + INCHES_PER_CELL * len(places)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(modes), sharey=True, squeeze=False)[0]
    for axes, (mode, figures) in zip(panels, modes.items(), strict=True):
        recalls = [[row[at]["recall"] for row in figures["cells"]] for at in range(len(places))]
        image = axes.imshow(recalls, cmap=COLOURS, vmin=0, vmax=1, aspect="auto")
        for at, row in enumerate(recalls):
            for column, recall in enumerate(row):
                colour = "white" if recall < DARK_BELOW else "black"
                axes.text(column, at, f"{recall:.2f}", ha="center", va="center", color=colour, fontsize=9)
        mean = figures["all"]
        low, high = mean["recall_ci"]
        axes.set_title(
            f"{TITLES[mode]}\nrecall {mean['recall']:.2f} [{low:.2f}, {high:.2f}], {mean['n']} facts", fontsize=10
        )
        axes.set_xticks(range(len(lengths)), [_short(length) for length in lengths])
        axes.set_xlabel("Length of the document (tokens)")
        axes.set_yticks(range(len(places)), [f"{place:.0%}" for place in places])
    panels[0].set_ylabel("Place of the fact in the document")
    figure.colorbar(image, ax=list(panels), label="Recall of the answer's words")
    try:
        figure.savefig(file, dpi=150)
    except OSError as error:
        raise BadSettings(f"{file} cannot be written: {error.strerror}.", "Choose another place for --plot.") from error


def _short(length: int) -> str:
    return f"{length / 1000:g}K" if length >= 1000 else str(length)
