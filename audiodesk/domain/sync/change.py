"""Outgoing changes, and the rule that folds a later edit of a row into an unsent one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audiodesk.domain.library.entity import Entity

__all__ = ["Change", "fold"]

_NEVER_FOLDED = frozenset({"deleted_at", "purged_at", "project_id", "chapter_id", "section_id", "take_id"})
"""Trashing, emptying and moving must reach the server in their original order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One outgoing edit of one row. ``deleted_at`` is only True (trashed) or None.

    ``stamps`` are set only in a change that restores data that a restored server lost: the version that set each field.
    """

    change_id: str
    entity: Entity
    row_id: str
    fields: Mapping[str, Any]
    is_create: bool = False
    base_version: int = 0
    sent: bool = False
    stamps: Mapping[str, int] | None = None


def fold(last: Change | None, new: Change) -> Change | None:
    """Return ``last`` with the fields of ``new`` folded in; None if ``new`` must go to the end of the queue.

    ``last`` is the queue's last change of the same row.
    """
    if last is None or last.sent or new.is_create or not _NEVER_FOLDED.isdisjoint(new.fields):
        return None
    if not last.is_create and not _NEVER_FOLDED.isdisjoint(last.fields):
        return None
    return replace(last, fields={**last.fields, **new.fields})
