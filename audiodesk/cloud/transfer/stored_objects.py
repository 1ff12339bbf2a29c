"""What is asked of a person's stored objects: whether they are there, pieces of their bytes, and to remove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from audiodesk.cloud.sign_in.renewing import with_token
from audiodesk.cloud.sign_in.session import TokenSource
from audiodesk.cloud.transfer.upload_refusals import upload_refusal
from audiodesk.cloud.wire.errors import odd_answer, outside_errors
from audiodesk.cloud.wire.server_address import host_of
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.ids import new_id

__all__ = ["StoredFacts", "StoredObjects"]

_BUCKET = "audiofiles"
_TIMEOUTS = httpx.Timeout(connect=8.0, read=30.0, write=20.0, pool=60.0)
_MOST = 1000
"""Keys in one request to remove."""
_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """An object's size in bytes, and the hash that its uploader claimed; empty if none was given."""

    size: int
    sha256: str


class StoredObjects:
    """Asks as the signed-in person. Safe from any thread; raises the network's OutsideErrors and the server's."""

    def __init__(self, client: httpx.Client, address: str, key: str, session: TokenSource) -> None:
        self._client = client
        self._key = key
        self._session = session
        self._base = f"{address}/storage/v1"
        self.host = host_of(address)

    def facts(self, key: str) -> StoredFacts | None:
        """Return an object's facts; None if the server says that there is none. No cache answers this."""
        try:
            answer = self._ask("GET", f"/object/info/{_place(key)}")
        except OutsideError as error:
            if error.code == "object-missing":
                return None
            raise
        with outside_errors(self.host):
            found = answer.json()
        size = found.get("size") if isinstance(found, dict) else None
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise odd_answer(self.host, "object/info")
        metadata = found.get("metadata")
        sha256 = metadata.get("sha256") if isinstance(metadata, dict) else None
        return StoredFacts(size, sha256 if isinstance(sha256, str) else "")

    def piece(self, key: str, first: int, length: int) -> bytes:
        """Return so many bytes of an object from ``first`` on, read from the storage and not from a cache."""
        taken = bytearray()
        self.read(key, first, length, taken.extend)
        return bytes(taken)

    def read(self, key: str, first: int, length: int, take: Callable[[bytes], object]) -> None:
        """Pass so many bytes from ``first`` on to ``take``, block by block; what it raises ends the request.

        Raises "connection-lost" where bytes are missing, "server-cached" where a cache answered all the same.
        """
        headers = {"Range": f"bytes={first}-{first + length - 1}", "Accept-Encoding": "identity"}
        # Each read has a query of its own: a gateway keeps answers, even those to a signed-in person.
        url = f"{self._base}/object/authenticated/{_place(key)}?fresh={new_id()}"

        def ask(token: str) -> None:
            with (
                outside_errors(self.host),
                self._client.stream("GET", url, headers=self._headers(token) | headers, timeout=_TIMEOUTS) as answer,
            ):
                if answer.status_code != 206:
                    answer.read()
                    raise upload_refusal(answer, self.host, "object")
                if _is_cached(answer):
                    raise OutsideError("server-cached", host=self.host, retry_after=30.0)
                self._require_range(answer, first, length)
                came = 0
                for block in answer.iter_raw(_BLOCK):
                    came += len(block)
                    take(block)
                if came != length:
                    raise OutsideError("connection-lost", host=self.host, details=f"{came}/{length}", retry_after=5.0)

        with_token(self._session, self.host, ask)

    def keys_below(self, prefix: str) -> list[str]:
        """Return the keys of at most 1000 objects that begin with ``prefix``."""
        answer = self._ask("POST", f"/object/list-v2/{_BUCKET}", json={"prefix": prefix, "limit": _MOST})
        with outside_errors(self.host):
            found = answer.json()
        objects = found.get("objects") if isinstance(found, dict) else None
        if not isinstance(objects, list):
            raise odd_answer(self.host, "list-v2")
        names = [row.get("name") for row in objects if isinstance(row, dict)]
        return [name for name in names if isinstance(name, str) and name.startswith(prefix)]

    def remove(self, keys: Sequence[str]) -> set[str]:
        """Remove objects, at most 1000; return the keys that the server names as removed."""
        if len(keys) > _MOST:
            raise ValueError(f"{len(keys)} keys")
        answer = self._ask("DELETE", f"/object/{_BUCKET}", json={"prefixes": list(keys)})
        with outside_errors(self.host):
            found = answer.json()
        if not isinstance(found, list):
            raise odd_answer(self.host, "remove")
        return {row["name"] for row in found if isinstance(row, dict) and isinstance(row.get("name"), str)}

    def _ask(self, method: str, path: str, **more: object) -> httpx.Response:
        def ask(token: str) -> httpx.Response:
            with outside_errors(self.host):
                answer = self._client.request(
                    method,
                    f"{self._base}{path}",
                    headers=self._headers(token),
                    timeout=_TIMEOUTS,
                    **more,  # type: ignore[arg-type]  # the keyword arguments of httpx
                )
                if answer.status_code != 200:
                    raise upload_refusal(answer, self.host, "object")
                return answer

        return with_token(self._session, self.host, ask)

    def _headers(self, token: str) -> dict[str, str]:
        return {"apikey": self._key, "Authorization": f"Bearer {token}", "Cache-Control": "no-cache"}

    def _require_range(self, answer: httpx.Response, first: int, length: int) -> None:
        stated = answer.headers.get("Content-Range", "").partition("/")[0]
        if stated != f"bytes {first}-{first + length - 1}":
            raise OutsideError("object-differs", host=self.host, details=f"Content-Range {stated[:60]}")


def _is_cached(answer: httpx.Response) -> bool:
    age = answer.headers.get("Age", "0").strip()
    return answer.headers.get("cf-cache-status", "").upper() in ("HIT", "STALE", "UPDATING") or age not in ("", "0")


def _place(key: str) -> str:
    return f"{_BUCKET}/{quote(key, safe='/')}"
