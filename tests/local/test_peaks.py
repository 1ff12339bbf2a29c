"""Peaks are stored by hash, and other content is not taken for peaks."""

from __future__ import annotations

import os
from pathlib import Path

from audiodesk.local.files.peaks import Peaks

_SHA = "ab" * 32


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    peaks = Peaks(tmp_path / "peaks")
    assert peaks.load(_SHA) is None
    peaks.save(_SHA, b"\x80\x7f", 3)
    assert peaks.load(_SHA) == b"\x80\x7f"
    peaks.remove(_SHA)
    assert peaks.load(_SHA) is None
    peaks.remove(_SHA)


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    peaks = Peaks(tmp_path / "peaks")
    peaks.save(_SHA, b"\x01\x02", 1)
    path = peaks.path_of(_SHA)
    whole = path.read_bytes()
    for damaged in (b"", whole[:5], b"RIFF" + whole[4:], whole + b"\x00"):
        path.write_bytes(damaged)
        assert peaks.load(_SHA) is None


def test_a_half_written_file_is_removed_once_its_writer_has_ended(tmp_path: Path) -> None:
    peaks = Peaks(tmp_path / "peaks")
    assert peaks.remove_half_written() == 0
    peaks.save(_SHA, b"\x01\x02", 1)
    left, at_work = (peaks.path_of(_SHA).with_name(f".{_SHA}.peaks.{end}.tmp") for end in ("0a1b2c3d", "ffffffff"))
    for path in (left, at_work):
        path.write_bytes(b"half")
    os.utime(left, (1000, 1000))
    assert peaks.remove_half_written() == 1
    assert not left.exists()
    assert at_work.exists()
    assert peaks.hashes() == [_SHA]
