"""Importing files whose header is wrong or unfinished, and files with further recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entities import FileRole
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.words.library.act_words import act
from audiodesk.services.audio.checker import Checker
from tests import media
from tests.desk import Desk, must_hold

_WHOLE = media.wav_bytes(seconds=1.3)
_STREAM = media.wav_bytes(seconds=1.3, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF)


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _bytes_of(desk: Desk, row: TakeRow) -> tuple[bytes, bytes]:
    """Return the bytes of the original and of what plays."""
    assert row.original is not None
    assert row.file is not None
    paths = [desk.vault.path_of(file.sha256, file.kind) for file in (row.original, row.file)]
    return paths[0].read_bytes(), paths[1].read_bytes()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_STREAM, Code.UNFINISHED_HEADER),
        (_WHOLE[:32] + b"\x04\0" + _WHOLE[34:], Code.DAMAGED_HEADER),
        (media.wav_bytes(seconds=1.3, data_size=57330), Code.DAMAGED_HEADER),
    ],
)
def test_a_wrong_header_is_completed_without_a_question(desk: Desk, tmp_path: Path, data: bytes, code: Code) -> None:
    section = desk.section()
    (item,) = desk.add(section, _write(tmp_path / "speech.wav", data))
    assert (item.result, item.repaired_seconds) == ("added", 1.3)
    assert [finding.code for finding in item.findings] == [code]
    (row,) = desk.takes(section)
    assert row.is_current
    assert row.file is not None
    assert (row.file.role, row.file.seconds) == (FileRole.REPAIRED, 1.3)
    assert [finding.code for finding in row.file.findings] == [code]
    assert _bytes_of(desk, row) == (data, _WHOLE)
    assert desk.importer.refusals() == []
    assert desk.catalogue.counts([section])[section.id].warnings == 1
    (again,) = desk.add(section, tmp_path / "speech.wav")
    assert again.result == "present"
    must_hold(desk.home)


def test_a_header_that_players_do_not_follow_is_completed_and_no_warning(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    odd = media.wav_bytes(seconds=1.3, before=media.chunk(b"iXML", b"<a>odd</a>!", pad=False))
    desk.add(section, _write(tmp_path / "a.wav", odd))
    (row,) = desk.takes(section)
    assert row.file is not None
    assert (row.file.role, row.file.seconds) == (FileRole.REPAIRED, 1.3)
    assert desk.catalogue.counts([section])[section.id].warnings == 0
    must_hold(desk.home)


def test_tags_and_warnings_of_the_original_are_those_of_its_completed_copy(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, _write(tmp_path / "a.mp3", media.id3v2(title="Name") + _STREAM))
    (row,) = desk.takes(section)
    assert row.file is not None
    assert row.file.tags.title == "Name"
    assert {finding.code for finding in row.file.findings} == {Code.UNFINISHED_HEADER, Code.MISNAMED}


def test_what_goes_on_behind_its_stated_size_is_kept_whole(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    data = media.wav_bytes(seconds=1.3, data_size=57330, riff_size=57366)
    (item,) = desk.add(section, _write(tmp_path / "a.wav", data))
    assert item.result == "refused"
    (refusal,) = desk.importer.refusals()
    desk.importer.keep_repaired(refusal.id)
    (row,) = desk.takes(section)
    assert _bytes_of(desk, row) == (data, _WHOLE)
    must_hold(desk.home)


def test_a_full_disk_while_a_header_is_completed_adds_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise OutsideError("disk-full")

    monkeypatch.setattr(Checker, "rescue", fail)
    section = desk.section()
    (item,) = desk.add(section, _write(tmp_path / "a.wav", _STREAM))
    assert item.result == "failed"
    assert item.error is not None
    assert item.error.code == "disk-full"
    assert desk.takes(section) == []
    must_hold(desk.home)


# --- further recordings ---

_SECOND = media.wav_bytes(seconds=0.5, rate=48000, channels=2)
_THIRD = media.wav_bytes(seconds=0.7, data_size=0xFFFFFFFF, riff_size=0)


def test_further_recordings_are_takes_where_that_is_wished(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = _write(tmp_path / "k01.wav", _WHOLE + _SECOND + _THIRD)
    (item,) = desk.add(section, source, more_audio=True)
    assert (item.result, len(item.more_takes)) == ("added", 2)
    rows = sorted(desk.takes(section), key=lambda row: row.take.created_at)
    assert [row.take.file_name for row in rows] == ["k01.wav", "k01 (2).wav", "k01 (3).wav"]
    assert [row.is_current for row in rows] == [True, False, False]
    assert [row.file.seconds for row in rows if row.file] == [1.3, 0.5, 0.7]
    assert _bytes_of(desk, rows[1]) == (_SECOND, _SECOND)
    assert _bytes_of(desk, rows[2]) == (_THIRD, media.wav_bytes(seconds=0.7))
    edit = desk.library.undo_edit
    assert edit is not None
    assert act(edit) == "Add 3 files"
    (again,) = desk.add(section, source, more_audio=True)
    assert (again.result, again.more_takes) == ("present", ())
    must_hold(desk.home)


def test_further_recordings_of_a_take_are_added_later_from_the_vault(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = _write(tmp_path / "k01.wav", _WHOLE + _SECOND)
    (item,) = desk.add(section, source)
    assert item.more_takes == ()
    assert item.take_id is not None
    source.unlink()
    (made,) = desk.importer.add_more_audio(item.take_id)
    rows = {row.take.id: row for row in desk.takes(section)}
    assert len(rows) == 2
    assert rows[item.take_id].is_current
    assert _bytes_of(desk, rows[made.id]) == (_SECOND, _SECOND)
    assert desk.catalogue.take(made.id).source_path == str(source)
    assert desk.importer.add_more_audio(item.take_id) == []
    desk.library.undo()
    assert len(desk.takes(section)) == 1
    must_hold(desk.home)


def test_a_second_data_chunk_becomes_a_take_of_the_same_form(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    audio = media.wav_bytes(seconds=0.7, bits=24)[44:]
    data = media.wav_bytes(seconds=1.3, bits=24, after=media.chunk(b"data", audio))
    desk.add(section, _write(tmp_path / "a.wav", data), more_audio=True)
    rows = desk.takes(section)
    (second,) = [row for row in rows if not row.is_current]
    assert _bytes_of(desk, second)[0] == media.wav_bytes(seconds=0.7, bits=24)


def test_recordings_without_sizes_behind_one_another_are_all_kept(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    streams = [media.wav_bytes(seconds=0.5, tone=tone, data_size=0xFFFFFFFF, riff_size=0) for tone in (300, 400, 500)]
    source = _write(tmp_path / "a.wav", b"".join(streams))
    (item,) = desk.add(section, source)
    assert item.result == "refused"
    (item,) = desk.add(section, source, repair=True, more_audio=True)
    assert len(item.more_takes) == 2
    assert [row.file.seconds for row in desk.takes(section) if row.file] == [0.5, 0.5, 0.5]
    must_hold(desk.home)
