"""Updates a section when a take comes into it or is moved away: its last number and its status."""

from __future__ import annotations

import sqlite3
from typing import Any

from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Section
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["is_first", "note_departure", "update_section"]


def is_first(connection: sqlite3.Connection, section_id: str, take_id: str = "") -> bool:
    """Tell whether no take other than ``take_id`` lives in the section."""
    query = "select 1 from take where section_id = ? and deleted_at is null and id <> ? limit 1"
    return connection.execute(query, (section_id, take_id)).fetchone() is None


def update_section(
    rows: EditedRows, section: Section, *, number: int = 0, is_first: bool = False, **fields: Any
) -> list[FieldChange]:
    """Set ``fields`` of the section that a take came into, together with the take's effects, in one change.

    ``number`` is the take's. The first live take turns the status "to record" into "recorded". Returns the changes for
    undo, without the number, because a number is never given again.
    """
    if number > section.last_number:
        fields["last_number"] = number
    if is_first and section.status is SectionStatus.TO_RECORD:
        fields["status"] = SectionStatus.RECORDED
    if not fields:
        return []
    changes = rows.update(Ref(Entity.SECTION, section.id), **fields)
    return [change for change in changes if change.field != "last_number"]


def note_departure(rows: EditedRows, section_id: str, number: int) -> list[FieldChange]:
    """Update the section that the take with this number was moved out of.

    The number is never given again. A section without any other live take is "to record" again, unless the person chose
    its status. Returns the changes for undo, as ``update_section`` does.
    """
    section: Section = rows.need(Ref(Entity.SECTION, section_id))
    fields: dict[str, Any] = {}
    if section.status is SectionStatus.RECORDED and is_first(rows.connection, section_id):
        fields["status"] = SectionStatus.TO_RECORD
    return update_section(rows, section, number=number, **fields)
