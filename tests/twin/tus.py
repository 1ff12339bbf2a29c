"""Resumable uploads: the TUS 1.0.0 server as supabase/storage runs it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from tests.twin.storage_calls import Call, Parts
from tests.twin.storage_errors import StorageError
from tests.twin.storage_names import check_bucket, check_key, check_segments
from tests.twin.storage_rows import find_bucket
from tests.twin.storage_upload import file_size_limit, validate_mime_type
from tests.twin.storage_uploader import NewObject, announced, check_permission, complete_upload, stored_metadata
from tests.twin.tus_headers import (
    CHUNK_TYPE,
    VERSION,
    TusError,
    UploadId,
    find_invalid_header,
    format_metadata,
    parse_metadata,
)
from tests.twin.tus_locks import Holder, UploadLocks
from tests.twin.tus_uploads import Upload, Uploads
from tests.twin.wire_messages import BodyCut, Request, Response

__all__ = ["TusService"]

_TEXT: Final = "text/plain;charset=UTF-8"
PATH: Final = "/upload/resumable"
_EXTENSIONS: Final = "creation,creation-with-upload,creation-defer-length,termination,expiration"
_OPERATIONS: Final = {"POST": "create", "PATCH": "part", "HEAD": "get", "DELETE": "delete"}
_ALLOWED: Final = "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, X-Upsert"


class TusService:
    """Answers everything below /upload/resumable."""

    def __init__(self, parts: Parts, folder: Path, external_url: str | None) -> None:
        self._parts = parts
        self._external_url = external_url
        self._uploads = Uploads(folder, parts.files, parts.settings, parts.tokens.clock)
        self._locks = UploadLocks()
        self._handlers: dict[str, Callable[[Call], Response]] = {
            "POST": self._create,
            "PATCH": self._append,
            "HEAD": self._look,
            "DELETE": self._terminate,
        }

    def handle(self, request: Request, path: str) -> Response:
        """Answer. Raises StorageError for invalid tokens: only these are refused in JSON."""
        signed = path == f"{PATH}/sign" or path.startswith(f"{PATH}/sign/")
        if request.method == "OPTIONS":
            return self._options()
        if request.method == "GET":  # not part of the protocol: the server around it answers
            message = f"Route GET:{path} not found"
            return Response.json(404, {"message": message, "error": "Not Found", "statusCode": 404})
        suffix = "_signed" if signed else ""
        operation = f"storage.tus.upload.{_OPERATIONS.get(request.method, 'get')}{suffix}"
        call = Call(self._parts, request, path, operation, {"signed": suffix})
        if not signed:
            call.authenticate(header_required=False)
        try:
            response = self._handled(call)
        except TusError as error:
            response = Response.text(error.status, error.text, content_type=_TEXT)
        except StorageError as error:
            response = Response.text(error.status, error.message, content_type=_TEXT)
        response.headers.append(("Tus-Resumable", VERSION))
        return response

    def _handled(self, call: Call) -> Response:
        headers = call.request.headers
        if "tus-resumable" not in headers:
            raise TusError(412, "Tus-Resumable Required\n")
        wrong = find_invalid_header(call.request.method, headers)
        if wrong is not None:
            raise TusError(400, f"Invalid {wrong}\n")
        handler = self._handlers.get(call.request.method)
        if handler is None:
            raise TusError(404, "Not found\n")
        return handler(call)

    def _options(self) -> Response:
        return Response(
            204,
            [
                ("Tus-Resumable", VERSION),
                ("Tus-Version", VERSION),
                ("Tus-Extension", _EXTENSIONS),
                ("Tus-Max-Size", str(self._parts.settings.largest_upload)),
                ("Access-Control-Allow-Origin", "*"),
                ("Access-Control-Allow-Methods", "POST, HEAD, PATCH, OPTIONS, DELETE"),
                ("Access-Control-Allow-Headers", _ALLOWED),
            ],
        )

    def _create(self, call: Call) -> Response:
        headers = call.request.headers
        if ("upload-length" in headers) == ("upload-defer-length" in headers):
            raise TusError.no_length()
        if "upload-metadata" not in headers:
            raise StorageError(400, "InvalidRequest", "Metadata header is required")
        metadata = parse_metadata(headers["upload-metadata"])
        size = int(headers["upload-length"]) if "upload-length" in headers else None
        upload_id = UploadId(metadata.get("bucketName") or "", metadata.get("objectName") or "", str(uuid.uuid4()))
        check_bucket(upload_id.bucket)
        check_key(upload_id.name)
        limit, allowed = self._bucket(call, upload_id)
        if size is not None and size > limit:
            raise TusError.maximum_exceeded()
        upload = Upload(upload_id.bucket, upload_id.name, upload_id.version, size, self._uploads.clock(), metadata)
        call = self._permitted(call, upload)
        if metadata.get("contentType"):  # without a type, the bucket's list is not checked
            validate_mime_type(metadata["contentType"] or "", allowed)
        metadata["cacheControl"] = _cache_control(metadata.get("cacheControl"))
        check_segments(upload_id.bucket, upload_id.name)
        answer: list[tuple[str, str]] = []
        with self._locks.hold(call, upload_id) as holder:
            self._uploads.create(upload)
            if headers.get("content-type") == CHUNK_TYPE:
                upload, stopped = self._receive(call, upload, limit, holder)
                answer = [("Upload-Offset", str(upload.offset)), *stopped]
        if upload.finished:
            answer += self._finish(call, upload)
        answer += [("Location", self._location(call, upload_id)), *self._expires(upload)]
        return Response(201, answer, iter(()))  # without a Content-Length, like HEAD

    def _append(self, call: Call) -> Response:
        headers = call.request.headers
        upload_id = UploadId.of(call.path)
        if "upload-offset" not in headers:
            raise TusError(403, "Upload-Offset header required\n")
        if "content-type" not in headers:
            raise TusError(403, "Content-Type header required\n")
        call = self._permitted(call, self._uploads.load(upload_id))
        limit, _ = self._bucket(call, upload_id)
        with self._locks.hold(call, upload_id) as holder:
            upload = self._uploads.load_living(upload_id)
            if upload.offset != int(headers["upload-offset"]):
                raise TusError.wrong_offset()
            if "upload-length" in headers:
                upload = self._declare(upload, int(headers["upload-length"]), limit)
            upload, stopped = self._receive(call, upload, limit, holder)
        answer = [("Upload-Offset", str(upload.offset)), *stopped]
        if upload.finished:
            answer += self._finish(call, upload)
        return Response(204, [*answer, *self._expires(upload)])

    def _look(self, call: Call) -> Response:
        upload_id = UploadId.of(call.path)
        if call.names["signed"]:
            call = self._signed(call, upload_id.bucket, upload_id.name)
        with self._locks.hold(call, upload_id):
            upload = self._uploads.load_living(upload_id)
        length = ("Upload-Defer-Length", "1") if upload.size is None else ("Upload-Length", str(upload.size))
        answer = [
            ("Cache-Control", "no-store"),
            ("Upload-Offset", str(upload.offset)),
            length,
            ("Upload-Metadata", format_metadata(upload.metadata)),
        ]
        return Response(200, answer, iter(()))

    def _terminate(self, call: Call) -> Response:
        upload_id = UploadId.of(call.path)
        call = self._permitted(call, self._uploads.load(upload_id))
        with self._locks.hold(call, upload_id):
            upload = self._uploads.load(upload_id)
            if upload.finished:
                raise TusError(400, "Cannot terminate an already completed upload")
            self._uploads.remove(upload)
        return Response(204)

    def _permitted(self, call: Call, upload: Upload) -> Call:
        """Return the call if it may write there, by its token or by a test insert with the announced facts."""
        if call.names["signed"]:
            return self._signed(call, upload.bucket, upload.name)
        new = NewObject(upload.bucket, upload.name, call.owner, _user_metadata(upload))
        shown = announced(upload.metadata.get("contentType"), upload.size)
        # Read from each request: a PATCH without it does not overwrite.
        upsert = call.request.headers.get("x-upsert") == "true"
        check_permission(call, call.user, new, shown, upsert=upsert)
        return call

    def _signed(self, call: Call, bucket: str, name: str) -> Call:
        token = call.request.headers.get("x-signature")
        if not token:
            raise StorageError.bad_signature("Missing x-signature header")
        claims = call.read_token(token)
        if claims.get("url") != f"{bucket}/{name}" or claims.get("scope") != "upload":
            raise StorageError.bad_signature()
        owner = claims.get("owner")
        return replace(call, claims={"role": "service_role", **({"sub": owner} if owner else {})})

    def _bucket(self, call: Call, upload_id: UploadId) -> tuple[int, list[str] | None]:
        """Return the bucket's size limit and allowed types."""
        with self._parts.pool.transaction(call.service) as transaction:
            bucket = find_bucket(transaction, upload_id.bucket)
        return file_size_limit(call, bucket), bucket["allowed_mime_types"]

    def _declare(self, upload: Upload, size: int, limit: int) -> Upload:
        if upload.size is not None or size < upload.offset:
            raise TusError.no_length()
        if size > limit:
            raise TusError.maximum_exceeded()
        return self._uploads.declare_length(upload, size)

    def _receive(self, call: Call, upload: Upload, limit: int, holder: Holder) -> tuple[Upload, list[tuple[str, str]]]:
        """Store every byte as it comes. If another request asks it to stop, answer as usual, then close."""
        most = _body_limit(call, upload, limit)
        offset, start = upload.offset, upload.offset
        try:
            with self._parts.files.appender(upload.version) as file:
                for block in call.request.stream():
                    if holder.stopped.is_set():
                        break
                    if offset - start + len(block) > most:
                        raise TusError.maximum_exceeded()
                    file.write(block)
                    offset += len(block)
        except BodyCut:
            if not holder.stopped.is_set():
                raise
        stopped = [("Connection", "close")] if holder.stopped.is_set() else []
        return replace(upload, offset=offset), stopped

    def _finish(self, call: Call, upload: Upload) -> list[tuple[str, str]]:
        stored = self._parts.files.look(upload.version)
        etag = f'"{stored.md5}"'
        if self._parts.settings.s3_style:
            etag = f'"{uuid.uuid4().hex}-1"'
        mime_type = upload.metadata.get("contentType") or "application/octet-stream"
        cache_control = upload.metadata.get("cacheControl") or "no-cache"
        new = NewObject(upload.bucket, upload.name, call.owner, _user_metadata(upload))
        complete_upload(call, new, upload.version, stored_metadata(stored.size, etag, mime_type, cache_control))
        return [("Tus-Complete", "1")]

    def _expires(self, upload: Upload) -> list[tuple[str, str]]:
        expires = self._uploads.expires(upload)
        if expires is None or upload.finished:
            return []
        return [("Upload-Expires", format_datetime(datetime.fromtimestamp(expires, UTC), usegmt=True))]

    def _location(self, call: Call, upload_id: UploadId) -> str:
        headers = call.request.headers
        base = self._external_url or f"http://{headers.get('host', '127.0.0.1')}"
        if "x-forwarded-host" in headers:
            base = f"{headers.get('x-forwarded-proto', 'http')}://{headers['x-forwarded-host']}"
        signed = "/sign" if call.names["signed"] else ""
        return f"{base}/storage/v1{PATH}{signed}/{upload_id.address}"


def _body_limit(call: Call, upload: Upload, limit: int) -> int:
    """Return how many bytes this request may bring. Raises TusError if more are announced."""
    if upload.size is None:
        if call.length is not None and upload.offset + call.length > limit:
            raise TusError.size_exceeded()
        return limit - upload.offset
    if upload.offset + (call.length or 0) > upload.size:
        raise TusError.size_exceeded()
    return upload.size - upload.offset if call.length is None else call.length


def _cache_control(text: str | None) -> str:
    if text is not None and text.removeprefix("-").isdecimal():
        return f"max-age={text}"
    return "no-cache"


def _user_metadata(upload: Upload) -> Any:
    try:
        return json.loads(upload.metadata.get("metadata") or "null")
    except ValueError:
        return None
