from __future__ import annotations

import hashlib
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from lift_desktop.domain.errors import (
    AmbiguousDocument,
    DocumentError,
    LibraryError,
    MissingFile,
    UnknownDocument,
)
from lift_desktop.library import Library

from .making import RECIPES, Made, add, answer, learn, make_document


def test_what_was_read_comes_back_exactly(library: Library, lease: Made) -> None:
    document = library.add_document(lease.path, lease.sha256, lease.content, lease.passages)
    assert library.content(document.id) == lease.content
    assert library.text(document.id) == lease.content.text
    assert library.passages(document.id) == lease.passages
    assert library.pages(document.id) == tuple(replace(page, words=()) for page in lease.content.pages)
    assert library.page(document.id, 2) == lease.content.pages[1]
    assert library.documents() == [document] == [library.document(document.id)]
    assert (document.page_count, document.passage_count) == (4, 4)
    assert document.warnings == lease.content.warnings
    assert document.id == lease.sha256[:8]
    assert library.file(document.id).read_bytes() == lease.path.read_bytes()
    assert document.file_path == f"documents/{document.id}/source.txt"


def test_the_same_file_is_one_document(library: Library, lease: Made, tmp_path: Path) -> None:
    first = library.add_document(lease.path, lease.sha256, lease.content, lease.passages)
    other = shutil.copy(lease.path, tmp_path / "copy.txt")
    assert library.add_document(Path(other), lease.sha256, lease.content, lease.passages) == first
    assert library.document_by_hash(lease.sha256) == first
    assert library.document_by_hash("0" * 64) is None


def test_a_lost_copy_comes_back_when_the_file_is_added_again(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    library.file(document_id).unlink()
    assert library.check() == [f"the file of the document {document_id} (Lease) is missing"]
    assert add(library, lease) == document_id
    assert library.check() == []


def test_a_taken_id_grows(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lift_desktop.library.documents.SHORTEST_ID", 1)
    made = [make_document(tmp_path, (f"Sentence {number}.",), f"note {number}") for number in range(17)]
    ids = [add(library, one) for one in made]  # 17 documents cannot have 17 ids of one digit
    assert len(set(ids)) == 17
    assert max(map(len, ids)) > 1
    assert all(one.sha256.startswith(document_id) for one, document_id in zip(made, ids, strict=True))


def test_find_document(library: Library, lease: Made, tmp_path: Path) -> None:
    lease_id = add(library, lease)
    recipes_id = add(library, make_document(tmp_path, RECIPES, "Recipes of Öland"))
    letter_id = add(library, make_document(tmp_path, ("Dear all.",), "Letter"))
    for key in (lease_id, lease_id[:6], "LEASE", " lea", "lease.txt", str(lease.path)):
        assert library.find_document(key).id == lease_id, key
    assert library.find_document("recipes of öl").id == recipes_id
    with pytest.raises(AmbiguousDocument, match=lease_id) as ambiguous:
        library.find_document("le")
    assert letter_id in ambiguous.value.message
    for key in ("", "  ", "none such", "%", "'; DROP TABLE documents"):
        with pytest.raises(UnknownDocument):
            library.find_document(key)


def test_a_whole_name_goes_before_a_beginning(library: Library, tmp_path: Path) -> None:
    short = add(library, make_document(tmp_path, ("One.",), "Plan"))
    add(library, make_document(tmp_path, ("Two.",), "Plan B"))
    assert library.find_document("plan").id == short


def test_rename(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    assert library.rename_document(document_id, "  My flat ").title == "My flat"
    assert library.find_document("my flat").id == document_id
    assert library.content(document_id) == lease.content
    with pytest.raises(LibraryError):
        library.rename_document(document_id, " ")
    with pytest.raises(UnknownDocument):
        library.rename_document("00000000", "x")


def test_unknown_documents_have_a_name(library: Library) -> None:
    for ask in (
        library.document,
        library.content,
        library.text,
        library.pages,
        library.passages,
        library.file,
    ):
        with pytest.raises(UnknownDocument, match="no document 'nope'"):
            ask("nope")
    for ask in (library.conversations, library.best_memory, library.start_conversation):
        with pytest.raises(UnknownDocument):
            ask("nope")
    with pytest.raises(UnknownDocument):
        library.search("nope", "rent")
    with pytest.raises(UnknownDocument):
        library.document("\udcff")


def test_no_such_page(library: Library, lease: Made) -> None:
    with pytest.raises(LibraryError, match="has no page 5; it has 4 pages"):
        library.page(add(library, lease), 5)


def test_a_file_that_changed_since_it_was_read(library: Library, lease: Made) -> None:
    lease.path.write_text("something else")
    with pytest.raises(DocumentError, match="changed"):
        add(library, lease)
    lease.path.unlink()
    with pytest.raises(MissingFile):
        add(library, lease)
    assert library.documents() == []
    assert list((library.folder / "documents").iterdir()) == []


def test_spans_that_do_not_fit_are_a_bug(library: Library, lease: Made) -> None:
    pages, passages = lease.content.pages, lease.passages
    wrong = [
        (lease.content, (replace(passages[0], end=passages[0].end + 1),)),
        (lease.content, (replace(passages[0], last_page=9),)),
        (lease.content, passages[1:]),
        (replace(lease.content, pages=(replace(pages[0], end=10**6),)), ()),
        (replace(lease.content, pages=(replace(pages[0], number=2),)), ()),
    ]
    for content, some_passages in wrong:
        with pytest.raises(ValueError, match="pa"):
            library.add_document(lease.path, lease.sha256, content, some_passages)
    assert library.documents() == []


def test_text_that_utf8_cannot_hold_keeps_its_length(library: Library, tmp_path: Path) -> None:
    made = make_document(tmp_path, ("Plain.",))
    text = "a\ud83d\ude00\udcffb\0c"
    page = replace(made.content.pages[0], end=len(text), words=(), label="\ud800")
    content = replace(made.content, title="T\udc80", text=text, pages=(page,))
    passage = replace(made.passages[0], end=len(text), text=text)
    document = library.add_document(made.path, made.sha256, content, [passage])
    assert document.title == "T\ufffd"
    assert len(library.text(document.id)) == len(text)
    assert library.text(document.id).endswith("b\0c")
    assert library.search(document.id, "b")


def test_odd_file_names(library: Library, tmp_path: Path) -> None:
    made = make_document(tmp_path)
    for number, name in enumerate(("no ending", "a.P/DF".replace("/", ""), "x.ta r", ".hidden", "böok.épub")):
        path = tmp_path / name
        path.write_text(f"{number}")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        document = library.add_document(path, sha256, made.content, made.passages)
        assert document.file_name == name
        assert library.file(document.id).name == ("source.pdf" if number == 1 else "source")


def test_the_folder_can_be_moved(lease: Made, tmp_path: Path) -> None:
    with Library(tmp_path / "here") as library:
        document_id = add(library, lease)
        memory = learn(library, document_id)
        conversation = library.start_conversation(document_id)
        library.add_turn(conversation.id, "How much?", answer())
    (tmp_path / "here").rename(tmp_path / "there")
    with Library(tmp_path / "there") as library:
        assert library.check() == []
        assert library.file(document_id).read_bytes() == lease.path.read_bytes()
        assert (library.memory_folder(memory.id) / "adapter" / "weights.safetensors").is_file()
        assert library.search(document_id, "heating")[0].passage.number == 1
        assert len(library.turns(conversation.id)) == 1


def test_several_threads_use_one_library(library: Library, tmp_path: Path) -> None:
    made = [make_document(tmp_path, (f"Sentence {n} about whales.",), f"note {n}") for n in range(6)]
    errors: list[BaseException] = []

    def work(one: Made) -> None:
        try:
            document_id = add(library, one)
            for _ in range(5):
                assert library.search(document_id, "whales")[0].passage == one.passages[0]
                assert library.content(document_id) == one.content
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(library.documents()) == 6
