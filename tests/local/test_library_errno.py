"""Each reason why a library cannot be opened or written has its own correct sentence."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.local.database import database, sqlite_errors
from audiodesk.local.database.database import Database
from audiodesk.local.database.migrations import STEPS
from audiodesk.system import disk_trouble
from tests.support import FailingCalls

ERRNOS = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-quota",
    errno.EROFS: "disk-read-only",
    errno.EACCES: "library-read-only",
    errno.EIO: "disk-failed",
}


def made(path: Path) -> Path:
    opened = Database(path)
    opened.write(lambda connection: connection.execute("insert into fact values ('a', '1')").close())
    opened.close()
    return path


@pytest.mark.parametrize("number", ERRNOS)
def test_what_sqlite_hides_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(folder: Path, _size: int) -> OSError:
        return OSError(number, os.strerror(number), str(folder))

    failing = FailingCalls(sqlite3.SQLITE_IOERR_WRITE)
    opened = Database(tmp_path / "library.sqlite3", connect=failing)
    monkeypatch.setattr(disk_trouble, "trouble_in", refuse)
    failing.arm(2)
    with pytest.raises(OutsideError) as caught:
        opened.write(lambda connection: connection.execute("delete from fact").close())
    failing.arm(None)
    assert caught.value.code == ERRNOS[number]
    opened.close()


@pytest.mark.parametrize("number", [number for number in ERRNOS if number != errno.EIO])
def test_a_library_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    path = made(tmp_path / "library.sqlite3")
    monkeypatch.setattr(sqlite_errors, "denied", lambda path: OSError(number, os.strerror(number), str(path)))
    monkeypatch.setattr(database, "writing_trouble", lambda _path: OSError(number, "still so"))
    opened = Database(path)
    with opened.read() as connection:
        assert connection.execute("select value from fact where name = 'a'").fetchone()[0] == "1"
    with pytest.raises(OutsideError) as caught:
        opened.write(lambda connection: connection.execute("delete from fact").close())
    assert caught.value.code == ERRNOS[number]
    assert opened.trouble is not None
    monkeypatch.undo()
    opened.try_writing()  # the disk works again
    opened.write(lambda connection: connection.execute("delete from fact where name = 'a'").close())
    opened.close()


def test_every_sentence_is_another_one_and_has_one_action() -> None:
    codes = [*ERRNOS.values(), "library-gone", "library-missing", "library-not-one", "library-foreign"]
    codes += ["library-newer", "library-damaged", "library-no-right", "not-a-folder", "folder-read-only"]
    errors: list[AudioDeskError] = [
        OutsideError(code, path="/p", file="/p/f", files=3, found=9, known=1) for code in codes
    ]
    assert len({error_sentence(error) for error in errors}) == len(codes)
    assert all(error_action(error) for error in errors)


def test_what_is_no_library_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "library.sqlite3"
    folder.mkdir(parents=True)
    (tmp_path / "b").mkdir()
    newer = tmp_path / "b" / "library.sqlite3"
    made(newer)
    connection = sqlite3.connect(newer)
    connection.execute(f"pragma user_version = {len(STEPS) + 1}")
    connection.close()
    for path, code in ((folder, "library-not-one"), (newer, "library-newer")):
        with pytest.raises(OutsideError) as caught:
            Database(path)
        assert caught.value.code == code


def test_the_log_of_a_process_that_was_killed_is_read_from_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Database(tmp_path / "library.sqlite3")
    live.write(lambda connection: connection.execute("insert into fact values ('a', '2')").close())
    monkeypatch.setattr(sqlite_errors, "denied", lambda path: OSError(errno.EROFS, "read-only", str(path)))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    other = Database(tmp_path / "library.sqlite3")
    with other.read() as connection:
        assert connection.execute("select value from fact where name = 'a'").fetchone()[0] == "2"
    live.write(lambda connection: connection.execute("update fact set value = '3' where name = 'a'").close())
    assert other.look()  # changes of another process are seen
    with other.read() as connection:
        assert connection.execute("select value from fact where name = 'a'").fetchone()[0] == "3"
    other.close()
    live.close()
