"""The whole stand-in: the official client against it, restarts, and starting it by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from storage3.exceptions import StorageApiError
from supabase import Client, ClientOptions, create_client
from supabase_auth.errors import AuthApiError

from tests.media.wav import wav_bytes
from tests.twin.faults import Fault, status
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PASSWORD = "a narrator's password"  # a test's own


@pytest.fixture
def author(twin: Twin) -> TwinUser:
    return twin.add_user("author@example.org", PASSWORD)


@contextmanager
def client_of(url: str, key: str, email: str | None = None, password: str = PASSWORD) -> Iterator[Client]:
    """The official client, signed in where an address is given."""
    with httpx.Client(timeout=10) as http:
        options = ClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=http)
        client = create_client(url, key, options)
        if email is not None:
            client.auth.sign_in_with_password({"email": email, "password": password})
        yield client


def usage_of(client: Client) -> dict[str, Any]:
    """What the server says about the caller's storage."""
    answer: Any = client.rpc("storage_usage", {}).execute().data
    return dict(answer)


def key_of(user: UUID) -> str:
    """An object's key of the right shape."""
    return "/".join([str(user), *(str(uuid4()) for _ in range(3)), "a-take-0123abcd.wav"])


def test_the_official_client_goes_through_all_services(twin: Twin, author: TwinUser) -> None:
    audio, key = wav_bytes(), key_of(author.id)
    with client_of(twin.url, twin.anon_key, author.email) as client:
        assert usage_of(client)["used"] == 0
        bucket = client.storage.from_("audiofiles")
        bucket.upload(key, audio, {"content-type": "audio/wav"})
        assert usage_of(client)["used"] == len(audio)
        assert client.table("user_credits").select("storage_used_bytes").execute().data == [
            {"storage_used_bytes": len(audio)}
        ]
        assert bucket.download(key) == audio
        signed = bucket.create_signed_url(key, 60)["signedURL"]
        assert httpx.get(str(signed), headers={"Range": "bytes=0-3"}).content == b"RIFF"
        assert [row["name"] for row in bucket.remove([key])] == [key]
        assert usage_of(client)["used"] == 0


def test_another_user_sees_nothing(twin: Twin, author: TwinUser) -> None:
    other = twin.add_user("other@example.org", PASSWORD)
    key = key_of(author.id)
    with client_of(twin.url, twin.anon_key, author.email) as client:
        client.storage.from_("audiofiles").upload(key, wav_bytes(), {"content-type": "audio/wav"})
    with client_of(twin.url, twin.anon_key, other.email) as client:
        bucket = client.storage.from_("audiofiles")
        assert bucket.list(str(author.id)) == []
        with pytest.raises(StorageApiError, match="Object not found"):
            bucket.download(key)
        with pytest.raises(StorageApiError, match="row-level security"):
            bucket.upload(key_of(author.id), wav_bytes(), {"content-type": "audio/wav"})


def test_a_restart_keeps_people_objects_and_sessions(twin: Twin, author: TwinUser) -> None:
    key, url = key_of(author.id), twin.url
    with client_of(url, twin.anon_key, author.email) as client:
        client.storage.from_("audiofiles").upload(key, wav_bytes(), {"content-type": "audio/wav"})
        session = client.auth.get_session()
        assert session is not None
        twin.restart()
        assert twin.url == url
        assert client.storage.from_("audiofiles").download(key) == wav_bytes()
        assert client.auth.refresh_session(session.refresh_token).session is not None
        twin.kill()
        with pytest.raises(httpx.TransportError):
            httpx.get(url)
        twin.start()
        assert usage_of(client)["objects"] == 1


def test_tokens_are_made_without_a_sign_in(twin: Twin, author: TwinUser) -> None:
    def ask(token: str) -> httpx.Response:
        headers = {"apikey": twin.anon_key, "Authorization": f"Bearer {token}"}
        return httpx.post(f"{twin.url}/rest/v1/rpc/storage_usage", json={}, headers=headers)

    assert ask(twin.token(author)).json()["plan"] == "free"
    assert ask(twin.token(author, expires_in=-5)).json()["code"] == "PGRST303"
    token = twin.token(author, expires_in=60)
    twin.clock.move(61)
    assert ask(token).status_code == 401


def test_faults_come_before_every_service(twin: Twin, author: TwinUser) -> None:
    twin.faults.add(Fault(path="/rest/v1/", action=status(503)))
    with client_of(twin.url, twin.anon_key, author.email):
        answer = httpx.post(f"{twin.url}/rest/v1/rpc/storage_usage", json={}, headers={"apikey": twin.anon_key})
    assert answer.status_code == 503


def test_what_no_service_has_is_not_found(twin: Twin) -> None:
    assert httpx.get(twin.url).status_code == 404
    assert httpx.get(f"{twin.url}/restful/v1/things").status_code == 404


@pytest.mark.slow
def test_one_is_started_by_hand_and_leaves_nothing(tmp_path: Path) -> None:
    temporary, faults = tmp_path / "tmp", tmp_path / "faults.json"
    temporary.mkdir()
    faults.write_text('[{"action": {"do": "gateway_page"}, "path": "^/nowhere$", "nth": 2}]', encoding="utf-8")
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.twin", "--faults", str(faults)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        names = ["SUPABASE_URL", "SUPABASE_ANON_KEY", "DB_URL"]
        names += [f"{who}_{what}" for who in ("AUTHOR", "OTHER", "SUPPORT") for what in ("EMAIL", "PASSWORD")]
        lines = [process.stdout.readline().strip().partition("=") for _ in names]
        told = {name: value for name, _, value in lines}
        assert list(told) == names
        url, key = told["SUPABASE_URL"], told["SUPABASE_ANON_KEY"]
        assert [httpx.get(f"{url}/nowhere").status_code for _ in range(3)] == [404, 502, 404]
        with client_of(url, key, told["AUTHOR_EMAIL"], told["AUTHOR_PASSWORD"]) as client:
            assert usage_of(client)["plan"] == "free"
            with pytest.raises(AuthApiError):
                client.auth.sign_in_with_password({"email": told["OTHER_EMAIL"], "password": "wrong"})
        with client_of(url, key, told["SUPPORT_EMAIL"], told["SUPPORT_PASSWORD"]) as client:
            client.rpc("support_usage", {"who": told["AUTHOR_EMAIL"]}).execute()
        with psycopg.connect(told["DB_URL"]) as connection:
            row = connection.execute("select current_user::text, count(*) from audiodesk.support_access_log").fetchone()
            assert row == ("postgres", 1)
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert list(temporary.iterdir()) == []
    with pytest.raises(httpx.TransportError):
        httpx.get(url)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(told["DB_URL"])
