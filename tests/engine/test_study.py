"""Study: what is kept of the drafts, what the notebook remembers, and what is held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift_desktop.domain.models import Passage, StudyQuestion
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.study import QUESTIONS_FILE, Notebook, check_draft, hold_out, study

from .conftest import PAIRS, TEXTS, make_passages

TEXT = (
    "The ferry company was founded in 1921 by Anna Lindqvist. In 1950 the bridge opened. Either party may end the "
    "agreement upon ninety (90) days' written notice to the harbour master."
)
PASSAGE = Passage(4, 0, len(TEXT), TEXT, 1, 1)


def test_an_answer_that_stands_in_the_text_is_kept_with_its_sentence() -> None:
    kept = check_draft("Who founded the ferry company?", "Anna Lindqvist.", PASSAGE)
    assert kept is not None
    assert kept.answer == "Anna Lindqvist"
    assert kept.evidence == "The ferry company was founded in 1921 by Anna Lindqvist."
    assert kept.passage == 4


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who founded the ferry company?", "Carl Johansson"),  # not in the text
        ("Who founded the ferry company", "Anna Lindqvist"),  # no question
        ("What does this passage say about Anna?", "founded in 1921"),  # makes no sense without the passage
        ("Was Anna Lindqvist a founder?", "Anna Lindqvist"),  # gives its answer away
        ("Who?", "Anna Lindqvist"),  # asks nothing
        ("Who founded the ferry company?", ""),
        ("When was it opened?", "19"),  # a part of a number is no answer
    ],
)
def test_drafts_that_are_dropped(question: str, answer: str) -> None:
    assert check_draft(question, answer, PASSAGE) is None


def test_an_answer_in_other_words_needs_most_of_them_in_one_sentence() -> None:
    kept = check_draft("How can the agreement be ended?", "ninety days' written notice to the harbour master", PASSAGE)
    assert kept is not None and kept.evidence.startswith("Either party")
    assert check_draft("How can it be ended?", "ninety days by telephone call to Anna", PASSAGE) is None


def _question(passage: int, text: str) -> StudyQuestion:
    return StudyQuestion(passage, text, "answer", "evidence")


def test_notebook_drops_repetitions_and_survives_a_torn_line(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.add(
        0, 1, [_question(1, "Who founded the ferry company?"), _question(1, "Who founded the ferry company then?")]
    )
    notebook.add(1, 1, [_question(1, "When did\u2028the bridge open?")])  # a line break, but none of the file's
    assert [q.question for q in notebook.questions][1:] == ["When did\u2028the bridge open?"]

    path = tmp_path / QUESTIONS_FILE
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"round": 1, "passage": 2, "quest')
    again = Notebook(tmp_path)
    assert again.questions == notebook.questions
    assert again.studied == {(0, 1), (1, 1)}
    assert path.read_bytes() == whole
    again.add(0, 2, [_question(2, "Who founded the ferry company?")])
    assert len(again.questions) == 2  # the same words elsewhere are the same question


def test_held_out_questions_leave_their_passage_studied() -> None:
    questions = [_question(number // 4, f"Question {number}?") for number in range(40)]
    learned, held_out = hold_out(questions, 0.2, 40, seed=1)
    assert len(held_out) == 8
    assert sorted([*learned, *held_out], key=questions.index) == questions
    assert {q.passage for q in held_out} <= {q.passage for q in learned}
    assert hold_out(questions, 0.2, 3, seed=1)[1] != [] and len(hold_out(questions, 0.2, 3, seed=1)[1]) == 3
    assert hold_out([_question(0, "One?"), _question(0, "Two?")], 0.5, 9, seed=0)[1] == []


def test_the_model_writes_questions_about_each_passage(writer: BaseModel, tmp_path: Path) -> None:
    adapters, notebook = Adapters(writer), Notebook(tmp_path)
    options = {"rounds": 1, "answers": 9, "passages_at_once": 2}
    steps = study(writer, adapters, None, "T", make_passages(), notebook, **options)  # type: ignore[arg-type]
    progress = list(steps)
    assert progress[-1].done == len(TEXTS)
    written = {(q.passage, q.question, q.answer) for q in notebook.questions}
    expected = {(number, *pair) for number, pairs in enumerate(PAIRS) for pair in pairs}
    assert written == expected
    for question in notebook.questions:
        assert question.evidence in TEXTS[question.passage]

    # A second run finds everything studied.
    again = Notebook(tmp_path)
    assert len(list(study(writer, adapters, None, "T", make_passages(), again, **options))) == 1  # type: ignore[arg-type]
    assert again.questions == notebook.questions
