"""Whether the quotes hold what an answer says: its figures, names, denials and its other words.

What the question itself says need not be found. Knows texts alone, neither the model nor where quotes come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..domain.models import Detail, DetailKind
from ..domain.words import STOP_WORDS, split_sentences, stem
from .evidence import DocumentEvidence
from .figures import find_figures, says
from .polarity import as_answered, contradictions, statements

ENOUGH_WORDING = 0.5
"""Of a sentence's words (by weight) this share must stand in the quotes."""
QUOTATION_WORDS = 6
"""So many words that stand in a quote just so are a quotation: its clause numbers, too, are the document's."""
YES_OR_NO = re.compile(r"^\W*(yes|no)\s*(?:$|[,.;:!–—-])", re.IGNORECASE)
LIST_MARK = re.compile(
    r"^[ \t]*(?:[-*•]|\(?(?:\d{1,3}|[a-z])[.)](?!\s+\w+\s+\d{4}\b)"
    r"|\d{1,3}(?:\.\d{1,2})*(?=\s(?:The|This|An?|Each|Either|If|No|All|In|On)\b))[ \t]+",
    re.MULTILINE,
)
"""What a line may begin with and does not say: a bullet, a letter, the number of a clause; no day ("5. Mai 2024")."""
CLAUSE_MARK = re.compile(r"^\d{1,3}(?:\.\d{1,2})*\.?\s(?=[A-Z(“\"])", re.MULTILINE)
REFERENCE = re.compile(r"\b(?:clauses?|sections?|articles?|paragraphs?|schedules?|§)\s*$", re.IGNORECASE)
"""A number after it is that of a clause; other numbers are not looked for among the numbers of clauses."""
PAGE_MARK = re.compile(r"\s\[\d+\]$", re.MULTILINE)
"""What ends an item of a gathered answer: "[3]" for citation 3."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_GENERAL_TEXT = (
    "mr mrs ms dr prof sir inc llc ltd corp corporation company limited plc gmbh state city county section clause "
    "article party agreement contract yes document page answer"
)
_GENERAL_STEMS = frozenset(map(stem, _GENERAL_TEXT.split()))
_BEGINNING_LETTERS = 5


def find_missing(question: str, answer: str, quotes: Sequence[str], evidence: DocumentEvidence) -> tuple[Detail, ...]:
    """The details of `answer` that stand neither in `quotes` nor in `question`, in order, apart from each other.

    `evidence` tells how much each word of the document says, and which ones are no names. A quotation lacks nothing.
    """
    said = " ".join(answer.split())
    if any(said in " ".join(quote.split()) for quote in quotes) and len(said.split()) >= QUOTATION_WORDS:
        return ()
    plain = PAGE_MARK.sub(_blank, LIST_MARK.sub(_blank, answer))
    checker = _Checker(question, plain, quotes, evidence)
    found = [*checker.figures(), *checker.names(), *checker.denials()]
    found += checker.wording(found)
    return _apart(found)


def _blank(found: re.Match[str]) -> str:
    return "\n" + " " * (len(found[0]) - 1) if found[0] else ""


def _apart(found: list[Detail]) -> tuple[Detail, ...]:
    kept: list[Detail] = []
    for detail in sorted(found, key=lambda detail: (detail.start, -detail.end)):
        if not kept or detail.start >= kept[-1].end:
            kept.append(detail)
    return tuple(kept)


class _Checker:
    def __init__(self, question: str, answer: str, quotes: Sequence[str], evidence: DocumentEvidence) -> None:
        self._question, self._answer, self._evidence = question, answer, evidence
        self._source = "\n\n".join(quotes)
        self._words = _Known(f"{question}\n{self._source}")
        self._figures = find_figures(answer)

    def figures(self) -> Iterator[Detail]:
        """Numbers, money, percentages and dates whose value is not in the quotes (nor the same in the question)."""
        given = [*find_figures(CLAUSE_MARK.sub(_blank, self._source)), *find_figures(self._question)]
        clauses = find_figures(self._source)
        for figure in self._figures:
            is_reference = REFERENCE.search(self._answer, 0, figure.start) is not None
            if not says(clauses if is_reference else given, figure):
                yield Detail(figure.start, figure.end, figure.kind)

    def names(self) -> Iterator[Detail]:
        """Runs of words with a capital of which one is not in the quotes."""
        run: list[re.Match[str]] = []
        for word in self._loose_words():
            if run and self._answer[run[-1].end() : word.start()] not in (" ", "-", ". ", "'s ", "’s ", " & "):
                yield from self._name(run)
                run = []
            if self._is_name(word):
                run.append(word)
            elif run:
                yield from self._name(run)
                run = []
        yield from self._name(run)

    def _name(self, run: list[re.Match[str]]) -> Iterator[Detail]:
        if any(not self._words.holds(word[0]) for word in run):
            yield Detail(run[0].start(), run[-1].end(), DetailKind.NAME)

    def _is_name(self, word: re.Match[str]) -> bool:
        text = word[0]
        if not text[0].isupper() or text.lower() in STOP_WORDS:
            return False
        before = self._answer[: word.start()].rstrip(" \"'“‘(")
        begins = not before or before[-1] in ".!?:\n"
        return not begins or text.lower() not in self._evidence.plain_words

    def _loose_words(self) -> Iterator[re.Match[str]]:
        """The words outside figures."""
        spans = [(figure.start, figure.end) for figure in self._figures]
        for word in _WORD.finditer(self._answer):
            if not any(start <= word.start() < end for start, end in spans):
                yield word

    def denials(self) -> Iterator[Detail]:
        """What the answer affirms and the quotes deny, and the other way round."""
        for said in contradictions(statements(self._answer), self._source):
            yield Detail(said.start, said.end, DetailKind.NEGATION)
        plain = YES_OR_NO.match(self._answer)
        if plain is not None and self._is_denied(says_yes=plain[1].lower() == "yes"):
            yield Detail(plain.start(1), plain.end(1), DetailKind.NEGATION)

    def _is_denied(self, *, says_yes: bool) -> bool:
        """Whether the quotes deny a plain "Yes" or "No". What the question speaks of stands undenied in a right "No",
        too ("the deposit is not refundable"), so "No" may stay where "Yes" would be denied."""
        against_yes, against_no = (
            bool(contradictions(as_answered(self._question, yes), self._source)) for yes in (True, False)
        )
        return against_yes if says_yes else against_no and not against_yes

    def wording(self, found: Sequence[Detail]) -> list[Detail]:
        """Sentences most of whose words (but the question's, figures and marked ones) are not in the quotes: from
        the first such word to the last.
        """
        details = []
        asked = _Known(self._question)
        for sentence in split_sentences(self._answer):
            words = [
                word
                for word in self._loose_words()
                if sentence.start <= word.start() < sentence.end
                and word[0].lower() not in STOP_WORDS
                and not asked.holds(word[0])
                and not any(detail.start <= word.start() < detail.end for detail in found)
            ]
            missing = [word for word in words if not self._words.holds(word[0])]
            total = sum(self._weight(word[0]) for word in words)
            if missing and sum(self._weight(word[0]) for word in missing) > (1 - ENOUGH_WORDING) * total:
                details.append(Detail(missing[0].start(), missing[-1].end(), DetailKind.WORDING))
        return details

    def _weight(self, word: str) -> float:
        return max(0.05, self._evidence.weights.weight(stem(word)))


class _Known:
    """The words of a text, to be asked whether it holds a word in some form."""

    def __init__(self, text: str) -> None:
        raw = _WORD.findall(text)
        self._stems = {stem(word) for word in raw}
        self._beginnings = {each[:_BEGINNING_LETTERS] for each in self._stems if len(each) > _BEGINNING_LETTERS}
        capitals = re.findall(r"(?:\b[A-Z][\w’'-]+(?:\s+(?:of|the|and|for)\b)?\s*){2,}", text)
        self._initials = {"".join(word[0] for word in run.split() if word[0].isupper()) for run in capitals}

    def holds(self, word: str) -> bool:
        stemmed = stem(word)
        if stemmed in self._stems or stemmed in _GENERAL_STEMS or len(word) == 1:
            return True
        if len(stemmed) > _BEGINNING_LETTERS and stemmed[:_BEGINNING_LETTERS] in self._beginnings:
            return True
        return word.isupper() and any(word in initials for initials in self._initials)
