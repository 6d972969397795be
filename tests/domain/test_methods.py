"""Options are checked before anything is done, and a wrong one names those that there are."""

from __future__ import annotations

import pytest

from lift_desktop.domain.errors import BadSettings
from lift_desktop.domain.methods import METHODS, OPTIONS, PRESETS, check_options, read_option


def test_values_get_their_kinds() -> None:
    found = check_options("lora", "ours", [("rank", "8"), ("learning_rate", "1e-3"), ("init", "pissa")])
    assert found == {"rank": 8, "learning_rate": 1e-3, "init": "pissa"}


def test_every_method_has_options_and_every_option_words() -> None:
    assert set(OPTIONS) == set(METHODS) and len(PRESETS) == 2
    for options in OPTIONS.values():
        names = [option.name for option in options]
        assert len(set(names)) == len(names) > 0
        assert all(option.help and option.allowed for option in options)


@pytest.mark.parametrize("name", ["rnak", "tokens"])
def test_an_unknown_option_lists_the_known_ones(name: str) -> None:
    with pytest.raises(BadSettings, match=name) as error:
        check_options("lora", "ours", [(name, "8")])
    assert "rank" in error.value.hint and "targets" in error.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [("rank", "0"), ("rank", "8.5"), ("rank", "many"), ("init", "zero"), ("learning_rate", "nan"), ("epochs", "101")],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        check_options("lora", "ours", [(name, value)])


def test_unknown_methods_and_presets_are_named() -> None:
    with pytest.raises(BadSettings, match="telepathy"):
        check_options("telepathy", "ours", [])
    with pytest.raises(BadSettings, match="theirs"):
        check_options("lora", "theirs", [])


def test_an_option_is_read_as_it_is_typed() -> None:
    assert read_option("rank=8") == ("rank", "8")
    for text in ("rank", "rank=", "=8"):
        with pytest.raises(BadSettings):
            read_option(text)
