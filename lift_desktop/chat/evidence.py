"""A document as evidence: its sentences, the weight of its words, and where its pages are.

Built once for a document and kept while it is talked about. Knows no engine and no library.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from ..domain.models import Page, Passage
from ..domain.words import Sentence, Weights, raw_words, sentence_texts, split_sentences

FRONT_LETTERS, FRONT_SHARE = 2500, 0.12


class DocumentEvidence:
    """The text, passages and pages of one document, and what follows from them. `pages` need no word
    boxes.
    """

    def __init__(self, text: str, passages: Sequence[Passage], pages: Sequence[Page]) -> None:
        self.text = text
        self.passages = passages
        self._pages = [page for page in pages if page.end > page.start] or list(pages)
        self._page_starts = [page.start for page in self._pages]

    @cached_property
    def weights(self) -> Weights:
        """What each word tells, over the passages."""
        return Weights.of(passage.text for passage in self.passages)

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """The words that stand somewhere in small letters: such a word is no name at the beginning of a sentence."""
        return frozenset(word for word in raw_words(self.text) if word.islower())

    @cached_property
    def sentences(self) -> list[Sentence]:
        """All sentences in order."""
        return split_sentences(self.text)

    @cached_property
    def sentence_texts(self) -> tuple[str, ...]:
        """The sentences as they are learned."""
        return tuple(sentence_texts(self.text, self.sentences))

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [sentence.end for sentence in self.sentences]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def _passage_ends(self) -> list[int]:
        return [passage.end for passage in self.passages]

    def sentences_of(self, passage: Passage) -> range:
        """The places (in `sentences`) of those that stand in the passage, wholly or in part."""
        first = bisect_right(self._sentence_ends, passage.start)
        last = first
        while last < len(self.sentences) and self.sentences[last].start < passage.end:
            last += 1
        return range(first, last)

    def sentences_between(self, start: int, end: int) -> range:
        """The places (in `sentences`) of those that begin from `start` on, before `end`."""
        first = bisect_left(self._sentence_starts, start)
        return range(first, max(first, bisect_left(self._sentence_starts, end)))

    def sentence_start(self, position: int) -> int:
        """Where the sentence begins that holds the character at `position`; `position` itself between sentences."""
        place = bisect_right(self._sentence_ends, position)
        return min(position, self.sentences[place].start) if place < len(self.sentences) else position

    def passage_at(self, position: int) -> Passage:
        """The passage that holds the character at `position`, or the next one after it. Needs passages."""
        return self.passages[min(bisect_right(self._passage_ends, position), len(self.passages) - 1)]

    def page_of(self, start: int, end: int) -> Page:
        """The page that holds the most of the text from `start` to `end`. Needs pages."""
        first = max(0, bisect_right(self._page_starts, start) - 1)
        last = max(first, bisect_right(self._page_starts, end - 1) - 1)
        return max(self._pages[first : last + 1], key=lambda page: min(end, page.end) - max(start, page.start))

    def near_front(self, position: int) -> bool:
        """Whether a character stands near the beginning, where parties, dates and titles are."""
        return position < max(FRONT_LETTERS, FRONT_SHARE * len(self.text))

    def is_open(self, place: int) -> bool:
        """Whether a sentence of `sentences` is a heading or goes on in the next paragraph ("BETWEEN:")."""
        sentence = self.sentences[place]
        return sentence.heading or self.text[sentence.end - 1] not in ".!?;…。！？"

    def continues(self, place: int) -> bool:
        """Whether a sentence of `sentences` and the next one belong together: one paragraph, or an open first
        one.
        """
        between = self.text[self.sentences[place].end : self.sentences[place + 1].start]
        return "\n\n" not in between or self.is_open(place)
