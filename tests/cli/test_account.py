"""Who is signed in, what waits for the server, and the computer's name, at the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audiodesk.composition import Program
from audiodesk.system import network
from audiodesk.system.locks import WindowLock
from tests.cli.conftest import Run, Said
from tests.keyring_service import KeyringService
from tests.twin.fault_actions import stall
from tests.twin.faults import Fault
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
    twin: Twin, login: Callable[..., Said], author: TwinUser, run: Run, keyring_service: KeyringService
) -> None:
    assert login(author).code == 0
    assert run("project", "add", "Book").code == 0
    assert run("sync", "--no-upload").code == 0
    said = run("account", "--rename-computer", "Studio PC", "--json")
    (computer,) = said.document["computers"]
    assert (computer["title"], computer["this"], said.document["rename_sent"]) == ("Studio PC", True, True)
    assert _names(twin) == ["Studio PC"]
    said = run("account")
    assert "Studio PC, " in said.out
    assert "name" not in said.out
    assert run("account", "--json").document["rename_sent"] is None
    long = run("account", "--rename-computer", "x" * 201, "--json")
    assert (long.code, long.document["error"]["code"]) == (2, "title-too-long")


@pytest.mark.parametrize("why", ["unreachable", "silent", "signed out", "local"])
def test_a_name_that_cannot_be_sent_goes_with_the_next_sync(
    twin: Twin,
    login: Callable[..., Said],
    author: TwinUser,
    run: Run,
    keyring_service: KeyringService,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    assert login(author).code == 0
    assert run("account", "--rename-computer", "First").code == 0
    monkeypatch.setattr("audiodesk.cli.commands.account._NAME_SECONDS", 1.0)
    planned = None
    if why == "unreachable":
        twin.stop()
    elif why == "silent":
        planned = twin.faults.add(Fault(stall(), path="sync_push", nth="every"))
    elif why == "signed out":
        assert run("logout").code == 0
    with monkeypatch.context() as now:
        if why == "local":
            now.setenv("STORAGE_BACKEND", "local")
        said = run("account", "--rename-computer", "Studio PC")
    assert said.code == 0, said
    assert "It goes with the next sync." in said.out
    if planned is not None:
        twin.faults.clear()
        planned.release()
    if why == "unreachable":
        twin.start()
    if why == "signed out":
        assert login(author).code == 0
    assert _names(twin) == ["First"]
    assert run("sync", "--no-upload").code == 0
    assert _names(twin) == ["Studio PC"]


def _names(twin: Twin) -> list[str]:
    with twin.database.connect() as connection:
        return [row[0] for row in connection.execute("select title from audiodesk.device").fetchall()]


@pytest.mark.usefixtures("no_keyring")
def test_a_sign_in_that_only_a_window_has_is_told_apart_from_a_sign_out(
    twin: Twin, author: TwinUser, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No keyring holds it: commands cannot use it, and after the window closed nobody is signed in."""
    with Program(face="window") as window:
        service = window.account_service
        service.set_server(service.try_server(twin.url, twin.publishable_key))
        service.keep(service.sign_in(author.email, author.password))
        window.open().close()
        lock = WindowLock(window.library_folder)
        assert lock.acquire()
        for said in (run("account"), run("status")):
            assert said.code == 0
            assert "no sign-in is stored on this computer" in said.out
            assert "The window that shows this library may be signed in" in said.out
            assert "signed out" not in said.out
        document = run("account", "--json").document
        assert (document["signed_in"], document["window"]) == (False, True)
        lock.release()
    for said in (run("account"), run("status")):
        assert said.code == 0
        assert "no sign-in is stored on this computer" in said.out
        assert "only in the window that made it" in said.out
    document = run("account", "--json").document
    assert (document["signed_in"], document["window"]) == (False, False)
