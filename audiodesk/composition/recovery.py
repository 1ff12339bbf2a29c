"""Builds what gets a library's list back, for the time in which the library itself cannot be opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from audiodesk.system.folders import folders

if TYPE_CHECKING:  # few starts need it
    from audiodesk.services.list_recovery import ListRecovery

__all__ = ["list_recovery"]


def list_recovery(environ: Mapping[str, str] | None = None) -> ListRecovery:
    """Return the recovery of this person's library (see ``open_core``)."""
    from audiodesk.services.list_recovery import ListRecovery
    from audiodesk.system.library_registry import LibraryRegistry

    places = folders(os.environ if environ is None else environ)
    return ListRecovery(places.local_library, LibraryRegistry(places.known_libraries))
