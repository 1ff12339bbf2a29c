"""Recordings in the vault without a row: never removed by themselves; brought back, adopted or removed on request."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entities import FileRole
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult
from audiodesk.domain.words.library.act_words import act
from audiodesk.local.database.database import Database
from audiodesk.local.database.list_restore import make_list
from audiodesk.local.file_copy import CopiedFile, hash_file
from audiodesk.local.rows.work import announcement_repo
from audiodesk.services.audio.checker import Checker
from audiodesk.services.care.found_recordings import FoundRecordings
from tests import media
from tests.desk import Desk, must_hold, open_desk
from tests.support import code_of

pytestmark = pytest.mark.slow


def found_of(desk: Desk) -> FoundRecordings:
    return FoundRecordings(desk.database, desk.vault, desk.checker, desk.importer, desk.bus)


def lose(desk: Desk, path: Path, *, moment: int = 0) -> CopiedFile:
    """Put a file into the vault that has no row; ``moment`` in seconds orders them."""
    name = desk.vault.new_temporary_name()
    desk.vault.temporary(name).write_bytes(path.read_bytes())
    copied = hash_file(desk.vault.temporary(name))
    kind = Kind.MP3 if path.suffix == ".mp3" else Kind.WAV
    desk.vault.adopt(name, copied.sha256, kind, copied.size)
    os.utime(desk.vault.path_of(copied.sha256, kind), (1_764_000_000 + moment,) * 2)
    return copied


def titled(path: Path, title: str, album: str, seconds: float) -> Path:
    body = b"INFO" + b"".join(
        media.chunk(name, text.encode() + b"\0") for name, text in ((b"INAM", title), (b"IPRD", album))
    )
    data = media.wav_bytes(seconds=seconds) + media.chunk(b"LIST", body)
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    return path


def test_a_list_copied_while_an_import_ran_and_put_back_later(tmp_path: Path, shared_checker: Checker) -> None:
    home = tmp_path / "library"
    paths = [media.wav(tmp_path / f"{number}.wav", seconds=0.1 + number / 50) for number in range(12)]
    with open_desk(home, shared_checker) as desk:
        section = desk.section()
        desk.add(section, *paths[:2])
        name = desk.vault.new_temporary_name()
        desk.database.write(lambda c: announcement_repo.announce(c, [name], "a process that has ended since", 1))
        with sqlite3.connect(home / "library.sqlite3") as connection:
            connection.execute("vacuum into ?", (str(tmp_path / "copy.sqlite3"),))
        connection.close()
        desk.add(section, *paths[2:])
    put_back(home, tmp_path / "copy.sqlite3")
    with open_desk(home, shared_checker) as desk:
        desk.importer.recover()
        found = found_of(desk)
        assert len(list(desk.vault.files())) == 12
        offered = found.files()
        assert len(offered) == 10
        must_hold(home, offered=[file.sha256 for file in offered])
        assert len(found.bring_back().items) == 10
        must_hold(home)


def put_back(home: Path, copy: Path | None) -> None:
    for end in ("", "-wal", "-shm"):
        (home / f"library.sqlite3{end}").unlink(missing_ok=True)
    if copy is not None:
        shutil.copy(copy, home / "library.sqlite3")


@pytest.mark.parametrize("how", ["deleted", "emptied"])
def test_a_list_that_is_gone_and_then_an_import_that_was_killed(
    tmp_path: Path, shared_checker: Checker, how: str
) -> None:
    home = tmp_path / "library"
    with open_desk(home, shared_checker) as desk:
        desk.add(
            desk.section(), *(media.wav(tmp_path / f"{number}.wav", seconds=0.1 + number / 50) for number in range(8))
        )
    put_back(home, None)
    if how == "emptied":
        (home / "library.sqlite3").touch()
    assert code_of(Database, home / "library.sqlite3") == "library-missing", "never made anew in silence"
    make_list(home / "library.sqlite3", None)
    with open_desk(home, shared_checker) as desk:
        name = desk.vault.new_temporary_name()
        desk.database.write(lambda c: announcement_repo.announce(c, [name], "killed", 1))
        desk.vault.temporary(name).write_bytes(b"half")
        assert desk.importer.recover() == 1
        found = found_of(desk)
        assert len(found.files()) == 8
        assert [item.result for item in found.bring_back().items] == ["added"] * 8
        assert sum(takes for *_, takes in desk.tree_rows()) == 8
        must_hold(home)


def test_what_is_brought_back_is_named_by_its_tags_and_stands_newest_first(desk: Desk, tmp_path: Path) -> None:
    lose(desk, titled(tmp_path / "a.wav", "The Ferry", "The Salt Road", 0.5), moment=10)
    lose(desk, titled(tmp_path / "b.wav", "The Well", "The Salt Road", 0.6), moment=30)
    newest = lose(desk, titled(tmp_path / "c.wav", "The Ferry", "The Salt Road", 0.7), moment=20)
    plain = lose(desk, media.wav(tmp_path / "d.wav", seconds=1.5), moment=0)
    found = found_of(desk)
    assert [one.title for one in found.look()][:2] == ["The Well", "The Ferry"]
    done = found.bring_back()
    assert (done.count, done.remaining) == (4, ())
    day = "2025-11-24"
    assert desk.tree_rows() == [
        ("Found", "The Salt Road", "The Well", 1),
        ("Found", "The Salt Road", "The Ferry", 2),
        ("Found", day, f"0:01.500 · WAV · 44.1 kHz · {plain.sha256[:8]}", 1),
    ]
    (project,) = desk.catalogue.children(None)
    (chapter, _) = desk.catalogue.children(project.ref)
    ferry = desk.catalogue.children(chapter.ref)[1]
    (current,) = [row for row in desk.takes(ferry.ref) if row.is_current]
    assert current.original is not None
    assert (current.original.sha256, current.take.file_name) == (newest.sha256, "The Ferry.wav")
    assert desk.catalogue.take(current.take.id).source_path is None
    must_hold(desk.home)


def test_bringing_back_is_one_edit_for_undo(desk: Desk, tmp_path: Path) -> None:
    for number in range(3):
        lose(desk, media.wav(tmp_path / f"{number}.wav", seconds=0.5 + number))
    found_of(desk).bring_back()
    edit = desk.library.undo()
    assert act(edit) == "Bring back 3 recordings"
    assert desk.tree_rows() == []
    assert found_of(desk).files() == []  # a take in the trash keeps its audio
    desk.library.redo()
    assert len(desk.tree_rows()) == 3
    must_hold(desk.home)


def test_a_repaired_recording_comes_back_as_one_take(desk: Desk, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp3"
    data = media.mp3_bytes(seconds=4.0)
    cut.write_bytes(data[: len(data) // 2])
    desk.add(desk.section(), cut, repair=True)
    with desk.database.read() as connection:
        shas = {row["sha256"] for row in connection.execute("select sha256 from take_file")}
    assert len(shas) == 2
    forget_all(desk)
    found = found_of(desk)
    assert {file.sha256 for file in found.files()} == shas
    done = found.bring_back()
    assert (done.count, done.remaining) == (1, ())
    with desk.database.read() as connection:
        rows = connection.execute("select role, sha256 from take_file order by role").fetchall()
    assert [row["role"] for row in rows] == [FileRole.ORIGINAL, FileRole.REPAIRED]
    assert {row["sha256"] for row in rows} == shas
    must_hold(desk.home)


def forget_all(desk: Desk) -> None:
    """Make the list what a new one is."""

    def work(connection: sqlite3.Connection) -> None:
        for table in ("project", "chapter", "section", "take", "take_file", "vault_file", "pending_analysis", "source"):
            connection.execute(f"delete from {table}")

    desk.database.write(work)


def test_a_file_with_other_bytes_comes_back_under_its_true_name(desk: Desk, tmp_path: Path) -> None:
    copied = lose(desk, media.wav(tmp_path / "a.wav"))
    path = desk.vault.path_of(copied.sha256, Kind.WAV)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found = found_of(desk)
    done = found.bring_back()
    assert (done.count, done.remaining) == (1, ())
    assert not path.exists()
    must_hold(desk.home)


def test_what_is_no_audio_stays(desk: Desk, tmp_path: Path) -> None:
    words = tmp_path / "words.wav"
    words.write_text("words")
    copied = lose(desk, words)
    found = found_of(desk)
    assert [one.can_come_back for one in found.look()] == [False]
    done = found.bring_back()
    assert (done.items, [file.sha256 for file in done.remaining]) == ((), [copied.sha256])
    assert desk.importer.refusals() == []
    must_hold(desk.home, offered=[copied.sha256])


def test_importing_the_same_bytes_adopts_it(desk: Desk, tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a.wav")
    copied = lose(desk, path)
    before = desk.vault.path_of(copied.sha256, Kind.WAV).stat()
    assert [item.result for item in desk.add(desk.section(), path)] == [ImportResult.ADDED]
    assert desk.vault.path_of(copied.sha256, Kind.WAV).stat().st_ino == before.st_ino
    assert found_of(desk).files() == []
    must_hold(desk.home)


def test_only_what_was_chosen_is_removed_and_nothing_that_a_take_has_by_now(desk: Desk, tmp_path: Path) -> None:
    paths = [media.wav(tmp_path / f"{number}.wav", seconds=0.5 + number) for number in range(3)]
    copied = [lose(desk, path, moment=10_000_000_000 if path is paths[0] else 0) for path in paths]
    found = found_of(desk)
    listed = found.resolve([one.sha256[:10] for one in copied[:2]])
    desk.add(desk.section(), paths[1])
    done = found.remove(listed)
    assert (done.removed, done.remaining) == (1, 0)
    assert {file.sha256 for file in desk.vault.files()} == {one.sha256 for one in copied[1:]}
    must_hold(desk.home, offered=[copied[2].sha256])


def test_what_is_in_no_list_cannot_be_named(desk: Desk, tmp_path: Path) -> None:
    desk.add(desk.section(), media.wav(tmp_path / "a.wav"))
    (file,) = desk.vault.files()
    for text in (file.sha256, "", "zz"):
        with pytest.raises(UserError) as caught:
            found_of(desk).resolve([text])
        assert caught.value.code == "not-found"


def test_a_wish_to_stop_brings_nothing_more_back(desk: Desk, tmp_path: Path) -> None:
    copied = lose(desk, media.wav(tmp_path / "a.wav"))
    cancel = threading.Event()
    cancel.set()
    done = found_of(desk).bring_back(cancel=cancel)
    assert (done.count, [file.sha256 for file in done.remaining]) == (0, [copied.sha256])
    must_hold(desk.home, offered=[copied.sha256])


def test_a_wish_to_stop_removing_is_kept_for_the_next_start(desk: Desk, tmp_path: Path) -> None:
    copied = lose(desk, media.wav(tmp_path / "a.wav"))
    found = found_of(desk)
    cancel = threading.Event()
    files = found.files()
    cancel.set()
    done = found.remove(files, cancel=cancel)
    assert (done.removed, done.remaining) == (0, 1)
    assert desk.vault.has(copied.sha256, Kind.WAV)
    assert found.files() == []  # its removal was entered, and happens at the next start


def test_the_only_sound_bytes_of_a_take_are_never_dropped_as_misnamed(desk: Desk, tmp_path: Path) -> None:
    """A take's file is damaged, and what lies under a wrong name holds its bytes; they cannot be imported now."""
    desk.add(desk.section(), media.wav(tmp_path / "a.wav"))
    (known,) = desk.vault.files()
    place = desk.vault.path_of(known.sha256, Kind.WAV)
    misnamed = desk.vault.path_of("ab" * 32, Kind.WAV)
    misnamed.parent.mkdir()
    shutil.copyfile(place, misnamed)
    place.write_bytes(bytes(known.size))

    class Failing:
        def import_files(self, plan: ImportPlan, **_options: object) -> list[ImportItem]:
            return [ImportItem(file.path, ImportResult.FAILED) for file in plan.files]

    FoundRecordings(desk.database, desk.vault, desk.checker, Failing(), desk.bus).bring_back()
    assert misnamed.exists()
    found_of(desk).bring_back()
    assert not misnamed.exists()
    must_hold(desk.home)
