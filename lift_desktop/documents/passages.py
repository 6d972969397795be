"""DocumentText -> passages: stretches of about 130 to 200 tokens that end where the text pauses.

Pure. The best set of ends is found by dynamic programming over one cost: what each end costs (between words
much, before a heading nothing) plus what a short passage costs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from ..domain.models import DocumentText, Passage

MIN_TOKENS = 130
MAX_TOKENS = 200
TOKENS_PER_PIECE = 1.2
"""Byte-pair tokenizers need some 1.2 tokens for each piece that `token_estimate` counts."""
SHORT_COST = 60.0  # of a passage without any tokens; falls with the square of what is missing
HEADING_WORDS = 14

# What it costs to end a passage before a ...
BEFORE_HEADING = 0.0
BEFORE_PARAGRAPH = 2.0
BEFORE_ROW = 5.0
BEFORE_SENTENCE = 6.0
BEFORE_CLAUSE = 18.0  # after a semicolon or colon
BEFORE_PHRASE = 30.0  # after a comma
BEFORE_WORD = 60.0
AFTER_HEADING = 80.0

_PIECE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[A-Z]{4}|\d{1,2}|\w{1,12}|[^\w\s]")
_ABBREVIATION_WORDS = """
    mr mrs ms dr prof rev hon st sr jr inc ltd co corp llc bros sec secs no nos art arts fig figs eq eqs vol
    vols pp p ch chap ed eds al cf vs v viz e.g i.e etc approx dept est gov gen lt col capt sgt jan feb mar
    apr jun jul aug sept sep oct nov dec u.s u.k d.c n.a a.m p.m para paras cl reg regs ref refs tab
    app ex exh
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_WORDS.split())
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$|[。！？]$")
_HEADING_MARK = re.compile(
    r"^(?:\d{1,3}(?:\.\d{1,3})*\.?|[A-Z]\.|[IVX]+\.|§+|(?:Article|Section|Chapter|Part)\b)", re.I
)


@dataclass(frozen=True, slots=True)
class _Atom:
    """The smallest stretch that is never cut; `cost` is the price of ending a passage just before it."""

    start: int
    end: int
    tokens: float
    cost: float


def token_estimate(text: str) -> float:
    """About how many tokens a language model's tokenizer makes of `text`, without having one.

    Counts words, punctuation marks, pairs of digits and, of scripts without spaces, characters; a word in
    capitals or a long one counts as several. On contracts the real number was 0.74 to 1.6 times the
    estimate, 0.96 times on average.
    """
    return TOKENS_PER_PIECE * sum(1 for _ in _PIECE.finditer(text))


def split_into_passages(document: DocumentText) -> tuple[Passage, ...]:
    """Passages that cover all of the text but blanks, in order and without overlap.

    None is longer than about 200 tokens but for a single word that is. Without text there is no passage.
    """
    atoms = _atoms(document.text)
    pages = [page for page in document.pages if page.end > page.start]
    starts = [page.start for page in pages]

    def page_at(position: int) -> int:
        return pages[max(0, bisect_right(starts, position) - 1)].number if pages else 1

    passages = []
    for number, (first, after) in enumerate(pairwise(_best_cuts(atoms))):
        start, end = atoms[first].start, atoms[after - 1].end
        passages.append(Passage(number, start, end, document.text[start:end], page_at(start), page_at(end - 1)))
    return tuple(passages)


def _best_cuts(atoms: list[_Atom]) -> list[int]:
    """The indices of atoms where passages begin, then the number of atoms, for the least total cost."""
    count = len(atoms)
    best, previous = [0.0] + [float("inf")] * count, [0] * (count + 1)
    for after in range(1, count + 1):
        end_cost = atoms[after].cost if after < count else 0.0
        tokens = 0.0
        for first in range(after - 1, -1, -1):
            tokens += atoms[first].tokens
            if tokens > MAX_TOKENS and first < after - 1:
                break
            short = max(0.0, 1.0 - tokens / MIN_TOKENS)
            cost = best[first] + end_cost + SHORT_COST * short * short + 1.0
            if cost < best[after]:
                best[after], previous[after] = cost, first
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(previous[cuts[-1]])
    return cuts[::-1] if count else []


def _atoms(text: str) -> list[_Atom]:
    """Cuts the text into sentences and clauses, and those that are longer than a passage into words."""
    found: list[_Atom] = []
    cost, start = BEFORE_PARAGRAPH, None
    words = list(re.finditer(r"\S+", text))
    heading_ends = _heading_ends(text)
    for index, word in enumerate(words):
        start = word.start() if start is None else start
        following = words[index + 1] if index + 1 < len(words) else None
        next_cost = _cost_between(text, word, following, heading_ends)
        if next_cost is None:
            continue
        found += _fitting(text, start, word.end(), cost)
        cost, start = next_cost, None
    return found


def _cost_between(
    text: str, word: re.Match[str], following: re.Match[str] | None, heading_ends: dict[int, bool]
) -> float | None:
    """What a cut between two words costs; None where there is no reason to cut."""
    if following is None:
        return 0.0
    gap = text[word.end() : following.start()]
    if "\n\n" in gap:
        if heading_ends.get(word.end()):
            return AFTER_HEADING
        return BEFORE_HEADING if _is_mark(following[0]) or following.start() in heading_ends else BEFORE_PARAGRAPH
    if "\n" in gap:
        return BEFORE_ROW
    if _ends_sentence(word[0], following[0]):
        return BEFORE_SENTENCE
    last = word[0].rstrip("\"'”’)]")[-1:]
    if last and last in ";:；：":
        return BEFORE_CLAUSE
    if last and last in ",，、":
        return BEFORE_PHRASE
    return None


def _is_mark(word: str) -> bool:
    return bool(_HEADING_MARK.match(word))


def _heading_ends(text: str) -> dict[int, bool]:
    """Where headings begin (False) and end (True): short paragraphs that are no sentences."""
    found: dict[int, bool] = {}
    for match in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        paragraph = match[0].rstrip()
        short = len(paragraph.split()) <= HEADING_WORDS and "\n" not in paragraph
        if short and (not paragraph.endswith((".", ";", ",", "!", "?")) or _is_numbered_name(paragraph)):
            found[match.start()] = False
            found[match.start() + len(paragraph)] = True
    return found


def _is_numbered_name(paragraph: str) -> bool:
    """ "1.1 Sale of Products." """
    words = paragraph.rstrip(".").split()
    named = [word for word in words[1:] if len(word) > 3]
    return _is_mark(words[0]) and bool(named) and all(word[0].isupper() for word in named)


def _ends_sentence(word: str, following: str) -> bool:
    if not _SENTENCE_END.search(word):
        return False
    if word[-1] in "!?。！？":
        return True
    bare = word.strip("\"'“”‘’()[]«»").rstrip(".").casefold()
    if bare in _ABBREVIATIONS or (len(bare) == 1 and bare.isalpha()) or re.fullmatch(r"(\w\.)+\w", bare):
        return False
    first = following.lstrip("\"'“‘«([")[:1]
    return not first.islower() and not (bare.isdigit() and first.isdigit())


def _fitting(text: str, start: int, end: int, cost: float) -> list[_Atom]:
    """The stretch as one atom, or, when it is longer than a passage, one atom for each of its words."""
    tokens = token_estimate(text[start:end])
    if tokens <= MAX_TOKENS:
        return [_Atom(start, end, tokens, cost)]
    atoms: list[_Atom] = []
    for word in re.finditer(r"\S+", text[start:end]):
        first, last = start + word.start(), start + word.end()
        atoms.append(_Atom(first, last, token_estimate(word[0]), cost if not atoms else BEFORE_WORD))
    return atoms
