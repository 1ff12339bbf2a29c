"""The composition root: the only place where services are built, from the bottom up, and closed in reverse."""

from __future__ import annotations

from audiodesk.composition.core import Core, Face, open_core
from audiodesk.composition.object_desk import open_object_copy
from audiodesk.composition.recovery import list_recovery
from audiodesk.composition.server_desk import ServerDesk, is_server_set_up, open_server

__all__ = [
    "Core",
    "Face",
    "ServerDesk",
    "is_server_set_up",
    "list_recovery",
    "open_core",
    "open_object_copy",
    "open_server",
]
