"""Stores how the window looked: geometry and columns for all libraries, chosen and open rows for each library."""

from __future__ import annotations

import logging
from typing import Any

from audiodesk.composition import Core
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.frame.main_window import MainWindow

__all__ = ["chosen_of", "gather", "load", "save", "show"]

_log = logging.getLogger(__name__)
_MOST_EXPANDED = 500
_OF_LIBRARY = ("chosen", "expanded")
"""The values stored for each library by its id; all others are shared by all libraries."""


def load(core: Core) -> dict[str, Any]:
    """Return the stored state of the window and of this library."""
    state = core.program.window_state.load()
    own = _libraries(state.pop("libraries", None)).get(core.database.library_id, {})
    return {**state, **own}


def show(window: MainWindow, state: dict[str, Any]) -> None:
    """Restore the geometry of the window, and open the rows that were open."""
    window.restore(state)
    expanded = state.get("expanded")
    if isinstance(expanded, list):
        window.tree.expand_ids([row_id for row_id in expanded if isinstance(row_id, str)][:_MOST_EXPANDED])


def chosen_of(state: dict[str, Any]) -> Ref | None:
    """Return the row that was chosen; None if there is none."""
    match state.get("chosen"):
        case [str(entity), str(row_id)] if entity in Entity._value2member_map_:
            return Ref(Entity(entity), row_id)
    return None


def gather(window: MainWindow, **more: Any) -> dict[str, Any]:
    """Return the present state of the window."""
    known = window.tree_model.ids()
    chosen = window.tree.current()
    return {
        **window.state(),
        "expanded": [row_id for row_id in window.tree.expanded_ids() if row_id in known][:_MOST_EXPANDED],
        "chosen": None if chosen is None else [chosen.entity.value, chosen.id],
        **more,
    }


def save(core: Core, state: dict[str, Any]) -> None:
    """Store ``state`` for this library; a disk that cannot take it is not reported to the person."""
    store = core.program.window_state
    own = {name: state[name] for name in _OF_LIBRARY if name in state}
    shared = {name: value for name, value in state.items() if name not in _OF_LIBRARY}
    libraries = {**_libraries(store.load().get("libraries")), core.database.library_id: own}
    try:
        store.save({**shared, "libraries": libraries})
    except AudioDeskError:
        _log.warning("the window's state was not kept", exc_info=True)


def _libraries(found: object) -> dict[str, dict[str, Any]]:
    """Return the stored state of each library; malformed content is ignored."""
    if not isinstance(found, dict):
        return {}
    return {library_id: state for library_id, state in found.items() if isinstance(state, dict)}
