"""What a text will say next, guessed: several guessed tokens are checked in one pass, so the same text comes sooner."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Protocol

Tokens = tuple[int, ...]
CONTEXTS = (2, 1)
"""By so many last tokens the place is found whose next ones are guessed: the first of these that was seen before."""


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


class OneOf:
    """The rest of a sentence that begins as the text does so far; `sentences` are sorted."""

    def __init__(self, tokenizer: Any, sentences: Sequence[str], begun: Tokens = ()) -> None:
        self._tokenizer, self._sentences = tokenizer, sentences
        self._tokens = list(begun)

    def add(self, new: Sequence[int]) -> None:
        self._tokens += new

    def next(self, most: int) -> Tokens:
        text = self._tokenizer.decode(self._tokens)
        place = bisect_left(self._sentences, text)
        if not text or place == len(self._sentences) or not self._sentences[place].startswith(text):
            return ()
        tokens = self._tokenizer(self._sentences[place], add_special_tokens=False)["input_ids"]
        known = len(self._tokens)
        return tuple(tokens[known : known + most]) if tokens[:known] == self._tokens else ()
