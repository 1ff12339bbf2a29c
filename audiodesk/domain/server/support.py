"""What support staff see of a person's storage: numbers and facts about files, never audio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audiodesk.domain.server.storage_usage import StorageUsage

__all__ = ["FILE_FACTS", "Person", "StorageProblem", "StoredFile", "SupportReport"]

FILE_FACTS: tuple[str, ...] = (
    "object_key",
    "stored",
    "size",
    "mimetype",
    "created_at",
    "updated_at",
    "project",
    "project_title",
    "chapter",
    "chapter_title",
    "section",
    "section_title",
    "take",
    "take_title",
    "take_file",
    "current",
    "upload_wanted",
    "role",
    "kind",
    "seconds",
    "row_size",
    "sha256",
    "verified_at",
    "verified_how",
    "trashed_at",
    "purged_at",
)
"""A file's facts in the order of the export; sizes in bytes, times RFC 3339 in UTC."""

StoredFile = Mapping[str, str | int | float | bool | None]
"""One file: each of ``FILE_FACTS``, None if unknown."""


@dataclass(frozen=True, slots=True)
class Person:
    """The owner of the storage."""

    id: str
    email: str
    created_at: str
    """RFC 3339, or empty."""


@dataclass(frozen=True, slots=True)
class StorageProblem:
    """A problem as a code with its numbers; ``support_words`` makes the sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SupportReport:
    """The result of one look at a person's storage."""

    person: Person
    usage: StorageUsage
    last_upload_at: str
    """RFC 3339, or empty."""
    problems: tuple[StorageProblem, ...]
    """At most a few hundred of each code."""
    counts: Mapping[str, int]
    """Number of problems of each code."""
    files: tuple[StoredFile, ...] | None = None
    """None if they were not requested."""
