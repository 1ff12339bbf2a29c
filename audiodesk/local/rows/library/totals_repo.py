"""Counts a whole library for the status bar."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.library.listings import Totals
from audiodesk.domain.library.states import ParentState
from audiodesk.local.rows.store.hidden_rows import WITH_HIDDEN

__all__ = ["totals"]

_TOTALS = f"""{WITH_HIDDEN}
    select (select count(*) from section) - (select count(*) from hidden_section) as sections,
        (select count(*) from section where current_take_id is not null) - (
            select count(*) from hidden_section h cross join section s on s.id = h.id
            where s.current_take_id is not null
        ) as recorded,
        (select count(*) from take) - (select count(*) from hidden_take) as takes,
        (select coalesce(sum(size), 0) from take_file where role <> 'cloud_copy' and deleted_at is null) - (
            select coalesce(sum(f.size), 0) from hidden_take h cross join take_file f on f.take_id = h.id
            where f.role <> 'cloud_copy' and f.deleted_at is null
        ) as size
"""  # noqa: S608 - our own words
_LAST_TAKE = """
    select t.file_name, t.created_at from take t cross join section s on s.id = t.section_id
    cross join chapter c on c.id = s.chapter_id cross join project p on p.id = c.project_id
    where t.deleted_at is null and s.deleted_at is null and c.deleted_at is null and p.deleted_at is null
    order by t.created_at desc limit 1
"""
_TRASH = " union all ".join(
    f"select count(*) as number, coalesce(sum(deleted_at <= :due), 0) as due from {entity}"  # noqa: S608 - our nouns
    " where deleted_at is not null and purged_at is null"
    for entity in ("project", "chapter", "section", "take")
)


def totals(connection: sqlite3.Connection, now: int, due: int, states: ParentState) -> Totals:
    """Count the whole library (30 ms for 60 000 takes); ``states`` are those of its live takes.

    Things trashed before the moment ``due`` count as due.
    """
    row = connection.execute(_TOTALS).fetchone()
    projects = connection.execute("select count(*) from project where deleted_at is null").fetchone()[0]
    last = connection.execute(_LAST_TAKE).fetchone() if row["takes"] else None
    trashed = connection.execute(_TRASH, {"due": due}).fetchall()
    return Totals(
        projects=projects,
        sections=row["sections"],
        recorded=row["recorded"],
        takes=row["takes"],
        size=row["size"],
        trashed=sum(part["number"] for part in trashed),
        trash_due=sum(part["due"] for part in trashed),
        last_take=last["file_name"] if last is not None else "",
        last_take_at=last["created_at"] if last is not None else 0,
        counted_at=now,
        states=states,
    )
