"""The files that were not added, as rows of this computer's list."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from audiodesk.domain.library.planning import printable
from audiodesk.domain.library.refusal import Refusal
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.local.rows.importing.report_json import refusal_from_json, refusal_to_json

__all__ = ["add", "all_refusals", "dismiss", "forget_path", "get"]


def add(connection: sqlite3.Connection, refusal: Refusal) -> None:
    """Store ``refusal``; replaces an older one of the same file."""
    forget_path(connection, refusal.path)
    connection.execute(
        "insert into refusal (id, at, path, name, section_id, size, report) values (?, ?, ?, ?, ?, ?, ?)",
        (
            refusal.id,
            refusal.at,
            without_surrogates(refusal.path),
            printable(refusal.name),
            refusal.place.section_id,
            refusal.report.size,
            refusal_to_json(refusal.path, refusal.place, refusal.report),
        ),
    )


def all_refusals(connection: sqlite3.Connection) -> list[Refusal]:
    """Return all refusals, the newest last."""
    return [_refusal(row) for row in connection.execute("select * from refusal order by at, id")]


def get(connection: sqlite3.Connection, refusal_id: str) -> Refusal | None:
    """Return the refusal with this id; None if there is none."""
    row = connection.execute("select * from refusal where id = ?", (refusal_id,)).fetchone()
    return None if row is None else _refusal(row)


def dismiss(connection: sqlite3.Connection, ids: Iterable[str]) -> int:
    """Remove the refusals with these ids; return how many there were."""
    return sum(connection.execute("delete from refusal where id = ?", (row_id,)).rowcount for row_id in ids)


def forget_path(connection: sqlite3.Connection, path: str) -> int:
    """Remove the refusals of the file at ``path``, because it was added or refused again; return how many."""
    rows = connection.execute("select * from refusal where path = ?", (without_surrogates(path),)).fetchall()
    # Names with undecodable bytes may look alike; the path in the report is exact.
    return dismiss(connection, [row["id"] for row in rows if _refusal(row).path == path])


def _refusal(row: sqlite3.Row) -> Refusal:
    path, place, report = refusal_from_json(row["report"])
    return Refusal(row["id"], row["at"], path, row["name"], place, report)
