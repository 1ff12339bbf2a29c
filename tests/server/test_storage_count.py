"""Which bytes count for whom: other buckets, new owners, odd sizes, many rows at once, lost rows, the recount."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.storage_steps import (
    FREE,
    Usage,
    complete,
    difference,
    key_of,
    plan,
    recount,
    remove,
    stored,
    together,
    until_somebody_waits,
    upload,
    usage,
)
from tests.twin.databases import Database

pytestmark = pytest.mark.slow  # the file as a whole

REFUSED = psycopg.errors.InsufficientPrivilege


def test_other_buckets_and_keys_without_an_owner_are_not_counted(server: Database) -> None:
    user = server.add_user()
    with server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('pictures', 'pictures')")
    complete(server, f"{user}/a/b/c/d.wav", 1000, bucket="pictures")
    for name in ("loose.wav", "shared/x.wav", f"{str(user).upper()}/x.wav", f"x{user}/x.wav", f"{user}x/x.wav"):
        complete(server, name, 10 * FREE)
    with server.connect() as connection:
        assert connection.execute("select from public.user_credits").rowcount == 0


def test_into_the_bucket_and_out_of_it(server: Database) -> None:
    user = server.add_user()
    with server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('pictures', 'pictures')")
    key = key_of(user)
    complete(server, key, 1000, bucket="pictures")
    change = "update storage.objects set bucket_id = %s where name = %s"
    with server.as_service("storage.object.move") as connection:
        connection.execute(change, ["audiofiles", key])
    assert usage(server, user) == Usage(1000, 1)
    with server.as_service("storage.object.move") as connection:
        connection.execute(change, ["pictures", key])
    assert usage(server, user) == Usage(0, 0)
    plan(server, user, own=999)
    with (
        pytest.raises(REFUSED, match="quota_exceeded: 0 of 999 bytes used, 1000 more do not fit"),
        server.as_service("storage.object.move") as connection,
    ):
        connection.execute(change, ["audiofiles", key])


@pytest.mark.parametrize("larger_first", [True, False])
def test_an_object_that_changes_hands_is_counted_for_the_new_ones_quota(
    shared_server: Database, larger_first: bool
) -> None:
    one, other = sorted((shared_server.add_user(), shared_server.add_user()), reverse=larger_first)
    key = key_of(one)
    complete(shared_server, key, 1000)
    plan(shared_server, other, own=999)
    change = "update storage.objects set name = %s where name = %s"
    with pytest.raises(REFUSED, match="quota_exceeded"), shared_server.as_service("storage.object.move") as connection:
        connection.execute(change, [key_of(other), key])
    assert usage(shared_server, one) == Usage(1000, 1)
    plan(shared_server, other, own=1000)
    with shared_server.as_service("storage.object.move") as connection:
        connection.execute(change, [key_of(other), key])
    assert (usage(shared_server, one), usage(shared_server, other)) == (Usage(0, 0), Usage(1000, 1))


def test_objects_that_change_hands_both_ways_at_once_do_not_deadlock(shared_server: Database) -> None:
    one, other = shared_server.add_user(), shared_server.add_user()

    def give(source: str, target: UUID) -> None:
        with shared_server.as_service("storage.object.move") as connection:
            connection.execute("update storage.objects set name = %s where name = %s", [key_of(target), source])

    for _ in range(5):
        keys = [key_of(one), key_of(other)]
        complete(shared_server, keys[0], 10)
        complete(shared_server, keys[1], 20)
        assert together([partial(give, keys[0], other), partial(give, keys[1], one)]) == [None, None]
    assert (usage(shared_server, one), usage(shared_server, other)) == (Usage(100, 5), Usage(50, 5))


@pytest.mark.parametrize(
    ("size", "length", "counted"),
    [
        (-5, 700, 700),
        ("800", 700, 800),
        ("much", 700, 700),
        (1e300, 700, 2**46),
        ("9" * 40, 700, 700),
        (12.5, 700, 13),
        ([5], 700, 700),
        (True, None, 0),
        (0, 0, 0),
    ],
)
def test_a_size_that_cannot_be_true_neither_breaks_the_count_nor_cheats_it(
    server: Database, size: object, length: int | None, counted: int
) -> None:
    user = server.add_user()
    plan(server, user, own=2**60)
    write = "insert into storage.objects (bucket_id, name, metadata) values ('audiofiles', %s, %s)"
    with server.as_service("storage.object.upload") as connection:
        connection.execute(write, [key_of(user), Jsonb({"size": size, "contentLength": length})])
    assert usage(server, user) == Usage(counted, 1)
    assert recount(server) == []
    with server.as_service("storage.object.delete") as connection:
        connection.execute("delete from storage.objects")
    assert usage(server, user) == Usage(0, 0)


@pytest.mark.parametrize("metadata", [None, Jsonb([]), Jsonb("x"), Jsonb({}), Jsonb({"size": None})])
def test_a_row_without_a_size_adds_nothing(shared_server: Database, metadata: object) -> None:
    user = shared_server.add_user()
    key = key_of(user)
    with shared_server.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, metadata) values ('audiofiles', %s, %s)", [key, metadata]
        )
    assert usage(shared_server, user) == Usage(0, 0)
    complete(shared_server, key, 50)
    assert usage(shared_server, user) == Usage(50, 1)
    with shared_server.as_service("storage.object.upload") as connection:
        connection.execute("update storage.objects set metadata = %s where name = %s", [metadata, key])
    assert usage(shared_server, user) == Usage(0, 0)
    assert recount(shared_server) == []


def test_many_rows_in_one_statement_are_each_counted_once(server: Database) -> None:
    """Also the first ones of people who have no row yet."""
    users = sorted(server.add_user() for _ in range(3))
    keys = [key_of(user) for user in users for _ in range(4)]
    with server.as_service("storage.object.upload") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, metadata) select 'audiofiles', name, %s"
            " from unnest(%s::text[]) as name",
            [Jsonb(stored(7)), keys],
        )
    assert [usage(server, user) for user in users] == [Usage(28, 4)] * 3
    with server.as_service("storage.object.upload") as connection:
        connection.execute("update storage.objects set metadata = %s", [Jsonb(stored(8))])
    assert [usage(server, user) for user in users] == [Usage(32, 4)] * 3
    with server.as_service("storage.object.delete") as connection:
        connection.execute("delete from storage.objects")
    assert [usage(server, user) for user in users] == [Usage(0, 0)] * 3


def test_one_statement_over_the_quota_stores_nothing(shared_server: Database) -> None:
    user = shared_server.add_user()
    plan(shared_server, user, own=27)
    with (
        pytest.raises(REFUSED, match="quota_exceeded"),
        shared_server.as_service("storage.object.upload") as connection,
    ):
        connection.execute(
            "insert into storage.objects (bucket_id, name, metadata) select 'audiofiles', name, %s"
            " from unnest(%s::text[]) as name",
            [Jsonb(stored(7)), [key_of(user) for _ in range(4)]],
        )
    assert usage(shared_server, user) == Usage(0, 0)


def test_a_row_that_was_removed_comes_back_with_what_is_stored(server: Database) -> None:
    user = server.add_user()
    for _ in range(3):
        upload(server, user, key_of(user), 100)
    complete(server, f"{user} (old)/x.wav", 5000)  # belongs to nobody, though its name begins alike
    with server.connect() as connection:
        connection.execute("delete from public.user_credits")
    upload(server, user, key_of(user), 50)
    assert usage(server, user) == Usage(350, 4)
    with server.connect() as connection:
        connection.execute("delete from public.user_credits")
        connection.execute("insert into public.user_credits (user_id, storage_used_bytes) values (%s, 5)", [user])
    assert usage(server, user) == Usage(350, 4)


def test_deleting_objects_of_somebody_without_a_row_passes(server: Database) -> None:
    user = server.add_user()
    key = key_of(user)
    upload(server, user, key, 100)
    with server.connect() as connection:
        connection.execute("delete from public.user_credits")
    assert remove(server, user, [key]) == 1
    assert difference(server) == []


def test_somebody_who_has_left_is_still_counted_and_may_be_deleted(shared_server: Database) -> None:
    user = shared_server.add_user()
    key = key_of(user)
    upload(shared_server, user, key, 100)
    with shared_server.open("supabase_auth_admin") as connection:
        connection.execute("delete from auth.users where id = %s", [user])
    with pytest.raises(REFUSED, match="unknown_user"):
        upload(shared_server, user, key_of(user), 100)  # with a token that is valid longer than the account
    assert usage(shared_server, user) == Usage(100, 1)
    remove(shared_server, user, [key])
    assert usage(shared_server, user) == Usage(0, 0)


def test_truncate_empties_the_counters(server: Database) -> None:
    user = server.add_user()
    upload(server, user, key_of(user), 100)
    with server.connect() as connection:
        connection.execute("truncate storage.objects")
    assert usage(server, user) == Usage(0, 0)


def test_a_recount_tells_the_differences_and_repairs_them(server: Database) -> None:
    user, other, third = server.add_user(), server.add_user(), server.add_user()
    for owner in (user, other, third):
        upload(server, owner, key_of(owner), 100)
    with server.connect() as connection:
        connection.execute(
            "update public.user_credits set storage_used_bytes = 7, storage_object_count = 3 where user_id = %s",
            [user],
        )
        connection.execute("delete from public.user_credits where user_id = %s", [other])
    found = sorted([(user, 7, 100, 3, 1, False), (other, None, 100, None, 1, False)])
    assert sorted(recount(server, repair=False)) == found
    assert sorted(recount(server)) == [(*row[:5], True) for row in found]
    assert recount(server) == []
    assert [usage(server, owner) for owner in (user, other, third)] == [Usage(100, 1)] * 3


def test_a_recount_of_one_leaves_the_others(server: Database) -> None:
    user, other = server.add_user(), server.add_user()
    for owner in (user, other):
        upload(server, owner, key_of(owner), 100)
    with server.connect() as connection:
        connection.execute("update public.user_credits set storage_used_bytes = 7")
        told = connection.execute("select * from public.recount_user_storage(%s)", [user]).fetchall()
    assert told == [(user, 7, 100, 1, 1, True)]
    assert usage(server, other) == Usage(7, 1)


def test_a_recount_beside_uploads_stays_exact(server: Database) -> None:
    user = server.add_user()
    upload(server, user, key_of(user), 1)
    with server.connect() as connection:
        connection.execute("update public.user_credits set storage_used_bytes = 12345")

    def many() -> None:
        for _ in range(15):
            complete(server, key_of(user), 10)

    def count() -> None:
        for _ in range(15):
            recount(server)

    assert together([many, many, count, count]) == [None] * 4
    assert usage(server, user) == Usage(301, 31)
    assert recount(server) == []


def test_a_recount_waits_for_an_upload_that_is_being_committed(server: Database) -> None:
    user = server.add_user()
    upload(server, user, key_of(user), 1)
    with server.connect() as connection:
        connection.execute("update public.user_credits set storage_used_bytes = 12345")
    with ThreadPoolExecutor(1) as pool:
        with server.as_service("storage.object.upload") as uploading:
            uploading.execute(
                "insert into storage.objects (bucket_id, name, metadata) values ('audiofiles', %s, %s)",
                [key_of(user), Jsonb(stored(10))],
            )
            counting = pool.submit(recount, server)
            until_somebody_waits(server, counting)
        assert counting.result(timeout=60) == [(user, 12355, 11, 2, 2, True)]
    assert usage(server, user) == Usage(11, 2)


def test_a_recount_refuses_to_look_at_the_past(shared_server: Database) -> None:
    with shared_server.open() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.ActiveSqlTransaction, match="ordinary kind"):
            connection.execute("select * from public.recount_user_storage()")


def test_the_days_sum_up_to_what_is_stored(server: Database) -> None:
    user = server.add_user()
    keys = [key_of(user) for _ in range(3)]
    for key in keys:
        upload(server, user, key, 100)
    upload(server, user, keys[0], 60, upsert=True)
    remove(server, user, keys[1:2])
    with server.connect() as connection:
        rows = connection.execute(
            "select owner, added_bytes, removed_bytes, added_objects, removed_objects,"
            " day = (now() at time zone 'UTC')::date from audiodesk.usage_day"
        ).fetchall()
    assert rows == [(user, 300, 140, 3, 1, True)]
    assert usage(server, user) == Usage(160, 2)
