"""Resumable uploads: the client's part of TUS 1.0.0, as Supabase's Storage server speaks it."""

from __future__ import annotations

import base64
import email.utils
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from audiodesk.cloud.sign_in.renewing import with_token
from audiodesk.cloud.sign_in.session import TokenSource
from audiodesk.cloud.transfer.storage_host import upload_addresses
from audiodesk.cloud.transfer.upload_refusals import upload_refusal
from audiodesk.cloud.wire.errors import odd_answer, outside_errors
from audiodesk.cloud.wire.server_address import host_of
from audiodesk.domain.errors import OutsideError

__all__ = ["CHUNK", "Body", "NewObject", "Reached", "ResumableUploads"]

CHUNK = 6 * 1024 * 1024
"""Bytes in one request: the size that Supabase asks for. The last one of a file is shorter."""
_BUCKET = "audiofiles"
_VERSION = "1.0.0"
_CACHE_SECONDS = 365 * 24 * 3600
"""A key never gets other bytes, so caches may keep them: a year."""
_PATH = "/storage/v1/upload/resumable"
_ID = re.compile(r"[A-Za-z0-9_=-]{1,4000}")
_TIMEOUTS = httpx.Timeout(connect=8.0, read=45.0, write=30.0, pool=60.0)
"""Seconds. After the last byte the server stores the object before it answers."""
_ELSEWHERE = frozenset({"server-name-unknown", "server-unreachable", "server-certificate", "server-not-encrypted"})
"""Errors after which the project's own address is tried in place of the one for large uploads."""

Body = Callable[[int, int], Iterator[bytes]]
"""Returns the bytes of a file from an offset on, so many, in blocks; what it raises ends the request within a block."""


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object to be made: its key, size in bytes, MIME type, and the hash of its bytes, kept as its metadata."""

    key: str
    size: int
    content_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an upload is.

    ``address`` is its name at the server, the same at each of the project's hosts. ``lasts``: seconds from now until
    the server forgets it; None if it did not say.
    """

    address: str
    offset: int
    lasts: float | None = None


class ResumableUploads:
    """Uploads into the bucket, as the signed-in person. Safe from any thread.

    Every request raises the network's OutsideErrors and those of ``upload_refusal``: "upload-gone" where the server
    does not know the address, "upload-elsewhere" where another offset is expected or the upload is complete,
    "object-exists" where the key has an object.
    """

    def __init__(self, client: httpx.Client, address: str, key: str, session: TokenSource) -> None:
        self._client = client
        self._key = key
        self._session = session
        self._own = address
        self._addresses = list(upload_addresses(address))
        self.host = host_of(address)

    def begin(self, new: NewObject, body: Body) -> Reached:
        """Make an upload and send its first chunk in the same request."""
        length = min(CHUNK, new.size)
        headers = {
            "Upload-Length": str(new.size),
            "Upload-Metadata": _metadata(new),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length),
        }
        answer = self._ask("POST", "", headers, lambda: body(0, length), expected=201)
        address = answer.headers.get("Location", "").rstrip("/").rpartition("/")[2]
        if not _ID.fullmatch(address):
            raise odd_answer(self.host, "Location")
        # A server that does not take bytes with the creation says nothing of them.
        return self._reached(answer, address, 0 if "Upload-Offset" not in answer.headers else None, new.size)

    def look(self, address: str, size: int) -> Reached:
        """Ask how many bytes of an upload of ``size`` bytes the server has."""
        return self._reached(self._ask("HEAD", address, {}, None, expected=200), address, None, size)

    def send(self, address: str, offset: int, size: int, body: Body) -> Reached:
        """Send the chunk at ``offset``. The server may have taken only a part of it: trust what this returns."""
        length = min(CHUNK, size - offset)
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length),
        }
        answer = self._ask("PATCH", address, headers, lambda: body(offset, length), expected=204)
        return self._reached(answer, address, None, size)

    def give_up(self, address: str) -> None:
        """Tell the server to forget an upload that is not complete."""
        self._ask("DELETE", address, {}, None, expected=204)

    def _ask(
        self,
        method: str,
        address: str,
        headers: dict[str, str],
        body: Callable[[], Iterator[bytes]] | None,
        *,
        expected: int,
    ) -> httpx.Response:
        while True:
            base = self._addresses[0]

            def ask(token: str, base: str = base) -> httpx.Response:
                whole = {"apikey": self._key, "Authorization": f"Bearer {token}", "Tus-Resumable": _VERSION, **headers}
                with outside_errors(self.host):
                    answer = self._client.request(
                        method,
                        f"{base}{_PATH}/{address}" if address else f"{base}{_PATH}",
                        headers=whole,
                        content=None if body is None else body(),
                        timeout=_TIMEOUTS,
                    )
                    return self._judged(answer, address, expected)

            try:
                return with_token(self._session, self.host, ask)
            except OutsideError as error:
                if base == self._own or error.code not in _ELSEWHERE:
                    raise
                self._addresses = [self._own]

    def _judged(self, answer: httpx.Response, address: str, expected: int) -> httpx.Response:
        if answer.status_code == expected and "Tus-Resumable" in answer.headers:
            return answer
        if answer.request.method == "HEAD" and answer.status_code == 400:  # it has no body that could say why
            raise OutsideError("sign-in-expired", details="HTTP 400")
        raise upload_refusal(answer, self.host, "upload" if address else "new upload")

    def _reached(self, answer: httpx.Response, address: str, offset: int | None, size: int) -> Reached:
        if offset is None:
            stated = answer.headers.get("Upload-Offset", "")
            if not (stated.isascii() and stated.isdigit()) or int(stated) > size:
                raise odd_answer(self.host, "Upload-Offset")
            offset = int(stated)
        length = answer.headers.get("Upload-Length", str(size))
        if length != str(size):  # not our upload
            raise OutsideError("upload-gone", host=self.host, details=f"Upload-Length {length[:20]}")
        return Reached(address, offset, _lasts(answer))


def _metadata(new: NewObject) -> str:
    values = {
        "bucketName": _BUCKET,
        "objectName": new.key,
        "contentType": new.content_type,  # without it the server would not check the type
        "cacheControl": str(_CACHE_SECONDS),
        "metadata": json.dumps({"sha256": new.sha256}),
    }
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def _lasts(answer: httpx.Response) -> float | None:
    """Return the seconds until the upload expires, by the server's own clock: this computer's may be wrong."""
    try:
        expires = email.utils.parsedate_to_datetime(answer.headers["Upload-Expires"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
    try:
        now = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        now = time.time()
    return max(0.0, expires - now)
