"""What sort of answer a question asks for: how many, when, who. Tells apart answers that cannot be one.

Knows English; a question in other words asks for anything. Knows no document.
"""

from __future__ import annotations

import re

from ..domain.models import DetailKind
from ..domain.words import STOP_WORDS, raw_words, stem
from .figures import find_figures

FEWEST_WORDS = 3
"""An answer to "May ...?" that has neither yes nor no is a sentence of so many telling words."""

_YES_NO = re.compile(r"^\W*(yes|no|none|nobody|never|nothing)\b", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\b(?:yes|no|not|never|none|neither|nor|only|shall|may|must|can)\b|n[’']t\b", re.IGNORECASE)
_EITHER_OR = re.compile(r"\bor\b|\bwhether\b", re.IGNORECASE)
IS_IT = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|may|can|could|must|shall|will|would|should|has|have|had)\b", re.IGNORECASE
)
_HOW_MANY = re.compile(
    r"\bhow (?:many|much|old|long|far|often|tall|large|high|deep|soon)\b"
    r"|\b(?:what|which) (?:year|percentage|percent|number|age|amount|share|date)\b",
    re.IGNORECASE,
)
_HOW_DEAR = re.compile(
    r"^\W*what (?:is|are|was|were) (?:the |its |their )?(?:[\w’'-]+ ){0,2}"
    r"(?:charges?|fees?|prices?|costs?|rent|salary|fare)\b"
    r"|\bhow much (?:does|do|did|will|must|is|are) .*\b(?:cost|pay|paid|charged?|owed?)\b",
    re.IGNORECASE,
)
_NO_SUM = re.compile(r"\b(?:no|none|nothing|free|without|equal|same|reasonable|agreed|table|schedule)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"^\W*(?:when|(?:on|in|since|until|by) (?:what|which) (?:day|date|year|month|century))\b", re.IGNORECASE
)
_WHO = re.compile(r"^\W*who(?:m|se)?\b", re.IGNORECASE)
_PARTIES = re.compile(
    r"^\W*(?:who|which|what) (?:are|were) (?:the |its )?(?:\w+ )?parties\b|\bbetween whom\b", re.IGNORECASE
)
_COMPANY_COMMA = re.compile(r",(?=\W*(?:inc|llc|ltd|l\.|corp|co|plc|s\.|n\.)\b)", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:and|with|between|among)\b|[,;&\n]", re.IGNORECASE)
_QUANTITY = re.compile(
    r"\b(?:one|an?|no|none|any|all|each|every|many|much|more|most|few|several|some|half|third|quarter|couple|dozens?"
    r"|hundreds|thousands|millions|billions|once|twice|single|double|both|unlimited|daily|weekly|monthly|yearly"
    r"|annual(?:ly)?|quarterly|regularly|often|rarely|never|always|perpetu\w+|indefinite\w*|forever|until|equal|same"
    r"|full|majority|minority|hours?|days?|weeks?|months?|years?|decades?|centur\w+|seconds?|first|second)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:after|before|during|since|until|till|upon|when|while|by|at|on|in|from|within|immediately|never|always|today"
    r"|dates?|days?|nights?|mornings?|evenings?|weeks?|weekends?|months?|years?|annual(?:ly)?|decades?|centur\w+|ages?"
    r"|\w+days?|spring|summer|autumn|fall|winter|early|late|end|beginning|start|completion|expir\w+|terminat\w+)\b",
    re.IGNORECASE,
)


def can_answer(question: str, answer: str) -> bool:
    """Whether `answer` is of the sort that `question` asks for, and says more than the question does."""
    return _is_of_the_sort(question, answer) and not _repeats(question, answer)


def _is_of_the_sort(question: str, answer: str) -> bool:
    figures = find_figures(answer)
    if _PARTIES.search(question):
        return _SEVERAL.search(_COMPANY_COMMA.sub("", answer)) is not None
    if _HOW_DEAR.search(question):
        is_sum = any(figure.kind in (DetailKind.MONEY, DetailKind.PERCENTAGE) for figure in figures)
        return is_sum or _NO_SUM.search(answer) is not None or not figures
    if IS_IT.match(question) and not _EITHER_OR.search(question):
        words = [word for word in raw_words(answer) if word.lower() not in STOP_WORDS]
        return len(words) >= FEWEST_WORDS or _YES_OR_NO.search(answer) is not None
    if _HOW_MANY.search(question) and not IS_IT.match(question):
        return bool(figures) or _QUANTITY.search(answer) is not None
    if _WHEN.match(question):
        is_time = any(figure.kind in (DetailKind.DATE, DetailKind.NUMBER) for figure in figures)
        return is_time or _TIME.search(answer) is not None
    if _WHO.match(question) and figures:
        words = [word for word in raw_words(answer) if word.isalpha() and word.lower() not in STOP_WORDS]
        return len(words) > 0
    return True


def _repeats(question: str, answer: str) -> bool:
    if _YES_NO.match(answer) or _EITHER_OR.search(question) or IS_IT.match(question):
        return False
    asked = {stem(word) for word in raw_words(question)}
    said = {stem(word) for word in raw_words(answer) if word.lower() not in STOP_WORDS}
    return bool(said) and said <= asked
