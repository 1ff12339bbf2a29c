"""A person's storage in the cloud: bytes used and allowed, by project, and what still waits for upload."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CLOUD_FILE_LIMIT", "AccountLibrary", "DatabaseUsage", "ProjectUsage", "Queued", "StorageUsage"]

CLOUD_FILE_LIMIT = 52_428_800
"""Largest file in the cloud in bytes: 50 MB; exactly this size is allowed."""


@dataclass(frozen=True, slots=True)
class ProjectUsage:
    """The storage that one project uses."""

    id: str
    title: str
    used: int
    takes: int


@dataclass(frozen=True, slots=True)
class DatabaseUsage:
    """The size of an account's titles, notes, covers and waveforms in the server's database; ``size`` in bytes."""

    rows: int
    allowed_rows: int
    size: int
    allowed: int

    @property
    def is_nearly_full(self) -> bool:
        """Tell whether at most a tenth is left."""
        return 10 * self.rows >= 9 * self.allowed_rows or 10 * self.size >= 9 * self.allowed


@dataclass(frozen=True, slots=True)
class AccountLibrary:
    """What the rows of an account hold, whether or not their audio is in the cloud."""

    titles: tuple[str, ...]
    """Of its projects, in order."""
    sections: int
    takes: int
    size: int
    """Bytes of all files."""
    changed_at: int | None = None
    """The last change, in milliseconds since 1970 UTC by the server's clock; None if there was none."""
    changed_on: str = ""
    """The computer it was made on; empty if it is not known."""


@dataclass(frozen=True, slots=True)
class StorageUsage:
    """Usage and limits of the storage. Sizes are in bytes."""

    plan: str
    used: int
    allowed: int
    objects: int
    projects: tuple[ProjectUsage, ...] = ()
    database: DatabaseUsage | None = None
    """None if the server does not report it."""
    library: AccountLibrary | None = None
    """None if the server does not report it."""

    @property
    def free(self) -> int:
        """Bytes that are still free."""
        return max(0, self.allowed - self.used)

    @property
    def elsewhere(self) -> int:
        """Bytes that belong to no project: files whose rows are not on the server yet, or are gone."""
        return max(0, self.used - sum(project.used for project in self.projects))

    @property
    def over(self) -> int:
        """Bytes stored beyond the plan's limit, as after a change to a smaller plan."""
        return max(0, self.used - self.allowed)


@dataclass(frozen=True, slots=True)
class Queued:
    """Takes of the library on this computer whose audio is wanted in the cloud and not there yet."""

    takes: int = 0
    size: int = 0
    """Bytes of the files that are small enough for the cloud."""
    too_large: int = 0
    """Number of further files above the cloud's file limit."""
    too_large_size: int = 0

    def over(self, usage: StorageUsage) -> int:
        """Return how many of these bytes exceed the free storage; 0 if all fit."""
        return max(0, self.size - usage.free)
