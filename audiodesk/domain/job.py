"""A piece of long work as a value: its kind, state and progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from audiodesk.domain.library.plan import ProgressRow

__all__ = ["JobKind", "JobProgress", "JobState", "JobView"]


class JobKind(StrEnum):
    """The kinds of jobs; ``job_words`` has their titles."""

    PLAN = "plan"
    IMPORT = "import"
    KEEP_REPAIRED = "keep-repaired"
    MORE_AUDIO = "more-audio"
    VERIFY = "verify"
    ANALYSE = "analyse"
    LOOK_FOUND = "look-found"
    BRING_BACK = "bring-back"
    REMOVE_FOUND = "remove-found"
    EMPTY_TRASH = "empty-trash"
    READ_COVER = "read-cover"
    UPLOAD = "upload"


class JobState(StrEnum):
    """The state of a job; the last three are final."""

    WAITING = "waiting"
    """Another job of its kind must end first."""
    RUNNING = "running"
    STOPPING = "stopping"
    """It was cancelled, and stops as soon as possible."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """A job's progress in files and in bytes; 0 means unknown."""

    files: int = 0
    files_done: int = 0
    size: int = 0
    bytes_done: int = 0
    rows: tuple[ProgressRow, ...] = ()
    """The files in progress."""

    @property
    def fraction(self) -> float | None:
        """The finished part from 0 to 1, by bytes, else by files; None if neither is known."""
        for whole, part in ((self.size, self.bytes_done), (self.files, self.files_done)):
            if whole > 0:
                return min(1.0, part / whole)
        return None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job at one moment."""

    id: str
    kind: JobKind
    state: JobState
    started_at: float
    """Time of a monotonic clock, in seconds."""
    title: str = ""
    """What the job works on, if that is one thing with a name."""
    progress: JobProgress = field(default_factory=JobProgress)
