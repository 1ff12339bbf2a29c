"""Which take of a section is its current one when takes come and go."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.conflict import replacements
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Purpose, Section, Take
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.library import conflict_repo, half_repo
from audiodesk.local.rows.store.edited_rows import EditedRows

__all__ = ["choose", "choose_after_loss", "choose_after_move", "previous", "settle"]


def choose_after_move(rows: EditedRows, section_id: str, take_ids: Sequence[str]) -> list[FieldChange]:
    """Choose the current take of a section that ``take_ids`` have come into from others, in the order of the tree.

    A current take stays, unless one of them is more complete: a pickup holds only some sentences, and what was kept of
    a damaged recording only a part. In a section without a current take the last of the most complete becomes current.
    Each take notes which one it replaced.
    """
    current = _section(rows, section_id).current_take_id
    present = next((take for take in _living(rows, section_id) if take.id == current), None)
    comers: list[Take] = [rows.need(Ref(Entity.TAKE, take_id)) for take_id in take_ids]
    chosen = max(reversed(comers), key=lambda take: _completeness(rows, take))
    if present is not None and _completeness(rows, present) >= _completeness(rows, chosen):
        chosen = present
    changes: list[FieldChange] = []
    for take in comers:
        changes += rows.update(Ref(Entity.TAKE, take.id), replaces_take_id=current if take is chosen else None)
    return changes + choose(rows, section_id, chosen.id)


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
        key=lambda take: (*_completeness(rows, take), take.created_at, take.order_key, take.id),
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


def _completeness(rows: EditedRows, take: Take) -> tuple[bool, bool]:
    """Return a rank: pickups come behind all other takes, and repaired halves behind those that are whole."""
    return take.purpose is not Purpose.PICKUP, not half_repo.is_half(rows.connection, take.id)


def _section(rows: EditedRows, section_id: str) -> Section:
    section: Section = rows.need(Ref(Entity.SECTION, section_id))
    return section


def _living(rows: EditedRows, section_id: str) -> list[Take]:
    takes: list[Take] = rows.children(Ref(Entity.SECTION, section_id))
    return [take for take in takes if take.deleted_at is None]
