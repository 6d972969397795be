"""Passages cover the text, end where it pauses, and know their pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lift_desktop.documents import split_into_passages, token_estimate
from lift_desktop.documents.passages import MAX_TOKENS
from lift_desktop.domain.models import DocumentText, Page

SENTENCE = "The keeper of the old lighthouse counts the seven ships that pass by every morning. "


def document(text: str, *page_starts: int) -> DocumentText:
    starts = (0, *page_starts)
    ends = (*page_starts, len(text))
    pages = tuple(
        Page(number, "", start, end, 595, 842) for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    )
    return DocumentText("A Book", "", text, pages)


words = st.one_of(
    st.sampled_from(["the", "Inc.", "No. 5", "Sec. 3.1", "(a)", "1.2", "ends.", "why?", "and,", "HEADING", "so;"]),
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30),
)
texts = st.lists(st.tuples(words, st.sampled_from([" ", " ", " ", " ", "\n", "\n\n"])), max_size=800).map(
    lambda parts: "".join(word + gap for word, gap in parts).strip()
)


@given(texts, st.data())
def test_passages_cover_the_text_without_overlap(text: str, data: st.DataObject) -> None:
    breaks = sorted(data.draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=3))) if len(text) > 5 else []
    read = document(text, *breaks)
    passages = split_into_passages(read)
    position = 0
    for number, passage in enumerate(passages):
        assert passage.number == number
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert text[position : passage.start].strip() == ""
        assert passage.start == 0 or text[passage.start - 1].isspace()
        assert token_estimate(passage.text) <= MAX_TOKENS + 1e-6 or len(passage.text.split()) == 1
        first, last = read.pages[passage.first_page - 1], read.pages[passage.last_page - 1]
        assert first.start <= passage.start < first.end
        assert last.start < passage.end <= last.end
        position = passage.end
    assert text[position:].strip() == ""
    assert bool(passages) == bool(text.strip())


def test_prose_is_cut_at_sentences_into_the_wanted_size() -> None:
    text = (SENTENCE * 100).strip()
    passages = split_into_passages(document(text))
    assert all(passage.text.endswith("morning.") for passage in passages)
    assert all(120 <= token_estimate(passage.text) <= 200 for passage in passages)


def test_a_short_document_is_one_passage() -> None:
    assert [p.text for p in split_into_passages(document("Yes."))] == ["Yes."]
    assert split_into_passages(document("")) == ()


def test_a_heading_stays_with_its_text() -> None:
    clauses = [f"{n}.1 Terms of Payment\n\n" + SENTENCE * 6 for n in range(1, 12)]
    passages = split_into_passages(document("\n\n".join(clause.strip() for clause in clauses)))
    for passage in passages:
        assert not passage.text.endswith("Terms of Payment")
    assert len(passages) == len(clauses)
    assert all(passage.text.startswith(f"{n}.1 ") for n, passage in enumerate(passages, 1))


def test_abbreviations_end_no_sentence() -> None:
    sentence = "Acme Inc. Holdings and Dr. A. B. Smith may, under Sec. 3.1 or No. 5 of the U.S. Code, sell Works. "
    for passage in split_into_passages(document((sentence * 40).strip())):
        assert passage.text.startswith("Acme Inc.")
        assert passage.text.endswith("sell Works.")


def test_an_endless_sentence_is_cut_between_words() -> None:
    passages = split_into_passages(document("word " * 999 + "word"))
    assert len(passages) == 7
    assert all(set(passage.text.split()) == {"word"} for passage in passages)


def test_a_passage_may_cross_a_page_break() -> None:
    text = "One sentence stands here. Another one follows it on the next page."
    passages = split_into_passages(document(text, text.index("Another")))
    assert [(p.first_page, p.last_page) for p in passages] == [(1, 2)]


def test_estimate_counts_what_tokenizers_count() -> None:
    assert token_estimate("the cat sat on the mat") < 10
    assert token_estimate("日本語のテキスト") >= 8
    assert token_estimate("AGREEMENT") > token_estimate("agreement")
