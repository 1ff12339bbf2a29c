"""Keeps rows as the server last sent them, and shows them under all edits that the server has not answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.change import Change
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.store.row_codec import CLASSES, column_names, from_field, to_column
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.sync import orphan_repo
from audiodesk.local.rows.sync.new_rows import defaults, insert_new, unknown, whole_row

__all__ = ["ServerRows", "Shown", "server_row"]


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
            ref = Ref(_NOUNS[row["entity"]], row["id"])
            if exchange.is_newer(self._version(ref), row["version"]):
                self._keep(ref, row)
                self._show(ref, row["fields"], row["version"], change_repo.of_row(self.connection, ref))
                taken.append(ref)
        return taken

    def _keep_new(self, rows: Sequence[Mapping[str, Any]]) -> tuple[list[Ref], list[Mapping[str, Any]]]:
        """Keep and show the rows that are new here, many at once; return them, and the rows that are left.

        No change waits for a new row: an edit belongs to a row that is here.
        """
        by_noun: dict[Entity, dict[str, Mapping[str, Any]]] = {}
        for row in rows:
            by_noun.setdefault(_NOUNS[row["entity"]], {}).setdefault(row["id"], row)
        new: list[Ref] = []
        for entity, found in by_noun.items():
            ids = unknown(self.connection, entity, list(found))
            whole = [whole_row(entity, row) for row_id, row in found.items() if row_id in ids]
            self._keep_all(entity, [row for row_id, row in found.items() if row_id in ids])
            insert_new(self.connection, entity, whole)
            new += [Ref(entity, values["id"]) for values in whole]
            self.shown += [Shown(Ref(entity, values["id"]), None, values) for values in whole]
        done = {id(by_noun[ref.entity][ref.id]) for ref in new}
        return new, [row for row in rows if id(row) not in done]

    def put(self, ref: Ref, row: exchange.ServerRow | None) -> None:
        """Keep ``row`` in place of what was kept, whatever its version; None: the server does not have the row."""
        if row is None:
            self.connection.execute("delete from server_row where entity = ? and row_id = ?", (ref.entity, ref.id))
        else:
            said = {"version": row.version, "seq": row.seq, "fields": row.fields, "stamps": row.stamps}
            self._keep(ref, said)
        self.show(ref)

    def kept(self, ref: Ref) -> Mapping[str, Any] | None:
        """Return the fields that the server last sent of a row; None if it sent nothing."""
        row = self.connection.execute(
            "select fields from server_row where entity = ? and row_id = ?", (ref.entity, ref.id)
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def show(self, ref: Ref) -> None:
        """Write the row as the person sees it: the server's last version, under all unanswered changes.

        A row that the server never sent, and that has no waiting change, is not touched.
        """
        self._show(ref, self.kept(ref), self._version(ref) or 0, change_repo.of_row(self.connection, ref))

    def _show(self, ref: Ref, kept: Mapping[str, Any] | None, version: int, changes: Sequence[Change]) -> None:
        if kept is None and not any(change.is_create for change in changes):
            return
        before = self._store.columns(ref)
        shown = exchange.overlaid(kept, changes)
        names = column_names(ref.entity)
        values = {name: from_field(name, shown[name]) for name in names if name in shown}
        for name in ("deleted_at", "purged_at"):
            if values.get(name) is True:  # an edit that the server has not stamped yet
                values[name] = (before[name] if before is not None else None) or self._now
        values["version"] = version
        if before is None:
            whole = {**defaults(ref.entity), **values, "id": ref.id}
            self._store.insert(ref.entity, whole)
            self._note_parent(ref, whole)
            orphan_repo.parent_came(self.connection, ref)
            self.shown.append(Shown(ref, None, whole))
            return
        stored = {name: to_column(name, value) for name, value in values.items()}
        changed = {name: value for name, value in stored.items() if value != before[name]}
        if changed:
            self._store.set(ref, changed)
            self._note_parent(ref, changed)
            if changed.keys() != {"version"}:
                self.shown.append(Shown(ref, before, changed))

    def _note_parent(self, ref: Ref, changed: Mapping[str, Any]) -> None:
        column = ref.entity.parent_column
        if column is not None and column in changed:
            orphan_repo.note(self.connection, ref, changed[column])

    def _keep(self, ref: Ref, row: Mapping[str, Any]) -> None:
        self._keep_all(ref.entity, [{**row, "id": ref.id}])

    def _keep_all(self, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
        self.connection.executemany(
            "insert into server_row (entity, row_id, version, seq, fields, stamps) values (?, ?, ?, ?, ?, ?)"
            " on conflict (entity, row_id) do update set version = excluded.version, seq = excluded.seq,"
            " fields = excluded.fields, stamps = excluded.stamps",
            [(entity, row["id"], row["version"], row["seq"], _fields_text(row), _stamps_text(row)) for row in rows],
        )

    def _version(self, ref: Ref) -> int | None:
        row = self.connection.execute(
            "select version from server_row where entity = ? and row_id = ?", (ref.entity, ref.id)
        ).fetchone()
        return None if row is None else int(row[0])


def server_row(row: sqlite3.Row) -> exchange.ServerRow:
    """Return the value of a row of ``server_row`` or ``recovered_row``."""
    return exchange.ServerRow(
        Entity(row["entity"]),
        row["row_id"],
        row["seq"],
        row["version"],
        json.loads(row["fields"]),
        json.loads(row["stamps"]),
    )


_NOUNS = {entity.value: entity for entity in CLASSES}


def _fields_text(row: Mapping[str, Any]) -> str:
    return without_surrogates(json.dumps(row["fields"], ensure_ascii=False, separators=(",", ":")))


def _stamps_text(row: Mapping[str, Any]) -> str:
    return json.dumps(row.get("stamps") or {"*": 0}, separators=(",", ":"))
