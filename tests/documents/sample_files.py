"""Small sound files of each format, written for the tests."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pymupdf

from .damaged_inputs import CONTAINER, pdf_of, written, zip_of

SENTENCE = "The lighthouse keeper counts seven ships."
NOTES = "Chapter One\n\n" + SENTENCE + "\n"


def _html(body: str) -> str:
    head = "<head><title>Ships at Sea</title></head>"
    return f'<html xmlns="http://www.w3.org/1999/xhtml">{head}<body>{body}</body></html>'


def epub(folder: Path) -> Path:
    package = (
        '<?xml version="1.0"?>'
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Ships at Sea</dc:title>'
        "<dc:creator>Ann Harbour</dc:creator></metadata>"
        '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    return zip_of(
        folder / "book.epub",
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "book.opf": package,
            "a.xhtml": _html(f"<h1>Chapter One</h1><p>{SENTENCE}</p>"),
        },
    )


def fb2(folder: Path, after_body: str = "") -> Path:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">'
        "<description><title-info><book-title>Ships at Sea</book-title></title-info></description>"
        f"<body><section><title><p>Chapter One</p></title><p>{SENTENCE}</p></section></body>{after_body}</FictionBook>"
    )
    return written(folder / "book.fb2", text.encode())


def docx(folder: Path, after_text: str = "", **parts: str) -> Path:
    """`parts` are further parts by their kind ("numbering"): what stands in their root elements."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = f'<Relationships xmlns="{package}/relationships">'
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("Chapter One", SENTENCE))
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relations = "".join(f'<Relationship Id="{kind}" Type="{office}/{kind}" Target="{kind}.xml"/>' for kind in parts)
    return zip_of(
        folder / "book.docx",
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override '
            f'PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f'{related}<Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f"{related}{relations}</Relationships>",
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{paragraphs}{after_text}</w:body></w:document>',
        }
        | {f"word/{kind}.xml": f'<w:{kind} xmlns:w="{word}">{text}</w:{kind}>' for kind, text in parts.items()},
    )


def pdf(folder: Path) -> Path:
    path = folder / "book.pdf"
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((72, 100), "Chapter One", fontsize=18)
        page.insert_text((72, 140), SENTENCE, fontsize=11)
        document.set_metadata({"title": "Ships at Sea", "author": "Ann Harbour"})
        document.save(path)
    return path


def xps(folder: Path) -> Path:
    """One page of glyphs with an embedded font, as the format demands."""
    path = folder / "book.xps"
    kind = "http://schemas.microsoft.com/xps/2005/06"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    glyphs = "".join(
        f'<Glyphs Fill="#FF000000" FontUri="/font.ttf" FontRenderingEmSize="14" OriginX="72" OriginY="{y}" '
        f'UnicodeString="{text}"/>'
        for y, text in ((100, "Chapter One"), (150, SENTENCE))
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{kind}/fixedrepresentation" '
            'Target="/seq.fdseq"/></Relationships>',
        )
        archive.writestr(
            "seq.fdseq",
            f'<FixedDocumentSequence xmlns="{kind}"><DocumentReference Source="/doc.fdoc"/></FixedDocumentSequence>',
        )
        archive.writestr("doc.fdoc", f'<FixedDocument xmlns="{kind}"><PageContent Source="/1.fpage"/></FixedDocument>')
        archive.writestr("1.fpage", f'<FixedPage xmlns="{kind}" Width="816" Height="1056">{glyphs}</FixedPage>')
        archive.writestr("font.ttf", pymupdf.Font("helv").buffer)
    return path


def mobi(folder: Path) -> Path:
    """A PalmDOC book without compression: a header record and one record of HTML."""
    html = _html(f"<h1>Chapter One</h1><p>{SENTENCE}</p>").encode()
    header = (
        (1).to_bytes(2, "big") + bytes(2) + len(html).to_bytes(4, "big") + (1).to_bytes(2, "big")
        + (4096).to_bytes(2, "big") + bytes(4)
    )  # fmt: skip
    mobi_header = b"MOBI" + (232).to_bytes(4, "big") + (2).to_bytes(4, "big") + (65001).to_bytes(4, "big")
    record0 = (header + mobi_header).ljust(264, b"\0")
    first = 78 + 2 * 8 + 2
    offsets = (first, first + len(record0))
    entries = b"".join(offset.to_bytes(4, "big") + index.to_bytes(4, "big") for index, offset in enumerate(offsets))
    palm = b"Ships".ljust(60, b"\0") + b"BOOKMOBI" + bytes(8) + (2).to_bytes(2, "big")
    return written(folder / "book.mobi", palm + entries + bytes(2) + record0 + html)


def _plain(name: str, text: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    return lambda folder: written(folder / name, text.encode(encoding))


def _changed_pdf(change: Callable[[bytes], bytes], name: str = "book.pdf") -> Callable[[Path], Path]:
    return lambda folder: written(folder / name, change(pdf_of("Chapter One", SENTENCE)))


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "PDF": pdf,
    "EPUB": epub,
    "MOBI": mobi,
    "FB2": fb2,
    "XPS": xps,
    "DOCX": docx,
    "TXT": _plain("notes.txt", NOTES),
    "TXT in UTF-16": _plain("notes.txt", NOTES, "utf-16"),
    "TXT in Windows-1252": _plain("notes.txt", NOTES + "\n“Adieu”, café\n", "cp1252"),
    "Markdown": _plain("notes.md", f"# Chapter One\n\n{SENTENCE}\n"),
    "HTML": _plain("page.html", _html(f"<h1>Chapter One</h1><p>{SENTENCE}</p>")),
    "PDF named .txt": _changed_pdf(lambda data: data, "book.txt"),
    "EPUB named .pdf": lambda folder: epub(folder).rename(folder / "book.pdf"),
    "PDF with junk before its header": _changed_pdf(lambda data: b"\n\njunk\n" + data),
    "PDF without its tail": _changed_pdf(lambda data: data[:-200]),
    "PDF with a dangling cross-reference": _changed_pdf(lambda data: data.replace(b"startxref\n", b"startxref\n99")),
    "PDF with a corrupt font": _changed_pdf(lambda data: data.replace(b"/Helvetica", b"/Hel#ica!!")),
}
