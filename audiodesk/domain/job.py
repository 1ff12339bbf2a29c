"""A piece of long work as a value: what it is, how it stands, how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from audiodesk.domain.library.plan import ProgressRow

__all__ = ["JobKind", "JobProgress", "JobState", "JobView"]


class JobKind(StrEnum):
    """What a job does; ``job_words`` has its title."""

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


class JobState(StrEnum):
    """How a job stands. The last three are ends."""

    WAITING = "waiting"
    """Another job of its kind has to end first."""
    RUNNING = "running"
    STOPPING = "stopping"
    """It was cancelled, and stops as soon as it can."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is: in files and in bytes, as far as either is known; 0 stands for unknown."""

    files: int = 0
    files_done: int = 0
    size: int = 0
    done: int = 0
    rows: tuple[ProgressRow, ...] = ()
    """The files that are on their way now."""

    @property
    def fraction(self) -> float | None:
        """The part that is done, from 0 to 1: of the bytes, else of the files; None where neither is known."""
        for whole, part in ((self.size, self.done), (self.files, self.files_done)):
            if whole > 0:
                return min(1.0, part / whole)
        return None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is at one moment."""

    id: str
    kind: JobKind
    state: JobState
    started_at: float
    """Of a monotonic clock, in seconds."""
    title: str = ""
    """What it works on, where one thing can be named."""
    progress: JobProgress = field(default_factory=JobProgress)
