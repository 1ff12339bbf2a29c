"""Peaks are kept by hash, and what is not theirs is not taken for peaks."""

from __future__ import annotations

from pathlib import Path

from audiodesk.local.peaks import Peaks

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
