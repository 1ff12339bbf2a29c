"""Signed URLs: for one object, for many, and for uploads."""

from __future__ import annotations

from typing import Any, Final

from tests.twin.storage_bodies import Member, read_body
from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import check_key, decode_uri
from tests.twin.storage_rows import CURRENT, find_object
from tests.twin.storage_uploader import NewObject, announced, check_permission
from tests.twin.wire_messages import Response

__all__ = ["sign_many", "sign_one", "sign_upload"]

_EXPIRES: Final = Member("expiresIn", "integer", required=True, minimum=1)
_UNREACHABLE: Final = "Either the object does not exist or you do not have access to it"


def sign_one(call: Call) -> Response:
    """Sign a URL for the object that the path names, as decodeURI reads it."""
    expires_in = read_body(call, _EXPIRES)["expiresIn"]
    check_key(call.name)
    with call.parts.pool.transaction(call.user) as transaction:
        if find_object(transaction, call.bucket, call.name) is None:
            raise StorageError.no_object()
    url = decode_uri(call.path.split("/", 3)[3])
    return Response.json(200, {"signedURL": _signed_url(call, url, expires_in)})


def sign_many(call: Call) -> Response:
    """Return for each path a signed URL or the reason why there is none."""
    body = read_body(call, _EXPIRES, Member("paths", "array", required=True, minimum=1, maximum=1000))
    paths: list[str] = body["paths"]
    with call.parts.pool.transaction(call.user) as transaction:
        statement = f"select name from storage.objects where bucket_id = %s and name = any(%s) and {CURRENT}"
        seen = {row["name"] for row in transaction.rows(statement, [call.bucket, paths])}
    answers: list[dict[str, Any]] = []
    for path in paths:
        if path in seen:
            url = _signed_url(call, f"{call.bucket}/{path}", body["expiresIn"])
            answers.append({"error": None, "path": path, "signedURL": url})
        else:
            answers.append({"error": _UNREACHABLE, "path": path, "signedURL": None})
    return Response.json(200, answers)


def sign_upload(call: Call) -> Response:
    """Sign an upload URL, if the caller may insert that key now."""
    check_key(call.name)
    upsert = call.request.headers.get("x-upsert") == "true"
    new = NewObject(call.bucket, call.name, call.owner)
    check_permission(call, call.user, new, announced(None, 0), upsert=upsert)
    url = decode_uri(call.path.split("/", 4)[4])
    lifetime = call.parts.settings.upload_url_lifetime
    token = _token(call, {"owner": call.owner, "url": url, "upsert": upsert, "scope": "upload"}, lifetime)
    return Response.json(200, {"url": f"/object/upload/sign/{url}?token={token}", "token": token})


def _signed_url(call: Call, url: str, expires_in: float) -> str:
    """Return a signed URL relative to the service, not percent-encoded."""
    return f"/object/sign/{url}?token={_token(call, {'url': url}, expires_in)}"


def _token(call: Call, claims: dict[str, Any], expires_in: float) -> str:
    now = int(call.parts.tokens.clock())
    return call.parts.tokens.sign({**claims, "iat": now, "exp": int(now + expires_in)})
