"""The sweep removes what dead processes left, and does not touch what living ones have announced."""

from __future__ import annotations

import hashlib
from pathlib import Path

from audiodesk.domain.audio.contents import Kind
from audiodesk.local.files.peaks import Peaks
from audiodesk.local.rows.work import announcement_repo
from audiodesk.services.care.unknown_files import unknown_files
from audiodesk.services.importing.recovery import is_cut_short, sweep_peaks
from audiodesk.system.locks import ProcessSign, is_alive
from tests import media
from tests.desk import Desk, must_hold


def leave(desk: Desk, owner: str | None, data: bytes = b"half") -> Path:
    """Leave a temporary file that ``owner`` announced; with None it was not announced."""
    name = desk.vault.new_temporary_name()
    if owner is not None:
        desk.database.write(lambda connection: announcement_repo.announce(connection, [name], owner, 1))
    path = desk.vault.temporary(name)
    path.write_bytes(data)
    return path


def test_what_a_dead_process_announced_is_swept(desk: Desk) -> None:
    dead = ProcessSign(desk.home)
    dead.close()
    paths = [leave(desk, dead.owner), leave(desk, "never was"), leave(desk, None)]
    assert desk.importer.recover() == 3
    assert not any(path.exists() for path in paths)
    must_hold(desk.home)
    assert desk.importer.recover() == 0


def test_an_import_is_cut_short_until_it_is_swept_up(desk: Desk) -> None:
    def cut_short() -> bool:
        return is_cut_short(desk.database, lambda owner: is_alive(desk.home, owner))

    living = ProcessSign(desk.home)
    leave(desk, living.owner)
    assert not cut_short()
    living.close()
    assert cut_short()
    desk.importer.recover()
    assert not cut_short()


def test_what_a_living_process_announced_is_not_touched(desk: Desk) -> None:
    living = ProcessSign(desk.home)
    path = leave(desk, living.owner)
    leave(desk, "never was")
    assert desk.importer.recover() == 1
    assert path.exists()
    with desk.database.read() as connection:
        assert list(announcement_repo.announced(connection).values()) == [living.owner]
    living.close()
    assert desk.importer.recover() == 1
    must_hold(desk.home)


def test_a_file_renamed_in_a_transaction_that_was_never_committed_is_kept(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, media.wav(tmp_path / "a.wav"))
    path = leave(desk, "never was", b"orphan")
    sha256 = hashlib.sha256(b"orphan").hexdigest()
    desk.vault.adopt(path.name, sha256, Kind.WAV, 6)
    assert desk.importer.recover() == 0
    assert desk.vault.has(sha256, Kind.WAV)
    assert [file.sha256 for file in unknown_files(desk.database, desk.vault)] == [sha256]
    must_hold(desk.home, offered={sha256})


def test_waveforms_without_their_audio_are_swept(desk: Desk, tmp_path: Path) -> None:
    peaks = Peaks(desk.home / "peaks")
    desk.add(desk.section(), media.wav(tmp_path / "a.wav"), media.wav(tmp_path / "b.wav", seconds=0.5))
    here, missing = [file.sha256 for file in desk.vault.files()]
    desk.vault.path_of(missing, Kind.WAV).unlink()
    gone = "ab" * 32
    for sha256 in (here, missing, gone):
        peaks.save(sha256, b"\x01\x02", 1)
    assert sweep_peaks(desk.database, desk.vault, peaks) == 1
    assert peaks.load(gone) is None
    assert peaks.load(here) is not None
    assert peaks.load(missing) is not None  # a take refers to it, and its audio may be added again
