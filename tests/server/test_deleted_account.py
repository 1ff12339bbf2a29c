"""A deleted account: its token stays valid for a while, but cannot write."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from tests.server.storage_steps import announce, complete, key_of, remove, upload
from tests.server.sync_calls import Caller, create
from tests.twin.databases import Database

pytestmark = pytest.mark.slow  # the file as a whole

REFUSED = psycopg.errors.InsufficientPrivilege


def _delete(server: Database, user: UUID | str, *, softly: bool = False) -> None:
    with server.open("supabase_auth_admin") as connection:
        if softly:
            connection.execute("update auth.users set deleted_at = now() where id = %s", [user])
        else:
            connection.execute("delete from auth.users where id = %s", [user])


@pytest.mark.parametrize("softly", [False, True])
@pytest.mark.parametrize("operation", ["storage.object.upload", "storage.tus.upload.create", "storage.object.sign"])
def test_nothing_is_announced(shared_server: Database, operation: str, softly: bool) -> None:
    user = shared_server.add_user()
    announce(shared_server, user, key_of(user), 100, operation=operation)
    _delete(shared_server, user, softly=softly)
    with pytest.raises(REFUSED, match=f"unknown_user: nobody has the account {user}"):
        announce(shared_server, user, key_of(user), 100, operation=operation)


def test_nothing_is_completed_or_replaced_and_all_can_be_removed(shared_server: Database) -> None:
    user = shared_server.add_user()
    key = key_of(user)
    upload(shared_server, user, key, 100)
    _delete(shared_server, user)
    for name in (key, key_of(user)):
        with pytest.raises(REFUSED, match="unknown_user"):
            complete(shared_server, name, 50)
    with shared_server.as_service("storage.object.get") as connection:
        touched = connection.execute("update storage.objects set last_accessed_at = now() where name = %s", [key])
    assert touched.rowcount == 1
    assert remove(shared_server, user, [key]) == 1


@pytest.mark.parametrize("softly", [False, True])
@pytest.mark.parametrize(
    "call",
    [
        "select public.sync_push(0, null, '[]', null)",
        "select public.set_take_file_shape(gen_random_uuid(), null, null)",
        "select public.verify_take_file(gen_random_uuid(), 'safe')",
        "select public.report_failed_upload('too_large', 1)",
        "select public.device_seen(gen_random_uuid())",
    ],
)
def test_no_function_writes(caller: Caller, call: str, softly: bool) -> None:
    caller.call(call, [])
    _delete(caller.database, caller.user_id, softly=softly)
    with pytest.raises(REFUSED, match="unknown_user: This account was deleted"):
        caller.call(call, [])


def test_a_push_leaves_nothing(caller: Caller) -> None:
    _delete(caller.database, caller.user_id)
    with pytest.raises(REFUSED, match="unknown_user"):
        caller.push(create("project"))
    with caller.database.connect() as connection:
        found = connection.execute("select from audiodesk.account where owner = %s", [caller.user_id])
    assert found.rowcount == 0


def test_a_recount_lists_no_empty_folder_without_an_account(server: Database) -> None:
    """The dashboard keeps a folder by an empty object. Older tables of credits refuse a row without an account."""
    gone, stays = server.add_user(), server.add_user()
    folder = f"{gone}/.emptyFolderPlaceholder"
    complete(server, folder, 0)
    key = key_of(stays)
    upload(server, stays, key, 100)
    with server.connect() as connection:
        connection.execute(
            "alter table public.user_credits add foreign key (user_id) references auth.users on delete cascade"
        )
    _delete(server, gone)
    recount = "select person from public.recount_user_storage(null, %s)"
    with server.connect() as connection:
        connection.execute("delete from public.user_credits where user_id = %s", [stays])
        assert connection.execute(recount, [False]).fetchall() == [(stays,)]
        assert connection.execute(recount, [True]).fetchall() == [(stays,)]
        assert connection.execute(recount, [True]).fetchall() == []


def test_a_recount_still_lists_bytes_without_an_account(server: Database) -> None:
    gone = server.add_user()
    complete(server, f"{gone}/{uuid4()}.wav", 10)
    with server.connect() as connection:
        connection.execute(
            "alter table public.user_credits add foreign key (user_id) references auth.users on delete cascade"
        )
    _delete(server, gone)
    with server.connect() as connection:
        told = connection.execute("select person, used_counted from public.recount_user_storage()").fetchall()
    assert told == [(gone, 10)]
