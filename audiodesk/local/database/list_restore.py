"""Replaces a list that is missing, emptied or damaged: by a copy, or by a new list."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audiodesk.domain.errors import DISK_FULL, AudioDeskError, OutsideError, UserError
from audiodesk.domain.ids import new_id
from audiodesk.local.database.library_place import BACKUPS, is_ours
from audiodesk.local.database.migrations import STEPS, statements
from audiodesk.local.database.read_only import ReadOnlySource
from audiodesk.local.database.sqlite_errors import sqlite_errors
from audiodesk.system.files import file_errors, fsync_file, fsync_folder, make_folder_in, remove, rename

__all__ = ["make_list", "put_back", "takes_in"]

_PARTS = ("", "-wal", "-shm")


def put_back(path: Path, copy: Path) -> Path | None:
    """Put the list in ``copy`` in the place of the one at ``path``. ``copy`` stays unchanged.

    Returns the folder that keeps the former list; None if there was none. All of ``copy`` is read and checked first.
    Raises UserError("no-copy", file) if it is not a complete list that this program knows, and OutsideError for errors
    of the disk.
    """
    if not os.path.isfile(copy):  # noqa: PTH113  # False for all that cannot be read; SQLite would wait forever on a pipe
        raise UserError("no-copy", file=str(copy))
    with _in_place_of(path) as place:
        try:
            source = ReadOnlySource(copy)
            with contextlib.closing(source), sqlite_errors(copy):
                _copy_sound(source.uri, copy, place.temporary)
                _drop_promises(place.temporary)
        except AudioDeskError as error:
            if isinstance(error, OutsideError) and error.code in DISK_FULL | {"no-temporary-room"}:
                raise
            raise UserError("no-copy", file=str(copy), details=str(error)) from error
    return place.set_aside


def takes_in(copy: Path) -> int | None:
    """Return how many takes the list in ``copy`` has, without the trash; None if it cannot be read."""
    asked = """
        select count(*) from take join section on section.id = take.section_id
            join chapter on chapter.id = section.chapter_id join project on project.id = chapter.project_id
        where take.deleted_at is null and section.deleted_at is null and chapter.deleted_at is null
            and project.deleted_at is null
    """
    if not os.path.isfile(copy):  # noqa: PTH113 - ``Path`` raises for what cannot be looked at
        return None
    try:
        with (
            contextlib.closing(ReadOnlySource(copy)) as source,
            contextlib.closing(sqlite3.connect(source.uri, uri=True)) as connection,
        ):
            return int(connection.execute(asked).fetchone()[0])
    except (AudioDeskError, sqlite3.Error):
        return None


def make_list(path: Path, library_id: str | None) -> tuple[str, Path | None]:
    """Put a new, empty list at ``path``.

    Returns the library's id (a new one for None), and the folder that keeps the former list; None if there was none.
    """
    made = library_id or new_id()
    with (
        _in_place_of(path) as place,
        sqlite_errors(path),
        contextlib.closing(sqlite3.connect(place.temporary, isolation_level=None)) as connection,
    ):
        connection.execute("begin immediate")
        for step in STEPS:
            for statement in statements(step):
                connection.execute(statement)
        facts = (("library_id", made), ("made_beside_vault", "1"))
        connection.executemany("insert into fact (name, value) values (?, ?)", facts)
        connection.execute(f"pragma user_version = {len(STEPS)}")
        connection.execute("commit")
    return made, place.set_aside


def _copy_sound(uri: str, copy: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        version = connection.execute("pragma user_version").fetchone()[0]
        sound = is_ours(connection, copy) and connection.execute("pragma integrity_check(1)").fetchone()[0] == "ok"
        if not sound or not 0 < version <= len(STEPS):
            raise UserError("no-copy", file=str(copy))
        connection.execute("vacuum into ?", (str(target),))


def _drop_promises(path: Path) -> None:
    """Forget all files that were to be removed when the copy was made: they may have been added again since."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("select 1 from sqlite_schema where name = 'leaving'").fetchone():
            connection.execute("delete from leaving")


@dataclass(slots=True)
class _Place:
    """Where a new list is written, and later the folder that keeps the former one."""

    temporary: Path
    set_aside: Path | None = None


@contextlib.contextmanager
def _in_place_of(path: Path) -> Iterator[_Place]:
    """Yield the place for a new list; at the end the new list replaces the one at ``path``.

    A crash leaves the old list, or none while the old one is being set aside. The command can then be repeated.
    """
    with _alone(path.parent):
        for left_over in path.parent.glob(f".{path.name}.*.tmp"):
            remove(left_over)
        place = _Place(path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp"))
        try:
            yield place
            fsync_file(place.temporary)
            place.set_aside = _set_aside(path)
            rename(place.temporary, path)
            fsync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                place.temporary.unlink(missing_ok=True)


def _set_aside(path: Path) -> Path | None:
    """Move the old list and its log away (SQLite would apply the log to the new list); return the new place."""
    old = [part for part in (path.with_name(path.name + end) for end in _PARTS) if part.exists()]
    if not old:
        return None
    backups = make_folder_in(path.parent, path.parent / BACKUPS, private=True)
    number = 1
    while (backups / f"set-aside-{number}").exists():
        number += 1
    aside = make_folder_in(backups, backups / f"set-aside-{number}", private=True)
    for part in reversed(old):  # the list comes last, so that an interrupted command can be repeated
        rename(part, aside / part.name)
    fsync_folder(aside)
    return aside


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "recover.lock")
    with file_errors(folder):
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise OutsideError("library-busy", retry_after=2.0) from error
    try:
        yield
    finally:
        lock.release()
