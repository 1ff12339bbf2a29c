"""Reads one object: whole, a range, or only its head; by token, as a user, or from a public bucket."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final

from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import check_key, encode_component
from tests.twin.storage_pool import Row, Scope
from tests.twin.storage_rows import find_object, timestamp
from tests.twin.wire_messages import Response

__all__ = ["get_authenticated", "get_info", "get_open_info", "get_public", "get_signed"]

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def get_authenticated(call: Call) -> Response:
    """Answer with the object, for a user who may see it."""
    return _render(call, _find(call, call.user))


def get_public(call: Call) -> Response:
    """Answer with the object of a public bucket."""
    _check_public(call)
    return _render(call, _find(call, call.service))


def get_signed(call: Call) -> Response:
    """Answer with the object that the token is for, whoever asks."""
    token = call.request.first("token")
    if token is None:
        raise StorageError.invalid("querystring must have required property 'token'")
    claims = call.read_token(token)
    if claims.get("url") != f"{call.bucket}/{call.name}" or claims.get("scope") == "upload":
        raise StorageError.bad_signature()
    row = _find(call, call.service)
    expires = datetime.fromtimestamp(claims["exp"], UTC)
    return _render(call, row, ("Expires", format_datetime(expires, usegmt=True)))


def get_open_info(call: Call) -> Response:
    """Answer with the object's facts; without a valid token, as for the public."""
    try:
        call.authenticate()
    except StorageError:
        _check_public(call)
        return _info(_find(call, call.service))
    return get_info(call)


def get_info(call: Call) -> Response:
    """Answer with the object's facts and the user's own metadata."""
    return _info(_find(call, call.user))


def _info(row: Row) -> Response:
    metadata: dict[str, Any] = row["metadata"] or {}
    facts = {
        "id": str(row["id"]),
        "name": row["name"],
        "version": row["version"],
        "bucket_id": row["bucket_id"],
        "size": metadata.get("size"),
        "content_type": metadata.get("mimetype"),
        "cache_control": metadata.get("cacheControl"),
        "etag": metadata.get("eTag"),
        "metadata": row["user_metadata"] or {},
        "last_modified": metadata.get("lastModified") or timestamp(row["updated_at"]),
        "created_at": timestamp(row["created_at"]),
    }
    headers = [
        ("ETag", str(metadata.get("eTag", ""))),
        ("Last-Modified", format_datetime(_modified(row), usegmt=True)),
        ("Cache-Control", "no-cache"),
    ]
    return Response.json(200, facts, headers)


def _check_public(call: Call) -> None:
    statement = "select from storage.buckets where id = %s and public"
    with call.parts.pool.transaction(call.service) as transaction:
        if transaction.row(statement, [call.bucket]) is None:
            raise StorageError.no_bucket()


def _find(call: Call, scope: Scope) -> Row:
    check_key(call.name)
    with call.parts.pool.transaction(scope) as transaction:
        row = find_object(transaction, call.bucket, call.name)
    if row is None:
        raise StorageError.no_object()
    return row


def _render(call: Call, row: Row, expires: tuple[str, str] | None = None) -> Response:
    version, metadata = row["version"], row["metadata"] or {}
    size = call.parts.files.size(version)
    if size is None:
        raise StorageError.internal()
    etag = str(metadata.get("eTag", ""))
    modified = _modified(row)
    known = [
        ("Accept-Ranges", "bytes"),
        ("ETag", etag),
        ("Last-Modified", format_datetime(modified, usegmt=True)),
        expires or ("Cache-Control", str(metadata.get("cacheControl", "no-cache"))),
    ]
    if _not_modified(call, etag, modified):
        return Response(304, known)
    start, end, partial = _range(call.request.headers.get("range"), size)
    mime_type = str(metadata.get("mimetype", "application/octet-stream"))
    headers = [
        *known,
        ("Content-Type", "text/plain" if "text/html" in mime_type else mime_type),
        ("Content-Length", str(end - start)),
    ]
    if partial:
        headers.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
    download = call.request.first("download")
    if download is not None:
        headers.append(("Content-Disposition", _disposition(download)))
    status = 206 if partial else 200
    if call.request.method == "HEAD":
        return Response(status, headers)
    return Response(status, headers, call.parts.files.blocks(version, start, end - start))


def _modified(row: Row) -> datetime:
    text = (row["metadata"] or {}).get("lastModified")
    moment = datetime.fromisoformat(text) if text else row["updated_at"]
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


def _not_modified(call: Call, etag: str, modified: datetime) -> bool:
    """What is known in milliseconds is compared with a header in seconds: the sent Last-Modified is always older."""
    headers = call.request.headers
    if "if-none-match" in headers:
        known = [entry.strip().removeprefix("W/") for entry in headers["if-none-match"].split(",")]
        return etag in known or "*" in known
    return _parsed(headers.get("if-modified-since"), lambda since: modified <= since)


def _parsed(text: str | None, judge: Callable[[datetime], bool]) -> bool:
    if text is None:
        return False
    try:
        return judge(parsedate_to_datetime(text).astimezone(UTC))
    except ValueError:
        return False


def _range(header: str | None, size: int) -> tuple[int, int, bool]:
    """Start, end (exclusive), and whether a part was asked for; one range only. Raises StorageError."""
    if header is None:
        return 0, size, False
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.group() == "bytes=-":
        raise StorageError.bad_range()
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise StorageError.bad_range()
    return start, end, True


def _disposition(name: str) -> str:
    if not name:
        return "attachment;"
    encoded = encode_component(name)
    return f"attachment; filename={encoded}; filename*=UTF-8''{encoded}"
