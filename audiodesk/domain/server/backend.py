"""The server's schema as numbered migrations: what is there, what is to be applied, what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.server.sql_statements import SqlStatement, split_statements

__all__ = [
    "APPLY_LOCK",
    "FILE_NAME",
    "OLDEST_SERVER",
    "Migration",
    "MigrationItem",
    "MigrationResult",
    "Recorded",
    "SchemaOutcome",
    "beginning_of",
    "check_history",
    "foreign_versions",
]

FILE_NAME = re.compile(r"(?P<version>[0-9]+)_(?P<name>.*)\.sql")
"""The whole of a migration's file name, as the supabase CLI reads it."""
APPLY_LOCK = 4_702_111_234_474_983_745
"""The advisory lock that every way of ours to apply takes; any number does that nobody else takes."""
OLDEST_SERVER = 150_000
"""PostgreSQL 15, as it numbers itself."""
_COUNTED = -4
"""Ours begin alike, and count up in as many digits at the end."""


@dataclass(frozen=True)
class Migration:
    """One file: ``version`` its leading digits, ``name`` the rest without the ending."""

    version: str
    name: str
    sql: str

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.version}_{self.name}.sql"

    @cached_property
    def statements(self) -> tuple[SqlStatement, ...]:
        """What the CLI records of it, in order."""
        return split_statements(self.sql)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row of the history that the CLI keeps; older ones have neither name nor statements."""

    version: str
    name: str
    statements: tuple[str, ...] | None

    def differs_from(self, migration: Migration) -> bool:
        """Tell whether other statements were applied under this version than ``migration`` holds."""
        return self.statements is not None and self.statements != tuple(s.text for s in migration.statements)


class MigrationResult(StrEnum):
    """What became of one migration."""

    APPLIED = "applied"
    PRESENT = "present"
    """It was there already."""
    REPAIRED = "repaired"
    """It was there already, and was applied again."""
    PLANNED = "planned"
    """It would be applied."""
    PLANNED_REPAIR = "planned-repair"
    """It is there already, and would be applied again."""
    FAILED = "failed"
    WAITING = "waiting"
    """One before it failed."""


@dataclass(frozen=True, slots=True)
class MigrationItem:
    """What became of one migration, and what the server said to it."""

    migration: Migration
    result: MigrationResult
    differs: bool = False
    """Recorded with other statements than this file holds."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaOutcome:
    """What became of all of them. ``error`` is what stopped it; what was done until then stays done."""

    items: tuple[MigrationItem, ...]
    foreign: tuple[str, ...] = ()
    """Versions in the history that belong to somebody else's migrations."""
    error: AudioDeskError | None = None


def check_history(
    migrations: Sequence[Migration], history: Mapping[str, Recorded], *, include_all: bool = False
) -> tuple[Migration, ...]:
    """Return what is to be applied, in order.

    Raises OutsideError "backend-newer" (version) where a newer AudioDesk was here; UserError "backend-name-differs"
    (file, recorded) where a version is recorded for something else, and "backend-gap" (file, later) where a later
    one of ours was applied before, unless ``include_all``.
    """
    if newer := _newer(migrations, history):
        raise OutsideError("backend-newer", version=newer)
    for migration in migrations:
        recorded = history.get(migration.version)
        if recorded is not None and recorded.name not in ("", migration.name):
            raise UserError("backend-name-differs", file=migration.file, recorded=recorded.name)
    missing = tuple(migration for migration in migrations if migration.version not in history)
    present = [migration for migration in migrations if migration.version in history]
    if missing and present and missing[0].version < present[-1].version and not include_all:
        raise UserError("backend-gap", file=missing[0].file, later=present[-1].file)
    return missing


def beginning_of(version: str) -> str:
    """Return what the versions of all our migrations begin with."""
    return version[:_COUNTED]


def foreign_versions(migrations: Sequence[Migration], history: Mapping[str, Recorded]) -> tuple[str, ...]:
    """Return the recorded versions that are none of ours, in order."""
    ours = {migration.version for migration in migrations}
    return tuple(sorted(version for version in history if version not in ours))


def _newer(migrations: Sequence[Migration], history: Mapping[str, Recorded]) -> str:
    """Return a recorded version that a newer AudioDesk must have made; empty where there is none.

    A project may hold migrations of its own, so a version that is not ours is no sign by itself. Ours begin alike, and
    only their last four digits count up.
    """
    if not migrations:
        return ""
    last = migrations[-1].version
    later = (v for v in sorted(history) if len(v) == len(last) and v > last and v.startswith(beginning_of(last)))
    return next(later, "")
