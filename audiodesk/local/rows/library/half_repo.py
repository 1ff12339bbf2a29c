"""Finds repaired halves: takes that hold what was kept of a damaged recording."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.audio.findings import Verdict, verdict_of
from audiodesk.local.rows.store.row_codec import findings_from_json

__all__ = ["current_halves", "is_half"]

_OF_TAKE = """
    select o.findings from take_file r
    join take_file o on o.take_id = r.take_id and o.role = 'original' and o.deleted_at is null
    where r.take_id = ? and r.role = 'repaired' and r.deleted_at is null
"""
# `cross join` fixes the order: repaired files are few, and indexes find everything else from them.
_CURRENT = """
    select s.id, o.findings from take_file r
    cross join take t on t.id = r.take_id and t.deleted_at is null
    cross join section s on s.current_take_id = t.id and s.id = t.section_id
    cross join take_file o on o.take_id = t.id and o.role = 'original' and o.deleted_at is null
    where r.role = 'repaired' and r.deleted_at is null
"""


def is_half(connection: sqlite3.Connection, take_id: str) -> bool:
    """Tell whether the take plays a part of a refused file. A copy that only completes the header is no half."""
    row = connection.execute(_OF_TAKE, (take_id,)).fetchone()
    return row is not None and _is_refused(row[0])


def current_halves(connection: sqlite3.Connection) -> set[str]:
    """Return the ids of the sections whose current take is a half."""
    return {section_id for section_id, findings in connection.execute(_CURRENT) if _is_refused(findings)}


def _is_refused(findings: str) -> bool:
    found = findings_from_json(findings)
    return not found or verdict_of(found) is Verdict.REFUSED
