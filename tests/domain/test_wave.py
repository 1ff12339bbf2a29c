"""Reducing the number of peaks keeps the highest."""

from __future__ import annotations

import struct

from audiodesk.domain.audio.wave import overview_of, reduced


def peaks(*pairs: tuple[int, int]) -> bytes:
    return b"".join(struct.pack("bb", *pair) for pair in pairs)


def test_an_overview_keeps_the_highest_of_each_piece() -> None:
    fine = peaks((-3, 4), (-10, 2), (0, 0), (-1, 127))
    assert overview_of(fine, 2) == bytes([20, 254])


def test_full_scale_fits_into_a_byte() -> None:
    assert overview_of(peaks((-128, 127)), 1000) == bytes([255])


def test_fewer_peaks_than_pieces_stay_as_they_are() -> None:
    assert len(overview_of(peaks((0, 1), (0, 2), (0, 3)), 1000)) == 3


def test_no_peaks_make_no_overview() -> None:
    assert overview_of(b"", 10) == b""
    assert reduced(b"", 10) == []


def test_every_peak_is_seen_at_any_width() -> None:
    overview = bytes([0] * 499 + [255] + [0] * 500)
    for pieces in (1, 3, 7, 250, 999, 1000):
        assert max(reduced(overview, pieces)) == 1.0


def test_more_pieces_than_are_known_repeat_them() -> None:
    assert reduced(bytes([0, 255]), 4) == [0.0, 0.0, 1.0, 1.0]
