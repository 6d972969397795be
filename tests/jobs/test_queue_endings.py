"""How jobs end otherwise than done: failures, bugs, closing, crashes of the program, and the next start."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from lift_desktop.domain.errors import DiskFull, OutOfMemory
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import Depth, Document, MemoryState
from lift_desktop.domain.states import Event
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import LearnSettings, learn_document, model_reference
from lift_desktop.jobs.queue import JobState
from lift_desktop.library import Library

from .conftest import SETTINGS, Place, states
from .gate import Gate


def _refusing(error: Exception) -> Callable[..., None]:
    def refuse(*anything: object) -> None:
        raise error

    return refuse


def test_a_failed_job_tells_why_and_can_be_tried_again(place: Place, document: Document) -> None:
    failures = [OutOfMemory("There is not enough memory.")]

    def fail(step: Progress | AnswerText) -> None:
        if isinstance(step, Progress) and step.stage == "training" and failures:
            raise failures.pop()

    engine = FakeEngine(fail)
    queue = place.queue(engine)
    job = queue.add(document.id, place.model, SETTINGS)
    failed = place.wait_until(queue, job.id, JobState.FAILED)
    assert failed.message == "There is not enough memory." and failed.hint == OutOfMemory.hint_default
    assert place.library.memory(failed.memory_id).state is MemoryState.FAILED
    queue.retry(job.id)
    done = place.wait_until(queue, job.id, JobState.DONE)
    assert (done.message, done.hint, done.memory_id) == ("", "", failed.memory_id)
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"


def test_a_job_that_a_full_disk_ended_can_be_tried_again_when_there_is_space(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library cannot even write down that it failed."""
    full = DiskFull("There is no space left.")
    refuse = _refusing(full)

    def fail(step: Progress | AnswerText) -> None:
        if isinstance(step, Progress) and step.stage == "training" and fulls:
            monkeypatch.setattr(place.library, "add_seconds", refuse)
            monkeypatch.setattr(place.library, "change_state", refuse)
            raise fulls.pop()

    fulls = [full]
    queue = place.queue(FakeEngine(fail))
    job = queue.add(document.id, place.model, SETTINGS)
    failed = place.wait_until(queue, job.id, JobState.FAILED)
    assert failed.message == full.message
    monkeypatch.undo()
    queue.retry(job.id)
    done = place.wait_until(queue, job.id, JobState.DONE)
    assert done.memory_id == failed.memory_id


def test_a_paused_job_is_cancelled_where_the_disk_is_full(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library cannot write it down: the memory can be resumed at the next start."""
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    queue.pause(job.id)
    gate.open()
    place.wait_until(queue, job.id, JobState.PAUSED)
    monkeypatch.setattr(place.library, "change_state", _refusing(DiskFull("There is no space left.")))
    monkeypatch.setattr(place.library, "set_setting", _refusing(DiskFull("There is no space left.")))
    queue.cancel(job.id)
    assert states(queue) == {"Lighthouse": JobState.CANCELLED}
    monkeypatch.undo()
    [left] = place.queue(FakeEngine()).jobs()
    assert left.state is JobState.PAUSED


def test_a_missing_model_fails_the_job_and_fetches_nothing(place: Place, document: Document) -> None:
    queue = place.queue(FakeEngine())
    job = queue.add(document.id, "smollm2-135m-instruct", SETTINGS)
    failed = place.wait_until(queue, job.id, JobState.FAILED)
    assert "is not on this computer yet" in failed.message and failed.hint
    assert place.library.memories() == []


def test_a_bug_fails_its_job_alone_and_is_reported(place: Place, document: Document) -> None:
    bugs: list[BaseException] = []

    def fail(step: Progress | AnswerText) -> None:
        if not bugs:
            raise ZeroDivisionError("a secret of the document")

    queue = place.queue(FakeEngine(fail))
    queue.on_bug = bugs.append
    job, other = (queue.add(each.id, place.model, SETTINGS) for each in (document, place.document("Other")))
    place.wait_until(queue, other.id, JobState.DONE)
    failed = queue.job(job.id)
    assert failed is not None and failed.message == "An unexpected error ended it (ZeroDivisionError)."
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]


def test_closing_pauses_and_the_next_start_offers_everything_again(place: Place, document: Document) -> None:
    gate = Gate("training")
    engine = FakeEngine(gate)
    queue = place.queue(engine)
    job = queue.add(document.id, place.model, LearnSettings(Depth.QUICK))
    queue.add(place.document("Waiting").id, place.model, LearnSettings(Depth.DEEP, distil=False))
    gate.wait()
    threading.Timer(0.05, gate.open).start()
    queue.close()
    assert states(queue) == {"Lighthouse": JobState.PAUSED, "Waiting": JobState.WAITING}
    later = place.queue(engine)
    offered = later.jobs()
    assert [(each.title, each.state) for each in offered] == [
        ("Lighthouse", JobState.PAUSED),
        ("Waiting", JobState.PAUSED),
    ]
    assert [each.settings for each in offered] == [
        LearnSettings(Depth.QUICK),
        LearnSettings(Depth.DEEP, distil=False),
    ]
    assert offered[0].memory_id == (queue.job(job.id) or job).memory_id != ""
    assert offered[0].message == "Paused."
    later.resume(offered[0].id)
    place.wait_until(later, offered[0].id, JobState.DONE)
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"
    assert [each.title for each in place.queue(engine).jobs()] == ["Waiting"]


def test_a_closed_queue_begins_nothing(place: Place, document: Document) -> None:
    queue = place.queue(FakeEngine())
    queue.close()
    queue.add(document.id, place.model, SETTINGS)
    assert states(queue) == {"Lighthouse": JobState.WAITING}
    assert states(place.queue(FakeEngine())) == {"Lighthouse": JobState.PAUSED}


def test_a_crash_of_the_program_leaves_a_paused_job(place: Place, document: Document) -> None:
    """What a killed program leaves: a running memory, and the list of that moment."""
    model = model_reference(place.models.resolve(place.model))
    queue = place.queue(FakeEngine())
    queue.close()
    queue.add(place.document("Waiting").id, place.model, SETTINGS)
    steps = learn_document(place.library, FakeEngine(), document, model, SETTINGS)
    while next(steps).stage != "training":
        pass
    [memory] = place.library.memories()
    place.library.change_state(memory.id, Event.PROGRAM_DIED, "The program ended while it learned.")
    offered = place.queue(FakeEngine()).jobs()
    assert {(job.title, job.state, job.memory_id) for job in offered} == {
        ("Waiting", JobState.PAUSED, ""),
        ("Lighthouse", JobState.PAUSED, memory.id),
    }
    steps.close()


def test_another_learner_in_the_folder_fails_the_job_with_a_hint(place: Place, document: Document) -> None:
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    first = queue.add(document.id, place.model, SETTINGS)
    other = place.document("Other")
    gate.wait()
    with Library(place.library.folder) as second_library:
        second = place.queue(FakeEngine(), second_library)
        assert second.jobs() == []  # what runs elsewhere is not offered
        job = second.add(other.id, place.model, SETTINGS)
        failed = place.wait_until(second, job.id, JobState.FAILED)
        assert "Another run" in failed.message and failed.hint
        gate.open()
        place.wait_until(queue, first.id, JobState.DONE)
        second.retry(job.id)
        place.wait_until(second, job.id, JobState.DONE)
        second.close()
