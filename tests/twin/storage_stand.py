"""The storage service alone for its tests: a project with a bucket, simple own-folder policies, two users, clients."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from storage3 import SyncStorageClient

from tests.twin.databases import Database
from tests.twin.faults import FaultPlan
from tests.twin.storage import StorageService
from tests.twin.storage_settings import StorageSettings
from tests.twin.tokens import Tokens
from tests.twin.wire import HttpServer
from tests.twin.wire_messages import Request, Response

__all__ = ["BUCKET", "LIMIT", "POLICIES", "StorageStand", "Tus", "make_project", "serve", "without_length"]

BUCKET = "audiofiles"
LIMIT = 52_428_800
PREFIX = "/storage/v1"

POLICIES = f"""
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('{BUCKET}', '{BUCKET}', false, {LIMIT}, array['audio/mpeg', 'audio/mp3', 'audio/wav', 'audio/x-wav']);
create policy own_select on storage.objects for select to authenticated
  using (split_part(name, '/', 1) = auth.uid()::text);
create policy own_insert on storage.objects for insert to authenticated
  with check (split_part(name, '/', 1) = auth.uid()::text);
create policy own_update on storage.objects for update to authenticated
  using (split_part(name, '/', 1) = auth.uid()::text) with check (split_part(name, '/', 1) = auth.uid()::text);
create policy own_delete on storage.objects for delete to authenticated
  using (split_part(name, '/', 1) = auth.uid()::text);
"""


@dataclass
class StorageStand:
    """A running storage service with its users."""

    database: Database
    service: StorageService
    server: HttpServer
    tokens: Tokens
    folder: Path
    owner: UUID
    other: UUID
    _clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The service's URL."""
        return f"{self.server.url}{PREFIX}"

    @property
    def settings(self) -> StorageSettings:
        """What may be changed while it runs."""
        return self.service.settings

    def key(self, name: str = "project/chapter/section/take.wav", *, other: bool = False) -> str:
        """Return a key in a user's folder."""
        return f"{self.other if other else self.owner}/{name}"

    def token(self, user: UUID | None = None, **claims: Any) -> str:
        """Return a token of the owner, or of another user."""
        return self.tokens.user(user or self.owner, **claims)

    def http(self, user: UUID | None = None, *, token: str | None = None) -> httpx.Client:
        """A plain client with that user's token."""
        headers = {"Authorization": f"Bearer {token or self.token(user)}"}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=20, verify=False)
        self._clients.append(client)
        return client

    def anyone(self) -> httpx.Client:
        """A plain client without a token."""
        client = httpx.Client(base_url=self.url, timeout=20, verify=False)
        self._clients.append(client)
        return client

    def official(self, user: UUID | None = None, *, token: str | None = None) -> SyncStorageClient:
        """The official client, unchanged."""
        client = httpx.Client(timeout=20, verify=False)
        self._clients.append(client)
        headers = {"Authorization": f"Bearer {token or self.token(user)}", "apikey": self.tokens.anon()}
        return SyncStorageClient(f"{self.url}/", headers, http_client=client)

    def tus(self, user: UUID | None = None, *, token: str | None = None) -> Tus:
        """A client for resumable uploads."""
        return Tus(self.http(user, token=token))

    def put(self, key: str, content: bytes = b"RIFF", **headers: str) -> httpx.Response:
        """Upload bytes as the owner, not as a form."""
        given = {"Content-Type": "audio/wav", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.http().post(f"/object/{BUCKET}/{key}", content=content, headers=given)

    def row(self, key: str) -> dict[str, Any] | None:
        """Return the object's row; None if there is none."""
        with self.database.open("supabase_admin") as connection:
            found = connection.execute(
                "select to_jsonb(o) from storage.objects o where bucket_id = %s and name = %s", [BUCKET, key]
            ).fetchone()
        return None if found is None else found[0]

    def rows(self) -> int:
        """Count the rows of objects."""
        with self.database.open("supabase_admin") as connection:
            found = connection.execute("select count(*) from storage.objects").fetchone()
        assert found is not None
        return int(found[0])

    def files(self) -> list[Path]:
        """Return the files on the disk."""
        return [path for path in (self.folder / "objects").rglob("*") if path.is_file()]

    def sql(self, text: str) -> None:
        """Run a statement as the project's operator."""
        with self.database.connect("postgres") as connection:
            connection.execute(text.encode())

    def restart(self) -> None:
        """Kill the server and its connections, and start it again with the same port and folder."""
        self.server.kill()
        self.service.close()
        self.service = _service(self.database, self.tokens, self.folder, self.settings)
        self.server.handle = _below_prefix(self.service)
        self.server.start()

    def close(self) -> None:
        """Stop everything."""
        for client in self._clients:
            client.close()
        self.server.stop()
        self.service.close()


class Tus:
    """A minimal client of the TUS protocol."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def create(
        self,
        key: str,
        length: int | None,
        *,
        content: bytes | None = None,
        metadata: Mapping[str, str] | None = None,
        path: str = "/upload/resumable",
        extra: Mapping[str, str] | None = None,
        **headers: str,
    ) -> httpx.Response:
        """POST; `metadata` adds to, or by an empty text takes from, the usual pairs."""
        pairs = {"bucketName": BUCKET, "objectName": key, "contentType": "audio/wav", "cacheControl": "3600"}
        pairs |= metadata or {}
        encoded = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items() if value
        )
        given = {"Tus-Resumable": "1.0.0", "Upload-Metadata": encoded, **_headers(headers), **(extra or {})}
        given |= {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        if content is not None:
            given["Content-Type"] = "application/offset+octet-stream"
        return self.http.post(path, content=content or b"", headers=given)

    def patch(self, url: str, offset: int, content: Any, **headers: str) -> httpx.Response:
        """PATCH; an iterator goes out chunked unless a Content-Length is given."""
        given = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            **_headers(headers),
        }
        return self.http.patch(url, content=content, headers=given)

    def head(self, url: str, **headers: str) -> httpx.Response:
        """HEAD."""
        return self.http.head(url, headers={"Tus-Resumable": "1.0.0", **_headers(headers)})

    def delete(self, url: str, **headers: str) -> httpx.Response:
        """DELETE."""
        return self.http.delete(url, headers={"Tus-Resumable": "1.0.0", **_headers(headers)})

    def send(
        self,
        key: str,
        content: bytes,
        *,
        chunk: int = 6 * 1024 * 1024,
        metadata: Mapping[str, str] | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send the whole body; return the last answer, or the first that is no success."""
        answer = self.create(key, len(content), metadata=metadata, extra=_headers(headers))
        if answer.status_code != 201:
            return answer
        url, offset = answer.headers["Location"], 0
        while offset < len(content):
            answer = self.patch(url, offset, content[offset : offset + chunk], **headers)
            if answer.status_code != 204:
                return answer
            offset = int(answer.headers["Upload-Offset"])
        return answer


def make_project(database: Database, policies: str = POLICIES) -> tuple[UUID, UUID]:
    """Make two users, the bucket and its policies."""
    if policies:
        with database.connect("postgres") as connection:
            connection.execute(policies.encode())
    return database.add_user("owner@example.org"), database.add_user("other@example.org")


@contextmanager
def serve(
    database: Database,
    folder: Path,
    *,
    policies: str = POLICIES,
    settings: StorageSettings | None = None,
    faults: FaultPlan | None = None,
) -> Iterator[StorageStand]:
    """Run a stand on this database; at the end its server must not have failed."""
    owner, other = make_project(database, policies)
    tokens = Tokens("a secret of at least thirty-two bytes, as it must be")
    service = _service(database, tokens, folder, settings or StorageSettings())
    server = HttpServer(_below_prefix(service), faults)
    server.start()
    stand = StorageStand(database, service, server, tokens, folder, owner, other)
    try:
        yield stand
    finally:
        stand.close()
    assert server.failures == []


def without_length(content: bytes, block: int = 65536) -> Iterator[bytes]:
    """Return a body that is sent chunked."""
    for start in range(0, len(content), block):
        yield content[start : start + block]


def _service(database: Database, tokens: Tokens, folder: Path, settings: StorageSettings) -> StorageService:
    return StorageService(database, tokens, folder, None, settings)


def _below_prefix(service: StorageService) -> Any:
    def handle(request: Request) -> Response:
        return service.handle(request, request.path.removeprefix(PREFIX))

    return handle


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}
