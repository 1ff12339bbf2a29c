"""Pushes and pulls over real HTTP: too large, JSON that PostgreSQL cannot store, and callers without rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.server.sync_calls import create, edit
from tests.twin.twin import Twin, TwinUser


class Api:
    """One author at the stand-in's address."""

    def __init__(self, twin: Twin, client: httpx.Client) -> None:
        self.twin = twin
        self.client = client
        self.author: TwinUser = twin.add_user("author@example.org", "the author's own")

    def post(self, name: str, body: bytes, token: str | None = None) -> httpx.Response:
        bearer = self.twin.token(self.author) if token is None else token
        headers = {
            "apikey": self.twin.anon_key,
            "Authorization": f"Bearer {bearer}",
            "Content-Type": "application/json",
        }
        return self.client.post(f"{self.twin.url}/rest/v1/rpc/{name}", content=body, headers=headers)

    def push(self, changes: Any, token: str | None = None) -> httpx.Response:
        return self.post(
            "sync_push", json.dumps({"known_seq": 0, "tag": None, "changes": changes, "device": None}).encode(), token
        )

    def pull(self) -> list[dict[str, Any]]:
        place = {"known_seq": 0, "tag": None, "after_seq": 0, "after_id": None, "upto": None, "limit": 1000}
        answer = self.post("sync_pull", json.dumps(place).encode())
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows


@pytest.fixture
def api(twin: Twin) -> Iterator[Api]:
    with httpx.Client(timeout=20) as client:
        yield Api(twin, client)


def test_what_is_pushed_is_pulled(api: Api) -> None:
    project = create("project", title="Ein Buch · 本 🎧")
    answer = api.push([project, edit("project", project["id"], notes="n")])
    assert answer.status_code == 200, answer.text
    assert [result["result"] for result in answer.json()["results"]] == ["applied", "applied"]
    (row,) = api.pull()
    assert row == answer.json()["results"][1]["row"]
    assert row["fields"]["title"] == "Ein Buch · 本 🎧"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 400, "22023"),
        (None, 400, "22023"),
        ([create("project")] * 501, 413, "PT413"),
        ([create("project"), create("project", notes="x" * 10_000_000)], 413, "PT413"),
    ],
)
def test_a_request_that_is_no_push_is_refused_in_words(api: Api, changes: Any, status: int, code: str) -> None:
    answer = api.push(changes)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["message"].endswith(".")
    assert api.pull() == []


@pytest.mark.slow
@pytest.mark.parametrize("title", [b'"\\u0000"', b'"\\ud800"', b'"unfinished', b'"\xff"'])
def test_what_is_no_text_is_refused_as_a_whole(api: Api, title: bytes) -> None:
    changes = [create("project"), create("project", title="?")]
    sent = json.dumps({"known_seq": 0, "tag": None, "changes": changes, "device": None})
    answer = api.post("sync_push", sent.encode().replace(b'"?"', title))
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert api.pull() == []


def test_a_caller_who_is_not_signed_in_is_refused(api: Api) -> None:
    assert api.push([create("project")], api.twin.anon_key).status_code == 401
    assert api.push([create("project")], api.twin.token(api.author, expires_in=-60)).status_code == 401
    assert api.push([create("project")], api.twin.service_key).status_code == 403
    assert api.pull() == []
