"""Collects what the window says into translation files, and compiles those that are translated.

    python resources/translations/update.py de          # a new language, or what is new in one
    python resources/translations/update.py             # all that are here

`lift-desktop_<language>.ts` is edited with Qt Linguist (`pyside6-linguist`); the program loads the `.qm` beside it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "lift_desktop"


def update(folder: Path, language: str) -> Path:
    """Writes or refreshes the language's `.ts` file in `folder`; returns it."""
    sources = sorted(str(file) for file in (SOURCES / "gui").rglob("*.py"))
    target = folder / f"lift-desktop_{language}.ts"
    command = ["pyside6-lupdate", *sources, "-no-obsolete", "-target-language", language, "-ts", str(target)]
    subprocess.run(_here(command), check=True, stdout=subprocess.DEVNULL)
    return target


def compile_file(source: Path) -> Path:
    """Compiles a `.ts` file; returns the `.qm` file."""
    target = source.with_suffix(".qm")
    subprocess.run(_here(["pyside6-lrelease", str(source), "-qm", str(target)]), check=True, stdout=subprocess.DEVNULL)
    return target


def _here(command: Sequence[str]) -> list[str]:
    """The tool of this Python's environment."""
    return [str(Path(sys.executable).with_name(command[0])), *command[1:]]


if __name__ == "__main__":
    languages = sys.argv[1:] or [file.stem.partition("_")[2] for file in HERE.glob("lift-desktop_*.ts")]
    for language in languages:
        print(compile_file(update(HERE, language)))
