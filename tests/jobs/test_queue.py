"""The queue of jobs: order, pause and resume without repeated work, failures, crashes, and the next start."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lift_desktop.chat import DocumentChat
from lift_desktop.documents import split_into_passages
from lift_desktop.domain.errors import OutOfMemory, UnknownDocument
from lift_desktop.domain.messages import AnswerText, Progress
from lift_desktop.domain.models import AnswerMode, Depth, Document, MemoryState
from lift_desktop.domain.states import Event
from lift_desktop.domain.steps import last
from lift_desktop.engine.contract import Engine
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.jobs import LearnSettings, learn_document, model_reference
from lift_desktop.jobs.estimate import forget_estimates, known_estimate, measure_estimate
from lift_desktop.jobs.queue import JobQueue, JobState, JobView
from lift_desktop.library import Library
from lift_desktop.models import ModelStore
from lift_desktop.worker.client import EngineClient

from .. import texts
from ..models.making import write_model
from ..worker import fake_host
from .gate import LIMIT_SECONDS, Gate

SETTINGS = LearnSettings()

needs_sigkill = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@dataclass
class Place:
    """A data folder with a library, a model and a few documents, and the queues that are opened on it."""

    folder: Path
    library: Library
    models: ModelStore
    model: str
    opened: list[JobQueue] = field(default_factory=list)
    changes: threading.Condition = field(default_factory=threading.Condition)

    def queue(self, engine: Engine, library: Library | None = None) -> JobQueue:
        queue = JobQueue(library or self.library, engine, self.models, self._changed)
        self.opened.append(queue)
        return queue

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Returns when a change has made it so."""
        with self.changes:
            assert self.changes.wait_for(is_so, LIMIT_SECONDS)

    def wait_until(self, queue: JobQueue, job_id: str, state: JobState) -> JobView:
        self.wait_for(lambda: (job := queue.job(job_id)) is not None and job.state is state)
        job = queue.job(job_id)
        assert job is not None
        return job

    def document(self, title: str) -> Document:
        path = self.folder / f"{title}.txt"
        path.write_text(f"{title}. " + "\n\n".join(texts.PAGES), encoding="utf-8")
        content = texts.content(title)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return self.library.add_document(path, sha256, content, split_into_passages(content))

    def _changed(self) -> None:
        with self.changes:
            self.changes.notify_all()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Library(tmp_path / "data") as library:
        model = write_model(tmp_path / "tiny-model")
        place = Place(tmp_path, library, ModelStore(tmp_path / "data" / "models"), str(model))
        yield place
        for queue in place.opened:
            queue.close()
        assert "job queue" not in {thread.name for thread in threading.enumerate()}


@pytest.fixture
def document(place: Place) -> Document:
    return place.document("Lighthouse")


def states(queue: JobQueue) -> dict[str, JobState]:
    return {job.title: job.state for job in queue.jobs()}


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


@needs_sigkill
def test_a_killed_engine_pauses_its_job_and_the_next_one_goes_on(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", "training")
    with EngineClient(fake_host.main) as engine:
        queue = place.queue(engine)
        job, other = (queue.add(each.id, place.model, SETTINGS) for each in (document, place.document("Other")))
        place.wait_for(lambda: _stage(queue, job.id) == "training")
        monkeypatch.delenv("STALL_AT")
        assert engine.process_id is not None
        os.kill(engine.process_id, signal.SIGKILL)
        place.wait_until(queue, other.id, JobState.DONE)
        paused = queue.job(job.id)
        assert paused is not None and paused.state is JobState.PAUSED and "ended unexpectedly" in paused.message
        assert place.library.memory(paused.memory_id).state is MemoryState.INTERRUPTED
        queue.resume(job.id)
        place.wait_until(queue, job.id, JobState.DONE)
        queue.close()


def test_closing_ends_though_the_engine_is_stuck(
    place: Place, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STALL_AT", "training")
    with EngineClient(fake_host.main) as engine:
        queue = place.queue(engine)
        job = queue.add(document.id, place.model, SETTINGS)
        place.wait_for(lambda: _stage(queue, job.id) == "training")
        queue.close(wait_seconds=0.1)
        closed = queue.job(job.id)
        assert closed is not None and closed.state is JobState.PAUSED
        assert place.library.memory(closed.memory_id).state is MemoryState.INTERRUPTED
        assert engine.process_id is None


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


def _stage(queue: JobQueue, job_id: str) -> str:
    job = queue.job(job_id)
    return job.progress.stage if job is not None and job.progress is not None else ""


def test_estimates_are_kept_and_worked_out_from_others(place: Place, document: Document) -> None:
    model = model_reference(place.models.resolve(place.model))
    assert known_estimate(place.library, document, model.sha256) is None
    measured = last(measure_estimate(place.library, FakeEngine(), document, model, "lora"))
    assert measured.is_measured and measured.seconds[Depth.QUICK] == 0.5 * document.passage_count
    assert known_estimate(place.library, document, model.sha256) == measured
    assert known_estimate(place.library, document, "another model") is None
    other = place.document("Other")
    guessed = known_estimate(place.library, other, model.sha256)
    assert guessed is not None and not guessed.is_measured
    assert guessed.seconds[Depth.DEEP] == pytest.approx(2.0 * other.passage_count)
    forget_estimates(place.library, document.id)
    assert known_estimate(place.library, document, model.sha256) is None
