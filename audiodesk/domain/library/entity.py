"""The nouns of a library, and their parents and children."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["TREE", "Entity"]


class Entity(StrEnum):
    """One noun: its value names the table, and the noun in changes and JSON."""

    PROJECT = "project"
    CHAPTER = "chapter"
    SECTION = "section"
    TAKE = "take"
    TAKE_FILE = "take_file"
    NOTE = "note"
    COVER = "cover"
    DEVICE = "device"

    @property
    def parent(self) -> Entity | None:
        """The noun that holds this one; None for a project and for a device (a computer of the account)."""
        return _PARENTS[self]

    @property
    def child(self) -> Entity:
        """The noun of this one's children: chapters of a project, files of a take.

        Raises KeyError for a noun without children.
        """
        return _CHILDREN[self]

    @property
    def parent_column(self) -> str | None:
        """The column with the parent's id: ``project_id`` for a chapter."""
        return None if self.parent is None else f"{self.parent.value}_id"


_PARENTS: dict[Entity, Entity | None] = {
    Entity.PROJECT: None,
    Entity.CHAPTER: Entity.PROJECT,
    Entity.SECTION: Entity.CHAPTER,
    Entity.TAKE: Entity.SECTION,
    Entity.TAKE_FILE: Entity.TAKE,
    Entity.NOTE: Entity.TAKE,
    Entity.COVER: Entity.PROJECT,
    Entity.DEVICE: None,
}

_CHILDREN = {
    Entity.PROJECT: Entity.CHAPTER,
    Entity.CHAPTER: Entity.SECTION,
    Entity.SECTION: Entity.TAKE,
    Entity.TAKE: Entity.TAKE_FILE,
}

TREE = (Entity.PROJECT, Entity.CHAPTER, Entity.SECTION, Entity.TAKE)
"""The nouns that a person sees in the tree and in tables, from the top down."""
