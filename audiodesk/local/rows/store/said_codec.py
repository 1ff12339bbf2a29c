"""Converts the fields of a row as the server sends them to columns and back; tells whether columns hold them all."""

from __future__ import annotations

import binascii
import json
import sqlite3
from collections.abc import Mapping
from functools import cache
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.local.rows.store.row_codec import BOOLEANS, STRUCTURES, column_names, from_field, to_column

__all__ = ["are_whole", "fields_of", "from_stamps", "said_names", "stamps_column", "to_said", "to_stored"]

PICTURE = "data"
"""The field whose bytes travel in base64."""


@cache
def said_names(entity: Entity) -> tuple[str, ...]:
    """Return the names of the fields that the server sends of a row and that this version knows."""
    return tuple(name for name in column_names(entity) if name not in ("id", "version"))


def to_stored(name: str, value: Any) -> Any:
    """Return SQLite's value for the JSON value of the field ``name``.

    A word that only a newer version knows is stored as it is. Of a structure only what this version knows is.
    """
    if value is None or type(value) is int:
        return value
    if name in STRUCTURES:
        return to_column(name, from_field(name, value))
    if name == PICTURE:
        return binascii.a2b_base64(value)
    if isinstance(value, bool):
        return int(value)
    return without_surrogates(value) if isinstance(value, str) else value


def to_said(name: str, value: Any) -> Any:
    """Return the JSON value of the field ``name`` for SQLite's ``value``: the reverse of ``to_stored``."""
    if value is None:
        return None
    if name in STRUCTURES:
        return json.loads(value)
    if name == PICTURE:
        return binascii.b2a_base64(value, newline=False).decode("ascii")
    return bool(value) if name in BOOLEANS else value


def fields_of(entity: Entity, columns: Mapping[str, Any] | sqlite3.Row) -> dict[str, Any]:
    """Return all fields of a row as the server sends them, from its columns."""
    return {name: to_said(name, columns[name]) for name in said_names(entity)}


def are_whole(entity: Entity, fields: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Tell whether the columns ``stored``, made of ``fields``, give back the same fields."""
    return fields.keys() == set(said_names(entity)) and all(
        to_said(name, stored[name]) == value for name, value in fields.items() if name in STRUCTURES or name == PICTURE
    )


def stamps_column(version: int, stamps: Mapping[str, int] | None) -> str | None:
    """Return the column ``stamps`` of a row with this version."""
    if not stamps:
        return '{"*":0}'
    if len(stamps) == 1 and stamps.get("*") == version:
        return None
    return json.dumps(dict(stamps), separators=(",", ":"))


def from_stamps(version: int, column: str | None) -> dict[str, int]:
    """Return the stamps of a row with this version: the reverse of ``stamps_column``."""
    return {"*": version} if column is None else dict(json.loads(column))
