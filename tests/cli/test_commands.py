"""Every command on the engine without a model: what it prints, in words and as JSON, and its exit code."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from lift_desktop.bench.filler import paragraphs
from lift_desktop.cli import main
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs.estimate import SETTING
from lift_desktop.library import Library

from .. import texts
from .conftest import CommandLine

QUESTION = "What is the governing law of this agreement?"
LEARN_KEYS = {
    "document",
    "memory",
    "state",
    "pages",
    "passages",
    "questions",
    "recall_before",
    "recall_after",
    "seconds",
    "size_bytes",
}
ASK_KEYS = {
    "answer",
    "mode",
    "supported",
    "absent",
    "missing",
    "citations",
    "coverage",
    "recited",
    "seconds_to_first_token",
    "seconds",
}


def test_learn_gives_one_json_line(cli: CommandLine) -> None:
    outcome = cli.learn("--json")
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == 1
    assert set(outcome.values) == LEARN_KEYS
    assert outcome.values["state"] == "ready"
    assert outcome.values["questions"] > 0 and outcome.values["size_bytes"] > 0
    assert (outcome.values["recall_before"], outcome.values["recall_after"]) == (0.1, 0.9)
    for stage in ("Reading", "Studying", "Training", "Checking"):
        assert stage in outcome.err
    assert "standard about 4 s (chosen)" in outcome.err
    assert cli.problems() == []


def test_learn_in_words(cli: CommandLine) -> None:
    outcome = cli.learn("--depth", "quick")
    assert outcome.code == 0
    assert "ready" in outcome.out and "recall 10% before, 90% after" in outcome.out
    assert "quick about 2 s (chosen)" in outcome.err


def test_a_long_document_needs_more_than_quick(cli: CommandLine, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("\n\n".join(islice(paragraphs(Random(1)), 250)), "utf-8")
    quick = cli.learn("--depth", "quick", file=long)
    assert quick.code == 0 and "will probably be weak" in quick.err and "--depth standard" in quick.err
    assert "will probably be weak" not in cli.learn("--depth", "standard", file=long).err
    assert "will probably be weak" not in cli.learn("--depth", "quick").err


def test_what_is_learned_is_not_learned_again(cli: CommandLine) -> None:
    first = cli.learn("--json").values
    steps = len(cli.engine.steps)
    second = cli.learn("--json")
    assert second.values == first
    assert "learned already" in second.err
    assert len(cli.engine.steps) == steps
    again = cli.learn("--again", "--json").values
    assert again["memory"] != first["memory"] and again["document"] == first["document"]
    assert len(cli.engine.steps) == 2 * steps


def test_learn_takes_a_document_of_the_library(cli: CommandLine) -> None:
    document = cli.ask(QUESTION, "--json") and cli.run("list", "--json").values["documents"][0]
    outcome = cli.run("learn", document["document"], "--model", str(cli.model), "--json")
    assert outcome.values["document"] == document["document"]


def test_learn_and_ask_at_once(cli: CommandLine) -> None:
    outcome = cli.learn("--ask", QUESTION, "--json")
    assert set(outcome.values) == LEARN_KEYS | {"asked"}
    assert set(outcome.values["asked"]) == ASK_KEYS
    assert outcome.values["asked"]["mode"] == "both"
    assert "Maine" in cli.learn("--ask", QUESTION).out


def test_a_weak_memory_says_so(cli: CommandLine) -> None:
    cli.engine = FakeEngine(learns=False)
    assert "weak" in cli.learn().out
    assert "weak" in cli.ask(QUESTION).err


def test_plain_learning_reaches_the_engine(cli: CommandLine) -> None:
    memory = cli.learn("--plain", "--json").values["memory"]
    manifest = (cli.folder / "memories" / memory / "manifest.json").read_text("utf-8")
    assert '"distil": false' in manifest


def test_ask_gives_one_json_line(cli: CommandLine) -> None:
    cli.learn()
    outcome = cli.ask(QUESTION, "--json")
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == 1
    values = outcome.values
    assert set(values) == ASK_KEYS
    assert values["mode"] == "both" and not values["absent"]
    assert set(values["citations"][0]) == {"page", "label", "quote", "score"}
    assert "laws of the State of Maine" in values["citations"][0]["quote"]


def test_ask_in_words_shows_pages_and_quotes(cli: CommandLine) -> None:
    outcome = cli.ask(QUESTION)
    assert "Page 1 (support" in outcome.out and "laws of the State of Maine" in outcome.out


def test_ask_without_evidence_says_so(cli: CommandLine) -> None:
    outcome = cli.ask("Who painted the Mona Lisa?")
    assert "The document does not say." in outcome.out and "Not in this document." in outcome.out
    values = cli.ask("Who painted the Mona Lisa?", "--json").values
    assert not values["supported"] and values["absent"] and values["citations"] == []


def test_ask_about_the_whole_document(cli: CommandLine) -> None:
    outcome = cli.ask("List all obligations of the Owner", "--json")
    values = outcome.values
    assert values["supported"] and values["missing"] == []
    assert values["coverage"]["read"] == values["coverage"]["passages"] > 1
    assert len(values["citations"]) == len(values["answer"].splitlines()) >= 3
    assert "The Owner shall supply oil" in values["answer"] and "Reading passage 1 of" in outcome.err
    words = cli.ask("List all obligations of the Owner").out
    assert "Read all" in words and "[1] Page 1" in words


@pytest.mark.parametrize("mode", ["pages", "both"])
def test_a_new_file_can_be_asked_at_once(cli: CommandLine, mode: str) -> None:
    outcome = cli.ask(QUESTION, "--mode", mode, "--json")
    assert outcome.values["mode"] == "pages" and outcome.values["citations"]
    assert ("no memory" in outcome.err) == (mode == "both")


def test_memory_mode_without_a_memory(cli: CommandLine) -> None:
    outcome = cli.ask(QUESTION, "--mode", "memory")
    assert outcome.code == 1
    assert "has not been learned yet" in outcome.err and "lift-desktop learn FILE" in outcome.err


def test_memory_mode(cli: CommandLine) -> None:
    cli.learn()
    values = cli.ask("Between whom is this Agreement made?", "--mode", "memory", "--json").values
    assert values["mode"] == "memory"
    assert cli.engine.asked[-1].passages == ()


def test_ask_uses_the_model_of_the_memory(cli: CommandLine) -> None:
    cli.learn()
    outcome = cli.run("ask", str(cli.file), QUESTION, "--json")
    assert outcome.values["mode"] == "both"
    assert cli.engine.asked[-1].model.folder == str(cli.model)


def test_documents_have_three_names(cli: CommandLine) -> None:
    document = cli.learn("--json").values["document"]
    title = cli.run("list", "--json").values["documents"][0]["title"]
    for name in (document, title[:6].upper(), str(cli.file)):
        assert cli.run("show", name, "--json").values["document"] == document


def test_an_unknown_document_has_a_hint(cli: CommandLine) -> None:
    outcome = cli.run("ask", "atlantis", "Where is it?")
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        "Error: The library holds no document 'atlantis'.",
        "`lift-desktop list` shows what the library holds.",
    ]
    assert "is not in the library" in cli.run("show", str(cli.file)).err
    assert "Error" in cli.run("ask", "no/such/file.pdf", "Where?").err


def test_list_and_show(cli: CommandLine) -> None:
    assert "empty" in cli.run("list").out
    assert cli.run("list", "--json").values == {"documents": []}
    cli.ask(QUESTION)
    assert "not learned" in cli.run("list").out
    assert "Not learned yet." in cli.run("show", str(cli.file)).out
    memory = cli.learn("--json").values["memory"]
    listed = cli.run("list", "--json").values["documents"]
    assert [each["memory"] for each in listed[0]["memories"]] == [memory]
    shown = cli.run("show", str(cli.file))
    assert memory in shown.out and "90%" in shown.out
    values = cli.run("show", str(cli.file), "--json").values
    assert values["memories"][0]["pages"][0]["page"] == 1


def test_a_question_that_is_none_is_refused_before_anything_is_read(cli: CommandLine) -> None:
    outcome = cli.learn("--ask", " ")
    assert outcome.code == 2 and "no question" in outcome.err
    assert cli.run("list", "--json").values["documents"] == []


def test_forget_leaves_no_byte(cli: CommandLine) -> None:
    cli.learn("--ask", f"Where is the {texts.SECRET}?")
    assert _holding(cli.folder, texts.SECRET)
    outcome = cli.run("forget", str(cli.file), "--yes", "--json")
    assert outcome.values["forgotten"] is True
    assert _holding(cli.folder, texts.SECRET) == []
    assert cli.problems() == []


def test_forget_leaves_no_time_that_the_window_measured(cli: CommandLine) -> None:
    learned = cli.learn("--json").values
    with Library(cli.folder) as library:
        library.set_setting(SETTING, [{"document": learned["document"], "model": "m", "passages": 4, "seconds": {}}])
    cli.run("forget", str(cli.file), "--yes")
    with Library(cli.folder) as library:
        assert library.setting(SETTING, None) == []


def _holding(folder: Path, words: str) -> list[Path]:
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and words.encode() in file.read_bytes().replace(b"\n", b" ")
    ]


class Person(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "forgotten"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_forget_asks_a_person(cli: CommandLine, answer: str, forgotten: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.ask(QUESTION)
    monkeypatch.setattr("sys.stdin", Person(answer))
    outcome = cli.run("forget", str(cli.file))
    assert "Erase" in outcome.err
    assert outcome.code == (0 if forgotten else 1)
    assert bool(cli.run("list", "--json").values["documents"]) != forgotten


def test_export_and_import(cli: CommandLine, tmp_path: Path) -> None:
    learned = cli.learn("--json").values
    archive = tmp_path / "lighthouse.liftmemory"
    outcome = cli.run("export", str(cli.file), str(archive), "--json")
    assert outcome.values["memory"] == learned["memory"] and archive.stat().st_size > 0
    assert cli.run("export", str(cli.file), str(archive)).code == 2
    cli.run("forget", learned["document"], "--yes")
    imported = cli.run("import", str(archive), "--json").values
    assert (imported["document"], imported["state"]) == (learned["document"], "ready")
    assert cli.ask(QUESTION, "--json").values["mode"] == "both"
    assert cli.problems() == []


def test_export_of_the_only_memory(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run("export", "one.liftmemory").code == 2
    cli.ask(QUESTION)
    assert "no finished memory" in cli.run("export", str(cli.file)).err
    cli.learn()
    assert cli.run("export", "one.liftmemory").code == 0
    assert (tmp_path / "one.liftmemory").exists()
    named = Path(cli.run("export", str(cli.file), "--json").values["file"])
    assert named.suffix == ".liftmemory" and named.exists()
    assert cli.run("export", "a", "b", "c").code == 2


def test_import_of_something_else(cli: CommandLine) -> None:
    outcome = cli.run("import", str(cli.file))
    assert outcome.code == 1
    assert outcome.err.startswith("Error: ")
    assert cli.problems() == []


def test_doctor(cli: CommandLine) -> None:
    outcome = cli.run("doctor", "--json")
    assert outcome.code == 0
    assert outcome.values["ok"]
    assert {check["name"] for check in outcome.values["checks"]} >= {"library", "reading", "engine"}
    assert "works" in cli.run("doctor").out


def test_doctor_finds_damage(cli: CommandLine) -> None:
    cli.ask(QUESTION)
    with Library(cli.folder) as library:
        library.file(library.documents()[0].id).unlink()
    outcome = cli.run("doctor", "--json")
    assert outcome.code == 1
    assert [check["name"] for check in outcome.values["checks"] if not check["ok"]] == ["library"]


def test_no_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "usage: lift-desktop" in capsys.readouterr().out
