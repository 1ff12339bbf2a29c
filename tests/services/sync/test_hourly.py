"""What is done about once an hour beside the sync."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from audiodesk.composition.account import Account
from audiodesk.domain.library.read_model import Ref
from audiodesk.services.library.library import EmptiedTrash
from tests.services.sync.synchronizing import account

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow  # the file as a whole


def test_the_trash_is_emptied_after_thirty_days_of_the_servers_clock(account: Account) -> None:
    core = account.core
    project = core.library.add_project("Old")
    core.library.trash([project])
    cancel = threading.Event()
    account.one_sync.run(cancel)
    hourly = account._hourly("d")
    day = 86_400_000
    with core.database.read() as connection:
        (trashed_at,) = connection.execute("select deleted_at from project where id = ?", (project.id,)).fetchone()
    assert hourly.empty_old_trash(trashed_at + 29 * day) == []
    assert "trash-due" not in [entry.what for entry in account.activity.entries()]
    assert hourly.empty_old_trash(trashed_at + 30 * day) == []
    assert account.activity.entries()[0].what == "trash-due"
    assert hourly.empty_old_trash(trashed_at + 30 * day + 5) == []
    assert hourly.empty_old_trash(trashed_at + 31 * day) == [project]
    assert account.activity.entries()[0].what == "trash-emptied"


def test_what_was_restored_this_moment_is_not_called_emptied(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    core = account.core
    project = core.library.add_project("Old")
    core.library.trash([project])
    account.one_sync.run(threading.Event())
    hourly = account._hourly("d")
    day = 86_400_000
    with core.database.read() as connection:
        (trashed_at,) = connection.execute("select deleted_at from project where id = ?", (project.id,)).fetchone()
    hourly.empty_old_trash(trashed_at + 30 * day)
    empty = core.library.empty_trash

    def too_late(refs: Sequence[Ref]) -> EmptiedTrash:
        core.library.restore(refs)
        return empty(refs)

    monkeypatch.setattr(core.library, "empty_trash", too_late)
    assert hourly.empty_old_trash(trashed_at + 31 * day) == []
    assert account.activity.entries()[0].what == "trash-due"
    assert core.tree.is_live(project)
