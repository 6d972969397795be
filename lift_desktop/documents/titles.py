"""A document's title and author: from its metadata when sensible, else from its first pages.

Pure; knows only paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from .paragraphs import Paragraph, starts_clause

MAX_TITLE_WORDS = 20
MAX_TITLE_CHARACTERS = 200
LARGER = 1.2  # than the body's font size
_FILE_NAME = re.compile(r"\.(docx?|pdf|tex|dvi|indd|qxd|rtf|odt|xlsx?|pptx?|txt|html?|md|wpd|p65|pmd|fm)\b", re.I)
_EMPTY_WORDS = re.compile(
    r"^(untitled|unknown|document|doc|title|no title|microsoft word|print|layout|slide|presentation"
    r"|new document|user|admin|administrator|owner|author|anonymous|pc|windows|home|default"
    r"|none|null|n/?a)[\W\d_]*$",
    re.I,
)
_BOILERPLATE = re.compile(
    r"^(exhibit|annex|appendix|schedule|attachment|execution|conformed|draft|confidential|private|copyright|©"
    r"|table of contents|contents|page|source|dated|date|version|vol|issn|isbn|doi|arxiv|http|www"
    r"|by and between|between|among|certain|portions|redacted|final)\b"
    r"|redacted|\bomitted\b|confidential treatment|\[\s*\*",
    re.I,
)


def title_of(metadata_title: str, first_pages: Sequence[Sequence[Paragraph]], file_stem: str) -> str:
    """The title; never empty."""
    title = " ".join(metadata_title.split())
    if _is_sensible(title) and title.casefold() != file_stem.casefold():
        return title[:MAX_TITLE_CHARACTERS]
    return _printed_title(first_pages) or file_stem or "Document"


def author_of(metadata_author: str) -> str:
    """The author, "" when the metadata tell nothing."""
    author = " ".join(metadata_author.split())
    return author if _is_sensible(author) else ""


def _is_sensible(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return letters >= 3 and not _FILE_NAME.search(text) and not _EMPTY_WORDS.match(text) and "\\" not in text


def _printed_title(first_pages: Sequence[Sequence[Paragraph]]) -> str:
    """The largest early paragraph; else the first heading, if possible one that the text takes up."""
    paragraphs = [paragraph for page in first_pages for paragraph in page if not paragraph.tabular]
    candidates = [paragraph for paragraph in paragraphs if _could_be_title(paragraph)]
    if not candidates:
        return ""
    body = median(line.size for paragraph in paragraphs for line in paragraph.lines)
    largest = max(candidates, key=lambda paragraph: paragraph.size)
    if largest.size >= LARGER * body:
        return _plain(largest)
    running = " ".join(p.text for p in paragraphs if len(p.text.split()) > MAX_TITLE_WORDS).casefold()
    headings = [p for p in candidates if p.bold or p.text.isupper()]
    named = [p for p in headings if " ".join(_plain(p).casefold().split()[-3:]) in running]
    first = [p for p in candidates[:1] if p is paragraphs[0] and not p.text.endswith(".")]
    return next((_plain(heading) for heading in named or headings or first), "")


def _could_be_title(paragraph: Paragraph) -> bool:
    text = paragraph.text
    words = text.split()
    letters = sum(character.isalpha() for character in text)
    return (
        len(words) <= MAX_TITLE_WORDS
        and letters >= 4
        and letters >= 0.6 * len(text.replace(" ", ""))
        and not _BOILERPLATE.search(text)
        and not starts_clause(paragraph.lines[0])
    )


def _plain(paragraph: Paragraph) -> str:
    text = " ".join(paragraph.text.split()).strip(" .:;*")
    return text[:MAX_TITLE_CHARACTERS]
