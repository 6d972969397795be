"""Makes `services-agreement.pdf` from `services-agreement.txt`: `python resources/sample/make_sample.py`.

Owns the look of the sample and nothing else. The same text makes the same file, whatever the time is.

The text is marked up as follows; a blank line ends a paragraph.

    # title    ## heading    ### smaller heading    @ centred line    : definition    --- new page
    4.2 clause    (a) item    | cells | of a table row |    **bold**
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from pathlib import Path

import pymupdf

FOLDER = Path(__file__).resolve().parent
METADATA = {
    "title": "Services Agreement",
    "author": "LIFT Desktop contributors",
    "creationDate": "D:20250303090000Z",
    "modDate": "D:20250303090000Z",
}
HEADER = "Services Agreement HLM-CDS-2025-0417", "Hallowmere Logistics plc / Corvane Data Services Limited"
PAGE = pymupdf.paper_rect("a4")
TEXT_AREA = pymupdf.Rect(72, 74, PAGE.x1 - 72, PAGE.y1 - 68)  # points
ANNOUNCING = ("</h2>", "</h3>", ":</p>")
SMALL, GREY = 8.5, (0.35, 0.35, 0.35)
STYLE = """
body { font-family: Times; font-size: 11pt; line-height: 1.22; margin: 0; }
h1 { font-size: 30pt; text-align: center; margin-top: 130pt; margin-bottom: 10pt; }
h2 { font-size: 13pt; margin-top: 14pt; margin-bottom: 5pt; }
h3 { font-size: 11.5pt; margin-top: 10pt; margin-bottom: 4pt; }
p { margin-top: 0; margin-bottom: 6pt; text-align: justify; }
p.item, p.definition { margin-left: 20pt; }
p.centred { text-align: center; font-size: 13pt; margin-bottom: 3pt; }
p.space { font-size: 16pt; margin: 0; }
table { margin-top: 3pt; margin-bottom: 9pt; width: 100%; border-collapse: collapse; }
td, th { border: 0.6pt solid #888; padding: 3pt 6pt 3pt 6pt; font-size: 10pt; text-align: left; }
"""


def to_chunks(part: str) -> Iterator[str]:
    """HTML that stays on one page: a block, with the heading or the words before it that announce it."""
    blocks = list(_blocks(part))
    while blocks:
        chunk = blocks.pop(0)
        while blocks and chunk.endswith(ANNOUNCING):
            chunk += blocks.pop(0)
        yield chunk


def _blocks(part: str) -> Iterator[str]:
    previous = ""
    for block in re.split(r"\n\s*\n", part.strip()):
        for kind, lines in groupby(block.splitlines(), key=lambda line: line[0] if line[0] in "#@|" else ""):
            if kind == "@" and previous in ("@", "#"):
                yield '<p class="space">&#160;</p>'
            yield _block(kind, list(lines))
            previous = kind


def _block(kind: str, lines: list[str]) -> str:
    if kind == "#":
        marks, _, title = lines[0].partition(" ")
        return f"<h{len(marks)}>{_inline(title)}</h{len(marks)}>"
    if kind == "@":
        return "".join(f'<p class="centred">{_inline(line[2:])}</p>' for line in lines)
    if kind == "|":
        head, *rows = ([_inline(cell.strip()) for cell in line.strip("|").split("|")] for line in lines)
        return "<table>" + _row("th", head) + "".join(_row("td", row) for row in rows) + "</table>"
    text = " ".join(lines)
    if text.startswith(": "):
        return f'<p class="definition">{_inline(text[2:])}</p>'
    text = re.sub(r"^((\d+|[A-C])\.\d+) ", r"**\1** ", text)
    kind = ' class="item"' if re.match(r"\([a-z]\) ", text) else ""
    return f"<p{kind}>{_inline(text)}</p>"


def _row(tag: str, cells: list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text, quote=False))


def make_pdf(text: str) -> bytes:
    """The agreement as a PDF of A4 pages, with a header and a page number on all but the first."""
    stream = BytesIO()
    writer = pymupdf.DocumentWriter(stream)
    for part in text.split("\n---\n"):
        _draw(writer, part)
    writer.close()
    with pymupdf.open("pdf", stream.getvalue()) as document:
        for page in list(document)[1:]:
            _draw_margins(page, f"Page {page.number + 1} of {document.page_count}")
        document.set_metadata(METADATA)
        document.set_toc(list(_contents(document)))
        return bytes(document.tobytes(garbage=4, deflate=True, use_objstms=1, no_new_id=True))


def _draw(writer: pymupdf.DocumentWriter, part: str) -> None:
    """Places one chunk under the other; a chunk that does not fit starts a new page."""
    device, free = writer.begin_page(PAGE), pymupdf.Rect(TEXT_AREA)
    for chunk in to_chunks(part):
        story = pymupdf.Story(chunk, user_css=STYLE)
        more, filled = story.place(free) if free.height > 0 else (True, ())  # it would drop the chunk
        if more:
            writer.end_page()
            device, free = writer.begin_page(PAGE), pymupdf.Rect(TEXT_AREA)
            story.reset()
            more, filled = story.place(free)
            assert not more, chunk
        story.draw(device)
        free.y0 = filled[3]
    writer.end_page()


def _draw_margins(page: pymupdf.Page, number: str) -> None:
    left, right, y = TEXT_AREA.x0, TEXT_AREA.x1, 50
    _write(page, HEADER[0], left, y)
    _write(page, HEADER[1], right - _width(HEADER[1]), y)
    page.draw_line((left, y + 6), (right, y + 6), color=GREY, width=0.5)
    _write(page, number, (left + right - _width(number)) / 2, PAGE.y1 - 42)


def _contents(document: pymupdf.Document) -> Iterator[list[int | str]]:
    """An entry for each second-level heading, found by the size of its letters."""
    flags = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_LIGATURES
    for page in list(document)[1:]:
        blocks = page.get_text("dict", flags=flags)["blocks"]
        for line in (line for block in blocks for line in block.get("lines", [])):
            if line["spans"][0]["size"] > 12.5:
                yield [1, "".join(span["text"] for span in line["spans"]).strip(), page.number + 1]


def _width(text: str) -> float:
    return float(pymupdf.get_text_length(text, "tiro", SMALL))


def _write(page: pymupdf.Page, text: str, x: float, y: float) -> None:
    page.insert_text((x, y), text, fontname="tiro", fontsize=SMALL, color=GREY)


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "services-agreement.pdf"
    target.write_bytes(make_pdf((FOLDER / "services-agreement.txt").read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
