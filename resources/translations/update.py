"""Collects what the window says into translation files, and compiles those that are translated.

    python resources/translations/update.py de                     # a new language, or what is new in one
    python resources/translations/update.py                        # all that are here
    python resources/translations/update.py de --missing > de.json   # what is not translated yet: {"English": ""}
    python resources/translations/update.py de --fill de.json        # takes over what was filled in there

`lift-desktop_<language>.ts` can be edited with Qt Linguist (`pyside6-linguist`), too; the program loads the `.qm`
beside it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "lift_desktop"
PREFIX = "lift-desktop_"


def update(folder: Path, language: str) -> Path:
    """Writes or refreshes the language's `.ts` file in `folder`; returns it."""
    sources = sorted(str(file) for file in (SOURCES / "gui").rglob("*.py"))
    target = folder / f"{PREFIX}{language}.ts"
    options = ["-no-obsolete", "-locations", "none", "-target-language", language, "-ts", str(target)]
    subprocess.run(_here(["pyside6-lupdate", *sources, *options]), check=True, stdout=subprocess.DEVNULL)
    return target


def compile_file(source: Path) -> Path:
    """Compiles a `.ts` file; returns the `.qm` file."""
    target = source.with_suffix(".qm")
    subprocess.run(_here(["pyside6-lrelease", str(source), "-qm", str(target)]), check=True, stdout=subprocess.DEVNULL)
    return target


def missing(source: Path) -> dict[str, str]:
    """What a `.ts` file has no finished translation of: the English words -> a guess, or ""."""
    return {
        message.findtext("source", ""): translation.text or ""
        for message in ElementTree.parse(source).iter("message")
        if (translation := message.find("translation")) is not None and translation.get("type") == "unfinished"
    }


def fill(source: Path, translations: Mapping[str, str]) -> None:
    """Finishes what is missing in a `.ts` file, where `translations` has words for it."""
    tree = ElementTree.parse(source)
    for message in tree.iter("message"):
        translation = message.find("translation")
        words = translations.get(message.findtext("source", ""))
        if translation is not None and translation.get("type") == "unfinished" and words:
            del translation.attrib["type"]
            translation.text = words
    tree.write(source, encoding="utf-8", xml_declaration=True)


def _here(command: Sequence[str]) -> list[str]:
    """The tool of this Python's environment."""
    return [str(Path(sys.executable).with_name(command[0])), *command[1:]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Collects and compiles the translations of the window.")
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="such as de; all that are here if none")
    parser.add_argument("--missing", action="store_true", help="prints what is not translated, as JSON")
    parser.add_argument("--fill", type=Path, metavar="FILE", help="takes translations from such JSON")
    arguments = parser.parse_args()
    for language in arguments.languages or sorted(file.stem.removeprefix(PREFIX) for file in HERE.glob("*.ts")):
        source = update(HERE, language)
        if arguments.fill is not None:
            fill(source, json.loads(arguments.fill.read_text("utf-8")))
            update(HERE, language)  # in the form in which lupdate writes it
        if arguments.missing:
            print(json.dumps(missing(source), ensure_ascii=False, indent=2))
        else:
            print(f"{compile_file(source)}: {len(missing(source))} missing")


if __name__ == "__main__":
    main()
