"""The two steps of every write: a test write as the caller, rolled back; then the completion as the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.twin.storage_calls import Call
from tests.twin.storage_pool import Row, Scope
from tests.twin.storage_rows import find_object, insert_object, lock_object, object_row, timestamp, upsert_object

__all__ = ["NewObject", "announced", "check_permission", "complete_upload", "now_in_milliseconds", "stored_metadata"]

TESTED_VERSION = "1"


@dataclass(frozen=True)
class NewObject:
    """The object to be written, and its owner."""

    bucket: str
    name: str
    owner: str | None
    user_metadata: Any = None


def announced(mime_type: str | None, length: int | None) -> dict[str, Any]:
    """The metadata that the permission test shows to policies: what is announced, and no size."""
    shown: dict[str, Any] = {"mimetype": mime_type, "contentLength": length}
    return {name: value for name, value in shown.items() if value is not None}


def check_permission(call: Call, scope: Scope, new: NewObject, metadata: Mapping[str, Any], *, upsert: bool) -> None:
    """Write the row with the caller's rights and roll back. Raises StorageError."""
    row = object_row(
        new.bucket, new.name, TESTED_VERSION, owner=new.owner, metadata=metadata, user_metadata=new.user_metadata
    )
    with call.parts.pool.transaction(scope, keep=False) as transaction:
        if upsert:
            upsert_object(transaction, row)
        else:
            insert_object(transaction, row)


def complete_upload(call: Call, new: NewObject, version: str, metadata: Mapping[str, Any]) -> Row:
    """Write the row as the service, over an older one if there is one; the loser's bytes go. Raises StorageError."""
    before: Row | None = None
    try:
        with call.parts.pool.transaction(call.service) as transaction:
            lock_object(transaction, new.bucket, new.name)
            before = find_object(transaction, new.bucket, new.name, lock=True)
            row = object_row(
                new.bucket, new.name, version, owner=new.owner, metadata=metadata, user_metadata=new.user_metadata
            )
            written = upsert_object(transaction, row)
    except BaseException:
        if before is None or before["version"] != version:
            call.forget_files([version])
        raise
    if before is not None and before["version"] != version:
        call.forget_files([before["version"]])
    return written


def stored_metadata(size: int, etag: str, mime_type: str, cache_control: str) -> dict[str, Any]:
    """Return the metadata of a stored object."""
    return {
        "eTag": etag,
        "size": size,
        "mimetype": mime_type,
        "cacheControl": cache_control,
        "lastModified": timestamp(now_in_milliseconds()),
        "contentLength": size,
        "httpStatusCode": 200,
    }


def now_in_milliseconds() -> datetime:
    """Now, never on a full second: the server compares what it tells in seconds with what it knows exactly."""
    now = datetime.now(UTC)
    return now.replace(microsecond=max(1000, now.microsecond // 1000 * 1000))
