"""Files that cannot be read, each with the error it must end in: `DAMAGED[name] == (maker, error)`.

A maker takes an empty folder and returns the path of the file.

Read them with a reader that has `TIGHT_LIMITS`, so that the bombs go off quickly.
"""

from __future__ import annotations

import os
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pymupdf

from lift_desktop.domain.errors import (
    DamagedDocument,
    DocumentError,
    EncryptedDocument,
    MissingFile,
    NotADocument,
    NoText,
    NotReadable,
    TooLarge,
)

Maker = Callable[[Path], Path]

TIGHT_LIMITS = {"memory_limit_bytes": 1 << 30, "max_pages": 500, "max_size_bytes": 32 << 20}
PASSWORD = "the right one"

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>"
)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def pdf_of(*page_texts: str) -> bytes:
    """A PDF with one page for each text."""
    with pymupdf.open() as document:
        for text in page_texts:
            document.new_page().insert_text((72, 72), text)
        data: bytes = document.tobytes()
    return data


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1 (the catalogue), with a correct cross-reference table."""
    data, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        table,
        count,
        len(data),
    )


def zip_of(path: Path, entries: dict[str, str]) -> Path:
    """A zip archive of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return path


def _no_permission(folder: Path) -> Path:
    path = written(folder / "secret.pdf", pdf_of("Nobody may read this."))
    path.chmod(0)
    return path


def _link_loop(folder: Path) -> Path:
    (folder / "a.pdf").symlink_to(folder / "b.pdf")
    (folder / "b.pdf").symlink_to(folder / "a.pdf")
    return folder / "a.pdf"


def _dangling_link(folder: Path) -> Path:
    (folder / "link.pdf").symlink_to(folder / "gone.pdf")
    return folder / "link.pdf"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.pdf")
    return folder / "pipe.pdf"


def _folder(folder: Path) -> Path:
    (folder / "book.pdf").mkdir()
    return folder / "book.pdf"


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def _png(folder: Path) -> bytes:
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 20, 20))
    pixels.clear_with(200)
    data: bytes = pixels.tobytes("png")
    return data


def _encrypted(folder: Path) -> Path:
    path = folder / "locked.pdf"
    with pymupdf.open(stream=pdf_of("Top secret."), filetype="pdf") as document:
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=PASSWORD, owner_pw="another")
    return path


def _scan(folder: Path) -> Path:
    path = folder / "scan.pdf"
    with pymupdf.open() as document:
        for _ in range(3):
            page = document.new_page()
            page.insert_image(page.rect, stream=_png(folder))
        document.save(path)
    return path


def _blank(folder: Path) -> Path:
    return written(folder / "blank.pdf", pdf_of("", ""))


def _cbz(folder: Path) -> Path:
    path = folder / "comic.cbz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.png", _png(folder))
    return path


def _no_pages(folder: Path) -> Path:
    return written(folder / "none.pdf", raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"))


def _cyclic_page_tree(folder: Path) -> Path:
    tree = b"<</Type/Pages/Kids[2 0 R]/Count 3>>"
    return written(folder / "cycle.pdf", raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree))


def _no_page_tree(folder: Path) -> Path:
    return written(folder / "lost.pdf", raw_pdf(b"<</Type/Catalog/Pages 99 0 R>>", b"(nothing else)"))


def _many_pages(folder: Path) -> Path:
    count = TIGHT_LIMITS["max_pages"] + 1
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>"
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)
    return written(folder / "long.pdf", raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * count))


def _page_with(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def _text_bomb(folder: Path) -> Path:
    """Fifty kilobytes that unpack to a page of millions of words."""
    return written(folder / "words.pdf", _page_with(b"BT /F 9 Tf 1 0 0 1 72 72 Tm (so many words) Tj ET\n" * 400_000))


def _garbage_content(folder: Path) -> Path:
    return written(folder / "garbage.pdf", _page_with(_noise(20_000)))


def _zip_bomb(folder: Path) -> Path:
    """An EPUB whose directory says that one chapter unpacks to four gigabytes."""
    path = zip_of(folder / "bomb.epub", {"META-INF/container.xml": CONTAINER, "big": "0" * 99})
    data = path.read_bytes()
    entry = data.rindex(b"PK\x01\x02")
    return written(path, data[: entry + 24] + struct.pack("<I", 0xFFFFFFF0) + data[entry + 28 :])


def _epub_without_book(folder: Path) -> Path:
    return zip_of(
        folder / "empty.epub",
        {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER},
    )


def _locked_epub(folder: Path) -> Path:
    entries = {"META-INF/container.xml": CONTAINER, "META-INF/rights.xml": "<rights/>"}
    return zip_of(folder / "bought.epub", entries)


def _cut_zip(name: str) -> Maker:
    def make(folder: Path) -> Path:
        path = _epub_without_book(folder)
        return written(folder / name, path.read_bytes()[:150])

    return make


def _docx_of_junk(folder: Path) -> Path:
    return zip_of(folder / "junk.docx", {"word/document.xml": "<w:document><w:body><w:p>"})


def _xps_of_junk(folder: Path) -> Path:
    return zip_of(folder / "junk.xps", {"Documents/1/Pages/1.fpage": "<FixedPage"})


def _mobi(folder: Path) -> Path:
    return written(folder / "cut.mobi", b"A book".ljust(60, b"\0") + b"BOOKMOBI" + bytes(8) + b"\0\1" + b"\0\0\0\x60")


def _locked_mobi(folder: Path) -> Path:
    head = b"A book".ljust(60, b"\0") + b"BOOKMOBI" + bytes(8) + b"\0\1" + struct.pack(">I", 96)
    return written(folder / "bought.mobi", head.ljust(96, b"\0") + bytes(12) + b"\0\2" + bytes(200))


def _file(name: str, data: bytes) -> Maker:
    return lambda folder: written(folder / name, data)


DAMAGED: dict[str, tuple[Maker, type[DocumentError]]] = {
    "missing file": (lambda folder: folder / "nowhere.pdf", MissingFile),
    "missing folder": (lambda folder: written(folder / "file", b"x") / "inside.pdf", MissingFile),
    "name too long": (lambda folder: folder / ("x" * 300 + ".pdf"), MissingFile),
    "null character in the name": (lambda folder: folder / "a\0b.pdf", MissingFile),
    "folder": (_folder, NotReadable),
    "zero bytes": (_file("empty.pdf", b""), DamagedDocument),
    "random bytes named .pdf": (_file("noise.pdf", _noise(5000)), NotADocument),
    "random bytes named .txt": (_file("noise.txt", _noise(5000)), NotADocument),
    "image named .pdf": (lambda folder: written(folder / "image.pdf", _png(folder)), NotADocument),
    "old Word file named .docx": (
        _file("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        NotADocument,
    ),
    "RTF named .docx": (_file("rich.docx", b"{\\rtf1 Hello}"), NotADocument),
    "zip of something else": (
        lambda folder: zip_of(folder / "code.epub", {"main.py": "print()"}),
        NotADocument,
    ),
    "encrypted": (_encrypted, EncryptedDocument),
    "locked EPUB": (_locked_epub, EncryptedDocument),
    "locked MOBI": (_locked_mobi, EncryptedDocument),
    "PDF cut after its first line": (_file("cut.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), DamagedDocument),
    "PDF cut in its first object": (
        _file("cut.pdf", b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages"),
        DamagedDocument,
    ),
    "PDF header and noise": (_file("noise.pdf", b"%PDF-1.4\n" + _noise(9000)), DamagedDocument),
    "no pages": (_no_pages, DamagedDocument),
    "cyclic page tree": (_cyclic_page_tree, DamagedDocument),
    "no page tree": (_no_page_tree, DamagedDocument),
    "cut EPUB": (_cut_zip("cut.epub"), DamagedDocument),
    "cut DOCX": (_cut_zip("cut.docx"), DamagedDocument),
    "EPUB without its book": (_epub_without_book, DamagedDocument),
    "DOCX of broken XML": (_docx_of_junk, DamagedDocument),
    "XPS of broken XML": (_xps_of_junk, DamagedDocument),
    "cut MOBI": (_mobi, DamagedDocument),
    "scan": (_scan, NoText),
    "blank pages": (_blank, NoText),
    "comic": (_cbz, NoText),
    "page of garbage": (_garbage_content, NoText),
    "text of invisible characters": (_file("ghost.txt", "\u200b\u200b \u2060\n".encode()), NoText),
    "text of blanks": (_file("blanks.txt", b" \n\n \t\n"), NoText),
    "HTML without text": (_file("empty.html", b"<html><body><img src='x.png'></body></html>"), NoText),
    "more pages than the limit": (_many_pages, TooLarge),
    "a page of millions of words": (_text_bomb, TooLarge),
    "zip bomb": (_zip_bomb, TooLarge),
    "too many bytes": (_file("big.txt", b"word " * (7 << 20)), TooLarge),
}

if sys.platform != "win32":
    DAMAGED |= {
        "dangling link": (_dangling_link, MissingFile),
        "link loop": (_link_loop, NotReadable),
        "no permission": (_no_permission, NotReadable),  # a reader with administrator's rights may read it
        "pipe": (_pipe, NotReadable),
    }
