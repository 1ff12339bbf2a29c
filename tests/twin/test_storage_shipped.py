"""The stand-in with the shipped migrations: known gaps are closed, and the quota is exact on every route."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.twin.storage_stand import BUCKET, LIMIT, StorageStand, without_length

RLS = "new row violates row-level security policy"
FOLDERS = "/".join(["22222222-2222-4222-8222-222222222222"] * 3)


def key(stand: StorageStand, name: str = "take-1a2b3c4d.wav") -> str:
    return stand.key(f"{FOLDERS}/{name}")


def quota(stand: StorageStand, size: int) -> None:
    stand.sql(
        "insert into public.user_credits (user_id, storage_quota_bytes)"
        f" values ('{stand.owner}', {size}) on conflict (user_id) do update set storage_quota_bytes = {size}"
    )


def used(stand: StorageStand) -> int:
    with stand.database.connect("postgres") as connection:
        row = connection.execute("select coalesce(sum(storage_used_bytes), 0) from public.user_credits").fetchone()
    assert row is not None
    return int(row[0])


def signed(stand: StorageStand, name: str) -> httpx.Response:
    return stand.http().post(f"/object/upload/sign/{BUCKET}/{name}")


def chunked(stand: StorageStand, name: str) -> httpx.Response:
    path, headers = f"/object/{BUCKET}/{name}", {"Content-Type": "audio/wav"}
    return stand.http().post(path, content=without_length(b"x" * 100), headers=headers)


def form(stand: StorageStand, name: str, size: int = 100) -> httpx.Response:
    return stand.http().post(f"/object/{BUCKET}/{name}", files={"file": ("x", b"x" * size, "audio/wav")})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (lambda stand: stand.put(key(stand), b"x" * 100), True),
        (lambda stand: form(stand, key(stand)), True),
        (lambda stand: stand.tus().send(key(stand), b"x" * 100), True),
        (lambda stand: stand.tus().create(key(stand), LIMIT), True),
        (lambda stand: chunked(stand, key(stand)), False),
        (lambda stand: stand.put(key(stand), b""), False),
        (lambda stand: stand.tus().create(key(stand), 9, metadata={"contentType": ""}), False),
        (lambda stand: stand.tus().create(key(stand), None), False),
        (lambda stand: stand.tus().create(key(stand), 0), False),
        (lambda stand: signed(stand, key(stand)), False),
        (lambda stand: stand.put(stand.key("take.wav")), False),
        (lambda stand: stand.put(key(stand, "a b.wav")), False),
        (lambda stand: stand.put(key(stand).replace(str(stand.owner), str(stand.other))), False),
    ],
    ids=[
        "raw",
        "form",
        "resumable",
        "resumable, the largest",
        "without a length",
        "empty",
        "without a type",
        "length told later",
        "resumable, empty",
        "signed in advance",
        "not in four folders",
        "odd name",
        "another's folder",
    ],
)
def test_what_the_policies_let_pass(
    shipped_stand: StorageStand, act: Callable[[StorageStand], httpx.Response], allowed: bool
) -> None:
    answer = act(shipped_stand)
    if allowed:
        assert answer.status_code in (200, 201, 204), answer.text
    else:
        assert answer.status_code in (400, 403)
        assert RLS in answer.text
        assert (shipped_stand.rows(), shipped_stand.files()) == (0, [])


def test_the_owner_does_all_the_rest(shipped_stand: StorageStand) -> None:
    official = shipped_stand.official().from_(BUCKET)
    one, two = key(shipped_stand, "one-00000001.wav"), key(shipped_stand, "two-00000002.wav")
    options: Any = {"content-type": "audio/wav", "metadata": {"sha256": "ff"}}
    official.upload(one, b"x" * 1000, options)
    options["upsert"] = "true"
    official.upload(one, b"x" * 400, options)
    official.move(one, two)
    official.copy(two, one)
    assert used(shipped_stand) == 800
    assert official.info(two)["metadata"] == {"sha256": "ff"}
    assert len(official.list_v2({"prefix": f"{shipped_stand.owner}/"}).objects) == 2
    url = official.create_signed_url(two, 60)["signedURL"]
    assert url is not None
    assert len(shipped_stand.anyone().get(url).content) == 400
    assert len(official.remove([one, two])) == 2
    assert used(shipped_stand) == 0


def raw_of(stand: StorageStand, name: str) -> httpx.Response:
    return stand.put(name, bytes(10_000))


def resumed_of(stand: StorageStand, name: str) -> httpx.Response:
    return stand.tus().send(name, bytes(10_000), chunk=3_000)


@pytest.mark.slow
@pytest.mark.parametrize("upload", [raw_of, lambda stand, name: form(stand, name, 10_000), resumed_of])
def test_eight_at_once_and_room_for_three(
    shipped_stand: StorageStand,
    monkeypatch: pytest.MonkeyPatch,
    upload: Callable[[StorageStand, str], httpx.Response],
) -> None:
    quota(shipped_stand, 30_000)
    answers, meet = list[httpx.Response](), threading.Barrier(8)
    receive = shipped_stand.service.files.receive

    def received(version: str, blocks: Iterator[bytes]) -> Any:
        meet.wait(30)  # by now all of them are permitted
        return receive(version, blocks)

    monkeypatch.setattr(shipped_stand.service.files, "receive", received)
    clients = [(shipped_stand, key(shipped_stand, f"take-{at:08}.wav")) for at in range(8)]
    threads = [
        threading.Thread(target=lambda pair: answers.append(upload(*pair)), args=(pair,), daemon=True)
        for pair in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # After a refused part the earlier parts stay, and the upload may go on when there is room.
    whole = [path for path in shipped_stand.files() if path.stat().st_size == 10_000]
    assert (shipped_stand.rows(), len(whole), used(shipped_stand)) == (3, 3, 30_000)
    refused = [answer for answer in answers if answer.status_code not in (200, 204)]
    assert len(refused) == 5
    assert all("quota_exceeded: " in answer.text and "30000" in answer.text for answer in refused)


def test_the_exact_byte_passes_and_one_more_does_not(shipped_stand: StorageStand) -> None:
    quota(shipped_stand, 20_000)
    tus = shipped_stand.tus()
    assert tus.send(key(shipped_stand, "one-00000001.wav"), bytes(15_000)).status_code == 204
    answer = tus.create(key(shipped_stand, "two-00000002.wav"), 5_001)
    message = "quota_exceeded: 15000 of 20000 bytes used, 5001 more do not fit"
    assert (answer.status_code, answer.text) == (403, message)
    refused = shipped_stand.put(key(shipped_stand, "two-00000002.wav"), bytes(5_001)).json()
    assert (refused["statusCode"], refused["message"]) == ("403", message)
    assert tus.send(key(shipped_stand, "two-00000002.wav"), bytes(5_000)).status_code == 204
    assert (used(shipped_stand), len(shipped_stand.files())) == (20_000, 2)


def test_a_resumable_upload_goes_on_when_there_is_room_again(shipped_stand: StorageStand) -> None:
    tus, other = shipped_stand.tus(), key(shipped_stand, "other-0000000f.wav")
    shipped_stand.put(other, bytes(5_000))
    quota(shipped_stand, 20_000)
    url = tus.create(key(shipped_stand), 10_000).headers["Location"]
    assert tus.patch(url, 0, bytes(4_000)).status_code == 204
    quota(shipped_stand, 12_000)
    refused = tus.patch(url, 4_000, bytes(6_000))
    assert (refused.status_code, refused.text.startswith("quota_exceeded: 5000 of 12000 ")) == (403, True)
    assert tus.head(url).headers["Upload-Offset"] == "4000"
    shipped_stand.http().delete(f"/object/{BUCKET}/{other}")
    assert tus.patch(url, 4_000, bytes(6_000)).headers["Tus-Complete"] == "1"
