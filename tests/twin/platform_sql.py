"""The SQL that turns a database into a hosted project, and a key that changes with this SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["MIGRATIONS", "key_of", "migration_files", "platform_files", "role_file"]

_PLATFORM = Path(__file__).with_name("platform")
MIGRATIONS = Path(__file__).parents[2] / "resources" / "supabase" / "migrations"


def role_file() -> Path:
    """Return the file with the SQL for a whole server."""
    return _PLATFORM / "cluster" / "roles.sql"


def platform_files(*, newer: bool) -> list[Path]:
    """Return the files with the SQL for one database, in order; `newer` chooses the newer kind of project."""
    of_age = ("newer.sql", "newer_storage.sql") if newer else ("older.sql",)
    return [*sorted(_PLATFORM.glob("*.sql")), *(_PLATFORM / "age" / name for name in of_age)]


def migration_files(folder: Path = MIGRATIONS) -> list[Path]:
    """Return the shipped migrations in the order of their versions."""
    return sorted(folder.glob("*.sql"))


def key_of(files: Iterable[Path]) -> str:
    """Return a short key that changes with the names and contents of the files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
