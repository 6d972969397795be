"""The agreement of `tests/texts.py`, as answers are judged by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lift_desktop.chat.evidence import DocumentEvidence
from lift_desktop.chat.retrieval import Search
from lift_desktop.documents import split_into_passages
from lift_desktop.library.search import PassageIndex

from .. import texts

World = tuple[DocumentEvidence, Search]


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """Its evidence, and the word search in it."""
    document = texts.content()
    passages = split_into_passages(document)
    index = PassageIndex(passages)
    evidence = DocumentEvidence(document.text, passages, document.pages)
    yield evidence, lambda words, limit: [found.passage for found in index.search(words, limit)]
    index.close()
