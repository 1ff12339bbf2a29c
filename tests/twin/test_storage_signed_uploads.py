"""Uploads with a token signed before: at once or resumable, without another check of row level security."""

from __future__ import annotations

from typing import Any

from tests.twin.storage_stand import BUCKET, StorageStand, Tus


def sign(stand: StorageStand, key: str, **headers: str) -> dict[str, Any]:
    answer = stand.http().post(f"/object/upload/sign/{BUCKET}/{key}", headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_put(shared_stand: StorageStand) -> None:
    key = shared_stand.key("signed.wav")
    signed = sign(shared_stand, key)
    assert signed["url"] == f"/object/upload/sign/{BUCKET}/{key}?token={signed['token']}"
    claims = shared_stand.tokens.read(signed["token"])
    assert (claims["owner"], claims["upsert"], claims["scope"]) == (str(shared_stand.owner), False, "upload")
    assert claims["exp"] - claims["iat"] == 7200
    put = {"content": b"signed", "headers": {"Content-Type": "audio/wav"}}
    client = shared_stand.anyone()
    first = client.put(signed["url"], **put)  # type: ignore[arg-type]
    assert (first.status_code, first.json()) == (200, {"Key": f"{BUCKET}/{key}"})
    again = client.put(signed["url"], **put)  # type: ignore[arg-type]
    assert (again.status_code, again.json()["statusCode"]) == (400, "409")
    row = shared_stand.row(key)
    assert row is not None
    assert row["owner_id"] == str(shared_stand.owner)


def test_what_does_not_open(shared_stand: StorageStand) -> None:
    key, client = shared_stand.key("unopened.wav"), shared_stand.anyone()
    token = sign(shared_stand, key)["token"]
    read = shared_stand.tokens.sign({"url": f"{BUCKET}/{key}", "exp": 2**40})
    for path, given, error, message in (
        (key, token[:-3] + "AAA", "InvalidJWT", "signature verification failed"),
        (shared_stand.key("other.wav"), token, "InvalidSignature", "Invalid signature"),
        (key, read, "InvalidSignature", "Invalid signature"),
    ):
        answer = client.put(f"/object/upload/sign/{BUCKET}/{path}", params={"token": given}, content=b"x")
        body = {"statusCode": "400", "error": error, "message": message, "code": error}
        assert (answer.status_code, answer.json()) == (400, body)
    assert client.put(f"/object/upload/sign/{BUCKET}/{key}", content=b"x").status_code == 400


def test_the_official_client(shared_stand: StorageStand) -> None:
    bucket, key = shared_stand.official().from_(BUCKET), shared_stand.key("signed-official.wav")
    signed = bucket.create_signed_upload_url(key)
    bucket.upload_to_signed_url(key, signed["token"], b"signed", {"content-type": "audio/wav"})
    assert bucket.download(key) == b"signed"


def test_rights_are_not_asked_at_the_upload(stand: StorageStand) -> None:
    signed = sign(stand, stand.key())
    stand.sql("alter policy own_insert on storage.objects with check (false)")
    answer = stand.anyone().put(signed["url"], content=b"x", headers={"Content-Type": "audio/wav"})
    assert answer.status_code == 200


def test_resumable(shared_stand: StorageStand) -> None:
    key = shared_stand.key("signed-tus.wav")
    token = sign(shared_stand, key)["token"]
    tus = Tus(shared_stand.anyone())
    path = "/upload/resumable/sign"
    created = tus.create(key, 5, path=path, x_signature=token)
    url = created.headers["Location"]
    assert (created.status_code, "/upload/resumable/sign/" in url) == (201, True)
    for given, text in (({}, "Missing x-signature header"), ({"x_signature": token + "x"}, "Invalid Compact JWS")):
        answer = tus.patch(url, 0, b"12345", **given)
        assert answer.status_code == 400
        assert answer.text in (text, "signature verification failed")
    other = tus.create(shared_stand.key("signed-other.wav"), 5, path=path, x_signature=token)
    assert (other.status_code, other.text) == (400, "Invalid signature")
    assert tus.head(url, x_signature=token).headers["Upload-Offset"] == "0"
    assert tus.patch(url, 0, b"12345", x_signature=token).headers["Tus-Complete"] == "1"
    row = shared_stand.row(key)
    assert row is not None
    assert row["owner_id"] == str(shared_stand.owner)
