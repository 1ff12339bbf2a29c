"""The program and the server have the same entities and fields, and the server accepts each row of the program."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any
from uuid import uuid4

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.local.rows.store.row_codec import CLASSES, column_names, to_field, travels
from tests.server.sync_calls import Caller, create
from tests.twin.databases import Database


@pytest.mark.parametrize("entity", Entity)
def test_the_fields_are_the_same(shared_server: Database, entity: Entity) -> None:
    with shared_server.open() as connection:
        rows = connection.execute("select field, set_by from audiodesk.field where entity = %s", [entity.value])
        server: dict[str, str] = dict(rows.fetchall())
    assert set(column_names(entity)) - {"id", "version"} == set(server)
    assert {name for name in column_names(entity) if travels(name)} == {
        name for name, set_by in server.items() if set_by == "computer"
    }


@pytest.mark.parametrize("entity", Entity)
def test_what_the_program_presets_is_what_the_server_presets(caller: Caller, entity: Entity) -> None:
    """A row that says nothing, made here and made there, is the same row."""
    parent = {} if entity.parent_column is None else {entity.parent_column: str(uuid4())}
    (made,) = caller.applied(create(entity.value, **parent))
    presets: dict[str, Any] = {}
    for field in fields(CLASSES[entity]):
        if travels(field.name) and field.name != "created_at":
            if field.default is not MISSING:
                presets[field.name] = to_field(field.name, field.default)
            elif field.default_factory is not MISSING:
                presets[field.name] = to_field(field.name, field.default_factory())
    (row,) = caller.applied(create(entity.value, **{**presets, **parent, **create(entity.value)["fields"]}))
    both = [{name: found["fields"][name] for name in presets} for found in (made, row)]
    assert both[0] == both[1]
