"""What a take that comes into a section changes there: its number, and what is known of the section."""

from __future__ import annotations

import sqlite3
from typing import Any

from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Section
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.outline import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.local.rows.edited_rows import EditedRows

__all__ = ["is_first", "keep_number", "update_section"]


def is_first(connection: sqlite3.Connection, section_id: str, take_id: str = "") -> bool:
    """Tell whether no other take than ``take_id`` lives in the section."""
    query = "select 1 from take where section_id = ? and deleted_at is null and id <> ? limit 1"
    return connection.execute(query, (section_id, take_id)).fetchone() is None


def update_section(
    rows: EditedRows, section: Section, *, number: int = 0, is_first: bool = False, **fields: Any
) -> list[FieldChange]:
    """Set ``fields`` of the section that a take has come into, in one change with what follows from the take.

    ``number`` is the take's. The first live take makes a section that was to be recorded a recorded one. Returns what
    undo reverses: that is not the number, which is never given again.
    """
    if number > section.last_number:
        fields["last_number"] = number
    if is_first and section.status is SectionStatus.TO_RECORD:
        fields["status"] = SectionStatus.RECORDED
    if not fields:
        return []
    changes = rows.update(Ref(Entity.SECTION, section.id), **fields)
    return [change for change in changes if change.field != "last_number"]


def keep_number(rows: EditedRows, section_id: str, number: int) -> None:
    """See that the section gives ``number`` to no other take, though the one that had it leaves."""
    update_section(rows, rows.need(Ref(Entity.SECTION, section_id)), number=number)
