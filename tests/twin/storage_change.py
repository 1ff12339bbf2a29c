"""Changes of existing objects: move, copy, delete."""

from __future__ import annotations

import uuid
from typing import Final

from tests.twin.storage_bodies import Member, read_body
from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import check_key, check_segments
from tests.twin.storage_rows import (
    delete_object,
    delete_objects,
    find_object,
    lock_object,
    object_row,
    present,
    timestamp,
    update_object,
)
from tests.twin.storage_uploader import NewObject, check_permission, complete_upload, now_in_milliseconds
from tests.twin.wire_messages import Response

__all__ = ["copy", "move", "remove", "remove_many"]

_FROM_TO: Final = (
    Member("bucketId", required=True),
    Member("sourceKey", required=True),
    Member("destinationBucket"),
    Member("destinationKey", required=True),
)


def move(call: Call) -> Response:
    """Give an object another name: tried with the user's rights, done with the service's."""
    body = read_body(call, *_FROM_TO)
    bucket, source, target = body["bucketId"], body["sourceKey"], body["destinationKey"]
    target_bucket = body.get("destinationBucket") or bucket
    check_key(target)
    version = str(uuid.uuid4())
    row = object_row(target_bucket, target, version, owner=call.owner, metadata=None, user_metadata=None)
    with call.parts.pool.transaction(call.user, keep=False) as transaction:
        if find_object(transaction, bucket, source) is None:
            raise StorageError.no_object()
        update_object(transaction, bucket, source, row)
    if (bucket, source) == (target_bucket, target):
        return Response.json(200, {"message": "Successfully moved"})
    try:
        with call.parts.pool.transaction(call.service) as transaction:
            lock_object(transaction, target_bucket, target)
            found = find_object(transaction, bucket, source, lock=True)
            if found is None:
                raise StorageError.no_object()
            _copy_file(call, found["version"], version, target_bucket, target)
            metadata = {**(found["metadata"] or {}), "lastModified": timestamp(now_in_milliseconds())}
            facts = object_row(target_bucket, target, version, owner=None, metadata=metadata, user_metadata=None)
            update_object(transaction, bucket, source, {**row, **facts})
    except BaseException:
        call.forget_files([version])
        raise
    call.forget_files([found["version"]])
    return Response.json(200, {"message": "Successfully moved"})


def copy(call: Call) -> Response:
    """Copy an object to a second name."""
    body = read_body(call, *_FROM_TO, Member("copyMetadata", "boolean"))
    bucket, source, target = body["bucketId"], body["sourceKey"], body["destinationKey"]
    target_bucket = body.get("destinationBucket") or bucket
    check_key(target)
    with call.parts.pool.transaction(call.user) as transaction:
        found = find_object(transaction, bucket, source)
    if found is None:
        raise StorageError.no_object()
    metadata = found["metadata"] or {}
    new = NewObject(target_bucket, target, call.owner, found["user_metadata"])
    upsert = call.request.headers.get("x-upsert") == "true"
    check_permission(call, call.user, new, metadata, upsert=upsert)
    version = str(uuid.uuid4())
    _copy_file(call, found["version"], version, target_bucket, target)
    row = complete_upload(call, new, version, {**metadata, "lastModified": timestamp(now_in_milliseconds())})
    return Response.json(200, {"Id": str(row["id"]), "Key": f"{target_bucket}/{target}", **present(row)})


def remove(call: Call) -> Response:
    """Remove one object. Like the real server, tell a missing object from a forbidden one."""
    with call.parts.pool.transaction(call.service) as transaction:
        found = find_object(transaction, call.bucket, call.name, lock=True)
        if found is None:
            raise StorageError.no_object()
        transaction.enter(call.user)
        if delete_object(transaction, call.bucket, call.name) is None:
            raise StorageError.denied()
    call.forget_files([found["version"]])
    return Response.json(200, {"message": "Successfully deleted"})


def remove_many(call: Call) -> Response:
    """Remove those of the named objects that exist and that the caller may delete."""
    names = read_body(call, Member("prefixes", "array", required=True, minimum=1))["prefixes"]
    with call.parts.pool.transaction(call.user) as transaction:
        rows = delete_objects(transaction, call.bucket, names)
    call.forget_files(row["version"] for row in rows)
    return Response.json(200, [present(row) for row in rows])


def _copy_file(call: Call, version: str, new: str, bucket: str, name: str) -> None:
    check_segments(bucket, name)
    if call.parts.files.size(version) is None:
        raise StorageError.internal()
    call.parts.files.copy(version, new)
