"""Who is signed in, what waits for the server, and the computer's name, at the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audiodesk.system import network
from tests.cli.conftest import Run, Said
from tests.keyring_service import KeyringService
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


def _server(status: dict[str, Any]) -> tuple[str, int, bool]:
    """Return the connection, the edits that wait, and whether a sync was noted."""
    return status["connection"], status["unsent"], status["synced_at"] is not None


def test_status_without_an_account_says_nothing_of_a_server(run: Run, asked: Callable[..., Any]) -> None:
    status = asked("status")
    assert (_server(status), status["backend"], status["account"]) == (("local", 0, False), "local", None)
    assert run("status").out == "No takes yet\n"


def test_status_says_what_it_knows_of_the_server_without_asking_it(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    asked: Callable[..., Any],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert login(author).code == 0
    status = asked("status")
    assert (_server(status), status["backend"]) == (("online", 0, False), "supabase")
    account = {"id": str(author.id), "email": author.email, "host": twin.url.removeprefix("http://")}
    assert status["account"] == {**account, "signed_in": True}
    assert run("status").out.splitlines()[1:] == [f"{author.email} at {account['host']}.", "Last sync: none yet"]
    asked("project", "add", "Book")
    assert "1 edit waits to be sent" in run("status").out
    asked("sync", "--no-upload")
    first = asked("status")
    assert _server(first) == ("online", 0, True)
    asked("sync", "--no-upload")
    second = asked("status")["synced_at"]
    assert second > first["synced_at"], "also a sync without news"
    twin.stop()
    asked("project", "rename", "Book", "Märchen")
    assert _server(asked("status")) == ("online", 1, True), "no server is asked"
    lines = run("status").out.splitlines()
    assert lines[2] == "1 edit waits to be sent"
    assert lines[3].startswith("Last sync: ")
    twin.start()
    with monkeypatch.context() as at_rest:
        at_rest.setenv("STORAGE_BACKEND", "local")
        status = asked("status")
        assert (_server(status), status["backend"]) == (("local", 1, True), "local")
        assert "The settings keep everything on this computer." in run("status").out
    assert run("logout").code == 0
    status = asked("status")
    assert (_server(status), status["account"]["signed_in"]) == (("signed_out", 1, True), False)
    assert f"{author.email} at {account['host']}, signed out." in run("status").out


def test_status_without_a_network_is_offline(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    asked: Callable[..., Any],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert login(author).code == 0
    monkeypatch.setattr(network, "network_mark", lambda: ())
    assert asked("status")["connection"] == "online", "the stand-in is on this computer"
    monkeypatch.setattr("audiodesk.cloud.wire.server_address.is_on_this_computer", lambda _address: False)
    assert asked("status")["connection"] == "offline"
    assert "Offline: this computer has no network." in run("status").out


def test_a_sign_out_says_what_was_not_sent(
    author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], asked: Callable[..., Any], run: Run
) -> None:
    assert login(author).code == 0
    assert run("logout", "--json").document["unsent"] == 0
    assert login(author).code == 0
    asked("project", "add", "Book")
    asked("project", "add", "Another")
    said = run("logout")
    assert said.out.splitlines()[-1] == (
        "2 edits were not sent yet. They stay in it, and are sent after the next sign-in."
    )
    assert login(author).code == 0
    assert asked("sync", "--no-upload")["summary"]["pushed"] == 3, "with the computer"
    said = run("logout")
    assert "not sent" not in said.out


def test_account_lists_the_computers_and_renames_this_one(
    login: Callable[..., Said], author: TwinUser, run: Run, keyring_service: KeyringService
) -> None:
    assert login(author).code == 0
    assert run("project", "add", "Book").code == 0
    assert run("sync", "--no-upload").code == 0
    said = run("account", "--rename-computer", "Studio PC", "--json")
    (computer,) = said.document["computers"]
    assert (computer["title"], computer["this"]) == ("Studio PC", True)
    assert "Studio PC, " in run("account").out
    assert run("sync", "--no-upload", "--json").document["summary"]["pushed"] == 1
    long = run("account", "--rename-computer", "x" * 201, "--json")
    assert (long.code, long.document["error"]["code"]) == (2, "title-too-long")
