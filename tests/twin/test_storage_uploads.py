"""Standard uploads get the real server's answers: JSON errors with HTTP 400, size limits with gaps."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from storage3.exceptions import StorageApiError

from tests.twin.storage_files import StoredFile
from tests.twin.storage_stand import BUCKET, LIMIT, StorageStand, without_length

pytestmark = pytest.mark.slow  # the file as a whole

DUPLICATE = {
    "statusCode": "409",
    "error": "Duplicate",
    "message": "The resource already exists",
    "code": "KeyAlreadyExists",
}
TOO_LARGE = {
    "statusCode": "413",
    "error": "Payload too large",
    "message": "The object exceeded the maximum allowed size",
    "code": "EntityTooLarge",
}
DENIED = {
    "statusCode": "403",
    "error": "Unauthorized",
    "message": "new row violates row-level security policy",
    "code": "AccessDenied",
}
NO_BUCKET = {
    "statusCode": "404",
    "error": "Bucket not found",
    "message": "Bucket not found",
    "code": "NoSuchBucket",
}


def refused_token(message: str) -> dict[str, str]:
    return {"statusCode": "403", "error": "Unauthorized", "message": message, "code": "AccessDenied"}


def test_a_new_object_and_its_row(shared_stand: StorageStand) -> None:
    key, facts = shared_stand.key("new/take.wav"), base64.b64encode(b'{"sha256":"ff"}').decode()
    answer = shared_stand.put(key, b"x" * 8044, cache_control="max-age=3600", x_metadata=facts)
    row = shared_stand.row(key)
    assert row is not None
    assert (answer.status_code, answer.json()) == (200, {"Key": f"{BUCKET}/{key}", "Id": row["id"]})
    metadata = row["metadata"]
    assert metadata.pop("lastModified").endswith("Z")
    assert metadata == {
        "eTag": f'"{hashlib.md5(b"x" * 8044).hexdigest()}"',
        "size": 8044,
        "mimetype": "audio/wav",
        "cacheControl": "max-age=3600",
        "contentLength": 8044,
        "httpStatusCode": 200,
    }
    assert row["user_metadata"] == {"sha256": "ff"}
    assert row["owner_id"] == row["owner"] == str(shared_stand.owner)


def test_an_upsert_keeps_the_id_and_changes_the_version(shared_stand: StorageStand) -> None:
    key = shared_stand.key("twice.wav")
    shared_stand.put(key, b"one")
    before = shared_stand.row(key)
    assert shared_stand.put(key, b"two").json() == DUPLICATE
    assert shared_stand.put(key, b"three", x_upsert="true").status_code == 200
    after = shared_stand.row(key)
    assert before is not None
    assert after is not None
    assert (before["id"], 5) == (after["id"], after["metadata"]["size"])
    assert before["version"] != after["version"]
    assert shared_stand.service.files.size(before["version"]) is None


def test_put_overwrites_and_also_makes(shared_stand: StorageStand) -> None:
    path = f"/object/{BUCKET}/{shared_stand.key('put.wav')}"
    for content in (b"first", b"second one"):
        answer = shared_stand.http().put(path, content=content, headers={"Content-Type": "audio/wav"})
        assert answer.status_code == 200
        assert shared_stand.http().get(path).content == content


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"Content-Type": "text/plain"}, "text/plain"),
        ({"Content-Type": "Audio/WAV"}, "Audio/WAV"),
        ({"Content-Type": "audio/wav; codecs=1"}, "audio/wav; codecs=1"),
        ({}, "application/octet-stream"),
    ],
)
def test_mime_types_are_compared_letter_by_letter(
    shared_stand: StorageStand, headers: dict[str, str], refused: str
) -> None:
    answer = shared_stand.http().post(f"/object/{BUCKET}/{shared_stand.key('m')}", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "statusCode": "415",
            "error": "invalid_mime_type",
            "message": f"mime type {refused} is not supported",
            "code": "InvalidMimeType",
        },
    )


def test_content_is_never_looked_at(shared_stand: StorageStand) -> None:
    assert shared_stand.put(shared_stand.key("text.wav"), b"no audio at all").status_code == 200


@pytest.mark.parametrize("size", [0, 1])
def test_small_ones_pass(shared_stand: StorageStand, size: int) -> None:
    key = shared_stand.key(f"{size}.wav")
    assert shared_stand.put(key, b"x" * size).status_code == 200
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == b"x" * size


def as_raw(content: bytes) -> dict[str, Any]:
    return {"content": content, "headers": {"Content-Type": "audio/wav"}}


def as_chunked(content: bytes) -> dict[str, Any]:
    return {"content": without_length(content), "headers": {"Content-Type": "audio/wav"}}


def as_form(content: bytes) -> dict[str, Any]:
    return {"files": {"file": ("take.wav", content, "audio/wav")}}


@pytest.mark.parametrize(
    ("size", "packed", "expected"),
    [
        (LIMIT, as_raw, 200),
        (LIMIT + 1, as_raw, TOO_LARGE),
        (LIMIT, as_form, 200),
        (LIMIT + 1, as_form, TOO_LARGE),
        (LIMIT + 1, as_chunked, 200),
    ],
    ids=["raw", "raw+1", "form", "form+1", "chunked+1"],
)
def test_the_size_limit_holds_where_a_length_is_announced(
    shared_stand: StorageStand, size: int, packed: Any, expected: int | dict[str, str]
) -> None:
    path = f"/object/{BUCKET}/{shared_stand.key('large.wav')}"
    files = len(shared_stand.files())
    answer = shared_stand.http().post(path, **packed(bytes(size)))
    if expected == 200:
        assert answer.status_code == 200, answer.text
        assert shared_stand.http().head(path).headers["Content-Length"] == str(size)
        shared_stand.http().delete(path)
    else:
        assert (answer.status_code, answer.json()) == (400, expected)
    assert len(shared_stand.files()) == files


@pytest.mark.parametrize(
    ("token", "status", "body"),
    [
        ("garbage", 400, refused_token("Invalid Compact JWS")),
        ("forged", 400, refused_token("signature verification failed")),
        ("expired", 400, refused_token('"exp" claim timestamp check failed')),
        ("anon", 400, DENIED),
        ("other", 400, DENIED),
        (
            "unknown role",
            500,
            {
                "statusCode": "500",
                "error": "DatabaseError",
                "message": "database error, code: 22023",
                "code": "DatabaseError",
            },
        ),
    ],
)
def test_who_may_not(shared_stand: StorageStand, token: str, status: int, body: dict[str, str]) -> None:
    tokens: dict[str, Callable[[], str]] = {
        "garbage": lambda: "garbage",
        "forged": lambda: shared_stand.token()[:-3] + "AAA",
        "expired": lambda: shared_stand.token(expires_in=-1),
        "anon": shared_stand.tokens.anon,
        "other": lambda: shared_stand.token(shared_stand.other),
        "unknown role": lambda: shared_stand.token(role="nobody"),
    }
    answer = shared_stand.http(token=tokens[token]()).post(
        f"/object/{BUCKET}/{shared_stand.key('who.wav')}", content=b"x", headers={"Content-Type": "audio/wav"}
    )
    assert (answer.status_code, answer.json()) == (status, body)


def test_without_authorization(shared_stand: StorageStand) -> None:
    answer = shared_stand.anyone().post(f"/object/{BUCKET}/x.wav", content=b"x", headers={"apikey": "any"})
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "statusCode": "400",
            "error": "Error",
            "message": "headers must have required property 'authorization'",
            "code": "InvalidRequest",
        },
    )


def test_an_unknown_bucket(shared_stand: StorageStand) -> None:
    answer = shared_stand.http().post("/object/nowhere/x.wav", content=b"x", headers={"Content-Type": "audio/wav"})
    assert (answer.status_code, answer.json()) == (400, NO_BUCKET)


def test_a_broken_escape_in_the_url(shared_stand: StorageStand) -> None:
    answer = shared_stand.http().get(httpx.URL(f"{shared_stand.url}/object/{BUCKET}/x%zz.wav"))
    body = answer.json()
    assert answer.status_code == 400
    assert body.pop("message").endswith("is not a valid url component")
    assert body == {"error": "Bad Request", "code": "FST_ERR_BAD_URL", "statusCode": 400}


def test_the_official_client_sends_forms(shared_stand: StorageStand, tmp_path: Path) -> None:
    bucket = shared_stand.official().from_(BUCKET)
    key, file = shared_stand.key("form/take.mp3"), tmp_path / "take.mp3"
    file.write_bytes(b"ID3" * 10_000)
    options: Any = {"content-type": "audio/mpeg", "cache-control": "60", "metadata": {"title": "Käpt'n"}}
    assert bucket.upload(key, file, options).full_path == f"{BUCKET}/{key}"
    assert bucket.download(key) == file.read_bytes()
    info = bucket.info(key)
    assert (info["size"], info["content_type"], info["cache_control"]) == (30_000, "audio/mpeg", "max-age=60")
    assert info["metadata"] == {"title": "Käpt'n"}
    with pytest.raises(StorageApiError) as refused:
        bucket.upload(key, file, options)
    assert (refused.value.status, refused.value.code) == ("409", "Duplicate")
    upsert: Any = {**options, "upsert": "true"}
    bucket.upload(key, b"new", upsert)
    bucket.update(key, b"newer", options)
    assert bucket.download(key) == b"newer"


def test_the_official_clients_default_type_is_refused(shared_stand: StorageStand) -> None:
    with pytest.raises(StorageApiError) as refused:
        shared_stand.official().from_(BUCKET).upload(shared_stand.key("default.wav"), b"x")
    assert (refused.value.status, refused.value.message) == ("415", "mime type text/plain is not supported")


def test_the_official_client_decodes_names_in_uploads_but_not_in_removals(shared_stand: StorageStand) -> None:
    bucket = shared_stand.official().from_(BUCKET)
    bucket.upload(shared_stand.key("a%20b.wav"), b"x", {"content-type": "audio/wav"})
    assert shared_stand.row(shared_stand.key("a b.wav")) is not None
    assert bucket.remove([shared_stand.key("a%20b.wav")]) == []
    assert len(bucket.remove([shared_stand.key("a b.wav")])) == 1


def test_a_form_without_a_file(shared_stand: StorageStand) -> None:
    answer = shared_stand.http().post(
        f"/object/{BUCKET}/{shared_stand.key('none.wav')}",
        content=b'--b\r\nContent-Disposition: form-data; name="cacheControl"\r\n\r\n3600\r\n--b--\r\n',
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert (answer.status_code, answer.json()["message"]) == (400, "No content provided")


@pytest.mark.parametrize("block", [1, 7, 64, 100_000])
def test_a_form_may_come_in_pieces(shared_stand: StorageStand, block: int) -> None:
    content = b"\r\n--b\r--\r\n-b--" + bytes(range(256)) * 3
    form = (
        b'--b0und\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"a": 1}\r\n'
        b'--b0und\r\nContent-Disposition: form-data; name=""; filename="x"\r\nContent-Type: AUDIO/wav; a=b\r\n\r\n'
        + content
        + b"\r\n--b0und--\r\n"
    )
    key = shared_stand.key(f"pieces-{block}.wav")
    answer = shared_stand.http().post(
        f"/object/{BUCKET}/{key}",
        content=without_length(form, block),
        headers={"Content-Type": "multipart/form-data; boundary=b0und"},
    )
    assert answer.status_code == 200, answer.text
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == content
    row = shared_stand.row(key)
    assert row is not None
    assert row["user_metadata"] == {"a": 1}


def test_parallel_uploads_of_one_new_key_all_succeed(stand: StorageStand, monkeypatch: pytest.MonkeyPatch) -> None:
    key, answers, meet = stand.key("race.wav"), list[httpx.Response](), threading.Barrier(6)
    receive = stand.service.files.receive

    def received(version: str, blocks: Iterator[bytes]) -> StoredFile:
        meet.wait(20)  # by now all of them have passed the test
        return receive(version, blocks)

    monkeypatch.setattr(stand.service.files, "receive", received)

    def upload(at: int) -> None:
        answers.append(stand.put(key, b"%d" % at * 100))

    threads = [threading.Thread(target=upload, args=(at,), daemon=True) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert (stand.rows(), len(stand.files())) == (1, 1)


def test_a_refused_upload_is_not_read_to_its_end(stand: StorageStand) -> None:
    # The server answers at once and then stops reading: a client that sends everything first waits in vain, and so does
    # the next request on that connection.
    path = f"/object/{BUCKET}/{stand.key('x.wav', other=True)}"
    with httpx.Client(base_url=stand.url, timeout=20) as client:
        headers = {"Authorization": f"Bearer {stand.token()}", "Content-Type": "audio/wav"}
        assert client.post(path, content=bytes(300_000), headers=headers).status_code == 400
        with pytest.raises(httpx.TimeoutException):
            client.get("/version", timeout=0.5)
        with pytest.raises(httpx.WriteTimeout):
            client.post(path, content=bytes(30_000_000), headers=headers, timeout=0.5)


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Type": "audio/wav", "Authorization": "Bearer x"}]
)
def test_other_refusals_leave_the_line_as_good_as_before(shared_stand: StorageStand, headers: dict[str, str]) -> None:
    client = shared_stand.http()
    path = f"/object/{BUCKET}/{shared_stand.key('drained.wav')}"
    assert client.post(path, content=bytes(3_000_000), headers=headers).status_code == 400
    assert client.get("/version", timeout=5).text == "1.70.6"


def test_a_cut_upload_leaves_nothing(stand: StorageStand) -> None:
    def body() -> Iterator[bytes]:
        yield bytes(100_000)
        raise ConnectionAbortedError

    headers = {"Content-Type": "audio/wav", "Content-Length": "200000"}
    with pytest.raises(ConnectionAbortedError):
        stand.http().post(f"/object/{BUCKET}/{stand.key()}", content=body(), headers=headers)
    stand.server.stop()
    assert (stand.rows(), stand.files()) == (0, [])


def test_metadata_that_is_no_json_is_left_out(shared_stand: StorageStand) -> None:
    for at, text in enumerate(["no base64!", base64.b64encode(b"no json").decode()]):
        key = shared_stand.key(f"odd-metadata-{at}.wav")
        assert shared_stand.put(key, x_metadata=text).status_code == 200
        row = shared_stand.row(key)
        assert row is not None
        assert row["user_metadata"] is None


def test_a_file_on_disk_is_not_named_after_its_key(stand: StorageStand) -> None:
    stand.put(stand.key("../../../etc/passwd"))
    stand.put(stand.key("a/b/c.wav"))
    assert [path.suffix for path in stand.files()] == [""]
    assert all(path.name not in stand.key("a/b/c.wav") for path in stand.files())
