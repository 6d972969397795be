"""What a text will say next, guessed: several guessed tokens are checked in one pass, so the same text comes sooner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Tokens = tuple[int, ...]
CONTEXTS = (2, 1)
"""By so many last tokens the place is found whose next ones are guessed: the first of these that was seen before."""
LAST = 3
"""The same, in other texts."""
LETTERS = 12
"""More than a token has, but for the rarest."""


class Guesses(Protocol):
    """Guesses about one text that is being written."""

    def add(self, new: Sequence[int]) -> None:
        """Takes what has come."""

    def next(self, most: int) -> Tokens:
        """At most so many of the next tokens; none where nothing speaks for any."""


class SeenBefore:
    """What followed the last tokens when they last stood in the prompt or the text ("prompt lookup decoding", Saxena
    2023)."""

    def __init__(self, prompt: Tokens) -> None:
        self._tokens: list[int] = []
        self._after: dict[Tokens, int] = {}
        self.add(prompt)

    def add(self, new: Sequence[int]) -> None:
        for token in new:
            for length in CONTEXTS:
                self._after[tuple(self._tokens[-length:])] = len(self._tokens)
            self._tokens.append(token)

    def next(self, most: int) -> Tokens:
        for length in CONTEXTS:
            place = self._after.get(tuple(self._tokens[-length:]))
            if place is not None:
                return tuple(self._tokens[place : place + most])
        return ()


class InOneOf:
    """What follows in one of `texts`: after the same beginning, else after the same last tokens."""

    def __init__(self, tokenizer: Any, texts: Sequence[str], begun: Tokens = ()) -> None:
        self._tokenizer = tokenizer
        self._texts = "\n".join(["", *texts, ""])
        self._tokens = list(begun)

    def add(self, new: Sequence[int]) -> None:
        self._tokens += new

    def next(self, most: int) -> Tokens:
        return self._after(self._tokens, "\n", most) or self._after(self._tokens[-LAST:], "", most)

    def _after(self, tokens: Sequence[int], mark: str, most: int) -> Tokens:
        """What follows where `mark` and `tokens` first stand."""
        text = self._tokenizer.decode(tokens)
        place = self._texts.find(mark + text)
        if not text or place < 0:
            return ()
        end = place + len(mark + text)
        following = self._texts[end : end + most * LETTERS].partition("\n")[0]
        known = list(self._tokenizer(text + following, add_special_tokens=False)["input_ids"])
        return tuple(known[len(tokens) : len(tokens) + most]) if known[: len(tokens)] == tokens else ()
