"""PyMuPDF -> raw pages: opens a file and takes the words off one page at a time.

With `drawing`, the only module that imports pymupdf; runs in child processes alone. Knows nothing of reading order.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf

from ..domain.errors import DamagedDocument, EncryptedDocument, TooLarge, WrongPassword
from .formats import TEXT_FORMATS, Format, decode_text, sniff
from .raised import without_raised
from .raw import Box, FileFacts, RawLine, RawPage, RawWord, line_of, to_reading
from .word import html_of_docx

BOOK_PAGE = (420.0, 595.0, 11.0)  # A5 in points, and the font size: books that bring no pages of their own
SHEET_PAGE = (595.0, 842.0, 11.0)  # A4: text of 80 columns fits without new line breaks
MAX_WORDS_PER_PAGE = 100_000
MAX_DOUBLED_WORDS = 15_000  # some five seconds; the time to find letters drawn twice grows with their square
WIDEST_TABLE = 100_000.0  # points
MINOR_SHARE = 0.2  # lines across the page's direction (a stamp in the margin, a watermark) that are left out
SLANT = 0.27  # a line that rises so much of its length (15 degrees) is aslant; a crooked scan rises less
ASLANT = 45  # stands for all such turns

_DECODED = TEXT_FORMATS | {Format.FB2}
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_BINARY = re.compile(r"<((?:\w+:)?binary)\b[^>]*?(?:/>|>([^<]*)</\1\s*>)")  # a picture of a FictionBook, in base64
_MARKDOWN_MARKS = re.compile(r"^#{1,6}\s+|(?<![\w*])[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?![\w*])|`", re.MULTILINE)
_DINGBATS = str.maketrans("345678lmnopqrstuvH", "✓✔✕✖✗✘●❍■❏❐❑❒▲▼◆❖★")  # by the keys that type them
MISSING_IMAGE = "[image]"  # what MuPDF writes in place of a picture that it cannot find

_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP  # no ligatures, no glyph numbers for letters
_MUPDF_ERRORS = (pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError, TypeError, SystemError, IndexError)
"""What PyMuPDF raises for broken files; the last four come from its bindings."""

_STYLES = """
* {overflow-wrap: break-word}
pre {white-space: pre-wrap}
noscript {display: none}
button, center, details, dialog, form, option, summary, textarea {display: block}
td p {margin: 0}
ol[type=a] {list-style-type: lower-alpha}
ol[type=A] {list-style-type: upper-alpha}
ol[type=i] {list-style-type: lower-roman}
ol[type=I] {list-style-type: upper-roman}
"""  # of all books and web pages: what does not fit on a page is lost, and MuPDF knows lists by their styles alone

pymupdf.mupdf.fz_set_user_css(_STYLES)
pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


@contextlib.contextmanager
def named_errors() -> Iterator[None]:
    """What PyMuPDF raises in the block becomes DamagedDocument or TooLarge: the reason alone, without a full stop."""
    try:
        yield
    except (*_MUPDF_ERRORS, MemoryError) as error:
        raise _named(error) from None


class OpenFile:
    """One open document. When `read_page` raises, the next page may still be read.

    `document` is PyMuPDF's, unlocked and laid out: what is drawn from it fits the boxes that were read.
    """

    def __init__(self, path: Path, password: str) -> None:
        """Raises what `formats.sniff` does, EncryptedDocument, WrongPassword, DamagedDocument, TooLarge."""
        self._name = path.name
        self._format = sniff(path)
        try:
            self.document = _open(path, self._format)
            self._unlock(password)
            if self.document.is_reflowable:
                width, height, font_size = SHEET_PAGE if self._is_sheet() else BOOK_PAGE
                self.document.layout(width=width, height=height, fontsize=font_size)
            self._page_count: int = len(self.document)
        except (*_MUPDF_ERRORS, MemoryError) as error:
            named = _named(error)
            raise type(named)(f"{self._name} cannot be opened: {named.message}.") from None
        if self._page_count == 0:
            raise DamagedDocument(f"{self._name} has no pages.")

    def facts(self) -> FileFacts:
        metadata = self.document.metadata or {}
        return FileFacts(
            page_count=self._page_count,
            title=metadata.get("title") or "",
            author=metadata.get("author") or "",
            reflowable=bool(self.document.is_reflowable),
            enclosed=self._enclosed(),
        )

    def read_page(self, number: int) -> RawPage:
        """The page with this number, counted from 1. Raises DamagedDocument or TooLarge: the reason alone."""
        with named_errors():
            return _raw_page(self.document[number - 1], number)

    def close(self) -> None:
        self.document.close()

    def _unlock(self, password: str) -> None:
        if not self.document.needs_pass or self.document.authenticate(password):
            return
        self.document.close()
        if password:
            raise WrongPassword(f"The password does not open {self._name}.")
        raise EncryptedDocument(f"{self._name} is protected by a password.")

    def _enclosed(self) -> int:
        """How many files there are in a PDF that viewers show as a list of files; 0 for any other file."""
        if self.document.is_pdf:
            with contextlib.suppress(*_MUPDF_ERRORS):
                kind: str = self.document.xref_get_key(self.document.pdf_catalog(), "Collection")[0]
                return 0 if kind == "null" else int(self.document.embfile_count())
        return 0

    def _is_sheet(self) -> bool:
        return self._format in TEXT_FORMATS or self._format is Format.DOCX


def _open(path: Path, file_format: Format) -> Any:
    if file_format is Format.DOCX and (html := html_of_docx(path)) is not None:
        return pymupdf.open(stream=_encoded(html, Format.HTML), filetype=str(Format.HTML))
    if file_format not in _DECODED:
        return pymupdf.open(path, filetype=str(file_format))
    text = decode_text(path.read_bytes()).removesuffix("\n") + "\n"  # MuPDF misreads the last letter without it
    try:
        return pymupdf.open(stream=_encoded(text, file_format), filetype=str(file_format))
    except pymupdf.FileDataError:
        if file_format is not Format.MARKDOWN:
            raise
        plain = _MARKDOWN_MARKS.sub("", text)  # this PyMuPDF is too old to know Markdown
        return pymupdf.open(stream=plain.encode("utf-8"), filetype=str(Format.TXT))


def _encoded(text: str, file_format: Format) -> bytes:
    """`text` in bytes that MuPDF reads right, which believes what the text says of the encoding that it had before."""
    if file_format is Format.HTML:
        return text.encode("ascii", errors="xmlcharrefreplace")
    if file_format is Format.FB2:
        text = _XML_DECLARATION.sub("", text)
        text = _BINARY.sub(lambda found: found[0] if _is_picture(found[2] or "") else "", text)
    return text.encode("utf-8")


def _is_picture(text: str) -> bool:
    """Whether MuPDF can open the picture. Over one that it cannot, it forgets all styles of a FictionBook: paragraphs
    are joined without a blank between them, and pictures are text.
    """
    try:
        data = base64.b64decode(text + "==")  # more padding than necessary is no error
        pymupdf.mupdf.fz_new_image_from_buffer(pymupdf.mupdf.fz_new_buffer_from_copied_data(data))
    except _MUPDF_ERRORS:
        return False
    return True


def _named(error: BaseException) -> DamagedDocument | TooLarge:
    """The reason alone. MuPDF reports a failed allocation as text ("malloc (123 bytes) failed")."""
    reason = re.sub(r"^code=\d+: ", "", " ".join(str(error).split()))
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or "alloc" in str(cause):
            return TooLarge("it needs too much memory")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, pymupdf.FileDataError):
        reason = "its content is broken"  # MuPDF tells no more than the path
    return DamagedDocument(reason.rstrip(".") or "it is damaged")


def _raw_page(page: Any, number: int) -> RawPage:
    width, height = page.rect.width, page.rect.height
    flows = page.parent.is_reflowable
    clip = pymupdf.Rect(0, 0, WIDEST_TABLE, height) if flows else None
    text_page = page.get_textpage(clip=clip, flags=_FLAGS)
    words = text_page.extractWORDS()
    if len(words) > MAX_WORDS_PER_PAGE:
        raise TooLarge(f"it holds {len(words):,} words")
    if len(words) <= MAX_DOUBLED_WORDS and _are_doubled(words):
        text_page = page.get_textpage(clip=clip, flags=_FLAGS | pymupdf.TEXT_COLLECT_STYLES)
        words = text_page.extractWORDS()
    if _is_garbled(words):
        words = []
    if not page.parent.is_pdf:
        words = [(*word[:4], text, *word[5:]) for word in words if (text := word[4].replace(MISSING_IMAGE, ""))]
    blocks = text_page.extractDICT()["blocks"]
    words = without_raised(_with_signs(words, blocks), blocks)
    if flows:
        words = [_moved_inside(word, width) for word in words]
    matrix = page.rotation_matrix if page.rotation else None
    looks = _line_looks(blocks, matrix)
    turns = Counter(looks[word[5], word[6]][2] for word in words)
    turn = max((turn for turn in turns if turn != ASLANT), key=lambda turn: turns[turn], default=0)
    lines: dict[tuple[int, int], list[RawWord]] = {}
    for x0, y0, x1, y1, text, block, line, _ in words:
        if turns[looks[block, line][2]] >= MINOR_SHARE * len(words):
            box = _displayed((x0, y0, x1, y1), matrix)
            lines.setdefault((block, line), []).append(RawWord(text, *to_reading(box, turn, width, height)))
    raw_lines = tuple(_raw_line(words, looks[key]) for key, words in lines.items())
    drawn = bool(raw_lines) or bool(page.get_bboxlog())
    label = page.get_label() if page.parent.is_pdf else ""
    return RawPage(number, label or "", width, height, raw_lines, turn, drawn)


def _raw_line(words: list[RawWord], look: tuple[float, bool, int]) -> RawLine:
    return line_of(words, look[0], look[1])


def _displayed(box: Box, matrix: Any) -> Box:
    if matrix is None:
        return box
    rectangle = (pymupdf.Rect(box) * matrix).normalize()
    return rectangle.x0, rectangle.y0, rectangle.x1, rectangle.y1


def _is_garbled(words: list[Any]) -> bool:
    """More unknown characters than known ones: fonts without a way back to letters."""
    letters: int = sum(len(word[4]) for word in words)
    unknown: int = sum(word[4].count("\ufffd") for word in words)
    return unknown * 2 > letters


def _with_signs(words: list[Any], blocks: Any) -> list[Any]:
    """The words; what is set in Zapf Dingbats, the ticks and bullets of a PDF, are signs and not the letters of their
    keys.
    """
    keys = {
        (span["text"].strip(), block["number"], number)
        for block in blocks
        for number, line in enumerate(block.get("lines", ()))
        for span in line["spans"]
        if "dingbats" in span["font"].casefold()
    }
    return [(*word[:4], word[4].translate(_DINGBATS), *word[5:]) if word[4:7] in keys else word for word in words]


def _moved_inside(word: Any, width: float) -> Any:
    """The word with its box on the page, `width` points wide: columns of a wide table may lie beyond its right edge."""
    x0, y0, x1, *rest = word
    return min(x0, width - 1), y0, min(x1, width), *rest


def _are_doubled(words: list[Any]) -> bool:
    """Whether a word stands twice within about two points, drawn so to look bold or to cast a shadow."""
    places = {(word[4], round(word[0] / 2), round(word[1] / 2)) for word in words}
    return len(places) < len(words)


def _line_looks(blocks: Any, matrix: Any) -> dict[tuple[int, int], tuple[float, bool, int]]:
    """(block, line) -> font size in points, all bold, turn in degrees."""
    looks = {}
    for block in blocks:
        for number, line in enumerate(block.get("lines", ())):
            sizes: Counter[float] = Counter()
            bold = True
            for span in line["spans"]:
                count = len(span["text"].replace(" ", ""))
                sizes[round(span["size"], 1)] += count
                bold = bold and (not count or bool(span["flags"] & pymupdf.TEXT_FONT_BOLD))
            size = sizes.most_common(1)[0][0] if sizes else 0.0
            looks[block["number"], number] = (size, bold, _turn(line["dir"], matrix))
    return looks


def _turn(direction: tuple[float, float], matrix: Any) -> int:
    x, y = direction
    if matrix is not None:
        x, y = x * matrix.a + y * matrix.c, x * matrix.b + y * matrix.d
    if min(abs(x), abs(y)) > SLANT * max(abs(x), abs(y)):
        return ASLANT
    if abs(x) >= abs(y):
        return 0 if x >= 0 else 180
    return 90 if y > 0 else 270
