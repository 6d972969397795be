"""Export and import of a memory with its document as one `.liftmemory` file. Chats stay where they are.

Import checks everything before it touches the library, in a staging folder that is removed whatever happens.
"""

from __future__ import annotations

import hashlib
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import Any

from .. import __version__
from ..domain.errors import BadArchive, LibraryDamaged, MissingFile, ModelMismatch, NotReadable
from ..domain.models import Depth, Document, Memory, MemoryState, PageRecall, Passage, StudyQuestion
from ..domain.states import FINISHED
from . import archive_format as form
from .archive_format import DOCUMENT, MANIFEST, QUESTIONS, RECALLS, Limits, Member
from .database import now
from .documents import check_spans
from .files import CHUNK_BYTES, atomic_target, disk_errors, inside, require_space
from .library import Learned, Library
from .safetensors_header import check_safetensors

MEMORY_FIELDS = (
    "id",
    "model",
    "model_sha256",
    "method",
    "recall_before",
    "recall_after",
    "seconds",
    "created_at",
)
DOCUMENT_FIELDS = ("title", "author", "file_name", "sha256", "size_bytes")


# Export -----------------------------------------------------------------------------------------------------
def export_memory(library: Library, memory_id: str, target: Path) -> Path:
    """Writes a finished memory, its document and its questions to `target`, whole or not at all.

    Raises NoMemory, DiskFull, LibraryDamaged (a file of it is missing or was changed), LibraryError.
    """
    memory, folder = library.memory(memory_id), library.memory_folder(memory_id)
    document, source = library.document(memory.document_id), library.file(memory.document_id)
    if not source.is_file():
        raise LibraryDamaged(
            f"The library's copy of '{document.title}' is missing.", "Open the file again, then export."
        )
    content = form.document_json(library.content(document.id), library.passages(document.id))
    parts = {
        DOCUMENT: content,
        QUESTIONS: [asdict(question) for question in library.questions(memory_id)],
        RECALLS: [asdict(recall) for recall in library.page_recalls(memory_id)],
    }
    files = {f"{form.SOURCE_FOLDER}{source.name}": source}
    for path in sorted(folder.rglob("*")):
        if path.suffix in form.MEMORY_SUFFIXES and path.is_file():
            files[form.MEMORY_FOLDER + path.relative_to(folder).as_posix()] = path
    with atomic_target(target) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        members = [_write_member(archive, name, iter([_json(part)])) for name, part in parts.items()]
        members += [_write_member(archive, name, _chunks(path)) for name, path in files.items()]
        if document.sha256 not in [member.sha256 for member in members]:
            raise LibraryDamaged(f"The library's copy of '{document.title}' was changed.")
        _write_member(archive, MANIFEST, iter([_json(_manifest(memory, document, folder, members))]))
    return target


def _manifest(memory: Memory, document: Document, folder: Path, members: Sequence[Member]) -> dict[str, Any]:
    return {
        "format": form.FORMAT,
        "format_version": form.FORMAT_VERSION,
        "program_version": __version__,
        "exported_at": now(),
        "prompts_version": _prompts_version(folder),
        "memory": {
            **{name: getattr(memory, name) for name in MEMORY_FIELDS},
            "depth": memory.depth,
            "state": memory.state,
        },
        "document": {
            **{name: getattr(document, name) for name in DOCUMENT_FIELDS},
            "warnings": document.warnings,
        },
        "members": [asdict(member) for member in members],
    }


def _prompts_version(folder: Path) -> str:
    """What the memory's own manifest says, "" when it has none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(manifest.get("prompts_version", "")) if isinstance(manifest, dict) else ""


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as reader:
        while chunk := reader.read(CHUNK_BYTES):
            yield chunk


def _write_member(archive: zipfile.ZipFile, name: str, chunks: Iterator[bytes]) -> Member:
    """Text is packed; weights and the document are not, as they do not get smaller."""
    info = zipfile.ZipInfo(name)  # dated 1980: when the files were made is nobody's business
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    info.compress_type = zipfile.ZIP_DEFLATED if name.endswith((".json", ".jsonl")) else zipfile.ZIP_STORED
    digest, size_bytes = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as writer:
        for chunk in chunks:
            digest.update(chunk)
            size_bytes += len(chunk)
            writer.write(chunk)
    return Member(name, size_bytes, digest.hexdigest())


# Import -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Manifest:
    memory: Memory
    document: Document
    members: dict[str, Member]


def import_memory(
    library: Library,
    path: Path,
    *,
    known_models: Callable[[str], bool] | None = None,
    limits: Limits | None = None,
) -> Memory:
    """Adds the memory in the file `path` to the library, all or nothing, and its document unless it is there.

    `known_models` tells by a model's SHA-256 whether it can be used here. A memory whose id is taken gets a
    new one. Raises MissingFile, NotReadable, BadArchive (for anything in the file that is not as it should
    be), ModelMismatch, DiskFull, Busy, LibraryError; then nothing has changed.
    """
    limits = limits or Limits()
    with _opened(path) as archive:
        entries = form.check_entries(archive, limits)
        manifest = _read_manifest(archive, entries)
        _check_listed(manifest, entries)
        if known_models is not None and not known_models(manifest.memory.model_sha256):
            raise ModelMismatch(f"The memory needs the model {manifest.memory.model}, which is not here.")
        with library.incoming() as folder:
            require_space(folder, sum(entry.file_size for entry in entries.values()))
            with disk_errors(folder):
                for name, member in manifest.members.items():
                    form.extract_member(archive, entries[name], member, inside(folder, name))
                learned = _read_learned(manifest, folder)
            return library.adopt(_fitted(library, learned))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise MissingFile(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError) as error:
        raise BadArchive(f"{path.name} is no memory: it is not a whole ZIP file.") from error
    except OSError as error:
        raise NotReadable(f"{path} cannot be opened: {error.strerror}.") from error


def _read_manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> _Manifest:
    if MANIFEST not in entries:
        raise BadArchive("This ZIP file is no memory: it has no manifest.")
    value = form.load_json(b"".join(form.read_member(archive, entries[MANIFEST])), MANIFEST)
    if not isinstance(value, dict) or value.get("format") != form.FORMAT:
        raise BadArchive("This ZIP file is no memory.")
    version = value.get("format_version")
    if type(version) is not int or version < 1:
        raise BadArchive("The archive does not say which version it has.")
    if version > form.FORMAT_VERSION:
        raise BadArchive("This memory was exported by a newer version of LIFT Desktop.", "Update LIFT Desktop.")
    try:
        members = form.read_records(Member, value["members"])
        document = _manifest_document(value["document"])
        memory = _manifest_memory(value["memory"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadArchive(f"The archive's manifest is incomplete or wrong: {error!r}.") from error
    return _Manifest(memory, document, {member.name: member for member in members})


def _manifest_document(value: dict[str, Any]) -> Document:
    fields = {name: value[name] for name in DOCUMENT_FIELDS}
    size_bytes = fields.pop("size_bytes")
    texts = [*fields.values(), *value["warnings"]]
    if type(size_bytes) is not int or not all(isinstance(text, str) for text in texts):
        raise ValueError("a document's field of a wrong type")
    "".join(texts).encode()  # a lone surrogate raises ValueError: no database takes it
    if not form.is_sha256(fields["sha256"]) or not fields["title"]:
        raise ValueError("a document without a title or hash")
    return Document(
        **fields,
        id="",
        file_path="",
        source_path="",
        size_bytes=size_bytes,
        page_count=0,
        passage_count=0,
        added_at=now(),
        warnings=tuple(value["warnings"]),
    )


def _manifest_memory(value: dict[str, Any]) -> Memory:
    fields = {name: value[name] for name in MEMORY_FIELDS}
    numbers = [fields.pop(name) for name in ("recall_before", "recall_after", "seconds")]
    if not all(isinstance(text, str) for text in fields.values()):
        raise ValueError("a memory's field of a wrong type")
    recall_before, recall_after, seconds = map(form.number, numbers)
    if min(recall_before, recall_after, seconds) < 0 or max(recall_before, recall_after) > 1:
        raise ValueError("a memory's number out of range")
    if not form.is_memory_id(fields["id"]):
        raise ValueError("a memory's id")
    state = MemoryState(value["state"])
    if state not in FINISHED:
        raise ValueError("a memory that is not finished")
    model = PureWindowsPath(fields["model"])
    if model.drive.startswith("\\\\"):  # Windows would ask that computer for its folder
        fields["model"] = model.name
    return Memory(
        **fields,
        document_id="",
        depth=Depth(value["depth"]),
        state=state,
        folder="",
        recall_before=recall_before,
        recall_after=recall_after,
        seconds=seconds,
    )


def _check_listed(manifest: _Manifest, entries: dict[str, zipfile.ZipInfo]) -> None:
    """Files and manifest agree; the document is there once, and is the one that is named."""
    if set(manifest.members) != set(entries) - {MANIFEST}:
        raise BadArchive("The archive's files are not those that its manifest lists.")
    missing = {DOCUMENT, QUESTIONS, RECALLS} - set(entries)
    sources = [member for name, member in manifest.members.items() if name.startswith(form.SOURCE_FOLDER)]
    if missing or len(sources) != 1:
        raise BadArchive("The archive lacks a part of the memory.")
    described = (manifest.document.sha256, manifest.document.size_bytes)
    if (sources[0].sha256, sources[0].size_bytes) != described:
        raise BadArchive("The document in the archive is not the one that the memory was made of.")


def _read_learned(manifest: _Manifest, folder: Path) -> Learned:
    """Everything that was extracted, checked. Raises BadArchive."""
    values = {name: form.load_json((folder / name).read_bytes(), name) for name in (DOCUMENT, QUESTIONS, RECALLS)}
    content, passages = form.read_document_json(values[DOCUMENT])
    questions = form.read_records(StudyQuestion, values[QUESTIONS])
    recalls = form.read_records(PageRecall, values[RECALLS])
    try:
        check_spans(content, passages)
    except ValueError as error:
        raise BadArchive(f"The archive's pages do not fit its text: {error}.") from error
    if problems := form.content_problems(content, passages, questions, recalls):
        raise BadArchive(f"The archive's parts do not fit together: it has {problems[0]}.")
    files = folder / form.MEMORY_FOLDER
    files.mkdir(exist_ok=True)
    for path in sorted(files.rglob("*")):
        if path.suffix == ".safetensors":
            try:
                check_safetensors(path)
            except (ValueError, RecursionError) as error:
                raise BadArchive(f"The weights {path.name} in the archive are damaged: {error}.") from error
        elif path.suffix == ".json":
            form.load_json(path.read_bytes(), path.name)
    [source] = (folder / form.SOURCE_FOLDER).iterdir()
    document = replace(manifest.document, page_count=len(content.pages), passage_count=len(passages))
    return Learned(document, source, content, passages, manifest.memory, files, recalls, questions)


def _fitted(library: Library, learned: Learned) -> Learned:
    """The same, with questions and recalls that fit the library's own reading of the document, if that
    differs (another version may have cut other passages). Questions whose evidence is not found are left
    out.
    """
    document = library.document_by_hash(learned.document.sha256)
    if document is None:
        return learned
    passages = library.passages(document.id)
    if passages == learned.passages:
        return learned
    questions = [
        replace(question, passage=number)
        for question in learned.questions
        if (number := _passage_with(question.evidence, passages)) is not None
    ]
    recalls = [recall for recall in learned.page_recalls if recall.page <= document.page_count]
    return replace(learned, questions=tuple(questions), page_recalls=tuple(recalls))


def _passage_with(evidence: str, passages: Sequence[Passage]) -> int | None:
    return next((passage.number for passage in passages if evidence and evidence in passage.text), None)
