"""What is selected: a stretch of the document's text, grown word by word. Knows no widgets and no mouse."""

from __future__ import annotations

from dataclasses import dataclass

from ...domain.models import WordBox
from ...domain.words import split_sentences
from .opened import OpenDocument, Span

OTHER_LINE = 4.0  # how much worse a point above or below is than one beside, when the nearest word is looked for


@dataclass(frozen=True, slots=True)
class Selection:
    """From the stretch where it began to the stretch where it ends now; the second may lie before the first."""

    anchor: Span
    head: Span

    @property
    def span(self) -> Span:
        return min(self.anchor[0], self.head[0]), max(self.anchor[1], self.head[1])


class Words:
    """Finds words, sentences and lines in an open document."""

    def __init__(self, opened: OpenDocument) -> None:
        self._opened = opened

    def at(self, page: int, x: float, y: float) -> WordBox | None:
        """The word under the point (in points on the page), if there is one."""
        words = self._opened.words(page)
        return next((word for word in words if word.x0 <= x <= word.x1 and word.y0 <= y <= word.y1), None)

    def near(self, page: int, x: float, y: float) -> WordBox | None:
        """The word nearest to the point, on its own line if possible; None on a page without words."""

        def distance(word: WordBox) -> tuple[bool, float]:
            beside = max(word.x0 - x, x - word.x1, 0.0)
            above = max(word.y0 - y, y - word.y1, 0.0)
            return above > 0, beside + OTHER_LINE * above

        return min(self._opened.words(page), key=distance, default=None)

    def sentence(self, position: int) -> Span:
        """The sentence in which the character stands."""
        page = self._opened.pages[self._opened.page_at(position) - 1]
        text = self._opened.text
        start = text.rfind("\n\n", 0, position) + 2 if "\n\n" in text[:position] else 0
        end = text.find("\n\n", position)
        end = len(text) if end < 0 else end
        for sentence in split_sentences(text[start:end]):
            if start + sentence.start <= position < start + sentence.end:
                return start + sentence.start, start + sentence.end
        return (max(start, page.start), min(end, page.end))

    def whole_page(self, page: int) -> Selection | None:
        words = self._opened.words(page)
        return Selection(_span(words[0]), _span(words[-1])) if words else None

    def beside(self, head: Span, step: int) -> Span:
        """The word after (`step` 1) or before (-1) the stretch; the stretch itself at the document's end."""
        page, word = self._edge(head, step)
        words = self._opened.words(page)
        place = words.index(word) + step if word is not None else 0
        if word is not None and 0 <= place < len(words):
            return _span(words[place])
        return self._on_next_page(page, step) or head

    def on_line(self, head: Span, step: int) -> Span:
        """The word below (`step` 1) or above (-1) the stretch, on the next line of words."""
        page, word = self._edge(head, step)
        if word is None:
            return head
        middle, height = (word.x0 + word.x1) / 2, max(1.0, word.y1 - word.y0)
        others = [
            other
            for other in self._opened.words(page)
            if (other.y0 + other.y1) / 2 * step > ((word.y0 + word.y1) / 2 + step * height / 2) * step
        ]
        if not others:
            return self._on_next_page(page, step) or head
        return _span(
            min(others, key=lambda other: max(other.x0 - middle, middle - other.x1, 0.0) + abs(other.y0 - word.y0) * 3)
        )

    def line_end(self, head: Span, step: int) -> Span:
        """The last (`step` 1) or first (-1) word of the line that the stretch stands on."""
        page, word = self._edge(head, step)
        if word is None:
            return head
        words = self._opened.words(page)
        place = words.index(word)
        while 0 <= place + step < len(words) and _same_line(words[place], words[place + step]):
            place += step
        return _span(words[place])

    def _edge(self, head: Span, step: int) -> tuple[int, WordBox | None]:
        """The page and the last (or first) word of the stretch."""
        page = self._opened.page_at(head[1] - 1 if step > 0 else head[0])
        words = self._opened.words_of(page, head)
        return page, (words[-1 if step > 0 else 0] if words else None)

    def _on_next_page(self, page: int, step: int) -> Span | None:
        page += step
        while 1 <= page <= self._opened.page_count:
            words = self._opened.words(page)
            if words:
                return _span(words[0 if step > 0 else -1])
            page += step
        return None


def _span(word: WordBox) -> Span:
    return word.start, word.end


def _same_line(a: WordBox, b: WordBox) -> bool:
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5 * min(a.y1 - a.y0, b.y1 - b.y0)
