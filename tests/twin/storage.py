"""The stand-in's Storage service: routes each request to its handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.twin import (
    storage_buckets,
    storage_change,
    storage_list,
    storage_read,
    storage_sign,
    storage_upload,
)
from tests.twin.databases import Connection, Database
from tests.twin.storage_calls import Call, Parts
from tests.twin.storage_errors import StorageError
from tests.twin.storage_files import StoredFiles
from tests.twin.storage_names import BadUrlError, decode
from tests.twin.storage_pool import StoragePool
from tests.twin.storage_settings import StorageSettings
from tests.twin.tokens import Tokens
from tests.twin.tus import TusService
from tests.twin.wire_messages import Request, Response

__all__ = ["StorageService"]

_BUCKET: Final = r"(?P<bucket>[^/]+)"
_OBJECT: Final = _BUCKET + r"/(?P<name>.*)"


@dataclass(frozen=True)
class _Route:
    methods: tuple[str, ...]
    pattern: str
    operation: str
    handle: Callable[[Call], Response]
    by_token: bool = False
    """Routes without a sign-in: the URL is enough, or the route reads the token itself."""

    def match(self, method: str, path: str) -> re.Match[str] | None:
        return re.fullmatch(self.pattern, path, re.DOTALL) if method in self.methods else None


_GET: Final = ("GET", "HEAD")
_ROUTES: Final = (
    _Route(("POST",), f"/object/upload/sign/{_OBJECT}", "object.sign_upload_url", storage_sign.sign_upload),
    _Route(
        ("PUT",), f"/object/upload/sign/{_OBJECT}", "object.upload_signed", storage_upload.put_signed, by_token=True
    ),
    _Route(("POST",), f"/object/sign/{_OBJECT}", "object.sign", storage_sign.sign_one),
    _Route(("POST",), f"/object/sign/{_BUCKET}", "object.sign_many", storage_sign.sign_many),
    _Route(_GET, f"/object/sign/{_OBJECT}", "object.get_signed", storage_read.get_signed, by_token=True),
    _Route(_GET, f"/object/public/{_OBJECT}", "object.get_public", storage_read.get_public, by_token=True),
    _Route(_GET, f"/object/info/authenticated/{_OBJECT}", "object.info_authenticated", storage_read.get_info),
    _Route(_GET, f"/object/info/{_OBJECT}", "object.info_authenticated", storage_read.get_open_info, by_token=True),
    _Route(_GET, f"/object/authenticated/{_OBJECT}", "object.get_authenticated", storage_read.get_authenticated),
    _Route(("POST",), f"/object/list/{_BUCKET}", "object.list", storage_list.list_folder),
    _Route(("POST",), f"/object/list-v2/{_BUCKET}", "object.list_v2", storage_list.list_flat),
    _Route(("POST",), "/object/move", "object.move", storage_change.move),
    _Route(("POST",), "/object/copy", "object.copy", storage_change.copy),
    _Route(_GET, f"/object/{_OBJECT}", "object.get_authenticated", storage_read.get_authenticated),
    _Route(("POST",), f"/object/{_OBJECT}", "object.upload", storage_upload.create_object),
    _Route(("PUT",), f"/object/{_OBJECT}", "object.upload_update", storage_upload.put_object),
    _Route(("DELETE",), f"/object/{_OBJECT}", "object.delete", storage_change.remove),
    _Route(("DELETE",), f"/object/{_BUCKET}", "object.delete_many", storage_change.remove_many),
    _Route(("GET",), "/bucket/?", "bucket.list", storage_buckets.list_buckets),
    _Route(("POST",), "/bucket/?", "bucket.create", storage_buckets.create_bucket),
    _Route(_GET, f"/bucket/{_BUCKET}", "bucket.get", storage_buckets.get_bucket),
    _Route(("PUT",), f"/bucket/{_BUCKET}", "bucket.update", storage_buckets.update_bucket),
    _Route(("DELETE",), f"/bucket/{_BUCKET}", "bucket.delete", storage_buckets.delete_bucket),
    _Route(("POST",), f"/bucket/{_BUCKET}/empty", "bucket.empty", storage_buckets.empty_bucket),
)


class StorageService:
    """Answers as supabase/storage does, from a real database and a folder of bytes."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        folder: Path,
        external_url: str | None = None,
        settings: StorageSettings | None = None,
    ) -> None:
        """`external_url` is the project's, before /storage/v1; None: as the client called it (the Host header)."""
        self.settings = settings or StorageSettings()

        def connect() -> Connection:
            return database.open("supabase_storage_admin")

        self.pool = StoragePool(connect, self.settings)
        self.files = StoredFiles(folder / "objects")
        self._parts = Parts(self.settings, self.pool, tokens, self.files)
        self._tus = TusService(self._parts, folder / "uploads", external_url)

    def handle(self, request: Request, path: str) -> Response:
        """Answer `request`; `path` is the part of the path behind /storage/v1, as it was sent."""
        try:
            if path == "/upload/resumable" or path.startswith("/upload/resumable/"):
                return self._tus.handle(request, path)
            return self._route(request, path)
        except BadUrlError:
            body = {"error": "Bad Request", "code": "FST_ERR_BAD_URL", "statusCode": 400}
            return Response.json(400, {**body, "message": f"'{path}' is not a valid url component"})
        except StorageError as error:
            response = error.response()
            response.drain_rest = not error.leaves_body
            return response

    def close(self) -> None:
        """Close the connections to the database."""
        self.pool.close()

    def _route(self, request: Request, path: str) -> Response:
        if request.method == "GET" and path == "/version":
            return Response.text(200, self.settings.version)
        if request.method in _GET and path == "/status":
            return Response(200)
        for route in _ROUTES:
            found = route.match(request.method, path)
            if found is not None:
                names = {name: decode(value) for name, value in found.groupdict().items()}
                call = Call(self._parts, request, path, f"storage.{route.operation}", names)
                if not route.by_token:
                    call.authenticate()
                return route.handle(call)
        message = f"Route {request.method}:{path} not found"
        return Response.json(404, {"message": message, "error": "Not Found", "statusCode": 404})
