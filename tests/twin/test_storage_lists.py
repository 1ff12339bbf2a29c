"""Lists, moves, copies and removals through the official client."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb
from storage3.exceptions import StorageApiError

from tests.twin.storage_stand import BUCKET, StorageStand

pytestmark = pytest.mark.slow

NOT_FOUND = {"statusCode": "404", "error": "not_found", "message": "Object not found", "code": "NoSuchKey"}
MANY = 3000


@pytest.fixture(scope="module")
def filled(shared_stand: StorageStand) -> StorageStand:
    for name in ("p/c/s1/b.wav", "p/c/s1/a.wav", "p/c/S2/x.wav", "p/c/z.wav", "p/c/s1.wav", "q/one.wav"):
        assert shared_stand.put(shared_stand.key(name)).status_code == 200
    return shared_stand


def insert_many(stand: StorageStand, folder: str) -> None:
    """Put 3 000 objects into the other user's folder, without the server."""
    with stand.database.open("supabase_admin") as connection:
        connection.execute(
            "insert into storage.objects (bucket_id, name, metadata)"
            " select %s, %s || lpad(n::text, 5, '0'), %s from generate_series(1, %s) n",
            [BUCKET, folder, Jsonb({"size": 1, "mimetype": "audio/wav"}), MANY],
        )


@pytest.fixture(scope="module")
def crowd(shared_stand: StorageStand) -> str:
    """The other user's folder of 3 000 objects, which nobody changes: the owner's lists are those of `filled`."""
    folder = shared_stand.key("crowd/", other=True)
    insert_many(shared_stand, folder)
    return folder


def names(entries: list[dict[str, Any]]) -> list[str]:
    return [f"{entry['name']}/" if entry["id"] is None else entry["name"] for entry in entries]


@pytest.mark.parametrize(
    ("folder", "options", "expected"),
    [
        ("p/c", {}, ["s1.wav", "s1/", "S2/", "z.wav"]),
        ("p/c/", {}, ["s1.wav", "s1/", "S2/", "z.wav"]),
        ("p/c", {"sortBy": {"column": "name", "order": "desc"}}, ["z.wav", "S2/", "s1/", "s1.wav"]),
        ("p/c", {"limit": 2}, ["s1.wav", "s1/"]),
        ("p/c", {"limit": 2, "offset": 2}, ["S2/", "z.wav"]),
        ("p/c", {"search": "S"}, ["s1.wav", "s1/", "S2/"]),
        ("p/c", {"sortBy": {"column": "created_at", "order": "asc"}}, ["s1/", "S2/", "z.wav", "s1.wav"]),
        ("p/c", {"sortBy": {"column": "created_at", "order": "desc"}}, ["S2/", "s1/", "s1.wav", "z.wav"]),
        ("p/c/s1", {}, ["a.wav", "b.wav"]),
        ("", {}, ["p/", "q/"]),
        ("nowhere", {}, []),
    ],
)
def test_folders(filled: StorageStand, folder: str, options: Any, expected: list[str]) -> None:
    assert names(filled.official().from_(BUCKET).list(filled.key(folder), options)) == expected


def test_what_an_entry_tells(filled: StorageStand) -> None:
    by_name = {entry["name"]: entry for entry in filled.official().from_(BUCKET).list(filled.key("p/c"))}
    assert by_name["s1"]["metadata"] is None
    assert set(by_name["z.wav"]) == {"name", "id", "updated_at", "created_at", "last_accessed_at", "metadata"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "body must have required property 'prefix'"),
        ({"prefix": "", "limit": 0}, "body/limit must be >= 1"),
        ({"prefix": "", "offset": -1}, "body/offset must be >= 0"),
        (
            {"prefix": "", "sortBy": {"column": "size"}},
            "body/sortBy/column must be equal to one of the allowed values",
        ),
        ([], "body must be object"),
    ],
)
def test_bodies_that_do_not_fit(filled: StorageStand, body: Any, message: str) -> None:
    answer = filled.http().post(f"/object/list/{BUCKET}", json=body)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_others_see_nothing(filled: StorageStand) -> None:
    other = filled.official(filled.other)
    assert other.from_(BUCKET).list(filled.key("p/c")) == []
    assert filled.official().from_("nowhere").list(filled.key("p/c")) == []
    assert other.from_(BUCKET).list_v2({"prefix": filled.key("")}).objects == []


def test_a_folder_lists_1500_at_most(shared_stand: StorageStand, crowd: str) -> None:
    bucket = shared_stand.official(shared_stand.other).from_(BUCKET)
    assert len(bucket.list(crowd, {"limit": 5000})) == 1500
    assert len(bucket.list(crowd)) == 100


def test_flat_lists_page_by_cursor(shared_stand: StorageStand, crowd: str) -> None:
    bucket = shared_stand.official(shared_stand.other).from_(BUCKET)
    seen, cursor, calls = list[str](), None, 0
    while True:
        page = bucket.list_v2({"prefix": crowd, "limit": 5000, **({"cursor": cursor} if cursor else {})})
        calls += 1
        seen += [entry.name for entry in page.objects]
        cursor = page.nextCursor
        if not page.hasNext:
            break
    assert (calls, len(seen), len(set(seen)), seen) == (3, MANY, MANY, sorted(seen))


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("column", ["name", "created_at", "updated_at"])
def test_flat_lists_in_any_order(filled: StorageStand, column: str, order: str) -> None:
    body: dict[str, Any] = {"prefix": filled.key("p/"), "limit": 2, "sortBy": {"column": column, "order": order}}
    seen = []
    while True:
        page = filled.http().post(f"/object/list-v2/{BUCKET}", json=body).json()
        seen += page["objects"]
        if not page["hasNext"]:
            break
        body["cursor"] = page["nextCursor"]
    assert len(seen) == 5
    values = [entry[column] for entry in seen]
    assert values == sorted(values, reverse=order == "desc")


def test_flat_lists_by_folder(filled: StorageStand) -> None:
    body: dict[str, Any] = {"prefix": filled.key("p/c/"), "limit": 2, "with_delimiter": True}
    first = filled.http().post(f"/object/list-v2/{BUCKET}", json=body).json()
    assert [(entry["name"], entry["key"]) for entry in first["folders"]] == [(filled.key("p/c/S2/"), "S2")]
    assert [entry["name"] for entry in first["objects"]] == [filled.key("p/c/s1.wav")]
    rest = filled.http().post(f"/object/list-v2/{BUCKET}", json={**body, "cursor": first["nextCursor"]}).json()
    assert (rest["hasNext"], "nextCursor" in rest) == (False, False)
    assert [entry["name"] for entry in rest["folders"]] == [filled.key("p/c/s1/")]
    assert [entry["name"] for entry in rest["objects"]] == [filled.key("p/c/z.wav")]


def test_a_bad_cursor(filled: StorageStand) -> None:
    answer = filled.http().post(f"/object/list-v2/{BUCKET}", json={"cursor": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameter")
    assert answer.json()["message"] == "Invalid Parameter continuation token"


def test_move(stand: StorageStand) -> None:
    bucket, key, target = stand.official().from_(BUCKET), stand.key("a.wav"), stand.key("b.wav")
    stand.put(key, b"moved")
    before = stand.row(key)
    assert bucket.move(key, target) == {"message": "Successfully moved"}
    after = stand.row(target)
    assert before is not None
    assert after is not None
    assert stand.row(key) is None
    assert (before["id"], before["created_at"]) == (after["id"], after["created_at"])
    assert before["version"] != after["version"]
    assert after["metadata"]["size"] == 5
    assert bucket.download(target) == b"moved"
    assert len(stand.files()) == 1


def test_copy(stand: StorageStand) -> None:
    bucket, key, target = stand.official().from_(BUCKET), stand.key("a.wav"), stand.key("b.wav")
    bucket.upload(key, b"copied", {"content-type": "audio/wav", "metadata": {"a": 1}})
    answer: dict[str, Any] = bucket.copy(key, target)
    assert (answer["Key"], answer["name"], answer["metadata"]["size"]) == (f"{BUCKET}/{target}", target, 6)
    assert bucket.info(target)["metadata"] == {"a": 1}
    assert bucket.remove([key])[0]["name"] == key
    assert bucket.download(target) == b"copied"


def test_user_metadata_is_empty_if_none_was_given(stand: StorageStand) -> None:
    bucket, key, target = stand.official().from_(BUCKET), stand.key("a.wav"), stand.key("b.wav")
    stand.put(key, b"copied")
    copied: dict[str, Any] = bucket.copy(key, target)
    assert copied["user_metadata"] == {}
    assert [
        row["user_metadata"]
        for row in stand.http().request("DELETE", f"/object/{BUCKET}", json={"prefixes": [key, target]}).json()
    ] == [{}, {}]


@pytest.mark.parametrize("verb", ["move", "copy"])
def test_onto_another_and_from_nothing(stand: StorageStand, verb: str) -> None:
    key, target = stand.key("a.wav"), stand.key("b.wav")
    stand.put(key, b"one")
    stand.put(target, b"two")

    def answer(source: str, to: str, **headers: str) -> tuple[int, Any]:
        body = {"bucketId": BUCKET, "sourceKey": source, "destinationKey": to}
        got = stand.http().post(f"/object/{verb}", json=body, headers=headers)
        return got.status_code, got.json()

    status, body = answer(key, target)
    code = "ResourceAlreadyExists" if verb == "move" else "KeyAlreadyExists"
    assert (status, body["statusCode"], body["code"]) == (400, "409", code)
    assert answer(stand.key("missing.wav"), target) == (400, NOT_FOUND)
    status, body = answer(key, stand.key("c.wav", other=True))
    assert (body["statusCode"], body["message"]) == ("403", "new row violates row-level security policy")
    assert answer(key, stand.key("ż.wav"))[1]["code"] == "InvalidKey"
    if verb == "copy":
        assert answer(key, target, **{"x-upsert": "true"})[0] == 200
        assert stand.http().get(f"/object/{BUCKET}/{target}").content == b"one"
    assert (stand.rows(), len(stand.files())) == (2, 2)


def test_remove_one(stand: StorageStand) -> None:
    stand.put(stand.key())
    path = f"/object/{BUCKET}/{stand.key()}"
    other = stand.http(stand.other).delete(path)
    assert (other.status_code, other.json()["statusCode"], other.json()["message"]) == (400, "403", "Access denied")
    mine = stand.http().delete(path)
    assert (mine.status_code, mine.json()) == (200, {"message": "Successfully deleted"})
    assert stand.http().delete(path).json() == NOT_FOUND
    assert stand.http(stand.other).delete(path).json() == NOT_FOUND
    assert stand.files() == []


def test_remove_many(stand: StorageStand) -> None:
    bucket = stand.official().from_(BUCKET)
    for name in ("f/a.wav", "f/b.wav"):
        stand.put(stand.key(name))
    assert stand.official(stand.other).from_(BUCKET).remove([stand.key("f/a.wav")]) == []
    assert bucket.remove([stand.key("f"), stand.key("f/"), stand.key("missing.wav")]) == []
    gone = bucket.remove([stand.key("f/a.wav"), stand.key("f/b.wav"), stand.key("f/c.wav")])
    assert sorted(entry["name"] for entry in gone) == [stand.key("f/a.wav"), stand.key("f/b.wav")]
    assert stand.files() == []
    with pytest.raises(StorageApiError) as refused:
        bucket.remove([])
    assert refused.value.message == "body/prefixes must NOT have fewer than 1 items"


def test_remove_3000_at_once(shared_stand: StorageStand) -> None:
    folder = shared_stand.key("removed/", other=True)
    insert_many(shared_stand, folder)
    bucket = shared_stand.official(shared_stand.other).from_(BUCKET)
    gone = bucket.remove([f"{folder}{at:05}" for at in range(1, MANY + 1)])
    assert len(gone) == MANY


def test_users_see_no_buckets(shared_stand: StorageStand) -> None:
    user = shared_stand.official()
    assert user.list_buckets() == []
    with pytest.raises(StorageApiError) as refused:
        user.get_bucket(BUCKET)
    assert (refused.value.status, refused.value.message) == ("404", "Bucket not found")
    with pytest.raises(StorageApiError) as refused:
        user.create_bucket("mine")
    assert (refused.value.status, refused.value.message) == ("403", "new row violates row-level security policy")
    for act in (user.empty_bucket, user.delete_bucket):
        with pytest.raises(StorageApiError, match="Bucket not found"):
            act(BUCKET)


def test_the_service_key_keeps_buckets(stand: StorageStand) -> None:
    service = stand.official(token=stand.tokens.service())
    service.create_bucket("more", options={"public": True, "file_size_limit": 10})
    assert service.get_bucket("more").file_size_limit == 10
    assert {bucket.id for bucket in service.list_buckets()} == {BUCKET, "more"}
    with pytest.raises(StorageApiError) as refused:
        service.create_bucket("more")
    assert refused.value.status == "409"
    service.update_bucket("more", {"public": False})
    service.from_("more").upload("x", b"x", {"content-type": "text/plain"})
    with pytest.raises(StorageApiError, match="not empty"):
        service.delete_bucket("more")
    service.empty_bucket("more")
    assert stand.files() == []
    service.delete_bucket("more")
    with pytest.raises(StorageApiError, match="Bucket not found"):
        service.get_bucket("more")
