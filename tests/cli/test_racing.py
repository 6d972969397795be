"""`bench speed` on the command line: a table, one JSON line, and wrong usage."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import CommandLine


def _speed(cli: CommandLine, *more: str) -> tuple[str, ...]:
    return ("bench", "speed", "--model", str(cli.model), "--tokens", "600", *more)


def test_a_table(cli: CommandLine) -> None:
    outcome = cli.run(*_speed(cli, "--curve", "300,600"))
    assert outcome.code == 0
    for words in ("times as fast", "4.00", "questions to train on", "seconds to a memory"):
        assert words in outcome.out


def test_one_json_line(cli: CommandLine) -> None:
    outcome = cli.run(*_speed(cli, "--json"))
    assert len(outcome.out.splitlines()) == 1
    values = outcome.values
    assert {"ratios", "ours", "stock", "curve"} <= set(values)
    assert values["ratios"]["study"] == values["ratios"]["train"] == values["ratios"]["total"] == 4
    assert values["ratios"]["decode"] == 4
    assert values["equal_questions"] == 1
    assert values["largest_loss_difference"] == 0


def test_llama_cpp_answers_too(cli: CommandLine, tmp_path: Path) -> None:
    gguf = tmp_path / "model.gguf"
    gguf.write_bytes(b"GGUF")
    outcome = cli.run(*_speed(cli, "--gguf", str(gguf)))
    assert "llama.cpp: 50.0 tokens a second, 2.00 times as fast as stock." in outcome.out
    outcome = cli.run(*_speed(cli, "--gguf", str(gguf), "--json"))
    assert outcome.values["ratios"]["decode_llama"] == 2


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("--curve", "many"), "no list of numbers"),
        (("--epochs", "0"), "too little to measure"),
        (("--gguf", "nowhere.gguf"), "no file “nowhere.gguf”"),
    ],
)
def test_wrong_usage(cli: CommandLine, more: tuple[str, ...], reason: str) -> None:
    outcome = cli.run(*_speed(cli, *more))
    assert outcome.code == 2 and reason in outcome.err
