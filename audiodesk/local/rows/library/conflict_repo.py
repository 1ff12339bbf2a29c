"""Finds takes from different computers that replace the same take, with the facts to choose by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from audiodesk.domain.library.conflict import Conflict, ConflictTake
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import TakeState, take_state
from audiodesk.local.rows.library import state_repo, tree_repo
from audiodesk.local.rows.store.device_repo import device_names

__all__ = ["Clash", "clash_of", "conflicts"]

# The same rule as in state_repo: a take that was moved to another section is no longer an alternative. The takes that
# several replace are found in the index alone: of 60 000 takes nearly all are replaced by one or none.
_CLASHES = """
    with twice (section_id, replaced_id) as materialized (
        select section_id, replaces_take_id from take indexed by take_replaced where replaces_take_id is not null
        group by section_id, replaces_take_id having count(*) > 1
    ), clash (section_id, replaced_id) as (
        select t.section_id, w.replaced_id from twice w
        cross join take t on t.section_id = w.section_id and t.replaces_take_id = w.replaced_id
        where t.deleted_at is null group by t.section_id, w.replaced_id having count(distinct t.device_id) > 1
    )
    select x.section_id, x.replaced_id from clash x join section s on s.id = x.section_id
    join chapter c on c.id = s.chapter_id join project p on p.id = c.project_id
    where s.deleted_at is null and c.deleted_at is null and p.deleted_at is null
    order by p.order_key, p.id, c.order_key, c.id, s.order_key, s.id, x.replaced_id
"""
_RIVALS = """
    select id from take where replaces_take_id = ? and section_id = ? and deleted_at is null order by order_key, id
"""
_CARD = """
    select t.file_name, t.created_at, t.device_id, f.seconds, f.levels, p.overview,
        v.sha256 is not null as here, s.current_take_id is t.id as is_current
    from take t
    left join section s on s.id = t.section_id
    left join take_file f on f.id = coalesce(
        (select r.id from take_file r where r.take_id = t.id and r.role = 'repaired' and r.part = 0
            and r.deleted_at is null),
        (select o.id from take_file o where o.take_id = t.id and o.role = 'original' and o.part = 0
            and o.deleted_at is null))
    left join take_file_shape p on p.take_file_id = f.id
    left join vault_file v on v.sha256 = f.sha256 and v.kind = f.kind and v.fault is not 'missing'
    where t.id = ?
"""


class Clash(NamedTuple):
    """The takes of a section that replace ``replaced_id``, in order."""

    section_id: str
    replaced_id: str
    take_ids: tuple[str, ...]


def conflicts(connection: sqlite3.Connection) -> list[Conflict]:
    """Return the conflicts of all live sections, in the order of the tree."""
    rows = connection.execute(_CLASHES).fetchall()
    names = device_names(connection) if rows else {}
    return [_conflict(connection, _clash(connection, row["section_id"], row["replaced_id"]), names) for row in rows]


def clash_of(connection: sqlite3.Connection, take_id: str) -> Clash | None:
    """Return the conflict that this live take is part of; None if there is none."""
    row = connection.execute(
        "select section_id, replaces_take_id, deleted_at from take where id = ?", (take_id,)
    ).fetchone()
    if row is None or row["replaces_take_id"] is None or row["deleted_at"] is not None:
        return None
    clash = _clash(connection, row["section_id"], row["replaces_take_id"])
    query = "select count(distinct device_id) from take where id in (select value from json_each(?))"
    devices = connection.execute(query, (json.dumps(clash.take_ids),)).fetchone()[0]
    return clash if devices > 1 else None


def _clash(connection: sqlite3.Connection, section_id: str, replaced_id: str) -> Clash:
    rows = connection.execute(_RIVALS, (replaced_id, section_id))
    return Clash(section_id, replaced_id, tuple(row["id"] for row in rows))


def _conflict(connection: sqlite3.Connection, clash: Clash, names: Mapping[str, str]) -> Conflict:
    section = Ref(Entity.SECTION, clash.section_id)
    crumbs = tree_repo.crumbs(connection, section)
    facts = state_repo.take_facts(connection, clash.take_ids)
    states = ((take_id, take_state(facts[take_id]._replace(conflict=0))) for take_id in clash.take_ids)
    takes = (_take(connection, take_id, state, names) for take_id, state in states)
    return Conflict(section, crumbs[-1].title if crumbs else "", tuple(takes))


def _take(connection: sqlite3.Connection, take_id: str, state: TakeState, names: Mapping[str, str]) -> ConflictTake:
    """Return a take of a conflict.

    A computer whose name has not come is called by the end of its id, because ids of the same minute begin alike.
    """
    row = connection.execute(_CARD, (take_id,)).fetchone()
    levels = json.loads(row["levels"]) if row["levels"] else {}
    return ConflictTake(
        take_id=take_id,
        number=tree_repo.take_label(connection, take_id),
        file_name=row["file_name"],
        computer=names.get(row["device_id"], row["device_id"][-8:]),
        at=row["created_at"],
        seconds=row["seconds"] or 0.0,
        state=state,
        rms_db=levels.get("rms_db"),
        peak_db=levels.get("peak_db"),
        overview=row["overview"] or b"",
        can_play=bool(row["here"]),
        is_current=bool(row["is_current"]),
    )
