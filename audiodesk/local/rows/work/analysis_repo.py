"""The queue of files that wait for a full decode, and the storage of the results."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import Analysis
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = [
    "MAX_ATTEMPTS",
    "Pending",
    "ask",
    "ask_older",
    "claim",
    "drop",
    "finish",
    "give_back",
    "pending_of",
    "unfinished",
    "waiting",
]

MAX_ATTEMPTS = 3
"""A decode that crashed three times is not tried again: else every start would crash in the same way."""

_DECODED = frozenset({Code.SILENCE, Code.CLIPPING, Code.DC_OFFSET, Code.DEAD_CHANNEL, Code.DECODE_ERROR})
"""Findings that only a full decode makes: a new decode replaces them."""

_OLDER = """
    insert or ignore into pending_analysis (take_file_id, sha256, asked_at)
    select f.id, f.sha256, -f.created_at from take_file f
    cross join vault_file v on v.sha256 = f.sha256 and v.kind = f.kind and v.fault is null
    where f.analysis_version between 1 and ? - 1 and f.deleted_at is null and f.role <> 'cloud_copy'
"""
_WAITING = """
    select p.take_file_id, f.take_id, t.section_id, f.sha256, f.kind, f.seconds, p.attempts
    from pending_analysis p
    join take_file f on f.id = p.take_file_id
    join take t on t.id = f.take_id
    where p.attempts < ? and p.take_file_id = ?
"""
_IN_ORDER = """
    select take_file_id from pending_analysis where attempts < ?
    order by asked_at < 0, attempts, asked_at, take_file_id
"""
_COUNT = """
    select count(*) from pending_analysis p where p.attempts < ?
    and exists (select 1 from take_file f join take t on t.id = f.take_id where f.id = p.take_file_id)
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """One file of a take that waits for its full decode."""

    take_file_id: str
    take_id: str
    section_id: str
    sha256: str
    kind: Kind
    seconds: float
    attempts: int


def waiting(connection: sqlite3.Connection, most: int, passed_over: Collection[str] = ()) -> list[Pending]:
    """Return up to ``most`` waiting files, the longest waiting first, without ``passed_over`` (ids of files).

    Each call sorts all waiting files, so ask for many at once.
    """
    found: list[Pending] = []
    for (take_file_id,) in connection.execute(_IN_ORDER, (MAX_ATTEMPTS,)):
        if len(found) == most:
            break
        pending = None if take_file_id in passed_over else pending_of(connection, take_file_id)
        if pending is not None:
            found.append(pending)
    return found


def pending_of(connection: sqlite3.Connection, take_file_id: str) -> Pending | None:
    """Return that file if it waits, else None."""
    row = connection.execute(_WAITING, (MAX_ATTEMPTS, take_file_id)).fetchone()
    return None if row is None else _pending(row)


def unfinished(connection: sqlite3.Connection, passed_over: Collection[str] = ()) -> int:
    """Count the files that ``waiting`` would still return."""
    count = int(connection.execute(_COUNT, (MAX_ATTEMPTS,)).fetchone()[0])
    return count - sum(pending_of(connection, take_file_id) is not None for take_file_id in passed_over)


def ask(connection: sqlite3.Connection, now: int, take_file_id: str, sha256: str) -> None:
    """Queue the file for a (new) decode, with its attempts reset."""
    connection.execute(
        "insert into pending_analysis (take_file_id, sha256, asked_at) values (?, ?, ?)"
        " on conflict (take_file_id) do update set attempts = 0, asked_at = excluded.asked_at",
        (take_file_id, sha256, now),
    )


def ask_older(connection: sqlite3.Connection, version: int) -> int:
    """Queue all files here that an older version analysed; return how many were added.

    They wait behind all other files, the newest first: their queue times lie before 1970, the newest file's the
    earliest.
    """
    return connection.execute(_OLDER, (version,)).rowcount


def claim(connection: sqlite3.Connection, files: Iterable[Pending]) -> list[Pending]:
    """Count an attempt for each of ``files`` before it starts; return those that still wait unchanged.

    Another process may have started or finished the others meanwhile.
    """
    return [
        file
        for file in files
        if connection.execute(
            "update pending_analysis set attempts = attempts + 1 where take_file_id = ? and attempts = ?",
            (file.take_file_id, file.attempts),
        ).rowcount
    ]


def give_back(connection: sqlite3.Connection, take_file_id: str) -> None:
    """Uncount an attempt that this program stopped itself."""
    connection.execute(
        "update pending_analysis set attempts = max(attempts - 1, 0) where take_file_id = ?", (take_file_id,)
    )


def drop(connection: sqlite3.Connection, take_file_id: str) -> None:
    """Remove this file from the queue."""
    connection.execute("delete from pending_analysis where take_file_id = ?", (take_file_id,))


def finish(connection: sqlite3.Connection, now: int, take_file_id: str, analysis: Analysis) -> None:
    """Store the result of the full decode, and remove the file from the queue."""
    rows = EditedRows(connection, now)
    ref = Ref(Entity.TAKE_FILE, take_file_id)
    file = rows.get(ref)
    drop(connection, take_file_id)
    if file is None:
        return
    kept: tuple[Finding, ...] = tuple(finding for finding in file.findings if finding.code not in _DECODED)
    rows.update(ref, levels=analysis.levels, findings=kept + analysis.findings, analysis_version=analysis.version)
    connection.execute(
        "insert into take_file_shape (take_file_id, overview) values (?, ?)"
        " on conflict (take_file_id) do update set overview = excluded.overview",
        (take_file_id, analysis.overview),
    )


def _pending(row: sqlite3.Row) -> Pending:
    return Pending(
        take_file_id=row["take_file_id"],
        take_id=row["take_id"],
        section_id=row["section_id"],
        sha256=row["sha256"],
        kind=Kind(row["kind"]),
        seconds=row["seconds"],
        attempts=row["attempts"],
    )
