"""Guessing what comes next: from what stood in the text before, and from texts that begin or go on like it."""

from __future__ import annotations

from typing import Any

import pytest

from lift_desktop.engine.guessing import InOneOf, SeenBefore

SENTENCES = ["The lamp is lit at dusk.", "The lamp is lit at dawn in June.", "No boat may land.", "The keeper rests."]


class Letters:
    """A tokenizer whose tokens are letters."""

    def decode(self, tokens: list[int]) -> str:
        return "".join(map(chr, tokens))

    def __call__(self, text: str, add_special_tokens: bool) -> dict[str, Any]:
        assert not add_special_tokens
        return {"input_ids": [ord(letter) for letter in text]}


def _after(text: str, begun: str = "") -> InOneOf:
    guesses = InOneOf(Letters(), SENTENCES, tuple(map(ord, begun)))
    guesses.add([ord(letter) for letter in text])
    return guesses


@pytest.mark.parametrize(
    ("begun", "text", "guessed"),
    [
        ("", "No b", "oat "),
        ("No", " b", "oat "),
        ("", "The k", "eepe"),
        ("", "The lamp is lit at du", "sk."),
        ("", "The keeper rests.", ""),
        ("", "The keeper sleeps", ""),
        ("7.4 ", "The lamp is l", "it a"),
        ("", "No lamp is lit at da", "wn i"),
        ("", "Zebras", ""),
        ("", "", ""),
    ],
)
def test_a_text_that_begins_so_or_had_the_same_last_tokens_goes_on(begun: str, text: str, guessed: str) -> None:
    assert "".join(map(chr, _after(text, begun).next(4))) == guessed


def test_nothing_is_guessed_where_the_same_letters_are_other_tokens() -> None:
    class Pairs(Letters):
        def __call__(self, text: str, add_special_tokens: bool) -> dict[str, Any]:
            return {"input_ids": [ord(text[0]) + 1000, *(ord(letter) for letter in text[2:])]}

    guesses = InOneOf(Pairs(), SENTENCES)
    guesses.add([ord("N"), ord("o")])
    assert guesses.next(4) == ()


def test_texts_that_come_first_are_looked_at_first() -> None:
    guesses = InOneOf(Letters(), ["A keeper keeps.", *SENTENCES])
    guesses.add(list(map(ord, "One keeper")))
    assert "".join(map(chr, guesses.next(6))) == " keeps"


def test_what_followed_the_last_two_tokens_is_guessed_before_what_followed_the_last_one() -> None:
    guesses = SeenBefore((1, 2, 3, 9, 2, 4, 5))
    guesses.add([1, 2])
    assert guesses.next(2) == (3, 9)
    guesses.add([7])
    assert guesses.next(2) == ()
    guesses.add([9])
    assert guesses.next(3) == (2, 4, 5)
