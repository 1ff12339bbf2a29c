"""Keeps a section's takes in one line, in which each replaces the one before it."""

from __future__ import annotations

from itertools import pairwise

from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Take
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["to_end"]

_LATER = """
    select id, device_id from take where replaces_take_id = ?1 and id <> ?1 and deleted_at is null
    and section_id = (select section_id from take where id = ?1) order by order_key, id
"""


def to_end(rows: EditedRows, take_id: str) -> list[FieldChange]:
    """Put a take behind the takes that replaced it, because a person chose it again; return the changes.

    Else the next take and the one that replaced it here before would both replace it: that is the sign of two computers
    that recorded before they heard of each other. Where it is one already, nothing changes: it waits for a choice.
    """
    later = rows.connection.execute(_LATER, (take_id,)).fetchall()
    if not later or len({row["device_id"] for row in later}) > 1:
        return []
    take: Take = rows.need(Ref(Entity.TAKE, take_id))
    ids = [take_id, *(row["id"] for row in later)]
    before = None if take.replaces_take_id in ids else take.replaces_take_id
    changes: list[FieldChange] = []
    for one, replaced in pairwise([*ids, before]):
        assert one is not None  # noqa: S101 - only the last of the line may be None
        changes += rows.update(Ref(Entity.TAKE, one), replaces_take_id=replaced)
    return changes
