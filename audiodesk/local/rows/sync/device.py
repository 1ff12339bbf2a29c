"""This computer as a row of the library: takes refer to it, so that people see where each was added."""

from __future__ import annotations

from audiodesk.domain.ids import new_id
from audiodesk.domain.library.entities import Device
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.system.computer import computer_name, platform_name

__all__ = ["DEVICE", "this_device"]

DEVICE = "device_id"
"""The name of the fact that is this computer's id."""


def this_device(rows: EditedRows) -> str:
    """Return the id of this computer in the library, inside a write; makes its row if needed."""
    known = fact_repo.known(rows.connection, DEVICE)
    if known is None:
        known = new_id()
        fact_repo.remember(rows.connection, DEVICE, known)
    if rows.columns(Ref(Entity.DEVICE, known)) is None:
        rows.create(Device(id=known, order_key="a0", title=computer_name(), platform=platform_name()))
    return known
