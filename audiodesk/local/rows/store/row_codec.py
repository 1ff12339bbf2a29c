"""Converts the values of a library to columns of SQLite and fields of an outgoing change, and back."""

from __future__ import annotations

import binascii
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, get_args

from audiodesk.domain.audio.contents import Kind, Levels, Tags
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.library.entities import (
    Chapter,
    Cover,
    Device,
    FileRole,
    LevelLimits,
    LevelTarget,
    Project,
    Purpose,
    Section,
    Take,
    TakeFile,
)
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.notes import Note, NoteTag
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.library.titles import without_surrogates

__all__ = [
    "BOOLEANS",
    "CLASSES",
    "ENTITY_OF",
    "STRUCTURES",
    "Row",
    "column_names",
    "findings_from_json",
    "from_column",
    "from_columns",
    "from_field",
    "to_column",
    "to_field",
    "travels",
]

Row = Project | Chapter | Section | Take | TakeFile | Note | Cover | Device

CLASSES: dict[Entity, type[Row]] = {
    Entity.PROJECT: Project,
    Entity.CHAPTER: Chapter,
    Entity.SECTION: Section,
    Entity.TAKE: Take,
    Entity.TAKE_FILE: TakeFile,
    Entity.NOTE: Note,
    Entity.COVER: Cover,
    Entity.DEVICE: Device,
}
ENTITY_OF: dict[type[Any], Entity] = {made: entity for entity, made in CLASSES.items()}
_COLUMNS = {entity: tuple(field.name for field in fields(made)) for entity, made in CLASSES.items()}
_STAYS = frozenset({"id", "version", "verified_at", "verified_how", "changed_by"})
"""Fields that only the server sets, and the id, which the change carries itself."""
_STAMPED = frozenset({"deleted_at", "purged_at"})
"""Times of the server's clock: a change says only whether there is one."""
BOOLEANS = frozenset({"upload_wanted", "cbr", "purge_pending"})
STRUCTURES = frozenset({"tags", "findings", "levels", "level_limits"})
"""Fields that are stored as JSON."""

assert set(get_args(Row)) == set(CLASSES.values())  # noqa: S101 - two lists of the same thing, compared at import


def column_names(entity: Entity) -> tuple[str, ...]:
    """Return the columns of ``entity``'s table; they have the names of its fields."""
    return _COLUMNS[entity]


def travels(name: str) -> bool:
    """Tell whether the field ``name`` is part of an outgoing change."""
    return name not in _STAYS


def to_column(name: str, value: Any) -> Any:
    """Return SQLite's value for the field ``name``: booleans as 0 and 1, structures as JSON."""
    if value is None or type(value) is int:
        return value
    if name in STRUCTURES:
        return without_surrogates(json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")))
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return without_surrogates(str(value))  # a StrEnum becomes plain text
    return value


def to_field(name: str, value: Any) -> Any:
    """Return the JSON value of the field ``name`` in an outgoing change.

    ``deleted_at`` says only trashed or not, because the server's clock sets the time. Bytes become base64.
    """
    if name in _STAMPED:
        return None if value is None else True
    if name in STRUCTURES:
        return _plain(value)
    if isinstance(value, bytes):
        return binascii.b2a_base64(value, newline=False).decode("ascii")
    return value if isinstance(value, bool) else to_column(name, value)


def from_field(name: str, value: Any) -> Any:
    """Return the value of the field ``name`` for its JSON ``value`` in a change or in a row of the server.

    ``deleted_at`` and ``purged_at`` stay True if a change says only that they are set.
    """
    if name == "data" and isinstance(value, str):
        return binascii.a2b_base64(value)
    if name in STRUCTURES and value is not None:
        return from_column(name, json.dumps(value))
    return from_column(name, value)


def from_columns(entity: Entity, row: sqlite3.Row | Mapping[str, Any], prefix: str = "") -> Any:
    """Return the value of ``entity`` from the columns of ``row``; their names may begin with ``prefix``."""
    values = {name: from_column(name, row[prefix + name]) for name in _COLUMNS[entity]}
    return CLASSES[entity](**values)


def from_column(name: str, value: Any) -> Any:
    """Return the value of the field ``name`` from SQLite's ``value``."""
    if value is None:
        return None
    if name in BOOLEANS:
        return bool(value)
    decode = _DECODERS.get(name)
    return value if decode is None else decode(value)


def _tags(text: str) -> Tags:
    if text == "{}":
        return Tags()
    data = json.loads(text)
    return Tags(**{name: data[name] for name in _TAG_NAMES if name in data})


def findings_from_json(text: str) -> tuple[Finding, ...]:
    """Return the findings; codes of a newer version are left out, because this version has no words for them."""
    if text == "[]":
        return ()
    return tuple(Finding.from_json(item) for item in json.loads(text) if item["code"] in _CODES)


def _levels(text: str) -> Levels:
    data = json.loads(text)
    return Levels(**{name: data[name] for name in _LEVEL_NAMES if name in data})


def _level_limits(text: str) -> LevelLimits:
    data = json.loads(text)
    return LevelLimits(**{name: data[name] for name in _LIMIT_NAMES if name in data})


def _known(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    """Return a reader for words of ``kind``; a newer version's unknown word becomes the first, plain one."""
    words = {word.value: word for word in kind}
    plain = next(iter(kind))
    return lambda text: words.get(text, plain)


_CODES = frozenset(code.value for code in Code)
_TAG_NAMES = tuple(field.name for field in fields(Tags))
_LEVEL_NAMES = tuple(field.name for field in fields(Levels))
_LIMIT_NAMES = tuple(field.name for field in fields(LevelLimits))
_DECODERS: dict[str, Any] = {
    "tags": _tags,
    "findings": findings_from_json,
    "levels": _levels,
    "level_limits": _level_limits,
    "level_target": _known(LevelTarget),
    "status": _known(SectionStatus),
    "purpose": _known(Purpose),
    "tag": _known(NoteTag),
    "role": FileRole,
    "kind": Kind,
}


def _plain(value: Any) -> Any:
    if isinstance(value, Tags):
        return {name: item for name in _TAG_NAMES if (item := getattr(value, name))}
    if isinstance(value, Levels):
        return {name: getattr(value, name) for name in _LEVEL_NAMES}
    if isinstance(value, LevelLimits):
        return {name: item for name in _LIMIT_NAMES if (item := getattr(value, name)) is not None}
    if isinstance(value, (tuple, list)):
        return [item.to_json() if isinstance(item, Finding) else item for item in value]
    return value
