"""The server's schema as numbered migrations: which are applied, which are to be applied, and what prevents that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from audiodesk.cloud.schema.sql_statements import SqlStatement, split_statements
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.server.backend import MigrationName

__all__ = [
    "APPLY_LOCK",
    "FILE_NAME",
    "OLDEST_SERVER",
    "Migration",
    "Recorded",
    "beginning_of",
    "foreign_versions",
    "missing_migrations",
]

FILE_NAME = re.compile(r"(?P<version>[0-9]+)_(?P<name>.*)\.sql")
"""A migration's complete file name, as the supabase CLI reads it."""
APPLY_LOCK = 4_702_111_234_474_983_745
"""The advisory lock for applying, shared by all of AudioDesk's ways; any number that no other program uses will do."""
OLDEST_SERVER = 150_000
"""PostgreSQL 15, as its own version number."""
_COUNTED = -4
"""AudioDesk's versions share a beginning, and count up in this many digits at the end."""


@dataclass(frozen=True)
class Migration(MigrationName):
    """One migration with its text."""

    sql: str

    @cached_property
    def statements(self) -> tuple[SqlStatement, ...]:
        """The statements that the CLI records for it, in order."""
        return split_statements(self.sql)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row of the CLI's history; rows of older CLIs have neither name nor statements."""

    version: str
    name: str
    statements: tuple[str, ...] | None

    def differs_from(self, migration: Migration) -> bool:
        """Tell whether the statements recorded for this version differ from those of ``migration``."""
        return self.statements is not None and self.statements != tuple(s.text for s in migration.statements)


def missing_migrations(
    migrations: Sequence[Migration], history: Mapping[str, Recorded], *, include_all: bool = False
) -> tuple[Migration, ...]:
    """Return the migrations to apply, in order.

    Raises OutsideError "backend-newer" (version) if a newer AudioDesk applied migrations; UserError
    "backend-name-differs" (file, recorded) if a version is recorded under another name; and "backend-gap" (file, later)
    if a later migration of AudioDesk is already applied, unless ``include_all``.
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
    """Return the beginning that the versions of all AudioDesk's migrations share."""
    return version[:_COUNTED]


def foreign_versions(migrations: Sequence[Migration], history: Mapping[str, Recorded]) -> tuple[str, ...]:
    """Return the recorded versions that are not AudioDesk's, in order."""
    ours = {migration.version for migration in migrations}
    return tuple(sorted(version for version in history if version not in ours))


def _newer(migrations: Sequence[Migration], history: Mapping[str, Recorded]) -> str:
    """Return a recorded version that only a newer AudioDesk can have made; empty if there is none.

    A project may have migrations of its own, so an unknown version alone proves nothing. AudioDesk's versions share a
    beginning, and count up only in their last four digits.
    """
    if not migrations:
        return ""
    last = migrations[-1].version
    later = (v for v in sorted(history) if len(v) == len(last) and v > last and v.startswith(beginning_of(last)))
    return next(later, "")
