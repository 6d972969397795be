"""`prepare` on the command line: the skills lie where their model is found with them, or where they are wanted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs.prepare import PrepareSettings, place_of_skills, prepare_for_use
from lift_desktop.models import ModelStore

from .conftest import CommandLine
from .test_endings import Once


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.jsonl"
    file.write_text("{}\n" * 9, encoding="utf-8")
    return file


def test_the_store_finds_the_skills(cli: CommandLine, data: Path) -> None:
    store = ModelStore(cli.folder / "models")
    assert store.resolve(str(cli.model)).skills_folder is None
    outcome = cli.run("prepare", "--data", str(data), "--model", str(cli.model), "--json")
    assert outcome.code == 0 and len(outcome.out.splitlines()) == 1
    folder = store.resolve(str(cli.model)).skills_folder
    assert outcome.values["folder"] == str(folder) and folder is not None
    assert outcome.values["kinds"][0] == {"kind": "reading", "before": 4.0, "after": 0.5, "tokens": 10}
    assert not folder.with_name(f"{folder.name}.partial").exists()
    assert [model.name for model in store.available()] == [model.name for model in ModelStore(cli.folder).available()]
    cli.learn()
    cli.ask("Which law?")
    assert cli.engine.asked[-1].model.skills_folder == str(folder)


def test_skills_for_another_place(cli: CommandLine, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    for _ in range(2):  # the second time it replaces them
        outcome = cli.run("prepare", "--data", str(data), "--model", str(cli.model), "--out", str(target))
        assert outcome.code == 0 and str(target) in outcome.out.replace("\n", "")
        assert "answering from passages" in outcome.out
    assert ModelStore(cli.folder / "models").resolve(str(cli.model)).skills_folder is None


def test_skills_for_a_model_as_it_is_kept(cli: CommandLine, data: Path, tmp_path: Path) -> None:
    command = ("prepare", "--data", str(data), "--model", str(cli.model), "--out", str(tmp_path / "mine"))
    for chosen in ("auto", "nf4"):
        assert cli.run(*command, "--quantisation", chosen, "--device", "cpu").code == 0
        model = cli.engine.prepared[-1].model
        assert (model.quantisation, model.device) == (chosen, "cpu")


def test_skills_for_fewer_bits_stand_beside_the_others(cli: CommandLine, data: Path) -> None:
    command = ("prepare", "--data", str(data), "--model", str(cli.model), "--json")
    root = Path(cli.run(*command).values["folder"])
    (root / "usual").write_text("the usual ones", encoding="utf-8")
    inside = Path(cli.run(*command, "--quantisation", "nf4").values["folder"])
    assert inside == root / "nf4" and (root / "usual").is_file()
    (inside / "nf4 ones").touch()
    assert Path(cli.run(*command).values["folder"]) == root
    assert not (root / "usual").exists() and (inside / "nf4 ones").is_file()
    assert ModelStore(cli.folder / "models").resolve(str(cli.model)).skills_folder == root


def test_skills_for_fewer_bits_do_not_hide_those_that_came_with_the_model(tmp_path: Path, data: Path) -> None:
    came, own = tmp_path / "came", tmp_path / "own"
    came.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (came / name).write_text(name, encoding="utf-8")
    model = ModelReference("m", str(tmp_path), "", str(came), quantisation="nf4")
    last(prepare_for_use(FakeEngine(), model, PrepareSettings((data,)), own))
    assert place_of_skills(own, model) == own / "nf4" and (own / "nf4" / "adapter_config.json").is_file()
    assert (own / "adapter_model.safetensors").read_text("utf-8") == "adapter_model.safetensors"
    assert place_of_skills(own, replace(model, skills_folder="")) == own
    assert place_of_skills(own, replace(model, quantisation="auto")) == own


def test_other_files_are_not_replaced(cli: CommandLine, data: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("Dear", encoding="utf-8")
    command = ("prepare", "--data", str(data), "--model", str(cli.model))
    outcome = cli.run(*command, "--out", str(tmp_path / "letters"))
    assert outcome.code == 2 and "other files than skills" in outcome.err
    assert (tmp_path / "letters" / "one.txt").is_file()
    for wrong in ("0", "nan", "inf"):
        assert "no time" in cli.run(*command, "--minutes", wrong).err


def test_ctrl_c_can_be_resumed(cli: CommandLine, data: Path) -> None:
    cli.engine = FakeEngine(Once("practising", KeyboardInterrupt()))
    command = ("prepare", "--data", str(data), "--model", str(cli.model))
    outcome = cli.run(*command)
    assert outcome.code == 130 and "same command" in outcome.err
    assert cli.run(*command).code == 0
