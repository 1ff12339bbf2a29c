"""The policies on storage.objects: only the own folder, for every verb, and each gap that a simple policy leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.server.storage_steps import announce, complete, copy, key_of, move, remove, upload, usage
from tests.twin.databases import Database, Databases, user_claims
from tests.twin.platform_sql import migration_files

pytestmark = pytest.mark.slow  # the file as a whole

REFUSED = psycopg.errors.InsufficientPrivilege
RLS = "row-level security"
LARGEST = 52_428_800
UPLOADS = [
    "storage.object.upload",
    "storage.object.upload_update",
    "storage.tus.upload.create",
    "storage.tus.upload.part",
    "storage.s3.upload",
]
OURS = [
    ("audiodesk_add_to_own_folder", "PERMISSIVE", "INSERT", ["authenticated"]),
    ("audiodesk_change_in_own_folder", "PERMISSIVE", "UPDATE", ["authenticated"]),
    ("audiodesk_only_own_folder", "RESTRICTIVE", "ALL", ["public"]),
    ("audiodesk_read_own_folder", "PERMISSIVE", "SELECT", ["authenticated"]),
    ("audiodesk_remove_from_own_folder", "PERMISSIVE", "DELETE", ["authenticated"]),
]


def seen(server: Database, user: UUID, *, role: str = "authenticated") -> list[str]:
    """The keys that the storage server would list for somebody."""
    with server.as_storage(user_claims(user, role=role), "storage.object.list") as connection:
        return sorted(name for (name,) in connection.execute("select name from storage.objects"))


def act(server: Database, user: UUID, statement: str, *values: Any, role: str = "authenticated") -> int:
    """How many rows a statement of somebody touches."""
    with server.as_storage(user_claims(user, role=role), "storage.object.upload_update") as connection:
        return connection.execute(statement.encode(), values).rowcount


def permit_everything(server: Database) -> None:
    """What a careless tutorial leaves in a project."""
    with server.connect() as connection:
        connection.execute("create policy everybody_everything on storage.objects for all using (true)")
        connection.execute("create policy everybody_adds on storage.objects for insert with check (true)")


def policies(server: Database) -> list[tuple[Any, ...]]:
    with server.connect() as connection:
        return connection.execute(
            "select policyname, permissive, cmd, roles, qual, with_check from pg_policies"
            " where schemaname = 'storage' and tablename = 'objects' order by 1"
        ).fetchall()


@pytest.fixture(scope="module", params=["ours alone", "with a policy that permits everything"])
def project(postgres_server: Databases, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A project of this module's tests that keep to users of their own, once as we make it and once in bad company."""
    database = postgres_server.create()
    if request.param != "ours alone":
        permit_everything(database)
    yield database
    postgres_server.drop(database)


@pytest.mark.parametrize("mimetype", ["audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav"])
@pytest.mark.parametrize("operation", UPLOADS)
def test_the_own_folder_takes_the_four_types(project: Database, mimetype: str, operation: str) -> None:
    user = project.add_user()
    announce(project, user, key_of(user), 1, mimetype=mimetype, operation=operation)
    announce(project, user, key_of(user), LARGEST + 4096, mimetype=mimetype, operation=operation, upsert=True)


@pytest.mark.parametrize("upsert", [False, True])
@pytest.mark.parametrize("operation", UPLOADS)
def test_another_folder_takes_nothing(project: Database, operation: str, upsert: bool) -> None:
    user, other = project.add_user(), project.add_user()
    with pytest.raises(REFUSED, match=RLS):
        announce(project, user, key_of(other), 1000, operation=operation, upsert=upsert)


def test_without_a_sign_in_nothing_is_allowed(server: Database) -> None:
    user = server.add_user()
    key = key_of(user)
    upload(server, user, key, 1000)
    with pytest.raises(REFUSED, match=RLS):
        announce(server, user, key_of(user), 1000, role="anon")
    assert seen(server, user, role="anon") == []
    assert act(server, user, "delete from storage.objects", role="anon") == 0
    assert act(server, user, "update storage.objects set version = 'x'", role="anon") == 0


@pytest.mark.parametrize(
    "form",
    [
        "{user}",
        "{user}/",
        "{user}/take.wav",
        "{user}/{id}/{id}/take.wav",
        "{user}/{id}/{id}/{id}/{id}/take.wav",
        "{user}/{id}/{id}/{id}/",
        "{user}//{id}/{id}/take.wav",
        "{user}/book/{id}/{id}/take.wav",
        "{user}/{id}/{id}/{ID}/take.wav",
        "{USER}/{id}/{id}/{id}/take.wav",
        "/{user}/{id}/{id}/{id}/take.wav",
        "{id}/{user}/{id}/{id}/take.wav",
        "{user}x/{id}/{id}/{id}/take.wav",
        "{user}/{id}/{id}/{id}/.",
        "{user}/{id}/{id}/{id}/..",
        "{user}/{id}/{id}/{id}/take one.wav",
        "{user}/{id}/{id}/{id}/kapitel-über.wav",
        "{user}/{id}/{id}/{id}/take.wav\n",
        "{user}/{id}/{id}/{id}/take?.wav",
        "{user}/{id}/{id}/{id}/" + "a" * 151,
    ],
)
def test_a_key_of_another_shape_is_refused(project: Database, form: str) -> None:
    user = project.add_user()
    key = form.format(user=user, USER=str(user).upper(), id=uuid4(), ID=str(uuid4()).upper().replace("1", "A"))
    with pytest.raises(REFUSED, match=RLS):
        announce(project, user, key, 1000)


@pytest.mark.parametrize("name", ["a", "a" * 150, "kapitel-1-uber-3f9a2c71.mp3", "Take_01.WAV", "..a", "-"])
def test_a_name_of_the_right_letters_passes(project: Database, name: str) -> None:
    user = project.add_user()
    announce(project, user, key_of(user, name), 1000)


@pytest.mark.parametrize(
    "mimetype",
    [None, "", "text/plain", "application/octet-stream", "Audio/WAV", "audio/wav; codecs=1", "audio/flac"],
)
def test_a_resumable_upload_without_one_of_the_types_is_refused(project: Database, mimetype: str | None) -> None:
    """The storage server does not look at the bucket's list when a TUS upload tells no type."""
    user = project.add_user()
    with pytest.raises(REFUSED, match=RLS):
        announce(project, user, key_of(user), 1000, mimetype=mimetype, operation="storage.tus.upload.create")


@pytest.mark.parametrize("length", [None, 0, -1, LARGEST + 4097, 10**30])
def test_a_size_that_is_not_announced_or_cannot_be_is_refused(project: Database, length: int | None) -> None:
    """A chunked body and a deferred length announce none, and pass the bucket's limit in the storage server."""
    user = project.add_user()
    for operation in UPLOADS:
        with pytest.raises(REFUSED, match=RLS):
            announce(project, user, key_of(user), length, operation=operation)


@pytest.mark.parametrize("value", ["'\"12\"'", "'null'", "'[1]'", "'true'"])
def test_an_announced_size_that_is_no_number_is_refused(project: Database, value: str) -> None:
    user = project.add_user()
    metadata = f"jsonb_build_object('mimetype', 'audio/wav', 'contentLength', {value}::jsonb)"
    with pytest.raises(REFUSED, match=RLS):
        act(
            project,
            user,
            f"insert into storage.objects (bucket_id, name, metadata) values ('audiofiles', %s, {metadata})",
            key_of(user),
        )


def test_a_server_that_announces_nothing_is_refused(project: Database) -> None:
    """Storage servers before March 2026."""
    user = project.add_user()
    with pytest.raises(REFUSED, match=RLS):
        act(project, user, "insert into storage.objects (bucket_id, name) values ('audiofiles', %s)", key_of(user))


def test_an_upload_address_cannot_be_signed(project: Database) -> None:
    """Whoever has one uploads as the service: nobody is asked again. At signing, 0 bytes are announced."""
    user = project.add_user()
    for mimetype in (None, "audio/wav"):
        with pytest.raises(REFUSED, match=RLS):
            announce(
                project,
                user,
                key_of(user),
                0,
                mimetype=mimetype,
                operation="storage.object.sign_upload_url",
                upsert=True,
            )


def test_an_upsert_reaches_ones_own_object_alone(project: Database) -> None:
    user, other = project.add_user(), project.add_user()
    own, others = key_of(user), key_of(other)
    upload(project, user, own, 1000)
    upload(project, other, others, 1000)
    upload(project, user, own, 2000, upsert=True)
    with pytest.raises(REFUSED, match=RLS):
        announce(project, user, others, 1000, upsert=True)
    with pytest.raises(REFUSED, match=RLS):
        announce(project, user, own, LARGEST + 4097, upsert=True)
    with pytest.raises(REFUSED, match=RLS):
        announce(project, user, own, 1000, upsert=True, mimetype="text/plain")
    assert (usage(project, user).used, usage(project, other).used) == (2000, 1000)


def test_copy_and_move_stay_within_the_own_folder(project: Database) -> None:
    user, other = project.add_user(), project.add_user()
    own, others = key_of(user), key_of(other)
    upload(project, user, own, 1000)
    upload(project, other, others, 1000)
    copy(project, user, own, key_of(user))
    target = key_of(user)
    move(project, user, own, target)
    for stranger in (key_of(other), f"{user}/loose.wav", "loose.wav"):
        with pytest.raises(REFUSED, match=RLS):
            copy(project, user, target, stranger)
        with pytest.raises(REFUSED, match=RLS):
            move(project, user, target, stranger)
    with pytest.raises(LookupError):
        copy(project, user, others, key_of(user))
    with pytest.raises(LookupError):
        move(project, user, others, key_of(user))


def test_another_persons_objects_are_out_of_reach(project: Database) -> None:
    user, other = project.add_user(), project.add_user()
    key = key_of(user)
    upload(project, user, key, 1000)
    for role in ("authenticated", "anon"):
        assert seen(project, other, role=role) == []
        assert act(project, other, "update storage.objects set version = 'x'", role=role) == 0
        assert act(project, other, "update storage.objects set bucket_id = 'x'", role=role) == 0
        assert act(project, other, "delete from storage.objects", role=role) == 0
    assert seen(project, user) == [key]


def test_support_sees_no_object(server: Database) -> None:
    user, support = server.add_user(), server.add_user(app_metadata={"role": "support"})
    upload(server, user, key_of(user), 1000)
    claims = user_claims(support, app_metadata={"role": "support"})
    with server.as_storage(claims, "storage.object.get_authenticated") as connection:
        assert connection.execute("select from storage.objects").rowcount == 0


def test_older_objects_of_any_shape_are_read_moved_and_removed(server: Database) -> None:
    user, other = server.add_user(), server.add_user()
    odd = [f"{user}/old.wav", f"{user}/an old folder/ü.wav", str(user)]
    for key in odd:
        complete(server, key, 1000)
    assert seen(server, user) == sorted(odd)
    assert seen(server, other) == []
    assert remove(server, other, odd) == 0
    target = key_of(user)
    move(server, user, odd[0], target)
    with pytest.raises(REFUSED, match=RLS):
        announce(server, user, odd[1], 1000, upsert=True)
    assert remove(server, user, [*odd, target]) == 3


def test_an_object_is_its_folders_whoever_stored_it(server: Database) -> None:
    """A service key stores without an owner, or with another's id."""
    user, other = server.add_user(), server.add_user()
    key, others = key_of(user), key_of(other)
    complete(server, key, 1000)
    complete(server, others, 1000, owner=user)
    assert seen(server, user) == [key]
    assert seen(server, other) == [others]


def test_other_buckets_are_as_they_were(server: Database) -> None:
    user, other = server.add_user(), server.add_user()
    with server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('pictures', 'pictures')")
    with pytest.raises(REFUSED, match=RLS):
        announce(server, user, key_of(user), 1000, bucket="pictures")
    with server.connect() as connection:
        connection.execute(
            "create policy pictures on storage.objects for all using (bucket_id = 'pictures')"
            " with check (bucket_id = 'pictures')"
        )
    for role in ("authenticated", "anon"):
        announce(server, user, "a picture.png", None, mimetype=None, bucket="pictures", role=role)
    complete(server, "a picture.png", 10, bucket="pictures")
    assert seen(server, other) == ["a picture.png"]
    assert act(server, other, "delete from storage.objects", role="anon") == 1


def test_an_object_cannot_be_carried_out_of_the_bucket_or_in(server: Database) -> None:
    """Where another bucket permits everything, ours still asks for the shape."""
    user = server.add_user()
    permit_everything(server)
    with server.connect() as connection:
        connection.execute("insert into storage.buckets (id, name) values ('pictures', 'pictures')")
    complete(server, "a picture.png", 10, bucket="pictures", mimetype="image/png")
    with pytest.raises(REFUSED, match=RLS):
        act(server, user, "update storage.objects set bucket_id = 'audiofiles'")


@pytest.mark.parametrize("size", [1, None])
def test_people_cannot_state_the_size_of_their_objects(server: Database, size: int | None) -> None:
    """Older projects expose the schema storage by the REST API too: there the row could be written past the server."""
    user = server.add_user()
    key = key_of(user)
    upload(server, user, key, 1000)
    told = {"mimetype": "audio/wav", "contentLength": 1} | ({} if size is None else {"size": size})
    with server.connect() as connection:
        connection.execute("create policy everybody_everything on storage.objects for all using (true)")
    with server.as_user(user) as connection:
        assert connection.execute("select from storage.objects").rowcount == 1
        mine = "select bucket_id, name || '2', %s from storage.objects"
        for statement in (
            "update storage.objects set metadata = %s",
            f"insert into storage.objects (bucket_id, name, metadata) {mine}",
        ):
            with pytest.raises(REFUSED, match=RLS), connection.transaction():
                connection.execute(statement.encode(), [Jsonb(told)])
    assert usage(server, user) == (1000, 1)


def test_what_is_permitted_is_no_more_than_what_is_not_forbidden(server: Database) -> None:
    """Should somebody remove the restrictive policy, the others still hold."""
    user, other = server.add_user(), server.add_user()
    key = key_of(user)
    upload(server, user, key, 1000)
    upload(server, other, key_of(other), 1000)
    with server.connect() as connection:
        connection.execute("drop policy audiodesk_only_own_folder on storage.objects")
    assert seen(server, user) == [key]
    for stranger in (key_of(other), f"{user}/loose.wav"):
        with pytest.raises(REFUSED, match=RLS):
            announce(server, user, stranger, 1000)
        with pytest.raises(REFUSED, match=RLS):
            move(server, user, key, stranger)
    with pytest.raises(REFUSED, match=RLS):
        announce(server, user, key_of(user), None)
    assert act(server, user, "delete from storage.objects") == 1


def test_these_and_no_other_policies_are_made(server: Database) -> None:
    assert [tuple(row[:4]) for row in policies(server)] == OURS


def test_a_second_run_changes_nothing(server: Database) -> None:
    before = policies(server)
    with server.connect() as connection:
        connection.execute("alter policy audiodesk_read_own_folder on storage.objects to public using (true)")
    run(server)
    assert policies(server) == before


def test_a_policy_of_our_name_that_does_something_else_stops_the_migration(bare_server: Database) -> None:
    with bare_server.connect() as connection:
        connection.execute("create policy audiodesk_read_own_folder on storage.objects for delete using (true)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="not AudioDesk's"):
        run(bare_server)


def run(server: Database) -> None:
    for number in ("_01_", "_10_"):
        with server.connect() as connection:
            connection.execute(migration(number).read_bytes())


def migration(number: str) -> Path:
    (found,) = [file for file in migration_files() if number in file.name]
    return found


def test_the_migrations_drop_nothing_and_alter_no_table_of_the_storage() -> None:
    for number in ("_07_", "_08_", "_09_", "_10_"):
        text = migration(number).read_text(encoding="utf-8").lower()
        statements = [line for line in text.splitlines() if not line.strip().startswith("--")]
        assert not any("drop " in line or "alter table storage" in line for line in statements), number
