"""`bench needle` on the command line: a table, one JSON line, a picture, and wrong usage."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import CommandLine

SMALL = ("--lengths", "600", "--depths", "3")


def _needle(cli: CommandLine, *more: str) -> tuple[str, ...]:
    return ("bench", "needle", "--model", str(cli.model), *SMALL, *more)


def test_a_table_and_a_picture(cli: CommandLine, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    outcome = cli.run(*_needle(cli, "--plot", str(tmp_path / "map.png")))
    assert outcome.code == 0
    for words in ("memory", "both", "50%", "600", "2 facts in each cell, 6 in all"):
        assert words in outcome.out
    assert (tmp_path / "map.png").stat().st_size > 1000
    assert cli.run("list", "--json").values["documents"] == []  # the user's own library knows nothing of it


def test_one_json_line(cli: CommandLine) -> None:
    outcome = cli.run(*_needle(cli, "--json", "--facts", "1"))
    assert len(outcome.out.splitlines()) == 1
    assert set(outcome.values) == {"lengths", "places", "facts", "modes", "learn_seconds", "results"}
    assert outcome.values["modes"]["both"]["all"]["recall"] == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("--lengths", "1000,many"), "no list of numbers"),
        (("--facts", "0"), "facts"),
        (("--depths", "0"), "facts"),
        (("--plot", "map.jpg"), "PNG"),
        (("--haystack", "missing.txt"), "missing.txt"),
    ],
)
def test_wrong_usage(cli: CommandLine, more: tuple[str, ...], reason: str) -> None:
    outcome = cli.run(*_needle(cli, *more))
    assert outcome.code in (1, 2) and reason in outcome.err
