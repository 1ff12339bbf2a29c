"""TUS uploads survive broken connections, killed servers and each other; each running part holds a connection."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support import wait_until
from tests.twin.faults import Fault, stall
from tests.twin.storage_files import StoredFile
from tests.twin.storage_stand import BUCKET, StorageStand

pytestmark = pytest.mark.slow

CONTENT = bytes(range(256)) * 20_000
"""5 120 000 bytes."""


class Slow:
    """A PATCH that stops in the middle of its body, with the line open."""

    def __init__(self, stand: StorageStand, url: str, offset: int, part: bytes, length: int) -> None:
        self.connection = HTTPConnection(stand.server.host, stand.server.port, timeout=20)
        self.connection.putrequest("PATCH", urlsplit(url).path)
        for name, value in {
            "Authorization": f"Bearer {stand.token()}",
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length),
        }.items():
            self.connection.putheader(name, value)
        self.connection.endheaders(part)
        wait_until(lambda: self.arrived(stand) == offset + len(part))

    def arrived(self, stand: StorageStand) -> int:
        return max((path.stat().st_size for path in stand.files()), default=0)

    def send(self, content: bytes) -> None:
        self.connection.send(content)

    def answer(self) -> HTTPResponse:
        return self.connection.getresponse()

    def __enter__(self) -> Slow:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def upload(stand: StorageStand, key: str | None = None, content: bytes = CONTENT) -> str:
    location: str = stand.tus().create(key or stand.key(), len(content)).headers["Location"]
    return location


def resume(stand: StorageStand, url: str) -> None:
    tus = stand.tus()
    offset = int(tus.head(url).headers["Upload-Offset"])
    assert tus.patch(url, offset, CONTENT[offset:]).headers["Tus-Complete"] == "1"
    assert stand.http().get(f"/object/{BUCKET}/{stand.key()}").content == CONTENT


def test_every_received_byte_is_kept_when_the_line_is_cut(stand: StorageStand) -> None:
    url = upload(stand)

    def body() -> Iterator[bytes]:
        yield CONTENT[:3_000_001]
        wait_until(lambda: any(path.stat().st_size for path in stand.files()))  # otherwise a HEAD may arrive first
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        stand.tus().patch(url, 0, body(), content_length=str(len(CONTENT)))
    assert stand.tus().head(url).headers["Upload-Offset"] == "3000001"
    resume(stand, url)


def test_a_reset_keeps_what_came_too(stand: StorageStand) -> None:
    url = upload(stand)
    with Slow(stand, url, 0, CONTENT[:1000], len(CONTENT)) as slow:
        slow.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert stand.tus().head(url).headers["Upload-Offset"] == "1000"
    resume(stand, url)


def test_a_killed_server_forgets_nothing(stand: StorageStand) -> None:
    url = upload(stand)
    with Slow(stand, url, 0, CONTENT[:1_300_000], len(CONTENT)):
        stand.restart()
    head = stand.tus().head(url)
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, "1300000")
    resume(stand, url)


def test_who_comes_second_at_the_same_offset_is_refused(stand: StorageStand) -> None:
    stand.settings.lock_retry = 0.1
    url, answers = upload(stand), list[httpx.Response]()
    with Slow(stand, url, 0, CONTENT[:1000], 2000) as first:
        second = threading.Thread(target=lambda: answers.append(stand.tus().patch(url, 0, CONTENT[:2000])))
        second.start()
        wait_until(lambda: stand.server.faults.log[-1].method == "PATCH" and len(stand.server.faults.log) == 3)
        first.send(CONTENT[1000:2000])
        answer = first.answer()
        assert (answer.status, answer.getheader("Upload-Offset")) == (204, "2000")
        second.join(20)
    assert (answers[0].status_code, answers[0].text) == (409, "Upload-Offset conflict\n")


def test_the_times_of_the_real_server(stand: StorageStand) -> None:
    settings = stand.settings
    assert (settings.lock_retry, settings.lock_drain, settings.lock_wait) == (0.5, 3.0, 5.0)
    assert (settings.pool_size, settings.pool_wait) == (20, 3.0)


def test_a_head_makes_a_stalled_part_let_go(stand: StorageStand) -> None:
    stand.settings.lock_drain, stand.settings.lock_retry = 0.2, 0.05
    url = upload(stand)
    with Slow(stand, url, 0, CONTENT[:1000], len(CONTENT)) as slow:
        head = stand.tus().head(url)
        assert (head.status_code, head.headers["Upload-Offset"]) == (200, "1000")
        answer = slow.answer()
        assert (answer.status, answer.getheader("Upload-Offset"), answer.getheader("Connection")) == (
            204,
            "1000",
            "close",
        )
    resume(stand, url)


def test_a_part_that_the_plan_stalls_lets_go_too(stand: StorageStand) -> None:
    stand.settings.lock_drain, stand.settings.lock_retry = 0.2, 0.05
    url, answers = upload(stand), list[httpx.Response]()
    stand.server.faults.add(Fault(stall(), method="PATCH", phase="body", after_bytes=1000))
    thread = threading.Thread(target=lambda: answers.append(stand.tus().patch(url, 0, CONTENT)))
    thread.start()
    wait_until(lambda: any(path.stat().st_size == 1000 for path in stand.files()))
    assert stand.tus().head(url).headers["Upload-Offset"] == "1000"
    thread.join(20)
    answer = answers[0]
    assert (answer.status_code, answer.headers["Upload-Offset"], answer.headers["Connection"]) == (204, "1000", "close")
    resume(stand, url)


def test_who_does_not_let_go_in_time(stand: StorageStand) -> None:
    stand.settings.lock_wait, stand.settings.lock_retry = 0.2, 0.05
    url = upload(stand)
    with Slow(stand, url, 0, CONTENT[:1000], len(CONTENT)):
        answer = stand.tus().patch(url, 1000, CONTENT[1000:2000])
        assert (answer.status_code, answer.text) == (503, "acquiring lock timeout")
        assert stand.tus().head(url).status_code == 503


def test_stalled_parts_use_up_the_connections(stand: StorageStand) -> None:
    stand.settings.pool_size, stand.settings.pool_wait = 3, 0.2
    urls = [upload(stand, stand.key(f"{at}.wav")) for at in range(3)]
    with contextlib.ExitStack() as stack:
        for at, url in enumerate(urls):
            stack.enter_context(Slow(stand, url, 0, CONTENT[: 1000 + at], len(CONTENT)))
        answer = stand.http().post(f"/object/list/{BUCKET}", json={"prefix": ""})
        body = {
            "statusCode": "544",
            "error": "DatabaseTimeout",
            "message": "The connection to the database timed out",
            "code": "DatabaseTimeout",
        }
        assert (answer.status_code, answer.json()) == (544, body)
        assert stand.tus().head(urls[0]).status_code == 544
    wait_until(lambda: stand.http().post(f"/object/list/{BUCKET}", json={"prefix": ""}).status_code == 200)


def test_facts_and_bytes_are_all_that_a_restart_needs(stand: StorageStand, tmp_path: Path) -> None:
    url = upload(stand)
    stand.tus().patch(url, 0, CONTENT[:1000])
    stand.restart()
    stand.settings.tus_lifetime = 50.0
    stand.tokens.clock.move(60)
    assert stand.tus().head(url).status_code == 410
    stand.tokens.clock.move(-60)
    resume(stand, url)
    facts = [path.name for path in stand.folder.rglob("*") if path.is_file()]
    assert len(facts) == 2
    assert not any("take" in name for name in facts)


def test_four_that_finish_one_new_name_together_all_succeed(
    stand: StorageStand, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls, answers, meet = [upload(stand, content=b"1") for _ in range(4)], list[httpx.Response](), threading.Barrier(4)
    look = stand.service.files.look

    def looked(version: str) -> StoredFile:
        meet.wait(20)  # each is permitted, none is complete
        return look(version)

    monkeypatch.setattr(stand.service.files, "look", looked)

    def finish(url: str) -> None:
        answers.append(stand.tus().patch(url, 0, b"1"))

    threads = [threading.Thread(target=finish, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [204] * 4
    assert (stand.rows(), len(stand.files())) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["raw", "form", "tus", "read"])
def test_large_files_do_not_fill_the_memory(stand: StorageStand, tmp_path: Path, way: str) -> None:
    size, block = 50 * 1024 * 1024, bytes(64 * 1024)
    source = tmp_path / "large.wav"
    source.write_bytes(bytes(size))

    def blocks() -> Iterator[bytes]:
        for _ in range(size // len(block)):
            yield block

    headers = {"Content-Type": "audio/wav", "Content-Length": str(size)}
    path = f"/object/{BUCKET}/{stand.key()}"

    def resumable() -> httpx.Response:
        created = stand.tus().create(stand.key(), size)
        return stand.tus().patch(created.headers["Location"], 0, blocks(), content_length=str(size))

    acts: dict[str, Callable[[], Any]] = {
        "raw": lambda: stand.http().post(path, content=blocks(), headers=headers),
        "form": lambda: stand.official().from_(BUCKET).upload(stand.key(), source, {"content-type": "audio/wav"}),
        "tus": resumable,
        "read": lambda: _drain(stand, path),
    }
    if way == "read":
        acts["raw"]()
    tracemalloc.start()
    try:
        acts[way]()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert stand.http().head(path).headers["Content-Length"] == str(size)
    assert peak < 8 * 1024 * 1024


def _drain(stand: StorageStand, path: str) -> None:
    with stand.http().stream("GET", path) as answer:
        for _ in answer.iter_raw():
            pass
