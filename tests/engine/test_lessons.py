"""The lessons of preparing: wrong data are named with file and line, and every kind of lesson is what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.domain.errors import BadSettings
from lift_desktop.engine.contract import NOT_IN_DOCUMENT
from lift_desktop.engine.lessons import KINDS, STEP_TOKENS, Lessons, Record, read_records

from .conftest import make_tokenizer

GOOD = {
    "title": "T",
    "passage": "The tower is 45 metres high.",
    "qa_pairs": [{"Q": "How high is it?", "A": "45 metres"}],
}


def make_records(documents: int = 4, passages: int = 8) -> list[Record]:
    """Documents of passages with two questions each, no two alike."""
    records = []
    for document in range(documents):
        for passage in range(passages):
            year = 1000 + 100 * document + passage
            text = f"The mill number {passage} was built in {year} by Anna. It grinds {year * 3} sacks of rye."
            pairs = (("When was the mill built?", f"{year}"), (f"What does it grind in {year}?", f"{year * 3} sacks"))
            records.append(Record(f"Mills {document}", text, pairs))
    return records


def write_data(file: Path, records: list[Record]) -> Path:
    """A data file of `records`."""
    lines = [
        {"title": each.title, "passage": each.passage, "qa_pairs": [{"Q": q, "A": a} for q, a in each.pairs]}
        for each in records
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ({**GOOD, "title": " "}, "title"),
        ({**GOOD, "passage": 5}, "passage"),
        ({**GOOD, "passage": "long " * 2000}, "9,999 characters"),
        ({**GOOD, "qa_pairs": []}, "qa_pairs"),
        ({**GOOD, "qa_pairs": ["Q"]}, "qa_pairs"),
        ({**GOOD, "qa_pairs": [{"Q": "Why?"}]}, "“A”"),
    ],
)
def test_wrong_data_are_named_with_their_line(tmp_path: Path, line: Any, reason: str) -> None:
    file = tmp_path / "data.jsonl"
    text = line if isinstance(line, str) else json.dumps(line)
    file.write_text(f"{json.dumps(GOOD)}\n\n{text}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=rf"data\.jsonl, line 3: .*({reason})") as caught:
        read_records([file])
    assert "qa_pairs" in caught.value.hint


def test_a_missing_binary_or_small_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"none\.jsonl cannot be read"):
        read_records([tmp_path / "none.jsonl"])
    (tmp_path / "image.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(BadSettings, match="no UTF-8 text"):
        read_records([tmp_path / "image.png"])
    with pytest.raises(BadSettings, match="3 passages with 6 questions"):
        read_records([write_data(tmp_path / "small.jsonl", make_records()[:3])])


def test_other_line_breaks_are_text(tmp_path: Path) -> None:
    file = tmp_path / "data.jsonl"
    records = ({**GOOD, "passage": f"Part {n}.\u2028\x85{GOOD['passage']}"} for n in range(20))
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    file.write_text("".join(f"{line}\r\n" for line in lines), encoding="utf-8", newline="")
    assert "\u2028" in read_records([file])[0].passage


def test_a_file_named_twice_is_read_twice(tmp_path: Path) -> None:
    records = make_records()
    file = write_data(tmp_path / "data.jsonl", records)
    assert list(read_records([file, file])) == records * 2


def test_each_kind_of_lesson_is_what_it_says() -> None:
    tokenizer = make_tokenizer()
    lessons = Lessons(tokenizer, make_records(), 0)
    steps = [step for number in range(12) for step in lessons.steps(number)]
    seen: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
    for step in steps:
        for group in step:
            for item in group.items:
                asked = tokenizer.decode(group.prefix + item.tokens[: item.answer_start])
                answer = tokenizer.decode(item.tokens[item.answer_start : -1])
                seen[KINDS[item.key]].append((asked, answer))
    assert all(seen.values())
    for asked, answer in seen["reading"]:
        assert answer in asked.split("Question about")[0]
    for asked, answer in seen["recited"]:
        shown = [part.partition("\n")[2].strip() for part in asked.split("Passage from")[1:]]
        shown[-1] = shown[-1].partition("\n\n")[0]
        assert len(shown) == 3 and sum(answer in sentence for sentence in shown) == 1
        assert all(sentence.count(".") == 1 for sentence in shown)
    for asked, answer in seen["broad"]:
        assert all(f"{sentence}." in asked for sentence in answer.removesuffix(".").split(". "))
    assert {answer for _, answer in seen["unsaid"]} == {NOT_IN_DOCUMENT}
    for asked, answer in seen["writing"]:
        assert answer.endswith("?") and "whose answer is" in asked
    for asked, _ in seen["lifted"]:
        assert "Passage from" not in asked


def test_a_text_is_learned_before_it_is_asked_about() -> None:
    steps = Lessons(make_tokenizer(), make_records(8, 12), 0).steps(0)
    lifted = KINDS.index("lifted")
    texts, asked = [], []
    for number, step in enumerate(steps):
        for group in step:
            if all(item.key == lifted for item in group.items):
                (texts if len(group.items) == 1 and group.items[0].answer_length > 12 else asked).append(number)
    assert len(texts) == 2 * len(asked) > 0
    assert max(texts) < len(steps) - 1 and min(asked) >= 2


def test_a_pass_is_always_the_same_and_each_one_another() -> None:
    lessons = Lessons(make_tokenizer(), make_records(), 3)
    first, second = lessons.steps(0), lessons.steps(1)
    assert lessons.steps(0) == first != second
    assert Lessons(make_tokenizer(), make_records(), 3).steps(1) == second
    packed = [sum(len(group) for group in step) for step in Lessons(make_tokenizer(), make_records(), 3).steps(0)]
    assert max(packed) < 2 * STEP_TOKENS
