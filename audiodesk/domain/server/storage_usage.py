"""A person's storage in the cloud: bytes used and allowed, by project, and what is still to be uploaded."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CLOUD_FILE_LIMIT", "DatabaseUsage", "ProjectUsage", "Queued", "StorageUsage"]

CLOUD_FILE_LIMIT = 52_428_800
"""Bytes that one file may have in the cloud: 50 MB; the exact byte passes."""


@dataclass(frozen=True, slots=True)
class ProjectUsage:
    """What one project holds of the storage."""

    id: str
    title: str
    used: int
    takes: int


@dataclass(frozen=True, slots=True)
class DatabaseUsage:
    """What an account's titles, notes, covers and waveforms take in the server's database; ``size`` in bytes."""

    rows: int
    allowed_rows: int
    size: int
    allowed: int

    @property
    def is_nearly_full(self) -> bool:
        """Tell whether a tenth or less is left."""
        return 10 * self.rows >= 9 * self.allowed_rows or 10 * self.size >= 9 * self.allowed


@dataclass(frozen=True, slots=True)
class StorageUsage:
    """Sizes are in bytes."""

    plan: str
    used: int
    allowed: int
    objects: int
    projects: tuple[ProjectUsage, ...] = ()
    database: DatabaseUsage | None = None
    """None where the server does not tell."""

    @property
    def free(self) -> int:
        """What still fits."""
        return max(0, self.allowed - self.used)

    @property
    def elsewhere(self) -> int:
        """What no project has: files whose rows are not on the server yet, or are gone."""
        return max(0, self.used - sum(project.used for project in self.projects))

    @property
    def over(self) -> int:
        """By how much more is stored than the plan allows: after a change to a smaller plan."""
        return max(0, self.used - self.allowed)


@dataclass(frozen=True, slots=True)
class Queued:
    """Takes of the library on this computer whose audio is wanted in the cloud and not there yet."""

    takes: int = 0
    size: int = 0
    """Bytes of those that are small enough for the cloud."""
    too_large: int = 0
    """How many more are larger than one file may be."""
    too_large_size: int = 0

    def over(self, usage: StorageUsage) -> int:
        """Return how many bytes too many these are for what is free; 0 where all fit."""
        return max(0, self.size - usage.free)
