from __future__ import annotations

import pytest

from lift_desktop.domain.errors import Busy, LibraryError, NoMemory, UnknownDocument
from lift_desktop.domain.models import Depth, MemoryState
from lift_desktop.domain.states import Event
from lift_desktop.library import Library

from .making import QUESTIONS, RECALLS, Made, add, answer, finish, learn, start, to_checking


def test_from_start_to_promotion(library: Library, lease: Made) -> None:
    memory = start(library, add(library, lease))
    assert memory.state is MemoryState.WAITING
    partial = library.partial_folder(memory.id)
    assert partial == library.folder / "memories" / f"{memory.id}.partial"
    assert partial.is_dir()
    assert memory.folder == f"memories/{memory.id}.partial"
    with pytest.raises(NoMemory):
        library.memory_folder(memory.id)
    to_checking(library, memory)
    library.add_seconds(memory.id, 1.5)
    library.add_seconds(memory.id, 2.0)
    done = finish(library, memory)
    assert (done.state, done.questions, done.seconds) == (MemoryState.READY, 2, 3.5)
    assert (done.recall_before, done.recall_after) == (0.05, 0.95)
    assert library.memory_folder(memory.id) == library.folder / "memories" / memory.id
    assert done.size_bytes == sum(p.stat().st_size for p in library.memory_folder(memory.id).rglob("*.*"))
    assert not partial.exists()
    assert tuple(library.questions(memory.id)) == QUESTIONS
    assert tuple(library.page_recalls(memory.id)) == RECALLS
    with pytest.raises(NoMemory):
        library.partial_folder(memory.id)


@pytest.mark.parametrize("event", [Event.CANCEL, Event.FAIL, Event.PROGRAM_DIED])
def test_what_ended_early_goes_on(library: Library, lease: Made, event: Event) -> None:
    document_id = add(library, lease)
    memory = start(library, document_id)
    library.change_state(memory.id, Event.STUDY)
    (library.partial_folder(memory.id) / "study.jsonl").write_text("{}\n")
    ended = library.change_state(memory.id, event, "because")
    assert ended.message == "because"
    other_depth = start(library, document_id, Depth.DEEP)
    assert other_depth.id != memory.id
    again = start(library, document_id)
    assert (again.id, again.state, again.message) == (memory.id, MemoryState.WAITING, "")
    assert (library.partial_folder(memory.id) / "study.jsonl").read_text() == "{}\n"


def test_one_learner_for_one_memory(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    start(library, document_id)
    with pytest.raises(Busy):
        start(library, document_id)
    with pytest.raises(UnknownDocument):
        start(library, "nope")


def test_promotion_replaces_older_ones(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    old, deep = learn(library, document_id), learn(library, document_id, Depth.DEEP)
    old_folder = library.memory_folder(old.id)
    new = learn(library, document_id)
    assert {memory.id for memory in library.memories(document_id)} == {new.id, deep.id}
    assert not old_folder.exists()
    assert library.best_memory(document_id) == new
    with pytest.raises(NoMemory):
        library.questions(old.id)


def test_best_memory(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    assert library.best_memory(document_id) is None
    start(library, document_id, Depth.DEEP)
    assert library.best_memory(document_id) is None
    ready = learn(library, document_id, Depth.QUICK)
    memory = start(library, document_id, Depth.STANDARD)
    to_checking(library, memory)
    weak = finish(library, memory, Event.LEARNED_NOTHING)
    assert library.best_memory(document_id) == ready
    stale = library.change_state(ready.id, Event.DOCUMENT_CHANGED)
    assert library.best_memory(document_id) == stale
    library.forget_memory(ready.id)
    assert library.best_memory(document_id) == weak


def test_only_promotion_finishes_a_memory(library: Library, lease: Made) -> None:
    memory = start(library, add(library, lease))
    with pytest.raises(ValueError, match="cannot take"):
        finish(library, memory)
    with pytest.raises(ValueError, match="cannot take"):
        library.change_state(memory.id, Event.CHECK)
    to_checking(library, memory)
    with pytest.raises(ValueError, match="promote"):
        library.change_state(memory.id, Event.LEARNED)
    with pytest.raises(ValueError, match="does not finish"):
        finish(library, memory, Event.FAIL)
    assert library.memory(memory.id).state is MemoryState.CHECKING
    assert library.partial_folder(memory.id).joinpath("study.jsonl").exists()


def test_a_failing_promotion_leaves_the_memory_as_it_was(library: Library, lease: Made) -> None:
    memory = start(library, add(library, lease))
    to_checking(library, memory)
    library._database.change("CREATE TRIGGER stop BEFORE INSERT ON questions BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        finish(library, memory)
    library._database.change("DROP TRIGGER stop")
    assert library.memory(memory.id).state is MemoryState.CHECKING
    assert (library.partial_folder(memory.id) / "adapter" / "weights.safetensors").exists()
    assert finish(library, memory).state is MemoryState.READY


def test_unknown_memories_have_a_name(library: Library) -> None:
    for ask in (library.memory, library.partial_folder, library.memory_folder, library.forget_memory):
        with pytest.raises(NoMemory, match=r"no memory .\.\./\.\./etc"):
            ask("../../etc")
    with pytest.raises(NoMemory):
        library.add_seconds("nope", 1.0)


def test_a_conversation(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    first = library.start_conversation(document_id, "About rent")
    second = library.start_conversation(document_id)
    turn = library.add_turn(second.id, "How much \n is the rent?", answer())
    other = library.add_turn(second.id, "And when?", answer("On the first."))
    assert library.turns(second.id) == [turn, other]
    assert turn.answer == answer()
    assert [chat.id for chat in library.conversations(document_id)] == [second.id, first.id]
    assert library.conversation(second.id).title == "How much is the rent?"
    library.delete_conversation(second.id)
    assert library.conversations(document_id) == [first]
    for ask in (library.turns, library.delete_conversation):
        with pytest.raises(LibraryError, match="not in the library any more"):
            ask(second.id)
    with pytest.raises(LibraryError):
        library.add_turn(second.id, "?", answer())


def test_settings(library: Library) -> None:
    assert library.setting("zoom") is None
    assert library.setting("zoom", 1.0) == 1.0
    library.set_setting("zoom", {"lease": [1, 2.5, None, "ü"]})
    library.set_setting("zoom", {"lease": [1, 2.5, None, "é"]})
    assert library.setting("zoom") == {"lease": [1, 2.5, None, "é"]}
