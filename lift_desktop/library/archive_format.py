"""What a `.liftmemory` file holds, and the checks of one that came from elsewhere. Knows no library and no
database.

It is a ZIP file: `manifest.json`, `document.json` (pages and passages), `questions.json`, `recalls.json`,
`source/source.<ending>`, and the memory's own files below `memory/`. Nothing in it is code, and nothing is
believed before it is checked: names, types, sizes (as declared, and as read), hashes, and every span and
number.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from ..domain.errors import BadArchive
from ..domain.models import DocumentText, Page, PageRecall, Passage, StudyQuestion, WordBox
from .files import CHUNK_BYTES

FORMAT = "liftmemory"
FORMAT_VERSION = 1
MANIFEST, DOCUMENT, QUESTIONS, RECALLS = "manifest.json", "document.json", "questions.json", "recalls.json"
MEMORY_FOLDER, SOURCE_FOLDER = "memory/", "source/"
MEMORY_SUFFIXES = frozenset({".json", ".jsonl", ".safetensors"})

_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)
"""What zipfile raises for members that are not what the directory says."""

Record = TypeVar("Record")

_SOURCE_NAME = re.compile(r"source/source(\.[a-z0-9]{1,8})?")
_PLAIN_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,99}(?<!\.)")
_LONGEST_NAME = 150
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # devices on Windows


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold at most."""

    members: int = 2_000
    json_bytes: int = 512 << 20
    member_bytes: int = 4 << 30
    total_bytes: int = 8 << 30


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive, as the manifest describes it."""

    name: str
    size_bytes: int
    sha256: str


def is_sha256(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{64}", text) is not None


def is_memory_id(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{8,64}", text) is not None


# JSON -------------------------------------------------------------------------------------------------------
def document_json(content: DocumentText, passages: Sequence[Passage]) -> dict[str, Any]:
    """Pages with their words as bare rows of numbers, passages as spans."""
    return {
        "title": content.title,
        "author": content.author,
        "warnings": content.warnings,
        "text": content.text,
        "pages": [
            {
                "number": page.number,
                "label": page.label,
                "start": page.start,
                "end": page.end,
                "width": page.width,
                "height": page.height,
                "words": [[w.start, w.end, w.x0, w.y0, w.x1, w.y1] for w in page.words],
            }
            for page in content.pages
        ],
        "passages": [[p.number, p.start, p.end, p.first_page, p.last_page] for p in passages],
    }


def read_document_json(value: Any) -> tuple[DocumentText, tuple[Passage, ...]]:
    """The opposite of `document_json`; raises BadArchive for a wrong shape or type (spans come later)."""
    try:
        text = _of(str, value["text"])
        pages = tuple(
            record(Page, {**page, "words": tuple(_box(row) for row in page["words"])}) for page in value["pages"]
        )
        warnings = tuple(_of(str, warning) for warning in value["warnings"])
        content = DocumentText(_of(str, value["title"]), _of(str, value["author"]), text, pages, warnings)
        passages = tuple(_passages(text, [tuple(map(_whole, row)) for row in value["passages"]]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadArchive(f"The archive's document cannot be read: {error!r}.") from error
    return content, passages


def _passages(text: str, rows: Sequence[tuple[int, ...]]) -> Iterator[Passage]:
    """Raises ValueError where passages overlap: a small archive could hold the same long text any number of times."""
    end_before = 0
    for number, start, end, first_page, last_page in rows:
        if start < end_before:
            raise ValueError("passages overlap")
        end_before = end
        yield Passage(number, start, end, text[start:end], first_page, last_page)


def read_records(kind: type[Record], value: Any) -> tuple[Record, ...]:
    """A list of records of one kind. Raises BadArchive."""
    if not isinstance(value, list):
        raise BadArchive(f"The archive holds no list of {kind.__name__}.")
    return tuple(record(kind, item) for item in value)


def record(kind: type[Record], value: Any) -> Record:
    """A dataclass from JSON: exactly its fields, each of its declared plain type. Raises BadArchive."""
    types: dict[str, str] = kind.__annotations__
    if not isinstance(value, dict) or set(value) != set(types):
        raise BadArchive(f"The archive holds a {kind.__name__} with wrong fields.")
    try:
        return kind(**{name: _plain(types[name], item) for name, item in value.items()})
    except (TypeError, ValueError) as error:
        raise BadArchive(f"The archive holds a {kind.__name__} with a wrong value: {error}.") from error


def _plain(type_name: str, value: Any) -> Any:
    """`value` when it is of the plain type (an int may be a float); other types are the caller's."""
    match type_name:
        case "int":
            return _whole(value)
        case "float":
            return number(value)
        case "str":
            return _of(str, value)
        case "bool":
            return _of(bool, value)
    return value


def _of(kind: type[Record], value: Any) -> Record:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 32:
        raise ValueError(f"{value!r} is no whole number in range")
    return value


def number(value: Any) -> float:
    """Raises ValueError for what is no number, and for one that is too large to count with."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is no number")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("a number is out of range") from None


def _box(row: Any) -> WordBox:
    start, end, x0, y0, x1, y1 = row
    return WordBox(_whole(start), _whole(end), number(x0), number(y0), number(x1), number(y1))


def load_json(content: bytes, name: str) -> Any:
    """Strict JSON: UTF-8, no NaN or infinity. Raises BadArchive."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise BadArchive(f"{name} in the archive is no valid JSON.") from error


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(digits)
    return value


# ZIP --------------------------------------------------------------------------------------------------------
def check_entries(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The archive's files by name. Raises BadArchive for anything that is not a plain, permitted file."""
    entries = archive.infolist()
    if len(entries) > limits.members:
        raise BadArchive(f"The archive holds {len(entries)} files; {limits.members} are the most.")
    if sum(entry.file_size for entry in entries) > limits.total_bytes:
        raise BadArchive("The archive's content is too large.")
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename  # zipfile's `filename` has been made harmless already
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not _is_permitted(name) or kind not in (0, stat.S_IFREG):
            raise BadArchive(f"The archive holds {name!r}, which has no place in it.")
        if name.casefold() in seen:
            raise BadArchive(f"The archive holds {name!r} twice.")
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(f"{name!r} in the archive is encrypted or packed in an unknown way.")
        if entry.file_size > (limits.json_bytes if name.endswith((".json", ".jsonl")) else limits.member_bytes):
            raise BadArchive(f"{name!r} in the archive is too large.")
        seen.add(name.casefold())
    for name in seen:
        if any(str(folder) in seen for folder in PurePosixPath(name).parents):
            raise BadArchive(f"The archive holds a file inside the file {str(PurePosixPath(name).parent)!r}.")
    return {entry.orig_filename: entry for entry in entries}


def _is_permitted(name: str) -> bool:
    if name in (MANIFEST, DOCUMENT, QUESTIONS, RECALLS) or _SOURCE_NAME.fullmatch(name):
        return True
    parts = name.removeprefix(MEMORY_FOLDER).split("/")
    plain = all(_PLAIN_PART.fullmatch(part) and not _RESERVED.fullmatch(part) for part in parts)
    is_inside = name.startswith(MEMORY_FOLDER) and len(name) <= _LONGEST_NAME
    return is_inside and plain and Path(parts[-1]).suffix in MEMORY_SUFFIXES


def read_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes in chunks, never more than its declared size. Raises BadArchive."""
    read_bytes = 0
    try:
        with archive.open(entry) as reader:
            while chunk := reader.read(CHUNK_BYTES):
                read_bytes += len(chunk)
                if read_bytes > entry.file_size:
                    raise BadArchive(f"{entry.filename!r} in the archive is longer than it says.")
                yield chunk
    except _UNREADABLE as error:
        raise BadArchive(f"{entry.filename!r} in the archive is damaged.") from error
    if read_bytes != entry.file_size:
        raise BadArchive(f"{entry.filename!r} in the archive is shorter than it says.")


def extract_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: Member, target: Path) -> None:
    """Writes the member to `target`. Raises BadArchive unless it has the size and hash of the manifest."""
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as writer:
        for chunk in read_member(archive, entry):
            digest.update(chunk)
            writer.write(chunk)
    if entry.file_size != member.size_bytes or digest.hexdigest() != member.sha256:
        raise BadArchive(f"{member.name!r} is not what the archive's manifest says.")


def content_problems(
    content: DocumentText,
    passages: Sequence[Passage],
    questions: Sequence[StudyQuestion],
    recalls: Sequence[PageRecall],
) -> list[str]:
    """What in an archive's parts does not fit together (spans are `documents.check_spans`'s to check)."""
    problems = []
    if any(not passage.text for passage in passages):
        problems.append("an empty passage")
    if any(question.passage >= len(passages) for question in questions):
        problems.append("a question about a passage that is not there")
    pages = [recall.page for recall in recalls]
    if len(set(pages)) != len(pages) or any(not 1 <= page <= len(content.pages) for page in pages):
        problems.append("the recall of a page that is not there, or twice")
    if any(not (0 <= recall.before <= 1 and 0 <= recall.after <= 1) for recall in recalls):
        problems.append("a recall out of range")
    return problems
