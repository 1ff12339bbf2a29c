"""Signing in and out at the command line: a real keyring, a real server, and nothing secret left anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from audiodesk.composition import Program
from audiodesk.system.folders import folders
from audiodesk.system.secrets import SecretStore
from tests.cli.conftest import PASSWORD, Run, Said
from tests.keyring_service import KeyringService
from tests.twin.fault_actions import auth_refusal, captive_portal
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


def _library(user: TwinUser, twin: Twin) -> Path:
    return folders().account_library(twin.url.removeprefix("http://"), str(user.id))


def _projects(asked: Callable[..., Any]) -> list[str]:
    return [project["title"] for project in asked("tree")["projects"]]


def test_signed_in_once_for_all_commands(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], asked: Callable[..., Any]
) -> None:
    said = login(author)
    assert said.code == 0, said
    document = said.document
    assert (document["id"], document["email"], document["plan"], document["stored"]) == (
        str(author.id),
        author.email,
        "free",
        "keyring",
    )
    assert len(keyring_service.secrets()) == 1
    for _ in range(5):
        assert asked("usage")["plan"] == "free"
    grants = [record.query for record in twin.faults.log if record.path.endswith("/token")]
    assert grants == ["grant_type=password"]
    account = asked("account")
    assert (account["signed_in"], account["stored"], account["host"]) == (True, "keyring", document["host"])
    asked("project", "add", "Book")
    with Program(face="command") as program, program.open() as core:
        assert core.library_folder == _library(author, twin)
        assert core.account_id == str(author.id)


def test_signing_out_removes_the_secret_and_keeps_the_library(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    run: Run,
    asked: Callable[..., Any],
) -> None:
    login(author)
    asked("project", "add", "Book")
    said = run("logout")
    assert said.code == 0
    assert str(_library(author, twin)) in said.out
    assert keyring_service.secrets() == []
    with twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)
    assert _projects(asked) == ["Book"], "still visible"
    asked("project", "add", "Another")
    assert run("usage", "--json").document["error"]["code"] == "signed-out"
    assert asked("account")["signed_in"] is False
    assert run("logout").code == 3
    assert login(author).code == 0
    assert _projects(asked) == ["Another", "Book"] or _projects(asked) == ["Book", "Another"]


def test_signing_out_of_an_account_that_is_not_in_use(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], run: Run
) -> None:
    ben = twin.add_user("ben@example.org", PASSWORD)
    for user in (author, ben):
        assert login(user).code == 0
    with Program(face="command") as program:
        program.account_service.use(None)
    several = run("logout", "--json")
    assert (several.code, several.document["error"]["code"]) == (2, "which-account")
    assert run("logout", "--email", "BEN@example.org", "--json").document["email"] == ben.email
    assert len(keyring_service.secrets()) == 1
    assert run("logout", "--json").document["email"] == author.email, "the one that is signed in"
    assert keyring_service.secrets() == []
    assert run("logout").code == 3


def test_a_script_does_not_change_the_account_in_use(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    asked: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ben = twin.add_user("ben@example.org", PASSWORD)
    assert login(author).code == 0
    with monkeypatch.context() as script:
        script.setenv("AUDIODESK_EMAIL", ben.email)
        script.setenv("AUDIODESK_PASSWORD", ben.password)
        for _ in range(2):  # unknown here, then known
            assert asked("account")["email"] == ben.email
    assert asked("account")["email"] == author.email
    assert len(keyring_service.secrets()) == 1


def test_signing_out_offline(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], run: Run
) -> None:
    login(author)
    twin.stop()
    said = run("logout", "--json")
    assert said.code == 0
    assert said.document["server_told"] is False
    assert keyring_service.secrets() == []
    twin.start()


def test_signing_out_everywhere(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], run: Run
) -> None:
    login(author)
    said = run("logout", "--everywhere")
    assert "Signed out on this computer." in said.out + said.err
    assert "Your other computers notice it within an hour of being online." in said.out + said.err
    login(author)
    assert run("logout", "--everywhere", "--json").document["everywhere"] is True
    queries = [record.query for record in twin.faults.log if record.path.endswith("/logout")]
    assert queries[-1] == "scope=global"
    login(author)
    twin.stop()
    assert run("logout", "--everywhere").code == 1, "the others could not be ended"
    twin.start()


def test_by_a_code(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = SimpleNamespace(isatty=lambda: False, readline=lambda: twin.auth.last_otp(author.email) + "\n")
    monkeypatch.setattr(sys, "stdin", mailbox)
    said = run("login", "--email", author.email, "--code", "--json")
    assert said.code == 0, said
    assert "{{ .Token }}" in said.err
    assert twin.auth.last_otp(author.email) not in said.out + said.err
    said = run("login", "--email", "nobody@example.org", "--code", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "sign-in-no-account")


def test_wrong_usage(author: TwinUser, run: Run, typed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    typed("")
    for options in (
        ["--password-stdin", "--code"],
        ["--adopt", "--keep-apart"],
        [],
        ["--email", author.email],
    ):
        assert run("login", *options, "--json").code == 2
    monkeypatch.setenv("STORAGE_BACKEND", "local")
    said = run("login", "--email", author.email, "--password-stdin", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "back-end-is-local")


def test_a_wrong_password(author: TwinUser, run: Run, typed: Callable[[str], None], login: Callable[..., Said]) -> None:
    typed("something else\n")
    said = run("login", "--email", author.email, "--password-stdin", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "sign-in-refused")
    assert run("account", "--json").document["error"]["code"] == "signed-out"


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring(twin: Twin, author: TwinUser, login: Callable[..., Said]) -> None:
    said = login(author)
    assert (said.code, said.document["error"]["code"]) == (3, "keyring-none")
    assert "AUDIODESK_EMAIL" in said.err
    with twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)


@pytest.mark.usefixtures("no_keyring")
def test_the_environment_signs_in_without_a_keyring(
    twin: Twin, author: TwinUser, asked: Callable[..., Any], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "supabase")
    monkeypatch.setenv("AUDIODESK_EMAIL", "Anna@example.org")
    monkeypatch.setenv("AUDIODESK_PASSWORD", author.password)
    asked("project", "add", "Book")
    assert (_library(author, twin) / "library.sqlite3").exists()
    assert asked("account")["stored"] == "no"
    twin.stop()
    assert _projects(asked) == ["Book"], "offline it is found by server and address"
    monkeypatch.setenv("AUDIODESK_EMAIL", "new@example.org")
    unknown = run("tree", "--json")
    assert (unknown.code, unknown.document) == (0, {"projects": []}), "the library without an account"
    assert "it is not known whose library" in unknown.err
    assert run("project", "add", "Whose?").code == 3, "nobody can say whose library that would be"
    monkeypatch.setenv("STORAGE_BACKEND", "local")
    assert _projects(asked) == ["Book"], "the one that was open last"
    twin.start()


def test_another_account_never_sees_the_first_one(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], asked: Callable[..., Any]
) -> None:
    login(author)
    asked("project", "add", "Anna's")
    ben = twin.add_user("ben@example.org", "his password")
    login(ben)
    assert _projects(asked) == []
    asked("project", "add", "Ben's")
    login(author)
    assert _projects(asked) == ["Anna's"]
    assert [one["email"] for one in asked("account")["known"]] == [author.email, ben.email]


def test_what_was_made_before_is_asked_about(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    asked: Callable[..., Any],
    run: Run,
) -> None:
    asked("project", "add", "Before")
    said = login(author)
    assert (said.code, said.document["error"]["code"]) == (2, "adoption-undecided")
    assert not [record for record in twin.faults.log if record.path.endswith("/token")], "asked before the server"
    assert login(author, "--keep-apart").document["adopted"] is None
    assert _projects(asked) == []
    asked("project", "add", "Mine")
    assert folders().local_library.is_dir()
    assert run("logout").code == 0
    said = login(author, "--adopt")
    assert said.document["adopted"]["projects"] == 1
    assert sorted(_projects(asked)) == ["Before", "Mine"]
    assert not folders().local_library.exists(), "copied, verified, removed"


def test_brought_in_at_the_first_sign_in(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], asked: Callable[..., Any]
) -> None:
    asked("project", "add", "Before")
    assert login(author, "--adopt").code == 0
    assert _projects(asked) == ["Before"]
    assert not folders().local_library.exists()
    with Program(face="command") as program, program.open() as core, core.database.read() as connection:
        assert connection.execute("select count(*) from change").fetchone()[0] >= 2


def test_a_server_that_ends_the_sign_in_is_told(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    asked: Callable[..., Any],
    run: Run,
) -> None:
    login(author)
    twin.clock.move(4000)
    _age(author, twin)
    twin.faults.add(Fault(captive_portal(), path="/token"))
    assert run("usage", "--json").document["error"]["code"] == "server-page"
    assert len(keyring_service.secrets()) == 1
    twin.faults.add(Fault(auth_refusal("session_not_found"), path="/token"))
    said = run("usage", "--json")
    assert said.document["error"]["code"] == "sign-in-one-computer"
    assert "one computer at a time" in said.err
    assert keyring_service.secrets() == []
    assert asked("account")["ended"] == "sign-in-one-computer"
    checks = {check["name"]: check for check in run("doctor", "--json").document["checks"]}
    assert "one computer at a time" in checks["last-sign-in"]["message"]


def _age(user: TwinUser, twin: Twin) -> None:
    """Let the stored access token be over."""
    name = f"{twin.url.removeprefix('http://')}/{user.id}"
    found = SecretStore().read(name)
    assert found is not None
    SecretStore().store(name, json.dumps({"refresh": json.loads(found.text)["refresh"]}))


def test_a_keyring_that_is_gone_is_not_signed_out(
    author: TwinUser, keyring_service: KeyringService, login: Callable[..., Said], asked: Callable[..., Any], run: Run
) -> None:
    login(author)
    keyring_service.stop()
    assert run("usage", "--json").document["error"]["code"] == "keyring-none"
    assert asked("account")["signed_in"] is True
    assert _projects(asked) == []
    keyring_service.start()
    assert asked("usage")["plan"] == "free"


def test_a_library_is_removed_only_when_all_is_safe(
    twin: Twin,
    author: TwinUser,
    keyring_service: KeyringService,
    login: Callable[..., Said],
    asked: Callable[..., Any],
    run: Run,
) -> None:
    assert run("account", "--remove-library", "--yes", "--json").document["error"]["code"] == "no-account-library"
    login(author)
    asked("project", "add", "Book")
    said = run("account", "--remove-library", "--yes", "--json")
    assert said.document["error"]["code"] == "library-not-safe"
    assert "would be lost" in said.err
    with Program(face="command") as program, program.open() as core:
        core.database.write(lambda connection: connection.execute("delete from change"))  # as if the server had it
    assert run("account", "--remove-library", "--json").code == 2, "asks first"
    assert asked("account", "--remove-library", "--yes")["removed"] == str(_library(author, twin))
    assert not _library(author, twin).exists()
    assert _projects(asked) == []


def test_no_secret_is_left_anywhere(
    twin: Twin, author: TwinUser, keyring_service: KeyringService, tmp_path: Path
) -> None:
    """As real processes: neither arguments, logs, database, settings nor output hold a password or a token."""
    home = tmp_path / "home"
    environ = {**os.environ, "AUDIODESK_HOME": str(home / "libraries"), "PYTHONWARNINGS": "ignore"}
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        environ[variable] = str(home / variable)
    told: list[str] = []

    def command(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.Popen(
            [sys.executable, "-m", "audiodesk", *arguments],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        told.append(Path(f"/proc/{done.pid}/cmdline").read_text())
        out, err = done.communicate(given, timeout=60)
        told.extend((out, err))
        return subprocess.CompletedProcess(arguments, done.returncode, out, err)

    assert command("project", "add", "Book").returncode == 0
    assert command("login", "--email", author.email, "--password-stdin", "--adopt", given=PASSWORD).returncode == 0
    secrets = [item for text in keyring_service.secrets() for item in _members(text)]
    assert command("login", "--email", author.email, "--password-stdin", given="wrong " + PASSWORD).returncode == 3
    for arguments in (["usage"], ["account", "--json"], ["doctor", "--json"]):
        command(*arguments)
        secrets += [item for text in keyring_service.secrets() for item in _members(text)]
    twin.faults.add(Fault(auth_refusal("refresh_token_already_used"), path="/token", nth="every"))
    _age(author, twin)
    assert command("usage").returncode == 3
    assert command("logout").returncode in (0, 3)
    with twin.database.open("supabase_auth_admin") as connection:
        secrets += [row[0] for row in connection.execute("select token from auth.refresh_tokens")]
    assert len(secrets) >= 3
    left = [path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file()]
    for secret in (PASSWORD, *secrets):
        assert not any(secret in text for text in (*left, *told))


def _members(text: str) -> list[str]:
    found = json.loads(text)
    return [found[name] for name in ("refresh", "access") if found.get(name)]
