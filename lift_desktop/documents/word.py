"""DOCX -> HTML: what a reader of the file sees in Word, for MuPDF to lay out.

MuPDF's own reading knows neither numbers nor tables, and shows text that is hidden or was moved away. Knows nothing of
PyMuPDF. Headers, footers and comments are left out; notes follow the paragraph that refers to them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from .word_numbers import Numbers, number_text
from .word_parts import Package, Styles, is_on, value_of

MAX_LETTERS = 80  # of a table's row, for it to fit on one line
SHORT_CELL = 40  # letters at most
MAX_SPAN = 100  # columns

_TAG = re.compile("<[^>]*>")
_UNSEEN = frozenset(
    {"del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sdtPr", "sectPr", "tblPr", "trPr", "tcPr"}
)
_WRITTEN = {
    "tab": " ", "ptab": " ", "br": "<br/>", "cr": "<br/>", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad",
}  # fmt: skip
_BOXES = {"F06F": "☐", "F0A8": "☐", "F078": "☒", "F0FD": "☒", "F052": "☑", "F0FE": "☑"}  # of Wingdings
_NOTES = {"footnoteReference": ("footnote", "decimal"), "endnoteReference": ("endnote", "lowerRoman")}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ParseError,
)


def html_of_docx(path: Path) -> str | None:
    """The document as HTML; None when it is too broken to tell. Raises OSError and MemoryError."""
    try:
        with zipfile.ZipFile(path) as archive:
            package = Package(archive)
            body = _Body(package).html(package.document())
            return f"<html><head><title>{escape(package.title())}</title></head><body>{body}</body></html>"
    except _BROKEN:
        return None


class _Body:
    """Writes the blocks of one document, in their order."""

    def __init__(self, package: Package) -> None:
        self.styles = Styles(package.part("styles"))
        self._numbers = Numbers(package.part("numbering"), self.styles)
        self._notes = {
            reference: {note.get("id"): note for note in package.part(f"{kind}s").iter(kind)}
            for reference, (kind, _) in _NOTES.items()
        }
        self._noted = dict.fromkeys(_NOTES, 0)
        self._endnotes: list[str] = []
        self._held = ""  # of paragraphs whose end is deleted or hidden: the next one goes on with it

    def html(self, document: Element) -> str:
        text = self._blocks(document) + self._release()
        return text + "".join(self._endnotes)

    def blocks_of(self, parent: Element) -> str:
        """A story of its own, such as a cell or a text box."""
        held, self._held = self._held, ""
        text = self._blocks(parent) + self._release()
        self._held = held
        return text

    def note(self, reference: Element) -> tuple[str, str]:
        """A note's mark, and its text when that follows the paragraph. Counts the note."""
        note = self._notes[reference.tag].get(reference.get("id"))
        if note is None:
            return "", ""
        mark = ""
        if reference.get("customMarkFollows", "0") in ("0", "false", "off"):
            self._noted[reference.tag] += 1
            mark = f"<sup>{number_text(self._noted[reference.tag], _NOTES[reference.tag][1])}</sup>"
        text = self.blocks_of(note).replace("<p>", f"<p>{mark} ", 1)
        if reference.tag == "endnoteReference":
            self._endnotes.append(text)
            return f" {mark}", ""
        return mark, text

    def _release(self) -> str:
        held, self._held = self._held, ""
        return _closed(held)

    def _blocks(self, parent: Element) -> str:
        return "".join(self._block(child) for child in parent)

    def _block(self, element: Element) -> str:
        if element.tag == "p":
            return self._paragraph(element)
        if element.tag == "tbl":
            return self._table(element)
        return "" if element.tag in _UNSEEN else self._blocks(chosen(element))

    def _paragraph(self, paragraph: Element) -> str:
        style = self.styles.of_paragraph(paragraph)
        line = _Line(self, style)
        text = "".join(line.html(child) for child in paragraph)
        mark = self.styles.properties(paragraph.find("pPr/rPr"), style)
        after = "".join(line.after)
        if paragraph.find("pPr/rPr/del") is not None or paragraph.find("pPr/rPr/moveFrom") is not None:
            self._held += text
            return after
        ends_hidden = is_on(mark, "vanish")
        number = escape(self._numbers.next(paragraph)) if text or not ends_hidden else ""
        text, self._held = self._held + text, ""
        text = (f"<b>{number}</b>" if number and text.startswith("<b>") else number) + text
        if ends_hidden:
            self._held = text
            return after
        level = self.styles.heading(style)
        name = f"h{level}" if level else "p"
        return f"<{name}>{text}</{name}>{after}" if text else after

    def _table(self, table: Element) -> str:
        """Aligned where each row fits on one line; else cell after cell: lines of long cells would be mixed."""
        rows = [self._cells(row) for row in nearest(table, "tr") if row.find("trPr/del") is None]
        widths: Counter[int] = Counter()
        for row in rows:
            column = 0
            for text, span in row:
                for spanned in range(column, column + span):
                    widths[spanned] = max(widths[spanned], _letters(text) // span)
                column += span
        if widths.total() > MAX_LETTERS or any(_is_tall(text) for row in rows for text, _ in row):
            return "".join(_in_flow([text for text, _ in row]) for row in rows)
        cells = ("".join(f'<td colspan="{span}">{text}</td>' for text, span in row) for row in rows)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"

    def _cells(self, row: Element) -> list[tuple[str, int]]:
        """Of each cell its text and how many columns it spans; what is merged with the cell above is empty."""
        cells = []
        for cell in nearest(row, "tc"):
            merged = cell.find("tcPr/vMerge")
            text = self.blocks_of(cell) if merged is None or merged.get("val") == "restart" else ""
            cells.append((text, min(max(1, int(value_of(cell, "tcPr/gridSpan") or 1)), MAX_SPAN)))
        return cells


def _letters(html: str) -> int:
    return len(_TAG.sub("", html))


def _is_tall(cell: str) -> bool:
    return cell.count("</") - cell.count("</b>") > 1 or "<br/>" in cell


def _in_flow(cells: list[str]) -> str:
    """The cells of a row one after another; a short one, such as a defined term, begins the paragraph of the next."""
    text, short = "", ""
    for cell in cells:
        if cell.startswith("<p>") and _letters(cell) <= SHORT_CELL and not _is_tall(cell):
            short += cell.removeprefix("<p>").removesuffix("</p>") + " "
        elif cell:
            text += cell.replace("<p>", f"<p>{short}", 1) if cell.startswith("<p>") else _closed(short) + cell
            short = ""
    return text + _closed(short)


def _closed(text: str) -> str:
    return f"<p>{text}</p>" if text else ""


class _Line:
    """Writes what stands in one paragraph; `after` is what follows it: notes and text boxes."""

    def __init__(self, body: _Body, style: str) -> None:
        self.after: list[str] = []
        self._body = body
        self._style = style
        self._fields: list[bool] = []  # of each open field: whether its code goes on, which is not shown

    def html(self, element: Element) -> str:
        if element.tag == "r":
            return self._run(element)
        if element.tag in _UNSEEN:
            return ""
        return "".join(self.html(child) for child in chosen(element))

    def _run(self, run: Element) -> str:
        own = run.find("rPr")
        properties = self._body.styles.properties(own, value_of(own, "rStyle"), self._style)
        hidden = is_on(properties, "vanish")
        text = "".join(self._piece(piece) for piece in run if not hidden or piece.tag == "fldChar")
        if not text.strip():
            return text
        align = next((found for part in properties if (found := value_of(part, "vertAlign"))), "")
        if align in ("superscript", "subscript") and "<sup>" not in text:
            text = f"<{align[:3]}>{text}</{align[:3]}>"
        return f"<b>{text}</b>" if is_on(properties, "b") else text

    def _piece(self, piece: Element) -> str:
        if piece.tag == "fldChar":
            return self._field(piece)
        if any(self._fields) or piece.tag in _UNSEEN:
            return ""
        if piece.tag == "t":
            return escape(piece.text or "", quote=False)
        if piece.tag in _NOTES:
            mark, text = self._body.note(piece)
            self.after.append(text)
            return mark
        if piece.tag == "sym":
            return _symbol(piece)
        if piece.tag == "ruby":
            over = "".join(self.html(part) for part in piece.findall("rt"))
            return "".join(self.html(part) for part in piece.findall("rubyBase")) + f"({over})"
        if piece.tag == "txbxContent":
            self.after.append(self._body.blocks_of(piece))
            return ""
        return _WRITTEN.get(piece.tag) or "".join(self._piece(part) for part in chosen(piece))

    def _field(self, mark: Element) -> str:
        kind = mark.get("fldCharType")
        if kind == "begin":
            self._fields.append(True)
        elif self._fields and kind == "separate":
            self._fields[-1] = False
        elif self._fields and kind == "end":
            self._fields.pop()
        if (choices := mark.find("ffData/ddList")) is not None:
            texts = [choice.get("val", "") for choice in choices.findall("listEntry")]
            number = int(value_of(choices, "result") or value_of(choices, "default") or 0)
            return escape("".join(texts[number : number + 1]))
        box = mark.find("ffData/checkBox")
        if box is None:
            return ""
        return "☒" if is_on([box], "checked" if box.find("checked") is not None else "default") else "☐"


def chosen(element: Element) -> Element:
    """Of what a file writes in two ways, for new and old programs, the first; else the element itself."""
    return element[0] if element.tag == "AlternateContent" and len(element) else element


def nearest(parent: Element, name: str) -> Iterator[Element]:
    """The elements of this name below `parent`, but for those inside of others."""
    for child in chosen(parent):
        if child.tag == name:
            yield child
        elif child.tag not in _UNSEEN:
            yield from nearest(child, name)


def _symbol(symbol: Element) -> str:
    code = symbol.get("char", "").upper()
    if "wingdings" in symbol.get("font", "").casefold() and code in _BOXES:
        return _BOXES[code]
    return escape(chr(int(code, 16)))
