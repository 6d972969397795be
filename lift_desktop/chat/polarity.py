"""Whether a text affirms or denies: "shall", "shall not", "may not", "no ... may".

A word is denied when a word of denial stands shortly before it in the same clause, or before an insertion ("shall not,
without consent, assign"). Knows English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..domain.words import STOP_WORDS, stem

REACH_WORDS = 5
"""So many words after a denial are denied, at most; the clause ends it earlier."""
BEGINNING_LETTERS = 5
"""Words with so many first letters in common are forms of one word ("terminate", "termination")."""

_WORD = re.compile(r"\w+(?:['’]\w+)?|[,;:.!?()]")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n")
_DENIALS_TEXT = "not no never neither nor cannot without none nobody nothing nowhere"
_DENIALS = frozenset(_DENIALS_TEXT.split())
_NON = re.compile(r"non\b", re.IGNORECASE)
"""It denies the one word that it belongs to: "non-refundable"."""
_COMPARISONS_TEXT = "less more fewer greater lower higher longer later earlier sooner"
_COMPARISONS = frozenset(map(stem, _COMPARISONS_TEXT.split()))
"""What is compared is said by itself: "less than" and "not less than" are opposites."""
_EXCEPTIONS_TEXT = "unless except excluding until otherwise only"
_EXCEPTIONS = frozenset(_EXCEPTIONS_TEXT.split())
_CLAUSE_ENDS = frozenset([*",;:.!?()", "but", "however", "which", "who"])
_SENTENCE_ENDS = frozenset(".;:!?")
_INSERTIONS = {",": ",", "(": ")"}
"""What opens words that interrupt a clause, and what closes them."""
_DOES_NOT = re.compile(r"(?:do|does|did|don['’]t|doesn['’]t|didn['’]t)\b", re.IGNORECASE)
_MODALS_TEXT = "shall may must will can should might would could does do did is are was were has have"
_MODALS = frozenset(_MODALS_TEXT.split())


@dataclass(frozen=True, slots=True)
class Said:
    """A word, where it stands (`text[start:end]`, with what denies it), and whether it is denied; `denier` is where the
    word of denial stands.
    """

    stem: str
    denied: bool
    after_modal: bool
    start: int
    end: int
    denier: int | None = None


def statements(text: str) -> list[Said]:
    """The words of `text` that carry meaning, each with its polarity."""
    return list(_said(text))


@dataclass(frozen=True, slots=True)
class _Denial:
    """A word of denial, if there is one, and the modal, if no predicate has come since."""

    word: re.Match[str] | None = None
    modal: re.Match[str] | None = None

    @property
    def waits(self) -> bool:
        """Whether what is denied is still to come: "shall not", "no party may"."""
        return self.word is not None and self.modal is not None


def _said(text: str) -> Iterator[Said]:
    now = _Denial()
    before, closing = _Denial(), ""  # an insertion, and what closes it
    since = 0
    for found in _WORD.finditer(text):
        word = found[0].lower().replace("’", "'")
        if word == closing:
            now, closing, since = before, "", 0
        elif word in _CLAUSE_ENDS:
            if now.waits and word in _INSERTIONS:
                before, closing = now, _INSERTIONS[word]
            elif word in _SENTENCE_ENDS:
                closing = ""
            now = _Denial()
        elif word in _DENIALS or word.endswith("n't"):
            is_modal = word.endswith("n't") or word == "cannot"
            now, since = _Denial(found, now.modal or (found if is_modal else None)), 0
        elif _NON.fullmatch(word):
            now, since = _Denial(found, now.modal), REACH_WORDS - 1
        elif word in _MODALS:
            now = replace(now, modal=found)
        elif word not in STOP_WORDS:
            since += 1
            is_denied = now.word is not None and since <= REACH_WORDS
            denier = now.word if is_denied else None
            begin = min(each.start() for each in (denier, now.modal, found) if each)
            place = denier.start() if denier else None
            yield Said(stem(word), is_denied, now.modal is not None, begin, found.end(), place)
            now = replace(now, modal=None)


def contradictions(answer: Sequence[Said], quotes: str) -> list[Said]:
    """The predicates among the statements `answer` that `quotes` say only with the other polarity.

    A predicate is a word after "shall", "may", "is" and their like, one that is denied (but not beside a predicate that
    the quotes deny, too: "no pets are allowed", "pets are not allowed"), a comparison ("less"), or one that the quotes
    deny with "does not" or "non-". Of a sentence with an exception ("unless", "except") either may be right.
    """
    given: list[tuple[str, set[bool]]] = []
    verbs: list[str] = []
    for sentence in _SENTENCE.split(quotes):
        either = _has_exception(sentence)
        for said in statements(sentence):
            given.append((said.stem, {True, False} if either else {said.denied}))
            does_not = said.after_modal and _DOES_NOT.match(sentence, said.start)
            if said.denier is not None and (does_not or _NON.match(sentence, said.denier)):
                verbs.append(said.stem)

    def polarities(said: Said) -> set[bool]:
        return set[bool]().union(*(denied for other, denied in given if _same(said.stem, other)))

    agreed = {said.denier for said in answer if said.denied and said.after_modal and True in polarities(said)}
    found = []
    for said in answer:
        is_verb = said.after_modal or said.stem in _COMPARISONS or any(_same(said.stem, verb) for verb in verbs)
        if (is_verb or (said.denied and said.denier not in agreed)) and polarities(said) == {not said.denied}:
            found.append(said)
    return found


def as_answered(question: str, yes: bool) -> list[Said]:
    """What "Yes" or "No" says to a question ("May the Supplier assign it?"): each of its words is a predicate."""
    return [replace(said, denied=said.denied is yes, after_modal=True) for said in statements(question)]


def _has_exception(sentence: str) -> bool:
    return bool(_EXCEPTIONS.intersection(word.lower() for word in re.findall(r"\w+", sentence)))


def _same(one: str, other: str) -> bool:
    return one == other or (len(one) > BEGINNING_LETTERS and one[:BEGINNING_LETTERS] == other[:BEGINNING_LETTERS])
