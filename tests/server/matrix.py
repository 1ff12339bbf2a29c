"""The people in the matrix: one owner with some of everything, and everybody who might want access to it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.twin.databases import Database, user_claims
from tests.twin.twin import Twin

__all__ = ["ACTORS", "AUDIO", "BUCKET", "SECRET", "WAV", "Stage", "read_matrix"]

ACTORS = ("owner", "other", "support", "former", "anon", "expired")
"""The owner; somebody else; support staff; who was support staff and has a token that still says so; nobody; the owner
with a token that has expired."""
BUCKET = "audiofiles"
SECRET = "Known to nobody but its owner"
AUDIO = b"RIFF" + bytes(4092)
WAV = {"Content-Type": "audio/wav"}
_PASSWORD = "a password of a test"


def read_matrix(text: str) -> dict[str, dict[str, str]]:
    """Return ``{row: {actor: result}}`` of a table in words, whose first line names the actors.

    The name of a row may have spaces; two of them end it.
    """
    header, *lines = filter(None, map(str.strip, text.splitlines()))
    actors = header.split()[1:]
    assert set(actors) <= set(ACTORS)
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        name, results = line.split("  ", 1)
        assert name not in found, f"{name} stands there twice"
        found[name] = dict(zip(actors, results.split(), strict=True))
    return found


class Stage:
    """A project in which the owner has a row in every table and an object; with clients for everybody."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.twin = Twin(database, folder)
        self.twin.start()
        self._clients: dict[str, httpx.Client] = {}
        self.owner, self.other = self._user("owner"), self._user("other")
        self.support, self.former = self._user("support", role="support"), self._user("former", role="support")
        self.ids = {
            noun: str(uuid4())
            for noun in ("project", "chapter", "section", "take", "take_file", "note", "cover", "device")
        }
        self._make_clients()
        with database.open("supabase_auth_admin") as connection:
            connection.execute("update auth.users set raw_app_meta_data = '{}' where id = %s", [self.former])
        self.key = self.add_object()
        self._fill()

    def close(self) -> None:
        """Stop, and see that the stand-in made no mistake of its own."""
        for client in self._clients.values():
            client.close()
        self.twin.stop()
        assert self.twin.failures == []

    def client(self, actor: str) -> httpx.Client:
        """A client with the actor's token, on the project's address."""
        return self._clients[actor]

    def claims(self, actor: str) -> dict[str, Any]:
        """What the actor's token says, as PostgREST and Storage tell it to the database."""
        if actor == "anon":
            return {"role": "anon"}
        user: UUID = getattr(self, actor)
        said = {"role": "support"} if actor in ("support", "former") else {}
        return user_claims(user, email=f"{actor}@example.org", app_metadata=said)

    def new_key(self, actor: str = "owner") -> str:
        """A key of the right shape in the actor's folder, at which there is nothing yet."""
        folder = getattr(self, actor, self.owner)
        return f"{folder}/{uuid4()}/{uuid4()}/{uuid4()}/take-{uuid4().hex[-8:]}.wav"

    def add_object(self, actor: str = "owner") -> str:
        """Upload an object into the actor's folder; returns its key."""
        key = self.new_key(actor)
        answer = self.client(actor).post(f"/storage/v1/object/{BUCKET}/{key}", content=AUDIO, headers=WAV)
        assert answer.status_code == 200, answer.text
        return key

    def objects(self) -> list[tuple[Any, ...]]:
        """All that is stored, with its version."""
        with self.database.open() as connection:
            return connection.execute("select name, version from storage.objects order by name").fetchall()

    def call(self, actor: str, function: str, arguments: Mapping[str, Any]) -> httpx.Response:
        """Call a function of schema public as the actor."""
        return self.client(actor).post(f"/rest/v1/rpc/{function}", json=dict(arguments))

    def tells(self, text: str) -> bool:
        """Tell whether an answer holds anything of the owner's."""
        return any(
            known in text for known in (SECRET, str(self.owner), self.key, "owner@example.org", *self.ids.values())
        )

    def change(self, entity: str, **fields: Any) -> dict[str, Any]:
        """A change that makes the owner's row of ``entity``."""
        row = {"change_id": str(uuid4()), "entity": entity, "id": self.ids[entity], "create": True, "base_version": 0}
        return {**row, "fields": {"order_key": "a0", **fields}}

    def _user(self, name: str, **app_metadata: Any) -> UUID:
        return self.twin.add_user(f"{name}@example.org", _PASSWORD, app_metadata=app_metadata).id

    def _make_clients(self) -> None:
        tokens = self.twin.tokens
        support: dict[str, Any] = {"app_metadata": {"role": "support"}}
        given = {
            "owner": tokens.user(self.owner, "owner@example.org"),
            "other": tokens.user(self.other, "other@example.org"),
            "support": tokens.user(self.support, "support@example.org", **support),
            "former": tokens.user(self.former, "former@example.org", **support),
            "anon": self.twin.anon_key,
            "expired": tokens.user(self.owner, "owner@example.org", expires_in=-10),
        }
        for actor, token in given.items():
            headers = {"apikey": self.twin.anon_key, "Authorization": f"Bearer {token}"}
            self._clients[actor] = httpx.Client(base_url=self.twin.url, headers=headers, timeout=20)

    def _fill(self) -> None:
        ids = self.ids
        facts = {"sha256": "ab" * 32, "size": len(AUDIO), "kind": "wav", "seconds": 2.5, "object_key": self.key}
        changes = [
            self.change("project", title=SECRET),
            self.change("chapter", title=SECRET, project_id=ids["project"]),
            self.change("section", title=SECRET, chapter_id=ids["chapter"]),
            self.change("take", number=1, file_name=f"{SECRET}.wav", section_id=ids["section"]),
            self.change("take_file", take_id=ids["take"], sample_rate=44100, channels=1, **facts),
            self.change("note", take_id=ids["take"], text=SECRET),
            self.change("cover", project_id=ids["project"], mime="image/png", data="iVBORw0KGgo="),
            self.change("device", title=SECRET),
        ]
        self._must("owner", "sync_push", known_seq=0, tag=None, changes=changes, device=ids["device"])
        self._must("owner", "device_seen", device=ids["device"])
        self._must("owner", "verify_take_file", take_file_id=ids["take_file"], how="full")
        overview = base64.b64encode(b"shape").decode()
        self._must(
            "owner", "set_take_file_shape", take_file_id=ids["take_file"], overview=overview, seek_table=overview
        )
        self._must("owner", "report_failed_upload", code="too_large", size=1)
        self._must("support", "support_usage", who=str(self.owner))

    def _must(self, actor: str, function: str, **arguments: Any) -> None:
        answer = self.call(actor, function, arguments)
        assert answer.is_success, answer.text
        if function == "sync_push":
            assert [result["result"] for result in answer.json()["results"]] == ["applied"] * 8, answer.text
