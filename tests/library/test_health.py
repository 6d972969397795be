"""Crashes, several processes, forgetting, and what `check` finds."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from lift_desktop.domain.errors import Busy, UnknownDocument
from lift_desktop.domain.models import MemoryState
from lift_desktop.domain.states import Event
from lift_desktop.library import Library
from lift_desktop.library import database as database_module

from .making import RECIPES, Made, add, answer, finish, learn, make_document, start, to_checking


# Forgetting -------------------------------------------------------------------------------------------------
def traces(folder: Path, *words: str) -> list[str]:
    """Where any of the words stands in the bytes of a file below `folder`, or in its name."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes().lower() if path.is_file() else b""
        found += [f"{word} in {path.name}" for word in words if word.encode() in content + path.name.encode()]
    return found


def test_a_forgotten_document_leaves_no_trace(library: Library, lease: Made, tmp_path: Path) -> None:
    words = ("zanzibarova", "quillfeather", "lease.txt", "goldfish")
    other_id = add(library, make_document(tmp_path, RECIPES, "Recipes"))
    document_id = add(library, lease)
    library.search(document_id, "Zanzibarova")
    memory = learn(library, document_id)
    start(library, document_id)
    library.change_state(library.memories()[0].id, Event.FAIL, "Quillfeather")
    conversation = library.start_conversation(document_id)
    library.add_turn(conversation.id, "Who is Zanzibarova?", answer("A goldfish."))
    assert {hit.split(" ")[0] for hit in traces(library.folder, *words)} == set(words)
    with Library(library.folder):  # another program has it open, and reads nothing
        library.forget_document(document_id)
        assert traces(library.folder, *words, document_id, memory.id) == []
    assert [document.id for document in library.documents()] == [other_id]
    assert library.memories() == []
    assert library.search(other_id, "soup")[0].passage.number == 1
    with pytest.raises(UnknownDocument):
        library.search(document_id, "rent")


def test_a_forgotten_memory_leaves_its_document(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    memory = learn(library, document_id)
    folder = library.memory_folder(memory.id)
    library.forget_memory(memory.id)
    assert not folder.exists()
    assert traces(library.folder, "repairs the heating?", memory.id) == []
    assert library.text(document_id) == lease.content.text


def test_several_are_forgotten_together_and_the_file_is_rewritten_once(
    library: Library, lease: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rewriting a large library takes seconds, in which nobody can read it."""
    ids = [add(library, lease), add(library, make_document(tmp_path, RECIPES, "Recipes"))]
    memories = [learn(library, document_id) for document_id in ids]
    scrubs = []
    scrub = library._database.scrub
    monkeypatch.setattr(library._database, "scrub", lambda: scrubs.append(scrub()))
    library.forget_memories([memory.id for memory in memories])
    assert (library.memories(), len(scrubs)) == ([], 1)
    library.forget_documents([*ids, "gone"])
    assert (library.documents(), len(scrubs)) == ([], 2)
    assert traces(library.folder, "zanzibarova", *ids, *(memory.id for memory in memories)) == []


def test_a_deleted_conversation_leaves_no_trace(library: Library, lease: Made) -> None:
    conversation = library.start_conversation(add(library, lease))
    library.add_turn(conversation.id, "What about xylophones?", answer())
    assert traces(library.folder, "xylophones") != []
    library.delete_conversation(conversation.id)
    assert traces(library.folder, "xylophones") == []


def test_traces_that_a_reader_holds_are_erased_at_the_next_opening(
    tmp_path: Path, lease: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_SECONDS", 0.05)
    with Library(tmp_path / "data") as library:
        document_id = add(library, lease)
        reader = sqlite3.connect(library.folder / "library.sqlite3", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM documents").fetchall()
        with pytest.raises(Busy, match="forgotten, but traces are left"):
            library.forget_document(document_id)
        assert library.documents() == []
        assert traces(library.folder, "zanzibarova") != []
        reader.close()
        with Library(library.folder) as again:
            assert traces(again.folder, "zanzibarova") == []


def test_what_is_being_learned_is_not_forgotten(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    with library.learning_lock():
        memory = start(library, document_id)
        for forget in (
            lambda: library.forget_document(document_id),
            lambda: library.forget_memory(memory.id),
        ):
            with pytest.raises(Busy, match="learning a document"):
                forget()
    library.forget_document(document_id)
    assert library.memories() == []


# Several at once --------------------------------------------------------------------------------------------
def _learn_in_child(folder: Path, document_id: str, connection: Connection) -> None:
    with Library(folder) as library, library.learning_lock():
        memory = start(library, document_id)
        library.change_state(memory.id, Event.STUDY)
        connection.send(memory.id)
        connection.recv()


def test_one_process_learns_while_another_looks(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    learner = context.Process(target=_learn_in_child, args=(library.folder, document_id, there))
    learner.start()
    memory_id = here.recv()
    with Library(library.folder) as looking:
        assert looking.memory(memory_id).state is MemoryState.STUDYING
        assert looking.search(document_id, "rent")
        looking.set_setting("seen", True)
        with pytest.raises(Busy), looking.learning_lock():
            pass
    learner.kill()
    learner.join()
    here.close()
    there.close()
    with Library(library.folder) as after:
        memory = after.memory(memory_id)
        assert (memory.state, memory.message) == (
            MemoryState.INTERRUPTED,
            "The program ended while it learned.",
        )
        with after.learning_lock():
            assert start(after, document_id).id == memory_id


def test_the_lock_is_free_again(library: Library) -> None:
    with library.learning_lock(), pytest.raises(Busy), library.learning_lock(timeout_seconds=0):
        pass
    with library.learning_lock(timeout_seconds=0):
        pass


# Killed at every step ---------------------------------------------------------------------------------------
def _killed_at_each_step(template: Path, work: Path, action: Callable[[Library], object]) -> int:
    """Runs `action` on copies of the library `template`, in processes killed at their first, second, ... step
    (an SQL statement, or a file opened, renamed, made or removed), checks the library after each, and returns
    how many steps there were."""
    step = 0
    while True:
        step += 1
        folder = work / str(step)
        shutil.copytree(template, folder)
        child = os.fork()
        if child == 0:
            try:
                with Library(folder) as library:
                    _kill_at(library, step)
                    action(library)
                    os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        with Library(folder) as library:
            assert library.check() == [], f"after step {step}"
            assert library._database.rows("SELECT * FROM leftovers") == []
            for memory in library.memories():
                assert memory.state in (MemoryState.READY, MemoryState.INTERRUPTED)
                ended = library.memory_folder if memory.state is MemoryState.READY else library.partial_folder
                assert (ended(memory.id) / "adapter" / "weights.safetensors").is_file()
        shutil.rmtree(folder)
        if os.WIFEXITED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            return step - 1
        assert os.WTERMSIG(status) == signal.SIGKILL


def _kill_at(library: Library, step: int) -> None:
    left = step

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, _: tuple[object, ...]) -> None:
        if event in ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir"):
            count()

    library._database._connection.set_trace_callback(count)
    sys.addaudithook(watch)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="a child must begin in the middle of the test")


@needs_fork
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # the child ends before threads matter
def test_killed_while_adding(tmp_path: Path, lease: Made) -> None:
    Library(tmp_path / "data").close()
    steps = _killed_at_each_step(tmp_path / "data", tmp_path, lambda library: add(library, lease))
    assert steps > 15


@needs_fork
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # the child ends before threads matter
def test_killed_while_promoting_or_forgetting(tmp_path: Path, lease: Made) -> None:
    with Library(tmp_path / "data") as library:
        document_id = add(library, lease)
        learn(library, document_id)
        memory = start(library, document_id)
        to_checking(library, memory)
        shutil.copytree(tmp_path / "data", tmp_path / "checking")  # WAL and all, as a crash would leave it
        library.change_state(memory.id, Event.FAIL)

    def promote(library: Library) -> None:
        library._database.change("UPDATE memories SET state = 'checking' WHERE id = ?", memory.id)
        finish(library, memory)

    promoting = _killed_at_each_step(tmp_path / "checking", tmp_path / "promote", promote)
    assert promoting > 15
    forget = _killed_at_each_step(
        tmp_path / "checking", tmp_path / "forget", lambda library: library.forget_document(document_id)
    )
    assert forget > 15


# Checking ---------------------------------------------------------------------------------------------------
def test_check_names_what_is_wrong(tmp_path: Path, lease: Made) -> None:
    with Library(tmp_path / "data") as library:
        document_id = add(library, lease)
        memory = learn(library, document_id)
        shutil.rmtree(library.memory_folder(memory.id))
        library.file(document_id).write_text("short")
        (library.folder / "documents" / "stray").mkdir()
        library._database.rows("PRAGMA foreign_keys = OFF")
        library._database.change("INSERT INTO turns VALUES (1, 'gone', '?', '{}', '')")
        assert library.check() == [
            "a row of turns refers to a missing row of conversations",
            f"the file of the document {document_id} (Lease) was changed",
            f"the files of the memory {memory.id} are missing",
            "nothing refers to documents/stray",
        ]
        library._database.change("DELETE FROM turns")
    with Library(tmp_path / "data") as library:  # what nobody knows is never deleted unasked
        assert (library.folder / "documents" / "stray").is_dir()


def test_nobody_else_can_read_the_folder(tmp_path: Path) -> None:
    Library(tmp_path / "data").close()
    if os.name != "nt":
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
