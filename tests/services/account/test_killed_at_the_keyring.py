"""A program that is killed while it stores or removes a secret leaves none that nobody knows of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import Program
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.services.account.sessions import Sessions
from audiodesk.system.json_file import JsonFile
from audiodesk.system.secrets import SecretStore
from audiodesk.system.secrets.keyrings import Keyring
from tests.keyring_memory import MemoryKeyring
from tests.support import wait_until
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow

_NAMES = ("kwallet", "SecretService login")
_EMAIL, _PASSWORD = "anna@example.org", "her password"


class _Line:
    """Kills at the ``at``-th write, before it (``after=False``) or after it: no later write happens, whatever is tried.

    It raises an error that threads know, so that they end as they do when a disk is full.
    """

    def __init__(self) -> None:
        self.at, self.after = 0, False
        self.writes = 0
        self.is_dead = False

    def begin(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.writes, self.is_dead = at, after, 0, False

    def write(self, work: Callable[[], Any]) -> Any:
        if not self.at:
            return work()
        if self.is_dead:
            raise OutsideError("disk-full")
        self.writes += 1
        if self.writes == self.at:
            self.is_dead = True
            if self.after:
                work()
            raise OutsideError("disk-full")
        return work()

    def restart(self) -> bool:
        """Go on with a new process; return whether the old one was killed."""
        was_killed, self.at, self.is_dead = self.is_dead, 0, False
        return was_killed


class _Computer:
    """A computer with two keyrings, of which ``best`` answers, and a program that can be killed at each write."""

    def __init__(self, twin: Twin, folder: Path, line: _Line) -> None:
        self.line = line
        self.keyrings = {name: _mortal(line) for name in _NAMES}
        self.best = _NAMES[0]
        self.environ = {
            "AUDIODESK_HOME": str(folder / "home"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "SUPABASE_URL": twin.url,
            "SUPABASE_ANON_KEY": twin.publishable_key,
        }

    def start(self) -> Program:
        program = Program(self.environ, face="window")
        program.secrets = SecretStore(find=lambda: Keyring(self.keyrings[self.best], self.best))
        return program

    def sign_in(self, best: str) -> None:
        self.best = best
        with self.start() as program:
            service = program.account_service
            service.keep(service.sign_in(_EMAIL, _PASSWORD))

    def sign_out(self, best: str) -> None:
        self.best = best
        with self.start() as program:
            program.signing_out.sign_out(program.signing_out.leaving())

    def held(self) -> list[str]:
        return [name for name in _NAMES if self.keyrings[name].held]

    def account(self) -> KnownAccount | None:
        with self.start() as program:
            return next(iter(program.accounts.all()), None)

    def clear_up(self) -> None:
        """Start once with each keyring, as a person does over some days."""
        for name in _NAMES:
            self.best = name
            with self.start() as program:
                wait_until(partial(_is_clear, program, name))


def _is_clear(program: Program, keyring: str) -> bool:
    return not any(keyring in one.leaves for one in program.accounts.left_behind())


def _mortal(line: _Line) -> MemoryKeyring:
    keyring = MemoryKeyring()
    store, remove = keyring.set_password, keyring.delete_password

    def set_password(service: str, username: str, password: str) -> None:
        line.write(lambda: store(service, username, password))

    def delete_password(service: str, username: str) -> None:
        line.write(lambda: remove(service, username))

    keyring.set_password, keyring.delete_password = set_password, delete_password  # type: ignore[method-assign]
    return keyring


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Line]:
    made = _Line()
    change = JsonFile.change
    monkeypatch.setattr(JsonFile, "change", lambda file, what: made.write(lambda: change(file, what)))
    monkeypatch.setattr(Sessions, "tell_ended", lambda *_: True)  # the server is asked in other tests
    yield made
    made.restart()


def _new(computer: _Computer) -> Callable[[], object]:
    return lambda: computer.sign_in(_NAMES[0])


def _again_in_the_same(computer: _Computer) -> Callable[[], object]:
    computer.sign_in(_NAMES[0])
    return lambda: computer.sign_in(_NAMES[0])


def _again_in_the_other(computer: _Computer) -> Callable[[], object]:
    computer.sign_in(_NAMES[0])
    return lambda: computer.sign_in(_NAMES[1])


def _after_one_that_could_not_be_removed(computer: _Computer) -> Callable[[], object]:
    computer.sign_in(_NAMES[0])
    with pytest.raises(Exception, match="keyring-unreachable"):
        computer.sign_out(_NAMES[1])
    return lambda: computer.sign_in(_NAMES[0])


def _out(computer: _Computer) -> Callable[[], object]:
    computer.sign_in(_NAMES[0])
    return lambda: computer.sign_out(_NAMES[0])


def _out_with_another_left_behind(computer: _Computer) -> Callable[[], object]:
    computer.sign_in(_NAMES[0])
    computer.sign_in(_NAMES[1])
    return lambda: computer.sign_out(_NAMES[1])


def _out_where_it_does_not_answer(computer: _Computer) -> Callable[[], object]:
    computer.sign_in(_NAMES[0])
    computer.sign_in(_NAMES[1])

    def sign_out() -> None:
        with pytest.raises(AudioDeskError):
            computer.sign_out(_NAMES[0])

    return sign_out


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "prepare",
    [
        _new,
        _again_in_the_same,
        _again_in_the_other,
        _after_one_that_could_not_be_removed,
        _out,
        _out_with_another_left_behind,
        _out_where_it_does_not_answer,
    ],
)
def test_a_kill_at_each_write_loses_no_secret(
    twin: Twin,
    tmp_path: Path,
    line: _Line,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[_Computer], Callable[[], object]],
    after: bool,
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    twin.auth_settings.rate_limits = False
    twin.add_user(_EMAIL, _PASSWORD)
    at, was_killed = 0, True
    while was_killed:
        at += 1
        computer = _Computer(twin, tmp_path / str(at), line)
        act = prepare(computer)
        line.begin(at, after=after)
        try:
            act()
        except AudioDeskError:
            assert line.is_dead
        was_killed = line.restart()
        computer.clear_up()
        account = computer.account()
        kept = [account.keyring] if account is not None and account.signed_in else []
        assert computer.held() == kept, f"write {at}"
    assert at > 3
