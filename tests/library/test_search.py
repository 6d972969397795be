from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift_desktop.domain.models import Passage
from lift_desktop.library import Library
from lift_desktop.library.search import MAX_WORDS, PassageIndex, query_words

from .making import RECIPES, Made, add, make_document


def index_of(*texts: str) -> PassageIndex:
    return PassageIndex([Passage(n, 0, len(text), text, 1, 1) for n, text in enumerate(texts)])


def best(index: PassageIndex, query: str) -> int | None:
    found = index.search(query, 1)
    return found[0].passage.number if found else None


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("How much rent is paid, and when?", 0),
        ("Who REPAIRS the heating?", 1),
        ("what notice to end the lease", 2),
        ("goldfish", 3),
        ("repairing", 1),  # another form of the word
        ("zanzib", 0),  # the beginning of a word that stands nowhere itself
        ("1,250 euros", 0),
        ('"consent" AND (landlord NOT', 3),
    ],
)
def test_finds_the_passage(library: Library, lease: Made, query: str, number: int) -> None:
    assert library.search(add(library, lease), query)[0].passage.number == number


def test_scores_fall_and_the_limit_holds(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    found = library.search(document_id, "landlord heating notice rent", limit=4)
    scores = [score for _, score in found]
    assert len(found) == 4
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)
    assert len(library.search(document_id, "landlord heating notice rent")) == 3
    assert library.search(document_id, "landlord", limit=0) == []
    assert library.search(document_id, "xylophone") == []


def test_only_the_asked_document_is_searched(library: Library, lease: Made, tmp_path: Path) -> None:
    lease_id, recipes_id = add(library, lease), add(library, make_document(tmp_path, RECIPES, "Recipes"))
    assert library.search(recipes_id, "landlord") == []
    assert library.search(lease_id, "dough") == []
    assert library.search(recipes_id, "dough")[0].passage.number == 2


def test_more_documents_than_indexes_are_kept(library: Library, tmp_path: Path) -> None:
    made = [make_document(tmp_path, (f"Whale number{n}.", "Sea."), f"note {n}") for n in range(7)]
    ids = [add(library, one) for one in made]
    for _ in range(2):
        for one, document_id in zip(made, ids, strict=True):
            assert library.search(document_id, "whale")[0].passage == one.passages[0]


def test_other_scripts() -> None:
    index = index_of("Der Mietvertrag läuft über die Straße", "東京は日本の首都です。", "Договор аренды", "naïve café")
    assert best(index, "mietvertrag") == 0
    assert best(index, "首都") == 1
    assert best(index, "日本の首都はどこですか") == 1
    assert best(index, "договор") == 2
    assert best(index, "NAIVE CAFE") == 3
    assert best(index, "cafe\u0301") == 3
    index.close()


def test_neighbours_count_once_more() -> None:
    index = index_of("board of the open meeting and the skirting board", "the board meeting of the open board")
    assert best(index, "board meeting") == 1
    index.close()


def test_stop_words_count_when_there_is_nothing_else() -> None:
    assert query_words("Who are the tenants, and the tenants' pets?")[0] == ["tenants", "pets"]
    assert query_words("Who are you?")[0] == ["who", "are", "you"]
    index = index_of("To be, or not to be", "That is the question")
    assert best(index, "to be or not to be") == 0
    index.close()


def test_a_pasted_page_is_cut() -> None:
    words, neighbours = query_words(" ".join(f"word{n}" for n in range(10_000)))
    assert len(words) == MAX_WORDS
    assert len(neighbours) <= MAX_WORDS
    index = index_of("nothing", "word7 word8")
    assert best(index, " ".join(f"word{n}" for n in range(10_000))) == 1
    index.close()


ODD = [
    '"',
    "C++ AND (",
    "''",
    "NEAR(a b)",
    "a*",
    "^rent",
    "rent:",
    "-rent",
    "{rent}",
    "😀",
    "\0",
    "\ud800",
    "²",
    "_",
    "",
]


@given(st.text(max_size=40) | st.lists(st.sampled_from([*ODD, "rent", "OR", "NOT"])).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_no_query_raises(query: str) -> None:
    index = index_of("rent is paid", "C++ and C", "²_😀")
    try:
        found = index.search(query, 3)
        assert len(found) <= 3
        if "rent" in query.split():
            assert 0 in [passage.number for passage, _ in found]
    finally:
        index.close()
