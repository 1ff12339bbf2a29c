"""The standard upload: raw or as a form, by a user or with a signed upload URL."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_forms import read_form
from tests.twin.storage_names import check_key, check_segments
from tests.twin.storage_pool import Row, Scope
from tests.twin.storage_rows import find_bucket
from tests.twin.storage_uploader import NewObject, announced, check_permission, complete_upload, stored_metadata
from tests.twin.wire_messages import Response

__all__ = ["create_object", "file_size_limit", "put_object", "put_signed", "validate_mime_type"]


@dataclass
class _Incoming:
    """The incoming bytes and facts of an upload, from a raw body or a form."""

    mime_type: str
    cache_control: str
    user_metadata: Any
    blocks: Iterator[bytes]


def create_object(call: Call) -> Response:
    """POST: make an object; with x-upsert it may replace one."""
    row = _upload(call, call.user, call.owner, upsert=call.request.headers.get("x-upsert") == "true")
    return Response.json(200, {"Key": f"{call.bucket}/{call.name}", "Id": str(row["id"])})


def put_object(call: Call) -> Response:
    """PUT: make an object or replace one."""
    row = _upload(call, call.user, call.owner, upsert=True)
    return Response.json(200, {"Key": f"{call.bucket}/{call.name}", "Id": str(row["id"])})


def put_signed(call: Call) -> Response:
    """PUT with a token that says what may be uploaded, by whom; row level security is not asked."""
    token = call.request.first("token")
    if token is None:
        raise StorageError.invalid("querystring must have required property 'token'")
    claims = call.read_token(token)
    if claims.get("url") != f"{call.bucket}/{call.name}" or claims.get("scope") != "upload":
        raise StorageError.bad_signature()
    _upload(call, call.service, claims.get("owner"), upsert=bool(claims.get("upsert")))
    return Response.json(200, {"Key": f"{call.bucket}/{call.name}"})


def file_size_limit(call: Call, bucket: Row) -> int:
    """Return the smaller one of the bucket's limit and the server's."""
    return min(bucket["file_size_limit"] or call.parts.settings.file_size_limit, call.parts.settings.file_size_limit)


def validate_mime_type(mime_type: str, allowed: list[str] | None) -> None:
    """Raises StorageError for a type that is not in the bucket's list, letter by letter."""
    if not allowed:
        return
    kind = mime_type.partition("/")[0]
    if "/" not in mime_type or not any(entry in (mime_type, f"{kind}/*") for entry in allowed):
        raise StorageError.mime_type(mime_type)


def _upload(call: Call, scope: Scope, owner: str | None, *, upsert: bool) -> Row:
    with call.parts.pool.transaction(call.service) as transaction:
        bucket = find_bucket(transaction, call.bucket)
    limit = file_size_limit(call, bucket)
    incoming = _incoming(call, limit)
    validate_mime_type(incoming.mime_type, bucket["allowed_mime_types"])
    check_key(call.name)
    new = NewObject(call.bucket, call.name, owner, incoming.user_metadata)
    try:
        check_permission(call, scope, new, announced(incoming.mime_type, call.length), upsert=upsert)
    except StorageError as error:
        error.leaves_body = True
        raise
    check_segments(call.bucket, call.name)
    version = str(uuid.uuid4())
    stored = call.parts.files.receive(version, incoming.blocks)
    metadata = stored_metadata(stored.size, f'"{stored.md5}"', incoming.mime_type, incoming.cache_control)
    return complete_upload(call, new, version, metadata)


def _incoming(call: Call, limit: int) -> _Incoming:
    headers = call.request.headers
    content_type = headers.get("content-type", "application/octet-stream")
    if content_type.startswith("multipart/form-data"):
        return _form(call, content_type, limit)
    # Only the announced length is checked: a chunked body has none, so it passes at any length.
    if call.length is not None and call.length > limit:
        raise StorageError.too_large()
    return _Incoming(
        content_type,
        headers.get("cache-control", "no-cache"),
        _user_metadata(headers.get("x-metadata")),
        call.request.stream(),
    )


def _form(call: Call, content_type: str, limit: int) -> _Incoming:
    form = read_form(call.request.stream(), content_type)
    seconds = form.fields.get("cacheControl")
    text = form.fields.get("metadata") or form.fields.get("userMetadata")
    user_metadata = None
    if text:
        with suppress(ValueError):
            user_metadata = json.loads(text)
    cache_control = f"max-age={seconds}" if seconds else "no-cache"
    return _Incoming(form.mime_type, cache_control, user_metadata, _at_most(form.blocks, limit))


def _at_most(blocks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    passed = 0
    for block in blocks:
        passed += len(block)
        if passed > limit:
            raise StorageError.too_large()
        yield block


def _user_metadata(encoded: str | None) -> Any:
    if encoded is None:
        return None
    try:
        return json.loads(base64.b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError:
        return None
