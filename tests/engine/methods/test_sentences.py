"""Every sentence with what stands before it, and steps that can be taken as soon as their questions are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lift_desktop.domain.models import Depth, StudyQuestion
from lift_desktop.domain.steps import last
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.methods import Work
from lift_desktop.engine.methods.sentences import SentenceLessons, SentencesMethod, sentences_of
from lift_desktop.engine.recipes import recipe_for
from lift_desktop.engine.study import QUESTIONS_FILE, Notebook

from ..conftest import TEXTS, make_passages


def test_each_sentence_is_shown_below_what_stands_before_it() -> None:
    found = sentences_of(make_passages(), 2048)
    assert len(found) == 6 and [sentence.passage for sentence in found] == [0, 0, 1, 1, 2, 2]
    assert found[0].before == "" and found[0].text.startswith("The ferry company")
    whole = "\n\n".join(TEXTS)
    for sentence in found:
        assert whole.startswith(sentence.before + sentence.text)


def test_what_stands_before_is_cut_at_a_word() -> None:
    whole = "\n\n".join(TEXTS)
    for sentence in sentences_of(make_passages(), 30)[1:]:
        assert 0 < len(sentence.before) <= 30
        place = whole.index(sentence.before + sentence.text)
        assert whole[place - 1].isspace()
    assert all(sentence.before == "" for sentence in sentences_of(make_passages(), 0))


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path)


def _write(notebook: Notebook, place: int, count: int) -> None:
    sentence = sentences_of(make_passages(), 0)[place]
    asked = [f"What about {place} and thing{place}{number} is said?" for number in range(count)]
    answers = [f"answer {place} {number}" for number in range(count)]
    drafts = [
        StudyQuestion(sentence.passage, question, answer, sentence.text)
        for question, answer in zip(asked, answers, strict=True)
    ]
    notebook.add(0, place, drafts)


def test_steps_follow_the_writing(base: BaseModel, adapters: Adapters, notebook: Notebook) -> None:
    work = Work(base, adapters, None, "T", make_passages(), 0)
    lessons = SentenceLessons(work, sentences_of(make_passages(), 0), notebook, at_once=2, epochs=3)
    steps = lessons.steps()
    assert len(steps) == 9 and lessons.ready == 0
    for place, ready in ((0, 0), (1, 1), (2, 1), (3, 2), (4, 2)):
        _write(notebook, place, 2)
        assert lessons.ready == ready
    first = [item.key for group in steps[1] for item in group.items]
    assert first == [4, 5, 6]  # the eighth question is held out
    _write(notebook, 5, 0)
    assert lessons.ready == 9
    for epoch in (1, 2):
        keys = [item.key for step in range(3) for group in steps[3 * epoch + step] for item in group.items]
        assert sorted(keys) == lessons.kept == [0, 1, 2, 3, 4, 5, 6, 8, 9]


def test_what_is_written_does_not_depend_on_how_much_is_written_together(writer: BaseModel, tmp_path: Path) -> None:
    questions = []
    for rows in (3, 32):
        base = replace(writer, hardware=replace(writer.hardware, rows=rows))
        work = Work(base, Adapters(base), None, "T", make_passages(), 0)
        method, notebook = SentencesMethod(work, recipe_for(Depth.QUICK, "sentences")), Notebook(tmp_path)
        method.start(notebook)
        last(method.study(notebook))
        questions.append(notebook.questions)
        (tmp_path / QUESTIONS_FILE).unlink()
    assert questions[0] == questions[1] != []


def test_a_step_without_questions_learns_its_sentences(base: BaseModel, adapters: Adapters, notebook: Notebook) -> None:
    work = Work(base, adapters, None, "T", make_passages(), 0)
    lessons = SentenceLessons(work, sentences_of(make_passages(), 0), notebook, at_once=3, epochs=1)
    for place in range(6):
        _write(notebook, place, 0)
    texts = [
        base.tokenizer.decode(item.tokens[item.answer_start : -1])
        for group in lessons.steps()[0]
        for item in group.items
    ]
    assert texts == [sentence.text for sentence in sentences_of(make_passages(), 0)[:3]]
