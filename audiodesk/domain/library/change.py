"""Outgoing changes, and the rule by which a later edit of a row folds into one that was never sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audiodesk.domain.library.entity import Entity

__all__ = ["Change", "fold"]

_NEVER_FOLDED = frozenset({"deleted_at", "purged_at", "project_id", "chapter_id", "section_id", "take_id"})
"""Trash, its emptying and a new parent must reach the server in the order in which they were done."""


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of one row on its way to the server. ``deleted_at`` says only whether it is trashed: True or None.

    ``stamps`` are there for a change that brings back what a restored server has lost: the version that set each field.
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
    """Return ``last`` with the fields of ``new`` folded into it, or None where ``new`` must go to the end of the queue.

    ``last`` is the last change of the same row in the queue.
    """
    if last is None or last.sent or new.is_create or not _NEVER_FOLDED.isdisjoint(new.fields):
        return None
    if not last.is_create and not _NEVER_FOLDED.isdisjoint(last.fields):
        return None
    return replace(last, fields={**last.fields, **new.fields})
