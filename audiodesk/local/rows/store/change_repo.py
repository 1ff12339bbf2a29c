"""The outgoing changes of a library, in the order in which they are sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from audiodesk.domain.ids import new_id
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.domain.sync.change import Change, fold

__all__ = [
    "add",
    "add_ahead",
    "count",
    "count_edits",
    "has_any",
    "held",
    "hold",
    "in_order",
    "is_waiting",
    "mark_sent",
    "of_row",
    "pending",
    "remove",
]

_IN_ORDER = "select * from change order by ahead desc, position"


def add(
    connection: sqlite3.Connection,
    now: int,
    entity: Entity,
    row_id: str,
    fields: Mapping[str, Any],
    *,
    is_create: bool = False,
    base_version: int = 0,
    make_id: Callable[[], str] = new_id,
) -> None:
    """Queue an edit; it folds into the row's last change if the rule allows that.

    ``fields`` are JSON values. Call it in the transaction that writes the row.
    """
    new = Change(make_id(), entity, row_id, fields, is_create=is_create, base_version=base_version)
    last = None
    if not is_create:
        last = connection.execute(
            "select * from change where entity = ? and row_id = ? order by ahead, position desc limit 1",
            (entity, row_id),
        ).fetchone()
    folded = fold(_change(last) if last is not None else None, new)
    if folded is not None and last is not None:
        connection.execute("update change set fields = ? where position = ?", (_text(folded.fields), last["position"]))
        return
    connection.execute(
        "insert into change (change_id, entity, row_id, is_create, base_version, fields, made_at)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (new.change_id, entity, row_id, int(is_create), base_version, _text(fields), now),
    )


def add_ahead(connection: sqlite3.Connection, now: int, change: Change, recovery: int) -> None:
    """Put a change that brings back what a restored server lost before the whole queue.

    It counts as sent, so that nothing folds into it. A higher ``recovery`` (from 1) stands before a lower one.
    """
    connection.execute(
        "insert into change (change_id, entity, row_id, is_create, base_version, fields, made_at, sent_at, stamps,"
        " ahead) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            change.change_id,
            change.entity,
            change.row_id,
            int(change.is_create),
            change.base_version,
            _text(change.fields),
            now,
            now,
            json.dumps(dict(change.stamps or {})),
            recovery,
        ),
    )


def pending(connection: sqlite3.Connection, limit: int = 500) -> list[Change]:
    """Return the first ``limit`` changes of the queue, in order."""
    return [_change(row) for row in connection.execute(f"{_IN_ORDER} limit ?", (limit,))]


def in_order(connection: sqlite3.Connection) -> Iterator[Change]:
    """Yield the changes of the queue in order, each when it is asked for."""
    for row in connection.execute(_IN_ORDER):
        yield _change(row)


def of_row(connection: sqlite3.Connection, ref: Ref) -> list[Change]:
    """Return the unanswered changes of one row, in order."""
    rows = connection.execute(
        "select * from change where entity = ? and row_id = ? order by ahead desc, position", (ref.entity, ref.id)
    )
    return [_change(row) for row in rows]


def count(connection: sqlite3.Connection) -> int:
    """Return how many changes wait to be sent or answered, those that wait for an update of the server included."""
    return int(connection.execute("select count(*) from change").fetchone()[0])


def count_edits(connection: sqlite3.Connection) -> int:
    """Return the same without the row by which this computer names itself to the account: nobody edited that."""
    query = "select count(*) from change where not (entity = ? and is_create)"
    return int(connection.execute(query, (Entity.DEVICE,)).fetchone()[0])


def has_any(connection: sqlite3.Connection) -> bool:
    """Tell whether any change waits to be sent or answered."""
    return connection.execute("select 1 from change limit 1").fetchone() is not None


def is_waiting(connection: sqlite3.Connection, ref: Ref) -> bool:
    """Tell whether a change of the row waits to be sent or answered."""
    query = "select 1 from change where entity = ? and row_id = ? limit 1"
    return connection.execute(query, (ref.entity, ref.id)).fetchone() is not None


def mark_sent(connection: sqlite3.Connection, changes: Iterable[Change], now: int) -> None:
    """Note that these changes are about to be sent; the mark stays until they are answered."""
    connection.executemany(
        "update change set sent_at = ? where change_id = ? and sent_at is null",
        [(now, change.change_id) for change in changes],
    )


def remove(connection: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Take answered changes out of the queue."""
    connection.executemany("delete from change where change_id = ?", [(change.change_id,) for change in changes])


def hold(connection: sqlite3.Connection, change: Change, code: str | None) -> None:
    """Note that the change waits until the server is updated; ``code`` is the server's refusal. None: no longer."""
    connection.execute("update change set held = ? where change_id = ?", (code, change.change_id))


def held(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the codes of the changes that wait until the server is updated, by the change's id."""
    return dict(connection.execute("select change_id, held from change where held is not null").fetchall())


def _change(row: sqlite3.Row) -> Change:
    return Change(
        change_id=row["change_id"],
        entity=Entity(row["entity"]),
        row_id=row["row_id"],
        fields=json.loads(row["fields"]),
        is_create=bool(row["is_create"]),
        base_version=row["base_version"],
        sent=row["sent_at"] is not None,
        stamps=None if row["stamps"] is None else json.loads(row["stamps"]),
    )


def _text(fields: Mapping[str, Any]) -> str:
    return without_surrogates(json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":")))
