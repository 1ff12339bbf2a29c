"""Counts the takes of sections, and lists the live sections of a project or chapter."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from audiodesk.domain.audio.findings import SEVERITY_OF, WARNING_WHEN_WHOLE, Severity
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import NodeCounts, Ref
from audiodesk.domain.library.states import ParentState
from audiodesk.local.rows.library import half_repo, state_repo

__all__ = ["counts", "live_below"]

_WARNING_CODES = ", ".join(f"'{code.value}'" for code, severity in SEVERITY_OF.items() if severity is Severity.WARNING)
_WHOLE_CODES = ", ".join(f"'{code.value}'" for code in sorted(WARNING_WHEN_WHOLE))

# The file that plays is the repaired one, else the original. `cross join` fixes the order of the loops, from the
# outside in, by index: SQLite would guess badly in a library whose tables were never analysed.
_COUNTS = f"""
    with unsound (section_id) as materialized (
        select distinct t.section_id from vault_file v cross join take_file f on f.sha256 = v.sha256
        cross join take t on t.id = f.take_id
        where v.fault is not null and t.deleted_at is null
    )
    select s.id, ct.id is not null as recorded,
        (select count(*) from take t where t.section_id = s.id and t.deleted_at is null) as takes,
        coalesce(r.seconds, o.seconds, 0.0) as seconds,
        coalesce(coalesce(r.findings, o.findings) <> '[]' and exists (
            select 1 from json_each(coalesce(r.findings, o.findings)) f
            where f.value ->> 'code' in ({_WARNING_CODES})
                or (f.value ->> 'code' in ({_WHOLE_CODES}) and f.value ->> '$.params.whole')
        ), 0) or s.id in unsound as warnings
    from json_each(?) j cross join section s on s.id = j.value
    left join take ct on ct.id = s.current_take_id and ct.section_id = s.id and ct.deleted_at is null
    left join take_file o on o.take_id = ct.id and o.role = 'original' and o.part = 0 and o.deleted_at is null
    left join take_file r on r.take_id = ct.id and r.role = 'repaired' and r.part = 0 and r.deleted_at is null
"""  # noqa: S608 - our own codes
_LIVE = {
    None: """
        select s.id from project p cross join chapter c on c.project_id = p.id
        cross join section s on s.chapter_id = c.id
        where p.deleted_at is null and c.deleted_at is null and s.deleted_at is null""",
    Entity.PROJECT: """
        select s.id from chapter c cross join section s on s.chapter_id = c.id
        where c.project_id = ? and c.deleted_at is null and s.deleted_at is null""",
    Entity.CHAPTER: "select id from section where chapter_id = ? and deleted_at is null",
    Entity.SECTION: "select id from section where id = ? and deleted_at is null",
}
_NOTHING = ParentState()


def live_below(connection: sqlite3.Connection, ref: Ref | None) -> list[str]:
    """Return the ids of the live sections in a project, chapter or section; None: in the whole library."""
    rows = connection.execute(_LIVE[None if ref is None else ref.entity], () if ref is None else (ref.id,))
    return [row[0] for row in rows]


def counts(connection: sqlite3.Connection, section_ids: Collection[str], *, cloud: bool) -> dict[str, NodeCounts]:
    """Return the numbers of these sections by id; takes about 10 microseconds for each.

    ``cloud``: whether the states include those of the cloud.
    """
    states = state_repo.section_states(connection, section_ids, cloud=cloud)
    halves = half_repo.current_halves(connection)
    rows = connection.execute(_COUNTS, (json.dumps(list(section_ids)),))
    return {
        row["id"]: NodeCounts(
            sections=1,
            recorded=row["recorded"],
            takes=row["takes"],
            seconds=row["seconds"],
            warnings=row["warnings"],
            repaired=int(row["id"] in halves),
            states=states.get(row["id"], _NOTHING._replace(cloud=cloud)),
        )
        for row in rows
    }
