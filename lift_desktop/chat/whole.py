"""Questions about the whole document: which ones they are, and which sentences answer them by their words.

"Summarise ...", "list all ...", "how many ... are there", "what are the obligations of ...". Knows English; a
question in other words is answered from the passages that retrieval finds. Knows no engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from ..domain.models import DetailKind
from ..domain.words import Weights, content_words, raw_words, stem
from .figures import find_figures

Says = Callable[[str, bool], bool]
"""Whether a sentence is one of those that are asked for; also told: whether the one before it is."""


class Kind(Enum):
    """What is done with what the passages say."""

    SUMMARY = auto()
    LIST = auto()
    COUNT = auto()


@dataclass(frozen=True, slots=True)
class WholeQuestion:
    """`what` is asked for ("obligations of the Supplier"); `by_words` finds it without a model, where words suffice.
    `selection` is the quoted text that alone is meant ("" for the whole document). `figure` is what is counted in the
    sentences that are found; without one they are counted themselves.
    """

    kind: Kind
    what: str
    by_words: Says | None = None
    selection: str = ""
    figure: DetailKind | None = None


_PLACE = r"(?:this|the) (?:document|agreement|contract|book|report|text|paper|article|lease|policy)"
_POLITE = r"^\W*(?:(?:please|kindly|can you|could you|would you|i want you to|now)\W+)*"
_SUMMARY = re.compile(
    rf"{_POLITE}(?:summari[sz]e\b|sum up\b"
    r"|(?:give|write|make|provide)\b.{0,20}\b(?:summary|overview|outline|abstract)\b"
    r"|(?:a |the )?(?:short |brief )?(?:summary|overview|outline)\b"
    r"|what (?:is|are) (?:this|the) (?:\w+ )?(?:about|key points?|main points?)\b"
    r"|what (?:are|is) the (?:key|main|essential|most important) (?:points?|terms?|ideas?|provisions?|topics?)\b"
    rf"|what is {_PLACE} about\b|what does {_PLACE} (?:say|contain|cover)\W*$)",
    re.IGNORECASE,
)
_SELECTED = re.compile(r"^\W*\w+[^“\"]{0,20}:?\s*[“\"](?P<text>.{40,})[”\"]\W*$", re.DOTALL)
_COUNTABLE = (
    r"obligations?|duties|duty|rights?|definitions?|defined terms?|deadlines?|time limits?|dates?|amounts?|sums?"
    r"|prohibitions?|restrictions?|fees?|prices?|charges?|payments?|percentages?"
)
_DUTIES = r"obligations?|duties|responsibilities|rights|definitions|defined terms|deadlines|prohibitions|restrictions"
_LIST = re.compile(
    rf"{_POLITE}(?:(?:list|enumerate|name|find|collect|show(?: me)?|give me)\s+(?:(?:me\s+)?(?:a )?(?:list of )?)?"
    r"(?:all|every|each)\b(?: of)?(?: the)?\s*(?P<all>.+)"
    r"|(?:list|enumerate)\s+(?:the\s+)?(?P<list>.+)"
    rf"|(?:what|which) (?:are|were) (?:all )?(?:of )?(?:the )?(?P<typed>(?:\w+ )?(?:{_DUTIES})\b.*)"
    r"|(?:what|which) (?:are|were) all (?:of )?(?:the )?(?P<whatall>.+)"
    r"|what (?:must|shall|does|has) (?P<party>the \w+(?: \w+)??) (?:have to |to )?(?:do|fulfil)\W*$)",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = re.compile(
    rf"{_POLITE}(?:how many|count (?:all )?(?:the )?|what is the (?:total )?number of)\s*"
    rf"(?P<what>(?:\w+ )?(?:{_COUNTABLE})\b.*|.+\b(?:in|does|are named in|are mentioned in) {_PLACE}\b.*)",
    re.IGNORECASE | re.DOTALL,
)

_DUTY = (
    r"(?:shall|must|will|agrees? (?:to|that)|undertakes? to|covenants? to|is obliged to|is required to"
    r"|is responsible for)"
)
_RIGHT = r"(?:may(?! not)|is entitled to|are entitled to|has the right to|have the right to|reserves? the right)"
_BAN = r"(?:(?:shall|must|may|will|can) not|cannot|may only|is not (?:allowed|permitted|entitled) to)"
_NOT_OBJECT = "".join(
    rf"(?<!\b{word} )(?<!\b{word} the )" for word in ("of", "to", "by", "from", "with", "for", "on", "upon")
)
"""Before a party's name: it is the subject, not "the liability of the Supplier"."""
_ALL_PARTIES = r"(?:each|either|both|the|neither|no) part(?:y|ies)"
_TERM = re.compile(
    r"^(?:[A-Z][\w’-]*\s+){1,6}(?:means?|has the meaning)\b|"
    r"[“\"][^”\"]{2,60}[”\"]\)?,?\s+(?:\w+ ){0,3}?(?:means?|refers? to|has the meaning|shall mean|includes?)\b"
)
_OF = re.compile(
    r"\b(?:of|for|on|by|does|do|has|have)\s+(?P<party>(?:the|each|either|an?)?\s*[\w’' -]+?)"
    r"(?:\s+(?:in|under|have|has|to|there)\b.*)?\W*$",
    re.IGNORECASE,
)


_OF_WHICH = re.compile(
    r"\s(?:of|for|on|by|in|under|to|that|which|who|are|is|does|do|has|have|there|mentioned|named)\b", re.IGNORECASE
)
_FIGURES = (
    (r"dates?", DetailKind.DATE),
    (r"percentages?", DetailKind.PERCENTAGE),
    (r"amounts?|sums?|prices?|fees?|charges?|payments?|costs?", DetailKind.MONEY),
)


def whole_question(question: str) -> WholeQuestion | None:
    """What `question` asks of the whole document; None when a few passages may answer it."""
    text = " ".join(question.split())
    if _SUMMARY.match(text):
        selected = _SELECTED.match(text)
        return WholeQuestion(Kind.SUMMARY, "", None, selected["text"].rstrip("… ") if selected else "")
    counted = _COUNT.match(text)
    if counted:
        what = counted["what"].rstrip("?. ")
        return WholeQuestion(Kind.COUNT, what, _by_words(what), figure=_figure_of(what))
    listed = _LIST.match(text)
    if listed is None:
        return None
    if listed["party"]:
        return WholeQuestion(Kind.LIST, f"obligations of {listed['party']}", _of_party(_DUTY, listed["party"]))
    what = next(found for found in listed.group("all", "list", "typed", "whatall") if found).rstrip("?. ")
    return WholeQuestion(Kind.LIST, what, _by_words(what))


def _by_words(what: str) -> Says | None:
    """The sentences that a list of this kind, or of these kinds, is made of; None when their words do not tell."""
    party = _OF.search(what)
    who = party["party"].strip() if party else ""
    kinds: tuple[tuple[str, Callable[[], Says]], ...] = (
        (r"obligations?|duties|duty|responsibilit\w+", lambda: _of_party(_DUTY, who)),
        (r"prohibitions?|restrictions?|not (?:allowed|permitted)", lambda: _of_party(_BAN, who)),
        (r"rights?", lambda: _of_party(_RIGHT, who)),
        (r"definitions?|defined terms?", lambda: lambda sentence, _: _TERM.search(sentence) is not None),
        (r"deadlines?|time limits?|notice periods?", lambda: lambda sentence, _: _within_time(sentence)),
        *((words, partial(_with, figure)) for words, figure in _FIGURES),
    )
    named = (next((says for words, says in kinds if _names(words, each)), None) for each in _each_of(what))
    chosen = [says() for says in named if says]
    return (lambda sentence, after: any(says(sentence, after) for says in chosen)) if chosen else None


def _figure_of(what: str) -> DetailKind | None:
    """The figures that are asked for, when nothing else is."""
    each = _each_of(what)
    return next((figure for words, figure in _FIGURES if len(each) == 1 and _names(words, each[0])), None)


def _each_of(what: str) -> list[str]:
    """The things that are named together: "rights and obligations of the Customer" are two."""
    return re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|or)\s+", _OF_WHICH.split(what)[0])


def _names(words: str, what: str) -> bool:
    return re.search(rf"\b(?:{words})\b", " ".join(what.split()[:3]), re.IGNORECASE) is not None


def _of_party(verb: str, party: str) -> Says:
    """Sentences in which `party` (or all parties, or, without one, anybody) is the subject of `verb`, and those that go
    on about it."""
    names = [word for word in raw_words(party) if word.lower() not in ("the", "a", "an", "each", "either", "party")]
    who = "[A-Z][\\w’-]+|(?i:part(?:y|ies))"
    if names:
        who = rf"(?i:{_ALL_PARTIES}|{_NOT_OBJECT}\b(?:{'|'.join(map(re.escape, names))})\b(?![’']s))"
    pattern = re.compile(rf"(?:{who})(?:\s+(?!(?:the|a|an|of|to|by|from|with)\s)[\w’'()“”\"-]+){{0,4}},?\s+{verb}\b")
    return lambda sentence, after: pattern.search(sentence) is not None or (after and _goes_on_about_it(sentence))


def _goes_on_about_it(sentence: str) -> bool:
    """Whether a sentence says what the subject of the one before it shall or may do ("It shall send ...")."""
    return re.match(rf"[^A-Za-z]*(?:It|They|He|She)\s+(?:\w+ )?(?:{_DUTY}|{_RIGHT}|{_BAN})\b", sentence) is not None


def _with(kind: DetailKind) -> Says:
    return lambda sentence, _: any(figure.kind is kind for figure in find_figures(sentence))


def _within_time(sentence: str) -> bool:
    """Whether it sets a limit in time: a stretch of time or a date with "within", "before", "by", "at least"."""
    if not re.search(r"\b(?:within|before|by|no later|not later|at least|until|upon|prior|not less)\b", sentence, re.I):
        return False
    return any(
        figure.kind is DetailKind.DATE or figure.unit in ("day", "month", "second") for figure in find_figures(sentence)
    )


def speaks_of(sentence: str, what: str, weights: Weights) -> float:
    """The share (0 to 1, by weight) of the words of `what` that stand in `sentence`."""
    wanted = {word: 0.05 + weights.weight(word) for word in content_words(what)}
    present = {stem(word) for word in raw_words(sentence)}
    total = sum(wanted.values())
    return sum(weight for word, weight in wanted.items() if word in present) / total if total else 0.0
