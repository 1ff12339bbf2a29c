"""``login`` and ``account`` under a server's new address: asked, never decided unasked."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest

from audiodesk.composition import Program
from audiodesk.system.locks import WindowLock
from tests.cli.conftest import Run
from tests.keyring_service import KeyringService
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


@pytest.fixture
def moved(
    twin: Twin, run: Run, keyring_service: KeyringService, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[TwinUser, Twin]]:
    """Somebody with a synced book, whose server has another address now."""
    author = twin.add_user("anna@example.org", "never to be seen 4")
    _name(monkeypatch, twin)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{author.password}\n"))
    assert run("login", "--email", author.email, "--password-stdin").code == 0
    assert run("project", "add", "The Salt Road").code == 0
    assert run("sync", "--no-upload").code == 0
    twin.stop()
    with Twin(twin.database, twin.folder) as other:
        _name(monkeypatch, other)
        yield author, other


def _name(monkeypatch: pytest.MonkeyPatch, twin: Twin) -> None:
    monkeypatch.setenv("SUPABASE_URL", twin.url)
    monkeypatch.setenv("SUPABASE_ANON_KEY", twin.publishable_key)


def test_login_goes_on_with_the_library(
    moved: tuple[TwinUser, Twin], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, twin = moved
    before = run("account")
    assert "Nothing is sent to it" in before.out
    assert run("sync").code == 3
    asking = ("login", "--email", author.email, "--password-stdin", "--json")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{author.password}\n"))
    undecided = run(*asking)
    assert (undecided.code, undecided.document["error"]["code"]) == (2, "server-moved-undecided")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{author.password}\n"))
    said = run(*asking, "--moved")
    assert said.code == 0, said
    assert said.document["moved_from"] != said.document["host"] == twin.url.removeprefix("http://")
    assert [one["title"] for one in run("tree", "--json").document["projects"]] == ["The Salt Road"]
    assert run("project", "add", "Another").code == 0
    assert run("sync", "--no-upload", "--json").document["summary"]["pushed"] == 1
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{author.password}\n"))
    again = run(*asking, "--moved")
    assert again.document["error"]["code"] == "server-not-moved"


def test_a_script_s_sign_in_decides_with_account(
    moved: tuple[TwinUser, Twin], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, _ = moved
    monkeypatch.setenv("AUDIODESK_EMAIL", author.email)
    monkeypatch.setenv("AUDIODESK_PASSWORD", author.password)
    undecided = run("tree", "--json")
    assert (undecided.code, undecided.document["error"]["code"]) == (2, "server-moved-undecided")
    assert run("account", "--moved", "--keep-apart").code == 2
    assert run("account", "--moved").code == 0
    assert [one["title"] for one in run("tree", "--json").document["projects"]] == ["The Salt Road"]
    assert run("sync", "--no-upload").code == 0


def test_kept_apart_begins_another_library(
    moved: tuple[TwinUser, Twin], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, _ = moved
    monkeypatch.setenv("AUDIODESK_EMAIL", author.email)
    monkeypatch.setenv("AUDIODESK_PASSWORD", author.password)
    assert run("account", "--keep-apart").code == 0
    assert run("tree", "--json").document["projects"] == []
    assert run("sync", "--no-upload", "--json").document["summary"]["pulled"] > 0, "the server has the book"


def test_a_library_that_cannot_follow_yet_is_said_opens_and_can_be_left(
    moved: tuple[TwinUser, Twin], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, _ = moved
    with Program(face="command") as program:
        (former,) = program.accounts.all()
        lock = WindowLock(program.folders.library_of(former))
    assert lock.acquire()
    asking = ("login", "--email", author.email, "--password-stdin", "--moved")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{author.password}\n"))
    said = run(*asking)
    assert said.code == 3
    assert "could not be moved there yet" in said.err
    assert "A window shows the library" in said.err
    assert [one["title"] for one in run("tree", "--json").document["projects"]] == ["The Salt Road"]
    told = run("account")
    assert told.code == 0
    assert "could not be moved there yet" in told.out
    left = run("account", "--leave-apart")
    assert left.code == 0
    assert "could not be moved there yet" not in left.out
    assert former.host in left.out
    lock.release()
    assert [one["title"] for one in run("tree", "--json").document["projects"]] == ["The Salt Road"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{author.password}\n"))
    again = run(*asking, "--json")
    assert again.document["moved_from"] == former.host
    assert run("sync", "--no-upload").code == 0
