"""Which questions of study are worth showing to someone who has not asked yet. Knows no widget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...domain.models import Passage, StudyQuestion
from ...domain.words import content_words, is_number, raw_words, recall_share

MOST, FEWEST = 4, 3
LETTERS = (18, 78)  # the shortest and the longest question that is shown
ANSWER_WORDS = 14
GROUNDED_SHARE = 0.6
"""Of a question's own words, so many must stand in its passage; the more, the better."""
BEGINNINGS = frozenset({"what", "when", "who", "whom", "which", "where", "how", "whose", "by", "until", "within"})
"""Questions that a yes or no would answer are left out: study answers with words of the text."""
_PERSONAL = re.compile(r"\b(?:you|your|me|my|i|we|us|our|they|he|she|it|this|that|these|those|following)\b", re.I)


def general_questions() -> tuple[str, ...]:
    """For a document that has not been learned: answered from all of it, in its own words. In English whatever the
    window speaks, like the starter model."""
    return "What is this document about?", "List all dates.", "List all amounts."


def suggested_questions(
    questions: Iterable[StudyQuestion], passages: Sequence[Passage], most: int = MOST
) -> tuple[str, ...]:
    """Up to `most` short, clear questions from different pages, spread over the document, in its order.

    Fewer than FEWEST are filled up with general ones.
    """
    of_number = {passage.number: passage for passage in passages}
    best: dict[int, tuple[float, str]] = {}
    for each in questions:
        passage = of_number.get(each.passage)
        score = 0.0 if passage is None else _clearness(each, passage)
        if passage is not None and score > best.get(passage.first_page, (0.0, ""))[0]:
            best[passage.first_page] = (score, each.question.strip())
    chosen: dict[str, None] = {}
    for group in _spread(sorted(best), most):
        page = max(group, key=lambda number: best[number][0])
        chosen.setdefault(best[page][1])
    for question in general_questions() if len(chosen) < FEWEST else ():
        chosen.setdefault(question)
    return tuple(chosen)[:most]


def _clearness(question: StudyQuestion, passage: Passage) -> float:
    """0 for a question that should not be shown; the more, the better."""
    text = question.question.strip()
    words = raw_words(text)
    if not (LETTERS[0] <= len(text) <= LETTERS[1] and text.endswith("?") and words):
        return 0.0
    if words[0].lower() not in BEGINNINGS or _PERSONAL.search(text):
        return 0.0
    asked, answer = content_words(text), question.answer
    grounded = recall_share(text, passage.text)
    if (
        len(asked) < 2
        or grounded < GROUNDED_SHARE
        or not content_words(answer)
        or len(raw_words(answer)) > ANSWER_WORDS
    ):
        return 0.0
    has_figure = any(is_number(word) for word in raw_words(answer))
    has_name = any(word[:1].isupper() for word in words[1:])
    repeats = len(asked) - len(set(asked))
    return 4 * grounded - repeats + 0.5 * has_figure + 0.3 * has_name + min(len(asked), 6) * 0.1


def _spread(pages: Sequence[int], groups: int) -> list[Sequence[int]]:
    """The pages in so many neighbouring groups of about one size; fewer when there are fewer pages."""
    count = min(groups, len(pages))
    return [pages[len(pages) * place // count : len(pages) * (place + 1) // count] for place in range(count)]
