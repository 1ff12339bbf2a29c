"""Single TUS requests and their answers, in plain text and with the true status."""

from __future__ import annotations

import base64

import pytest

from tests.twin.storage_stand import BUCKET, LIMIT, StorageStand, without_length

pytestmark = pytest.mark.slow

RLS = "new row violates row-level security policy"
CHUNK = {"Content-Type": "application/offset+octet-stream"}


def pairs(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def test_options_need_no_token(shared_stand: StorageStand) -> None:
    answer = shared_stand.anyone().options("/upload/resumable")
    assert (answer.status_code, answer.headers["Tus-Version"]) == (204, "1.0.0")
    extensions = "creation,creation-with-upload,creation-defer-length,termination,expiration"
    assert answer.headers["Tus-Extension"] == extensions
    assert answer.headers["Tus-Max-Size"] == str(shared_stand.settings.largest_upload)


def test_the_largest_size_is_the_servers_not_the_projects(stand: StorageStand) -> None:
    stand.settings.file_size_limit = 1000
    assert int(stand.anyone().options("/upload/resumable").headers["Tus-Max-Size"]) > 1000
    refused = stand.tus().create(stand.key(), 1001)
    assert (refused.status_code, refused.text) == (413, "Maximum size exceeded\n")
    assert refused.headers["Content-Type"] == "text/plain;charset=UTF-8"


def test_the_bytes_of_an_upload_cannot_be_fetched(shared_stand: StorageStand) -> None:
    tus = shared_stand.tus()
    url = tus.create(shared_stand.key("fetched.wav"), 5).headers["Location"]
    answer = tus.http.get(url, headers={"Tus-Resumable": "1.0.0"})
    path = url.removeprefix(shared_stand.url)
    body = {"message": f"Route GET:{path} not found", "error": "Not Found", "statusCode": 404}
    assert (answer.status_code, answer.json()) == (404, body)


def test_a_whole_upload(shared_stand: StorageStand) -> None:
    tus, key, content = shared_stand.tus(), shared_stand.key("whole.wav"), bytes(range(250)) * 4
    created = tus.create(key, 1000, metadata={"metadata": '{"sha256":"ff"}'})
    url = created.headers["Location"]
    assert (created.status_code, created.content) == (201, b"")
    assert "Content-Length" not in created.headers
    encoded = url.removeprefix(f"{shared_stand.url}/upload/resumable/")
    decoded = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    assert decoded.startswith(f"{BUCKET}/{key}/")
    assert shared_stand.row(key) is None
    part = tus.patch(url, 0, content[:400])
    assert (part.status_code, part.headers["Upload-Offset"], "Tus-Complete" in part.headers) == (204, "400", False)
    head = tus.head(url)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (200, "400", "1000")
    assert head.headers["Cache-Control"] == "no-store"
    assert "Content-Length" not in head.headers
    assert pairs(objectName=key) in head.headers["Upload-Metadata"]
    last = tus.patch(url, 400, content[400:])
    assert (last.status_code, last.headers["Upload-Offset"], last.headers["Tus-Complete"]) == (204, "1000", "1")
    row = shared_stand.row(key)
    assert row is not None
    assert row["user_metadata"] == {"sha256": "ff"}
    assert (row["metadata"]["size"], row["metadata"]["cacheControl"]) == (1000, "max-age=3600")
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == content


@pytest.mark.parametrize("chunk", [100, 65_537, 1_000_000, 5 * 1024 * 1024 + 7, 6 * 1024 * 1024])
def test_any_chunk_size(shared_stand: StorageStand, chunk: int) -> None:
    content = bytes(range(256)) * (chunk // 100)
    key = shared_stand.key(f"chunks-{chunk}.wav")
    content = content[: max(chunk * 3 // 2, 1000)]
    assert shared_stand.tus().send(key, content, chunk=chunk).status_code == 204
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == content


def test_creation_with_upload(shared_stand: StorageStand) -> None:
    tus = shared_stand.tus()
    whole = tus.create(shared_stand.key("with-all.wav"), 5, content=b"12345")
    assert (whole.status_code, whole.headers["Upload-Offset"], whole.headers["Tus-Complete"]) == (201, "5", "1")
    some = tus.create(shared_stand.key("with-some.wav"), 5, content=b"123")
    assert (some.status_code, some.headers["Upload-Offset"], "Tus-Complete" in some.headers) == (201, "3", False)
    assert tus.patch(some.headers["Location"], 3, b"45").headers["Tus-Complete"] == "1"


def test_nothing_at_all(shared_stand: StorageStand) -> None:
    key = shared_stand.key("empty.wav")
    answer = shared_stand.tus().create(key, 0)
    assert (answer.status_code, answer.headers["Tus-Complete"]) == (201, "1")
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == b""


def test_a_length_told_later(shared_stand: StorageStand) -> None:
    tus, key = shared_stand.tus(), shared_stand.key("deferred.wav")
    url = tus.create(key, None).headers["Location"]
    assert tus.patch(url, 0, b"123").status_code == 204
    head = tus.head(url).headers
    assert (head["Upload-Defer-Length"], "Upload-Length" in head) == ("1", False)
    assert tus.patch(url, 3, b"45", upload_length="5").headers["Tus-Complete"] == "1"
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == b"12345"
    assert tus.patch(url, 5, b"", upload_length="5", x_upsert="true").status_code == 400


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({"Tus-Resumable": None}, 412, "Tus-Resumable Required"),
        ({"Tus-Resumable": "0.2"}, 400, "Invalid tus-resumable"),
        ({"Upload-Metadata": None}, 400, "Metadata header is required"),
        ({"Upload-Metadata": "objectName not-base64"}, 400, "Invalid upload-metadata"),
        ({"Upload-Metadata": "bucketName eA==, objectName eA=="}, 400, "Invalid upload-metadata"),
        ({"Upload-Length": None}, 400, "Upload-Length or Upload-Defer-Length header required"),
        ({"Upload-Defer-Length": "1"}, 400, "Upload-Length or Upload-Defer-Length header required"),
        ({"Upload-Length": "-1"}, 400, "Invalid upload-length"),
        ({"Upload-Length": "many"}, 400, "Invalid upload-length"),
        ({"Upload-Metadata": pairs(objectName="x.wav")}, 400, "Bucket name invalid"),
        ({"Upload-Metadata": pairs(bucketName=BUCKET, objectName="ż.wav")}, 400, "Invalid key: ż.wav"),
        ({"Upload-Metadata": pairs(bucketName="nowhere", objectName="x.wav")}, 404, "Bucket not found"),
        ({"Upload-Metadata": pairs(bucketName=BUCKET, objectName="elsewhere/x.wav")}, 403, RLS),
        ({"Upload-Length": str(LIMIT + 1)}, 413, "Maximum size exceeded"),
        ({"Upload-Length": str(LIMIT)}, 201, ""),
    ],
)
def test_creations(shared_stand: StorageStand, headers: dict[str, str | None], status: int, text: str) -> None:
    given: dict[str, str | None] = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "5",
        "Upload-Metadata": pairs(bucketName=BUCKET, objectName=shared_stand.key("c.wav"), contentType="audio/wav"),
        **headers,
    }
    sent = {name: value for name, value in given.items() if value is not None}
    answer = shared_stand.http().post("/upload/resumable", headers=sent)
    assert (answer.status_code, answer.text.rstrip("\n")) == (status, text)
    if status >= 400:
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_the_type_is_checked_only_where_one_is_given(shared_stand: StorageStand) -> None:
    tus, key = shared_stand.tus(), shared_stand.key("untyped.wav")
    refused = tus.create(key, 1, metadata={"contentType": "text/plain"})
    assert (refused.status_code, refused.text) == (415, "mime type text/plain is not supported")
    assert tus.create(key, 1, metadata={"contentType": ""}, content=b"x").status_code == 201
    row = shared_stand.row(key)
    assert row is not None
    assert row["metadata"]["mimetype"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("headers", "content", "status", "text"),
    [
        ({"Upload-Offset": None}, b"1", 403, "Upload-Offset header required"),
        ({"Upload-Offset": "x"}, b"1", 400, "Invalid upload-offset"),
        ({"Content-Type": "audio/wav"}, b"1", 400, "Invalid content-type"),
        ({"Content-Type": None}, b"1", 403, "Content-Type header required"),
        ({"Upload-Offset": "1"}, b"1", 409, "Upload-Offset conflict"),
        ({}, b"123456", 413, "upload's size exceeded"),
        ({"Tus-Resumable": None}, b"1", 412, "Tus-Resumable Required"),
    ],
)
def test_parts(
    shared_stand: StorageStand, headers: dict[str, str | None], content: bytes, status: int, text: str
) -> None:
    tus = shared_stand.tus()
    url = tus.create(shared_stand.key("parts.wav"), 5).headers["Location"]
    given: dict[str, str | None] = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", **CHUNK, **headers}
    sent = {name: value for name, value in given.items() if value is not None}
    answer = tus.http.patch(url, content=content, headers=sent)
    assert (answer.status_code, answer.text.rstrip("\n")) == (status, text)
    assert tus.head(url).headers["Upload-Offset"] == "0", "nothing of it is stored"


def test_a_chunked_part_may_not_be_longer_either(shared_stand: StorageStand) -> None:
    tus = shared_stand.tus()
    url = tus.create(shared_stand.key("longer.wav"), 5).headers["Location"]
    assert tus.patch(url, 0, without_length(b"12345", 2)).headers["Tus-Complete"] == "1"
    url = tus.create(shared_stand.key("longer2.wav"), 5).headers["Location"]
    assert tus.patch(url, 0, without_length(b"123456", 2)).status_code == 413


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_an_unknown_upload(shared_stand: StorageStand, method: str) -> None:
    tus, key = shared_stand.tus(), shared_stand.key("unknown.wav")
    known = tus.create(key, 5).headers["Location"]
    identity = f"{BUCKET}/{key}/00000000-0000-4000-8000-000000000000"
    unknown = f"{shared_stand.url}/upload/resumable/{base64.urlsafe_b64encode(identity.encode()).decode().rstrip('=')}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", **CHUNK}
    answer = tus.http.request(method, unknown, headers=headers)
    assert answer.status_code == 404
    assert answer.text.rstrip("\n") == ("" if method == "HEAD" else "The file for this url was not found")
    assert tus.head(known).status_code == 200


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("expired", '"exp" claim timestamp check failed'),
        ("forged", "signature verification failed"),
        ("none", "Invalid Compact JWS"),
    ],
)
def test_bad_tokens_are_told_in_json_with_400(
    shared_stand: StorageStand, method: str, token: str, message: str
) -> None:
    tus = shared_stand.tus()
    url = tus.create(shared_stand.key("token.wav"), 5).headers["Location"]
    tokens = {"expired": shared_stand.token(expires_in=-1), "forged": shared_stand.token()[:-3] + "AAA", "none": ""}
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", **CHUNK}
    if tokens[token]:
        headers["Authorization"] = f"Bearer {tokens[token]}"
    target = "/upload/resumable" if method == "POST" else url
    answer = shared_stand.anyone().request(method, target, headers=headers)
    assert answer.status_code == 400
    if method == "HEAD":
        assert answer.content == b""
    else:
        body = {"statusCode": "403", "error": "Unauthorized", "message": message, "code": "AccessDenied"}
        assert answer.json() == body


def test_others_may_only_look(shared_stand: StorageStand) -> None:
    url = shared_stand.tus().create(shared_stand.key("looked-at.wav"), 5).headers["Location"]
    for stranger in (shared_stand.tus(shared_stand.other), shared_stand.tus(token=shared_stand.tokens.anon())):
        assert stranger.head(url).headers["Upload-Offset"] == "0"
        for answer in (stranger.patch(url, 0, b"12345"), stranger.delete(url)):
            assert (answer.status_code, answer.text) == (403, RLS)


def test_rights_are_asked_again_at_each_part(stand: StorageStand) -> None:
    tus = stand.tus()
    url = tus.create(stand.key(), 5).headers["Location"]
    assert tus.patch(url, 0, b"123").status_code == 204
    stand.sql("alter policy own_insert on storage.objects with check (false)")
    assert (tus.patch(url, 3, b"45").status_code, tus.delete(url).status_code) == (403, 403)
    stand.sql("alter policy own_insert on storage.objects with check (true)")
    assert tus.patch(url, 3, b"45").status_code == 204


def test_upsert_is_read_from_each_request(shared_stand: StorageStand) -> None:
    tus, key = shared_stand.tus(), shared_stand.key("upsert.wav")
    shared_stand.put(key, b"old")
    assert (tus.create(key, 3).status_code, tus.create(key, 3).text) == (409, "The resource already exists")
    url = tus.create(key, 3, x_upsert="true").headers["Location"]
    refused = tus.patch(url, 0, b"new")
    assert (refused.status_code, refused.text) == (409, "The resource already exists")
    assert tus.delete(url).status_code == 409
    assert tus.patch(url, 0, b"new", x_upsert="true").status_code == 204
    assert shared_stand.http().get(f"/object/{BUCKET}/{key}").content == b"new"


def test_a_finished_upload(shared_stand: StorageStand) -> None:
    tus, key = shared_stand.tus(), shared_stand.key("finished.wav")
    url = tus.create(key, 3, content=b"123").headers["Location"]
    head = tus.head(url)
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (200, "3", "3")
    assert tus.patch(url, 3, b"").status_code == 409
    assert tus.patch(url, 3, b"", x_upsert="true").status_code == 204
    assert tus.delete(url).status_code == 409
    refused = tus.delete(url, x_upsert="true")
    assert (refused.status_code, refused.text) == (400, "Cannot terminate an already completed upload")
    shared_stand.http().delete(f"/object/{BUCKET}/{key}")
    assert tus.head(url).status_code == 410


def test_termination(stand: StorageStand) -> None:
    tus = stand.tus()
    url = tus.create(stand.key(), 5).headers["Location"]
    tus.patch(url, 0, b"123")
    assert tus.delete(url).status_code == 204
    assert (tus.head(url).status_code, stand.files()) == (404, [])


def test_the_second_to_finish_is_refused(shared_stand: StorageStand) -> None:
    tus, key = shared_stand.tus(), shared_stand.key("second.wav")
    first, second = (tus.create(key, 3).headers["Location"] for _ in range(2))
    assert tus.patch(first, 0, b"one").status_code == 204
    assert tus.patch(second, 0, b"two").status_code == 409


def test_the_address_follows_the_proxy(shared_stand: StorageStand) -> None:
    headers = {"X-Forwarded-Host": "project.example.org", "X-Forwarded-Proto": "https"}
    answer = shared_stand.tus().create(shared_stand.key("proxy.wav"), 5, extra=headers)
    assert answer.headers["Location"].startswith("https://project.example.org/storage/v1/upload/resumable/")


def test_expiry(stand: StorageStand) -> None:
    tus = stand.tus()
    assert "Upload-Expires" not in tus.create(stand.key("ever.wav"), 5).headers
    stand.settings.tus_lifetime = 100
    created = tus.create(stand.key(), 5)
    url, expires = created.headers["Location"], created.headers["Upload-Expires"]
    assert expires.endswith(" GMT")
    assert tus.patch(url, 0, b"12").headers["Upload-Expires"] == expires, "fixed from the beginning on"
    assert "Upload-Expires" not in tus.create(stand.key("whole.wav"), 1, content=b"x").headers
    stand.tokens.clock.move(101)
    tus = stand.tus()
    assert (tus.head(url).status_code, tus.patch(url, 2, b"345").status_code) == (410, 410)


def test_in_s3_style(stand: StorageStand) -> None:
    stand.settings.s3_style = True
    tus, key = stand.tus(), stand.key()
    url = tus.create(key, 3, content=b"123").headers["Location"]
    row = stand.row(key)
    assert row is not None
    assert row["metadata"]["eTag"].endswith('-1"')
    stand.http().delete(f"/object/{BUCKET}/{key}")
    assert tus.head(url).status_code == 404


def test_a_get_is_no_tus(shared_stand: StorageStand) -> None:
    answer = shared_stand.http().get("/upload/resumable/x", headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 404
