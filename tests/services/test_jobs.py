"""Long work: each job has a thread of its own, is cancelled between two steps, and reports how it ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from audiodesk.domain.errors import BugError, UserError
from audiodesk.domain.events import JobsChanged
from audiodesk.domain.job import JobKind, JobProgress, JobState
from audiodesk.services.bus import Bus
from audiodesk.services.jobs import Job, Jobs


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs(Bus())
    yield made
    made.close()


def ended(jobs: Jobs, job: Job) -> Job:
    assert job.is_over.wait(10)
    assert job.id not in {view.id for view in jobs.views()} or wait_gone(jobs, job)
    return job


def wait_gone(jobs: Jobs, job: Job) -> bool:
    gone = threading.Event()
    for _ in range(1000):
        if job.id not in {view.id for view in jobs.views()}:
            return True
        gone.wait(0.01)
    return False


def test_jobs_run_beside_one_another_and_say_how_far_they_are(jobs: Jobs) -> None:
    gate, told = threading.Event(), threading.Event()

    def verify(job: Job) -> str:
        job.tell(JobProgress(files=4, files_done=1, size=400, bytes_done=100))
        told.set()
        gate.wait(10)
        return "verified"

    first = jobs.start(Job(JobKind.VERIFY), verify)
    assert told.wait(10)
    second = jobs.start(Job(JobKind.PLAN, "CD1"), lambda _job: "planned")
    assert ended(jobs, second).result == "planned"
    (view,) = jobs.views()
    assert (view.id, view.kind, view.state) == (first.id, JobKind.VERIFY, JobState.RUNNING)
    assert view.progress.fraction == 0.25
    gate.set()
    assert ended(jobs, first).result == "verified"
    assert first.state is JobState.DONE


def test_a_job_that_is_cancelled_stops_between_two_steps(jobs: Jobs) -> None:
    def work(job: Job) -> None:
        job.cancel.wait(10)
        raise UserError("cancelled")

    job = jobs.start(Job(JobKind.VERIFY), work)
    jobs.cancel(job.id)
    assert ended(jobs, job).state is JobState.CANCELLED
    jobs.cancel(job.id)  # does nothing after the end


def test_every_end_is_told(jobs: Jobs) -> None:
    def fail(_job: Job) -> None:
        raise ValueError("boom")

    seen: list[Job] = []
    is_told = threading.Event()

    def told(job: Job) -> None:
        seen.append(job)
        is_told.set()

    job = jobs.start(Job(JobKind.VERIFY), fail, told)
    assert is_told.wait(10)
    assert seen == [job]
    assert isinstance(job.error, BugError)
    assert "boom" in job.error.details
    assert job.state is JobState.FAILED


def test_the_bus_is_told_when_a_job_begins_and_ends() -> None:
    bus = Bus()
    seen: list[int] = []
    jobs = Jobs(bus)
    bus.subscribe(JobsChanged, lambda _event: seen.append(len(jobs.views())))
    job = jobs.add(Job(JobKind.ANALYSE))
    jobs.remove(job)
    assert seen == [1, 0]


def test_closing_cancels_all_and_what_comes_later_is_cancelled_at_once(jobs: Jobs) -> None:
    running = jobs.start(Job(JobKind.VERIFY), lambda job: job.cancel.wait(10))
    jobs.close()
    assert running.state is JobState.CANCELLED
    late = jobs.start(Job(JobKind.VERIFY), lambda job: job.cancel.wait(10))
    assert ended(jobs, late).state is JobState.CANCELLED
