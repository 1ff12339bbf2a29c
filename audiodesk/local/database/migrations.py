"""Upgrades a library's schema to the newest version in numbered steps."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import file_errors, fsync_file, fsync_folder, make_folder_in, rename

__all__ = ["STEPS", "is_older", "migrate", "statements"]

_LEFT_OVER_SECONDS = 3600.0
_VERSION_AT, _HEAD_BYTES = 60, 64
"""Offset of ``pragma user_version`` in the header of a SQLite file, and the bytes that are read of it."""
_SCHEMA = Path(__file__).parent / "schema"


def _read_steps() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in sorted(_SCHEMA.glob("[0-9]*.sql")))


STEPS: tuple[str, ...] = _read_steps()
"""One script for each version, from version 1; a released step is never edited again."""


def is_older(path: Path) -> bool:
    """Tell from the first bytes of the list at ``path`` whether opening it will upgrade it; False if there is no list.

    Use it only to announce the upgrade: the newest version may still be in the log beside the list. Call it before the
    list is opened, because closing a second handle would drop SQLite's locks.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    is_list = len(head) == _HEAD_BYTES and head.startswith(b"SQLite format 3\0")
    return is_list and 0 < int.from_bytes(head[_VERSION_AT:], "big") < len(STEPS)


def migrate(connection: sqlite3.Connection, path: Path, *, steps: Sequence[str] = STEPS) -> Path | None:
    """Upgrade the library at ``path`` to the newest schema, each step in one transaction.

    An older library is copied first, to ``backups/`` beside it; the copy's path is returned. A newer one is refused
    with OutsideError("library-newer", found, known). Two processes may call this at once. ``connection`` is in
    autocommit mode; SQLite's errors pass through.
    """
    found = _version(connection)
    if found > len(steps):
        raise OutsideError("library-newer", found=found, known=len(steps))
    if found == len(steps):
        return None
    copy = _copy(connection, path, found) if found else None
    for number, step in enumerate(steps, start=1):
        _apply(connection, number, step)
    return copy


def statements(script: str) -> Iterator[str]:
    """Yield the statements of ``script`` one by one: ``executescript`` would commit before it begins."""
    collected = ""
    for line in script.splitlines(keepends=True):
        collected += line
        if sqlite3.complete_statement(collected):
            yield collected
            collected = ""


def _apply(connection: sqlite3.Connection, number: int, step: str) -> None:
    connection.execute("begin immediate")
    try:
        if _version(connection) < number:  # another process may have done it while this one waited
            for statement in statements(step):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number:d}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _copy(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    folder = make_folder_in(path.parent, path.parent / "backups", private=True)
    copy = folder / f"version-{version}.sqlite3"
    number = 1
    while copy.exists():
        number += 1
        copy = folder / f"version-{version}-{number}.sqlite3"
    _remove_left_over(folder)
    # Use a unique name: another process may be upgrading at the same time.
    temporary = folder / f".{copy.name}.{os.urandom(4).hex()}.tmp"
    try:
        connection.execute("vacuum into ?", (str(temporary),))
        fsync_file(temporary)
        rename(temporary, copy)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    fsync_folder(folder)
    return copy


def _remove_left_over(folder: Path) -> None:
    """Remove files that a killed upgrade left; a recent file may belong to another process."""
    with file_errors(folder):
        for path in (*folder.glob(".version-*.tmp"), *folder.glob("version-*.tmp")):
            if time.time() - path.stat().st_mtime > _LEFT_OVER_SECONDS:
                path.unlink(missing_ok=True)
