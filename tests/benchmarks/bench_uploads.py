"""What an upload costs with journal, verification and all, against a bare script that makes the same requests."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from audiodesk.composition import open_core
from audiodesk.domain.uploads.pace import MOST_AT_ONCE
from audiodesk.domain.uploads.samples import sampled_pieces
from audiodesk.local.rows.sync.adoption import adopt
from tests.benchmarks import Row
from tests.benchmarks.environment import environment
from tests.services.uploading.takes import Recorder

__all__ = ["run"]

_MB = 1024 * 1024
_CHUNK = 6 * _MB
_LOADS = (
    ("200 takes of 5 MB", 200, 5 * _MB),
    ("1000 takes of 200 kB", 1000, 200_000),
    ("one take of 50 MB", 1, 50 * _MB),
)
_LIMIT = 1.2
_NOTED = 50
"""Files in one call that notes them as verified."""


def run() -> list[Row]:
    """Measure each load once for ours and once for the base, on a server that is a process of its own."""
    rows = []
    for name, count, size in _LOADS:
        with tempfile.TemporaryDirectory() as folder, _server() as server:
            ours = [_ours(server, Path(folder), "AUTHOR", count, size)]
            base = [_base(server, "OTHER", count, size)]
        seconds, bare = statistics.median(ours), statistics.median(base)
        rows.append(Row(f"{name}, verified / the bare requests", seconds / bare, _LIMIT, seconds, bare))
    return rows


@contextlib.contextmanager
def _server() -> Iterator[dict[str, str]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.twin"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found: dict[str, str] = {}
    while "SUPPORT_PASSWORD" not in found:
        name, _, value = process.stdout.readline().strip().partition("=")
        found[name] = value
    with psycopg.connect(found["DB_URL"]) as connection:
        connection.execute(
            "insert into public.user_credits (user_id, storage_quota_bytes) select id, %s from auth.users"
            " on conflict (user_id) do update set storage_quota_bytes = excluded.storage_quota_bytes",
            [10 * 1024 * _MB],
        )
    try:
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()


def _ours(server: dict[str, str], folder: Path, person: str, count: int, size: int) -> float:
    own = {
        **environment(folder / "home"),
        "SUPABASE_URL": server["SUPABASE_URL"],
        "SUPABASE_ANON_KEY": server["SUPABASE_ANON_KEY"],
        "AUDIODESK_EMAIL": server[f"{person}_EMAIL"],
        "AUDIODESK_PASSWORD": server[f"{person}_PASSWORD"],
        "STORAGE_BACKEND": "supabase",
    }
    with open_core(own, face="command") as core:
        core.library.add_project("Book")
        account = core.sign_in()
        owner = account.sign_in.server.user_id()
        core.database.write(lambda connection: adopt(connection, core.database.clock(), owner))
        recorder = Recorder(core)
        for number in range(count):
            recorder.add(size, seed=number)
            recorder.data.popitem()
        account.one_sync.run(threading.Event())
        began = time.perf_counter()
        outcome = account.one_upload.run(threading.Event())
        seconds = time.perf_counter() - began
        assert outcome is not None
        assert all(result.is_safe for result in outcome.results), outcome.counts
        assert len(outcome.results) == count
    return seconds


def _base(server: dict[str, str], person: str, count: int, size: int) -> float:
    """Send files from the disk, read pieces back, and ask one question of the database for each fifty files."""
    url, key = server["SUPABASE_URL"], server["SUPABASE_ANON_KEY"]
    body = {"email": server[f"{person}_EMAIL"], "password": server[f"{person}_PASSWORD"]}
    with httpx.Client(timeout=60, trust_env=False) as client, tempfile.TemporaryDirectory() as folder:
        signed = client.post(f"{url}/auth/v1/token?grant_type=password", json=body, headers={"apikey": key}).json()
        head = {"apikey": key, "Authorization": f"Bearer {signed['access_token']}"}
        owner = signed["user"]["id"]
        paths = []
        for number in range(count):
            path = Path(folder) / str(number)
            path.write_bytes(secrets.token_bytes(size))
            paths.append(path)
        began = time.perf_counter()
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            list(pool.map(lambda path: _send(client, url, head, owner, path), paths))
        for _ in range(-(-count // _NOTED)):
            client.post(f"{url}/rest/v1/rpc/storage_usage", json={}, headers=head).raise_for_status()
        return time.perf_counter() - began


def _send(client: httpx.Client, url: str, head: dict[str, str], owner: str, path: Path) -> None:
    size, name = path.stat().st_size, f"{owner}/{uuid4()}/{uuid4()}/{uuid4()}/a-1234abcd.wav"
    values = {"bucketName": "audiofiles", "objectName": name, "contentType": "audio/wav", "cacheControl": "3600"}
    metadata = ",".join(f"{word} {base64.b64encode(value.encode()).decode()}" for word, value in values.items())
    tus: dict[str, Any] = {**head, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    with path.open("rb") as file:
        answer = client.post(
            f"{url}/storage/v1/upload/resumable",
            content=file.read(_CHUNK),
            headers={**tus, "Upload-Length": str(size), "Upload-Metadata": metadata},
        )
        answer.raise_for_status()
        while (offset := int(answer.headers["Upload-Offset"])) < size:
            address = f"{url}/storage/v1/upload/resumable/{answer.headers.get('Location', '').rpartition('/')[2]}"
            place = address if answer.request.method == "POST" else str(answer.request.url)
            answer = client.patch(place, content=file.read(_CHUNK), headers={**tus, "Upload-Offset": str(offset)})
            answer.raise_for_status()
    for piece in sampled_pieces(size, lambda below: int.from_bytes(os.urandom(4)) % below):
        client.get(
            f"{url}/storage/v1/object/authenticated/audiofiles/{name}",
            headers={**head, "Range": f"bytes={piece.first}-{piece.first + piece.length - 1}"},
        ).raise_for_status()
