"""Whether a text affirms or denies: "shall", "shall not", "may not", "no ... may".

A word is denied when a word of denial stands shortly before it in the same clause. Knows English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..domain.words import STOP_WORDS, stem

REACH_WORDS = 5
"""So many words after a denial are denied, at most; the clause ends it earlier."""
BEGINNING_LETTERS = 5
"""Words with so many first letters in common are forms of one word ("terminate", "termination")."""

_WORD = re.compile(r"\w+(?:['’]\w+)?|[,;:.!?()]")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n")
_DENIALS_TEXT = "not no never neither nor cannot without none nobody nothing nowhere"
_DENIALS = frozenset(_DENIALS_TEXT.split())
_EXCEPTIONS_TEXT = "unless except excluding until otherwise only"
_EXCEPTIONS = frozenset(_EXCEPTIONS_TEXT.split())
_CLAUSE_ENDS = frozenset([*",;:.!?()", "but", "however", "which", "who"])
_MODALS_TEXT = "shall may must will can should might would could does do did is are was were has have"
_MODALS = frozenset(_MODALS_TEXT.split())


@dataclass(frozen=True, slots=True)
class Said:
    """A word, where it stands (`text[start:end]`, with what denies it), and whether it is denied."""

    stem: str
    denied: bool
    after_modal: bool
    start: int
    end: int


def statements(text: str) -> list[Said]:
    """The words of `text` that carry meaning, each with its polarity."""
    return list(_said(text))


def _said(text: str) -> Iterator[Said]:
    denial: re.Match[str] | None = None
    modal: re.Match[str] | None = None
    since = 0
    for found in _WORD.finditer(text):
        word = found[0].lower().replace("’", "'")
        if word in _CLAUSE_ENDS:
            denial, modal = None, None
        elif word in _DENIALS or word.endswith("n't"):
            denial, since = found, 0
            modal = modal or (found if word.endswith("n't") or word == "cannot" else None)
        elif word in _MODALS:
            modal = found
        elif word not in STOP_WORDS:
            since += 1
            is_denied = denial is not None and since <= REACH_WORDS
            begin = min(each.start() for each in (denial if is_denied else None, modal, found) if each is not None)
            yield Said(stem(word), is_denied, modal is not None, begin, found.end())
            modal = None


def contradictions(answer: str, quotes: str) -> list[Said]:
    """The predicates of `answer` that `quotes` say only with the other polarity.

    A predicate is a word after "shall", "may", "is" and their like, or one that is denied. Of a sentence with an
    exception ("unless", "except") either may be right.
    """
    given: list[tuple[str, set[bool]]] = []
    for sentence in _SENTENCE.split(quotes):
        either = _has_exception(sentence)
        given += [(said.stem, {True, False} if either else {said.denied}) for said in statements(sentence)]
    found = []
    for said in statements(answer):
        if not (said.denied or said.after_modal):
            continue
        polarities = set[bool]().union(*(denied for other, denied in given if _same(said.stem, other)))
        if polarities == {not said.denied}:
            found.append(said)
    return found


def _has_exception(sentence: str) -> bool:
    return bool(_EXCEPTIONS.intersection(word.lower() for word in re.findall(r"\w+", sentence)))


def _same(one: str, other: str) -> bool:
    return one == other or (len(one) > BEGINNING_LETTERS and one[:BEGINNING_LETTERS] == other[:BEGINNING_LETTERS])
