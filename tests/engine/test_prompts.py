"""Prompts: cut in the right place, the same with and without company, and read back as they were written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lift_desktop.domain.models import Turn
from lift_desktop.engine.prompts import (
    answer_prompt,
    answer_tokens,
    end_of_turn,
    read_questions,
    study_prompt,
    write_questions,
)

from .conftest import make_tokenizer

TOKENIZER = make_tokenizer()


def test_closed_book_prompt_holds_the_question_and_no_passage() -> None:
    prompt = answer_prompt(TOKENIZER, "The ferry", "Who founded it?")
    text = TOKENIZER.decode(prompt.prefix + prompt.rest)
    assert 'Question about "The ferry": Who founded it?' in text
    assert "Passage" not in text
    assert text.endswith("<|im_start|>assistant\n")


def test_questions_about_the_same_passages_share_their_prefix() -> None:
    first = answer_prompt(TOKENIZER, "The ferry", "Who founded it?", ["one", "two"])
    second = answer_prompt(TOKENIZER, "The ferry", "When?", ["one", "two"])
    assert first.prefix == second.prefix
    assert "two" in TOKENIZER.decode(first.prefix)
    assert "founded" not in TOKENIZER.decode(first.prefix)


def test_a_passage_that_repeats_the_question_does_not_move_the_cut() -> None:
    prompt = answer_prompt(TOKENIZER, "T", "When?", ['Question about "T": When?'])
    assert TOKENIZER.decode(prompt.rest).startswith(" When?<|im_end|>")
    assert TOKENIZER.decode(prompt.prefix).count("Question about") == 2


def test_earlier_turns_stand_before_the_question() -> None:
    prompt = answer_prompt(TOKENIZER, "T", "And now?", turns=[Turn("Before?", "Yes.")])
    text = TOKENIZER.decode(prompt.prefix + prompt.rest)
    assert text.index("Before?") < text.index("Yes.") < text.index("And now?")


def test_study_prompts_share_the_worked_example() -> None:
    one, two = (study_prompt(TOKENIZER, "T", text, example=True) for text in ("first passage", "another one"))
    assert one.prefix == two.prefix
    assert len(one.prefix) > len(one.rest)
    bare = study_prompt(TOKENIZER, "T", "another one", example=False)
    assert bare.prefix + bare.rest == bare.prefix + two.rest


_line = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=30)


@given(st.lists(st.tuples(_line, _line), max_size=5))
def test_what_study_writes_is_read_back(pairs: list[tuple[str, str]]) -> None:
    assert read_questions(write_questions(pairs)) == pairs


def test_a_question_that_was_cut_off_is_not_read() -> None:
    assert read_questions("Question: Who?\nAnswer: Anna\nQuestion: Whe") == [("Who?", "Anna")]


def test_an_answer_ends_with_the_end_of_a_turn() -> None:
    tokens = answer_tokens(TOKENIZER, " in 1921 ")
    assert tokens[-1] == end_of_turn(TOKENIZER) == TOKENIZER.convert_tokens_to_ids("<|im_end|>")
    assert TOKENIZER.decode(tokens[:-1]) == "in 1921"
