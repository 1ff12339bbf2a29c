"""The daily copies: at most one a day, only after changes, the last seven, within a tenth of the vault's size."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from audiodesk.local.database.database import Database
from audiodesk.local.database.list_copies import ListCopies
from audiodesk.local.database.list_restore import put_back
from audiodesk.services.bus import Bus
from audiodesk.services.care.list_copier import copy_if_due
from audiodesk.services.library.library import Library
from tests.support import Clock

_DAY = 86_400_000


def names(database: Database) -> list[str]:
    return sorted(copy.path.name for copy in ListCopies(database.path).daily())


def add_audio(database: Database, size: int) -> None:
    row = "insert into take_file (id, order_key, created_at, take_id, role, sha256, size, kind, seconds, sample_rate,"
    row += " channels) values (?, 'a', 1, 't', 'original', ?, ?, 'wav', 1, 44100, 1)"
    database.write(lambda connection: connection.execute(row, (os.urandom(4).hex(), os.urandom(4).hex(), size)))


def a_day_later(clock: Clock, database: Database) -> None:
    """Let a day pass, and with it the time of what was written until now."""
    clock.now += _DAY
    for copy in ListCopies(database.path).daily():
        os.utime(copy.path, (1, copy.made_at / 1000 - 1000))


def test_one_a_day_and_only_after_changes(database: Database, clock: Clock) -> None:
    assert copy_if_due(database) is None  # the library is empty
    library = Library(database, Bus())
    library.add_project("One")
    copy = copy_if_due(database)
    assert copy is not None
    library.add_project("Two")
    assert copy_if_due(database) is None
    clock.now += _DAY
    os.utime(copy, (1, 1))
    assert copy_if_due(database) is not None
    clock.now += _DAY
    assert copy_if_due(database) is None  # nothing changed
    assert len(names(database)) == 1  # the vault is empty, so only the last copy may stay


def test_a_list_that_was_only_moved_about_is_not_copied_again(database: Database, clock: Clock) -> None:
    Library(database, Bus()).add_project("One")
    first = copy_if_due(database)
    assert first is not None
    clock.now += _DAY
    os.utime(first, (1, 1))
    assert copy_if_due(database) is None
    assert names(database) == [first.name]


def test_the_last_seven_within_a_tenth_of_the_vault(database: Database, clock: Clock) -> None:
    library = Library(database, Bus())
    add_audio(database, 1_000_000_000)
    for number in range(10):
        library.add_project(str(number))
        assert copy_if_due(database) is not None
        a_day_later(clock, database)
    kept = names(database)
    assert len(kept) == 7
    size = max(copy.path.stat().st_size for copy in ListCopies(database.path).daily())
    database.write(lambda connection: connection.execute("update take_file set size = ?", (35 * size,)))
    assert copy_if_due(database) is not None
    assert names(database)[:-1] == kept[-2:]


def test_a_copy_is_a_whole_list_and_a_failed_one_leaves_nothing(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(database, Bus())
    library.add_project("One")
    copy = copy_if_due(database)
    assert copy is not None
    connection = sqlite3.connect(copy)
    assert connection.execute("select title from project").fetchall() == [("One",)]
    connection.close()
    clock.now += _DAY
    library.add_project("Two")
    os.utime(copy, (1, 1))
    leftover = copy.with_name(".daily-2000-01-01.aa.tmp")
    leftover.write_bytes(b"half")

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "copy_to", fail)
    with pytest.raises(Exception, match="disk-full"):
        copy_if_due(database)
    assert sorted(path.name for path in copy.parent.iterdir() if path.name != ".lock") == [copy.name]


def test_a_copy_that_another_program_looks_at_for_a_moment_is_replaced(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library(database, Bus()).add_project("One")
    copy = copy_if_due(database)
    assert copy is not None
    held = ["kept", "put back"]
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if held and self.suffix == ".tmp":
            held.pop()
            raise PermissionError(errno.EACCES, "held")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    put_back(database.path.with_name("other.sqlite3"), copy)
    held.append("kept")
    Library(database, Bus()).add_project("Two")
    a_day_later(clock, database)
    assert copy_if_due(database) is not None
