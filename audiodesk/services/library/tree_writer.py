"""Edits of the tree inside one write: add, set, move, trash, restore, each with what undo needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from audiodesk.domain.errors import BugError, UserError
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import Chapter, Cover, Project, Section, Take
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.order import Sibling, place
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.take_words import labelled_title
from audiodesk.local.rows.library import cover_repo, take_arrival, take_repo, trash_repo, tree_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.services.library import take_choice

__all__ = ["TreeWriter"]


class TreeWriter:
    """Writes edits: ``changes`` lists what was done, in order; ``revived`` lists the rows that this restored."""

    def __init__(self, rows: EditedRows, make_id: Callable[[], str] = new_id) -> None:
        self.rows = rows
        self.changes: list[FieldChange] = []
        self.revived: list[Ref] = []
        self._make_id = make_id

    def add(self, parent: Ref | None, titles: Sequence[str], *, before: str | None = None, **fields: Any) -> list[Ref]:
        """Make a project (no parent), chapters or sections with these titles; ``before``: a sibling's id, else last."""
        if parent is not None:
            self.revive(parent)
        entity = Entity.PROJECT if parent is None else parent.entity.child
        made: list[Ref] = []
        for title, key in zip(titles, self._keys(parent, [], before, len(titles)), strict=True):
            row_id = self._make_id()
            if parent is None:
                self.changes += self.rows.create(Project(id=row_id, order_key=key, title=title, **fields))
            elif entity is Entity.CHAPTER:
                self.changes += self.rows.create(Chapter(id=row_id, order_key=key, project_id=parent.id, title=title))
            else:
                self.changes += self.rows.create(Section(id=row_id, order_key=key, chapter_id=parent.id, title=title))
            made.append(Ref(entity, row_id))
        return made

    def set_fields(self, ref: Ref, **fields: Any) -> None:
        """Set fields of a row; a row in the trash is restored."""
        self.revive(ref)
        self.changes += self.rows.update(ref, **fields)

    def set_cover(self, project_id: str, mime: str | None, data: bytes | None) -> None:
        """Give a project this picture, or none."""
        self.revive(Ref(Entity.PROJECT, project_id))
        living = cover_repo.living(self.rows.connection, project_id)
        if mime is None or data is None:
            for row_id in living:  # the next one would show in its place
                self.changes += self.rows.update(Ref(Entity.COVER, row_id), deleted_at=self.rows.now)
        elif living:
            self.changes += self.rows.update(Ref(Entity.COVER, living[0]), mime=mime, data=data)
        else:
            made = Cover(id=self._make_id(), order_key="a0", project_id=project_id, mime=mime, data=data)
            self.changes += self.rows.create(made)

    def move(self, refs: Sequence[Ref], parent: Ref | None, *, before: str | None = None) -> None:
        """Put rows of one noun below ``parent`` (None: projects among themselves), before the sibling ``before``."""
        if not refs:
            return
        moved = self._in_order(refs)
        self._refuse_wrong_parent(moved, parent)
        siblings = self.rows.children(parent)
        if before is not None and all(row.id != before for row in siblings):
            raise UserError("not-found", text=before)
        for ref in moved:
            self.revive(ref)
        rest_before = _first_not_moved(siblings, before, moved)
        if self._stands_so(siblings, moved, rest_before):
            return
        keys = self._keys(parent, moved, rest_before, len(moved))
        comers = [ref.id for ref, key in zip(moved, keys, strict=True) if self._put(ref, parent, key)]
        if parent is not None and comers:
            self.changes += take_choice.choose_after_move(self.rows, parent.id, comers)

    def move_by(self, refs: Sequence[Ref], offset: int) -> None:
        """Move rows of one parent ``offset`` places down (up where it is negative), as far as it goes."""
        if not refs:
            return
        moved = self._in_order(refs)
        parents = {self._parent(ref) for ref in moved}
        if len(parents) > 1:
            raise UserError("move-mixed")
        parent = parents.pop()
        ids = {ref.id for ref in moved}
        living = [row.id for row in self.rows.children(parent) if row.deleted_at is None]
        rest = [row_id for row_id in living if row_id not in ids]
        places = [living.index(ref.id) for ref in moved if ref.id in living]
        if not places:
            raise UserError("in-trash")
        target = places[0] + offset if offset < 0 else places[-1] - len(places) + 1 + offset
        target = max(0, min(target, len(rest)))
        self.move(moved, parent, before=rest[target] if target < len(rest) else None)

    def trash(self, refs: Sequence[Ref]) -> list[Ref]:
        """Put the topmost of ``refs`` into the trash, and return them."""
        named = set(refs)
        tops = [ref for ref in dict.fromkeys(refs) if not self._is_below(ref, named)]
        trashed = []
        for ref in tops:
            done = self.rows.update(ref, deleted_at=self.rows.now)
            self.changes += done
            if done:
                trashed.append(ref)
        for section_id in dict.fromkeys(self.rows.get(ref).section_id for ref in trashed if ref.entity is Entity.TAKE):
            self.changes += take_choice.choose_after_loss(self.rows, section_id)
        return trashed

    def revive(self, ref: Ref) -> None:
        """Restore a row from the trash, with the rows above it that are there too."""
        path: list[Ref] = []
        row = self.rows.need(ref)
        step: Ref | None = ref
        while step is not None:
            if trash_repo.is_emptied(self.rows.connection, step):
                raise UserError("not-found", text=ref.id)
            path.append(step)
            step = self._parent(step)
        for above in reversed(path):
            if done := self.rows.update(above, deleted_at=None):
                self.changes += done
                self.revived.append(above)
        if ref.entity is Entity.TAKE and row.deleted_at is not None:
            self._note_arrival(row.section_id, ref.id, row.number)
            self.changes += take_choice.choose_after_loss(self.rows, row.section_id, came_back=ref.id)

    def set_number(self, take_id: str, number: int) -> None:
        """Give a take another number in its section. Raises UserError("number-taken", number) if it is in use."""
        ref = Ref(Entity.TAKE, take_id)
        self.revive(ref)
        take: Take = self.rows.need(ref)
        siblings: list[Take] = self.rows.children(Ref(Entity.SECTION, take.section_id))
        if any(other.number == number and other.id != take_id and other.purged_at is None for other in siblings):
            raise UserError("number-taken", number=number)
        self.changes += self.rows.update(ref, number=number)

    def choose(self, take_id: str) -> None:
        """Make a take its section's current one; this settles a conflict with takes from other computers."""
        ref = Ref(Entity.TAKE, take_id)
        self.revive(ref)
        self.changes += take_choice.settle(self.rows, take_id)

    def title(self, ref: Ref) -> str:
        """Return what a row is called in the name of an act."""
        row = self.rows.need(ref)
        if ref.entity is not Entity.TAKE:
            return str(row.title)
        number = tree_repo.take_label(self.rows.connection, ref.id)
        return str(row.title) or labelled_title(number)

    def _put(self, ref: Ref, parent: Ref | None, key: str) -> bool:
        """Write where a row is now. Return True for a take that came into another section."""
        column = ref.entity.parent_column
        if parent is None or column is None:
            self.changes += self.rows.update(ref, order_key=key)
            return False
        row = self.rows.need(ref)
        former = getattr(row, column)
        if ref.entity is not Entity.TAKE or former == parent.id:
            self.changes += self.rows.update(ref, order_key=key, **{column: parent.id})
            return False
        number = take_repo.next_number(self.rows.connection, parent.id)
        self.changes += self.rows.update(ref, order_key=key, section_id=parent.id, number=number)
        self.changes += take_arrival.note_departure(self.rows, former, row.number)
        self.changes += take_choice.choose_after_loss(self.rows, former)
        self._note_arrival(parent.id, ref.id, number)
        return True

    def _note_arrival(self, section_id: str, take_id: str, number: int) -> None:
        """Note in a section that a take has come into it, or has come back from the trash."""
        section: Section = self.rows.need(Ref(Entity.SECTION, section_id))
        is_first = take_arrival.is_first(self.rows.connection, section_id, take_id)
        self.changes += take_arrival.update_section(self.rows, section, number=number, is_first=is_first)

    def _keys(self, parent: Ref | None, moved: Sequence[Ref], before: str | None, count: int) -> list[str]:
        ids = {ref.id for ref in moved}
        rows = [row for row in self.rows.children(parent) if row.id not in ids]
        if before is not None and all(row.id != before for row in rows):
            raise UserError("not-found", text=before)
        placed = place([Sibling(row.order_key, row.id) for row in rows], before, count)
        entity = Entity.PROJECT if parent is None else parent.entity.child
        for row_id, key in placed.rekeyed.items():
            self.changes += self.rows.update(Ref(entity, row_id), order_key=key)
        return placed.keys

    def _stands_so(self, siblings: Sequence[Any], moved: Sequence[Ref], before: str | None) -> bool:
        ids = [ref.id for ref in moved]
        order = [row.id for row in siblings if row.deleted_at is None or row.id in ids or row.id == before]
        if not set(ids) <= set(order):
            return False
        rest = [row_id for row_id in order if row_id not in ids]
        index = len(rest) if before is None else rest.index(before)
        return order == rest[:index] + ids + rest[index:]

    def _in_order(self, refs: Sequence[Ref]) -> list[Ref]:
        """Return siblings in the order of the tree, and other rows as they were given."""
        unique = list(dict.fromkeys(refs))
        if len({ref.entity for ref in unique}) > 1:
            raise UserError("move-mixed")
        rows = {ref: self.rows.need(ref) for ref in unique}
        if len({self._parent(ref) for ref in unique}) == 1:
            unique.sort(key=lambda ref: (rows[ref].order_key, ref.id))
        return unique

    def _refuse_wrong_parent(self, moved: Sequence[Ref], parent: Ref | None) -> None:
        if (None if parent is None else parent.entity) is not moved[0].entity.parent:
            raise UserError("move-wrong-place")
        if parent is not None:
            self.rows.need(parent)
            if not tree_repo.is_live(self.rows.connection, parent):
                raise UserError("target-trashed")

    def _parent(self, ref: Ref) -> Ref | None:
        entity, column = ref.entity.parent, ref.entity.parent_column
        if entity is None or column is None:
            return None
        return Ref(entity, getattr(self.rows.need(ref), column))

    def _is_below(self, ref: Ref, named: set[Ref]) -> bool:
        step = self._parent(ref)
        while step is not None:
            if step in named:
                return True
            step = self._parent(step)
        return False


def _first_not_moved(siblings: Sequence[Any], before: str | None, moved: Sequence[Ref]) -> str | None:
    """Return ``before``, or if that is moved itself, the next sibling that stays; None for the end."""
    if before is None:
        return None
    ids = {ref.id for ref in moved}
    places = [row.id for row in siblings]
    if before not in places:
        raise BugError("unknown-sibling")
    return next((row_id for row_id in places[places.index(before) :] if row_id not in ids), None)
