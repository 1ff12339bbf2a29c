"""Reading: signed URLs, ranges, conditions, and what other users or anonymous callers may see."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from storage3.exceptions import StorageApiError

from tests.twin.storage_stand import BUCKET, StorageStand

CONTENT = bytes(range(256)) * 40
NOT_FOUND = {"statusCode": "404", "error": "not_found", "message": "Object not found", "code": "NoSuchKey"}
BAD_RANGE = {
    "statusCode": "416",
    "error": "invalid_range",
    "message": "invalid range provided",
    "code": "InvalidRange",
}


def bad_token(message: str) -> dict[str, str]:
    return {"statusCode": "400", "error": "InvalidJWT", "message": message, "code": "InvalidJWT"}


def bad_signature() -> dict[str, str]:
    code = "InvalidSignature"
    return {"statusCode": "400", "error": code, "message": "Invalid signature", "code": code}


def invalid(message: str) -> dict[str, str]:
    return {"statusCode": "400", "error": "Error", "message": message, "code": "InvalidRequest"}


@pytest.fixture(scope="module")
def key(shared_stand: StorageStand) -> str:
    key = shared_stand.key("song one (1).wav")
    assert shared_stand.put(key, CONTENT, cache_control="max-age=60").status_code == 200
    return key


@pytest.fixture(scope="module")
def signed(shared_stand: StorageStand, key: str) -> str:
    answer = shared_stand.http().post(f"/object/sign/{BUCKET}/{key}", json={"expiresIn": 60}).json()
    url: str = answer["signedURL"]
    assert url.startswith(f"/object/sign/{BUCKET}/{key}?token="), "relative, and with its spaces"
    return url


@pytest.mark.slow
@pytest.mark.parametrize(
    ("range_header", "status", "start", "end"),
    [
        (None, 200, 0, 10240),
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, 10240),
        ("bytes=-100", 206, 10140, 10240),
        ("bytes=0-999999", 206, 0, 10240),
        ("bytes=10239-10239", 206, 10239, 10240),
        ("bytes=-999999", 206, 0, 10240),
        ("bytes=10240-", 416, 0, 0),
        ("bytes=99999-100000", 416, 0, 0),
        ("bytes=100-50", 416, 0, 0),
        ("bytes=a-b", 416, 0, 0),
        ("bytes=-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("items=0-1", 416, 0, 0),
        ("bytes=0-1,4-5", 416, 0, 0),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_ranges(
    shared_stand: StorageStand, signed: str, range_header: str | None, status: int, start: int, end: int, method: str
) -> None:
    headers = {"Range": range_header} if range_header else {}
    answer = shared_stand.anyone().request(method, signed, headers=headers)
    assert answer.status_code == status
    if status == 416:
        assert answer.content == b"" if method == "HEAD" else answer.json() == BAD_RANGE
        return
    assert answer.content == (b"" if method == "HEAD" else CONTENT[start:end])
    assert answer.headers["Content-Length"] == str(end - start)
    assert answer.headers.get("Content-Range") == (f"bytes {start}-{end - 1}/10240" if status == 206 else None)


def test_headers_of_a_signed_url(shared_stand: StorageStand, signed: str) -> None:
    answer = shared_stand.anyone().get(signed, headers={"Authorization": f"Bearer {shared_stand.token(expires_in=-5)}"})
    assert answer.status_code == 200
    assert (answer.headers["Accept-Ranges"], answer.headers["Content-Type"]) == ("bytes", "audio/wav")
    assert "Expires" in answer.headers
    assert "Cache-Control" not in answer.headers
    assert answer.headers["ETag"].startswith('"')


def test_headers_for_a_user(shared_stand: StorageStand, key: str) -> None:
    for path in (f"/object/authenticated/{BUCKET}/{key}", f"/object/{BUCKET}/{key}"):
        answer = shared_stand.http().get(path)
        assert answer.content == CONTENT
        assert answer.headers["Cache-Control"] == "max-age=60"
        assert "Expires" not in answer.headers


@pytest.mark.parametrize(
    ("download", "disposition"),
    [
        (None, None),
        ("", "attachment;"),
        ("x.wav", "attachment; filename=x.wav; filename*=UTF-8''x.wav"),
        ("true", "attachment; filename=true; filename*=UTF-8''true"),
        ("ż b.wav", "attachment; filename=%C5%BC%20b.wav; filename*=UTF-8''%C5%BC%20b.wav"),
    ],
)
def test_downloads(shared_stand: StorageStand, signed: str, download: str | None, disposition: str | None) -> None:
    url = httpx.URL(f"{shared_stand.url}{signed}")
    answer = shared_stand.anyone().get(url if download is None else url.copy_merge_params({"download": download}))
    assert answer.headers.get("Content-Disposition") == disposition


def test_conditions(shared_stand: StorageStand, key: str, signed: str) -> None:
    client = shared_stand.anyone()
    first = client.get(signed).headers
    unchanged = client.get(signed, headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304
    for name in ("Accept-Ranges", "ETag", "Expires", "Last-Modified"):
        assert unchanged.headers[name] == first[name]
    assert "Cache-Control" not in unchanged.headers
    assert client.get(signed, headers={"If-None-Match": '"other"'}).status_code == 200
    mine = shared_stand.http().get(f"/object/{BUCKET}/{key}", headers={"If-None-Match": first["ETag"]})
    assert (mine.status_code, mine.headers["Cache-Control"]) == (304, "max-age=60")
    assert "Expires" not in mine.headers
    # A time sent in seconds is compared with milliseconds.
    assert client.get(signed, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200
    # These two are ignored.
    assert client.get(signed, headers={"If-Range": '"other"', "Range": "bytes=0-9"}).status_code == 206
    assert client.get(signed, headers={"If-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("expires_in", "expected"),
    [
        (1, 200),
        ("60", 200),
        (2**43, 200),
        (0, invalid("body/expiresIn must be >= 1")),
        (-5, invalid("body/expiresIn must be >= 1")),
        ("soon", invalid("body/expiresIn must be integer")),
        (None, invalid("body/expiresIn must be integer")),
    ],
)
def test_lifetimes(shared_stand: StorageStand, key: str, expires_in: Any, expected: int | dict[str, str]) -> None:
    answer = shared_stand.http().post(f"/object/sign/{BUCKET}/{key}", json={"expiresIn": expires_in})
    assert answer.status_code == (200 if expected == 200 else 400)
    if expected != 200:
        assert answer.json() == expected


def test_tokens_that_do_not_open(stand: StorageStand) -> None:
    key, client = stand.key("a.wav"), stand.anyone()
    for name in ("a.wav", "b.wav"):
        stand.put(stand.key(name))
    url = stand.http().post(f"/object/sign/{BUCKET}/{key}", json={"expiresIn": 60}).json()["signedURL"]
    path, _, token = url.partition("?token=")

    def answer(path: str, token: str | None) -> tuple[int, Any]:
        got = client.get(path, params={"token": token} if token is not None else {})
        return got.status_code, got.json()

    assert answer(path, token[:-3] + "AAA") == (400, bad_token("signature verification failed"))
    assert answer(path, "x") == (400, bad_token("Invalid Compact JWS"))
    assert answer(path.replace("a.wav", "b.wav"), token) == (400, bad_signature())
    assert answer(path, None) == (400, invalid("querystring must have required property 'token'"))
    stand.tokens.clock.move(61)
    assert answer(path, token) == (400, bad_token('"exp" claim timestamp check failed'))


def test_a_signed_url_follows_the_key(stand: StorageStand) -> None:
    key, official = stand.key(), stand.official().from_(BUCKET)
    stand.put(key, b"old")
    url = official.create_signed_url(key, 60)["signedURL"]
    assert url is not None
    stand.put(key, b"new bytes", x_upsert="true")
    assert stand.anyone().get(url).content == b"new bytes"
    official.move(key, stand.key("elsewhere.wav"))
    answer = stand.anyone().get(url)
    assert (answer.status_code, answer.json()) == (400, NOT_FOUND)


def test_a_signed_url_outlives_the_right_to_read(stand: StorageStand) -> None:
    stand.put(stand.key(), b"still there")
    url = stand.http().post(f"/object/sign/{BUCKET}/{stand.key()}", json={"expiresIn": 60}).json()["signedURL"]
    stand.sql("alter policy own_select on storage.objects using (false)")
    assert stand.anyone().get(url).content == b"still there"


def test_sign_many(shared_stand: StorageStand, key: str) -> None:
    paths = [key, shared_stand.key("missing.wav"), shared_stand.key(other=True)]
    answers = shared_stand.official().from_(BUCKET).create_signed_urls(paths, 60)
    reason = "Either the object does not exist or you do not have access to it"
    assert [(entry["path"], entry["error"]) for entry in answers] == [
        (key, None),
        (paths[1], reason),
        (paths[2], reason),
    ]
    assert answers[0]["signedURL"] is not None
    assert shared_stand.anyone().get(answers[0]["signedURL"]).content == CONTENT
    assert answers[1]["signedURL"] is None


@pytest.mark.parametrize(
    ("count", "length", "status", "message"),
    [
        (0, 1, 400, "body/paths must NOT have fewer than 1 items"),
        (1000, 1, 200, None),
        (1001, 1, 400, "body/paths must NOT have more than 1000 items"),
        (900, 1200, 413, "Request body is too large"),
    ],
)
def test_how_many(shared_stand: StorageStand, count: int, length: int, status: int, message: str | None) -> None:
    body = {"expiresIn": 60, "paths": ["x" * length] * count}
    answer = shared_stand.http().post(f"/object/sign/{BUCKET}", json=body)
    assert answer.status_code == status
    if message is not None:
        assert answer.json()["message"] == message


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a+b", "a&b", "a$b", "a=b", "a@b", "a:b", "a;b", "a,b"])
def test_odd_names_are_signed_literally_or_in_bulk(shared_stand: StorageStand, name: str) -> None:
    key, client = shared_stand.key(f"odd/{name}.wav"), shared_stand.http()
    shared_stand.put(key, b"odd")
    literal = client.post(f"/object/sign/{BUCKET}/{key}", json={"expiresIn": 60}).json()["signedURL"]
    assert shared_stand.anyone().get(literal).content == b"odd"
    many = client.post(f"/object/sign/{BUCKET}", json={"expiresIn": 60, "paths": [key]}).json()[0]["signedURL"]
    assert shared_stand.anyone().get(many).content == b"odd"
    escaped = f"{shared_stand.key('odd/')}a%{ord(name[1]):02X}b.wav"
    answer = client.post(httpx.URL(f"{shared_stand.url}/object/sign/{BUCKET}/{escaped}"), json={"expiresIn": 60})
    refused = shared_stand.anyone().get(httpx.URL(f"{shared_stand.url}{answer.json()['signedURL']}"))
    assert (refused.status_code, refused.json()) == (400, bad_signature())


@pytest.mark.parametrize("path", ["object/authenticated", "object", "object/info"])
@pytest.mark.parametrize("mine", [True, False])
def test_missing_and_others_objects_look_alike(shared_stand: StorageStand, key: str, path: str, mine: bool) -> None:
    client = shared_stand.http(shared_stand.owner if mine else shared_stand.other)
    answer = client.get(f"/{path}/{BUCKET}/{shared_stand.key('missing.wav') if mine else key}")
    assert (answer.status_code, answer.json()) == (400, NOT_FOUND)
    head = client.head(f"/{path}/{BUCKET}/{shared_stand.key('missing.wav') if mine else key}")
    assert (head.status_code, head.content) == (400, b"")


def test_the_official_client_asks_whether_it_exists(shared_stand: StorageStand, key: str) -> None:
    bucket = shared_stand.official().from_(BUCKET)
    assert bucket.exists(key)
    assert not bucket.exists(shared_stand.key("missing.wav"))
    with pytest.raises(StorageApiError, match="Object not found"):
        bucket.create_signed_url(shared_stand.key("missing.wav"), 60)


def test_a_private_bucket_is_not_public(shared_stand: StorageStand, key: str) -> None:
    answer = shared_stand.anyone().get(f"/object/public/{BUCKET}/{key}")
    assert (answer.status_code, answer.json()["error"]) == (400, "Bucket not found")
    shared_stand.sql("insert into storage.buckets (id, name, public) values ('open', 'open', true)")
    service = shared_stand.http(token=shared_stand.tokens.service())
    service.post("/object/open/x.txt", content=b"hello", headers={"Content-Type": "text/html"})
    answer = shared_stand.anyone().get("/object/public/open/x.txt")
    assert (answer.content, answer.headers["Content-Type"]) == (b"hello", "text/plain")


def test_bytes_that_are_missing_on_disk(stand: StorageStand) -> None:
    stand.put(stand.key())
    for file in stand.files():
        file.unlink()
    answer = stand.http().get(f"/object/{BUCKET}/{stand.key()}")
    assert (answer.status_code, answer.json()["error"]) == (500, "Internal")
    assert stand.http().delete(f"/object/{BUCKET}/{stand.key()}").status_code == 200


def test_version_and_status(shared_stand: StorageStand) -> None:
    assert shared_stand.anyone().get("/version").text == "1.70.6"
    assert shared_stand.anyone().get("/status").status_code == 200
    answer = shared_stand.anyone().get("/nothing/here")
    assert (answer.status_code, answer.json()["message"]) == (404, "Route GET:/nothing/here not found")


def test_info(shared_stand: StorageStand, key: str) -> None:
    facts = shared_stand.official().from_(BUCKET).info(key)
    assert set(facts) == {
        "id",
        "name",
        "version",
        "bucket_id",
        "size",
        "content_type",
        "cache_control",
        "etag",
        "metadata",
        "last_modified",
        "created_at",
    }
    assert (facts["name"], facts["size"], facts["content_type"]) == (key, 10240, "audio/wav")
    assert facts["metadata"] == {}, "never null"
    answer = shared_stand.http().get(f"/object/info/{BUCKET}/{key}")
    head = shared_stand.http().head(f"/object/{BUCKET}/{key}").headers
    assert (answer.headers["ETag"], answer.headers["Last-Modified"]) == (head["ETag"], head["Last-Modified"])
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("token", ["garbage", "expired", None])
def test_info_is_open_to_whoever_has_no_token(shared_stand: StorageStand, key: str, token: str | None) -> None:
    if token == "expired":
        token = shared_stand.tokens.user(shared_stand.owner, expires_in=-1)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = shared_stand.anyone().get(f"/object/info/{BUCKET}/{key}", headers=headers)
    assert (answer.status_code, answer.json()["statusCode"], answer.json()["code"]) == (400, "404", "NoSuchBucket")
    other = shared_stand.anyone().get(f"/object/info/authenticated/{BUCKET}/{key}", headers=headers)
    assert other.status_code == 400
    assert other.json()["code"] != "NoSuchBucket"
