"""Checks what lies in a library's folder before its list is opened: a list, its remains, or nothing."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import file_errors

__all__ = [
    "BACKUPS",
    "LIST",
    "has_list",
    "is_ours",
    "list_missing",
    "refuse_if_emptied",
    "refuse_to_make",
    "vault_files",
]

LIST = "library.sqlite3"
BACKUPS = "backups"
_AUDIO = re.compile(r"[0-9a-f]{64}\.(mp3|wav)")
_OURS = frozenset({"project", "take", "take_file"})
"""Tables that every version of a library has."""
_HELD = ("project", "chapter", "section", "take", "take_file", "note", "cover", "announcement")
"""At least one of these has a row if the library ever held anything: even emptied trash keeps its rows."""


def has_list(path: Path) -> bool:
    """Tell whether there is a list with contents at ``path``. Raises OutsideError."""
    with file_errors(path):
        try:
            return path.stat().st_size > 0
        except FileNotFoundError:
            return False


def refuse_to_make(path: Path, known: str | None) -> None:
    """Raise if a list that is missing, or has no tables, must not be made anew at ``path``.

    ``known`` is the id of the library that was once made there, None if there was none. Raises OutsideError
    "library-missing" if audio, copies of a list, or anything else of a known library is there; "library-gone" if a
    known library left nothing.
    """
    folder = path.parent
    has_remains = known is not None and bool(_entries(folder))
    if has_remains or _has_library_beside(folder):
        raise list_missing(path)
    if known is not None:
        raise OutsideError("library-gone", path=str(folder))


def list_missing(path: Path) -> OutsideError:
    """Return the error for a list that is missing at ``path`` although its vault has files."""
    files = sum(1 for _ in vault_files(path.parent))
    return OutsideError("library-missing", path=str(path.parent), files=files)


def refuse_if_emptied(connection: sqlite3.Connection, path: Path, known: str | None) -> None:
    """Raise OutsideError("library-missing") if the list has no rows although the vault has files.

    A new list is let through: the first import may have been killed after it moved a file into the vault. A new list
    never held a row. It was made here (``known`` is its id) and has no copies yet, or ``recover`` made it for this
    vault.
    """
    if any(connection.execute(f"select 1 from {table} limit 1").fetchone() for table in _HELD):  # noqa: S608  # ours
        return
    if next(vault_files(path.parent), None) is None:
        return
    facts = dict(connection.execute("select name, value from fact").fetchall())
    # The first take adds the device's id; every edit of a take adds a line of history.
    numbered = connection.execute("select 1 from sqlite_sequence where seq > 0 and name = 'history'").fetchone()
    # An account's library has this computer's row, and a change for it, from the start: they say nothing.
    had_rows = numbered is not None or ("device_id" in facts and not _has_device(connection))
    is_first = facts.get("library_id", "") == known and not _has_copies(path.parent)
    if had_rows or not (is_first or "made_beside_vault" in facts):
        raise list_missing(path)


def _has_device(connection: sqlite3.Connection) -> bool:
    """Tell whether the list has the row of a computer; a list of an older version has no table for it."""
    if connection.execute("select 1 from sqlite_schema where type = 'table' and name = 'device'").fetchone() is None:
        return False
    return connection.execute("select 1 from device limit 1").fetchone() is not None


def is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the database is a library; False where it has no tables yet.

    Raises OutsideError if another program made it: "library-replaced" if copies of the list or audio are beside it, so
    that it lies in a library's place; else "library-foreign".
    """
    rows = connection.execute("select name from sqlite_schema where type = 'table'").fetchall()
    tables = {str(row[0]) for row in rows}
    if not tables:
        return False
    if not tables >= _OURS:
        code = "library-replaced" if _has_library_beside(path.parent) else "library-foreign"
        raise OutsideError(code, path=str(path.parent), file=str(path))
    return True


def vault_files(folder: Path) -> Iterator[Path]:
    """Yield the audio files with true names in the vault of ``folder``."""
    vault = folder / "vault"
    for part in _entries(vault):
        if len(part.name) == 2:
            yield from (entry for entry in _entries(part) if _AUDIO.fullmatch(entry.name))


def _has_library_beside(folder: Path) -> bool:
    """Tell whether ``folder`` holds parts of a library: copies of a list, or audio."""
    return _has_copies(folder) or next(vault_files(folder), None) is not None


def _has_copies(folder: Path) -> bool:
    return any((folder / BACKUPS).glob("*.sqlite3"))


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return sorted(folder / entry.name for entry in found)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise OutsideError("folder-no-right", path=str(folder), details=str(error)) from error
