"""`bench qa`: each arm shows what it says, and the figures are those of the answers."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from lift_desktop.bench.arms import ARMS, shown, with_retrieved
from lift_desktop.bench.examples import Selection, read_examples
from lift_desktop.bench.qa import Options, run_qa
from lift_desktop.domain.errors import BadSettings
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import Depth
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import ModelReference, ReciteRequest, Score, ScoreRequest
from lift_desktop.engine.fake import FakeEngine

PARAGRAPHS = [
    f"Chapter {name}. The {name} company was founded in {1900 + number} by {founder}. "
    + f"It sold {name} lamps, {name} wheels and other goods to towns along the river for many years. " * 6
    for number, (name, founder) in enumerate(
        [
            ("amber", "Anna Lindqvist"),
            ("basalt", "Boris Novak"),
            ("copper", "Clara Diaz"),
            ("dune", "Dmitri Orlov"),
            ("ebony", "Elena Rossi"),
            ("flint", "Farid Haddad"),
        ]
    )
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    questions = [
        {"Q": "Who founded the copper company?", "A": "Clara Diaz", "S": PARAGRAPHS[2][:70]},
        {"Q": "When was the flint company founded?", "A": "1905", "S": [PARAGRAPHS[5][:70]]},
    ]
    record = {"title": "Companies", "input": "\n\n".join(PARAGRAPHS), "qa_pairs": questions}
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(json.dumps({**record, "title": f"Companies {n}"}) for n in range(3)), encoding="utf-8")
    return path


def test_other_line_breaks_are_text(data: Path) -> None:
    data.write_text(data.read_text(encoding="utf-8").replace("ebony", "eb\u2028ony") + "\n", encoding="utf-8")
    assert len(read_examples(data, Selection())) == 3


def test_documents_and_questions_can_be_limited(data: Path) -> None:
    examples = read_examples(data, Selection(documents=1, skip=1, questions=1))
    assert [example.title for example in examples] == ["Companies 1"]
    assert len(examples[0].questions) == 1 and len(examples[0].passages) > 3


def test_only_the_beginning_of_a_document_and_what_is_asked_of_it(data: Path) -> None:
    (whole,) = read_examples(data, Selection(documents=1))
    (example,) = read_examples(data, Selection(documents=1, tokens=600))
    assert 0 < len(example.passages) < len(whole.passages)
    assert example.passages == whole.passages[: len(example.passages)]
    assert [question for question, _, _ in example.questions] == ["Who founded the copper company?"]
    (longer,) = read_examples(data, Selection(documents=1, tokens=10**6))
    assert (longer.passages, longer.questions) == (whole.passages, whole.questions)


@pytest.mark.parametrize("pair", ['{"Q": "Why?", "A": null}', '{"Q": "", "A": "So."}', '{"Q": "Why?", "A": ["So."]}'])
def test_a_question_without_an_answer_is_named(tmp_path: Path, pair: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(f'{{"title": "T", "input": "It rains.", "qa_pairs": [{pair}]}}', encoding="utf-8")
    with pytest.raises(BadSettings, match="in line 1, a question or its answer is no text"):
        read_examples(data, Selection())


def test_arms_show_what_they_say(data: Path) -> None:
    (example,) = read_examples(data, Selection(documents=1))
    example = last(with_retrieved(FakeEngine(), ModelReference("fake", "", "0" * 64), example))
    nothing, recited = [(), ()], [("Clara Diaz, it says.",), ()]
    for closed in ("closed", "memory"):
        assert [question.passages for question in shown(example, closed, nothing)] == [(), ()]
    assert [question.recited for question in shown(example, "memory", recited)] == recited
    oracle = shown(example, "oracle", nothing)
    assert len(oracle[0].passages) == 1 and "Clara Diaz" in oracle[0].passages[0]
    for arm in ("pages", "both"):
        assert any("Clara Diaz" in passage for passage in shown(example, arm, nothing)[0].passages)
        assert len(shown(example, arm, nothing)[0].passages) == 3
    (truncated,) = shown(example, "truncated", nothing)[0].passages
    assert "Anna Lindqvist" in truncated and "Farid Haddad" in truncated


def test_the_figures_of_a_whole_run(data: Path) -> None:
    model = ModelReference("fake", "", "0" * 64)
    values = last(run_qa(FakeEngine(), model, data, Options(depth=Depth.QUICK)))
    assert set(values["arms"]) == set(ARMS)
    for arm in values["arms"].values():
        assert arm["n"] == 6
        assert arm["recall_ci"][0] <= arm["recall"] <= arm["recall_ci"][1]
    assert set(values["differences"]) == {"memory - closed", "both - pages"}
    assert values["learn_seconds"] > 0 and values["recite_seconds"] >= 0


def test_methods_side_by_side_in_one_run_and_their_memories_kept(data: Path, tmp_path: Path) -> None:
    model, keep = ModelReference("fake", "", "0" * 64), tmp_path / "kept"
    arms, methods = ("closed", "memory", "both"), ("lora", "segments")
    options = Options(Selection(documents=1, skip=1), arms, Depth.QUICK, methods, keep=keep)
    first = last(run_qa(FakeEngine(), model, data, options))
    assert list(first["arms"]) == ["closed", "memory, lora", "memory, segments", "both, lora", "both, segments"]
    assert set(first["differences"]) == {"memory, lora - closed", "memory, segments - closed"}
    assert {path.name for path in (keep / "data-2").iterdir()} == set(methods)
    for method in methods:
        assert json.loads((keep / "data-2" / method / "manifest.json").read_text())["method"] == method

    engine = FakeEngine()
    again = last(run_qa(engine, model, data, options))
    assert "training" not in {stage for stage, _ in engine.steps}
    assert [arm["recall"] for arm in again["arms"].values()] == [arm["recall"] for arm in first["arms"].values()]


class Mixed(FakeEngine):
    """Reads wrongly and remembers rightly: only what it recited tells it the founder."""

    def recite(self, request: ReciteRequest) -> Generator[Progress, None, tuple[tuple[str, ...], ...]]:
        yield from ()
        return tuple(("The copper company was founded by Clara Diaz.",) for _ in request.questions)

    def score(self, request: ScoreRequest) -> Generator[Progress, None, tuple[Score, ...]]:
        yield from ()
        return tuple(
            Score(1.0, "Grace Hopper") if each.passages else Score(3.0, "Clara Diaz") for each in request.questions
        )


@pytest.mark.parametrize(("learns", "recalls"), [(True, 1.0), (False, 0.0)])
def test_an_unsupported_answer_of_both_gives_way_to_a_supported_memory(
    data: Path, learns: bool, recalls: float
) -> None:
    options = Options(Selection(documents=1, questions=1), ("pages", "memory", "both"), Depth.QUICK)
    values = last(run_qa(Mixed(learns=learns), ModelReference("fake", "", "0" * 64), data, options))
    assert values["weak_memories"] == (not learns)
    assert values["arms"]["pages"]["recall"] == 0.0 and values["arms"]["memory"]["recall"] == 1.0
    assert (values["arms"]["both"]["recall"], values["arms"]["both"]["nll"]) == (recalls, 1.0)


def test_a_wrong_file_or_arm_is_named(data: Path, tmp_path: Path) -> None:
    model = ModelReference("fake", "", "0" * 64)
    for options in (Options(arms=("telepathy",)), Options(methods=("lora", "telepathy"))):
        with pytest.raises(BadSettings, match="telepathy"):
            last(run_qa(FakeEngine(), model, data, options))
    (tmp_path / "bad.jsonl").write_text('{"title": "x"}\n', encoding="utf-8")
    for name in ("bad.jsonl", "missing.jsonl"):
        with pytest.raises(BadSettings, match=name):
            read_examples(tmp_path / name, Selection())
