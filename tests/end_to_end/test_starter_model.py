"""The whole program on the real starter model: fetched, learned with, asked, exported and forgotten."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.domain.planning import Workload
from lift_desktop.settings import STARTER_MODEL

from ..engine.conftest import make_model, make_tokenizer
from ..engine.measured_peak import TOLERANCE, predicted_by_measured

pytestmark = [pytest.mark.model, pytest.mark.timeout(1500)]

SAMPLE = Path(__file__).parents[2] / "resources" / "sample"
PARAGRAPHS = (
    "Rules of the Harbour Ferry Company",
    "The Harbour Ferry Company was founded in 1921 by Anna Lindqvist, who had worked as a pilot for twelve "
    "years. Its head office stands at 14 Quay Street in Brackwater. The company owns three boats: the Tern, "
    "the Heron and the Gannet. The Tern carries 240 passengers, the Heron 180 and the Gannet 95.",
    "A single ticket costs 4 crowns, a monthly ticket 96 crowns. Children under six travel free of charge. "
    "Bicycles cost 2 crowns. The first boat leaves Brackwater at 5.40 in the morning and the last one at 23.15 "
    "in the evening. On Sundays the first boat leaves at 7.10.",
    "Staff may leave the company upon ninety days' written notice to the harbour master. The company may "
    "dismiss staff upon six months' written notice. The harbour master is appointed by the town council for "
    "four years. Disputes are decided by the court of Brackwater under the laws of the Eastern Province.",
    "In 1957 the Heron was rebuilt by the Merrow shipyard for 310,000 crowns. The reserve fund holds 75,000 "
    "crowns and may be used for repairs only. The accounts are examined each March by Dunmore and Sons.",
)
TEXT = "\n\n".join(PARAGRAPHS)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's data folder."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def lift(data: Path) -> Callable[..., Any]:
    """Runs the installed program on one data folder; returns the JSON object of its last line."""

    def run(*arguments: str, json_wanted: bool = True) -> Any:
        command = [sys.executable, "-m", "lift_desktop", "--data-dir", str(data), *arguments]
        if json_wanted:
            command.append("--json")
        done = subprocess.run(command, capture_output=True, text=True, timeout=1400, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if json_wanted else done.stdout

    run.data = data  # type: ignore[attr-defined]
    return run


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "ferry.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def learned(lift: Callable[..., Any], document: Path) -> Any:
    """The ferry rules, learned with the starter model, which is fetched for it."""
    return lift("learn", str(document), "--depth", "standard")


def test_the_model_is_fetched_and_the_document_learned(lift: Callable[..., Any], learned: Any) -> None:
    assert learned["state"] in ("ready", "weak")
    assert learned["questions"] >= 5
    assert learned["passages"] >= 2 and learned["pages"] >= 1
    assert 0 <= learned["recall_before"] <= 1 and 0 <= learned["recall_after"] <= 1
    assert 5_000_000 < learned["size_bytes"] < 30_000_000


def test_learning_leaves_the_models_files_as_they_were(lift: Callable[..., Any], learned: Any) -> None:
    folder = lift.data / "models" / "smollm2-135m-instruct"  # type: ignore[attr-defined]
    before = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    lift("ask", learned["document"], "How much is a bicycle?", "--mode", "memory")
    assert hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() == before


@pytest.mark.parametrize("mode", ["memory", "pages", "both"])
def test_each_mode_answers_with_its_page(lift: Callable[..., Any], learned: Any, mode: str) -> None:
    answer = lift("ask", learned["document"], "Who founded the Harbour Ferry Company?", "--mode", mode)
    is_alone = mode == "both" and learned["state"] == "weak"  # nothing but the pages is asked then
    assert answer["mode"] == ("pages" if is_alone else mode)
    assert answer["answer"]
    assert "Anna Lindqvist" in answer["citations"][0]["quote"]
    assert answer["citations"][0]["quote"] in TEXT
    is_right = "Lindqvist" in answer["answer"]
    assert is_right or (mode == "memory" and not answer["supported"])  # a weak memory may be wrong, and is marked


def test_a_file_that_is_not_learned_is_answered_from_its_pages(lift: Callable[..., Any], learned: Any) -> None:
    answer = lift("ask", str(SAMPLE / "services-agreement.pdf"), "Which law governs this agreement?")
    assert answer["mode"] == "pages"
    assert answer["citations"]


def test_a_memory_survives_export_forget_and_import(lift: Callable[..., Any], learned: Any, tmp_path: Path) -> None:
    question = ("ask", learned["document"], "What does a monthly ticket cost?", "--mode", "memory")
    before = lift(*question)["answer"]
    archive = tmp_path / "ferry.liftmemory"
    lift("export", learned["document"], str(archive))
    lift("forget", learned["document"], "--yes")
    traces = [
        path
        for path in lift.data.rglob("*")  # type: ignore[attr-defined]
        if path.is_file() and "models" not in path.parts and b"Lindqvist" in path.read_bytes()
    ]
    assert traces == []
    lift("import", str(archive))
    assert lift(*question)["answer"] == before


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's process status")
def test_learning_takes_the_memory_that_is_planned(learned: Any, data: Path, tmp_path: Path) -> None:
    tokenizer = make_tokenizer()
    make_model(len(tokenizer)).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    work = Workload(number_bytes=4, tokens=768, adapters=1)
    folder = data / "models" / STARTER_MODEL
    assert predicted_by_measured(folder, tmp_path, work) == pytest.approx(1.0, abs=TOLERANCE)
