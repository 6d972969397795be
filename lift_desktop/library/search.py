"""Finds passages of one document by words: SQLite's FTS5 with BM25 ranking.

The index lives in the computer's memory, one for each document, built from the passages in some 20 ms per
megabyte of text. So word frequencies are those of the document (not of everything in the library), no index
can fall behind its text, and erasing a document leaves no index behind. Knows passages, not where they come
from.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from ..domain.models import Passage

MAX_WORDS = 60
"""More words of a query are left out: a pasted page need not be searched whole."""

PREFIX_LETTERS = 4
"""A word of at least so many letters that stands nowhere may match as the beginning of longer ones."""

# Without those that are often something else: May, US, a will.
_STOP_WORDS = (
    "a about after all also am an and any are as at be because been before being between both but by can "
    "could d did do does doing don during each either else ever every for from get give given had has "
    "have having he her here hers him his how i if in into is it its itself just let like ll many me "
    "might more most much must my no nor not of off on once one only or other our out over own per please "
    "re s said same say shall she should so some such t tell than that the their them then there these "
    "they this those through to too under until up upon ve very was we were what when where which while "
    "who whom whose why with within without would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

_WORD = re.compile(r"[\w\u0300-\u036f]+")
# Scripts that put no spaces between words (kana and Han): each character counts as a word.
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


class ScoredPassage(NamedTuple):
    """A found passage; `score` is its BM25 rank, larger for a better match, comparable within one search."""

    passage: Passage
    score: float


class PassageIndex:
    """A searchable copy of one document's passages; for several threads, but one at a time."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        tokenizer = "porter unicode61 remove_diacritics 2"
        self._connection.execute(f"CREATE VIRTUAL TABLE passages USING fts5 (text, content='', tokenize='{tokenizer}')")
        self._connection.executemany(
            "INSERT INTO passages (rowid, text) VALUES (?, ?)",
            ((place, searchable(passage.text)) for place, passage in enumerate(passages)),
        )

    def search(self, query: str, limit: int) -> list[ScoredPassage]:
        """The best `limit` passages, best first. `query` is any text; nothing in it is an operator."""
        expression = self._expression(query)
        if not expression or limit <= 0:
            return []
        rows = self._connection.execute(
            "SELECT rowid, rank FROM passages WHERE passages MATCH ? ORDER BY rank, rowid LIMIT ?",
            (expression, limit),
        ).fetchall()
        return [ScoredPassage(self._passages[place], -rank) for place, rank in rows]

    def close(self) -> None:
        self._connection.close()

    def _expression(self, query: str) -> str:
        """Any of the words; neighbours that also stand together in a passage count once more."""
        words, neighbours = query_words(query)
        terms = [self._term(word) for word in words]
        phrases = [f'"{first} {second}"' for first, second in neighbours]
        return " OR ".join(terms + phrases)

    def _term(self, word: str) -> str:
        term = f'"{word}"'
        if len(word) < PREFIX_LETTERS:
            return term
        found = self._connection.execute("SELECT 1 FROM passages WHERE passages MATCH ? LIMIT 1", (term,))
        return term if found.fetchone() else f"{term} *"


def searchable(text: str) -> str:
    """`text` as it is indexed: ideographs stand apart, so that each counts as a word; lone surrogates go."""
    return _IDEOGRAPH.sub(r" \g<0> ", text).encode("utf-8", "ignore").decode()


def query_words(query: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The words to look for (each once, stop words only if there are no others), and pairs of neighbours."""
    all_words = _WORD.findall(searchable(query).lower())[: 4 * MAX_WORDS]
    words = [word for word in all_words if word not in STOP_WORDS] or all_words
    kept = list(dict.fromkeys(words))[:MAX_WORDS]
    wanted = set(kept)
    neighbours = [pair for pair in itertools.pairwise(all_words) if wanted.issuperset(pair)]
    return kept, list(dict.fromkeys(neighbours))[:MAX_WORDS]
