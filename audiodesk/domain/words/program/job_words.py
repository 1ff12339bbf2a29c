"""Words about a job: what it does, and its progress."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.job import JobKind, JobState, JobView
from audiodesk.domain.words import formats

__all__ = ["finished_count", "finished_last", "job_progress_text", "job_title"]


def job_title(job: JobView) -> str:
    """Return the job's title: "Adding 12 files", "Checking the library's files"."""
    text = _title(job.kind, job.progress.files)
    return f"{text} · {job.title}" if job.title else text


def job_progress_text(job: JobView, seconds: float) -> str:
    """Return the job's progress: "3 of 12 · 20 MB of 148 MB · about 40 s left".

    ``seconds``: how long it has been running.
    """
    if job.state is JobState.STOPPING:
        return words.tr("Stopping…")
    if job.state is JobState.WAITING:
        return words.tr("Waiting")
    progress = job.progress
    parts = []
    if progress.files > 1:
        parts.append(
            words.tr("{done} of {count}").format(
                done=formats.number(progress.files_done), count=formats.number(progress.files)
            )
        )
    if progress.size:
        parts.append(
            words.tr("{done} of {count}").format(
                done=formats.size(progress.bytes_done), count=formats.size(progress.size)
            )
        )
    fraction = progress.fraction
    if fraction is not None and seconds > 2 and 0 < fraction < 1:
        parts.append(_left(seconds * (1 - fraction) / fraction))
    return " · ".join(parts) or words.tr("Running")


def finished_count(count: int) -> str:
    """Return the number of finished jobs: "3 finished"."""
    return words.tr("{count} finished", "{count} finished", count).format(count=formats.number(count))


def finished_last(title: str, moment: str) -> str:
    """Return one finished job with its time: "Adding 12 files, 14:32"."""
    return words.tr("{job}, {moment}").format(job=title, moment=moment)


def _title(kind: JobKind, files: int) -> str:
    titles = {
        JobKind.PLAN: words.tr("Looking through what was dropped"),
        JobKind.KEEP_REPAIRED: words.tr("Keeping what is sound"),
        JobKind.MORE_AUDIO: words.tr("Adding further recordings"),
        JobKind.VERIFY: words.tr("Checking the library's files"),
        JobKind.ANALYSE: words.tr("Measuring recordings"),
        JobKind.LOOK_FOUND: words.tr("Looking at recordings that no book knows"),
        JobKind.BRING_BACK: words.tr("Bringing recordings back"),
        JobKind.REMOVE_FOUND: words.tr("Removing recordings"),
        JobKind.EMPTY_TRASH: words.tr("Emptying the trash"),
        JobKind.READ_COVER: words.tr("Reading a picture"),
    }
    if kind is JobKind.IMPORT:
        return words.tr("Adding {count} files", "Adding {count} file", files).format(count=formats.number(files))
    if kind is JobKind.UPLOAD:
        return words.tr("Uploading {count} takes", "Uploading {count} take", files).format(count=formats.number(files))
    return titles[kind]


def _left(seconds: float) -> str:
    if seconds < 60:
        count = max(1, round(seconds / 5) * 5)
        return words.tr("about {count} s left", "about {count} s left", count).format(count=formats.number(count))
    count = max(1, round(seconds / 60))
    return words.tr("about {count} min left", "about {count} min left", count).format(count=formats.number(count))
