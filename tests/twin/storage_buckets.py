"""Buckets: read, made, changed, emptied and removed by callers that the policies allow (users: none)."""

from __future__ import annotations

from typing import Any, Final

from tests.twin.storage_bodies import Member, read_body
from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import check_bucket, is_uuid
from tests.twin.storage_pool import Row
from tests.twin.storage_rows import delete_objects, find_bucket, present
from tests.twin.wire_messages import Response

__all__ = ["create_bucket", "delete_bucket", "empty_bucket", "get_bucket", "list_buckets", "update_bucket"]

_LIMITS: Final = (
    Member("public", "boolean"),
    Member("file_size_limit", "integer", minimum=0),
    Member("allowed_mime_types", "array"),
)
_SHOWN: Final = ("id", "name", "owner", "public", "created_at", "updated_at", "file_size_limit", "allowed_mime_types")


def list_buckets(call: Call) -> Response:
    """List the buckets that the caller sees."""
    with call.parts.pool.transaction(call.user) as transaction:
        rows = transaction.rows("select * from storage.buckets order by name")
    return Response.json(200, [_shown(row) for row in rows])


def get_bucket(call: Call) -> Response:
    """Return one bucket."""
    with call.parts.pool.transaction(call.user) as transaction:
        return Response.json(200, _shown(find_bucket(transaction, call.bucket)))


def create_bucket(call: Call) -> Response:
    """Make a bucket."""
    body = read_body(call, Member("name", required=True), Member("id"), *_LIMITS)
    check_bucket(body["name"])
    values = {
        "id": body.get("id") or body["name"],
        "name": body["name"],
        "owner": call.owner if is_uuid(call.owner) else None,
        "owner_id": call.owner,
        "public": body.get("public", False),
        "file_size_limit": body.get("file_size_limit"),
        "allowed_mime_types": body.get("allowed_mime_types"),
    }
    marks = ", ".join(f"%({name})s" for name in values)
    try:
        with call.parts.pool.transaction(call.user) as transaction:
            transaction.rows(f"insert into storage.buckets ({', '.join(values)}) values ({marks})", values)
    except StorageError as error:
        raise StorageError.exists("BucketAlreadyExists") if error.status == 409 else error from None
    return Response.json(200, {"name": body["name"]})


def update_bucket(call: Call) -> Response:
    """Change a bucket's limits."""
    body = read_body(call, *_LIMITS)
    values = {member.name: body[member.name] for member in _LIMITS if member.name in body}
    with call.parts.pool.transaction(call.user) as transaction:
        find_bucket(transaction, call.bucket)
        if values:
            changes = ", ".join(f"{name} = %({name})s" for name in values)
            transaction.rows(
                f"update storage.buckets set {changes} where id = %(bucket)s", values | {"bucket": call.bucket}
            )
    return Response.json(200, {"message": "Successfully updated"})


def empty_bucket(call: Call) -> Response:
    """Remove all objects of a bucket."""
    with call.parts.pool.transaction(call.user) as transaction:
        find_bucket(transaction, call.bucket)
        names = transaction.rows("select name from storage.objects where bucket_id = %s", [call.bucket])
        gone = delete_objects(transaction, call.bucket, [row["name"] for row in names])
    call.forget_files(row["version"] for row in gone)
    return Response.json(200, {"message": "Empty bucket has been queued. Completion may take up to an hour."})


def delete_bucket(call: Call) -> Response:
    """Remove a bucket, which must be empty."""
    with call.parts.pool.transaction(call.user) as transaction:
        find_bucket(transaction, call.bucket)
        transaction.enter(call.service)
        if transaction.row("select from storage.objects where bucket_id = %s limit 1", [call.bucket]) is not None:
            raise StorageError(409, "ResourceNotEmpty", "The bucket you tried to delete is not empty")
        transaction.enter(call.user)
        gone = transaction.rows("delete from storage.buckets where id = %s returning id", [call.bucket])
    if not gone:
        raise StorageError.denied()
    return Response.json(200, {"message": "Successfully deleted"})


def _shown(row: Row) -> dict[str, Any]:
    return present({name: row[name] for name in _SHOWN})
