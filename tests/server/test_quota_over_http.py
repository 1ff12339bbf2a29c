"""The quota and the policies over real HTTP, route by route, as they were observed with such a trigger."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from storage3.exceptions import StorageApiError

from tests.server.storage_steps import MIB, Usage, difference, key_of, together, usage
from tests.twin.databases import Database
from tests.twin.storage_stand import BUCKET, StorageStand, serve, without_length

pytestmark = pytest.mark.slow  # the file as a whole

FILE = b"\0" * MIB
MESSAGE = f"quota_exceeded: {3 * MIB} of {3 * MIB} bytes used, 1 more do not fit"
DENIED = "new row violates row-level security policy"


@pytest.fixture
def stand(each_server: Database, tmp_path: Path) -> Iterator[StorageStand]:
    """A storage server before the shipped migrations; its owner may store 3 MB, as in the observations."""
    with serve(each_server, tmp_path / "storage", policies="") as running:
        allow(running, 3 * MIB)
        yield running
        assert difference(each_server) == []


def allow(stand: StorageStand, own: int) -> None:
    stand.sql(f"select public.set_user_plan('{stand.owner}', 'free', {own})")


def put(stand: StorageStand, key: str, content: Any = FILE, **headers: str) -> dict[str, Any]:
    """The body of the answer, with the HTTP status."""
    answer = stand.put(key, content, **headers)
    return {"http": answer.status_code, **answer.json()}


def refused(message: str) -> dict[str, Any]:
    return {"http": 400, "statusCode": "403", "error": "Unauthorized", "message": message, "code": "AccessDenied"}


def used(stand: StorageStand) -> Usage:
    return usage(stand.database, stand.owner)


def fill(stand: StorageStand, files: int = 3) -> list[str]:
    keys = [key_of(stand.owner) for _ in range(files)]
    for key in keys:
        assert put(stand, key)["http"] == 200
    return keys


def test_one_byte_over_is_refused_with_the_numbers(stand: StorageStand) -> None:
    fill(stand)
    assert put(stand, key_of(stand.owner), b"1") == refused(MESSAGE)
    assert used(stand) == Usage(3 * MIB, 3)
    assert len(stand.files()) == 3


def test_the_official_client_reads_the_message(stand: StorageStand) -> None:
    fill(stand)
    with pytest.raises(StorageApiError) as error:
        stand.official().from_(BUCKET).upload(key_of(stand.owner), b"1", {"content-type": "audio/wav"})
    assert error.value.message == MESSAGE


def test_eight_standard_uploads_at_once_store_three(stand: StorageStand) -> None:
    for _ in range(2):
        keys = [key_of(stand.owner) for _ in range(8)]
        answers: dict[str, dict[str, Any]] = {}

        def upload(key: str, answers: dict[str, dict[str, Any]] = answers) -> None:
            answers[key] = put(stand, key)

        assert together([partial(upload, key) for key in keys]) == [None] * 8
        assert sorted(answer["http"] for answer in answers.values()) == [200] * 3 + [400] * 5
        for answer in answers.values():
            assert answer["http"] == 200 or answer["message"].startswith("quota_exceeded: ")
        assert used(stand) == Usage(3 * MIB, 3)
        assert len(stand.files()) == 3
        stand.official().from_(BUCKET).remove(keys)
        assert used(stand) == Usage(0, 0)


def test_eight_resumable_uploads_at_once_store_three(stand: StorageStand) -> None:
    keys = [key_of(stand.owner) for _ in range(8)]
    answers: list[httpx.Response] = []

    def upload(key: str) -> None:
        answers.append(stand.tus().send(key, FILE, chunk=300_000))

    assert together([partial(upload, key) for key in keys]) == [None] * 8
    done = [answer for answer in answers if answer.status_code == 204]
    late = [answer for answer in answers if answer.status_code != 204]
    assert (len(done), len(late)) == (3, 5)
    assert all(answer.status_code == 403 and answer.text.startswith("quota_exceeded: ") for answer in late)
    assert used(stand) == Usage(3 * MIB, 3)


def test_a_resumable_upload_is_refused_before_a_byte_flows(stand: StorageStand) -> None:
    fill(stand, 2)
    answer = stand.tus().create(key_of(stand.owner), MIB + 1)
    assert answer.status_code == 403
    assert answer.text == f"quota_exceeded: {2 * MIB} of {3 * MIB} bytes used, {MIB + 1} more do not fit"
    assert stand.tus().create(key_of(stand.owner), MIB).status_code == 201


def test_a_resumable_upload_goes_on_after_space_is_freed(stand: StorageStand) -> None:
    first, *_ = fill(stand, 2)
    tus, key = stand.tus(), key_of(stand.owner)
    url = tus.create(key, MIB).headers["Location"]
    assert tus.patch(url, 0, FILE[:1000]).status_code == 204
    fill(stand, 1)
    answer = tus.patch(url, 1000, FILE[1000:])
    assert (answer.status_code, answer.text.split(":")[0]) == (403, "quota_exceeded")
    assert tus.head(url).headers["Upload-Offset"] == "1000"
    stand.official().from_(BUCKET).remove([first])
    assert tus.patch(url, 1000, FILE[1000:]).status_code == 204
    assert used(stand) == Usage(3 * MIB, 3)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_body_without_a_length_is_refused(stand: StorageStand, is_full: bool) -> None:
    if is_full:
        fill(stand)
    assert put(stand, key_of(stand.owner), without_length(b"\0" * 3000)) == refused(DENIED)


def test_a_resumable_upload_of_deferred_length_is_refused(stand: StorageStand) -> None:
    answer = stand.tus().create(key_of(stand.owner), None)
    assert (answer.status_code, answer.text) == (403, DENIED)


def test_a_resumable_upload_without_a_type_is_refused(stand: StorageStand) -> None:
    answer = stand.tus().create(key_of(stand.owner), 10, metadata={"contentType": ""})
    assert (answer.status_code, answer.text) == (403, DENIED)


def test_no_upload_address_is_signed(stand: StorageStand) -> None:
    answer = stand.http().post(f"/object/upload/sign/{BUCKET}/{key_of(stand.owner)}")
    assert {"http": answer.status_code, **answer.json()} == refused(DENIED)
    with pytest.raises(StorageApiError):
        stand.official().from_(BUCKET).create_signed_upload_url(key_of(stand.owner))


def test_addresses_signed_before_are_counted(stand: StorageStand) -> None:
    """Those of an older project stay good for two hours, and run as the service."""
    addresses = []
    stand.sql("alter policy audiodesk_only_own_folder on storage.objects with check (true)")
    stand.sql("create policy older on storage.objects for insert to authenticated with check (true)")
    for _ in range(5):
        answer = stand.http().post(f"/object/upload/sign/{BUCKET}/{key_of(stand.owner)}")
        addresses.append(answer.json()["url"])
    answers = [
        stand.anyone().put(address, content=FILE, headers={"Content-Type": "audio/wav"}) for address in addresses
    ]
    assert [answer.status_code for answer in answers] == [200] * 3 + [400] * 2
    assert answers[-1].json()["message"] == f"quota_exceeded: {3 * MIB} of {3 * MIB} bytes used, {MIB} more do not fit"
    assert used(stand) == Usage(3 * MIB, 3)


def test_the_exact_byte_passes_as_multipart(stand: StorageStand) -> None:
    """The request is some hundred bytes longer than the file."""
    fill(stand, 2)
    client = stand.official().from_(BUCKET)
    client.upload(key_of(stand.owner), FILE, {"content-type": "audio/wav"})
    assert used(stand) == Usage(3 * MIB, 3)
    allow(stand, 4 * MIB)
    with pytest.raises(StorageApiError, match="1048577 more do not fit"):
        client.upload(key_of(stand.owner), FILE + b"1", {"content-type": "audio/wav"})
    assert used(stand) == Usage(3 * MIB, 3)


def test_an_overwrite_by_something_larger_counts_the_growth(stand: StorageStand) -> None:
    key, *_ = fill(stand)
    assert put(stand, key, FILE + b"1", x_upsert="true") == refused(MESSAGE)
    assert put(stand, key, FILE[:-10], x_upsert="true")["http"] == 200
    assert put(stand, key, FILE, x_upsert="true")["http"] == 200
    answer = stand.tus().send(key, FILE + b"1", x_upsert="true")
    assert (answer.status_code, answer.text) == (403, MESSAGE)
    assert stand.tus().send(key, FILE, x_upsert="true").status_code == 204
    assert used(stand) == Usage(3 * MIB, 3)


def test_a_copy_is_refused_and_a_move_is_not(stand: StorageStand) -> None:
    key, *_ = fill(stand)
    client = stand.official().from_(BUCKET)
    with pytest.raises(StorageApiError, match=f"{MIB} more do not fit"):
        client.copy(key, key_of(stand.owner))
    target = key_of(stand.owner)
    client.move(key, target)
    allow(stand, 4 * MIB)
    client.copy(target, key_of(stand.owner))
    assert used(stand) == Usage(4 * MIB, 4)


def test_copy_and_move_across_users_are_refused(stand: StorageStand) -> None:
    (key,) = fill(stand, 1)
    mine, others = stand.official().from_(BUCKET), stand.official(stand.other).from_(BUCKET)
    for act in (mine.copy, mine.move):
        with pytest.raises(StorageApiError, match=DENIED):
            act(key, key_of(stand.other))
    for act in (others.copy, others.move):
        with pytest.raises(StorageApiError, match="Object not found"):
            act(key, key_of(stand.other))
    assert used(stand) == Usage(MIB, 1)


def test_the_service_key_is_counted(stand: StorageStand) -> None:
    fill(stand)
    service = stand.http(token=stand.tokens.service())
    answer = service.post(
        f"/object/{BUCKET}/{key_of(stand.owner)}", content=b"1", headers={"Content-Type": "audio/wav"}
    )
    assert {"http": answer.status_code, **answer.json()} == refused(MESSAGE)


def test_without_a_sign_in_nothing_is_stored_or_read(stand: StorageStand) -> None:
    (key,) = fill(stand, 1)
    anon = stand.http(token=stand.tokens.anon())
    answer = anon.post(f"/object/{BUCKET}/{key_of(stand.owner)}", content=b"1", headers={"Content-Type": "audio/wav"})
    assert {"http": answer.status_code, **answer.json()} == refused(DENIED)
    assert anon.get(f"/object/{BUCKET}/{key}").json()["code"] == "NoSuchKey"
    assert anon.post(f"/object/sign/{BUCKET}/{key}", json={"expiresIn": 60}).json()["code"] == "NoSuchKey"


def test_other_fields_of_the_users_own_metadata_do_not_count(stand: StorageStand) -> None:
    """A size claimed there is the person's own note."""
    claimed = base64.b64encode(b'{"size": 1, "contentLength": 1}').decode()
    assert put(stand, key_of(stand.owner), FILE, x_metadata=claimed)["http"] == 200
    assert used(stand) == Usage(MIB, 1)
