"""Copies the bucket's objects out and back for the operator; the secret key bypasses row level security."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from audiodesk.cloud.wire.errors import odd_answer, outside_errors
from audiodesk.cloud.wire.http import open_client
from audiodesk.cloud.wire.server_address import host_of, secret_key, server_address
from audiodesk.cloud.wire.storage_refusals import storage_refusal
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.object_copy import ListedObject, ObjectFacts

__all__ = ["ObjectStore"]

_BUCKET = "audiofiles"
_PAGE = 1000
_BLOCK = 256 * 1024
_TIMEOUTS = httpx.Timeout(connect=8.0, read=30.0, write=60.0, pool=60.0)
"""Seconds. A storage server that refuses a body does not read it, so the write stalls."""


class ObjectStore:
    """The bucket with everyone's objects. Safe from several threads; ``close`` it.

    Raises UserError of ``server_address`` and ``secret_key``. Each request raises the network's OutsideErrors and those
    of ``storage_refusal``.
    """

    def __init__(self, url: str, key: str) -> None:
        address = server_address(url)
        secret = secret_key(key, address)
        self.host = host_of(address)
        self._base = f"{address}/storage/v1"
        # Newer keys are not tokens, and would be refused as tokens.
        self._headers = {"apikey": secret} | ({} if secret.startswith("sb_") else {"Authorization": f"Bearer {secret}"})
        self._client = open_client(address, timeouts=_TIMEOUTS)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def listed(self) -> Iterator[ListedObject]:
        """Yield every object of the bucket in the order of the keys."""
        cursor = None
        while True:
            body: dict[str, Any] = {"prefix": "", "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            page = self._document("POST", f"/object/list-v2/{_BUCKET}", json=body)
            objects = page.get("objects")
            if not isinstance(objects, list):
                raise odd_answer(self.host, "list-v2")
            for found in objects:
                metadata = found.get("metadata") if isinstance(found, dict) else None
                if not isinstance(metadata, dict):  # a placeholder or a folder
                    continue
                size = metadata.get("size")
                if isinstance(found.get("name"), str) and isinstance(size, int):
                    yield ListedObject(found["name"], size, str(metadata.get("eTag") or ""))
            following = page.get("nextCursor")
            if not page.get("hasNext") or not isinstance(following, str) or following == cursor:
                return
            cursor = following

    def object_facts(self, key: str) -> ObjectFacts:
        """Return the server's facts about an object. Its sha256 is only what the uploader claimed."""
        found = self._document("GET", f"/object/info/{_place(key)}")
        metadata = found.get("metadata")
        facts = ObjectFacts(
            key=key,
            size=found["size"] if isinstance(found.get("size"), int) else -1,
            etag=str(found.get("etag") or ""),
            sha256="",
            content_type=str(found.get("content_type") or ""),
            cache_control=str(found.get("cache_control") or ""),
            metadata=metadata if isinstance(metadata, dict) else {},
        )
        if facts.size < 0:
            raise odd_answer(self.host, "object/info")
        return facts

    def download(self, key: str, take: Callable[[bytes], None]) -> None:
        """Pass the bytes to ``take``, block by block. Raises "connection-lost" if bytes are missing."""
        with (
            outside_errors(self.host),
            self._client.stream(
                "GET", f"{self._base}/object/authenticated/{_place(key)}", headers=self._whole
            ) as answer,
        ):
            if answer.status_code != 200:
                answer.read()
                raise storage_refusal(answer, self.host)
            for block in answer.iter_raw(_BLOCK):
                take(block)

    def holds_bytes(self, key: str, size: int) -> bool:
        """Tell whether an object's bytes exist, in full size: a restored database may list lost objects."""
        headers = self._whole | ({"Range": f"bytes={size - 1}-{size - 1}"} if size else {})
        with outside_errors(self.host):
            answer = self._client.get(f"{self._base}/object/authenticated/{_place(key)}", headers=headers)
        if size == 0:
            return answer.status_code == 200 and not answer.content
        whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
        return answer.status_code == 206 and len(answer.content) == 1 and whole == str(size)

    def upload(self, facts: ObjectFacts, file: Path) -> None:
        """Store an object with all its facts; an existing one is overwritten."""
        metadata = json.dumps(dict(facts.metadata), ensure_ascii=False, separators=(",", ":")).encode()
        headers = self._headers | {
            "Content-Type": facts.content_type,
            "Content-Length": str(facts.size),
            "x-upsert": "true",
            "x-metadata": base64.b64encode(metadata).decode("ascii"),
        }
        if facts.cache_control:
            headers["cache-control"] = facts.cache_control
        try:
            blocks = _blocks(file)
            with outside_errors(self.host):
                answer = self._client.post(f"{self._base}/object/{_place(facts.key)}", headers=headers, content=blocks)
        except OSError as error:
            raise OutsideError("disk-failed", path=str(file), details=str(error)) from error
        if answer.status_code != 200:
            raise storage_refusal(answer, self.host)

    @property
    def _whole(self) -> dict[str, str]:
        """Headers of a read that returns the object as stored, not compressed and not from a cache on the way."""
        return self._headers | {"Accept-Encoding": "identity", "Cache-Control": "no-cache"}

    def _document(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        with outside_errors(self.host):
            answer = self._client.request(method, f"{self._base}{path}", headers=self._headers, **more)
            if answer.status_code != 200:
                raise storage_refusal(answer, self.host)
            found = answer.json()
        if not isinstance(found, dict):
            raise odd_answer(self.host, path.split("/")[2])
        return found


def _place(key: str) -> str:
    return f"{_BUCKET}/{quote(key, safe='/')}"


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            yield block
