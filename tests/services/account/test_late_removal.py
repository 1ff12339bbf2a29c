"""A secret whose keyring did not answer at the sign-out is removed as soon as it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.system.secrets import SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.support import code_of
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow


class _Keyrings:
    """Two keyrings, of which one answers."""

    def __init__(self) -> None:
        self.all = {"kwallet": MemoryKeyring(), "SecretService login": MemoryKeyring()}
        self.best = "kwallet"

    def find(self) -> Keyring:
        return Keyring(self.all[self.best], self.best)

    def held(self, name: str) -> list[str]:
        return list(self.all[name].held.values())


@pytest.fixture
def keyrings() -> _Keyrings:
    """Two keyrings; KDE's answers."""
    return _Keyrings()


@pytest.fixture
def start(twin: Twin, tmp_path: Path, keyrings: _Keyrings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Program]:
    """Start a program on a computer with these keyrings."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    environ = {
        "AUDIODESK_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "SUPABASE_URL": twin.url,
        "SUPABASE_ANON_KEY": twin.publishable_key,
    }

    def started() -> Program:
        program = Program(environ, face="window")
        program.secrets = SecretStore(find=keyrings.find)
        return program

    return started


def _sessions(twin: Twin) -> int:
    with twin.database.open() as connection:
        found = connection.execute("select count(*) from auth.sessions").fetchone()
    assert found is not None
    return int(found[0])


def _sign_in(program: Program, twin: Twin) -> None:
    service = program.account_service
    service.keep(service.sign_in("anna@example.org", "her password"))


def test_it_is_removed_and_the_server_told_when_its_keyring_is_back(
    start: Callable[[], Program], keyrings: _Keyrings, twin: Twin
) -> None:
    twin.add_user("anna@example.org", "her password")
    with start() as program:
        _sign_in(program, twin)
    keyrings.best = "SecretService login"
    with start() as program:
        assert code_of(program.account_service.sign_out, program.account_service.leaving()) == "keyring-unreachable"
        (account,) = program.accounts.all()
        assert (account.signed_in, account.keyring, account.leaves) == (False, "", "kwallet")
        assert _sessions(twin) == 1
    with start() as program, program.open():
        assert program.accounts.all()[0].leaves == "kwallet", "its keyring does not answer yet"
    keyrings.best = "kwallet"
    with start() as program, program.open():
        assert program.accounts.all()[0].leaves == ""
    assert keyrings.held("kwallet") == []
    assert _sessions(twin) == 0


def test_a_later_sign_in_elsewhere_stays(start: Callable[[], Program], keyrings: _Keyrings, twin: Twin) -> None:
    twin.add_user("anna@example.org", "her password")
    with start() as program:
        _sign_in(program, twin)
    keyrings.best = "SecretService login"
    with start() as program:
        _sign_in(program, twin)
        assert program.accounts.all()[0].leaves == "kwallet"
    keyrings.best = "kwallet"
    with start() as program, program.open():
        (account,) = program.accounts.all()
        assert (account.signed_in, account.keyring, account.leaves) == (True, "SecretService login", "")
    assert keyrings.held("kwallet") == []
    assert len(keyrings.held("SecretService login")) == 1
    assert _sessions(twin) == 1


def test_a_later_sign_in_in_the_same_keyring_stays(
    start: Callable[[], Program], keyrings: _Keyrings, twin: Twin
) -> None:
    twin.add_user("anna@example.org", "her password")
    with start() as program:
        _sign_in(program, twin)
    keyrings.best = "SecretService login"
    with start() as program:
        assert code_of(program.account_service.sign_out, program.account_service.leaving()) == "keyring-unreachable"
    keyrings.best = "kwallet"
    with start() as program:
        _sign_in(program, twin)
        assert program.accounts.all()[0].leaves == ""
    with start() as program, program.open():
        assert program.accounts.all()[0].signed_in
    assert len(keyrings.held("kwallet")) == 1
