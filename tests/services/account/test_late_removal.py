"""A secret whose keyring did not answer at the sign-out is removed as soon as it does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.system.account_store import AccountStore
from audiodesk.system.secrets import KeyringState, SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.support import code_of, wait_until
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow
_WAIT_SECONDS = 20.0


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


def _leave_behind(start: Callable[[], Program], keyrings: _Keyrings, twin: Twin) -> None:
    """Sign in with KDE's keyring, and sign out while only the other one answers."""
    twin.add_user("anna@example.org", "her password")
    with start() as program:
        _sign_in(program, twin)
    keyrings.best = "SecretService login"
    with start() as program:
        assert code_of(program.signing_out.sign_out, program.signing_out.leaving()) == "keyring-unreachable"


def test_it_is_removed_and_the_server_told_when_its_keyring_is_back(
    start: Callable[[], Program], keyrings: _Keyrings, twin: Twin
) -> None:
    _leave_behind(start, keyrings, twin)
    assert _sessions(twin) == 1
    with start() as program:
        assert len(program.accounts.all()) == 1
    (account,) = AccountStore(program.folders.known_accounts).all()  # looked at after a removal would be done
    assert (account.signed_in, account.keyring, account.leaves) == (False, "", ("kwallet",))
    keyrings.best = "kwallet"
    with start() as program:
        assert len(program.accounts.all()) == 1, "no library is opened"
        wait_until(lambda: _sessions(twin) == 0)
        assert program.accounts.all()[0].leaves == ()
    assert keyrings.held("kwallet") == []


def test_a_later_sign_in_elsewhere_stays(start: Callable[[], Program], keyrings: _Keyrings, twin: Twin) -> None:
    twin.add_user("anna@example.org", "her password")
    with start() as program:
        _sign_in(program, twin)
    keyrings.best = "SecretService login"
    with start() as program:
        _sign_in(program, twin)
        assert program.accounts.all()[0].leaves == ("kwallet",)
    keyrings.best = "kwallet"
    with start() as program:
        (account,) = program.accounts.all()
        assert (account.signed_in, account.keyring) == (True, "SecretService login")
        wait_until(lambda: _sessions(twin) == 1)
        assert program.accounts.all()[0].leaves == ()
    assert keyrings.held("kwallet") == []
    assert len(keyrings.held("SecretService login")) == 1


def test_a_later_sign_in_in_the_same_keyring_stays(
    start: Callable[[], Program], keyrings: _Keyrings, twin: Twin
) -> None:
    _leave_behind(start, keyrings, twin)
    keyrings.best = "kwallet"
    with start() as program:
        _sign_in(program, twin)
        assert program.accounts.all()[0].leaves == ()
    with start() as program, program.open():
        assert program.accounts.all()[0].signed_in
    assert len(keyrings.held("kwallet")) == 1


class _Gate(SecretStore):
    """A keyring that answers only when it is let."""

    def __init__(self, keyrings: _Keyrings) -> None:
        super().__init__(find=keyrings.find)
        self.let = threading.Event()
        self.asked = threading.Event()

    def state(self) -> tuple[KeyringState, str]:
        self.asked.set()
        self.let.wait(_WAIT_SECONDS)
        return super().state()


def test_a_start_does_not_wait_for_it(start: Callable[[], Program], keyrings: _Keyrings, twin: Twin) -> None:
    _leave_behind(start, keyrings, twin)
    keyrings.best = "kwallet"
    gate = _Gate(keyrings)
    with start() as program:
        program.secrets = gate
        with program.open() as core:
            assert gate.asked.wait(_WAIT_SECONDS)
            assert core.library_folder, "it is open while the keyring is silent"
            gate.let.set()
            wait_until(lambda: program.accounts.all()[0].leaves == ())
    assert keyrings.held("kwallet") == []


def test_a_sign_in_beside_it_keeps_its_secret(start: Callable[[], Program], keyrings: _Keyrings, twin: Twin) -> None:
    """Both are about one item: the removal looks again, with the lock, whether it is still wanted."""
    _leave_behind(start, keyrings, twin)
    keyrings.best = "kwallet"
    gate = _Gate(keyrings)
    with start() as program:
        program.secrets = gate
        assert program.accounts.all()
        assert gate.asked.wait(_WAIT_SECONDS)
        with start() as other:
            other.accounts = AccountStore(other.folders.known_accounts)  # with no removal of its own
            _sign_in(other, twin)
        gate.let.set()
    assert len(keyrings.held("kwallet")) == 1
    with start() as program, program.open():
        assert program.accounts.all()[0].signed_in


def test_a_command_removes_it_before_it_ends(start: Callable[[], Program], keyrings: _Keyrings, twin: Twin) -> None:
    _leave_behind(start, keyrings, twin)
    keyrings.best = "kwallet"
    with start() as program:
        assert program.accounts.all()
    assert keyrings.held("kwallet") == []


def test_a_sign_in_that_lasts_until_the_window_closes_stays_when_its_keyring_answers_late(
    start: Callable[[], Program], keyrings: _Keyrings, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person typed the keyring's password after the window had gone on without it: that is the same sign-in."""
    twin.add_user("anna@example.org", "her password")
    unlocked, keyring = threading.Event(), keyrings.all["kwallet"]
    store = keyring.set_password

    def set_password(service: str, username: str, password: str) -> None:
        assert unlocked.wait(_WAIT_SECONDS)
        store(service, username, password)

    monkeypatch.setattr(keyring, "set_password", set_password)
    with start() as window:
        window.secrets = SecretStore(find=keyrings.find, patience=0.5)
        _sign_in(window, twin)
        (account,) = window.accounts.all()
        assert (account.signed_in, account.keyring, account.leaves) == (True, "", ("kwallet",))
        unlocked.set()
        wait_until(lambda: len(keyrings.held("kwallet")) == 1)
        with start() as command:
            wait_until(lambda: command.accounts.all()[0].leaves == ())
        assert keyrings.held("kwallet") == []
        assert _sessions(twin) == 1
        assert window.sessions.of(account).access_token()
    assert _sessions(twin) == 0
