from __future__ import annotations

import hashlib
import io
import json
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.domain.errors import (
    BadArchive,
    LibraryDamaged,
    LibraryError,
    LiftError,
    MissingFile,
    ModelMismatch,
    NoMemory,
    NotReadable,
)
from lift_desktop.domain.models import Memory, MemoryState, Passage
from lift_desktop.library import Library, export_memory, import_memory
from lift_desktop.library.archive_format import Limits

from .making import (
    BASE_MODEL,
    QUESTIONS,
    RECALLS,
    Made,
    add,
    answer,
    learn,
    make_document,
    safetensors,
    start,
    tree,
)

Members = dict[str, bytes]
Change = Callable[[Members], None]


@pytest.fixture
def exported(tmp_path: Path, lease: Made) -> tuple[Path, Memory]:
    """An archive made in another library, and the memory in it."""
    with Library(tmp_path / "other") as other:
        document_id = add(other, lease)
        memory = learn(other, document_id)
        other.add_seconds(memory.id, 12.5)
        other.rename_document(document_id, "My flat")
        other.add_turn(other.start_conversation(document_id).id, "Is xylophone music allowed?", answer())
        return export_memory(other, memory.id, tmp_path / "flat.liftmemory"), other.memory(memory.id)


def rewritten(path: Path, change: Change, *, honest: bool = True) -> Path:
    """The archive with `change` applied to its members; an honest manifest then lists them as they are."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if honest and members.get("manifest.json", b"").startswith(b"{"):
        manifest = json.loads(members["manifest.json"])
        manifest["members"] = [
            {"name": name, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in members.items()
            if name != "manifest.json"
        ]
        members["manifest.json"] = json.dumps(manifest).encode()
    target = path.with_name("changed.liftmemory")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target


def refused(library: Library, path: Path, match: str = ".", **options: Any) -> None:
    """The import raises BadArchive and leaves the library exactly as it was."""
    before = tree(library.folder)
    with pytest.raises(BadArchive, match=match):
        import_memory(library, path, **options)
    after = tree(library.folder)
    for name in before.keys() & after.keys():
        if not name.startswith("library.sqlite3"):
            assert before[name] == after[name]
    assert before.keys() == after.keys()
    assert library.documents() == []
    assert library.memories() == []


def edit(name: str, *keys: str | int, value: Any) -> Change:
    """Sets one value in a JSON member."""

    def change(members: Members) -> None:
        content = json.loads(members[name])
        inner = content
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        members[name] = json.dumps(content).encode()

    return change


def put(name: str, content: bytes = b"{}") -> Change:
    return lambda members: members.update({name: content})


# Round trip -----------------------------------------------------------------------------------------------
def test_there_and_back(library: Library, lease: Made, exported: tuple[Path, Memory]) -> None:
    path, original = exported
    memory = import_memory(library, path, known_models=lambda sha256: sha256 == BASE_MODEL)
    document = library.document(memory.document_id)
    assert (document.title, document.file_name, document.source_path) == ("My flat", "lease.txt", "")
    assert library.content(document.id) == lease.content
    assert library.passages(document.id) == lease.passages
    assert library.file(document.id).read_bytes() == lease.path.read_bytes()
    assert replace(memory, updated_at="") == replace(original, updated_at="")
    assert memory.seconds == 12.5
    assert tuple(library.questions(memory.id)) == QUESTIONS
    assert tuple(library.page_recalls(memory.id)) == RECALLS
    files = tree(library.memory_folder(memory.id))
    assert set(files) == {"adapter", "adapter/weights.safetensors", "manifest.json", "study.jsonl"}
    assert files["adapter/weights.safetensors"] == safetensors()
    assert library.conversations(document.id) == []
    assert library.best_memory(document.id) == memory
    assert library.search(document.id, "heating")[0].passage.number == 1


def test_the_archive_holds_what_it_should(exported: tuple[Path, Memory], tmp_path: Path) -> None:
    with zipfile.ZipFile(exported[0]) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(content["manifest.json"])
    assert (manifest["format"], manifest["format_version"]) == ("liftmemory", 1)
    assert manifest["prompts_version"] == "3"
    assert manifest["memory"]["model_sha256"] == BASE_MODEL
    assert {member["name"] for member in manifest["members"]} == set(content) - {"manifest.json"}
    whole = b"".join(content.values())
    assert b"xylophone" not in whole  # a chat
    assert str(tmp_path).encode() not in whole  # where the file lay is nobody's business


def test_to_a_library_that_has_the_document(library: Library, lease: Made, exported: tuple[Path, Memory]) -> None:
    document_id = add(library, lease)
    memory = import_memory(library, exported[0])
    assert memory.document_id == document_id
    assert library.document(document_id).title == "Lease"
    again = import_memory(library, exported[0])
    assert again.id != memory.id
    assert len(library.memories(document_id)) == 2
    assert tuple(library.questions(again.id)) == QUESTIONS


def test_to_a_library_that_cut_other_passages(library: Library, lease: Made, exported: tuple[Path, Memory]) -> None:
    text, pages = lease.content.text, lease.content.pages
    middle = pages[1].start
    longer = [Passage(0, 0, 10, text[:10], 1, 1), Passage(1, 10, middle, text[10:middle], 1, 1)]
    longer.append(Passage(2, middle, len(text), text[middle:], 2, 4))
    library.add_document(lease.path, lease.sha256, lease.content, longer)
    memory = import_memory(library, exported[0])
    assert [question.passage for question in library.questions(memory.id)] == [1, 2]


def test_only_finished_memories_are_exported(library: Library, lease: Made, tmp_path: Path) -> None:
    memory = start(library, add(library, lease))
    with pytest.raises(NoMemory, match="not finished"):
        export_memory(library, memory.id, tmp_path / "x")
    with pytest.raises(NoMemory):
        export_memory(library, "nope", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_changed_copy_is_not_exported(tmp_path: Path, lease: Made) -> None:
    with Library(tmp_path / "data") as library:
        memory = learn(library, add(library, lease))
        library.file(memory.document_id).write_text("forged")
        with pytest.raises(LibraryDamaged, match="changed"):
            export_memory(library, memory.id, tmp_path / "x")
        with pytest.raises(LibraryError):
            export_memory(library, memory.id, tmp_path / "no such folder" / "x")
    assert not list(tmp_path.glob("x*"))


# Refusals -------------------------------------------------------------------------------------------------
def test_another_model(library: Library, exported: tuple[Path, Memory]) -> None:
    with pytest.raises(ModelMismatch, match="starter"):
        import_memory(library, exported[0], known_models=lambda sha256: False)
    assert library.documents() == []


def test_no_archive_at_all(library: Library, exported: tuple[Path, Memory], tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        import_memory(library, tmp_path / "none")
    with pytest.raises(NotReadable):
        import_memory(library, tmp_path)
    for content in (b"", b"hello", exported[0].read_bytes()[:-40], exported[0].read_bytes()[200:]):
        path = tmp_path / "bad"
        path.write_bytes(content)
        refused(library, path)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda members: members.pop("manifest.json"), "no manifest"),
        (put("manifest.json", b"[]"), "no memory"),
        (put("manifest.json", b"\xff\xfe"), "no valid JSON"),
        (put("manifest.json", b"[" * 100_000), "no valid JSON"),
        (edit("manifest.json", "format", value="zip"), "no memory"),
        (edit("manifest.json", "format_version", value=2), "newer version"),
        (edit("manifest.json", "format_version", value=None), "which version"),
        (edit("manifest.json", "memory", value=[]), "incomplete"),
        (edit("manifest.json", "memory", "id", value="../../etc"), "id"),
        (edit("manifest.json", "memory", "state", value="training"), "not finished"),
        (edit("manifest.json", "memory", "depth", value="abyss"), "abyss"),
        (edit("manifest.json", "memory", "recall_after", value=1.5), "out of range"),
        (edit("manifest.json", "memory", "recall_after", value=float("nan")), "no valid JSON"),
        (edit("manifest.json", "memory", "model", value=7), "wrong type"),
        (edit("manifest.json", "memory", "seconds", value=10**400), "out of range"),
        (edit("manifest.json", "document", "title", value="\ud800"), "incomplete"),
        (edit("manifest.json", "document", "sha256", value="b" * 64), "not the one"),
        (edit("manifest.json", "document", "sha256", value="../x"), "hash"),
        (lambda members: members.pop("questions.json"), "lacks a part"),
        (lambda members: members.pop("source/source.txt"), "lacks a part"),
        (put("source/source.pdf", b"second"), "lacks a part"),
        (put("source/source.txt", b"another document"), "not the one"),
        (put("../evil.json"), "no place"),
        (put("memory/../../evil.json"), "no place"),
        (put("/etc/evil.json"), "no place"),
        (put("memory/C:evil.json"), "no place"),
        (put("memory\\evil.json"), "no place"),
        (put("memory//evil.json"), "no place"),
        (put("memory/.hidden.json"), "no place"),
        (put("memory/con.json"), "no place"),
        (put("memory/folder/", b""), "no place"),
        (put("memory/folder./more.json"), "no place"),
        (put(f"memory/{'folder/' * 30}more.json"), "no place"),
        (put("memory/manifest.json/more.json"), "inside the file"),
        (put("memory/weights.pt"), "no place"),
        (put("memory/weights.pkl"), "no place"),
        (put("memory/code.py"), "no place"),
        (put("evil.json"), "no place"),
        (put("source/evil.txt"), "no place"),
        (put("memory/MANIFEST.json"), "twice"),
        (put("memory/config.json", b"{NaN}"), "no valid JSON"),
        (put("memory/more.safetensors", b"\x80\x04K\x01."), "weights more.safetensors"),
        (put("memory/more.safetensors", safetensors()[:-1]), "weights"),
        (put("document.json", b"{}"), "document cannot be read"),
        (edit("document.json", "text", value="short"), "do not fit|empty"),
        (edit("document.json", "pages", 0, "end", value=10**6), "do not fit"),
        (edit("document.json", "pages", 0, "end", value=-1), "wrong value"),
        (edit("document.json", "pages", 0, "width", value="wide"), "wrong value"),
        (edit("document.json", "pages", 0, "width", value=1e999), "no valid JSON"),
        (edit("document.json", "pages", 0, "width", value=10**400), "out of range"),
        (edit("document.json", "pages", 0, "words", 0, 2, value=10**400), "out of range"),
        (edit("document.json", "pages", 0, "words", 0, 1, value=10**6), "do not fit"),
        (edit("document.json", "pages", 0, "words", 0, value=[1, 2]), "cannot be read"),
        (edit("document.json", "pages", value={"a": 1}), "cannot be read"),
        (edit("document.json", "passages", 0, 2, value=10**6), "overlap"),
        (edit("document.json", "passages", -1, 2, value=10**6), "do not fit"),
        (edit("document.json", "passages", 1, 1, value=0), "overlap"),
        (edit("document.json", "passages", 0, 4, value=99), "do not fit"),
        (edit("document.json", "passages", 0, 0, value=3), "do not fit"),
        (put("questions.json", b"{}"), "no list"),
        (put("questions.json", b'[{"passage": 0}]'), "wrong fields"),
        (edit("questions.json", 0, "passage", value=99), "passage that is not there"),
        (edit("questions.json", 0, "held_out", value="yes"), "wrong value"),
        (edit("recalls.json", 0, "page", value=99), "page that is not there"),
        (edit("recalls.json", 0, "page", value=2), "twice"),
        (edit("recalls.json", 0, "after", value=-1), "out of range"),
    ],
)
def test_what_does_not_belong_is_refused(
    library: Library, exported: tuple[Path, Memory], change: Change, match: str
) -> None:
    refused(library, rewritten(exported[0], change), match)


@pytest.mark.parametrize("model", [r"\\host\share\tiny", "//host/share/tiny", r"\/host\share\tiny"])
def test_an_archive_names_no_folder_of_another_computer(
    library: Library, exported: tuple[Path, Memory], model: str
) -> None:
    """Looking for it there would tell that computer, past the gate to the network."""
    change = edit("manifest.json", "memory", "model", value=model)
    assert import_memory(library, rewritten(exported[0], change)).model == "tiny"


def test_what_the_manifest_does_not_list(library: Library, exported: tuple[Path, Memory]) -> None:
    for change in (put("memory/extra.json"), lambda members: members.pop("memory/study.jsonl")):
        refused(library, rewritten(exported[0], change, honest=False), "not those")


def test_what_is_not_as_the_manifest_says(library: Library, exported: tuple[Path, Memory]) -> None:
    for name in ("memory/adapter/weights.safetensors", "questions.json"):
        refused(library, rewritten(exported[0], put(name, b"[]"), honest=False), "manifest says")


def with_entry(path: Path, change: Callable[[zipfile.ZipInfo], None], name: str = "memory/extra.json") -> Path:
    """The archive with one more member, whose description `change` makes odd."""
    info = zipfile.ZipInfo(name)
    change(info)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, b"{}")
    return path


def test_links_and_devices(library: Library, exported: tuple[Path, Memory]) -> None:
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFDIR, stat.S_IFIFO):
        copy = exported[0].with_suffix(".copy")
        copy.write_bytes(exported[0].read_bytes())
        refused(
            library,
            with_entry(copy, lambda info, kind=kind: setattr(info, "external_attr", kind << 16)),
            "no place",
        )


def test_the_same_name_twice(library: Library, exported: tuple[Path, Memory]) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = with_entry(exported[0], lambda info: None, "memory/manifest.json")
    refused(library, path, "twice")


def test_unknown_packing(library: Library, exported: tuple[Path, Memory]) -> None:
    path = with_entry(exported[0], lambda info: setattr(info, "compress_type", zipfile.ZIP_LZMA))
    refused(library, path, "unknown way")


def test_too_much(library: Library, exported: tuple[Path, Memory]) -> None:
    path = rewritten(exported[0], put("memory/zeros.json", b" " * 2_000_000))
    refused(library, path, "too large", limits=Limits(json_bytes=1_000_000))
    refused(library, path, "too large", limits=Limits(total_bytes=1_000_000))
    refused(library, path, "most", limits=Limits(members=5))
    weights = rewritten(exported[0], put("memory/zeros.safetensors", safetensors(500_000)))
    refused(library, weights, "too large", limits=Limits(member_bytes=1_000_000))


def test_a_bomb_that_lies_about_its_size(library: Library, exported: tuple[Path, Memory]) -> None:
    """Two million bytes packed into few, of which the ZIP directory admits only ten."""
    path = rewritten(exported[0], put("memory/zeros.json", b"1" * 2_000_000))
    content = bytearray(path.read_bytes())
    real, claimed = struct.pack("<L", 2_000_000), struct.pack("<L", 10)
    assert content.count(real) >= 2
    path.write_bytes(content.replace(real, claimed))
    refused(library, path, "damaged")


def test_noise_is_refused_or_harmless(library: Library, exported: tuple[Path, Memory], tmp_path: Path) -> None:
    """A changed bit anywhere: either a named error and nothing changed, or an import that checks out."""
    original, dice = exported[0].read_bytes(), random.Random(7)
    for _ in range(150):
        content = bytearray(original)
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        path = tmp_path / "noise"
        path.write_bytes(content)
        try:
            memory = import_memory(library, path)
        except LiftError:
            assert library.documents() == []
        else:
            assert memory.state is MemoryState.READY
            library.forget_document(memory.document_id)


def test_a_failing_database_undoes_everything(library: Library, exported: tuple[Path, Memory]) -> None:
    library._database.change("CREATE TRIGGER stop BEFORE INSERT ON questions BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        import_memory(library, exported[0])
    library._database.change("DROP TRIGGER stop")
    assert library.check() == []
    assert library.documents() == []
    assert import_memory(library, exported[0]).id == exported[1].id


def test_exported_twice_is_the_same_file_but_for_its_date(tmp_path: Path, lease: Made) -> None:
    with Library(tmp_path / "data") as library:
        memory = learn(library, add(library, lease))
        archives = [export_memory(library, memory.id, tmp_path / name).read_bytes() for name in ("a", "b")]
    contents = []
    for archive in archives:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            contents.append({name: opened.read(name) for name in opened.namelist() if name != "manifest.json"})
    assert contents[0] == contents[1]


def test_a_document_of_another_language(library: Library, tmp_path: Path) -> None:
    made = make_document(tmp_path, ("東京は首都です。", "Größe 😀 des Gartens"), "Übersicht")
    memory = learn(library, add(library, made))
    path = export_memory(library, memory.id, tmp_path / "x")
    with Library(tmp_path / "other") as other:
        assert other.content(import_memory(other, path).document_id) == made.content
