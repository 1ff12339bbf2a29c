"""Emptying the trash is cut short: files gone from the list leave the disk later, and no others do."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.work import leaving_repo
from audiodesk.local.rows.work.leaving_repo import Leaving
from audiodesk.services.library.leaving import drain
from tests import media
from tests.desk import Desk, must_hold


def trashed(desk: Desk, folder: Path, count: int) -> Ref:
    section = desk.section()
    desk.add(section, *(media.wav(folder / f"{number}.wav", seconds=0.1 + number / 50) for number in range(count)))
    desk.library.trash([section])
    return section


def test_what_was_emptied_leaves_the_disk(desk: Desk, tmp_path: Path) -> None:
    trashed(desk, tmp_path, 5)
    done = desk.library.empty_trash()
    assert (done.things, done.files.removed, done.files.remaining) == (1, 5, 0)
    assert list(desk.vault.files()) == []
    with desk.database.read() as connection:
        assert leaving_repo.waiting(connection) == []
    must_hold(desk.home)


def test_stopped_between_list_and_disk_it_goes_on_at_the_next_start(desk: Desk, tmp_path: Path) -> None:
    trashed(desk, tmp_path, 5)

    class StoppedError(Exception):
        pass

    class Stopping(Vault):
        def remove_leaving(self, connection: sqlite3.Connection, file: Leaving) -> bool:
            raise StoppedError

    library = type(desk.library)(desk.database, desk.bus, vault=Stopping(desk.vault.folder))
    with pytest.raises(StoppedError):
        library.empty_trash()
    assert desk.catalogue.trash() == []
    assert len(list(desk.vault.files())) == 5
    with desk.database.read() as connection:
        assert desk.vault.unknown(connection) == []  # they will be removed, so they are not offered
    assert drain(desk.database, desk.vault).removed == 5
    must_hold(desk.home)


def test_a_wish_to_stop_leaves_the_rest_in_the_trash(desk: Desk, tmp_path: Path) -> None:
    trashed(desk, tmp_path, 2)
    cancel = threading.Event()
    cancel.set()
    done = desk.library.empty_trash(cancel=cancel)
    assert (done.things, done.files.remaining) == (0, 0)
    assert len(desk.catalogue.trash()) == 1


def test_what_the_disk_does_not_let_go_stays_promised(desk: Desk, tmp_path: Path) -> None:
    trashed(desk, tmp_path, 5)
    stuck = next(desk.vault.files())

    class Stuck(Vault):
        def remove_leaving(self, connection: sqlite3.Connection, file: Leaving) -> bool:
            if file.sha256 == stuck.sha256:
                raise OutsideError("folder-read-only", path=str(self.folder), details=os.strerror(errno.EROFS))
            return super().remove_leaving(connection, file)

    done = type(desk.library)(desk.database, desk.bus, vault=Stuck(desk.vault.folder)).empty_trash()
    assert (done.things, done.files.removed, done.files.remaining) == (1, 4, 1)
    assert done.files.error is not None
    assert done.files.error.code == "folder-read-only"
    assert [file.sha256 for file in desk.vault.files()] == [stuck.sha256]
    assert drain(desk.database, desk.vault).remaining == 0
    must_hold(desk.home)


def test_a_file_that_came_back_into_use_stays(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    path = media.wav(tmp_path / "a.wav")
    (item,) = desk.add(section, path)
    (file,) = desk.vault.files()
    desk.database.write(lambda c: leaving_repo.add(c, [(file.sha256, Kind.WAV)], file.modified_at + 10_000))
    done = drain(desk.database, desk.vault)
    assert (done.removed, done.remaining) == (0, 0)
    assert desk.vault.has(file.sha256, Kind.WAV)
    desk.library.trash([Ref(Entity.TAKE, item.take_id or "")])
    desk.library.empty_trash()
    assert not desk.vault.has(file.sha256, Kind.WAV)
    must_hold(desk.home)


def test_a_file_that_came_after_the_promise_of_an_older_list_is_offered(desk: Desk, tmp_path: Path) -> None:
    trashed(desk, tmp_path, 1)
    (file,) = desk.vault.files()
    desk.database.write(lambda c: c.execute("update take set purged_at = 1"))
    desk.database.write(lambda c: leaving_repo.add(c, [(file.sha256, Kind.WAV)], file.modified_at - 10_000))
    assert drain(desk.database, desk.vault).removed == 0
    with desk.database.read() as connection:
        assert [one.sha256 for one in desk.vault.unknown(connection)] == [file.sha256]


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="the system flushes no file from another handle")
def test_no_file_goes_before_the_list_that_forgets_it_is_on_the_disk(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a first sync, an edit is seen a moment before it is on the disk."""
    trashed(desk, tmp_path, 1)
    desk.library.empty_trash(cancel=_cancelled())
    told: list[str] = []
    to_disk, remove = os.fdatasync, Vault.remove_leaving

    def flushed(handle: int) -> None:
        if threading.current_thread() is threading.main_thread():
            told.append("flushed")
        to_disk(handle)

    def removed(vault: Vault, connection: sqlite3.Connection, file: Leaving) -> bool:
        told.append("removed")
        return remove(vault, connection, file)

    monkeypatch.setattr(os, "fdatasync", flushed)
    monkeypatch.setattr(Vault, "remove_leaving", removed)
    with desk.database.read() as connection:
        (leaving,) = leaving_repo.waiting(connection)
    desk.database.write(lambda connection: connection.execute("select 1").fetchone(), lasting=False)
    told.clear()
    assert drain(desk.database, desk.vault).removed == 1
    assert told[:2] == ["flushed", "removed"]
    assert not desk.vault.path_of(leaving.sha256, Kind.WAV).exists()


def _cancelled() -> threading.Event:
    """Return a cancel that stops after the list, before the first file."""

    class AfterTheList(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 1

    return AfterTheList()
