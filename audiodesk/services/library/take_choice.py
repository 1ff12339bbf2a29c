"""Which take of a section is its current one when takes come and go."""

from __future__ import annotations

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.conflict import replacements
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Purpose, Section, Take
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import conflict_repo, half_repo
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["arrived", "choose", "choose_after_loss", "previous", "settle"]


def arrived(rows: EditedRows, section_id: str, take_id: str) -> list[FieldChange]:
    """Make a take that came into a section its current one; it notes which one it replaced.

    A pickup does not take the place of a take: it holds only some sentences. A repaired half does not take the place of
    a sound take.
    """
    section = _section(rows, section_id)
    take: Take = rows.need(Ref(Entity.TAKE, take_id))
    current = section.current_take_id
    if current is not None and take.purpose is Purpose.PICKUP:
        return []
    if current is not None and _is_half(rows, take_id) and not _is_half(rows, current):
        return rows.update(Ref(Entity.TAKE, take_id), replaces_take_id=None)
    changes = rows.update(Ref(Entity.TAKE, take_id), replaces_take_id=section.current_take_id)
    return changes + choose(rows, section_id, take_id)


def choose_after_loss(rows: EditedRows, section_id: str, *, came_back: str | None = None) -> list[FieldChange]:
    """Make sure that a section's current take is one of its live takes; if not, the newest one takes its place.

    Repaired halves come behind all sound takes, however new they are. Without live takes there is no current take.

    ``came_back``: a take restored from the trash; it becomes current only if there is no other current take.
    """
    section = _section(rows, section_id)
    living = _living(rows, section_id)
    if any(take.id == section.current_take_id for take in living):
        return []
    newest = max(
        living,
        key=lambda take: (
            take.purpose is not Purpose.PICKUP,
            not _is_half(rows, take.id),
            take.created_at,
            take.order_key,
            take.id,
        ),
        default=None,
    )
    if came_back is not None and any(take.id == came_back for take in living):
        return choose(rows, section_id, came_back)
    return choose(rows, section_id, None if newest is None else newest.id)


def choose(rows: EditedRows, section_id: str, take_id: str | None) -> list[FieldChange]:
    """Make ``take_id`` the current take."""
    return rows.update(Ref(Entity.SECTION, section_id), current_take_id=take_id)


def settle(rows: EditedRows, take_id: str) -> list[FieldChange]:
    """Choose ``take_id`` among takes from different computers that replace the same one; all of them stay.

    Without such a conflict, the take only becomes current.
    """
    changes: list[FieldChange] = []
    clash = conflict_repo.clash_of(rows.connection, take_id)
    if clash is not None:
        for rival, replaced in replacements(take_id, clash.take_ids, clash.replaced_id).items():
            changes += rows.update(Ref(Entity.TAKE, rival), replaces_take_id=replaced)
    return changes + choose(rows, rows.need(Ref(Entity.TAKE, take_id)).section_id, take_id)


def previous(rows: EditedRows, section_id: str) -> Take:
    """Return the take to go back to: the one that the current take replaced, else the one before it.

    Raises UserError("no-previous-take").
    """
    section = _section(rows, section_id)
    living = _living(rows, section_id)
    current = next((take for take in living if take.id == section.current_take_id), None)
    if current is not None:
        replaced = [take for take in living if take.id == current.replaces_take_id]
        earlier = living[: living.index(current)]
        if found := (replaced or earlier[-1:]):
            return found[0]
    raise UserError("no-previous-take")


def _is_half(rows: EditedRows, take_id: str) -> bool:
    return half_repo.is_half(rows.connection, take_id)


def _section(rows: EditedRows, section_id: str) -> Section:
    section: Section = rows.need(Ref(Entity.SECTION, section_id))
    return section


def _living(rows: EditedRows, section_id: str) -> list[Take]:
    takes: list[Take] = rows.children(Ref(Entity.SECTION, section_id))
    return [take for take in takes if take.deleted_at is None]
