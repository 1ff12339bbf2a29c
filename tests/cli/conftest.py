"""Runs a command line in this process and returns its output and exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audiodesk.cli.frame.program import main

if TYPE_CHECKING:  # tests without a server need not load psycopg
    from tests.twin.twin import Twin, TwinUser

PASSWORD = "päss wörd 🎙 never-to-be-seen"


@dataclass(frozen=True, slots=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document; fails where there is anything else on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a library of its own."""

    def run_command(*arguments: str) -> Said:
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run_command


@pytest.fixture
def asked(run: Run) -> Callable[..., Any]:
    """Run a command that must work, with --json, and return its document."""

    def ask(*arguments: str) -> Any:
        said = run(*arguments, "--json")
        assert said.code == 0, said
        return said.document

    return ask


SignIn = Callable[[Any], None]


@pytest.fixture
def sign_in(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Point the environment at the stand-in, with or without a sign-in."""

    def point(user: TwinUser | None) -> None:
        monkeypatch.setenv("SUPABASE_URL", twin.url)
        monkeypatch.setenv("SUPABASE_ANON_KEY", twin.anon_key)
        for name in ("AUDIODESK_EMAIL", "AUDIODESK_PASSWORD"):
            monkeypatch.delenv(name, raising=False)
        if user is not None:
            monkeypatch.setenv("AUDIODESK_EMAIL", user.email)
            monkeypatch.setenv("AUDIODESK_PASSWORD", user.password)

    return point


@pytest.fixture
def author(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> TwinUser:
    """Somebody with an account; the environment names the server."""
    monkeypatch.setenv("SUPABASE_URL", twin.url)
    monkeypatch.setenv("SUPABASE_ANON_KEY", twin.publishable_key)
    return twin.add_user("anna@example.org", PASSWORD)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give the next command this standard input."""

    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return give


@pytest.fixture
def login(run: Run, typed: Callable[[str], None]) -> Callable[..., Said]:
    """Sign in as somebody, by password."""

    def sign_in(user: TwinUser, *options: str) -> Said:
        typed(user.password + "\n")
        return run("login", "--email", user.email, "--password-stdin", "--json", *options)

    return sign_in


def logged() -> str:
    """Everything that the program's logs hold."""
    state = Path(os.environ["XDG_STATE_HOME"])
    return "".join(path.read_text(encoding="utf-8") for path in state.rglob("*") if path.is_file())


def assert_no_secret(twin: Twin, *said: Said) -> None:
    """Fail where a password, a key or a token stands in what was said, or in the logs."""
    with twin.database.open("supabase_auth_admin") as connection:
        tokens = [row[0] for row in connection.execute("select token from auth.refresh_tokens")]
    told = "".join(one.out + one.err for one in said) + logged()
    for secret in (os.environ.get("AUDIODESK_PASSWORD"), twin.anon_key, twin.service_key, *tokens, "eyJ"):
        assert not secret or secret not in told
