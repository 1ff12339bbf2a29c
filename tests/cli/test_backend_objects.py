"""Copying the bucket's objects out of one project and into another, with all their metadata."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from audiodesk.services.server import object_copy
from audiodesk.system.object_folder import ObjectFolder
from tests.cli.conftest import Run, assert_no_secret
from tests.twin.databases import Databases
from tests.twin.fault_actions import cut, html, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow  # the file as a whole

BYTES = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_copy, "_LONGEST_PAUSE", 0.0)


@pytest.fixture
def target(postgres_server: Databases, tmp_path: Path) -> Iterator[Twin]:
    """Another project, whose storage server is a newer one."""
    database = postgres_server.create(newer=True)
    with Twin(database, tmp_path / "target") as running:
        yield running
    assert running.failures == []
    postgres_server.drop(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def person(twin: Twin, target: Twin) -> UUID:
    """Somebody who has the same account in both projects, as after a restored database."""
    user = twin.database.add_user("anna@example.org")
    with target.database.open("supabase_auth_admin") as connection:
        connection.execute("insert into auth.users (id, email) values (%s, 'anna@example.org')", [user])
    return user


def _point(monkeypatch: pytest.MonkeyPatch, twin: Twin) -> None:
    monkeypatch.setenv("SUPABASE_URL", twin.url)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", twin.service_key)


def _client(twin: Twin) -> httpx.Client:
    headers = {"apikey": twin.service_key, "Authorization": f"Bearer {twin.service_key}"}
    return httpx.Client(base_url=f"{twin.url}/storage/v1", headers=headers, timeout=30)


def _put(twin: Twin, key: str, data: bytes = BYTES, *, stated: bool = True, kind: str = "audio/wav") -> str:
    metadata: dict[str, Any] = {"title": "Der Fährmann – 渡し船"}
    if stated:
        metadata["sha256"] = hashlib.sha256(data).hexdigest()
    headers = {
        "Content-Type": kind,
        "cache-control": "max-age=31536000, immutable",
        "x-metadata": base64.b64encode(json.dumps(metadata).encode()).decode(),
    }
    with _client(twin) as client:
        answer = client.post(f"/object/audiofiles/{quote(key)}", content=data, headers=headers)
    assert answer.status_code == 200, answer.text
    return key


def _key(person: UUID, name: str = "take-00000001.wav") -> str:
    return "/".join([str(person), *(str(uuid4()) for _ in range(3)), name])


def _all(twin: Twin) -> dict[str, tuple[Any, ...]]:
    """Everything that is stored, as a reader finds it."""
    found = {}
    with _client(twin) as client:
        listed = client.post("/object/list-v2/audiofiles", json={"prefix": "", "limit": 1000}).json()["objects"]
        for one in listed:
            facts = client.get(f"/object/info/audiofiles/{quote(one['name'])}").json()
            read = client.get(f"/object/authenticated/audiofiles/{quote(one['name'])}")
            assert read.status_code == 200, read.text
            found[one["name"]] = (
                facts["content_type"],
                facts["cache_control"],
                read.headers["Cache-Control"],
                facts["metadata"],
                read.content,
            )
    return found


def _uploads(twin: Twin) -> int:
    return sum(record.method == "POST" and "/object/audiofiles/" in record.path for record in twin.faults.log)


def test_from_one_project_to_another(
    run: Run, twin: Twin, target: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(twin, _key(person))
    _put(twin, _key(person, "take-00000002.mp3"), b"ID3" + BYTES, kind="audio/mpeg")
    _put(twin, _key(person), BYTES * 30, stated=False)
    _put(twin, f"{person}/old take + more (1); a&b=c.wav", b"x")
    before = _all(twin)
    _point(monkeypatch, twin)
    said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert said.code == 0, said
    assert said.document["summary"] == {"copied": 4, "there": 0, "failed": 0}
    assert said.document["copied_bytes"] == sum(len(facts[-1]) for facts in before.values())
    _point(monkeypatch, target)
    back = run("backend", "objects", "copy", "--from", str(folder))
    assert back.code == 0, back
    assert back.out.startswith("4 copied (")
    assert _all(target) == before
    assert_no_secret(twin, said, back)
    assert_no_secret(target, said, back)
    assert target.service_key not in "".join(
        path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()
    )


def test_what_is_there_is_left_alone(
    run: Run, twin: Twin, target: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        _put(twin, _key(person), BYTES + bytes([number]), stated=number > 0)
    _point(monkeypatch, twin)
    assert run("backend", "objects", "copy", "--to", str(folder)).code == 0
    asked = len(twin.faults.log)
    again = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert again.document["summary"] == {"copied": 0, "there": 3, "failed": 0}
    assert len(twin.faults.log) == asked + 1, "only the list is asked for"
    _point(monkeypatch, target)
    assert run("backend", "objects", "copy", "--from", str(folder)).code == 0
    assert _uploads(target) == 3
    again = run("backend", "objects", "copy", "--from", str(folder), "--json")
    assert again.document["summary"] == {"copied": 0, "there": 3, "failed": 0}
    assert _uploads(target) == 3
    newer = _put(twin, _key(person), b"newer")
    _point(monkeypatch, twin)
    more = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert more.document["summary"] == {"copied": 1, "there": 3, "failed": 0}
    assert any(json.loads(line)["key"] == newer for line in (folder / "objects.jsonl").read_text().splitlines())


def test_rows_that_a_restored_database_lists_get_their_bytes_back(
    run: Run, twin: Twin, person: UUID, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stated in (True, False):
        _put(twin, _key(person), BYTES, stated=stated)
    before = _all(twin)
    _point(monkeypatch, twin)
    assert run("backend", "objects", "copy", "--to", str(folder)).code == 0
    for path in (tmp_path / "twin").rglob("*"):
        if path.is_file():
            path.unlink()
    said = run("backend", "objects", "copy", "--from", str(folder), "--json")
    assert said.document["summary"] == {"copied": 2, "there": 0, "failed": 0}
    assert _all(twin) == before


def test_other_bytes_and_other_facts_are_replaced(
    run: Run, twin: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [_put(twin, _key(person), stated=number != 2) for number in range(3)]
    before = _all(twin)
    _point(monkeypatch, twin)
    assert run("backend", "objects", "copy", "--to", str(folder)).code == 0
    with _client(twin) as client:
        for key, data, metadata in (
            (keys[0], BYTES[::-1], {"sha256": hashlib.sha256(BYTES[::-1]).hexdigest()}),
            (keys[1], BYTES, {}),
            (keys[2], BYTES[::-1], before[keys[2]][3]),
        ):
            headers = {
                "Content-Type": "audio/wav",
                "cache-control": "max-age=31536000, immutable",
                "x-upsert": "true",
                "x-metadata": base64.b64encode(json.dumps(metadata).encode()).decode(),
            }
            assert client.post(f"/object/audiofiles/{key}", content=data, headers=headers).status_code == 200
    said = run("backend", "objects", "copy", "--from", str(folder), "--json")
    assert said.document["summary"] == {"copied": 3, "there": 0, "failed": 0}
    assert _all(twin) == before


def test_a_line_that_breaks_is_tried_again_and_what_is_cut_short_goes_on(
    run: Run, twin: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [_put(twin, _key(person), BYTES * 30) for _ in range(6)]
    before = _all(twin)
    _point(monkeypatch, twin)
    twin.faults.add(Fault(cut(), path="/object/authenticated/", phase="answer", after_bytes=100_000, times=2))
    forever = twin.faults.add(Fault(html(502), path=f"/object/authenticated/audiofiles/{keys[5]}", nth="every"))
    said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert said.code == 3
    assert said.document["error"]["code"] == "server-busy"
    assert not list((folder / "bytes").glob(".arriving-*"))
    forever.release()
    with (folder / "objects.jsonl").open("a") as listed:
        listed.write('{"key":"cut sho')  # a power cut
    twin.faults.clear()
    again = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert again.code == 0
    assert sum(again.document["summary"].values()) == 6
    assert again.document["summary"]["copied"] >= 1
    shutil.rmtree(folder / "nothing", ignore_errors=True)
    third = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert third.document["summary"] == {"copied": 0, "there": 6, "failed": 0}
    assert _all(twin) == before


def test_bytes_that_are_not_what_their_sha256_says(
    run: Run, twin: Twin, target: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = _key(person), _put(twin, _key(person))
    headers = {
        "Content-Type": "audio/wav",
        "x-metadata": base64.b64encode(json.dumps({"sha256": "ab" * 32}).encode()).decode(),
    }
    with _client(twin) as client:
        assert client.post(f"/object/audiofiles/{bad}", content=BYTES, headers=headers).status_code == 200
    _point(monkeypatch, twin)
    said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert said.code == 3
    assert [(one["key"], one["code"]) for one in said.document["failures"]] == [(bad, "copy-damaged")]
    (file,) = [
        path
        for path in (folder / "bytes").rglob("*")
        if path.is_file() and path.name == hashlib.sha256(BYTES).hexdigest()
    ]
    file.write_bytes(b"rotten")
    _point(monkeypatch, target)
    back = run("backend", "objects", "copy", "--from", str(folder), "--json")
    assert [(one["key"], one["code"]) for one in back.document["failures"]] == [(good, "copy-damaged")]
    assert _all(target) == {}
    _point(monkeypatch, twin)
    assert run("backend", "objects", "copy", "--to", str(folder), "--json").document["summary"]["copied"] == 1


def test_files_of_somebody_who_has_left_fail_and_hold_up_no_other(
    run: Run, twin: Twin, target: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = twin.database.add_user("gone@example.org")
    lost, kept = _put(twin, _key(gone)), _put(twin, _key(person))
    _point(monkeypatch, twin)
    assert run("backend", "objects", "copy", "--to", str(folder)).code == 0
    _point(monkeypatch, target)
    said = run("backend", "objects", "copy", "--from", str(folder), "--json")
    assert said.code == 3
    assert [(one["key"], one["code"]) for one in said.document["failures"]] == [(lost, "account-deleted")]
    assert list(_all(target)) == [kept]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "service-key-missing"),
        ("sb_publishable_abcdefghijklmnop", "service-key-wrong"),
        ("no key", "service-key-wrong"),
    ],
)
def test_keys_that_are_none(
    run: Run, twin: Twin, folder: Path, monkeypatch: pytest.MonkeyPatch, key: str, code: str
) -> None:
    _point(monkeypatch, twin)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", key)
    said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert (said.code, said.document["error"]["code"]) == (2, code)
    assert not folder.exists()
    assert twin.faults.log == []


def test_the_public_key_opens_nothing(run: Run, twin: Twin, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _point(monkeypatch, twin)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", twin.anon_key)
    assert run("backend", "objects", "copy", "--to", str(folder), "--json").code == 2


def test_folders_that_are_none(run: Run, twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _point(monkeypatch, twin)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("Dear Anna")
    for options, code in (
        (("--to", str(other)), "copy-folder-other"),
        (("--from", str(other)), "copy-folder-empty"),
        (("--from", str(tmp_path / "nowhere")), "copy-folder-empty"),
        ((), "copy-direction"),
        (("--from", str(other), "--to", str(other)), "copy-direction"),
    ):
        said = run("backend", "objects", "copy", *options, "--json")
        assert (said.code, said.document["error"]["code"]) == (2, code), options
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    "body",
    [
        {"statusCode": "404", "error": "not_found", "message": "Object not found"},
        {"statusCode": 404, "error": "Not found", "message": "gone"},
        {"statusCode": 0, "error": "not_found", "message": "Object not found"},
        {"error": "not_found", "message": "The object does not exist", "code": "NoSuchKey"},
    ],
)
def test_no_error_is_decided_by_its_code_alone(
    run: Run,
    twin: Twin,
    target: Twin,
    person: UUID,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: dict[str, Any],
) -> None:
    _put(twin, _key(person))
    _point(monkeypatch, twin)
    assert run("backend", "objects", "copy", "--to", str(folder)).code == 0
    _point(monkeypatch, target)
    target.faults.add(Fault(status(400, body), path="/object/info/"))
    said = run("backend", "objects", "copy", "--from", str(folder), "--json")
    assert said.document["summary"] == {"copied": 1, "there": 0, "failed": 0}, said


def test_a_project_that_refuses_everything_is_not_asked_for_ever(
    run: Run, twin: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        _put(twin, _key(person), bytes([number]))
    _point(monkeypatch, twin)
    answer = status(400, {"statusCode": "402", "error": "Payment", "message": "exceeded egress quota"})
    twin.faults.add(Fault(answer, path="/object/info/", nth="every"))
    said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert said.code == 3
    assert "is used up" in said.document["error"]["message"]
    assert "egress quota" in said.document["error"]["details"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_killed_copy_goes_on(
    run: Run, twin: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        _put(twin, _key(person), BYTES * 20 + bytes([number]))
    _point(monkeypatch, twin)
    last = twin.faults.add(
        Fault(stall(), path="/object/authenticated/", phase="answer", after_bytes=50_000, nth=5, times=9)
    )
    command = [sys.executable, "-m", "audiodesk", "backend", "objects", "copy", "--to", str(folder), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        twin.faults.wait_for(lambda seen: sum("/object/authenticated/" in one.path for one in seen) >= 5, 60)
        running.kill()
    last.release()
    twin.faults.clear()
    said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert said.code == 0
    assert sum(said.document["summary"].values()) == 8
    lines = [json.loads(line) for line in (folder / "objects.jsonl").read_text().splitlines()]
    assert len({line["key"] for line in lines}) == 8
    for line in lines:
        data = (folder / "bytes" / line["sha256"][:2] / line["sha256"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (line["sha256"], line["size"])
    assert not list((folder / "bytes").glob(".arriving-*")), "what a killed copy left is removed"


def test_two_copies_into_one_folder(
    run: Run, twin: Twin, person: UUID, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(twin, _key(person))
    _point(monkeypatch, twin)
    with contextlib.closing(ObjectFolder.make(folder)):
        said = run("backend", "objects", "copy", "--to", str(folder), "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "copy-under-way")
    assert run("backend", "objects", "copy", "--to", str(folder)).code == 0
