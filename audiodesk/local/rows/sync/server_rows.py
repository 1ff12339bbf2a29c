"""Keeps rows as the server last sent them, and shows them under all edits that the server has not answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from audiodesk.domain.library import sync
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.store.row_codec import CLASSES, column_names, from_field, to_column
from audiodesk.local.rows.store.row_store import RowStore

__all__ = ["ServerRows"]


class ServerRows:
    """Takes rows of answers and pulls, inside one write.

    ``now`` (milliseconds) stands in for times that only the server knows, until it sends them.
    """

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self.connection = connection
        self._now = now
        self._store = RowStore(connection)

    def keep(self, rows: Iterable[Mapping[str, Any]]) -> list[Ref]:
        """Keep and show rows in the form of the server's functions; return those that are not older than the kept ones.

        A row with a lower version than the kept one is outdated and ignored. So is a row of an unknown noun: the pull
        after an update of the program brings it again.
        """
        taken = []
        for row in rows:
            if row["entity"] not in _NOUNS:
                continue
            ref = Ref(Entity(row["entity"]), row["id"])
            if sync.is_newer(self._version(ref), row["version"]):
                self._keep(ref, row)
                self.show(ref)
                taken.append(ref)
        return taken

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
        kept = self.kept(ref)
        changes = change_repo.of_row(self.connection, ref)
        if kept is None and not any(change.is_create for change in changes):
            return
        before = self._store.columns(ref)
        shown = sync.overlaid(kept, changes)
        names = column_names(ref.entity)
        values = {name: from_field(name, shown[name]) for name in names if name in shown}
        for name in ("deleted_at", "purged_at"):
            if values.get(name) is True:  # an edit that the server has not stamped yet
                values[name] = (before[name] if before is not None else None) or self._now
        values["version"] = self._version(ref) or 0
        if before is None:
            self._store.insert(ref.entity, {**_defaults(ref.entity), **values, "id": ref.id})
            return
        stored = {name: to_column(name, value) for name, value in values.items()}
        changed = {name: value for name, value in stored.items() if value != before[name]}
        if changed:
            self._store.set(ref, changed)

    def _keep(self, ref: Ref, row: Mapping[str, Any]) -> None:
        said = without_surrogates(json.dumps(row["fields"], ensure_ascii=False, separators=(",", ":")))
        self.connection.execute(
            "insert into server_row (entity, row_id, version, seq, fields) values (?, ?, ?, ?, ?)"
            " on conflict (entity, row_id) do update"
            " set version = excluded.version, seq = excluded.seq, fields = excluded.fields",
            (ref.entity, ref.id, row["version"], row["seq"], said),
        )

    def _version(self, ref: Ref) -> int | None:
        row = self.connection.execute(
            "select version from server_row where entity = ? and row_id = ?", (ref.entity, ref.id)
        ).fetchone()
        return None if row is None else int(row[0])


_NOUNS = frozenset(entity.value for entity in CLASSES)


def _defaults(entity: Entity) -> dict[str, Any]:
    """Return a default for each field of a new row: a server of another version may leave some out."""
    made: dict[str, Any] = {}
    for field in fields(CLASSES[entity]):
        if field.default is not MISSING:
            made[field.name] = field.default
        elif field.default_factory is not MISSING:
            made[field.name] = field.default_factory()
        else:
            made[field.name] = _BLANK.get(field.type, "")
    return made


_BLANK: dict[Any, Any] = {"int": 0, "float": 0.0, "bytes": b""}
"""By type name, because dataclasses keep names where annotations are not evaluated."""
