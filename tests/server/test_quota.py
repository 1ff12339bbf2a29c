"""The quota: the exact byte passes and one more does not, by every route and with any number at once."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.storage_steps import (
    FREE,
    MIB,
    PAID,
    Usage,
    announce,
    complete,
    copy,
    difference,
    key_of,
    move,
    plan,
    remove,
    stored,
    together,
    upload,
    usage,
)
from tests.twin.databases import Database

pytestmark = pytest.mark.slow

REFUSED = psycopg.errors.InsufficientPrivilege
TUS = "storage.tus.upload.create"


@pytest.fixture(scope="module")
def shared_server(each_shared_server: Database) -> Database:
    """All of it on storage servers of either age."""
    return each_shared_server


def fill(server: Database, user: UUID, size: int) -> str:
    """Store `size` bytes in one object, past the bucket's own limit if need be."""
    key = key_of(user)
    complete(server, key, size, owner=user)
    return key


def test_the_exact_byte_passes_and_one_more_does_not(shared_server: Database) -> None:
    user = shared_server.add_user()
    fill(shared_server, user, FREE - 1000)
    with pytest.raises(REFUSED) as refused:
        upload(shared_server, user, key_of(user), 1001)
    assert usage(shared_server, user) == Usage(FREE - 1000, 1)
    upload(shared_server, user, key_of(user), 1000)
    assert usage(shared_server, user) == Usage(FREE, 2)
    assert refused.value.sqlstate == "42501"


def test_the_message_tells_the_numbers(shared_server: Database) -> None:
    user = shared_server.add_user()
    fill(shared_server, user, FREE)
    with pytest.raises(REFUSED) as refused:
        complete(shared_server, key_of(user), 1024, owner=user)
    assert (
        refused.value.diag.message_primary == "quota_exceeded: 524288000 of 524288000 bytes used, 1024 more do not fit"
    )


def test_the_message_of_the_test_tells_the_announced_number(shared_server: Database) -> None:
    user = shared_server.add_user()
    fill(shared_server, user, FREE - 10)
    with pytest.raises(REFUSED, match=f"quota_exceeded: {FREE - 10} of {FREE} bytes used, 11 more do not fit"):
        announce(shared_server, user, key_of(user), 11, operation=TUS)


@pytest.mark.parametrize("operation", [TUS, "storage.tus.upload.part", "storage.tus.upload.create_signed"])
def test_a_resumable_upload_is_refused_before_any_byte_flows(shared_server: Database, operation: str) -> None:
    user = shared_server.add_user()
    fill(shared_server, user, FREE - 1000)
    announce(shared_server, user, key_of(user), 1000, operation=operation)
    with pytest.raises(REFUSED, match="quota_exceeded"):
        announce(shared_server, user, key_of(user), 1001, operation=operation)


def test_a_multipart_request_is_announced_with_what_is_around_the_file(shared_server: Database) -> None:
    user = shared_server.add_user()
    fill(shared_server, user, FREE - 1000)
    with pytest.raises(REFUSED, match="quota_exceeded"):
        announce(shared_server, user, key_of(user), 1000 + 4097)
    announce(shared_server, user, key_of(user), 1000 + 4096)
    upload(shared_server, user, key_of(user), 1000, around=500)
    assert usage(shared_server, user) == Usage(FREE, 2)


def test_the_test_leaves_nothing(server: Database) -> None:
    user = server.add_user()
    announce(server, user, key_of(user), 1000)
    assert usage(server, user) == Usage(0, 0)
    with server.connect() as connection:
        assert connection.execute("select from public.user_credits").rowcount == 0
        assert connection.execute("select from audiodesk.usage_day").rowcount == 0


def test_a_body_without_a_length_is_decided_by_its_exact_size(shared_server: Database) -> None:
    """Were such a body let in, the completion would still count it."""
    user = shared_server.add_user()
    fill(shared_server, user, FREE - 1000)
    with pytest.raises(REFUSED, match="quota_exceeded"):
        complete(shared_server, key_of(user), 1001, owner=user)
    complete(shared_server, key_of(user), 1000, owner=user)


def test_a_service_key_stores_into_the_persons_quota(shared_server: Database) -> None:
    """Such a row has no owner: the key tells whose it is."""
    user = shared_server.add_user()
    fill(shared_server, user, FREE)
    with pytest.raises(REFUSED, match="quota_exceeded"):
        complete(shared_server, key_of(user), 1, operation="storage.s3.upload")
    with pytest.raises(REFUSED, match="quota_exceeded"):
        complete(shared_server, key_of(user), 1, operation="storage.object.upload_signed")


def test_overwriting_by_something_larger_counts_the_growth(shared_server: Database) -> None:
    user = shared_server.add_user()
    key = fill(shared_server, user, 1000)
    fill(shared_server, user, FREE - 2000)
    with pytest.raises(REFUSED, match=f"quota_exceeded: {FREE - 1000} of {FREE} bytes used, 1001 more do not fit"):
        complete(shared_server, key, 2001, owner=user)
    with pytest.raises(REFUSED, match=f"quota_exceeded: {FREE - 1000} of {FREE} bytes used, 1001 more do not fit"):
        announce(shared_server, user, key, 2001, upsert=True, operation=TUS)
    announce(shared_server, user, key, 2000, upsert=True, operation=TUS)
    upload(shared_server, user, key, 2000, upsert=True, around=300)
    assert usage(shared_server, user) == Usage(FREE, 2)


def test_overwriting_by_something_smaller_passes_even_when_over_the_quota(shared_server: Database) -> None:
    user = shared_server.add_user()
    key = key_of(user)
    upload(shared_server, user, key, 50_000)
    plan(shared_server, user, own=30_000)
    announce(shared_server, user, key, 50_000, upsert=True, operation=TUS)
    upload(shared_server, user, key, 50_000, upsert=True, around=500)
    upload(shared_server, user, key, 40_000, upsert=True, around=500)
    assert usage(shared_server, user) == Usage(40_000, 1)
    with pytest.raises(REFUSED, match="quota_exceeded: 40000 of 30000 bytes used, 1 more do not fit"):
        announce(shared_server, user, key, 40_001, upsert=True, operation=TUS)
    with pytest.raises(REFUSED, match="quota_exceeded: 40000 of 30000 bytes used, 1 more do not fit"):
        complete(shared_server, key, 40_001, owner=user)


def test_a_copy_counts_and_is_refused_at_once(shared_server: Database) -> None:
    user = shared_server.add_user()
    key = key_of(user)
    upload(shared_server, user, key, 2000)
    copy(shared_server, user, key, key_of(user))
    assert usage(shared_server, user) == Usage(4000, 2)
    plan(shared_server, user, own=5999)
    with pytest.raises(REFUSED, match="quota_exceeded: 4000 of 5999 bytes used, 2000 more do not fit"):
        copy(shared_server, user, key, key_of(user))
    assert usage(shared_server, user) == Usage(4000, 2)


def test_a_move_changes_nothing_even_when_full(shared_server: Database) -> None:
    user = shared_server.add_user()
    key, other = key_of(user), key_of(user)
    upload(shared_server, user, key, 2000)
    plan(shared_server, user, own=2000)
    move(shared_server, user, key, other)
    plan(shared_server, user, own=100)
    move(shared_server, user, other, key)
    assert usage(shared_server, user) == Usage(2000, 1)
    assert difference(shared_server) == []


def test_deleting_one_or_many_gives_the_bytes_back(shared_server: Database) -> None:
    user = shared_server.add_user()
    keys = [key_of(user) for _ in range(5)]
    for number, key in enumerate(keys):
        upload(shared_server, user, key, 100 + number)
    assert remove(shared_server, user, keys[:1]) == 1
    assert usage(shared_server, user) == Usage(101 + 102 + 103 + 104, 4)
    assert remove(shared_server, user, keys) == 4
    assert usage(shared_server, user) == Usage(0, 0)


def test_a_downgrade_deletes_nothing_and_lets_nothing_in(shared_server: Database) -> None:
    user = shared_server.add_user()
    assert plan(shared_server, user, "paid")["allowed"] == PAID
    first = fill(shared_server, user, FREE)
    key = key_of(user)
    upload(shared_server, user, key, 1)
    told = plan(shared_server, user, "free")
    assert (told["plan"], told["used"], told["allowed"], told["objects"]) == ("free", FREE + 1, FREE, 2)
    with pytest.raises(REFUSED, match="quota_exceeded"):
        announce(shared_server, user, key_of(user), 1, operation=TUS)
    with pytest.raises(REFUSED, match="quota_exceeded"):
        upload(shared_server, user, key_of(user), 1)
    remove(shared_server, user, [key])
    with pytest.raises(REFUSED, match="quota_exceeded"):
        upload(shared_server, user, key_of(user), 1)
    remove(shared_server, user, [first])
    upload(shared_server, user, key_of(user), 1)


def test_an_upgrade_takes_effect_at_once(shared_server: Database) -> None:
    user = shared_server.add_user()
    fill(shared_server, user, FREE)
    with pytest.raises(REFUSED):
        upload(shared_server, user, key_of(user), 1)
    plan(shared_server, user, "paid")
    upload(shared_server, user, key_of(user), 1)
    fill(shared_server, user, PAID - FREE - 1)
    with pytest.raises(REFUSED, match=f"quota_exceeded: {PAID} of {PAID} bytes used, 1 more do not fit"):
        complete(shared_server, key_of(user), 1)


def test_a_number_of_ones_own_wins_over_the_plan(shared_server: Database) -> None:
    user = shared_server.add_user()
    plan(shared_server, user, "paid", 10)
    upload(shared_server, user, key_of(user), 10)
    with pytest.raises(REFUSED, match="quota_exceeded: 10 of 10 bytes used, 1 more do not fit"):
        complete(shared_server, key_of(user), 1)
    plan(shared_server, user, "free", 0)
    assert plan(shared_server, user, "free")["allowed"] == FREE


def test_eight_at_once_store_exactly_what_fits(shared_server: Database) -> None:
    user = shared_server.add_user()
    plan(shared_server, user, own=3 * MIB)
    for _ in range(3):
        keys = [key_of(user) for _ in range(8)]
        outcomes = together([partial(upload, shared_server, user, key, MIB, around=300) for key in keys])
        assert sum(outcome is None for outcome in outcomes) == 3
        assert all(isinstance(outcome, REFUSED) for outcome in outcomes if outcome is not None)
        assert usage(shared_server, user) == Usage(3 * MIB, 3)
        remove(shared_server, user, keys)
    assert difference(shared_server) == []


def test_eight_at_once_are_a_new_persons_first(shared_server: Database) -> None:
    """Nobody has a row yet, so all eight want to make it."""
    user = shared_server.add_user()
    keys = [key_of(user) for _ in range(8)]
    outcomes = together([partial(complete, shared_server, key, 1000) for key in keys])
    assert outcomes == [None] * 8
    assert usage(shared_server, user) == Usage(8000, 8)


def test_a_downgrade_waits_for_an_upload_that_is_being_committed(shared_server: Database) -> None:
    user = shared_server.add_user()
    plan(shared_server, user, own=1000)
    with shared_server.as_service("storage.object.upload") as uploading:
        uploading.execute(
            "insert into storage.objects (bucket_id, name, metadata) values ('audiofiles', %s, %s)",
            [key_of(user), Jsonb(stored(1000))],
        )
        with shared_server.open() as operator:
            operator.execute("set lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                operator.execute("select public.set_user_plan(%s, 'free', 1)", [user])
    assert plan(shared_server, user, own=1)["used"] == 1000
