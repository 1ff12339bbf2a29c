"""The rows of buckets and objects, as the storage server reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import is_uuid
from tests.twin.storage_pool import Row, Transaction

__all__ = [
    "CURRENT",
    "delete_object",
    "delete_objects",
    "find_bucket",
    "find_object",
    "insert_object",
    "lock_object",
    "object_row",
    "present",
    "timestamp",
    "update_object",
    "upsert_object",
]

_COLUMNS: Final = (
    "id, name, bucket_id, owner, owner_id, version, created_at, updated_at, last_accessed_at, metadata, user_metadata"
)
CURRENT: Final = (
    "to_jsonb(objects) ->> 'archived_at' is null and to_jsonb(objects) ->> 'is_delete_marker' is distinct from 'true'"
)
"""The condition for the current row of a key, on servers with several rows for a key and on those with one."""
_KEEPS_VERSIONS: Final = """
select 1 from pg_catalog.pg_attribute where attrelid = 'storage.objects'::regclass and attname = 'archived_at'
"""
_LOCK_WAIT: Final = "5s"


def timestamp(moment: datetime | None) -> str | None:
    """Return a time as JavaScript writes it: with milliseconds, in UTC."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def present(row: Row) -> dict[str, Any]:
    """Return a row as JSON."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, datetime):
            shown[name] = timestamp(value)
        elif name in ("owner", "owner_id"):
            shown[name] = str(value or "")
        elif name == "id" and value is not None:
            shown[name] = str(value)
        elif name == "user_metadata":
            shown[name] = value or {}
        else:
            shown[name] = value
    return shown


def find_bucket(transaction: Transaction, bucket_id: str) -> Row:
    """Return the bucket. Raises StorageError if the caller does not see it."""
    row = transaction.row("select * from storage.buckets where id = %s", [bucket_id])
    if row is None:
        raise StorageError.no_bucket()
    return row


def find_object(transaction: Transaction, bucket_id: str, name: str, *, lock: bool = False) -> Row | None:
    """Return the object, if the caller may see it."""
    suffix = " for update" if lock else ""
    statement = f"select {_COLUMNS} from storage.objects where bucket_id = %s and name = %s and {CURRENT}{suffix}"
    return transaction.row(statement, [bucket_id, name])


def lock_object(transaction: Transaction, bucket_id: str, name: str) -> None:
    """Let only one at a time complete this object. Raises StorageError (423) after 5 s."""
    transaction.rows("select set_config('lock_timeout', %s, true)", [_LOCK_WAIT])
    transaction.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{bucket_id}/{name}"])
    transaction.rows("select set_config('lock_timeout', '0', true)")


def object_row(
    bucket_id: str,
    name: str,
    version: str,
    *,
    owner: str | None,
    metadata: Mapping[str, Any] | None,
    user_metadata: Any,
) -> dict[str, Any]:
    """Return the columns to write, without those that are None."""
    row = {
        "name": name,
        "owner": owner if is_uuid(owner) else None,
        "owner_id": owner,
        "bucket_id": bucket_id,
        "metadata": None if metadata is None else Jsonb(dict(metadata)),
        "user_metadata": None if user_metadata is None else Jsonb(user_metadata),
        "version": version,
    }
    return {column: value for column, value in row.items() if value is not None}


def insert_object(transaction: Transaction, row: Mapping[str, Any]) -> None:
    """Insert a row. Raises StorageError (KeyAlreadyExists) if there is one."""
    try:
        transaction.rows(_insert(row), list(row.values()))
    except StorageError as error:
        if error.code == "ResourceAlreadyExists":
            raise StorageError.exists() from error
        raise


def upsert_object(transaction: Transaction, row: Mapping[str, Any]) -> Row:
    """Insert a row, or update the one that is there."""
    changes = ", ".join(f"{column} = excluded.{column}" for column in row if column not in ("name", "bucket_id"))
    keeps_versions = transaction.row(_KEEPS_VERSIONS) is not None
    unique = "(bucket_id, name) where archived_at is null" if keeps_versions else "(bucket_id, name)"
    statement = f"{_insert(row)} on conflict {unique} do update set {changes} returning {_COLUMNS}"
    return _only(transaction.row(statement, list(row.values())))


def update_object(transaction: Transaction, bucket_id: str, name: str, row: Mapping[str, Any]) -> Row:
    """Update a row. Raises StorageError if the caller may change none with this name."""
    changes = ", ".join(f"{column} = %s" for column in row)
    statement = (
        f"update storage.objects set {changes} where bucket_id = %s and name = %s and {CURRENT} returning {_COLUMNS}"
    )
    changed = transaction.row(statement, [*row.values(), bucket_id, name])
    if changed is None:
        raise StorageError.no_object()
    return changed


def delete_object(transaction: Transaction, bucket_id: str, name: str) -> Row | None:
    """Delete a row, if the caller may, and return it."""
    statement = f"delete from storage.objects where bucket_id = %s and name = %s and {CURRENT} returning {_COLUMNS}"
    return transaction.row(statement, [bucket_id, name])


def delete_objects(transaction: Transaction, bucket_id: str, names: Sequence[str]) -> list[Row]:
    """Delete rows, and return those that were deleted."""
    statement = (
        f"delete from storage.objects where bucket_id = %s and name = any(%s) and {CURRENT} returning {_COLUMNS}"
    )
    return transaction.rows(statement, [bucket_id, list(names)])


def _insert(row: Mapping[str, Any]) -> str:
    return f"insert into storage.objects ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})"


def _only(row: Row | None) -> Row:
    assert row is not None, "an upsert returns its row"
    return row
