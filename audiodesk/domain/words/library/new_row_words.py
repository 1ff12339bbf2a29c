"""The title of a new row until a person has named it."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity

__all__ = ["is_unnamed", "new_title"]

_TITLES = {
    Entity.PROJECT: words.QT_TR_NOOP("New project"),
    Entity.CHAPTER: words.QT_TR_NOOP("New chapter"),
    Entity.SECTION: words.QT_TR_NOOP("New section"),
}


def new_title(entity: Entity) -> str:
    """Return the title of a new project, chapter or section."""
    return words.tr(_TITLES[entity])


def is_unnamed(entity: Entity, title: str) -> bool:
    """Tell whether nobody has named this row yet."""
    return entity in _TITLES and title == new_title(entity)
