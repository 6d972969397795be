"""The queue of jobs: order, pause and resume without repeated work, cancelling, asking meanwhile."""

from __future__ import annotations

import threading

import pytest

from lift_desktop.chat import DocumentChat
from lift_desktop.domain.errors import UnknownDocument
from lift_desktop.domain.models import AnswerMode, Depth, Document, MemoryState
from lift_desktop.domain.steps import last
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import LearnSettings, model_reference
from lift_desktop.jobs.queue import JobState
from lift_desktop.models import LocalModel

from .conftest import SETTINGS, Place, states
from .gate import LIMIT_SECONDS, Gate


def test_jobs_are_learned_one_after_the_other(place: Place) -> None:
    gate = Gate("studying", at=1)
    queue = place.queue(FakeEngine(gate))
    documents = [place.document(title) for title in ("First", "Second", "Third")]
    jobs = [queue.add(document.id, place.model, SETTINGS) for document in documents]
    gate.wait()
    assert states(queue) == {"First": JobState.RUNNING, "Second": JobState.WAITING, "Third": JobState.WAITING}
    gate.open()
    done = [place.wait_until(queue, job.id, JobState.DONE) for job in jobs]
    assert [place.library.memory(job.memory_id).document_id for job in done] == [each.id for each in documents]
    assert all(place.library.memory(job.memory_id).state is MemoryState.READY for job in done)
    updated = [place.library.memory(job.memory_id).updated_at for job in done]
    assert updated == sorted(updated)
    assert queue.is_idle and queue.running is None


def test_progress_and_the_memory_are_shown_while_it_runs(place: Place, document: Document) -> None:
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    view = queue.job_of(document.id)
    assert view is not None and view.progress is not None
    assert view.progress.stage in ("studying", "training") and 0 < view.progress.fraction < 1
    assert place.library.memory(view.memory_id).state in (MemoryState.STUDYING, MemoryState.TRAINING)
    gate.open()
    assert place.wait_until(queue, job.id, JobState.DONE).progress is None


def test_a_document_stands_in_the_queue_once(place: Place, document: Document) -> None:
    gate = Gate("studying")
    queue = place.queue(FakeEngine(gate))
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    assert queue.add(document.id, place.model, LearnSettings(Depth.DEEP)).id == job.id
    gate.open()
    place.wait_until(queue, job.id, JobState.DONE)
    again = queue.add(document.id, place.model, SETTINGS)
    assert again.id != job.id and queue.job(job.id) is None
    place.wait_until(queue, again.id, JobState.DONE)


def test_an_unknown_document_is_refused(place: Place) -> None:
    with pytest.raises(UnknownDocument):
        place.queue(FakeEngine()).add("nothing", place.model, SETTINGS)


@pytest.mark.parametrize("stage", ["studying", "training", "checking"])
def test_pause_and_resume_repeat_nothing(place: Place, document: Document, stage: str) -> None:
    gate = Gate(stage)
    engine = FakeEngine(gate)
    queue = place.queue(engine)
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    queue.pause(job.id)
    stopping = queue.job(job.id)
    assert stopping is not None and stopping.is_stopping and stopping.state is JobState.RUNNING
    gate.open()
    paused = place.wait_until(queue, job.id, JobState.PAUSED)
    memory = place.library.memory(paused.memory_id)
    assert (memory.state, memory.message) == (MemoryState.INTERRUPTED, "Paused.")
    assert not paused.is_stopping and paused.progress is None
    queue.resume(job.id)
    done = place.wait_until(queue, job.id, JobState.DONE)
    assert done.memory_id == paused.memory_id
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"


def test_the_next_job_begins_while_one_is_paused(place: Place, document: Document) -> None:
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    job, other = (queue.add(each.id, place.model, SETTINGS) for each in (document, place.document("Other")))
    gate.wait()
    queue.pause(job.id)
    gate.open()
    place.wait_until(queue, other.id, JobState.DONE)
    assert states(queue) == {"Lighthouse": JobState.PAUSED, "Other": JobState.DONE}


def test_cancelling_keeps_what_was_done(place: Place, document: Document) -> None:
    gate = Gate("training")
    engine = FakeEngine(gate)
    queue = place.queue(engine)
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    queue.pause(job.id)
    queue.cancel(job.id)  # a pause that has not come about yet becomes a cancel
    gate.open()
    cancelled = place.wait_until(queue, job.id, JobState.CANCELLED)
    assert place.library.memory(cancelled.memory_id).state is MemoryState.CANCELLED
    queue.retry(job.id)
    assert place.wait_until(queue, job.id, JobState.DONE).memory_id == cancelled.memory_id
    assert len(engine.steps) == len(set(engine.steps)), "work was done twice"


def test_cancelling_a_waiting_job_removes_it(place: Place, document: Document) -> None:
    gate = Gate("studying")
    queue = place.queue(FakeEngine(gate))
    queue.add(document.id, place.model, SETTINGS)
    other = queue.add(place.document("Other").id, place.model, SETTINGS)
    gate.wait()
    queue.cancel(other.id)
    assert queue.job(other.id) is None
    gate.open()


def test_a_paused_job_can_be_cancelled_or_removed_for_good(place: Place, document: Document) -> None:
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    queue.remove(job.id)  # not while it runs
    queue.pause(job.id)
    gate.open()
    paused = place.wait_until(queue, job.id, JobState.PAUSED)
    queue.cancel(job.id)
    assert states(queue) == {"Lighthouse": JobState.CANCELLED}
    assert place.library.memory(paused.memory_id).state is MemoryState.CANCELLED
    queue.remove(job.id)
    assert queue.jobs() == []
    assert place.queue(FakeEngine()).jobs() == []


def test_waiting_jobs_can_be_moved(place: Place, document: Document) -> None:
    gate = Gate("studying")
    queue = place.queue(FakeEngine(gate))
    queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    a, b, c = (queue.add(place.document(title).id, place.model, SETTINGS) for title in "ABC")

    def order() -> list[str]:
        return [job.title for job in queue.jobs() if job.state is JobState.WAITING]

    queue.move(c.id, -1)
    assert order() == ["A", "C", "B"]
    queue.move(a.id, 5)
    assert order() == ["C", "B", "A"]
    queue.move(a.id, -7)
    assert order() == ["A", "C", "B"]
    queue.pause(b.id)
    assert order() == ["A", "C"]
    queue.move(b.id, -1)  # it does not wait
    assert order() == ["A", "C"]
    gate.open()
    place.wait_until(queue, c.id, JobState.DONE)
    assert states(queue)["B"] is JobState.PAUSED


def test_adding_what_is_paused_resumes_it(place: Place, document: Document) -> None:
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    queue.pause(job.id)
    gate.open()
    place.wait_until(queue, job.id, JobState.PAUSED)
    assert queue.add(document.id, place.model, SETTINGS).id == job.id
    place.wait_until(queue, job.id, JobState.DONE)
    assert len(queue.jobs()) == 1


def test_refresh_follows_the_library(place: Place, document: Document) -> None:
    gate = Gate("training")
    queue = place.queue(FakeEngine(gate))
    job = queue.add(document.id, place.model, SETTINGS)
    gate.wait()
    other = place.document("Other")
    waiting = queue.add(other.id, place.model, SETTINGS)
    queue.pause(waiting.id)
    queue.pause(job.id)
    gate.open()
    paused = place.wait_until(queue, job.id, JobState.PAUSED)
    place.library.rename_document(document.id, "Beacon")
    place.library.forget_document(other.id)
    queue.refresh()
    assert states(queue) == {"Beacon": JobState.PAUSED}
    place.library.forget_memory(paused.memory_id)
    queue.refresh()
    assert queue.jobs() == []


def test_a_job_whose_document_was_erased_while_it_began_leaves_the_list(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first look at a large model takes seconds, in which there is no memory yet that would forbid it."""
    looks, may_go_on, resolve = threading.Event(), threading.Event(), place.models.resolve

    def look(name: str) -> LocalModel:
        looks.set()
        assert may_go_on.wait(LIMIT_SECONDS)
        return resolve(name)

    monkeypatch.setattr(place.models, "resolve", look)
    queue = place.queue(FakeEngine())
    job = queue.add(document.id, place.model, SETTINGS)
    assert looks.wait(LIMIT_SECONDS)
    queue.cancel(job.id)
    place.library.forget_document(document.id)
    queue.refresh()
    may_go_on.set()
    place.wait_for(lambda: queue.jobs() == [])


def test_without_jobs_refresh_reads_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes after each file that is added, to a library of thousands, too."""
    queue = place.queue(FakeEngine())
    monkeypatch.setattr(place.library, "documents", None)
    queue.refresh()


def test_asking_works_while_a_job_runs(place: Place, document: Document) -> None:
    gate = Gate("training")
    engine = FakeEngine(gate)
    queue = place.queue(engine)
    job = queue.add(place.document("Other").id, place.model, SETTINGS)
    gate.wait()
    model = model_reference(place.models.resolve(place.model))
    chat = DocumentChat(place.library, engine, document)
    answer = last(chat.ask("How often is the lens polished?", model=model, memory=None, mode=AnswerMode.PAGES))
    assert "twice in each week" in answer.text
    assert queue.running is not None and queue.running.id == job.id
    gate.open()
    place.wait_until(queue, job.id, JobState.DONE)
