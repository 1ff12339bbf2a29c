"""What tests of the synchronizer share: somebody signed in over HTTP, and a clock and a network that tests turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from audiodesk.composition import open_core
from audiodesk.composition.account import Account
from audiodesk.domain.sync.state import SyncCode
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.services.sync import synchronizer
from tests.support import wait_until
from tests.twin.twin import Twin

__all__ = ["Surroundings", "account", "calls", "is_state", "titles"]


@pytest.fixture
def account(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setattr(synchronizer, "_LOOK_SECONDS", 0.05)  # tests wait for its looks
    user = twin.add_user("anna@example.org", "secret-of-anna")
    for name, value in (
        ("SUPABASE_URL", twin.url),
        ("SUPABASE_ANON_KEY", twin.anon_key),
        ("AUDIODESK_EMAIL", user.email),
        ("AUDIODESK_PASSWORD", user.password),
        ("STORAGE_BACKEND", "supabase"),
    ):
        monkeypatch.setenv(name, value)
    with open_core(face="command") as core:
        core.library.add_project("Book")
        core.database.write(lambda connection: adopt(connection, core.database.clock(), str(user.id)))
        yield core.sign_in()


def is_state(account: Account, *codes: SyncCode) -> Callable[[], bool]:
    return lambda: account.synchronizer.state().code in codes


def calls(twin: Twin, name: str) -> int:
    return sum(record.path.endswith(name) for record in twin.faults.log)


def titles(twin: Twin) -> set[str]:
    with twin.database.connect() as connection:
        return {row[0] for row in connection.execute("select title from audiodesk.project").fetchall()}


class Surroundings:
    """The clock, the date and the network as a synchronizer sees them; ``looks`` counts its looks at the network."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.now, self.date = 1000.0, 1_760_000_000.0
        self.mark: tuple[str, ...] = ("eth0",)
        self.looks = 0
        made = account.synchronizer
        made._clock = lambda: self.now
        made._date = lambda: self.date
        made._network = self._look

    def _look(self) -> tuple[str, ...]:
        self.looks += 1
        return self.mark

    def pass_time(self, seconds: float) -> None:
        """Let time pass, on the clock and on the date, as while the computer is awake."""
        self.now, self.date = self.now + seconds, self.date + seconds

    def wait_for_looks(self) -> None:
        """Wait until it has done what it decides now: it looks when it decides, before a sync and after it."""
        seen = self.looks
        wait_until(lambda: self.looks >= seen + 3)
