"""Windows cover the text, and the joint loss is what it says."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lift_desktop.domain.models import StudyQuestion
from lift_desktop.engine.batches import pack
from lift_desktop.engine.methods.segments import SegmentLessons, head_and_tail, windows
from lift_desktop.engine.methods.settings import SegmentSettings
from lift_desktop.engine.prompts import segment_prompt

from ..conftest import make_passages, make_tokenizer

QUESTIONS = [
    StudyQuestion(0, "Who founded the company?", "Anna Lindqvist", "founded in 1921 by Anna Lindqvist"),
    StudyQuestion(1, "How much is paid?", "300 euros", "The fee is 300 euros a month."),
    StudyQuestion(2, "How high is it?", "45 metres", "The tower is 45 metres high."),
]


@given(st.integers(1, 20_000), st.integers(1, 3_000))
def test_windows_cover_every_token_with_the_paper_s_stride(count: int, length: int) -> None:
    found = windows(count, length)
    assert found[0][0] == 0 and found[-1][1] == count
    assert all(0 < end - start <= length for start, end in found)
    stride = max(1, length * 3 // 8)
    starts = [start for start, _ in found]
    assert starts == [number * stride for number in range(len(found))]
    covered = 0
    for start, end in found:
        assert start <= covered  # no gap before it
        covered = end
    assert all(end == start + length for start, end in found[:-1])


def _lessons(settings: SegmentSettings, context_tokens: int = 2048) -> SegmentLessons:
    return SegmentLessons(make_tokenizer(), "T", make_passages(), QUESTIONS, settings, 0, context_tokens)


def test_each_epoch_shows_every_window_below_the_title() -> None:
    tokenizer = make_tokenizer()
    text = "\n\n".join(passage.text for passage in make_passages())
    tokens = tokenizer.encode(text, add_special_tokens=False)
    settings = SegmentSettings(tokens=32, epochs=2, question_epochs=0)
    steps = _lessons(settings).steps()
    shown = sorted(item.tokens for step in steps for group in step for item in group.items)
    assert shown == sorted(2 * [tuple(tokens[start:end]) for start, end in windows(len(tokens), 32)])
    assert {group.prefix for step in steps for group in step} == {segment_prompt(tokenizer, "T")}
    assert all(item.answer_start == 0 for step in steps for group in step for item in group.items)


def test_the_paper_s_schedule_has_one_step_an_epoch() -> None:
    settings = SegmentSettings(tokens=32, epochs=3, question_epochs=5, windows_per_step=0, items_per_step=0)
    steps = _lessons(settings).steps()
    questions = [sum(item.answer_start > 0 for group in step for item in group.items) for step in steps]
    assert questions == [0, 0, 0, 3, 3, 3, 3, 3]


@pytest.mark.parametrize("gamma", [1.0, 0.25])
def test_the_loss_of_a_step_is_the_mean_over_items_with_questions_times_gamma(gamma: float) -> None:
    settings = SegmentSettings(
        tokens=32, epochs=0, question_epochs=1, windows_per_step=0, items_per_step=0, gamma=gamma, context_share=0.5
    )
    lessons = _lessons(settings)
    [step] = lessons.steps()
    packed = pack(step)
    logits = torch.randn(len(packed.targets), 400, dtype=torch.float64)
    loss = lessons.loss(packed, logits).sum() / len(packed.targets)  # as training takes it
    each = torch.nn.functional.cross_entropy(logits, packed.targets, reduction="none")
    means = [each[packed.owners == index].mean() for index in range(len(packed.items))]
    weights = [gamma if item.answer_start else 1.0 for item in packed.items]
    expected = sum(weight * mean for weight, mean in zip(weights, means, strict=True)) / len(means)
    torch.testing.assert_close(loss, expected, rtol=1e-6, atol=1e-6)


def test_head_and_tail_are_shown_with_dots_between_and_fit() -> None:
    tokenizer = make_tokenizer()
    text = make_passages()[0].text
    tokens = tokenizer.encode(text, add_special_tokens=False)
    assert head_and_tail(tokenizer, tokens, len(tokens)) == text
    shown = head_and_tail(tokenizer, tokens, 10)
    head, tail = shown.split("\n...\n")
    assert text.startswith(head) and text.endswith(tail) and head and tail


def test_contextualised_questions_fit_the_model_s_context() -> None:
    settings = SegmentSettings(tokens=4096, epochs=1, question_epochs=1, context_share=1.0, context_tokens=4096)
    steps = _lessons(settings, context_tokens=300).steps()
    for group in [group for step in steps for group in step]:
        assert all(len(group.prefix) + len(item.tokens) <= 300 for item in group.items)
    assert any(len(group.prefix) > 100 for step in steps for group in step)


def test_only_so_many_questions_are_learned() -> None:
    lessons = _lessons(SegmentSettings(questions=2))
    assert len(lessons.kept) == 2 and set(lessons.kept) < {0, 1, 2}
