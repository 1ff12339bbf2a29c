"""Which names an object may have, and that no verb reaches another person's folder."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from tests.twin.storage_stand import BUCKET, StorageStand

RLS = "new row violates row-level security policy"


def encoded(name: str) -> str:
    return "".join(f"%{byte:02X}" for byte in name.encode())


GOOD = [
    *(f"a{char}b.wav" for char in " +&$=@;:,()'!*?"),
    "trailing.",
    "trailing ",
    "CON",
    ".hidden",
    "/x.wav",
    "x/",
    "CASE.wav",
    "case.wav",
    "x" * 255,
    "/".join(["x" * 100] * 14),
]
BAD = [*(f"a{char}b.wav" for char in '%#~[]{}^|<>"`\\\0\n'), "%2e%2e", "ż.wav", "z\u0307.wav", "🎵.wav"]
DOTS = ["../x.wav", "./x.wav", "a/../x.wav", "a/..", "%2e%2e/x.wav", "..%2fx.wav", "%2E/x.wav"]


def put(stand: StorageStand, path: str) -> tuple[int, dict[str, str]]:
    """Past httpx, which would tidy the path."""
    connection = HTTPConnection(stand.server.host, stand.server.port, timeout=20)
    try:
        headers = {"Authorization": f"Bearer {stand.token()}", "Content-Type": "audio/wav"}
        connection.request("POST", f"/storage/v1/object/{BUCKET}/{path}", b"x", headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_stored_as_it_is(shared_stand: StorageStand, name: str) -> None:
    key = shared_stand.key(name)
    assert put(shared_stand, f"{shared_stand.owner}/{encoded(name)}")[1]["Key"] == f"{BUCKET}/{key}"
    row = shared_stand.row(key)
    assert row is not None
    got = shared_stand.http().get(httpx.URL(f"{shared_stand.url}/object/{BUCKET}/{shared_stand.owner}/{encoded(name)}"))
    assert got.content == b"x"


@pytest.mark.parametrize("name", BAD)
def test_no_object_may_be_called(shared_stand: StorageStand, name: str) -> None:
    key = shared_stand.key(name)
    assert put(shared_stand, f"{shared_stand.owner}/{encoded(name)}") == (
        400,
        {"statusCode": "400", "error": "InvalidKey", "message": f"Invalid key: {key}", "code": "InvalidKey"},
    )


@pytest.mark.parametrize("path", DOTS)
def test_no_way_out_by_dots(shared_stand: StorageStand, path: str) -> None:
    status, body = put(shared_stand, f"{shared_stand.owner}/{path}")
    assert (status, body["code"]) == (400, "InvalidKey")
    assert body["message"].endswith(" contains dot path segment")
    assert len(shared_stand.files()) == shared_stand.rows()


def test_a_segment_that_the_disk_does_not_take(shared_stand: StorageStand) -> None:
    answer = shared_stand.put(shared_stand.key("x" * 256))
    assert (answer.status_code, answer.json()["error"]) == (500, "Internal")


@pytest.mark.parametrize("path", ["/{owner}/x.wav", "%2F{owner}/x.wav", "x.wav", "{owner}x/y.wav", "{other}/x.wav"])
def test_not_in_the_own_folder(shared_stand: StorageStand, path: str) -> None:
    _, body = put(shared_stand, path.format(owner=shared_stand.owner, other=shared_stand.other))
    assert (body["statusCode"], body["message"]) == ("403", RLS)


def test_without_a_name(shared_stand: StorageStand) -> None:
    assert put(shared_stand, "")[1]["message"] == "Invalid key: "


@pytest.fixture(scope="module")
def theirs(shared_stand: StorageStand) -> str:
    key = shared_stand.key("private.wav")
    shared_stand.put(key, b"private")
    return key


def other_acts(stand: StorageStand, key: str) -> dict[str, httpx.Response]:
    client, mine = stand.http(stand.other), stand.key("mine.wav", other=True)
    form: Any = {"content": b"x", "headers": {"Content-Type": "audio/wav"}}
    client.post(f"/object/{BUCKET}/{mine}", **form)
    sign = {"expiresIn": 60}
    swap = {"bucketId": BUCKET, "sourceKey": key, "destinationKey": stand.key("stolen.wav", other=True)}
    push = {"bucketId": BUCKET, "sourceKey": mine, "destinationKey": stand.key("pushed.wav")}
    return {
        "get": client.get(f"/object/{BUCKET}/{key}"),
        "info": client.get(f"/object/info/{BUCKET}/{key}"),
        "sign": client.post(f"/object/sign/{BUCKET}/{key}", json=sign),
        "move from": client.post("/object/move", json=swap),
        "copy from": client.post("/object/copy", json=swap),
        "upload": client.post(f"/object/{BUCKET}/{stand.key('new.wav')}", **form),
        "upsert": client.post(
            f"/object/{BUCKET}/{key}", content=b"x", headers={"Content-Type": "audio/wav", "x-upsert": "true"}
        ),
        "put": client.put(f"/object/{BUCKET}/{key}", **form),
        "sign upload": client.post(f"/object/upload/sign/{BUCKET}/{stand.key('new.wav')}"),
        "move into": client.post("/object/move", json=push),
        "copy into": client.post("/object/copy", json=push),
        "delete": client.delete(f"/object/{BUCKET}/{key}"),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "status", "message"),
    [
        *((act, "404", "Object not found") for act in ("get", "info", "sign", "move from", "copy from")),
        *((act, "403", RLS) for act in ("upload", "upsert", "put", "sign upload", "move into", "copy into")),
        ("delete", "403", "Access denied"),
    ],
)
def test_another_user_may_not(shared_stand: StorageStand, theirs: str, act: str, status: str, message: str) -> None:
    answer = other_acts(shared_stand, theirs)[act]
    assert (answer.status_code, answer.json()["statusCode"], answer.json()["message"]) == (400, status, message)
    assert shared_stand.http().get(f"/object/{BUCKET}/{theirs}").content == b"private"
