"""Questions that go on from the one before ("And how long may it last?"): what to look for is said there.

Knows English, and no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..domain.models import Turn
from ..domain.words import content_words
from .topics import DOCUMENT_WORDS, topics_of

FEWEST_WORDS = 2
"""A question with fewer words that say something leaves out what it is about."""
LONGEST_CHAIN = 3
_POINTS_BACK = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|these|those|others?|ones?"
    rf"|this(?! (?:{'|'.join(DOCUMENT_WORDS)})\b)|the (?:former|latter|same)"
    r"|(?:about|after|before|by|do|does|for|from|in|is|of|on|than|to|was|with) that)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\W*(?:and|but|or|also|then|so|(?:what|how) about)\b", re.IGNORECASE)


def context_of(question: str, turns: Sequence[Turn]) -> str:
    """The questions before that say what `question` is about, in their order; "" where it says so itself.

    `turns` are those of the conversation so far, oldest first.
    """
    context: list[str] = []
    for turn in reversed(turns[-LONGEST_CHAIN:]):
        if not _goes_on(question):
            break
        question = turn.question
        context.insert(0, question)
    return " ".join(context)


def _goes_on(question: str) -> bool:
    """Whether a question says less than what it is about."""
    if _POINTS_BACK.search(question) or _GOES_ON.match(question):
        return True
    return len(set(content_words(question))) < FEWEST_WORDS and not topics_of(question)
