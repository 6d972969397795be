"""Recipes: the presets' figures, and every option changes what it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lift_desktop.domain.errors import BadSettings
from lift_desktop.domain.methods import METHODS, OPTIONS, PRESETS, WINDOW_OPTIONS, Option
from lift_desktop.domain.models import Depth
from lift_desktop.engine.contract import LearnRequest, ModelReference
from lift_desktop.engine.recipes import RECIPES, recipe_for, recipe_of


@pytest.mark.parametrize("depth", Depth)
def test_the_default_is_the_recipe_of_lora(depth: Depth) -> None:
    assert recipe_for(depth) == RECIPES[depth]


def test_the_paper_s_schedule() -> None:
    for method in ("segments", "gated-memory"):
        recipe = recipe_for(Depth.STANDARD, method, "paper")
        assert recipe.segments is not None and recipe.lessons == "segments"
        assert (recipe.segments.epochs, recipe.segments.question_epochs) == (3, 5)
        assert (recipe.segments.tokens, recipe.segments.gamma, recipe.training.learning_rate) == (2048, 1.0, 1e-3)
    sentences = recipe_for(Depth.STANDARD, "sentences", "paper")
    assert sentences.sentences is not None and sentences.sentences.epochs == 5
    assert (sentences.sentences.context_characters, sentences.training.learning_rate) == (2048, 5e-5)
    fast = recipe_for(Depth.QUICK, "sentences", "paper")
    assert fast.sentences is not None and (fast.sentences.epochs, fast.training.learning_rate) == (1, 3e-4)


@pytest.mark.parametrize("depth", Depth)
def test_the_paper_s_cartridge_learns_from_the_teacher_alone(depth: Depth) -> None:
    recipe = recipe_for(depth, "cartridge", "paper")
    assert recipe.distil and not recipe.recites
    assert (recipe.lora.answer_share, recipe.lora.pages_share, recipe.lora.text_epochs) == (0, 0, 0)


def test_questions_without_windows_are_learned_as_the_paper_s_lora_learns_them() -> None:
    recipe = recipe_for(Depth.STANDARD, "gated-memory", "paper", [("lessons", "questions")])
    assert recipe.lora == recipe_for(Depth.STANDARD, "lora", "paper").lora
    assert not recipe.recites


def _other_value(option: Option) -> list[str]:
    """Values of which one at least is not what the recipe has by itself."""
    return list(option.choices) or [str(option.low), str(option.high)]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("method", "option"), [(method, option) for method in METHODS for option in OPTIONS[method]])
def test_every_option_changes_the_recipe(method: str, option: Option, preset: str) -> None:
    lessons = []
    if method == "gated-memory" and option.name != "lessons":
        lessons = [("lessons", "segments" if option in WINDOW_OPTIONS else "questions")]
    chosen = [[*lessons, (option.name, value)] for value in _other_value(option)]
    recipes = [recipe_for(Depth.QUICK, method, preset, options) for options in chosen]
    assert recipes[0] != recipes[1]


def test_an_option_of_other_lessons_is_refused() -> None:
    with pytest.raises(BadSettings, match="lessons=segments"):
        recipe_for(Depth.QUICK, "gated-memory", "ours", [("gamma", "2.0")])
    with pytest.raises(BadSettings, match="lessons=questions"):
        recipe_for(Depth.QUICK, "gated-memory", "paper", [("distil", "yes")])
    with pytest.raises(BadSettings, match="recite=no"):
        recipe_for(Depth.QUICK, "lora", "ours", [("distil", "no"), ("recite", "yes")])


def test_who_wants_distillation_or_plain_answers_gets_answers() -> None:
    request = LearnRequest(ModelReference("m", "", "0" * 64), "T", (), "")
    assert recipe_of(request).recites and recipe_of(request) == recipe_for(Depth.STANDARD)
    for options in [("distil", "yes")], [("distil", "no")], [("recite", "no")]:
        recipe = recipe_for(Depth.STANDARD, "lora", "ours", options)
        assert not recipe.recites and recipe.distil == (options[0][1] == "yes" or options[0][0] == "recite")
    plain = recipe_of(replace(request, distil=False))
    assert not plain.recites and not plain.distil
    for method in METHODS:
        assert recipe_of(replace(request, method=method, distil=False)).recites is False
