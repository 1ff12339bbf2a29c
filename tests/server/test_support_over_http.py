"""Over real HTTP: support cannot reach a person's audio by any route of the storage server, and sees the rest."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.server.storage_book import StorageBook
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow  # the file as a whole

AUDIO = b"ID3" + bytes(997)
SHAPE = "1f0c9d2e-7c7a-4c1e-9a55-0d7b3c8f1a2b"


class Project:
    """A stand-in with an author who has one object, somebody of support, and calls as either."""

    def __init__(self, twin: Twin, client: httpx.Client) -> None:
        self.twin = twin
        self.client = client
        self.author = twin.add_user("author@example.org", "the author's own")
        self.support = twin.add_user("help@example.org", "support's own", app_metadata={"role": "support"})
        self.book = StorageBook(twin.database, self.author.id, "The Sea")
        self.book.add_take("a-00000000.mp3", len(AUDIO))
        self.key = self.book.key("a-00000000.mp3")
        stored = self.storage(self.author, "POST", f"/object/audiofiles/{self.key}", content=AUDIO, **typed())
        assert stored.status_code == 200, stored.text

    def storage(self, user: TwinUser | None, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"apikey": self.twin.anon_key, **options.pop("headers", {})}
        if user is not None:
            headers["Authorization"] = f"Bearer {self.twin.token(user)}"
        return self.client.request(method, f"{self.twin.url}/storage/v1{path}", headers=headers, **options)

    def rpc(self, token: str, name: str, method: str = "POST", **arguments: Any) -> httpx.Response:
        headers = {"apikey": self.twin.anon_key, "Authorization": f"Bearer {token}"}
        sent: dict[str, Any] = {"json": arguments} if method == "POST" else {"params": arguments}
        return self.client.request(method, f"{self.twin.url}/rest/v1/rpc/{name}", headers=headers, **sent)

    def assert_untouched(self) -> None:
        """The author's folder holds the one object with its bytes, support's nothing, and nothing else is there."""
        answer = self.storage(self.author, "GET", f"/object/authenticated/audiofiles/{self.key}")
        assert (answer.status_code, answer.content) == (200, AUDIO)
        with self.twin.database.connect() as connection:
            assert connection.execute("select name from storage.objects").fetchall() == [(self.key,)]


@pytest.fixture
def project(twin: Twin) -> Iterator[Project]:
    with httpx.Client(timeout=20) as client:
        yield Project(twin, client)


def typed(**headers: str) -> dict[str, Any]:
    return {"headers": {"Content-Type": "audio/mpeg", **headers}}


def tus(key: str, *, upsert: bool = False) -> dict[str, Any]:
    values = {"bucketName": "audiofiles", "objectName": key, "contentType": "audio/mpeg", "cacheControl": "3600"}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())
    return {
        "headers": {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(AUDIO)),
            "Upload-Metadata": metadata,
            **({"x-upsert": "true"} if upsert else {}),
        }
    }


# Each entry: method, path, options. {key} is the author's object, {own} one in support's own folder.
READS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "get": ("GET", "/object/audiofiles/{key}", {}),
    "get authenticated": ("GET", "/object/authenticated/audiofiles/{key}", {}),
    "get public": ("GET", "/object/public/audiofiles/{key}", {}),
    "get a range": ("GET", "/object/authenticated/audiofiles/{key}", {"headers": {"Range": "bytes=0-9"}}),
    "head": ("HEAD", "/object/authenticated/audiofiles/{key}", {}),
    "info": ("GET", "/object/info/audiofiles/{key}", {}),
    "info authenticated": ("GET", "/object/info/authenticated/audiofiles/{key}", {}),
    "sign": ("POST", "/object/sign/audiofiles/{key}", {"json": {"expiresIn": 60}}),
    "copy to oneself": (
        "POST",
        "/object/copy",
        {"json": {"bucketId": "audiofiles", "sourceKey": "{key}", "destinationKey": "{own}"}},
    ),
    "move to oneself": (
        "POST",
        "/object/move",
        {"json": {"bucketId": "audiofiles", "sourceKey": "{key}", "destinationKey": "{own}"}},
    ),
}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "upload": ("POST", "/object/audiofiles/{key}b", {"content": AUDIO, **typed()}),
    "overwrite": ("POST", "/object/audiofiles/{key}", {"content": AUDIO, **typed(**{"x-upsert": "true"})}),
    "put": ("PUT", "/object/audiofiles/{key}", {"content": AUDIO, **typed()}),
    "sign an upload": ("POST", "/object/upload/sign/audiofiles/{key}b", {}),
    "sign an overwrite": ("POST", "/object/upload/sign/audiofiles/{key}", {"headers": {"x-upsert": "true"}}),
    "tus": ("POST", "/upload/resumable", tus("{key}b")),
    "tus overwrite": ("POST", "/upload/resumable", tus("{key}", upsert=True)),
    "delete": ("DELETE", "/object/audiofiles/{key}", {}),
    "make a bucket": ("POST", "/bucket", {"json": {"id": "mine", "name": "mine", "public": True}}),
    "open the bucket": ("PUT", "/bucket/audiofiles", {"json": {"public": True}}),
    "empty the bucket": ("POST", "/bucket/audiofiles/empty", {"json": {}}),
    "delete the bucket": ("DELETE", "/bucket/audiofiles", {}),
}


def filled(value: Any, project: Project) -> Any:
    """Options with the keys put in, also where they are encoded."""
    own = f"{project.support.id}/{SHAPE}/{SHAPE}/{SHAPE}/b-00000000.mp3"
    if isinstance(value, dict):
        return {name: filled(held, project) for name, held in value.items()}
    if not isinstance(value, str):
        return value
    if "objectName " in value:
        wanted = {"{key}": project.key, "{key}b": project.key.replace("/a-0", "/b-0")}
        for placeholder, key in wanted.items():
            code, true = (base64.b64encode(text.encode()).decode() for text in (placeholder, key))
            value = value.replace(f"objectName {code},", f"objectName {true},")
        return value
    return (
        value.replace("{key}b", project.key.replace("/a-0", "/b-0")).replace("{key}", project.key).replace("{own}", own)
    )


@pytest.mark.parametrize("verb", [*READS, *WRITES])
def test_support_is_refused_on_every_route(project: Project, verb: str) -> None:
    """Even after a look at the person's files, with their keys before one's eyes."""
    look = project.rpc(project.twin.token(project.support), "support_files", who=str(project.author.id))
    assert [file["object_key"] for file in look.json()["files"]] == [project.key]
    method, path, options = (READS | WRITES)[verb]
    answer = project.storage(project.support, method, filled(path, project), **filled(options, project))
    assert 400 <= answer.status_code < 500, answer.text
    assert AUDIO not in answer.content
    assert "token" not in answer.text
    project.assert_untouched()


@pytest.mark.parametrize("verb", [verb for verb in READS | WRITES if verb != "get public" and "bucket" not in verb])
def test_the_author_is_not(project: Project, verb: str) -> None:
    """The same requests of the owner go through, so it is the rules that refuse support, not their form."""
    method, path, options = (READS | WRITES)[verb]
    wanted = filled(options, project)
    text = json.dumps(wanted, default=lambda held: held.decode("latin-1")).replace(
        str(project.support.id), str(project.author.id)
    )
    wanted = {**json.loads(text), **({"content": options["content"]} if "content" in options else {})}
    answer = project.storage(project.author, method, filled(path, project), **wanted)
    if verb.startswith("sign an"):  # closed to all: such an upload is not checked by row security again
        assert answer.status_code == 400
    else:
        assert answer.status_code in (200, 201, 206), answer.text


def test_lists_and_bulk_requests_show_and_remove_nothing(project: Project) -> None:
    support = project.support
    folder = str(project.author.id)
    listed = project.storage(support, "POST", "/object/list/audiofiles", json={"prefix": folder, "limit": 100})
    assert (listed.status_code, listed.json()) == (200, [])
    deeper = project.storage(
        support, "POST", "/object/list/audiofiles", json={"prefix": project.key.rsplit("/", 1)[0] + "/", "limit": 100}
    )
    assert deeper.json() == []
    everything = project.storage(support, "POST", "/object/list-v2/audiofiles", json={"limit": 1000}).json()
    assert (everything["objects"], everything["folders"]) == ([], [])
    signed = project.storage(
        support, "POST", "/object/sign/audiofiles", json={"expiresIn": 60, "paths": [project.key]}
    ).json()
    assert [entry["signedURL"] for entry in signed] == [None]
    removed = project.storage(support, "DELETE", "/object/audiofiles", json={"prefixes": [project.key]})
    assert (removed.status_code, removed.json()) == (200, [])
    assert project.storage(support, "GET", "/bucket").json() == []
    project.assert_untouched()


def test_an_upload_under_way_cannot_be_taken_over(project: Project) -> None:
    """Its address holds a random id; even who has it changes nothing. It shows the progress, and no audio."""
    key = project.book.key("c-00000000.mp3")
    begun = project.storage(project.author, "POST", "/upload/resumable", **tus(key))
    assert begun.status_code == 201
    path = "/upload/resumable/" + begun.headers["location"].rsplit("/", 1)[1]
    more = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    for method, content in (("PATCH", AUDIO), ("DELETE", None)):
        answer = project.storage(project.support, method, path, headers=more, content=content)
        assert answer.status_code == 403, answer.text
    answer = project.storage(project.author, "PATCH", path, headers=more, content=AUDIO)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(AUDIO)))


# The functions, through PostgREST


def test_looks_and_their_record(project: Project) -> None:
    token = project.twin.token(project.support)
    usage = project.rpc(token, "support_usage", who="AUTHOR@example.org")
    assert (usage.status_code, usage.json()["used"]) == (200, len(AUDIO))
    page = project.rpc(token, "support_files", who=str(project.author.id), after_key=None, limit=1)
    assert page.json()["next"] == project.key
    problems = project.rpc(token, "support_problems", who=str(project.author.id))
    assert problems.json()["problems"] == []
    record = project.rpc(project.twin.token(project.author), "support_access_log").json()
    assert [look["what"] for look in record["looks"]] == ["problems", "files", "usage"]


def test_who_may_not_look(project: Project) -> None:
    tokens = project.twin.tokens
    author, support = project.author, project.support
    answers = {
        "the author": project.rpc(project.twin.token(author), "support_usage", who="author@example.org"),
        "a forged claim": project.rpc(
            tokens.user(author.id, author.email, app_metadata={"role": "support"}),
            "support_usage",
            who="author@example.org",
        ),
        "a role by that name": project.rpc(
            tokens.user(author.id, author.email, user_role="support"), "support_usage", who="author@example.org"
        ),
        "the service key": project.rpc(project.twin.service_key, "support_usage", who="author@example.org"),
    }
    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()} == dict.fromkeys(
        answers, (403, "42501")
    )
    anonymous = project.rpc(project.twin.anon_key, "support_usage", who="author@example.org")
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "42501")
    expired = project.rpc(project.twin.token(support, -10), "support_usage", who="author@example.org")
    assert expired.status_code == 401
    with project.twin.database.open("supabase_auth_admin") as connection:
        connection.execute("update auth.users set raw_app_meta_data = '{}' where id = %s", [support.id])
    former = project.rpc(project.twin.token(support), "support_usage", who="author@example.org")
    assert (former.status_code, former.json()["code"]) == (403, "42501")
    assert project.rpc(project.twin.token(author), "support_access_log").json()["looks"] == []


def test_errors_as_the_program_reads_them(project: Project) -> None:
    token = project.twin.token(project.support)
    unknown = project.rpc(token, "support_usage", who="nobody@example.org")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "PT404")
    assert unknown.json()["message"] == "No account has this e-mail address or id."
    odd = project.rpc(token, "support_files", who=str(project.author.id), limit=0)
    assert (odd.status_code, odd.json()["code"]) == (400, "22023")


def test_a_look_by_get_is_none(project: Project) -> None:
    answer = project.rpc(project.twin.token(project.support), "support_usage", "GET", who="author@example.org")
    assert answer.status_code == 405
    assert "used" not in answer.text
