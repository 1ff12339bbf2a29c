"""A window stops at once after a sign-out in a terminal, and can go on after a sign-in there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.domain.events import SignedOut
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account import account_service
from audiodesk.services.account.sign_in_watch import SignInWatch
from audiodesk.system.refresh_lock import refresh_lock, sign_in_lock
from audiodesk.system.secrets import SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.support import code_of
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow


class _Computer:
    """A computer on which Anna signs in; each program is a process of its own."""

    def __init__(self, twin: Twin, folder: Path) -> None:
        self.twin = twin
        self.keyring: Keyring | None = Keyring(MemoryKeyring(), "kwallet")
        self._environ = {
            "AUDIODESK_HOME": str(folder / "home"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "SUPABASE_URL": twin.url,
            "SUPABASE_ANON_KEY": twin.publishable_key,
        }
        self.window = self.start()

    def start(self) -> Program:
        program = Program(self._environ, face="window")
        program.secrets = SecretStore(find=lambda: self.keyring)
        return program

    def sign_in(self, program: Program) -> KnownAccount:
        return program.account_service.keep(program.account_service.sign_in("anna@example.org", "her password"))

    def in_a_terminal(self, act: Callable[[Program], object]) -> None:
        with self.start() as program:
            act(program)

    def sessions(self) -> int:
        with self.twin.database.open() as connection:
            found = connection.execute("select count(*) from auth.sessions").fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture
def computer(twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Computer]:
    """A computer with a window."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    twin.add_user("anna@example.org", "her password")
    computer = _Computer(twin, tmp_path)
    yield computer
    computer.window.close()


def _sign_out(program: Program) -> None:
    program.signing_out.sign_out(program.signing_out.leaving())


def test_a_sign_out_in_a_terminal_ends_the_window_s_sign_in(computer: _Computer) -> None:
    """Although its access token would be good for an hour."""
    window = computer.window
    session = window.sessions.of(computer.sign_in(window))
    told: list[SignedOut] = []
    window.bus.subscribe(SignedOut, told.append)
    assert session.access_token()
    computer.in_a_terminal(_sign_out)
    assert code_of(session.access_token) == "signed-out"
    assert code_of(session.access_token) == "signed-out"
    assert [event.error and event.error.code for event in told] == ["signed-out"]


def test_the_window_uses_a_later_sign_in_of_a_terminal(computer: _Computer) -> None:
    window = computer.window
    session = window.sessions.of(computer.sign_in(window))
    computer.in_a_terminal(_sign_out)
    assert code_of(session.access_token) == "signed-out"
    computer.in_a_terminal(computer.sign_in)
    account = window.account_service.current()
    assert account is not None
    assert account.signed_in
    assert window.sessions.of(account).access_token()


def test_a_later_sign_in_of_a_terminal_is_noticed_once(computer: _Computer) -> None:
    window = computer.window
    known = computer.sign_in(window)
    watch = SignInWatch(window.accounts, lambda: window.accounts.named(known.host, known.user_id))
    assert watch.email() == known.email
    computer.in_a_terminal(_sign_out)
    assert watch.email() == ""
    computer.in_a_terminal(computer.sign_in)
    assert watch.email() == known.email
    assert watch.email() == ""


def test_a_sign_in_after_one_elsewhere_that_was_not_noticed_stays(computer: _Computer) -> None:
    window = computer.window
    session = window.sessions.of(computer.sign_in(window))
    computer.in_a_terminal(_sign_out)
    session.begin(window.account_service.sign_in("anna@example.org", "her password").tokens)
    assert session.access_token()


def test_a_sign_in_of_a_terminal_while_the_server_is_told_of_a_sign_out_stays(computer: _Computer) -> None:
    window = computer.window
    known = computer.sign_in(window)
    window.bus.subscribe(SignedOut, lambda _event: computer.in_a_terminal(computer.sign_in))
    _sign_out(window)
    account = window.accounts.named(known.host, known.user_id)
    assert account is not None
    assert (account.signed_in, account.keyring) == (True, "kwallet")
    assert window.sessions.of(account).access_token()


def test_a_keyring_that_does_not_answer_a_sign_out_ends_no_later_sign_in(computer: _Computer) -> None:
    """A terminal that signs in meanwhile found the keyring open: what it stored is not noted as something to remove."""
    window = computer.window
    known = computer.sign_in(window)
    former, computer.keyring = computer.keyring, None

    def again(_event: SignedOut) -> None:
        computer.keyring = former
        computer.in_a_terminal(computer.sign_in)

    window.bus.subscribe(SignedOut, again)
    assert code_of(_sign_out, window) == "keyring-none"
    account = window.accounts.named(known.host, known.user_id)
    assert account is not None
    assert (account.signed_in, account.keyring, account.leaves) == (True, "kwallet", ())


def test_a_sign_in_that_only_the_window_holds_ends_on_the_server_too(computer: _Computer) -> None:
    computer.keyring = None
    window = computer.window
    session = window.sessions.of(computer.sign_in(window))
    computer.in_a_terminal(_sign_out)
    assert computer.sessions() == 1
    assert code_of(session.access_token) == "signed-out"
    for telling in [one for one in threading.enumerate() if one.name == "sign-out"]:
        telling.join(20)
    assert computer.sessions() == 0


def test_a_sign_in_that_has_to_wait_too_long_for_another_leaves_none_on_the_server(
    computer: _Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = computer.window.account_service
    fresh = service.sign_in("anna@example.org", "her password")
    monkeypatch.setattr(account_service, "refresh_lock", partial(refresh_lock, wait=0.1))
    with sign_in_lock(refresh_lock, fresh.account.name):
        assert code_of(service.keep, fresh) == "sign-in-busy"
    assert computer.sessions() == 0
    assert service.known() == []


def test_a_list_of_accounts_that_is_gone_is_no_sign_out(computer: _Computer) -> None:
    window = computer.window
    session = window.sessions.of(computer.sign_in(window))
    assert session.access_token()
    window.folders.known_accounts.unlink()
    assert session.access_token()
