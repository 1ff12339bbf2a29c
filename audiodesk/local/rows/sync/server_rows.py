"""Shows rows as the server last sent them, under all edits that the server has not answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.change import Change
from audiodesk.local.rows.store import change_repo, said_rows
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.store.said_codec import are_whole, said_names, stamps_column, to_stored
from audiodesk.local.rows.sync import orphan_repo
from audiodesk.local.rows.sync.arrived_rows import arrived, by_noun
from audiodesk.local.rows.sync.new_rows import add_new, known_ids

__all__ = ["ServerRows", "Shown"]


class Shown(NamedTuple):
    """A row that was shown anew: its columns before (None: it is new), and the columns that changed, as stored."""

    ref: Ref
    before: sqlite3.Row | None
    changed: Mapping[str, Any]

    def column(self, name: str) -> Any:
        """Return a column as it is now."""
        if name in self.changed or self.before is None:
            return self.changed[name]
        return self.before[name]


class ServerRows:
    """Takes rows of answers and pulls, inside one write.

    ``now`` (milliseconds) stands in for times that only the server knows, until it sends them. ``shown`` gathers the
    rows that look different now.
    """

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self.connection = connection
        self.shown: list[Shown] = []
        self._now = now
        self._store = RowStore(connection)

    def keep(self, rows: Iterable[Mapping[str, Any]]) -> list[Ref]:
        """Keep and show rows in the form of the server's functions; return those that are not older than the kept ones.

        A row with a lower version than the kept one is outdated and ignored. So is a row of an unknown noun: the pull
        after an update of the program brings it again.
        """
        taken, known = self._keep_new([row for row in rows if row["entity"] in _NOUNS])
        for row in known:
            said = exchange.ServerRow.from_json(row)
            before = self._store.columns(said.ref)
            if exchange.is_newer(None if before is None else before["version"], said.version):
                self._show(said.ref, said, change_repo.of_row(self.connection, said.ref))
                taken.append(said.ref)
        return taken

    def _keep_new(self, rows: Sequence[Mapping[str, Any]]) -> tuple[list[Ref], list[Mapping[str, Any]]]:
        """Show the rows that are new here, many at once; return them, and the rows that are left.

        No change waits for a new row: an edit belongs to a row that is here.
        """
        ids: dict[str, set[str]] = {}
        for row in rows:
            ids.setdefault(row["entity"], set()).add(row["id"])
        new = {noun: some - known_ids(self.connection, Entity(noun), list(some)) for noun, some in ids.items()}
        left = [row for row in rows if row["id"] not in new[row["entity"]]]
        found, again = by_noun([ready for row in rows if row["id"] in new[row["entity"]] and (ready := arrived(row))])
        for entity, added in found.items():
            add_new(self.connection, entity, list(added.values()))
            self.shown += [Shown(Ref(entity, row.id), None, row.stored()) for row in added.values()]
        return [Ref(entity, row_id) for entity, added in found.items() for row_id in added], [*again, *left]

    def put(self, ref: Ref, row: exchange.ServerRow | None) -> None:
        """Keep ``row`` in place of what was kept, whatever its version; None: the server does not have the row."""
        if row is None:
            said_rows.forget(self.connection, ref)
            self._store.never_said(ref)
        self._show(ref, row, change_repo.of_row(self.connection, ref))

    def kept(self, ref: Ref) -> Mapping[str, Any] | None:
        """Return the fields that the server last sent of a row; None if it sent nothing."""
        said = said_rows.said(self.connection, ref)
        return None if said is None else said.fields

    def show(self, ref: Ref) -> None:
        """Write the row as the person sees it: the server's last version, under all unanswered changes.

        A row that the server never sent, and that has no waiting change, is not touched.
        """
        self._show(ref, said_rows.said(self.connection, ref), change_repo.of_row(self.connection, ref))

    def _show(self, ref: Ref, said: exchange.ServerRow | None, changes: Sequence[Change]) -> None:
        before = self._store.columns(ref)
        if before is None:
            before = self._add(said)
        if before is None or (said is None and not any(change.is_create for change in changes)):
            return
        shown = exchange.overlaid(None if said is None else said.fields, changes)
        stored = {name: to_stored(name, shown[name]) for name in said_names(ref.entity) if name in shown}
        for name in ("deleted_at", "purged_at"):
            if shown.get(name) is True:  # an edit that the server has not stamped yet
                stored[name] = before[name] or self._now
        stored["version"] = 0 if said is None else said.version
        changed = {name: value for name, value in stored.items() if value != before[name]}
        stamps = self._keep(said, stored, is_edited=bool(changes))
        if changed or stamps != before["stamps"]:
            self._store.set(ref, {**changed, "stamps": stamps})
        if changed:
            self._note_parent(ref, changed)
            if changed.keys() != {"version"}:
                self.shown.append(Shown(ref, before, changed))

    def _add(self, said: exchange.ServerRow | None) -> sqlite3.Row | None:
        """Show a row that is new here; return its columns, None if the server does not have it either."""
        if said is None:
            return None
        row = arrived(said.as_json())
        assert row is not None  # noqa: S101 - a row of a noun that is known
        add_new(self.connection, said.entity, [row])
        self.shown.append(Shown(said.ref, None, row.stored()))
        return self._store.columns(said.ref)

    def _keep(self, said: exchange.ServerRow | None, stored: Mapping[str, Any], *, is_edited: bool) -> str | None:
        """Keep what the server said of a row apart if its columns ``stored`` do not tell it; return its stamps."""
        if said is None:
            return None
        if is_edited or not are_whole(said.entity, said.fields, stored):
            said_rows.keep_apart(self.connection, said)
        else:
            said_rows.forget(self.connection, said.ref)
        return stamps_column(said.version, said.stamps)

    def _note_parent(self, ref: Ref, changed: Mapping[str, Any]) -> None:
        column = ref.entity.parent_column
        if column is not None and column in changed:
            orphan_repo.note(self.connection, ref, changed[column])


_NOUNS = frozenset(entity.value for entity in Entity)
