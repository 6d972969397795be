"""What a file is: looks at the file system and at the content, and at the name only to break ties.

Knows nothing of PyMuPDF.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import re
import stat
import struct
import zipfile
from enum import StrEnum
from pathlib import Path

from ..domain.errors import (
    DamagedDocument,
    EncryptedDocument,
    MissingFile,
    NotADocument,
    NotReadable,
    TooLarge,
)


class Format(StrEnum):
    """The formats that can be read; the value is PyMuPDF's file type."""

    PDF = "pdf"
    EPUB = "epub"
    MOBI = "mobi"
    FB2 = "fb2"
    XPS = "xps"
    CBZ = "cbz"
    TXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    DOCX = "docx"


SUFFIXES: dict[str, Format] = {
    ".pdf": Format.PDF,
    ".epub": Format.EPUB,
    ".mobi": Format.MOBI,
    ".fb2": Format.FB2,
    ".xps": Format.XPS,
    ".oxps": Format.XPS,
    ".cbz": Format.CBZ,
    ".txt": Format.TXT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".docx": Format.DOCX,
}

TEXT_FORMATS = frozenset({Format.TXT, Format.MARKDOWN, Format.HTML})
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".jp2")
MAX_UNPACKED_BYTES = 1 << 30  # of one zip container (EPUB, DOCX, XPS)
MAX_ZIP_ENTRIES = 50_000
HEAD_BYTES = 4096
SAMPLE_BYTES = 1 << 16
FEWEST_FOREIGN = 16  # letters; fewer do not tell a script
LAST_LATIN = "\u024f"
MOST_WESTERN_SHARE = 0.2  # of a Western text's letters are beyond ASCII; in Icelandic it is an eighth

_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_FOREIGN = ["cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5", "cp949"]
_AS_WINDOWS = ("utf-8", "iso8859-1", "ascii")  # declared, but not true, or read so by browsers
_NOT_OURS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (DOC, XLS or PPT); save it as DOCX or PDF"),
    (b"{\\rtf", "an RTF file; save it as DOCX or PDF"),
    (b"%!PS", "a PostScript file; convert it to PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
)


def check_file(path: Path, max_size_bytes: int) -> None:
    """Raises MissingFile, NotReadable, DamagedDocument (zero bytes) or TooLarge; reads one byte at most."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NotReadable(f"{path} is a folder.", "Give the path of one file.")
        if not stat.S_ISREG(status.st_mode):
            raise NotReadable(f"{path} is no regular file.", "Give the path of one file.")
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise _unreachable(path, error) from None
    except ValueError:  # a null character in the path
        raise MissingFile(f"There is no file {str(path)!r}.") from None
    if status.st_size == 0:
        raise DamagedDocument(f"{path.name} is empty (0 bytes).", "Copy or download it again.")
    if status.st_size > max_size_bytes:
        raise TooLarge(f"{path.name} has {status.st_size >> 20:,} MiB; the limit is {max_size_bytes >> 20:,} MiB.")


def _unreachable(path: Path, error: OSError) -> MissingFile | NotReadable:
    if isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno == errno.ENAMETOOLONG:
        return MissingFile(f"There is no file {path}.")
    if isinstance(error, PermissionError):
        return NotReadable(f"You may not read {path}.", "Change its permissions, or copy it to your own folder.")
    if error.errno == errno.ELOOP:
        return NotReadable(f"{path} is a link that leads back to itself.", "Give the path of the file itself.")
    return NotReadable(f"{path} cannot be read: {error.strerror}.", "Copy it to another folder and try again.")


def sniff(path: Path) -> Format:
    """The format of the file at `path`, by its content.

    Raises NotADocument, DamagedDocument (a broken zip), TooLarge (a zip bomb), EncryptedDocument (a locked
    book) or OSError.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(b"PK"):
        return _sniff_zip(path)
    if head[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        _refuse_locked_mobi(path)
        return Format.MOBI
    for magic, name in _NOT_OURS:
        if head.startswith(magic):
            raise NotADocument(f"{path.name} is {name}.")
    if path.suffix.lower() == ".pdf" and _holds_pdf_objects(path):
        return Format.PDF  # its first line is lost; the rest can be repaired
    return _sniff_text(path)


def _holds_pdf_objects(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(1 << 16)
    return b" obj" in start and b"endobj" in start


def _sniff_zip(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            found = _zip_format(names)
            if found is None:
                raise NotADocument(f"{path.name} is a zip archive without a document that can be read.")
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ZIP_ENTRIES or (found is not Format.CBZ and unpacked > MAX_UNPACKED_BYTES):
                raise TooLarge(f"{path.name} unpacks to {unpacked >> 20:,} MiB in {len(entries):,} files.")
            if found is Format.EPUB and "META-INF/rights.xml" in names:
                raise EncryptedDocument(
                    f"{path.name} is locked by its seller (DRM).", "Only books without DRM can be read."
                )
    except (zipfile.BadZipFile, struct.error, NotImplementedError, UnicodeDecodeError, EOFError) as error:
        raise DamagedDocument(
            f"{path.name} is damaged: {str(error).rstrip('.') or 'its zip container is broken'}.",
            "Copy or download it again.",
        ) from None
    return found


def _zip_format(names: set[str]) -> Format | None:
    if "META-INF/container.xml" in names or ("mimetype" in names and any(n.endswith(".opf") for n in names)):
        return Format.EPUB
    if "word/document.xml" in names or ("[Content_Types].xml" in names and any(n.startswith("word/") for n in names)):
        return Format.DOCX
    if any(name.endswith((".fpage", ".fdoc", ".fdseq")) for name in names):
        return Format.XPS
    files = [name.lower() for name in names if not name.endswith(("/", ".xml", ".txt", ".nfo", ".json"))]
    if files and all(name.endswith(IMAGE_SUFFIXES) for name in files):
        return Format.CBZ
    return None


def _refuse_locked_mobi(path: Path) -> None:
    """Record 0 of a MOBI file holds its encryption at byte 12 (0: none)."""
    with path.open("rb") as file:
        head = file.read(82)
        if len(head) < 82:
            raise DamagedDocument(f"{path.name} is cut off.", "Copy or download it again.")
        file.seek(struct.unpack(">I", head[78:82])[0] + 12)
        encryption = file.read(2)
    if encryption not in (b"\x00\x00", b""):
        raise EncryptedDocument(f"{path.name} is locked by its seller (DRM).", "Only books without DRM can be read.")


def _sniff_text(path: Path) -> Format:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    try:
        start = decode_text(sample)[:2000].lstrip().lower()
    except ValueError:
        raise NotADocument(f"{path.name} is not a document that can be read.") from None
    if "<fictionbook" in start:
        return Format.FB2
    by_name = SUFFIXES.get(path.suffix.lower())
    if start.startswith(("<!doctype html", "<html")) or (start.startswith("<?xml") and "<html" in start):
        return Format.HTML
    if by_name in TEXT_FORMATS:
        return by_name
    return Format.TXT


def decode_text(data: bytes) -> str:
    """The text in `data`: UTF-8, UTF-16 with its mark, the encoding that it declares, the likeliest one of a text in
    another script, or Windows-1252.

    Raises ValueError for what is no text. `data` may be cut in the middle of a character.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
        strange = text.count("\ufffd")
    elif (unicode := _utf8_text(data)) is not None:
        text, strange = unicode, 0
    else:
        text = _declared_text(data) or _foreign_text(data) or data.decode("cp1252", errors="replace")
        strange = text.count("\ufffd")
    strange += sum(1 for character in text if ord(character) < 32 and character not in "\t\n\r\f\v\x1a\x1b")
    if "\0" in text or strange > len(text) // 100:
        raise ValueError("not text")
    return text


def _utf8_text(data: bytes) -> str | None:
    """`data` as UTF-8; with bad bytes, None unless more characters beyond ASCII are good than bad."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")
    try:
        return decoder().decode(data)
    except UnicodeDecodeError:
        text = decoder("replace").decode(data)
    replaced = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", errors="ignore")) - replaced
    return text if good > replaced else None


def _declared_text(data: bytes) -> str:
    """`data` in the encoding that an HTML or XML file names at its beginning, "" without one that makes sense of it."""
    if (found := _DECLARED.search(data[:HEAD_BYTES])) is None:
        return ""
    name = found[1].decode("ascii").lower().removeprefix("x-")
    try:
        if codecs.lookup(name).name in _AS_WINDOWS:
            return ""
        text = data.decode(name, errors="replace")
    except (LookupError, UnicodeError):  # none that Python knows, or none of text
        return ""
    return text if name in text[:HEAD_BYTES].lower() else ""  # in UTF-16 the declaration itself is no text


def _foreign_text(data: bytes) -> str:
    """`data` in the encoding that makes most sense of it, "" where most of its letters are ASCII, as in all languages
    of Windows-1252. The beginning decides, so that a sample is read as the whole is.
    """
    start = data[:SAMPLE_BYTES]
    start = start[: start.rfind(b"\n") + 1] or start  # no half character
    beyond = sum(byte > 127 for byte in start)
    if beyond < FEWEST_FOREIGN or beyond <= MOST_WESTERN_SHARE * (beyond + len(_ASCII_LETTER.findall(start))):
        return ""
    from charset_normalizer import from_bytes  # few files need it

    found = from_bytes(start, cp_isolation=_FOREIGN).best()
    text = "" if found is None else data.decode(found.encoding, errors="replace")
    letters = [letter for letter in text[:SAMPLE_BYTES] if letter.isalpha()]
    return text if sum(letter > LAST_LATIN for letter in letters) > MOST_WESTERN_SHARE * len(letters) else ""


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
