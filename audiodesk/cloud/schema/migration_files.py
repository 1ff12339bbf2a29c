"""Reads the server's schema from the files that come with the program."""

from __future__ import annotations

from pathlib import Path

from audiodesk.cloud.schema.migrations import FILE_NAME, Migration
from audiodesk.domain.errors import OutsideError
from audiodesk.system.folders import resources

__all__ = ["migrations_folder", "read_migrations"]


def migrations_folder() -> Path:
    """Return the folder with migrations; the supabase CLI reads it with ``--workdir resources``."""
    return resources() / "supabase" / "migrations"


def read_migrations(folder: Path | None = None) -> tuple[Migration, ...]:
    """Return the migrations in ``folder`` (by default AudioDesk's own), in the order in which they are applied.

    Raises OutsideError "backend-files-missing" (folder) where there are none or they cannot be read.
    """
    place = migrations_folder() if folder is None else folder
    found: list[Migration] = []
    try:
        named = [(path, FILE_NAME.fullmatch(path.name)) for path in sorted(place.iterdir())]
        found += [Migration(m["version"], m["name"], path.read_bytes().decode("utf-8")) for path, m in named if m]
    except (OSError, UnicodeDecodeError) as error:
        raise OutsideError("backend-files-missing", folder=str(place), details=str(error)) from error
    if not found:
        raise OutsideError("backend-files-missing", folder=str(place))
    return tuple(found)
