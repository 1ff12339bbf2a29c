"""Shows rows that this library does not have yet, many at once, with what follows: hidden rows, texts to find."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import find_backlog, findable_repo
from audiodesk.local.rows.sync import orphan_repo
from audiodesk.local.rows.sync.arrived_rows import Arrived, by_noun, insert

__all__ = ["Added", "FirstRows", "add_new", "known_ids"]


class Added(NamedTuple):
    """What was added: the ids of the parents of new rows by noun, and the rows that may have been here already.

    For files and notes whose take came in the same pull, the take's section stands among the parents of takes.
    """

    parents: Mapping[Entity, set[str]]
    known: Sequence[Mapping[str, Any]]


class FirstRows:
    """Adds the rows of a first pull, and knows which it added: most parents need not be looked up."""

    def __init__(self) -> None:
        self._here: dict[Entity, set[str]] = {entity: set() for entity in TREE}
        self._section_of: dict[str, str] = {}
        """The sections of the takes that it added, by the takes' ids."""
        self._is_behind = False

    def add(self, connection: sqlite3.Connection, rows: Sequence[Arrived]) -> Added:
        """Show those of ``rows`` that this library does not have yet, inside a write.

        Their texts are not findable yet: ``settle`` has to be called in the same write. A row that is here may have
        edits that wait for the server: it is returned, to be laid under them. If the write fails, ``forget`` must be
        called.
        """
        found, known = by_noun(rows)
        parents: dict[Entity, set[str]] = {}
        for entity, these in found.items():
            new = list(these.values())
            if insert(connection, entity, new):
                _note_parents(connection, entity, new, self._here)
            else:
                known += [row.row for row in new]
                _note_shown_parents(connection, entity, list(these))
            _parents_came(connection, new)
            self._is_behind = self._is_behind or entity in TREE
            if entity not in TREE:
                _refresh_found_takes(connection, entity, new)
            if entity in self._here:
                self._here[entity].update(these)
            ids = {row.parent_id for row in new}
            if entity is Entity.TAKE:
                self._section_of.update((row.id, row.parent_id) for row in new)
            elif entity in (Entity.TAKE_FILE, Entity.NOTE):
                here = ids & self._section_of.keys()
                parents.setdefault(Entity.TAKE, set()).update(self._section_of[take_id] for take_id in here)
                ids -= here
            parents.setdefault(entity, set()).update(ids)
        return Added(parents, known)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Note that the texts of the added rows follow (see ``find_backlog``), before the write ends."""
        if self._is_behind:
            find_backlog.fall_behind(connection)
            self._is_behind = False

    def forget(self) -> None:
        """Forget what was added: the write failed, or the pull is at its end."""
        self._is_behind = False
        self._section_of.clear()
        for ids in self._here.values():
            ids.clear()


def add_new(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Arrived]) -> None:
    """Show rows of one noun that this library does not have, and make them findable, inside a write."""
    insert(connection, entity, rows)
    _note_parents(connection, entity, rows, {})
    _parents_came(connection, rows)
    if entity in TREE:
        _add_texts(connection, entity, rows)
    else:
        _refresh_takes(connection, _takes_with_texts(entity, rows))


def known_ids(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> set[str]:
    """Return those of ``ids`` that the library has as rows of this noun, trashed or not."""
    query = f"select t.id from json_each(?) j cross join {entity.value} t on t.id = j.value"  # noqa: S608 - our own nouns
    return {row[0] for row in connection.execute(query, (json.dumps(ids),))}


def _parents_came(connection: sqlite3.Connection, rows: Sequence[Arrived]) -> None:
    """Note that rows which waited for one of these are no longer hidden."""
    if connection.execute("select 1 from orphan limit 1").fetchone() is not None:
        listed = json.dumps([row.id for row in rows])
        connection.execute("delete from orphan where parent_id in (select value from json_each(?))", (listed,))


def _note_parents(
    connection: sqlite3.Connection, entity: Entity, rows: Sequence[Arrived], here: Mapping[Entity, set[str]]
) -> None:
    """Note which of these new rows wait for their parent; ``here``: rows that need not be looked up, by noun."""
    parent = entity.parent
    if parent is None:
        return
    wanted = {row.parent_id for row in rows} - here.get(parent, set())
    missing = wanted - known_ids(connection, parent, list(wanted)) if wanted else wanted
    if missing:
        connection.executemany(
            "insert or replace into orphan (entity, row_id, parent_id) values (?, ?, ?)",
            [(entity, row.id, row.parent_id) for row in rows if row.parent_id in missing],
        )


def _note_shown_parents(connection: sqlite3.Connection, entity: Entity, ids: Sequence[str]) -> None:
    """Note which of these rows wait for their parent, as they are shown: an edit may have moved one that was here."""
    if entity.parent_column is not None:
        query = (
            f"select t.id, t.{entity.parent_column} from json_each(?) j"  # noqa: S608 - our own nouns
            f" cross join {entity.value} t on t.id = j.value"
        )
        for row_id, parent_id in connection.execute(query, (json.dumps(ids),)).fetchall():
            orphan_repo.note(connection, Ref(entity, row_id), parent_id)


def _refresh_found_takes(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Arrived]) -> None:
    """Write the texts of takes anew that have one already, and now get these files or notes."""
    takes = list(_takes_with_texts(entity, rows))
    if takes:
        _refresh_takes(connection, findable_repo.present(connection, takes))


def _takes_with_texts(entity: Entity, rows: Iterable[Arrived]) -> set[str]:
    """Return the ids of the takes that are found by these notes or files."""
    if entity is Entity.NOTE:
        return {row.parent_id for row in rows}
    if entity is Entity.TAKE_FILE:
        return {row.parent_id for row in rows if row.row["fields"].get("tags")}
    return set()


def _add_texts(connection: sqlite3.Connection, entity: Entity, rows: Sequence[Arrived]) -> None:
    """Add the findable texts; those of takes whose files or notes came earlier are read as a whole."""
    early: set[str] = set()
    if entity is Entity.TAKE:
        listed = json.dumps([row.id for row in rows])
        query = (
            "select f.take_id from json_each(?) j cross join take_file f on f.take_id = j.value"
            " union select n.take_id from json_each(?) j cross join note n on n.take_id = j.value"
        )
        early = {row[0] for row in connection.execute(query, (listed, listed))}
    findable_repo.add_new(connection, entity, [row.stored() for row in rows if row.id not in early])
    for row_id in early:
        findable_repo.refresh(connection, entity, row_id, is_new=True)


def _refresh_takes(connection: sqlite3.Connection, take_ids: Iterable[str]) -> None:
    """Write the findable texts of takes again, because their files or notes came."""
    for take_id in take_ids:
        findable_repo.refresh(connection, Entity.TAKE, take_id)
